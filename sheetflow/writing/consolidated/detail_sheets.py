"""The detail sheets of a consolidated workbook: the rows of all units, streamed.

This module owns where detail rows stand, which indicators can be counted again from
them, and what that count gives. A sheet that is full continues in a 续 sheet. It refuses
to hold more than a batch of rows.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import chain, islice

from sheetflow.consolidation.contents import Consolidated, DetailRow, DetailSheet
from sheetflow.schemas.cells import Attachment, Reference, References, Text
from sheetflow.schemas.columns import Column, Mask
from sheetflow.schemas.conditions import Condition, Every, Row, Table
from sheetflow.schemas.forms import Form
from sheetflow.schemas.indicators import Count, Indicator, Number, Sum, measure_all, plain
from sheetflow.schemas.layout import FIRST_ROW, HEADER_ROW, quoted
from sheetflow.schemas.options import Choices
from sheetflow.schemas.parsing import Value
from sheetflow.schemas.sheets import Sheet
from sheetflow.workbook import MAX_ROWS, column_letters
from sheetflow.writing.consolidated.joined import Bulk
from sheetflow.writing.looks import BY_PLACES, DAY, DETAIL_LOOKS, TEXT, WRAPPED
from sheetflow.writing.page import LONGEST_TITLE, TablePage
from sheetflow.writing.xlsx_book import Book

_SOURCE = "来源"
"""The column right before a detail sheet's own: by which receipt a row came."""

_ABOVE_WIDTH, _UNIT_WIDTH, _SOURCE_WIDTH = 12, 14, 20
_WIDEST = 28
_LONG, _WIDEST_LONG, _CHARACTERS_TO_WIDTH = 500, 90.0, 12
"""Longer texts than so many characters get more room: a row shows no more than some 27 lines."""
_READABLE_WIDTH = 150
"""How many characters side by side an A4 page shows in a size that can be read."""

_LISTED = "各单位上报的明细，按原数列示，未作改动。"
_SUMMED = "各单位上报的明细，一个单位合计为一行"
WRAPPED_TYPES = Text | Choices | References | Attachment
_BATCH = 1000
_TEXT, _WRAPPED, _DAY, *_BY_PLACES = map(DETAIL_LOOKS.index, (TEXT, WRAPPED, DAY, *BY_PLACES))


@dataclass
class Details:
    """Where the detail rows stand once written, and what they add up to.

    `first_rows` gives for a receipt the sheet and row of its first row. `measured` is by
    indicator code, for indicators whose rows are all here and whole.
    """

    first_rows: dict[str, tuple[str, int]] = field(default_factory=dict)
    measured: dict[str, Number] = field(default_factory=dict)
    bulk_parts: dict[str, str] = field(default_factory=dict)
    """The sheet key by the name of the package's part that waits for its rows."""
    _parts: dict[str, list[tuple[str, int]]] = field(default_factory=dict)
    _letters: dict[tuple[str, str], str] = field(default_factory=dict)
    """The letters of a sheet's column, both by key."""

    def formula(self, indicator: Indicator, form: Form) -> str:
        """Give the formula that counts `indicator` again from the rows of every part."""
        source = indicator.source
        terms = []
        for title, last_row in self._parts[source.draws_on]:

            def range_of(sheet: str, column: str, title: str = title, last: int = last_row) -> str:
                letters = self._letters[sheet, column]
                return f"{quoted(title)}!${letters}${FIRST_ROW}:${letters}${last}"

            terms.append(source.excel(range_of, form.by_key, lambda code: code))
        return "+".join(terms)

    def end_part(self, detail: DetailSheet, page: TablePage, last_row: int) -> None:
        """Take note of one written part; one without rows covers a blank row."""
        key = detail.sheet.key
        self._parts.setdefault(key, []).append((page.title, max(last_row, FIRST_ROW)))
        for number, column in enumerate(detail.columns, start=len(before(detail)) + 1):
            self._letters[key, column.key] = column_letters(number)


