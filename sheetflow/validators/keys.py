"""Keys are unique, and every reference to one resolves."""

from __future__ import annotations

from collections.abc import Iterator

from sheetflow.findings import Finding
from sheetflow.schemas.book import Book, BookRow, BookSheet, Context
from sheetflow.schemas.cells import NameKey
from sheetflow.schemas.columns import Column
from sheetflow.schemas.parsing import Value, read_code
from sheetflow.schemas.sheets import Sheet
from sheetflow.validators.catalogue import GENERAL
from sheetflow.validators.quotable import quote


def check_keys_unique(book: Book, context: Context) -> Iterator[Finding]:
    """Find keys that stand twice in one sheet; the later row is the one to mend."""
    del context
    for found in book.sheets.values():
        column = found.sheet.naming_column
        if column is None or not found.sheet.is_table:
            continue
        first: dict[Value, BookRow] = {}
        for row, value in zip(found.rows, found.column(column.key), strict=True):
            if value is None or first.setdefault(value, row) is row:
                continue
            place = found.place(row, column.key)
            first_cell = found.cell(first[value].number, column.key)
            yield GENERAL["key-twice"].at(
                place, key=str(value), first_cell=first_cell, mend=_other_than_twice(column)
            )


def _other_than_twice(column: Column) -> str:
    """Say what to do with the later row: only a number of the sheet's own is given anew."""
    if column.refers_to:
        return "把同一件事的两行并成一行；不是同一件事的，请改正这一行的编号"
    if isinstance(column.type, NameKey):
        return "把同一个的两行并成一行；不是同一个的，请改正这一行的名称"
    return "给这一行另编一个没有用过的编号"


def check_references(book: Book, context: Context) -> Iterator[Finding]:
    """Find references to keys that stand nowhere.

    A key that is there but misspelt is its own finding: what points to it is left alone, and
    that row is told which key is wanted.
    """
    for target in book.sheets.values():
        naming = target.sheet.key_column
        if naming is None or not target.reads(naming.key):
            continue
        # A row that was accepted before and is gone is a finding of its own.
        keys = _keys(target) | _accepted(book, context, target.sheet, naming.key)
        stray = {
            key
            for key in _named_keys(book, target.sheet.key)
            if key not in keys and not context.known_keys(target.sheet.key, key)
        }
        if not stray:
            continue
        unknown = [
            (found.place(row, column.key), quote(found.sheet, column, key, target.sheet)[:20], key)
            for found, row, column, key in _references(book, target.sheet.key)
            if key in stray
        ]
        # Where a key is blank, misspelt or stands twice, that row may be the one meant.
        unclear = unclear_rows(target, naming.key)
        if len(stray) > len(unclear):
            for place, shown, _ in unknown:
                yield GENERAL["reference-unknown"].at(place, key=shown, target=target.sheet.title)
        else:
            wanted = dict.fromkeys(f"“{shown}”" for _, shown, _ in unknown)
            where = "".join(dict.fromkeys(f"《{place.title}》" for place, *_ in unknown))
            yield GENERAL["key-wanted"].at(
                target.place(unclear[0], naming.key),
                keys="、".join(wanted),
                where=where,
                otherwise=f"请改正{where}中的编号",
            )


def _accepted(book: Book, context: Context, sheet: Sheet, column: str) -> set[str]:
    earlier = context.earlier(book.form.key, book.period)
    kept = earlier.rows.get(sheet.key, ()) if earlier and sheet.is_book else ()
    return {str(row.get(column)) for row in kept}


def _named_keys(book: Book, target: str) -> set[str]:
    """Give every key that points to the sheet `target`."""
    values = {
        value
        for found in book.sheets.values()
        for column in found.sheet.columns
        if column.refers_to == target
        for value in set(found.column(column.key))
    }
    return {key for value in values for key in _each_key(value)}


def _each_key(value: Value) -> tuple[str, ...]:
    if isinstance(value, tuple):
        return value
    return (value,) if isinstance(value, str) else ()


def _references(book: Book, target: str) -> Iterator[tuple[BookSheet, BookRow, Column, str]]:
    for found in book.sheets.values():
        pointing = [column for column in found.sheet.columns if column.refers_to == target]
        for row in found.rows:
            for column in pointing:
                for key in _each_key(row[column.key]):
                    yield found, row, column, key


def unclear_rows(found: BookSheet, column: str) -> list[BookRow]:
    """Give the rows whose key in `column` is blank, unreadable or stands already above.

    Each is its own finding, and may be the row that another rule would call missing.
    """
    seen: set[object] = set()
    unclear: list[BookRow] = []
    for row, value in zip(found.rows, found.column(column), strict=True):
        if value is None or value in seen:
            unclear.append(row)
        seen.add(value)
    return unclear


def _keys(found: BookSheet) -> set[str]:
    column = found.sheet.key_column
    if column is None:
        return set()
    keys: set[str] = set()
    for row, value in zip(found.rows, found.column(column.key), strict=True):
        if isinstance(value, str):
            # A name is pointed to as a code: without its spaces, in one width.
            keys |= {value, read_code(value)} if isinstance(column.type, NameKey) else {value}
        elif (typed := row.raw.get(column.key)) is not None:
            keys.add(read_code(typed))
    return keys
