"""Read column by column, rows are what their model makes of them one by one."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sheetflow.schemas.columns import Column, Fault
from sheetflow.schemas.columnwise import each, is_blank, read_column
from sheetflow.schemas.parsing import Value
from sheetflow.schemas.sheets import Sheet
from sheetflow.workbook import CellValue
from tests.county_book import FORM

TYPED: tuple[CellValue, ...] = (
    *(None, "", " ", "\u3000\n", 0, 1, 1.0, 1.5, -2, True, False, 1e16),
    *("1", "１", "20元", "3000多", "2.59亿", "是", "是 ", "否", "未办理", "个案性", "、", "甲、乙"),
    *("X0001", " x0001", "370102-X0001", "G001、g002", "370102196701011220", "13800138000"),
    *("138 0013 8000", "0531-86012345", "某女士", "女" * 600, "2012.3.5", "2012年3月", "2012B1"),
    *(dt.datetime(2012, 3, 5), dt.date(2012, 3, 5), dt.time(8), dt.timedelta(hours=30)),  # noqa: DTZ001 - cells know no zone
)
TABLES = [sheet for sheet in FORM.sheets if sheet.columns]


@settings(deadline=None)
@given(sheet=st.sampled_from(TABLES), drawn=st.data())
def test_a_column_is_read_as_the_model_reads_its_rows(sheet: Sheet, drawn: st.DataObject) -> None:
    """Whatever stands in a sheet, each cell gets the value or the fault that its model gives it."""
    row = st.fixed_dictionaries({key: st.sampled_from(TYPED) for key in sheet.by_key})
    rows = drawn.draw(st.lists(row, min_size=1, max_size=6))
    values: list[dict[str, Value]] = [{} for _ in rows]
    faults: list[dict[str, Fault]] = [{} for _ in rows]
    for key, column in sheet.by_key.items():
        read = read_column(column, [cells[key] for cells in rows])
        for line, value in enumerate(read.from_top(read.values)):
            values[line][key] = value
        for line, fault in read.lines(read.faults):
            faults[line][key] = fault
    for line, cells in enumerate(rows):
        sound = {key: None if is_blank(cell) else cell for key, cell in cells.items()}
        assert (values[line], faults[line]) == sheet.model.parse_row(sound)
        assert list(faults[line]) == list(sheet.model.parse_row(sound)[1])


@pytest.mark.parametrize("column", FORM.by_key["needs"].columns, ids=lambda column: column.key)
def test_equal_cells_of_other_kinds_are_told_apart(column: Column) -> None:
    """1, 1.0 and TRUE above each other are each read as what they are."""
    cells: list[CellValue] = [True, 1, 1.0, "1", 1, True]
    read = read_column(column, cells)
    alone = [read_column(column, [cell]) for cell in cells]
    assert read.from_top(read.cells) == cells
    assert list(map(type, read.from_top(read.cells))) == list(map(type, cells))
    assert read.from_top(read.values) == [one.from_top(one.values)[0] for one in alone]
    assert dict(read.lines(read.faults)) == {
        line: fault for line, one in enumerate(alone) for _, fault in one.lines(one.faults)
    }


def test_a_shared_fault_cannot_be_changed() -> None:
    """What is told of one cell stays so, whatever is done about another one that is equal."""
    read = read_column(FORM.by_key["needs"].by_key["age"], ["3000多", "3000多"])
    (_, (_, arguments)), _ = read.lines(read.faults)
    with pytest.raises(TypeError):
        arguments["typed"] = "else"  # type: ignore[index]


def test_equal_values_are_made_once() -> None:
    """Of equal values the first is taken, as if each were looked at in turn."""
    asked: list[str] = []

    def make(value: str) -> str:
        asked.append(value)
        return value * 2

    made = {"c": "known"}
    assert each(make, iter(["b", "a", "b", "c"]), made) == ["bb", "aa", "bb", "known"]
    assert (asked, made) == (["b", "a"], {"c": "known", "b": "bb", "a": "aa"})