def write_details(
    book: Book, consolidated: Consolidated, most_rows: int, bulk: Mapping[str, Bulk]
) -> Details:
    """Write every detail sheet, each continued where it would pass row `most_rows`.

    The rows of sheets in `bulk` are joined in later: they get their head and their frame.
    """
    if not FIRST_ROW <= most_rows <= MAX_ROWS:
        raise ValueError(f"a sheet cannot end at row {most_rows}")
    details = Details()
    for detail in consolidated.details:
        counted = countable(detail, consolidated.form, consolidated.unit.level)
        if rows_to_come := bulk.get(detail.sheet.key):
            known = rows_to_come.measured
            details.measured |= {entry.code: known.get(entry.code, 0) for entry in counted}
            _make_room(book, consolidated, detail, rows_to_come, details)
        else:
            details.measured |= {entry.code: 0 for entry in counted}
            rows = _measured(detail, counted, consolidated.form, details.measured)
            _write_parts(book, consolidated, detail, rows, details, most_rows - HEADER_ROW)
    return details


def footer(consolidated: Consolidated) -> str:
    """What stands at the foot of every printed page."""
    return f"{consolidated.campaign_title}　{consolidated.whose}　{consolidated.period.label}"


def countable(detail: DetailSheet, form: Form, level: str) -> tuple[Indicator, ...]:
    """The indicators that can be counted again from the rows that this level sees.

    Only columns that are not masked tell; of rows that were summed, only plain sums do.
    """
    sheet = detail.sheet
    adds_rows = detail.summed and sheet.void is None and sheet.marker.type.numeric
    whole = {
        column.key
        for column in detail.columns
        if column.mask_at(level) is Mask.WHOLE and column.disclosure.withheld_when is None
    }
    return tuple(
        indicator
        for indicator in form.indicators
        if isinstance(indicator.source, Count | Sum)
        and indicator.source.draws_on == sheet.key
        and indicator.source.fits(form.by_key)
        and _looked_at(indicator, form) <= whole
        and _blank_counts_nothing(indicator, sheet)
        and (
            not detail.summed
            or (adds_rows and isinstance(indicator.source, Sum) and indicator.source.where is None)
        )
    )


def _looked_at(indicator: Indicator, form: Form) -> set[str]:
    source = indicator.source
    condition: Condition | None = getattr(source, "where", None)
    there = form.by_key[source.draws_on].by_key
    return {
        *form.by_key[source.draws_on].in_use.columns(),
        *(condition.columns() if condition else ()),
        *(column for column in getattr(source, "columns", ()) if column in there),
    }


def _blank_counts_nothing(indicator: Indicator, sheet: Sheet) -> bool:
    """Whether rows of versions without a column that is asked count nothing, as in their figures."""
    where: Condition | None = getattr(indicator.source, "where", None)
    if where is None or sheet.always_has(where.columns()):
        return True
    parts = where.parts if isinstance(where, Every) else (where,)
    return any(not sheet.always_has(part.columns()) and not part.holds({}) for part in parts)


def _measured(
    detail: DetailSheet,
    indicators: Sequence[Indicator],
    form: Form,
    measured: dict[str, Number],
) -> Iterator[DetailRow]:
    """Pass the rows on while adding them up, a batch at a time."""
    rows = iter(detail.rows())
    while batch := list(islice(rows, _BATCH)):
        found = measure_rows(indicators, form, Table(row.values for row in batch))
        for code, figure in found.items():
            measured[code] = plain((measured[code] or 0) + (figure or 0))
        yield from batch


def measure_rows(
    indicators: Sequence[Indicator], form: Form, values: Sequence[Row]
) -> dict[str, Number]:
    """Count `indicators` from rows of the one sheet that they draw on, by code."""
    return measure_all(indicators, lambda _sheet: values, form.by_key)


def _write_parts(
    book: Book,
    consolidated: Consolidated,
    detail: DetailSheet,
    rows: Iterator[DetailRow],
    details: Details,
    most: int,
) -> None:
    part = 1
    while True:
        page = _open_part(book, consolidated, detail, part)
        last_row = _write_rows(page, detail.columns, islice(rows, most), details.first_rows)
        page.close(last_row, len(before(detail)))
        details.end_part(detail, page, last_row)
        following = next(rows, None)
        if following is None:
            return
        rows = chain([following], rows)
        part += 1


