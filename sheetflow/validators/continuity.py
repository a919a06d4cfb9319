"""Books keep their rows: what was accepted in a period is there in the next one.

A ledger grows, from which nothing is torn out; of a stock sheet nothing goes that
something still refers to, and what else goes is asked about. A unit with nothing accepted before has no book to keep.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from sheetflow.findings import Finding, Place
from sheetflow.schemas.book import Book, BookSheet, Context
from sheetflow.schemas.columns import Column
from sheetflow.schemas.sheets import Kind, Sheet
from sheetflow.validators.catalogue import GENERAL
from sheetflow.validators.keys import unclear_rows

_MOST_LISTED = 10


def check_rows_kept(book: Book, context: Context) -> Iterator[Finding]:
    """No ledger row of an accepted period is missing, nor a stock row that is referred to."""
    earlier = context.earlier(book.form.key, book.period)
    if earlier is None:
        return
    referred = _referred(book)
    for sheet in book.form.sheets_for(book.level):
        naming, found = sheet.naming_column, book.sheets.get(sheet.key)
        if naming is None or not sheet.is_book or not _may_miss(found, sheet, naming.key):
            continue
        here = set(found.column(naming.key)) if found else set()
        gone = [
            str(row[naming.key])
            for row in earlier.rows.get(sheet.key, ())
            if row.get(naming.key) not in here
        ]
        if found and gone and len(gone) <= _unclear(book, found, naming):
            yield from _tell_unclear(found, naming.key, gone)
            continue
        place = (
            found.header_place(naming.key)
            if found
            else Place(sheet=sheet.key, title=sheet.title, column=naming.key)
        )
        if sheet.kind is Kind.STOCK and not book.nil:
            for name in [name for name in gone if (sheet.key, name) not in referred]:
                yield GENERAL["row-gone"].at(replace(place, key=name), key=name)
            gone = [name for name in gone if (sheet.key, name) in referred]
        if not gone:
            continue
        finding = GENERAL["row-vanished"].at(replace(place, key=gone[0]), keys=_listed(gone))
        yield replace(finding, other_keys=tuple(gone[1:]))


def check_later_books(book: Book, context: Context) -> Iterator[Finding]:
    """Tell which ledger rows the periods accepted since do not have: their books miss them."""
    later = context.later(book.form.key, book.period)
    for found in book.sheets.values():
        naming = found.sheet.naming_column
        if naming is None or found.sheet.kind is not Kind.LEDGER:
            continue
        here = [str(key) for key in found.column(naming.key) if key is not None] if later else []
        lacking: dict[str, list[str]] = {}
        for entry in later:
            there = {str(row.get(naming.key)) for row in entry.rows.get(found.sheet.key, ())}
            if lacked := [key for key in here if key not in there]:
                lacking[entry.period.label] = lacked
        if lacking:
            keys = list(dict.fromkeys(key for lacked in lacking.values() for key in lacked))
            yield GENERAL["later-books-lack"].at(
                found.header_place(naming.key), keys=_listed(keys), periods="、".join(lacking)
            )


def _tell_unclear(found: BookSheet, column: str, gone: Sequence[str]) -> Iterator[Finding]:
    """Tell the row whose key is unclear which keys are missed."""
    rows = unclear_rows(found, column)
    if rows:
        yield GENERAL["key-wanted"].at(
            found.place(rows[0], column),
            keys="、".join(f"“{key}”" for key in gone),
            where="上期已接收的表",
            otherwise="请补回那一行",
        )


def _unclear(book: Book, found: BookSheet, naming: Column) -> int:
    """Count the rows with a key that is blank, misspelt, doubled or points to nothing.

    Each is a finding of its own, and may be the row that one would miss.
    """
    target = book.sheets.get(naming.refers_to)
    key = target.sheet.key_column if target else None
    if target is None or key is None:
        return len(unclear_rows(found, naming.key))
    known = {row[key.key] for row in target.rows}
    stray = sum(row[naming.key] is not None and row[naming.key] not in known for row in found.rows)
    return len(unclear_rows(found, naming.key)) + stray


def _may_miss(found: BookSheet | None, sheet: Sheet, key: str) -> bool:
    """Whether rows can be missed here: a missing sheet or key column is its own finding."""
    return found.reads(key) if found else not sheet.always_shown


def _listed(keys: Sequence[str]) -> str:
    more = f"等{len(keys)}行" if len(keys) > _MOST_LISTED else ""
    return "、".join(keys[:_MOST_LISTED]) + more


def _referred(book: Book) -> set[tuple[str, str]]:
    pairs: set[tuple[str, str]] = set()
    for found in book.sheets.values():
        for column in found.sheet.columns:
            if column.refers_to:
                for value in set(found.column(column.key)):
                    named = value if isinstance(value, tuple) else (value,)
                    pairs |= {(column.refers_to, str(name)) for name in named if name}
    return pairs
