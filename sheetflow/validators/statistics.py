"""The live statistics of a workbook: formulas are never trusted, and never replaced."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from sheetflow.findings import Finding, Place
from sheetflow.lookalikes import trim
from sheetflow.schemas.book import Book, BookSheet, Context
from sheetflow.schemas.indicators import Indicator, Number, Values
from sheetflow.schemas.layout import STATISTICS_COLUMNS
from sheetflow.schemas.parsing import CellFault, read_number
from sheetflow.validators.catalogue import GENERAL
from sheetflow.validators.sheets import FoundSheet, bare_label
from sheetflow.workbook import Address, CellValue, RawWorkbook, cell_name

_CODE, _, _, _PREVIOUS, _CURRENT, _TOTAL = STATISTICS_COLUMNS


def is_measurable(
    book: Book, indicator: Indicator, known: dict[str, frozenset[str]] | None = None
) -> bool:
    """Whether all that `indicator` draws on could be read, so that its figure may be judged.

    `known` keeps what was found out of a sheet from one indicator to the next.
    """
    source = indicator.source
    if source.made_from:
        others = [book.form.indicator[code] for code in source.made_from]
        return all(is_measurable(book, other, known) for other in others)
    sheet = book.form.by_key.get(source.draws_on)
    if sheet is None or not sheet.is_table or not sheet.is_for(book.level):
        return True
    found = book.sheets.get(sheet.key)
    if found is None:
        return not sheet.always_shown
    wanted = source.looked_at(book.form.by_key)
    unclear = {} if known is None else known
    for lookup in sheet.lookups:
        if lookup.name in wanted:
            wanted = wanted - {lookup.name} | {lookup.by}
            other = book.sheets.get(lookup.of)
            key = other.sheet.key_column if other else None
            if other and key and not _are_clear(other, {key.key, lookup.column}, unclear):
                return False
    return _are_clear(found, wanted, unclear)


def _are_clear(found: BookSheet, wanted: set[str], unclear: dict[str, frozenset[str]]) -> bool:
    """Whether the columns `wanted` are all there and could be read in every row."""
    key = found.sheet.key
    if key not in unclear:
        unclear[key] = _unclear_columns(found)
    return found.reads(*wanted) and wanted.isdisjoint(unclear[key])


def _unclear_columns(found: BookSheet) -> frozenset[str]:
    """The columns in which a cell could not be read, or is blank though it must never be."""
    faulty = frozenset[str]().union(*(row.faulty for row in found.rows))
    always = [column.key for column in found.sheet.columns if column.required is True]
    return faulty.union(name for name in always if None in found.column(name))


def check_statistics(
    raw: RawWorkbook, sheets: tuple[FoundSheet, ...], book: Book, context: Context
) -> Iterator[Finding]:
    """Find formulas replaced by a constant that differs from the rows, and a stale 上期累计.

    A stale or missing cached value is no fault; where the format does not tell formulas
    from constants, nothing is said.
    """
    entry = next((found for found in sheets if found.sheet is book.form.statistics), None)
    if entry is None or not raw.tells_formulas:
        return
    earlier = context.earlier(book.form.key, book.period)
    totals = earlier.totals if earlier else {}
    figures = book.figures
    known: dict[str, frozenset[str]] = {}
    spots = _spots(entry)
    for number, cells in entry.raw.numbered_rows(spots.pop("", 0) + 1):
        code_spot = spots.get(_CODE, 1)
        code = trim(str(cells[code_spot - 1])) if len(cells) >= code_spot else ""
        indicator = book.form.indicator.get(code)
        if indicator is None or not is_measurable(book, indicator, known):
            continue
        kind = book.form.kind_of(code)
        values = indicator.values(kind, figures[code], totals.get(code, 0))
        for label, spot in spots.items():
            cell = cells[spot - 1] if len(cells) >= spot else None
            if (number, spot) in entry.raw.formulas:
                continue
            place = Place(
                sheet=entry.sheet.key,
                title=entry.raw.title,
                row=number,
                column=code,
                label=indicator.label.strip("　"),
                cell=cell_name(number, spot),
                key=label,
            )
            yield from _judge_cell(place, indicator, label, cell, values)


def _spots(entry: FoundSheet) -> dict[str, int]:
    """Find the columns by their headings; the header's row stands under the empty key."""
    wanted = {bare_label(label): label for label in (_CODE, _PREVIOUS, _CURRENT, _TOTAL)}
    for number, cells in entry.raw.numbered_rows():
        spots = {
            wanted[bare_label(cell)]: column
            for column, cell in enumerate(cells, start=1)
            if bare_label(cell) in wanted
        }
        if _CODE in spots and len(spots) > 1:
            return {**spots, "": number}
    return {}


def figure_spots(entry: FoundSheet) -> dict[str, Address]:
    """Where each indicator's figures stand in the file, by code and heading: ``S01 本期``."""
    headings = _spots(entry)
    first, code_spot = headings.pop("", 0) + 1, headings.pop(_CODE, 1)
    return {
        f"{trim(str(cells[code_spot - 1]))} {heading}": (number, spot)
        for number, cells in entry.raw.numbered_rows(first)
        if len(cells) >= code_spot
        for heading, spot in headings.items()
    }


def _judge_cell(
    place: Place, indicator: Indicator, label: str, cell: CellValue, values: Values
) -> Iterator[Finding]:
    typed = _figure(cell)
    if typed is None:
        return
    expected = {_PREVIOUS: values.previous, _CURRENT: values.current, _TOTAL: values.total}.get(
        label
    )
    if label == _CODE or (expected is not None and _close(typed, expected)):
        return
    rule = "previous-stale" if label == _PREVIOUS else "statistic-constant"
    if expected is None and not typed:
        return
    yield GENERAL[rule].at(
        place,
        indicator=f"{indicator.code}“{place.label}”",
        typed=str(typed),
        computed="空" if expected is None else str(expected),
    )


def _figure(cell: CellValue) -> Number:
    if cell is None or isinstance(cell, bool):
        return None
    try:
        return read_number(cell)
    except CellFault:
        return None


def _close(first: int | Decimal, second: int | Decimal) -> bool:
    """Whether two figures agree as far as a spreadsheet's floating point can tell."""
    gap = abs(Decimal(first) - Decimal(second))
    return gap <= Decimal("1e-6") * max(Decimal(1), abs(Decimal(first)))
