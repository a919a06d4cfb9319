"""Rows that were accepted before keep what they are about, and closed ones all they hold.

二 “建立一册妇女需求台帐”: what is written down in a book is not written over. Values are
compared as they are read today, on both sides: what was only typed in another way, or was
read otherwise before an upgrade, is no change. What a purge took out is not compared.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping

from sheetflow.findings import Finding, Severity
from sheetflow.lookalikes import plain, without_spaces
from sheetflow.schemas.book import Book, BookRow, BookSheet, Context
from sheetflow.schemas.cells import IdNumber, Whole
from sheetflow.schemas.columns import Column, reading
from sheetflow.schemas.parsing import CellFault, Value
from sheetflow.schemas.sheets import Sheet
from sheetflow.schemas.tables import Row
from sheetflow.validators.catalogue import GENERAL

_CHANGES = ("closed-changed", "person-changed")
_YEARS_APART = 1
_OLD_LENGTH = 15


def check_rows_unchanged(book: Book, context: Context) -> Iterator[Finding]:
    """A key keeps its matter, a row its person and its first date, a closed row everything."""
    earlier = context.earlier(book.form.key, book.period)
    for found in book.sheets.values() if earlier and not book.nil else ():
        before = _by_key(found.sheet, earlier.rows.get(found.sheet.key, ())) if earlier else {}
        naming = found.sheet.naming_column
        if not before or naming is None:
            continue
        times = Counter(found.column(naming.key))
        for row in found.rows:
            # A key that stands twice is its own finding.
            old = before.get(row[naming.key]) if times[row[naming.key]] == 1 else None
            if old is not None and not _is_as_before(row, old):
                yield from _judge_change(found, row, old, naming)


def _by_key(sheet: Sheet, rows: object) -> dict[Value, Row]:
    naming = sheet.naming_column
    if naming is None or not sheet.is_book or not isinstance(rows, list | tuple):
        return {}
    return {row.get(naming.key): row for row in rows}


def _is_as_before(row: BookRow, old: Row) -> bool:
    """Whether nothing changed at all, as with nearly all rows."""
    return all(row.values.get(key) == value for key, value in old.items())


def _judge_change(found: BookSheet, row: BookRow, old: Row, naming: Column) -> Iterator[Finding]:
    sheet = found.sheet
    changed = [
        column
        for column in sheet.columns
        if column.key in old and column.key in found.spots and row.sound(column.key)
        if not _same(column, old[column.key], row[column.key]) and not _is_told(column, row)
    ]
    keys = {column.key for column in changed}
    if sheet.matter and keys.issuperset(sheet.matter):
        # What is a person's is not quoted.
        told = next(sheet.by_key[part] for part in sheet.matter if sheet.by_key[part].quotable)
        yield GENERAL["key-reused"].at(
            found.place(row, naming.key),
            key=str(row[naming.key]),
            column=told.label,
            was=told.type.show(old[told.key]),
        )
        return
    closed = sheet.closed is not None and sheet.closed.holds(old)
    if sheet.void and sheet.void.holds(old) and sheet.void.holds(row.values):
        closed = False  # it counts nowhere, whatever stands in it
    rule = _CHANGES[not closed]
    if not closed:
        changed = [
            each
            for each in changed
            if each.key in sheet.lasting and None not in {old[each.key], row[each.key]}
        ]
    if changed:
        labels = "".join(f"“{column.label}”" for column in changed)
        yield GENERAL[rule].at(found.place(row, changed[0].key), columns=labels)


def _is_told(column: Column, row: BookRow) -> bool:
    """Whether a cell must not be as it is now, blank or filled: a finding of its own."""
    required = column.required
    if not isinstance(required, bool):
        required = required.holds(row.values)
        if column.only and not required:
            return row[column.key] is not None
    return required and row[column.key] is None


def _same(column: Column, old: Value, new: Value) -> bool:
    """Whether two values are one as read today: both were typed, perhaps in other ways."""
    if old == new:
        return True
    if old is None or new is None:
        return False
    shown = column.type.show(old)
    try:
        again = reading(column.type)(shown)
    except CellFault:
        return False
    if isinstance(again, str) and isinstance(new, str):
        return without_spaces(plain(again)) == without_spaces(plain(new))
    return again == new


def without_echoes(findings: Iterable[Finding]) -> list[Finding]:
    """Leave out that a cell has changed where it must be mended anyway."""
    listed = list(findings)
    mended = {
        (finding.place.sheet, finding.place.cell)
        for finding in listed
        if finding.severity is Severity.MUST and finding.place.cell
    }
    return [
        finding
        for finding in listed
        if finding.rule not in _CHANGES or (finding.place.sheet, finding.place.cell) not in mended
    ]


def check_ages(book: Book, context: Context) -> Iterator[Finding]:
    """An age and the identity number beside it are not more than a year apart.

    Years are compared as years, so that 虚岁 passes. A row accepted before with the same two
    is not asked about again.
    """
    earlier = context.earlier(book.form.key, book.period)
    year = book.period.last_day.year
    for found in book.sheets.values():
        sheet = found.sheet
        numbers = [one.key for one in sheet.columns if isinstance(one.type, IdNumber)]
        ages = [one.key for one in sheet.columns if _is_age(one)]
        if len(numbers) != 1 or len(ages) != 1 or not found.reads(*numbers, *ages):
            continue
        (number,), (age,) = numbers, ages
        before = _by_key(sheet, earlier.rows.get(sheet.key, ())) if earlier else {}
        columns = zip(found.rows, found.column(number), found.column(age), strict=True)
        for row, who, typed in columns:
            if not isinstance(who, str) or not isinstance(typed, int):
                continue
            born = int("19" + who[6:8] if len(who) == _OLD_LENGTH else who[6:10])
            if abs(year - born - typed) <= _YEARS_APART:
                continue
            naming = sheet.naming_column
            old: Mapping[str, Value] = before.get(row[naming.key], {}) if naming else {}
            if (old.get(number), old.get(age)) != (who, typed):
                yield GENERAL["age-differs"].at(found.place(row, age))


def _is_age(column: Column) -> bool:
    return isinstance(column.type, Whole) and column.type.unit == "岁"
