"""A total, a signature or a second header is found wherever it stands."""

from __future__ import annotations

from hypothesis import example, given
from hypothesis import strategies as st

from sheetflow.schemas.sheets import Sheet
from sheetflow.validators.lines import doubtful_lines, kind_of_line
from sheetflow.workbook import CellValue
from tests.county_book import FORM

TABLES = [sheet for sheet in FORM.sheets if sheet.is_table]
CELLS: tuple[CellValue, ...] = (
    *(None, None, 1, 0, True, "X0001", "某女士", "情况：已说明", "统计局", "备注"),
    *("合计", " 小 计：", "填表人：王某", " 备注:见附件", "审核 人：", "注：略", "合计金额不详"),
)


@st.composite
def tables(draw: st.DrawFn) -> tuple[Sheet, dict[str, list[CellValue]]]:
    """A sheet's columns in some order, filled with what may tell of a line and what does not."""
    sheet = draw(st.sampled_from(TABLES))
    labels = [column.label for column in sheet.columns]
    cell = st.sampled_from([*CELLS, *labels, f" {labels[0]} ", f"（必填）{labels[1]}"])
    lines = draw(st.integers(1, 5))
    some = draw(st.lists(st.sampled_from(list(sheet.by_key)), min_size=1, unique=True))
    column = st.lists(cell, min_size=lines, max_size=lines)
    return sheet, {key: draw(column) for key in some}


@given(tables())
@example((FORM.by_key["needs"], {"age": [None], "name": [None], "content": ["合计"]}))
@example((FORM.by_key["needs"], {"need_id": ["X0001"], "age": [None], "name": ["合计"]}))
@example((FORM.by_key["visits"], {"visited_on": [1], "women_met": [2], "summary": ["备注：无"]}))
def test_no_such_line_is_overlooked(drawn: tuple[Sheet, dict[str, list[CellValue]]]) -> None:
    """A line that is no row of data is always among those that are looked at closely."""
    sheet, table = drawn
    doubtful = doubtful_lines(sheet, table)
    for line, cells in enumerate(zip(*table.values(), strict=True)):
        if kind_of_line(sheet, dict(zip(table, cells, strict=True))):
            assert line in doubtful


def test_plain_rows_are_not_asked_about() -> None:
    """Of a book's usual rows none costs a second look."""
    table: dict[str, list[CellValue]] = {
        "need_id": ["X0001", "X0002", "X0003"],
        "registered_on": ["2012-1-5", "2012-1-6", None],
        "name": ["某女士", None, None],
        "content": ["咨询：低保", "小计", None],
    }
    assert doubtful_lines(FORM.by_key["needs"], table) == set()
