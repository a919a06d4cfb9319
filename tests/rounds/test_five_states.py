"""A number, 0, 未开展, 不适用 and blank, and what a sheet says of itself: asked, answered, counted apart."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import openpyxl
import pytest
from openpyxl.workbook import Workbook

from sheetflow.schemas.documents import load_filing, measure_digest
from sheetflow.schemas.filings import Filing
from sheetflow.schemas.layout import ISSUES_SHEET
from tests.programs import needs_office
from tests.recalculation import differences, make_profile
from tests.rounds.test_fractions import readings
from tests.tiny.desk import (
    CITY,
    EAST,
    NORTH,
    PROVINCE,
    SOUTH,
    WEST,
    Desk,
    Rows,
    Spoil,
    sound,
    table,
    write,
)
from tests.tiny.gauged import GAUGED, GAUGED_FORM, GAUGED_NAME, READINGS, judged_gauged
from tests.validators.ruled import FORM, rows_found, ruled

_ANSWER = "E1"


def without_photos(*rain: float | str) -> Rows:
    """Readings with these cells of rain, numbers and words."""
    rows = readings(*[0.1] * len(rain))
    listed = [
        {**row, "rain": fallen, "photos": None}
        for row, fallen in zip(rows["readings"], rain, strict=True)
    ]
    return {**rows, "readings": listed}


def says(word: str | None) -> Spoil:
    """Type a word beside 填报声明, or nothing."""

    def spoil(book: Workbook) -> None:
        book[READINGS.title][_ANSWER] = word

    return spoil


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    """One county has a reading without rain gauge, one none at all, two say nothing or too much."""
    made = Desk.make(tmp_path_factory.mktemp("states") / "work", campaign=f'"{GAUGED_NAME}"')
    made.issue()
    dropped: dict[str, tuple[Rows, Spoil | None]] = {
        EAST: (without_photos(0.1, "未 开展", 0), None),
        SOUTH: ({**sound(), "readings": []}, says("不适用")),
        WEST: (without_photos(0.3, "未开展"), says("没有")),
        NORTH: (without_photos(0.4), says(None)),
    }
    for unit_id, (rows, spoil) in dropped.items():
        target = made.root.parent / "clerks" / unit_id / "上报.xlsx"
        write(made.issued(unit_id), target, rows, spoil, forms=GAUGED.forms)
        made.drop(unit_id, target)
    made.run()
    return made


def test_a_new_workbook_asks_in_its_title_row(desk: Desk) -> None:
    """The clerk finds a blank cell with a drop-down right of the title, and the words for numbers are taken."""
    page = openpyxl.load_workbook(desk.issued(EAST))[READINGS.title]
    assert (page["D1"].value, page[_ANSWER].value) == ("填报声明＊", None)
    asked = {str(one.sqref).split(":")[0]: one for one in page.data_validations.dataValidation}
    assert asked[_ANSWER].formula1 == '"已填,无此项,不适用"'
    assert asked["D4"].formula1.endswith(',D4="未开展")')
    assert asked["D4"].formula1.startswith("OR(AND(ISNUMBER(D4)")
    assert "没有数的可填未开展" in str(asked["D4"].error)
    assert "无此项可不填" not in str(page["A2"].value)


def test_a_returned_copy_keeps_what_was_typed_and_links_to_it(desk: Desk) -> None:
    """What is no word of the list stands where it stood, coloured, with its line in 问题清单."""
    assert {unit: desk.states()[unit] for unit in (EAST, SOUTH, WEST, NORTH)} == {
        EAST: "accepted",
        SOUTH: "accepted",
        WEST: "returned",
        NORTH: "returned",
    }
    book = openpyxl.load_workbook(desk.answer(WEST, "退回_"))
    page = book[READINGS.title]
    assert page[_ANSWER].value == "没有"
    assert page[_ANSWER].comment is not None
    assert page["D5"].value == "未开展"
    links = [
        cell.hyperlink.location
        for row in book[ISSUES_SHEET].iter_rows()
        for cell in row
        if cell.hyperlink
    ]
    assert links == [f"'{READINGS.title}'!{_ANSWER}"]


def test_what_sheets_and_cells_say_is_counted_apart(desk: Desk) -> None:
    """The province reads how many said what of the sheet, and in how many rows a word stands for a number."""
    rows = table(desk.answer(PROVINCE, "汇总表_"), "答复统计", "项目")
    counts = {(row["项目"], row["答复"]): row["合计"] for row in rows}
    sheet = f"《{READINGS.title}》"
    assert counts == {
        (f"{sheet}填报声明", "已填"): 1,
        (f"{sheet}填报声明", "无此项"): 0,
        (f"{sheet}填报声明", "不适用"): 1,
        (f"{sheet}填报声明", "未答"): 0,
        (f"{sheet}填报声明", "未接收"): 7,
        (f"{sheet}填报声明", "应报"): 9,
        (f"{sheet}降雨量（毫米）", "未开展（行）"): 1,
        (f"{sheet}降雨量（毫米）", "未开展（单位）"): 1,
    }


def test_the_words_go_up_as_words_and_add_nothing(desk: Desk) -> None:
    """The city sees 未开展 and 0 as they are, and the sum is that of the numbers."""
    path = desk.answer(CITY, "汇总表_")
    assert [row["降雨量（毫米）"] for row in table(path, READINGS.title, "降雨量（毫米）")] == [
        0.1,
        "未开展",
        0,
    ]
    (line,) = [row for row in table(path, "巡河汇总（累计）", "代码") if row["代码"] == "H8"]
    assert line["合计"] == 0.1


def test_the_receipt_says_it_and_the_store_keeps_it(desk: Desk) -> None:
    """What a sheet said is on the receipt, and lies with its rows, so that it is counted anew at any time."""
    page = openpyxl.load_workbook(desk.answer(SOUTH, "回执_"))["回执"]
    cells = [str(cell.value) for row in page.iter_rows() for cell in row]
    assert f"{READINGS.title} {Filing.INAPPLICABLE}" in cells
    (submission,) = desk.submissions(SOUTH)
    kept = desk.ask(lambda context: context.store.contents.find_rows(submission))
    assert load_filing(kept["readings"]) == Filing.INAPPLICABLE


@needs_office
def test_an_office_program_reckons_the_same(desk: Desk, tmp_path: Path) -> None:
    """The live statistics over a column with words are what the service says."""
    (tmp_path / "profile").mkdir()
    data = desk.answer(WEST, "退回_").read_bytes()
    assert differences(data, make_profile(tmp_path / "profile"), tmp_path / "made") == []


@pytest.mark.parametrize(
    ("typed", "rules"),
    [("未开展", []), ("□未 开展", ["habit-blanks"]), ("不适用", ["number-text"]), ("", [])],
)
def test_only_the_words_of_the_column_are_taken(typed: str, rules: list[str]) -> None:
    """Spaces are forgiven; a word that the column does not know is no number."""
    found = judged_gauged(f"\n@ 水位观测 降雨量（毫米） 4 = {typed}").findings
    assert [entry.rule for entry in found if entry.place.cell == "D4"] == rules


@pytest.mark.parametrize(
    ("must", "rows"),
    [
        ("[工时]>=[费用（元）]", ["W003"]),
        ("[工时]+1>=9", ["W003"]),
        ('[工时]<>""', []),
        ("合计(工单表, [工时])=[工时]+2", ["W003"]),
    ],
)
def test_a_word_is_no_known_number_in_rules(must: str, rows: list[str]) -> None:
    """A rule is silent where it would reckon with 未开展, knows the cell is not blank, and sums it as nothing."""
    jobs = FORM.by_key["jobs"]
    columns = tuple(
        replace(column, accepts=("未开展",)) if column.key in {"hours", "cost"} else column
        for column in jobs.declared
    )
    form = replace(
        FORM,
        sheets=tuple(
            replace(sheet, declared=columns) if sheet is jobs else sheet for sheet in FORM.sheets
        ),
    )
    changes = "\n".join(
        f"@ 工单表 {label} {row} = 未开展"
        for label, row in (
            ("工时", "W001"),
            ("费用（元）", "W001"),
            ("工时", "W002"),
            ("费用（元）", "W002"),
        )
    )
    assert rows_found(ruled(must), changes=changes, form=form) == rows


def test_an_older_version_asks_nothing() -> None:
    """A workbook of a version before the question is asked is accepted without an answer."""
    later = replace(READINGS, filing_since=2)
    form = replace(
        GAUGED_FORM,
        version=2,
        sheets=tuple(later if sheet is READINGS else sheet for sheet in GAUGED_FORM.sheets),
    )
    asks = [form.in_version(each).by_key["readings"].filing_declared for each in (1, 2)]
    assert asks == [False, True]
    assert form.spanning(frozenset({1, 2})).by_key["readings"].filing_declared
    assert measure_digest(form) == measure_digest(GAUGED_FORM)
