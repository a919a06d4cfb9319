"""Every figure of the demo province, reached in ways that know nothing of each other.

A real office program calculates every formula again; and a few lines of plain Python count
the archived originals, for the consolidated workbooks and for what the Word reports print.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest

from tests.county_book import CAMPAIGN, form_for
from tests.demo.by_hand import Counted, count_so_far
from tests.demo.in_print import CURRENT, TOTAL, annexes, as_printed, prose, ratios
from tests.demo.province.conftest import Played
from tests.programs import needs_office
from tests.recalculation import differences, make_profile

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]
CITIES = 2
"""Of so many cities, the first, and of the province every figure is looked at; they report twice."""
ENOUGH = 40
"""So many figures of each report, of its annex and of each consolidated workbook at least."""


@dataclass(frozen=True)
class Papers:
    """What one unit gets of one period, and what its members' originals come to."""

    folder: Path
    period: str
    counted: Counted

    @property
    def code(self) -> str:
        """The unit's code."""
        return self.folder.name.partition("-")[0]

    def read(self, kind: str) -> bytes:
        """Give the bytes of its only file of a kind."""
        return self.file(kind).read_bytes()

    def file(self, kind: str) -> Path:
        """Find its only file of a kind about the form of every two months."""
        (file,) = filter(is_of_main_form, (self.folder / self.period).glob(f"{kind}_*"))
        return file

    def below(self, row: str) -> str:
        """Give the beginning of the codes of those who stand behind a row of an annex."""
        if row == "合计":
            return beginning(self.code)
        if row.endswith("本级"):
            return self.code
        names = {code: name for code, name in self.counted.names.items() if code != self.code}
        near = [code for code, name in names.items() if row.endswith(name)]
        (found,) = [code for code in near if code.startswith(beginning(self.code))]
        return beginning(found)


def beginning(code: str) -> str:
    """Give how the codes of all below a unit begin: 37 of 370000, 3710 of 371000."""
    return re.sub(r"(00)+$", "", code)


def is_of_main_form(path: Path) -> bool:
    """Whether a file is about no other form: those bear their form's title."""
    return not any(form.title in path.name for form in CAMPAIGN.forms[1:])


@pytest.fixture(scope="module")
def papers(played: Played) -> list[Papers]:
    """The papers of the first cities and of the province, of every period."""
    province = played.root
    names = dict(
        folder.name.split("-", 1) for folder in (province / "inbox").iterdir() if folder.is_dir()
    )
    known = list(originals(province))
    found = list(filter(is_of_main_form, sorted((province / "outbox").glob("*/*/汇总表_*.xlsx"))))
    whose = sorted({book.parents[1] for book in found})[: CITIES + 1]
    counted = {
        period: count_so_far(known, period, names)
        for period in sorted({book.parent.name for book in found})
    }
    return [
        Papers(book.parents[1], book.parent.name, counted[book.parent.name])
        for book in found
        if book.parents[1] in whose
    ]


def originals(province: Path) -> Iterator[tuple[str, str, bytes]]:
    """What counts of each unit and period, as it was received."""
    query = """
        SELECT s.unit_id, s.period, a.sha256 FROM judgements j JOIN submissions s USING (submission_id)
        JOIN arrivals a USING (arrival_id) WHERE j.outcome = 'accepted' AND s.form = 'progress'
        ORDER BY a.arrival_id
    """
    with closing(sqlite3.connect(f"file:{province}/state/sheetflow.db?mode=ro", uri=True)) as found:
        standing = {(unit, period): sha256 for unit, period, sha256 in found.execute(query)}
    for (unit_id, period), sha256 in standing.items():
        (file,) = (province / "state" / "archive").rglob(f"{sha256}*")
        yield unit_id, period, file.read_bytes()


def totals(book: Path, sheet: str) -> dict[str, Decimal]:
    """The column 合计 of a matrix as the file shows it, blanks left aside."""
    lines = openpyxl.load_workbook(book, data_only=True)[sheet].iter_rows(
        min_row=4, values_only=True
    )
    return {
        str(line[0]): Decimal(str(line[3])) for line in lines if isinstance(line[3], int | float)
    }


def test_plain_python_over_the_originals_agrees(papers: list[Papers]) -> None:
    """All figures of every city and of the province are those of the files that were dropped."""
    assert len(papers) >= 3
    for each in papers:
        book = each.file("汇总表")
        top = beginning(each.code)
        added, now = each.counted.sums(top, TOTAL), each.counted.sums(top, CURRENT)
        shown, current = totals(book, "活动统计（累计）"), totals(book, "活动统计（本期）")
        assert len(added) >= ENOUGH
        assert {code: shown.get(code, Decimal(0)) for code in added} == added
        assert current
        assert {code: now[code] for code in current} == current
        assert shown["S32"] == pytest.approx(added["S29"] / added["S19"])
        assert shown["S54"] == pytest.approx(added["S53"] / added["S52"])
        expected = [code for code in each.counted.names if code.startswith(top)]
        assert shown["S69"] == pytest.approx(len(expected))
    assert len({each.code for each in papers}) == CITIES + 1


def test_the_sentences_of_every_report_agree(papers: list[Papers]) -> None:
    """Every figure that a city's or the province's report says is the sum of the files that were dropped."""
    for each in papers:
        top = beginning(each.code)
        added = {basis: ratios(each.counted.sums(top, basis)) for basis in (CURRENT, TOTAL)}
        told = list(prose(each.read("情况报告")))
        assert len(told) >= ENOUGH
        for code, basis, measure, number in told:
            value = added[basis].get(code, Decimal(0))
            wanted = {as_printed(value, measure)} | ({None} if not value else set())
            assert number in wanted, (each.folder.name, each.period, code, basis)
        assert sum(number is not None for *_, number in told) > ENOUGH // 2


def test_the_annexes_of_every_report_agree(papers: list[Papers]) -> None:
    """Every figure of a report's annex, of the whole and of each unit, is the sum of what was dropped."""
    for each in papers:
        cells = list(annexes(each.read("情况报告")))
        compared = 0
        for row, code, basis, measure, text in cells:
            sums = ratios(each.counted.sums(each.below(row), basis))
            if text in {"未报", "", "—"}:
                reported = each.counted.reported(each.below(row), basis)
                assert not reported or not sums.get(code), (each.folder.name, row, code)
                continue
            assert text == as_printed(sums.get(code, Decimal(0)), measure), (row, code, basis)
            compared += 1
        assert compared >= ENOUGH


@pytest.mark.office
@needs_office
def test_an_office_program_agrees(
    papers: list[Papers], tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Every formula of the first period's workbooks gives what the file shows before recalculation."""
    profile = make_profile(tmp_path_factory.mktemp("profile"))
    first = min(each.period for each in papers)
    for number, each in enumerate(one for one in papers if one.period == first):
        folder = tmp_path_factory.mktemp(f"book{number}")
        assert differences(each.read("汇总表"), profile, folder) == []


def test_every_node_is_checked_and_right(papers: list[Papers]) -> None:
    """节点检查 compares every total in more than one way, and none differs."""
    for each in papers:
        book = each.file("汇总表")
        sheet = openpyxl.load_workbook(book, data_only=True)["节点检查"]
        lines = list(sheet.iter_rows(min_row=4, values_only=True))
        codes = {line[0] for line in lines}
        assert codes == set(form_for(each.period).indicator)
        assert {line[7] for line in lines} == {"正确"}
        assert sum(line[5] is not None for line in lines) > 50
