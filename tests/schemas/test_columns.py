"""Read column by column, cells are what their types make of them one by one."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sheetflow.schemas.column_reading import each, is_blank, read_column, reading
from sheetflow.schemas.columns import Column, Fault
from sheetflow.schemas.parsing import CellFault, Value
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
def read_alone(column: Column, cell: CellValue) -> tuple[Value, Fault | None]:
    """Give what the column's type makes of one cell."""
    try:
        return (None if is_blank(cell) else reading(column.type)(cell)), None
    except CellFault as fault:
        return None, (fault.rule, fault.arguments)


@given(sheet=st.sampled_from(TABLES), drawn=st.data())
def test_a_cell_is_read_in_its_column_as_it_is_alone(sheet: Sheet, drawn: st.DataObject) -> None:
    """Whatever stands around it, each cell gets the value or the fault that its type gives it."""
    for column in sheet.columns:
        cells = drawn.draw(st.lists(st.sampled_from(TYPED), min_size=1, max_size=6))
        read = read_column(column, cells)
        faults = dict(read.lines(read.faults))
        together = [(value, faults.get(n)) for n, value in enumerate(read.from_top(read.values))]
        assert together == [read_alone(column, cell) for cell in cells]


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

    assert each(make, iter(["b", "a", "b"])) == ["bb", "aa", "bb"]
    assert asked == ["b", "a"]
