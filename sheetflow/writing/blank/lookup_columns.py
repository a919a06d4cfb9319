"""Columns beside a sheet's own that show another sheet's cells, by formula only."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence

from xlsxwriter.worksheet import Worksheet

from sheetflow.prefill import Cells
from sheetflow.schemas.cells import Day
from sheetflow.schemas.layout import (
    FIRST_ROW,
    HEADER_ROW,
    column_number,
    column_range,
    columns_in,
)
from sheetflow.schemas.sheets import Lookup, Sheet
from sheetflow.workbook import column_letters
from sheetflow.writing.blank.column_looks import column_look
from sheetflow.writing.blank.context import Work
from sheetflow.writing.styles import BODY, FAINT_INK, HEADER, LOOKUP_FILL, Look

_LEAST_ROWS, _MORE_ROWS = 60, 40
_WIDTH = 18.0
_DAY_ZERO = dt.date(1899, 12, 30)
_QUIET: Look = {"bg_color": LOOKUP_FILL, "font_color": FAINT_INK}


def write_lookups(work: Work, target: Worksheet, sheet: Sheet, rows: Sequence[Cells]) -> float:
    """Write the lookup columns to the right; return the width that they take.

    The formulas reach some rows beyond those filled in, no further: a row that shows
    nothing is printed all the same.
    """
    first = len(columns_in(sheet, work.version)) + 1
    reach = max(_LEAST_ROWS, len(rows) + _MORE_ROWS)
    for number, lookup in enumerate(sheet.lookups, start=first):
        _write_column(work, target, sheet, lookup, number, reach)
    _stop_overflow(work, target, sheet, first + len(sheet.lookups), reach)
    return _WIDTH * len(sheet.lookups)


def _stop_overflow(work: Work, target: Worksheet, sheet: Sheet, number: int, reach: int) -> None:
    """Put a blank beside the last lookup, so that its long words do not run over the page."""
    if not sheet.lookups:
        return
    target.set_column(number - 1, number - 1, 1)
    for row in range(FIRST_ROW, FIRST_ROW + reach):
        target.write_string(row - 1, number - 1, " ", work.book.look(BODY))


def _write_column(
    work: Work, target: Worksheet, sheet: Sheet, lookup: Lookup, number: int, reach: int
) -> None:
    other = work.filling.form.by_key[lookup.of]
    shown = other.by_key[lookup.column]
    look = work.book.look(
        column_look(shown) | _QUIET | {"num_format": _number_format(shown.type), "text_wrap": False}
    )
    target.set_column(number - 1, number - 1, _WIDTH)
    header = work.book.look(HEADER | _QUIET)
    target.write_string(HEADER_ROW - 1, number - 1, shown.label, header)
    key = other.key_column or other.columns[0]
    known = {
        str(row.get(key.key)): row.get(lookup.column)
        for row in work.filling.rows.get(other.key, ())
    }
    found = column_range(other, lookup.column, work.version)
    keys = column_range(other, key.key, work.version)
    by = column_letters(column_number(sheet, lookup.by, work.version))
    rows = work.filling.rows.get(sheet.key, ())
    for offset in range(reach):
        row = FIRST_ROW + offset
        cell = f"INDEX({found},MATCH(${by}{row},{keys},0))"
        formula = f'=IF(${by}{row}="","",IFERROR(IF({cell}="","",{cell}),""))'
        value = _cached(rows[offset], lookup, known) if offset < len(rows) else ""
        target.write_formula(row - 1, number - 1, formula, look, value)


def _number_format(kind: object) -> str:
    return "yyyy-mm-dd" if isinstance(kind, Day) else "General"


def _cached(row: Cells, lookup: Lookup, known: Mapping[str, object]) -> str | float:
    """Give what the formula shows, for programs that do not compute."""
    value = known.get(str(row.get(lookup.by)))
    if isinstance(value, dt.date):
        return (dt.date(value.year, value.month, value.day) - _DAY_ZERO).days
    if isinstance(value, int | float):
        return value
    return "" if value is None else str(value)
