"""The live statistics of a workbook: formulas are never trusted, and never replaced."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal

from sheetflow.findings import Finding, Place
from sheetflow.lookalikes import trim
from sheetflow.schemas.book import Book, JudgingContext
from sheetflow.schemas.catalogue import GENERAL
from sheetflow.schemas.indicators import Indicator, Number
from sheetflow.schemas.layout import STATISTICS_COLUMNS
from sheetflow.schemas.parsing import CellFault, read_number
from sheetflow.validators.matching import Found, bare_label
from sheetflow.workbook import Address, CellValue, RawSheet, RawWorkbook, cell_name

_CODE, _, _, _PREVIOUS, _CURRENT, _TOTAL = STATISTICS_COLUMNS


def is_measurable(book: Book, indicator: Indicator) -> bool:
    """Whether all that `indicator` draws on could be read, so that its figure may be judged."""
    source = indicator.source
    if source.made_from:
        return all(is_measurable(book, book.form.indicator[code]) for code in source.made_from)
    sheet = book.form.by_key.get(source.draws_on)
    if sheet is None or not sheet.is_table or not sheet.is_for(book.level):
        return True
    found = book.sheets.get(sheet.key)
    if found is None:
        return not sheet.always_shown
    wanted = source.looked_at(book.form.by_key)
    for lookup in sheet.lookups:
        if lookup.name in wanted:
            wanted = wanted - {lookup.name} | {lookup.by}
            other = book.sheets.get(lookup.of)
            key = other.sheet.key_column if other else None
            if other and key and not other.is_clear(key.key, lookup.column):
                return False
    return found.is_clear(*wanted)


def check_statistics(
    raw: RawWorkbook, sheets: Found, book: Book, context: JudgingContext
) -> Iterator[Finding]:
    """Find formulas replaced by a constant that differs from the rows, and a stale 上期累计.

    A stale or missing cached value is no fault; where the format does not tell formulas
    from constants, nothing is said.
    """
    sheet = book.form.statistics
    entry = sheets.get(sheet.key) if sheet else None
    if sheet is None or entry is None or not raw.tells_formulas:
        return
    earlier = context.earlier(book.form.key, book.period)
    totals = earlier.totals if earlier else {}
    whole = Place(sheet=sheet.key, title=entry.title)
    for code, heading, address in figure_cells(entry):
        indicator = book.form.indicator.get(code)
        if address in entry.formulas or indicator is None or not is_measurable(book, indicator):
            continue
        kind = book.form.kinds[code]
        values = indicator.values(kind, book.figures[code], totals.get(code, 0))
        expected = {_PREVIOUS: values.previous, _CURRENT: values.current}.get(heading, values.total)
        typed = _figure(entry.cell(*address))
        if typed is None or _agree(typed, expected):
            continue
        label = indicator.label.strip("　")
        cell = cell_name(*address)
        place = replace(whole, row=address[0], column=code, label=label, cell=cell, key=heading)
        yield GENERAL["previous-stale" if heading == _PREVIOUS else "statistic-constant"].at(
            place,
            indicator=f"{code}“{label}”",
            typed=str(typed),
            computed="空" if expected is None else str(expected),
        )


def figure_cells(entry: RawSheet) -> Iterator[tuple[str, str, Address]]:
    """Give the cell of each indicator's figures, by code and heading, in whatever order they stand."""
    wanted = {bare_label(label): label for label in (_CODE, _PREVIOUS, _CURRENT, _TOTAL)}
    headings: dict[str, int] = {}
    for row, cells in entry.numbered_rows():
        if len(headings) > 1 and _CODE in headings:
            code = trim(str(cells[headings[_CODE] - 1])) if len(cells) >= headings[_CODE] else ""
            for heading, column in headings.items() if code else ():
                if heading != _CODE:
                    yield code, heading, (row, column)
        else:
            bare = [bare_label(cell) for cell in cells]
            headings = {wanted[label]: n for n, label in enumerate(bare, 1) if label in wanted}


def _figure(cell: CellValue) -> Number:
    if cell is None or isinstance(cell, bool):
        return None
    try:
        return read_number(cell)
    except CellFault:
        return None


def _agree(typed: int | Decimal, expected: Number) -> bool:
    """Whether two figures agree as far as a spreadsheet's floating point can tell; 0 is blank."""
    if expected is None:
        return not typed
    gap = abs(Decimal(typed) - Decimal(expected))
    return gap <= Decimal("1e-6") * max(Decimal(1), abs(Decimal(typed)))
