"""What holds of a sheet that was printed with entries from below: which they are, and in which order they go on.

What was printed is the service's own: where somebody changed it, that is told, and the service goes by what
the entry's own unit handed in. What nobody handed up has no place in the sheet. This module refuses to say
anything where nobody knows what was handed up.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from sheetflow.findings import Finding
from sheetflow.schemas.book import Book, BookRow, BookSheet, JudgingContext
from sheetflow.schemas.catalogue import GENERAL
from sheetflow.schemas.cells import Key
from sheetflow.schemas.gathered import Gathered, GatheredRow
from sheetflow.schemas.merged_keys import merged
from sheetflow.schemas.parsing import Value

_MOST_LISTED = 10


def check_gathered(book: Book, context: JudgingContext) -> Iterator[Finding]:
    """Find entries that nobody handed up, and orders that are none."""
    for found in book.sheets.values():
        spec = found.sheet.gathered
        if spec is None or not found.reads(spec.entry):
            continue
        rows = context.gathered(book.form.key, found.sheet.key, book.period)
        handed = None if rows is None else handed_up(book, spec, rows, context.unit.unit_id)
        if handed is not None:
            yield from _check_entries(book, context, found, handed)
        if spec.order in found.addresses:
            yield from _check_order(found, spec, max(len(found.rows), len(handed or ())))


def handed_up(
    book: Book, spec: Gathered, rows: Sequence[GatheredRow], unit_id: str
) -> dict[str, GatheredRow]:
    """Give the entries that were handed up, by code: the unit's own as this very workbook lists them."""
    if spec.form != book.form.key or spec.listed not in book.sheets:
        return {row.entry: row for row in rows}
    below = {row.entry: row for row in rows if row.unit_id != unit_id}
    own = [
        GatheredRow(
            entry=str(merged(unit_id, named)),
            unit_id=unit_id,
            above=unit_id,
            order=order,
            cells=row.values,
        )
        for order, row in enumerate(book.rows(spec.listed), start=1)
        if isinstance(named := row[spec.named], str)
    ]
    return {row.entry: row for row in own} | below


def _check_entries(
    book: Book, context: JudgingContext, found: BookSheet, handed: Mapping[str, GatheredRow]
) -> Iterator[Finding]:
    spec = found.sheet.gathered
    if spec is None:
        return
    before = context.accepted(book.form.key, book.period).get(found.sheet.key, ())
    stood = {row.get(spec.entry) for row in before}
    first: dict[Value, BookRow] = {}
    for row in found.rows:
        entry, place = row[spec.entry], found.place(row, spec.entry)
        if not isinstance(entry, str):
            continue
        code = str(merged(context.unit.unit_id, entry))
        if first.setdefault(code, row) is not row:
            if not found.sheet.by_key[spec.entry].is_key:  # else that is said of any key
                cell = found.cell(first[code].number, spec.entry)
                yield GENERAL["gathered-twice"].at(place, entry=entry, first_cell=cell)
        elif code not in handed:
            rule = "gathered-withdrawn" if code in stood else "gathered-unknown"
            yield GENERAL[rule].at(place, entry=entry)
        else:
            yield from _check_printed(found, row, handed[code].printed(spec, context.tree))
    left = [entry for entry in handed if entry not in first]
    own = [entry for entry in left if handed[entry].unit_id == context.unit.unit_id]
    # Of its own entries a unit has just said that it recommends them.
    is_ranked = spec.order in found.addresses and any(row[spec.order] for row in found.rows)
    for rule, some in (
        ("gathered-own-left-out", own if is_ranked else []),
        ("gathered-left-out", [entry for entry in left if not is_ranked or entry not in own]),
    ):
        if some:
            listed = "、".join(some[:_MOST_LISTED]) + ("等" if len(some) > _MOST_LISTED else "")
            yield GENERAL[rule].at(found.place(), count=len(some), entries=listed)


def _check_printed(
    found: BookSheet, row: BookRow, printed: Mapping[str, Value]
) -> Iterator[Finding]:
    """Find cells that say otherwise than was printed in them; a blank one says nothing."""
    for key, value in printed.items():
        typed, column = row[key], found.sheet.by_key.get(key)
        spoken = typed is not None and value is not None and column and not column.is_key
        is_entry = found.sheet.gathered is not None and key == found.sheet.gathered.entry
        if spoken and not is_entry and typed != value and column:
            quoted = str(value) if column.quotable else "原报送单位报来的内容"
            yield GENERAL["gathered-printed"].at(found.place(row, key), printed=quoted)


def _check_order(found: BookSheet, spec: Gathered, count: int) -> Iterator[Finding]:
    """Find numbers given twice or left out, and none at all where there are entries (`count`)."""
    first: dict[int, BookRow] = {}
    for row in found.rows:
        order = row[spec.order]
        if not isinstance(order, int):
            continue
        if first.setdefault(order, row) is not row:
            cell = found.cell(first[order].number, spec.order)
            place = found.place(row, spec.order)
            yield GENERAL["gathered-order-twice"].at(place, order=order, first_cell=cell)
    place = found.header_place(spec.order)
    if count and not first:
        if not any(spec.order in row.faulty for row in found.rows):
            label = found.sheet.labels[spec.order]
            yield GENERAL["gathered-unranked"].at(place, count=count, label=label)
        return
    missing = [number for number in range(1, max(first, default=0)) if number not in first]
    if missing and not any(spec.order in row.faulty for row in found.rows):
        listed = "、".join(map(str, missing[:_MOST_LISTED]))
        yield GENERAL["gathered-order-gap"].at(place, missing=listed)


def check_numbers_stand(book: Book, context: JudgingContext) -> Iterator[Finding]:
    """Find entries that were given another number than the one under which they were accepted."""
    for found in book.sheets.values():
        spec, column = found.sheet.gathered, found.sheet.key_column
        if spec is None or column is None or column.key == spec.entry:
            continue
        if not isinstance(column.type, Key):
            continue
        before = context.accepted(book.form.key, book.period).get(found.sheet.key, ())
        was = {row.get(spec.entry): row.get(column.key) for row in before}
        for row in found.rows:
            number = was.get(row[spec.entry])
            if number is not None and row[column.key] not in {None, number}:
                place = found.place(row, column.key)
                yield GENERAL["gathered-number-changed"].at(place, number=str(number))
