"""Keys are unique, and every reference to one resolves."""

from __future__ import annotations

from collections.abc import Iterator

from sheetflow.findings import Finding
from sheetflow.schemas.columns import Column
from sheetflow.schemas.habits import read_code
from sheetflow.schemas.judging import Book, BookRow, BookSheet, Context
from sheetflow.validators.catalogue import GENERAL


def check_keys_unique(book: Book, context: Context) -> Iterator[Finding]:
    """Find keys that stand twice in one sheet; the later row is the one to mend."""
    del context
    for found in book.sheets.values():
        column = found.sheet.naming_column
        if column is None or not found.sheet.is_table:
            continue
        first: dict[object, str] = {}
        for row in found.rows:
            value = row[column.key]
            if value is None:
                continue
            if value in first:
                place = found.place(row, column.key)
                yield GENERAL["key-twice"].at(place, key=str(value), first=first[value])
            else:
                first[value] = found.cell(row.number, column.key)


def check_references(book: Book, context: Context) -> Iterator[Finding]:
    """Find references to keys that stand nowhere.

    A key that is there but misspelt is its own finding: what points to it is left alone.
    """
    known = {key: _keys(found) for key, found in book.sheets.items() if found.sheet.key_column}
    for found in book.sheets.values():
        pointing = [column for column in found.sheet.columns if column.refers_to]
        for row in found.rows:
            for column in pointing:
                keys = known.get(column.refers_to)
                if keys is not None:
                    yield from _unknown(book, context, found, row, column, keys)


def _unknown(
    book: Book,
    context: Context,
    found: BookSheet,
    row: BookRow,
    column: Column,
    keys: set[str],
) -> Iterator[Finding]:
    value = row[column.key]
    named = value if isinstance(value, tuple) else (value,) if isinstance(value, str) else ()
    target = book.form.by_key[column.refers_to]
    for key in named:
        if key not in keys and not context.known_keys(target.key, key):
            yield GENERAL["reference-unknown"].at(
                found.place(row, column.key), key=key[:20], target=target.title
            )


def _keys(found: BookSheet) -> set[str]:
    column = found.sheet.key_column
    if column is None:
        return set()
    keys: set[str] = set()
    for row in found.rows:
        value = row[column.key]
        if isinstance(value, str):
            keys.add(value)
        elif (typed := row.raw.get(column.key)) is not None:
            keys.add(read_code(typed))
    return keys
