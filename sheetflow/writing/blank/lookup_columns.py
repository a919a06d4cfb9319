"""Columns beside a sheet's own that show another sheet's cells, by formula only."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from sheetflow.prefill import Cells
from sheetflow.schemas.cells import Day
from sheetflow.schemas.layout import FIRST_ROW, HEADER_ROW, column_range
from sheetflow.schemas.sheets import Lookup
from sheetflow.writing.blank.columns import column_look
from sheetflow.writing.blank.context import SheetPage
from sheetflow.writing.styles import BODY, FAINT_INK, HEADER, LOOKUP_FILL, Look

_LEAST_ROWS, _MORE_ROWS = 60, 40
_WIDTH = 18.0
_DAY_ZERO = dt.date(1899, 12, 30)
_QUIET: Look = {"bg_color": LOOKUP_FILL, "font_color": FAINT_INK}


def write_lookups(page: SheetPage) -> float:
    """Write the lookup columns to the right; return the width that they take.

    The formulas reach some rows beyond those filled in, no further: a row that shows
    nothing is printed all the same.
    """
    lookups, first = page.sheet.lookups, len(page.columns) + 1
    reach = max(_LEAST_ROWS, len(page.rows) + _MORE_ROWS)
    for number, lookup in enumerate(lookups, start=first):
        _write_column(page, lookup, number, reach)
    if lookups:  # a blank beside the last one, so that its long words do not run over the page
        number = first + len(lookups)
        page.worksheet.set_column(number - 1, number - 1, 1)
        for row in range(FIRST_ROW, FIRST_ROW + reach):
            page.text(row, number, " ", BODY)
    return _WIDTH * len(lookups)


def _write_column(page: SheetPage, lookup: Lookup, number: int, reach: int) -> None:
    filling, version = page.context.filling, page.context.version
    other = filling.form.by_key[lookup.of]
    shown = other.by_key[lookup.column]
    number_format = "yyyy-mm-dd" if isinstance(shown.type, Day) else "General"
    look = column_look(shown) | _QUIET | {"num_format": number_format, "text_wrap": False}
    page.worksheet.set_column(number - 1, number - 1, _WIDTH)
    page.text(HEADER_ROW, number, shown.label, HEADER | _QUIET)
    key = other.key_column or other.columns[0]
    known = {
        str(row.get(key.key)): row.get(lookup.column) for row in filling.rows.get(other.key, ())
    }
    cells = column_range(other, lookup.column, version)
    keys = column_range(other, key.key, version)
    by = page.letters(lookup.by)
    for offset in range(reach):
        row = FIRST_ROW + offset
        cell = f"INDEX({cells},MATCH(${by}{row},{keys},0))"
        formula = f'IF(${by}{row}="","",IFERROR(IF({cell}="","",{cell}),""))'
        value = _cached(page.rows[offset], lookup, known) if offset < len(page.rows) else ""
        page.formula(row, number, formula, value, look)


def _cached(row: Cells, lookup: Lookup, known: Mapping[str, object]) -> str | float:
    """Give what the formula shows, for programs that do not compute."""
    value = known.get(str(row.get(lookup.by)))
    if isinstance(value, dt.date):
        return (dt.date(value.year, value.month, value.day) - _DAY_ZERO).days
    if isinstance(value, int | float):
        return value
    return "" if value is None else str(value)
