"""The campaign workbook that an office gets to fill in, as a file."""

from __future__ import annotations

import io

import pytest
from openpyxl import Workbook, load_workbook

from sheetflow.definition.layout import COLUMNS, FIRST_ROW, HEADER_ROW, PARTS, UNREAD
from sheetflow.definition.starter import starter_tables
from sheetflow.writing.definition_workbook import write_definition


@pytest.fixture(scope="module")
def begun() -> Workbook:
    """What `campaign new` writes, opened."""
    return load_workbook(io.BytesIO(write_definition(starter_tables())))


def test_an_office_finds_every_sheet_and_column_with_a_remark(begun: Workbook) -> None:
    """Each header of each sheet stands in row 2 and says, when one points at it, what it is for."""
    assert begun.sheetnames == [UNREAD, *(part.title for part in PARTS)]
    for part in PARTS:
        found = {cell.value: cell for cell in begun[part.title][HEADER_ROW] if cell.value}
        wanted = part.for_levels(("省", "市", "县"))
        assert list(found) == [field.header for field in wanted]
        for field in wanted:
            assert field.help, f"{part.title} {field.header}"
            comment = found[field.header].comment
            assert comment
            assert comment.text == field.help


def test_rare_columns_are_folded_and_their_cells_counted(begun: Workbook) -> None:
    """Rare columns are out of sight behind buttons at their left; row 1 tells how much is folded away."""
    sheet = begun[COLUMNS.title]
    hidden = {
        place
        for each in sheet.column_dimensions.values()
        if each.hidden
        for place in range(int(each.min or 0), int(each.max or 0) + 1)
    }
    folded = {cell.value for cell in sheet[HEADER_ROW] if cell.value and cell.column in hidden}
    assert folded == {
        field.header for field in COLUMNS.for_levels(("省", "市", "县")) if field.rare
    }
    outline = sheet.sheet_properties.outlinePr
    assert outline
    assert outline.summaryRight is False
    rows = starter_tables()[COLUMNS.title]
    seen = [key for row in rows for key in row if key == "personal" or key.startswith("mask")]
    assert f"谁看什么：填了{len(seen)}格" in sheet["A1"].value
    assert len(seen) == 3, "the person who answers for a danger"


def test_a_drop_down_offers_the_names_that_stand_on_other_sheets(begun: Workbook) -> None:
    """A column is put on a sheet that is there: the list is what stands in 工作表, down to row 500."""
    sheet = begun[COLUMNS.title]
    offered = {str(rule.sqref): rule.formula1 for rule in sheet.data_validations.dataValidation}
    assert offered["A3:A500"] == "工作表!$B$3:$B$500"
    assert offered["C3:C500"].startswith('"文字,整数,')


def test_rows_stand_below_the_headers_with_numbers_as_numbers(begun: Workbook) -> None:
    """What was put in stands there, kept as it is: 2 is a number, a condition is words."""
    sheet = begun["级次"]
    assert [sheet.cell(FIRST_ROW + 1, column).value for column in (1, 2, 3)] == [2, "市", 4]
    rules = begun["审核"]
    headers = [cell.value for cell in rules[HEADER_ROW]]
    must = rules.cell(FIRST_ROW, headers.index("应当满足") + 1)
    assert (must.value, must.data_type) == ("[检查人数]>=2", "s")


def test_equal_rows_give_equal_bytes() -> None:
    """Whoever writes the same campaign twice gets the same file."""
    assert write_definition(starter_tables()) == write_definition(starter_tables())


def test_a_blank_one_has_nothing_but_items_and_levels() -> None:
    """With --blank all rows are to be written: only the items of 活动 and the usual levels are there."""
    book = load_workbook(io.BytesIO(write_definition(starter_tables(blank=True))))
    for part in PARTS:
        values = [row[0] for row in book[part.title].iter_rows(min_row=FIRST_ROW, values_only=True)]
        rows = [value for value in values if value is not None]
        assert bool(rows) is (part.title in {"活动", "级次"}), part.title
    assert not any(row[1] for row in book["活动"].iter_rows(min_row=FIRST_ROW, values_only=True))
