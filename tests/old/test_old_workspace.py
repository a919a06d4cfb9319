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
from dataclasses import replace
from pathlib import Path

import openpyxl
import pytest

from sheetflow.context import open_context
from sheetflow.reading import read_workbook
from sheetflow.schemas.book import Outcome
from sheetflow.schemas.layout import FIRST_ROW, ISSUES_SHEET
from sheetflow.service.consequences import answers_by_path, mark_of
from sheetflow.service.one_pass import PassReport, run_pass
from sheetflow.upkeep.backup import mark_missing
from sheetflow.validators.book_parser import parse_book
from sheetflow.validators.recognition import Recognised, parse_stamp, recognise
from tests.county_book import context
from tests.golden.dumping import document_text, workbook_text
from tests.old.before import CAMPAIGN
from tests.old.conftest import NEXT_DAY

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


_TOLD_SINCE = (
    r"(?<=\n)A6 token \| B6 \S+\nA7 edition \| B7 full\n",  # in the stamp
    r"(?<=\n)A\d+ 报告期不是这张报表的 \|[^\n]*\n",  # in 填报说明: a rule of the cadences
    r"(?s)== 文字材料 ==\n[^\n]*\nA1 文字材料（.*?\n\n(?=== )",  # in 汇总表: the texts of all units
    r"(?s)== 答复统计 ==\n.*?\n\n(?=== )",  # likewise: who answered what on the cover
    r"(?s)== 上报情况 ==\n.*?\n\n(?=== )",  # first and latest receipt and the preparer stand in it
    r"(；| \| [A-Z]\d+ )不少于\d+字的，上级的情况报告才会引用",  # on the card of words
)
"""What today's version writes into a workbook and the one before did not; nothing else may differ."""


_SAID_NOW = {"文件校验码（SHA-256）": "文件校验码"}
"""What is said in other words since."""


def as_before(text: str) -> str:
    """Leave out what is told since, and where the lines of 填报说明 stand: one more moves the rest."""
    for line in _TOLD_SINCE:
        text = re.sub(line, "", text)
    for earlier, word in _SAID_NOW.items():
        text = text.replace(earlier, word)
    sheets = text.split("\n\n== ")
    return "\n\n== ".join(
        re.sub(r"(?m)(^|\| )[A-Z]\d+ ", r"\1", sheet)
        if sheet.removeprefix("== ").startswith("填报说明 ==")
        else sheet
        for sheet in sheets
    )


def figures_of(report: str) -> list[str]:
    """Give the numbers of a report's first part and of its annexes.

    How it says and compares them was changed since, and whom it quotes.
    """
    lines = report.splitlines()
    ends = next(n for n, line in enumerate(lines) if line.startswith("[Heading 1] 二、"))
    shown = [*lines[:ends], *(line for line in lines[ends:] if re.match(r"\| (?!典型案例)", line))]
    text = re.sub(r"已报\d+/\d+|比上期[^，；。]*", "", "\n".join(shown))
    return re.findall(r"\d+(?:\.\d+)?%?", text)


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
    """Answers, roll-ups and reports made anew from the old database say, cell by cell, what they said.

    Workbooks to be filled in are laid out anew, and a sample lies beside them: what is filled in, and
    what is asked, is the same.
    """
    before = files_of(root / "outbox")
    lose_what_can_be_made_again(root)
    after = files_of(root / "outbox")
    new = after.keys() - before.keys()
    assert before.keys() <= after.keys()
    since = {path.rpartition("/")[2].partition("_")[0] for path in new}
    assert since <= {"填报样例", "报送进度", "内部附件"}
    for path, data in before.items():
        if path.rpartition("/")[2].startswith(("填报_", "退回_")):
            assert answers(after[path]) == answers(data), path
            assert numbers(after[path]) == numbers(data), path
        elif path.rpartition("/")[2].startswith("数字核对表_"):
            continue  # sentence by sentence since: the report's figures are held below
        elif path.endswith(".xlsx"):
            assert as_before(workbook_text(after[path])) == as_before(workbook_text(data)), path
        elif path.endswith(".docx"):
            assert figures_of(document_text(after[path])) == figures_of(document_text(data)), path
