"""更正表: every figure of this workbook that was published otherwise before.

This module owns how a correction is shown: whose, which cell, from what to what. It
refuses to find out what changed.
"""

from __future__ import annotations

from collections.abc import Sequence

from sheetflow.consolidation.contents import Consolidated
from sheetflow.consolidation.corrections import CorrectionRow
from sheetflow.schemas.indicators import Expected, Indicator, Number
from sheetflow.schemas.layout import FIRST_ROW
from sheetflow.schemas.sheets import Kind
from sheetflow.workbook import cell_name
from sheetflow.writing.book import Book
from sheetflow.writing.consolidated.details import footer
from sheetflow.writing.consolidated.matrix import FIRST_UNIT_COLUMN, Matrix, figure_look
from sheetflow.writing.styles import CENTRED, TEXT, WRAPPED
from sheetflow.writing.table_page import TablePage

_HEADERS = {
    "序号": 6,
    "更正单位": 16,
    "更正的报告期": 15,
    "代码": 7,
    "指标": 24,
    "口径": 7,
    "所在单元格": 20,
    "原数": 12,
    "现数": 12,
    "差额": 11,
    "更正原因": 24,
    "原报送": 18,
    "现报送": 18,
    "更正时间": 15,
}
_OLD, _NEW, _DIFFERENCE = 8, 9, 10
_NO_DIFFERENCE = "—"
_GONE = "（已取消的指标）"


def write_corrections(
    book: Book, consolidated: Consolidated, current: Matrix, total: Matrix
) -> None:
    """Write one line for each corrected figure, with a link to the cell it stands in."""
    page = TablePage(book, "更正表", list(_HEADERS.values()), footer(consolidated))
    page.open(
        f"更正表（{consolidated.unit.name} {consolidated.period.label}）",
        _note(consolidated.corrections),
        list(_HEADERS),
        lines=2,
    )
    for number, row in enumerate(consolidated.corrections, start=FIRST_ROW):
        _write_line(page, number, row, consolidated, current if row.current else total)
    page.close(FIRST_ROW + len(consolidated.corrections) - 1, 2)


def _note(rows: Sequence[CorrectionRow]) -> str:
    corrected = [row for row in rows if not row.adjusted]
    units = len({row.unit.unit_id for row in corrected})
    told = [f"有{units}个单位更正了已接收的报表，涉及{len(corrected)}个数"] if corrected else []
    if adjusted := len(rows) - len(corrected):
        told.append(f"有{adjusted}个数因指标的口径有变化而调整，报表没有更正")
    return (
        f"本表发布后，{'；'.join(told)}。原数、现数是更正单位自己的数；所在单元格和该行合计随之增减同一差额"
        "（比率由更正后的数重新算出）。"
    )


def _write_line(
    page: TablePage, number: int, row: CorrectionRow, consolidated: Consolidated, matrix: Matrix
) -> None:
    indicator = consolidated.form.indicator.get(
        row.code, Indicator(row.code, _GONE, "", Expected())
    )
    page.fit(number, [(row.reason, _HEADERS["更正原因"])])
    page.put(number, 1, number - FIRST_ROW + 1, CENTRED)
    page.put(number, 2, consolidated.name_of(row.unit))
    page.put(number, 3, row.period_label)
    page.put(number, 4, row.code)
    page.put(number, 5, indicator.label.strip("　"))
    page.put(number, 6, _basis(consolidated, row), CENTRED)
    _write_place(page, number, row, consolidated, matrix)
    _write_figures(page, number, row, indicator)
    page.put(number, 11, row.reason, WRAPPED)
    page.put(number, 12, row.replaced)
    page.put(number, 13, row.receipt or "（已撤回）")
    page.moment(number, 14, row.at)


def _basis(consolidated: Consolidated, row: CorrectionRow) -> str:
    if row.current:
        return "本期"
    stock = consolidated.statistics.kinds.get(row.code) is Kind.STOCK
    return "期末" if stock else "累计"


def _write_place(
    page: TablePage, number: int, row: CorrectionRow, consolidated: Consolidated, matrix: Matrix
) -> None:
    """Link to the cell; a figure that the matrix does not show has none."""
    columns = [column.unit.unit_id for column in consolidated.statistics.columns]
    if row.code not in matrix.rows or row.column.unit_id not in columns:
        page.put(number, 7, "", TEXT)
        return
    column = FIRST_UNIT_COLUMN + columns.index(row.column.unit_id)
    cell = cell_name(matrix.rows[row.code], column)
    title = matrix.page.title
    page.link((number, 7), title, cell, f"{title} {cell}", TEXT)


def _write_figures(page: TablePage, number: int, row: CorrectionRow, indicator: Indicator) -> None:
    look = figure_look(indicator)
    page.put(number, _OLD, row.old, look)
    page.put(number, _NEW, row.new, look)
    old, new = cell_name(number, _OLD), cell_name(number, _NEW)
    formula = f'IF(COUNT({old}:{new})=2,{new}-{old},"{_NO_DIFFERENCE}")'
    page.formula(number, _DIFFERENCE, formula, _difference(row.old, row.new), look)


def _difference(old: Number, new: Number) -> float | str:
    if old is None or new is None:
        return _NO_DIFFERENCE
    return float(new) - float(old)