def _make_room(
    book: Book, consolidated: Consolidated, detail: DetailSheet, bulk: Bulk, details: Details
) -> None:
    """Write a sheet whose rows are joined in later, as if they stood there."""
    page = _open_part(book, consolidated, detail, 1)
    number = FIRST_ROW
    for receipt, piece in bulk.pieces:
        if piece.rows:
            details.first_rows.setdefault(receipt, (page.title, number))
        number += piece.rows
    page.claim(number - 1)
    page.close(number - 1, len(before(detail)))
    details.end_part(detail, page, number - 1)
    details.bulk_parts[page.part] = detail.sheet.key


def _open_part(book: Book, consolidated: Consolidated, detail: DetailSheet, part: int) -> TablePage:
    suffix = f"续{part}" if part > 1 else ""
    title = detail.sheet.title[: LONGEST_TITLE - len(suffix)] + suffix
    headings = before(detail)
    above = [_ABOVE_WIDTH] * (len(headings) - 2)
    widths = [*above, _UNIT_WIDTH, _SOURCE_WIDTH, *map(width_of, detail.columns)]
    page = TablePage(book, title, widths, footer(consolidated))
    page.worksheet.fit_to_pages(max(1, round(sum(widths) / _READABLE_WIDTH)), 0)
    page.worksheet.repeat_columns(0, len(headings) - 1)
    page.open(
        f"{detail.sheet.title}（{consolidated.whose} {consolidated.period.label}）",
        _note(detail, consolidated.unit.level) + ("本表接上一张工作表。" if part > 1 else ""),
        [*headings, *(column.label for column in detail.columns)],
    )
    return page


def _note(detail: DetailSheet, level: str) -> str:
    """Say whether rows were added up, and where they are listed: this workbook's own, too."""
    below = "、".join(f"{name}级" for name in detail.listed_at if name != level)
    if not detail.summed or (detail.listed_at and not below):
        return _LISTED
    elsewhere = f"；逐行的明细在{below}汇总表中" if below else ""
    here = "，不在其中的单位逐行列在本表" if level in detail.listed_at else ""
    return f"{_SUMMED}{elsewhere}{here}。"


def before(detail: DetailSheet) -> tuple[str, ...]:
    """Head the columns before a detail sheet's own: whose the row is, and by which receipt."""
    return (*detail.origin, _SOURCE)


def width_of(column: Column) -> float:
    """Give a column's width. Keys are longer here than where they were filled in: 370102-X0001."""
    if isinstance(column.type, Text) and column.type.limit > _LONG:
        return min(_WIDEST_LONG, column.type.limit / _CHARACTERS_TO_WIDTH)
    keyed = column.is_key or isinstance(column.type, Reference | References)
    return max(16 if keyed else 0, min(column.width, _WIDEST))


def _write_rows(
    page: TablePage,
    columns: Sequence[Column],
    rows: Iterable[DetailRow],
    first_rows: dict[str, tuple[str, int]],
) -> int:
    """Put rows under the header, and note where each receipt's begin; give the last row's number."""
    wrapped = [column for column in columns if isinstance(column.type, WRAPPED_TYPES)]
    number = FIRST_ROW - 1
    for number, row in enumerate(rows, start=FIRST_ROW):
        origin, values = (*row.places, row.receipt), row.values
        for at, place in enumerate(origin, start=1):
            page.put(number, at, place)
        first_rows.setdefault(row.receipt, (page.title, number))
        shown = ((entry.type.show(values.get(entry.key)), width_of(entry)) for entry in wrapped)
        page.fit(number, shown)
        for at, column in enumerate(columns, start=len(origin) + 1):
            value, look = detail_cell(column, values.get(column.key))
            page.put(number, at, value, DETAIL_LOOKS[look])
    return number


def detail_cell(column: Column, value: Value) -> tuple[Value, int]:
    """Give what stands in a detail row's cell, and which of `DETAIL_LOOKS` it has."""
    if isinstance(value, dt.date):
        return value, _DAY
    if isinstance(value, int | Decimal):
        return value, _BY_PLACES[column.type.places]
    return column.type.show(value), _WRAPPED if isinstance(column.type, WRAPPED_TYPES) else _TEXT
