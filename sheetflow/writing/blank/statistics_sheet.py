"""The sheet of indicators: live formulas that people see fill themselves.

The cached values come from the same declarations, so that a program that does not
compute shows the same figures. Its cells are locked without a password: nobody
overwrites a formula by accident, and whoever must can lift it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from decimal import Decimal

from sheetflow.prefill import Filling
from sheetflow.schemas.conditions import Row
from sheetflow.schemas.figure_sources import decimals_of
from sheetflow.schemas.indicators import Indicator, Number, Rows, Values, plain
from sheetflow.schemas.layout import (
    CURRENT_COLUMN,
    FIRST_ROW,
    HEADER_ROW,
    PREVIOUS_COLUMN,
    STATISTICS_COLUMNS,
    TOTAL_COLUMN,
    card_address,
    column_range,
    quoted,
)
from sheetflow.schemas.parsing import Value
from sheetflow.schemas.sheets import Kind, Sheet
from sheetflow.workbook import CellValue, cell_name, column_letters
from sheetflow.writing.blank.highlights import marked_look, write_notes
from sheetflow.writing.blank.sheet_page import SheetPage, WorkbookContext, set_print, write_head
from sheetflow.writing.looks import (
    CELL,
    CENTRE,
    MONEY_NUMBER,
    PERCENT_NUMBER,
    RIGHT,
    Look,
    number_look,
)

DASH = "—"
_WIDTHS = (8.0, 40.0, 10.0, 16.0, 16.0, 16.0)


def write_statistics(context: WorkbookContext, sheet: Sheet) -> None:
    """Write every indicator with its three figures."""
    page = SheetPage(context, sheet, _WIDTHS)
    whose = f"{context.whose}\n" if context.whose else ""
    write_head(
        page, context.titled(sheet.title), f"{whose}{sheet.note}{'。' if sheet.note else ''}"
    )
    page.header(STATISTICS_COLUMNS, 24)
    figures = figures_of(context.filling)
    for row, indicator in enumerate(context.filling.form.indicators, start=FIRST_ROW):
        _write_line(page, indicator, row, figures[indicator.code])
    write_notes(page)
    page.worksheet.protect("", {"format_columns": True, "format_rows": True})
    page.worksheet.freeze_panes(HEADER_ROW, 2)
    set_print(page, sum(_WIDTHS), whose=context.whose, header=True)


def _write_line(page: SheetPage, indicator: Indicator, row: int, figures: Values) -> None:
    label = CELL | {"indent": indicator.indent} if indicator.indent else CELL
    page.text(row, 1, indicator.code, CELL | CENTRE)
    page.text(row, 2, indicator.label, label)
    page.text(row, 3, indicator.unit, CELL | CENTRE)
    look = CELL | RIGHT | _number_look(page.context, indicator)
    page.put(row, PREVIOUS_COLUMN, figures.previous, look)
    current, total = formulas(page.context.filling, indicator, row)
    cells = ((CURRENT_COLUMN, current, figures.current), (TOTAL_COLUMN, total, figures.total))
    for number, formula, value in cells:
        marked = marked_look(page, cell_name(row, number), look)
        if formula == DASH:
            page.text(row, number, DASH, marked)
        else:
            page.formula(row, number, formula, DASH if value is None else value, marked)


def _number_look(context: WorkbookContext, indicator: Indicator) -> Look:
    if indicator.percent:
        return PERCENT_NUMBER
    if indicator.is_ratio:
        return MONEY_NUMBER
    return number_look(decimals_of(context.filling.form, indicator))


def formulas(filling: Filling, indicator: Indicator, row: int) -> tuple[str, str]:
    """Give 本期 and 累计/期末 without the equals sign; a dash where there is nothing to count."""
    form = filling.form
    source = form.by_key.get(indicator.source.draws_on)
    if source and not source.is_for(filling.unit.level):
        return DASH, DASH
    previous = f"N({cell_name(row, PREVIOUS_COLUMN)})"
    if not indicator.source.fits(form.by_key):  # this version does not ask: what was, stays
        is_flow = form.kinds[indicator.code] is Kind.FLOW
        stays = is_flow and filling.previous.get(indicator.code) is not None
        return DASH, previous if stays else DASH
    rows = {entry.code: number for number, entry in enumerate(form.indicators, start=FIRST_ROW)}

    def cell_of(code: str) -> str:
        return f"${column_letters(TOTAL_COLUMN)}${rows[code]}"

    def range_of(sheet: str, column: str) -> str:
        declared = form.by_key[sheet]
        if declared.is_table:
            return column_range(declared, column, form.version)
        line, number = card_address(declared, column, form.version)
        return f"{quoted(declared.title)}!${column_letters(number)}${line}"

    made = indicator.source.excel(range_of, form.by_key, cell_of)
    kind = form.kinds[indicator.code]
    if kind is Kind.FLOW:
        return made, f"{previous}+{cell_name(row, CURRENT_COLUMN)}"
    if kind is Kind.LEDGER:
        return f"{cell_name(row, TOTAL_COLUMN)}-{previous}", made
    return DASH, made


def figures_of(filling: Filling) -> dict[str, Values]:
    """Compute what the formulas show over the filling's rows, by code.

    Ratios use 累计/期末 of the indicators before them, as the formulas do.
    """
    form = filling.form
    totals: dict[str, Number] = {}
    figures: dict[str, Values] = {}
    rows = _rows_of(filling)
    for indicator in form.indicators:
        measured = indicator.source.measure(rows, form.by_key, totals)
        values = indicator.values(
            form.kinds[indicator.code], measured, filling.previous.get(indicator.code)
        )
        figures[indicator.code] = values
        totals[indicator.code] = values.total
    return figures


def _rows_of(filling: Filling) -> Rows:
    """Give the rows as formulas see them: a number that cannot be read is no number."""
    known: dict[str, list[Row]] = {}

    def rows(sheet: str) -> Iterable[Row] | None:
        declared = filling.form.by_key.get(sheet)
        if declared is None or not declared.is_for(filling.unit.level):
            return None
        if sheet not in known:
            known[sheet] = [
                {column: _plain(value) for column, value in cells.items()}
                for cells in filling.rows.get(sheet, ())
            ]
        return known[sheet]

    return rows


def _plain(value: CellValue | Value) -> Value:
    """Bring what stood in a cell that could not be read to what a formula makes of it."""
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, float):
        return plain(Decimal(repr(value)))
    if isinstance(value, dt.time | dt.timedelta):
        return str(value)
    return value
