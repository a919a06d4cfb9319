"""A workspace made before levels and periods became data goes on as if nothing had happened.

``workspace_before_levels.zip`` was made by the version before (database version 10), with
six units of the real campaign: everybody reported 2011B6, which was purged; of 2012B1 three
are accepted, one is returned, one workbook lies held and one unit has not reported: its
clerk has a finished workbook and a half-filled one (`desk/`). It is never made again.
"""

from __future__ import annotations

import datetime as dt
import io
import re
from collections import Counter
from dataclasses import replace
from pathlib import Path

import docx
import openpyxl
import pytest

from sheetflow.context import open_context
from sheetflow.reading import read_workbook
from sheetflow.schemas.book import Outcome
from sheetflow.schemas.layout import FIRST_ROW, ISSUES_SHEET
from sheetflow.service.consequences import answers_by_path, mark_of
from sheetflow.service.one_pass import PassReport, run_pass
from sheetflow.upkeep.restore import mark_missing
from sheetflow.validators.book_parser import parse_book
from sheetflow.validators.recognition import Recognised, parse_stamp, recognise
from tests.county_book import context
from tests.old.before import CAMPAIGN
from tests.old.conftest import NEXT_DAY

pytestmark = pytest.mark.slow

AFTER = dt.datetime(2012, 3, 5, 10)  # noqa: DTZ001
MISSING = "370104-槐荫区"


def files_of(folder: Path) -> dict[str, bytes]:
    """Read every file below `folder`, by its path."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def pass_at(root: Path, moment: dt.datetime) -> PassReport:
    """Do one pass of today's service."""
    with open_context(root, moment) as context:
        return run_pass(context)


def drop(root: Path, start: str) -> PassReport:
    """Drop the clerk's workbook whose name begins with `start`; do a pass."""
    (file,) = (root.parent / "desk").glob(f"{start}*.xlsx")
    (root / "inbox" / MISSING / file.name).write_bytes(file.read_bytes())
    return pass_at(root, AFTER)


def test_an_old_workspace_opens_and_nothing_is_published_or_mailed(root: Path) -> None:
    """The first pass of today's version changes no file that lies in the outbox."""
    before = files_of(root / "outbox")
    mails = len(list((root / "state/mail").rglob("*.sheetflow")))
    report = pass_at(root, NEXT_DAY)
    after = files_of(root / "outbox")
    assert (report.taken, report.published, report.troubles) == (0, 0, ())
    assert after == before
    assert len(list((root / "state/mail").rglob("*.sheetflow"))) == mails


def test_a_workbook_filled_before_is_accepted_after(root: Path) -> None:
    """A workbook issued and filled under the old version is taken, and goes up the chain."""
    report = drop(root, "填好")
    assert report.outcomes == {Outcome.ACCEPTED.value: 1}
    (receipt,) = (root / "outbox" / MISSING).rglob("回执_*2012B1*.xlsx")
    assert receipt.is_file()


def test_a_half_filled_workbook_of_before_comes_back_marked(root: Path) -> None:
    """A form of the old version, half filled, is judged cell by cell like any other."""
    report = drop(root, "半填")
    assert report.outcomes == {Outcome.RETURNED.value: 1}
    (copy,) = (root / "outbox" / MISSING).rglob("退回_*.xlsx")
    assert copy.is_file()


def lose_what_can_be_made_again(root: Path) -> None:
    """Lose every file of the outbox that can be made from the store; do a pass without them."""
    with open_context(root, NEXT_DAY) as context:
        for entry in context.store.publications.find_publications():
            if mark_of(entry) or entry.path in answers_by_path(context):
                (context.workspace.outbox / entry.path).unlink()
        assert mark_missing(context)
        run_pass(context)


_NUMBER = re.compile(r"\d+(?:\.\d+)?%?")
_OF_FIGURES = 6
"""A line with so many numbers is one of the table by unit."""


def figures(data: bytes) -> Counter[tuple[str, str, str]]:
    """Count the figures of a workbook, each with its sheet and the words that begin its row."""
    book = openpyxl.load_workbook(io.BytesIO(data), data_only=True)
    found: Counter[tuple[str, str, str]] = Counter()
    for sheet in book:
        for row in sheet.iter_rows(values_only=True):
            words = [cell for cell in row if isinstance(cell, str) and cell.strip()]
            label = words[0].partition("（")[0].strip() if words else ""
            numbers = [cell for cell in row if isinstance(cell, int | float) and cell]
            found.update((sheet.title, label, f"{number:.6g}") for number in numbers)
    return found


def printed(data: bytes) -> Counter[tuple[str, ...]]:
    """Count the lines of figures in the table by unit of a Word report."""
    rows = (row for table in docx.Document(io.BytesIO(data)).tables for row in table.rows)
    lines = (tuple(cell.text.strip() for cell in row.cells) for row in rows)
    figured = (tuple(filter(_NUMBER.fullmatch, line)) for line in lines)
    return Counter(line for line in figured if len(line) >= _OF_FIGURES)


def answers(data: bytes) -> dict[str, list[dict[str, object]]]:
    """Read what stands in a workbook to be filled in, however it is laid out, by sheet and column."""
    raw, whoever = read_workbook(data), replace(context("2012B1"), released=True)
    known = recognise(raw, parse_stamp(raw), CAMPAIGN, whoever)
    assert isinstance(known, Recognised)
    book, _ = parse_book(raw, known, CAMPAIGN.catalogue, whoever)
    return {key: [dict(row.raw) for row in found.shown] for key, found in book.sheets.items()}


def numbers(data: bytes) -> set[object]:
    """The 编号 of all that 问题清单 lists."""
    book = openpyxl.load_workbook(io.BytesIO(data), read_only=True)
    if ISSUES_SHEET not in book.sheetnames:
        return set()
    listed = book[ISSUES_SHEET].iter_rows(min_row=FIRST_ROW, values_only=True)
    return {cells[1] for cells in listed}


@pytest.mark.slow
def test_what_is_made_again_says_what_it_said(root: Path) -> None:
    """Every figure of answers, roll-ups and reports made anew from the old database is what it was.

    Papers are worded and laid out anew, and new ones lie beside them: what was filled in, what is asked,
    and what it adds up to is the same.
    """
    before = files_of(root / "outbox")
    lose_what_can_be_made_again(root)
    after = files_of(root / "outbox")
    assert before.keys() <= after.keys()
    compared = Counter[str]()
    for path, data in before.items():
        name = path.rpartition("/")[2]
        if name.startswith(("填报_", "退回_")):
            assert answers(after[path]) == answers(data), path
            assert numbers(after[path]) == numbers(data), path
        elif name.startswith(("汇总表_", "回执_")):
            assert figures(data) - figures(after[path]) == Counter(), path
            compared["figures"] += figures(data).total()
        elif path.endswith(".docx"):
            assert printed(data) - printed(after[path]) == Counter(), path
            compared["lines of reports"] += printed(data).total()
    assert compared == {"figures": 5327, "lines of reports": 30}
