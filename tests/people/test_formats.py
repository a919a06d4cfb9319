"""The same workbook in every format that offices save: read the same, and what it cannot tell said."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from pathlib import Path

import pytest

from sheetflow.demo.draft import find_soffice, resave
from sheetflow.findings import Severity
from sheetflow.pipeline import judge
from sheetflow.reading import read_workbook
from sheetflow.schemas.book import Judgement, Outcome
from tests.county_book import CAMPAIGN, context, drawn, judged, named
from tests.drawing import write_xlsx
from tests.people.test_people import rows_of
from tests.programs import needs_office
from tests.reading.packages import xlsb_book
from tests.rounds.desk import LIXIA, CountyDesk

ODD = "@ 走访记录 走访妇女人次 4 = 约20\n@ 走访记录 日期 5 = 2012.4.10\n@ 走访记录 日期 6 = 2012年4月\n"
TELLS_LESS = "remark-format-tells-less"


def resaved(endings: tuple[str, ...], changes: str, folder: Path) -> Mapping[str, bytes]:
    """Save the county's workbook with `changes` in other formats.

    .et is what WPS calls .xls; the .xlsx went through .ods first.
    """
    steps = {"et": ("xls",), "xlsx": ("ods", "xlsx")}
    found: dict[str, bytes] = {}
    for ending in endings:
        saved = write_xlsx(drawn(changes), folder / f"报表_{ending}.xlsx")
        for step in steps.get(ending, (ending,)):
            (saved,) = resave([saved], step, find_soffice(), folder)
        found[ending] = saved.read_bytes()
    return found


@pytest.fixture(scope="module")
def sound_files(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, bytes]:
    """The sound workbook, saved by a real office program."""
    return resaved(("xlsx", "xls", "et", "ods"), "", tmp_path_factory.mktemp("sound"))


@pytest.fixture(scope="module")
def odd_files(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, bytes]:
    """The same with two mistakes and a habit."""
    return resaved(("xls", "ods"), ODD, tmp_path_factory.mktemp("odd"))


def answer(data: bytes) -> Judgement:
    """Judge a file."""
    return judge(read_workbook(data), CAMPAIGN, context())


@needs_office
@pytest.mark.office
@pytest.mark.slow
@pytest.mark.parametrize("ending", ["xlsx", "xls", "et", "ods"])
def test_every_format_holds_the_same(sound_files: Mapping[str, bytes], ending: str) -> None:
    """Saved by an office program in whatever format, the same values are read and accepted."""
    judgement = answer(sound_files[ending])
    assert judgement.outcome is Outcome.ACCEPTED
    assert rows_of(judgement) == rows_of(judged())
    told = [entry.rule for entry in judgement.findings]
    assert told == ([] if ending == "xlsx" else [TELLS_LESS])


@needs_office
@pytest.mark.office
@pytest.mark.slow
@pytest.mark.parametrize("ending", ["xls", "ods"])
def test_every_format_names_the_same_cells(odd_files: Mapping[str, bytes], ending: str) -> None:
    """Faults are named at the cells where they stand, whatever the format."""
    findings = answer(odd_files[ending]).findings
    assert [(entry.rule, named(entry.place)) for entry in findings] == [
        ("number-about", "走访妇女人次 4"),
        ("date-incomplete", "日期 6"),
        (TELLS_LESS, ""),
        ("habit", "日期 5"),
    ]


def as_xlsb(changes: str = "") -> bytes:
    """The county's workbook as an .xlsb, its dates typed as text."""
    sheets: dict[str, dict[tuple[int, int], str | float]] = {}
    for sheet in drawn(changes).sheets:
        cells = sheets.setdefault(sheet.title, {})
        for row, values in sheet.numbered_rows():
            for column, value in enumerate(values, start=1):
                if isinstance(value, dt.date):
                    cells[row, column] = value.isoformat()
                elif isinstance(value, str | int | float):
                    cells[row, column] = value
    return xlsb_book(sheets)


def test_xlsb_holds_the_same() -> None:
    """A binary workbook is read with the same values, and what it cannot tell is said."""
    judgement = answer(as_xlsb())
    assert judgement.outcome is Outcome.ACCEPTED
    assert rows_of(judgement) == rows_of(judged())
    assert [entry.rule for entry in judgement.findings] == [TELLS_LESS]


def test_xlsb_names_the_same_cells() -> None:
    """Faults in a binary workbook are named at their cells."""
    told = [
        (entry.rule, named(entry.place))
        for entry in answer(as_xlsb(ODD)).findings
        if entry.severity is Severity.MUST
    ]
    assert told == [("number-about", "走访妇女人次 4"), ("date-incomplete", "日期 6")]


def test_what_a_format_cannot_tell_is_told_to_the_clerk(tmp_path: Path) -> None:
    """The answer to a binary workbook says that looks, number formats and hidden rows were not seen."""
    desk = CountyDesk.make(tmp_path / "work")
    file = tmp_path / "报表.xlsb"
    file.write_bytes(as_xlsb("@ 走访记录 走访妇女人次 4 = 约20"))
    desk.drop(LIXIA, file)
    desk.run()
    (submission,) = desk.submissions(LIXIA)
    assert submission.outcome == "returned"
    copy = desk.answer(LIXIA, "退回")
    assert copy.suffix == ".xlsx"
    said = read_workbook(copy.read_bytes())
    issues = next(sheet for sheet in said.sheets if sheet.title == "问题清单")
    words = "".join(str(cell) for row in issues.rows for cell in row if cell)
    assert "看不出哪些字加了删除线、上标或下标，数字按什么格式显示，哪些行被隐藏" in words
