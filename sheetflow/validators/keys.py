"""Keys are unique, every reference to one resolves, and rows are found again by their keys."""

from __future__ import annotations

from collections.abc import Container, Iterator, Sequence

from sheetflow.findings import Finding, Place
from sheetflow.schemas.book import Book, BookRow, BookSheet, JudgingContext
from sheetflow.schemas.cells import NameKey
from sheetflow.schemas.columns import Column
from sheetflow.schemas.conditions import Row
from sheetflow.schemas.parsing import Value, read_code
from sheetflow.schemas.sheets import Sheet
from sheetflow.validators.catalogue import GENERAL
from sheetflow.validators.quotable import quote


def accepted_rows(book: Book, context: JudgingContext, sheet: Sheet) -> Sequence[Row]:
    """Give the rows that a ledger or stock sheet had in the last period accepted before."""
    earlier = context.earlier(book.form.key, book.period)
    return earlier.rows.get(sheet.key, ()) if earlier and sheet.is_book else ()


def accepted_by_key(book: Book, context: JudgingContext, sheet: Sheet) -> dict[Value, Row]:
    """Give these rows by what names them; none where nothing does."""
    naming = sheet.naming_column
    rows = accepted_rows(book, context, sheet) if naming else ()
    return {row.get(naming.key): row for row in rows if naming}


def unclear_rows(found: BookSheet, column: str) -> list[BookRow]:
    """Give the rows whose key in `column` is blank, unreadable or stands already above.

    Each is its own finding, and may be the row that another rule would call missing.
    """
    seen: set[object] = {None}
    unclear: list[BookRow] = []
    for row, value in zip(found.rows, found.column(column), strict=True):
        if value in seen:
            unclear.append(row)
        seen.add(value)
    return unclear


def named_keys(book: Book, target: str) -> set[str]:
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


def check_keys_unique(book: Book, context: JudgingContext) -> Iterator[Finding]:
    """Find keys that stand twice in one sheet; the later row is the one to mend."""
    del context
    for found in book.sheets.values():
        column = found.sheet.naming_column
        if column is None or not found.sheet.is_table:
            continue
        mend = "给这一行另编一个没有用过的编号"
        if column.refers_to:  # only a number of the sheet's own is given anew
            mend = "把同一件事的两行并成一行；不是同一件事的，请改正这一行的编号"
        elif isinstance(column.type, NameKey):
            mend = "把同一个的两行并成一行；不是同一个的，请改正这一行的名称"
        first: dict[Value, BookRow] = {}
        for row, value in zip(found.rows, found.column(column.key), strict=True):
            if value is None or first.setdefault(value, row) is row:
                continue
            first_cell = found.cell(first[value].number, column.key)
            yield GENERAL["key-twice"].at(
                found.place(row, column.key), key=str(value), first_cell=first_cell, mend=mend
            )


def check_references(book: Book, context: JudgingContext) -> Iterator[Finding]:
    """Find references to keys that stand nowhere.

    A key that is there but misspelt is its own finding: what points to it is left alone, and
    that row is told which key is wanted.
    """
    for target in book.sheets.values():
        naming = target.sheet.key_column
        if naming is None or not target.reads(naming.key):
            continue
        keys = _keys(target, naming)
        # A row that was accepted before and is gone is a finding of its own.
        keys |= {str(row.get(naming.key)) for row in accepted_rows(book, context, target.sheet)}
        stray = {
            key
            for key in named_keys(book, target.sheet.key) - keys
            if not context.known_keys(target.sheet.key, key)
        }
        if not stray:
            continue
        unknown = _named_at(book, target.sheet, stray)
        # Where a key is blank, misspelt or stands twice, that row may be the one meant.
        unclear = unclear_rows(target, naming.key)
        if len(stray) > len(unclear):
            for place, shown in unknown:
                yield GENERAL["reference-unknown"].at(place, key=shown, target=target.sheet.title)
        else:
            where = "".join(dict.fromkeys(f"《{place.title}》" for place, _ in unknown))
            yield GENERAL["key-wanted"].at(
                target.place(unclear[0], naming.key),
                keys="、".join(dict.fromkeys(f"“{shown}”" for _, shown in unknown)),
                where=where,
                otherwise=f"请改正{where}中的编号",
            )


def _named_at(book: Book, target: Sheet, keys: Container[str]) -> list[tuple[Place, str]]:
    """Give where some keys of the sheet `target` are named, each as a sentence may quote it."""
    return [
        (found.place(row, column.key), quote(found.sheet, column, key, target)[:20])
        for found in book.sheets.values()
        for row in found.rows
        for column in found.sheet.columns
        if column.refers_to == target.key
        for key in _each_key(row[column.key])
        if key in keys
    ]


def _keys(found: BookSheet, column: Column) -> set[str]:
    """Give the sheet's own keys, those that could not be read as they are typed."""
    keys: set[str] = set()
    for row, value in zip(found.rows, found.column(column.key), strict=True):
        if isinstance(value, str):
            # A name is pointed to as a code: without its spaces, in one width.
            keys |= {value, read_code(value)} if isinstance(column.type, NameKey) else {value}
        elif (typed := row.raw.get(column.key)) is not None:
            keys.add(read_code(typed))
    return keys
