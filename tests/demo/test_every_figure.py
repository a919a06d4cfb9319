"""Every figure of the demo province, reached in two ways that know nothing of each other.

A real office program calculates every formula again; and a few lines of plain Python count
the archived originals.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest

from sheetflow.demo import Size, play
from tests.county_book import FORM
from tests.demo.by_hand import figures
from tests.programs import needs_office
from tests.recalculation import differences, make_profile

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]
COUNTIES = 14


@pytest.fixture(scope="module")
def province(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demo with two cities, mistakes, a nil return and old formats included."""
    folder = tmp_path_factory.mktemp("figures") / "demo"
    # Whether it finds just what it planted is for the demo's own tests.
    play(folder, Size(counties=COUNTIES, rows=12), seed=7, say=lambda _line: None)
    return folder


def workbooks(province: Path) -> list[Path]:
    """The consolidated workbooks of all cities and of the province."""
    return sorted((province / "outbox").glob("*/2012B1/汇总表_*.xlsx"))


def originals(province: Path) -> Iterator[tuple[str, bytes]]:
    """What counts of each unit, as it was received."""
    query = """
        SELECT s.unit_id, a.sha256 FROM judgements j JOIN submissions s USING (submission_id)
        JOIN arrivals a USING (arrival_id) WHERE j.outcome = 'accepted' ORDER BY a.arrival_id
    """
    with closing(sqlite3.connect(f"file:{province}/state/sheetflow.db?mode=ro", uri=True)) as found:
        standing = dict(found.execute(query).fetchall())
    for unit_id, sha256 in standing.items():
        (file,) = (province / "state" / "archive").rglob(f"{sha256}*")
        yield unit_id, file.read_bytes()


def totals(book: Path, sheet: str) -> dict[str, Decimal]:
    """The column 合计 of a matrix as the file shows it, blanks left aside."""
    lines = openpyxl.load_workbook(book, data_only=True)[sheet].iter_rows(
        min_row=4, values_only=True
    )
    return {
        str(line[0]): Decimal(str(line[3])) for line in lines if isinstance(line[3], int | float)
    }


def test_plain_python_over_the_originals_agrees(province: Path) -> None:
    """All figures of every city and of the province are those of the files that were dropped."""
    counted = {unit_id: figures(data) for unit_id, data in originals(province)}
    assert len(counted) > COUNTIES // 2
    found = workbooks(province)
    assert len(found) == 3
    for book in found:
        top = book.parents[1].name.partition("-")[0].rstrip("0")
        members = [one for unit_id, one in counted.items() if unit_id.startswith(top)]
        added = {code: sum((one[code] for one in members), Decimal(0)) for code in members[0]}
        shown = totals(book, "活动统计（累计）")
        assert {code: shown.get(code, Decimal(0)) for code in added} == added
        # The first period: whatever adds up since January is what happened in it.
        current = totals(book, "活动统计（本期）")
        assert current
        assert {code: added[code] for code in current} == current
        assert shown["S32"] == pytest.approx(added["S29"] / added["S19"])
        assert shown["S54"] == pytest.approx(added["S53"] / added["S52"])
        assert shown["S69"] == pytest.approx(len({*members_of(province, top)}))


def members_of(province: Path, top: str) -> list[str]:
    """Everyone who had to report below and with the unit whose code starts so."""
    return [
        folder.name
        for folder in (province / "inbox").iterdir()
        if folder.name.startswith(top) and folder.is_dir()
    ]


@pytest.mark.office
@needs_office
def test_an_office_program_agrees(province: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    """Every formula of the three workbooks gives what the file shows before recalculation."""
    profile = make_profile(tmp_path_factory.mktemp("profile"))
    for number, book in enumerate(workbooks(province)):
        folder = tmp_path_factory.mktemp(f"book{number}")
        assert differences(book.read_bytes(), profile, folder) == []


def test_every_node_is_checked_and_right(province: Path) -> None:
    """节点检查 compares every total in more than one way, and none differs."""
    for book in workbooks(province):
        sheet = openpyxl.load_workbook(book, data_only=True)["节点检查"]
        lines = list(sheet.iter_rows(min_row=4, values_only=True))
        codes = {line[0] for line in lines}
        assert codes == set(FORM.indicator)
        assert {line[7] for line in lines} == {"正确"}
        assert sum(line[5] is not None for line in lines) > 50
