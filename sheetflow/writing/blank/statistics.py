"""The sheet of indicators: live formulas that people see fill themselves.

The cached values come from the same declarations, so that a program that does not
compute shows the same figures. Its cells are locked without a password: nobody
overwrites a formula by accident, and whoever must can lift it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from decimal import Decimal

from xlsxwriter.worksheet import Worksheet

from sheetflow.prefill import Cells, Filling
from sheetflow.schemas.cells import Money
from sheetflow.schemas.indicators import Indicator, Number, Rows, Sum, Values, plain
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
from sheetflow.schemas.tables import Row
from sheetflow.workbook import CellValue, cell_name, column_letters
from sheetflow.writing.blank.annotations import marked_look, write_notes
from sheetflow.writing.blank.context import Work, set_print, write_head
from sheetflow.writing.styles import (
    CELL,
    CENTRE,
    HEADER,
    MONEY_NUMBER,
    PERCENT_NUMBER,
    RIGHT,
    WHOLE_NUMBER,
    Look,
)

DASH = "—"
_WIDTHS = (8.0, 40.0, 10.0, 16.0, 16.0, 16.0)
_RATE: Look = {"num_format": "#,##0.00"}


def write_statistics(work: Work, target: Worksheet, sheet: Sheet) -> None:
    """Write every indicator with its three figures."""
    for number, width in enumerate(_WIDTHS):
        target.set_column(number, number, width)
    whose = f"{work.whose}\n" if work.whose else ""
    note = f"{sheet.note}。" if sheet.note else ""
    write_head(work, target, sheet.title, f"{whose}{note}", _WIDTHS)
    for number, label in enumerate(STATISTICS_COLUMNS):
        target.write_string(HEADER_ROW - 1, number, label, work.book.look(HEADER))
    target.set_row(HEADER_ROW - 1, 24)
    figures = figures_of(work.filling)
    for row, indicator in enumerate(work.filling.form.indicators, start=FIRST_ROW):
        _write_line(work, target, sheet, indicator, row, figures[indicator.code])
    write_notes(work, target, sheet.key)
    target.protect("", {"format_columns": True, "format_rows": True})
    target.freeze_panes(HEADER_ROW, 2)
    set_print(target, sum(_WIDTHS), whose=work.whose, header=True)


def _write_line(
    work: Work, target: Worksheet, sheet: Sheet, indicator: Indicator, row: int, figures: Values
) -> None:
    label = CELL | {"indent": indicator.indent} if indicator.indent else CELL
    texts = ((indicator.code, CELL | CENTRE), (indicator.label, label))
    for number, (text, look) in enumerate((*texts, (indicator.unit, CELL | CENTRE))):
        target.write_string(row - 1, number, text, work.book.look(look))
    look = CELL | RIGHT | _number_look(work, indicator)
    if figures.previous is None:
        target.write_blank(row - 1, PREVIOUS_COLUMN - 1, None, work.book.look(look))
    else:
        target.write_number(row - 1, PREVIOUS_COLUMN - 1, figures.previous, work.book.look(look))
    current, total = formulas(work.filling, indicator, row)
    cells = ((CURRENT_COLUMN, current, figures.current), (TOTAL_COLUMN, total, figures.total))
    for number, formula, value in cells:
        spot = marked_look(work, sheet.key, cell_name(row, number), look)
        if formula == DASH:
            target.write_string(row - 1, number - 1, DASH, work.book.look(spot))
        else:
            shown = DASH if value is None else value
            target.write_formula(row - 1, number - 1, f"={formula}", work.book.look(spot), shown)


def _number_look(work: Work, indicator: Indicator) -> Look:
    if indicator.percent:
        return PERCENT_NUMBER
    if indicator.is_ratio:
        return _RATE
    source = indicator.source
    if isinstance(source, Sum):
        form = work.filling.form
        summed = (form.declared or form).by_key[source.sheet].by_key
        if any(isinstance(summed[column].type, Money) for column in source.columns):
            return MONEY_NUMBER
    return WHOLE_NUMBER


def formulas(filling: Filling, indicator: Indicator, row: int) -> tuple[str, str]:
    """Give 本期 and 累计/期末 without the equals sign; a dash where there is nothing to count."""
    form = filling.form
    source = form.by_key.get(indicator.source.draws_on)
    if source and not source.is_for(filling.level):
        return DASH, DASH
    if not indicator.source.fits(form.by_key):  # of another version of the form
        return _never_counted(filling, indicator, row)
    rows = {entry.code: number for number, entry in enumerate(form.indicators, start=FIRST_ROW)}

    def cell_of(code: str) -> str:
        return f"${column_letters(TOTAL_COLUMN)}${rows[code]}"

    def range_of(sheet: str, column: str) -> str:
        declared = form.by_key[sheet]
        if declared.is_table:
            return column_range(declared, column, form.version)
        spot, letters = card_address(declared, column, form.version)
        return f"{quoted(declared.title)}!${column_letters(letters)}${spot}"

    made = indicator.source.excel(range_of, form.by_key, cell_of)
    kind = form.kind_of(indicator.code)
    previous = f"N({cell_name(row, PREVIOUS_COLUMN)})"
    if kind is Kind.FLOW:
        return made, f"{previous}+{cell_name(row, CURRENT_COLUMN)}"
    if kind is Kind.LEDGER:
        return f"{cell_name(row, TOTAL_COLUMN)}-{previous}", made
    return DASH, made


def _never_counted(filling: Filling, indicator: Indicator, row: int) -> tuple[str, str]:
    """Give what stands for a figure that this version does not ask for: what was, stays."""
    kept = filling.form.kind_of(indicator.code) is Kind.FLOW
    known = filling.previous.get(indicator.code) is not None
    return DASH, f"N({cell_name(row, PREVIOUS_COLUMN)})" if kept and known else DASH


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
            form.kind_of(indicator.code), measured, filling.previous.get(indicator.code)
        )
        figures[indicator.code] = values
        totals[indicator.code] = values.total
    return figures


def _rows_of(filling: Filling) -> Rows:
    """Give the rows as formulas see them: a number that cannot be read is no number."""
    known: dict[str, list[Row]] = {}

    def rows(sheet: str) -> Iterable[Row] | None:
        declared = filling.form.by_key.get(sheet)
        if declared is None or not declared.is_for(filling.level):
            return None
        if sheet not in known:
            known[sheet] = [_seen(cells) for cells in filling.rows.get(sheet, ())]
        return known[sheet]

    return rows


def _seen(cells: Cells) -> dict[str, Value]:
    return {column: _plain(value) for column, value in cells.items()}


def _plain(value: CellValue | Value) -> Value:
    """Bring what stood in a cell that could not be read to what a formula makes of it."""
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, float):
        return plain(Decimal(repr(value)))
    if isinstance(value, dt.time | dt.timedelta):
        return str(value)
    return value
