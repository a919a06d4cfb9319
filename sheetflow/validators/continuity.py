"""What was accepted before stays: rows, what they are about, and all that closed ones hold.

二 “建立一册妇女需求台帐”: a ledger grows; nothing is torn out of it or written over. Of a stock
sheet nothing goes that something still refers to, and what else goes is asked about. Values are
compared as they are read today; what a purge took out is not compared. A nil return is compared
too: it changes nothing. A unit with nothing accepted before has no book to keep.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace

from sheetflow.findings import Finding, Place
from sheetflow.lookalikes import plain, without_spaces
from sheetflow.schemas.book import Book, BookRow, BookSheet, JudgingContext
from sheetflow.schemas.catalogue import GENERAL
from sheetflow.schemas.column_reading import reading_in
from sheetflow.schemas.columns import Column
from sheetflow.schemas.conditions import Row
from sheetflow.schemas.parsing import CellFault, Value
from sheetflow.schemas.sheets import Kind
from sheetflow.validators.general_rules import (
    accepted_by_key,
    accepted_rows,
    must_be_filled,
    named_keys,
    unclear_rows,
)

_MOST_LISTED = 10
CHANGES = ("closed-changed", "person-changed")
"""The rules that ask about a row because a cell in it is another than before."""


def check_rows_kept(book: Book, context: JudgingContext) -> Iterator[Finding]:
    """No ledger row of an accepted period is missing, nor a stock row that is referred to."""
    for sheet in book.form.sheets_for(book.level):
        naming, found = sheet.naming_column, book.sheets.get(sheet.key)
        before = accepted_rows(book, context, sheet)
        # A missing sheet or key column is its own finding.
        readable = naming and (found.reads(naming.key) if found else not sheet.always_shown)
        if naming is None or not (before and readable):
            continue
        here = set(found.column(naming.key)) if found else set()
        gone = [str(row[naming.key]) for row in before if row.get(naming.key) not in here]
        if found and gone and len(gone) <= _count_unclear(book, found, naming):
            keys = "、".join(f"“{key}”" for key in gone)
            for row in unclear_rows(found, naming.key)[:1]:  # tell it which keys are missed
                yield GENERAL["key-wanted"].at(
                    found.place(row, naming.key),
                    keys=keys,
                    where="上期已接收的表",
                    otherwise="请补回那一行",
                )
            continue
        place = Place(sheet=sheet.key, title=sheet.title, column=naming.key)
        if found:
            place = found.header_place(naming.key)
        if sheet.kind is Kind.STOCK and not book.nil:
            referred = named_keys(book, sheet.key)
            for name in [name for name in gone if name not in referred]:
                yield GENERAL["row-gone"].at(replace(place, key=name), key=name)
            gone = [name for name in gone if name in referred]
        if gone:
            finding = GENERAL["row-vanished"].at(replace(place, key=gone[0]), keys=_listed(gone))
            yield replace(finding, other_keys=tuple(gone[1:]))


def _count_unclear(book: Book, found: BookSheet, naming: Column) -> int:
    """Count the rows with a key that is blank, misspelt, doubled or points to nothing.

    Each is a finding of its own, and may be the row that one would miss.
    """
    unclear = len(unclear_rows(found, naming.key))
    target = book.sheets.get(naming.refers_to)
    if target is None or target.sheet.key_column is None:
        return unclear
    known = {None, *target.column(target.sheet.key_column.key)}
    return unclear + sum(key not in known for key in found.column(naming.key))


def _listed(keys: Sequence[str]) -> str:
    more = f"等{len(keys)}行" if len(keys) > _MOST_LISTED else ""
    return "、".join(keys[:_MOST_LISTED]) + more


def check_later_books(book: Book, context: JudgingContext) -> Iterator[Finding]:
    """Tell which ledger rows the periods accepted since do not have: their books miss them."""
    later = context.later(book.form.key, book.period)
    for found in book.sheets.values() if later else ():
        naming = found.sheet.naming_column
        if naming is None or found.sheet.kind is not Kind.LEDGER:
            continue
        here = [str(key) for key in found.column(naming.key) if key is not None]
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


def check_rows_unchanged(book: Book, context: JudgingContext) -> Iterator[Finding]:
    """A key keeps its matter, a row its person and its first date, a closed row everything."""
    for found in () if book.nil else book.sheets.values():
        before = accepted_by_key(book, context, found.sheet)
        naming = found.sheet.naming_column
        if not before or naming is None:
            continue
        times = Counter(found.column(naming.key))
        for row in found.rows:
            # A key that stands twice is its own finding.
            old = before.get(row[naming.key], {}) if times[row[naming.key]] == 1 else {}
            if any(row.values.get(key) != value for key, value in old.items()):
                yield from _judge_change(found, row, old, naming)


def _judge_change(found: BookSheet, row: BookRow, old: Row, naming: Column) -> Iterator[Finding]:
    sheet = found.sheet
    changed = [
        column
        for column in sheet.columns
        if column.key in old and column.key in found.addresses and row.sound(column.key)
        if not _same(column, old[column.key], row[column.key]) and not _is_told(column, row)
    ]
    if sheet.matter and {column.key for column in changed}.issuperset(sheet.matter):
        # What is a person's is not quoted.
        quoted = next(sheet.by_key[part] for part in sheet.matter if sheet.by_key[part].quotable)
        yield GENERAL["key-reused"].at(
            found.place(row, naming.key),
            key=str(row[naming.key]),
            column=quoted.label,
            was=quoted.type.show(old[quoted.key]),
        )
        return
    closed = sheet.closed is not None and sheet.closed.holds(old)
    if sheet.void and sheet.void.holds(old) and sheet.void.holds(row.values):
        closed = False  # it counts nowhere, whatever stands in it
    if not closed:
        changed = [
            column
            for column in changed
            if column.key in sheet.lasting and None not in {old[column.key], row[column.key]}
        ]
    if changed:
        labels = "".join(f"“{column.label}”" for column in changed)
        yield GENERAL[CHANGES[not closed]].at(found.place(row, changed[0].key), columns=labels)


def _is_told(column: Column, row: BookRow) -> bool:
    """Whether a cell must not be as it is now, blank or filled: a finding of its own."""
    blank = row[column.key] is None
    return blank if must_be_filled(column, row.values) else column.only and not blank


def _same(column: Column, old: Value, new: Value) -> bool:
    """Whether two values are one as read today: both were typed, perhaps in other ways."""
    if old == new or old is None or new is None:
        return old == new
    try:
        again = reading_in(column)(column.type.show(old))
    except CellFault:
        return False
    if isinstance(again, str) and isinstance(new, str):
        return without_spaces(plain(again)) == without_spaces(plain(new))
    return again == new


def check_nil(book: Book, context: JudgingContext) -> Iterator[Finding]:
    """Find content in a nil return, and a return that is neither nil nor filled."""
    nil, cover = book.form.cover.nil, book.cover
    if nil is None or cover.card[nil.columns()[0]] is None:
        return
    column = nil.columns()[0]
    news = [
        (found, row)
        for found in book.sheets.values()
        for row in (next(_fresh_rows(book, context, found), None),)
        if row is not None
    ]
    if not book.nil:
        if not news and _all_read(book):
            yield GENERAL["nothing-reported"].at(book.cover_place(column))
        return
    # What must be filled in besides, should the return be no nil one after all.
    excused = "".join(
        f"《{book.form.by_key[key].title}》" for key in sorted(book.form.cover.exempt_when_nil)
    )
    also = f"（不是零报告的，{excused}也要填写）" if excused else ""
    for found, row in news:
        place = found.place(row, found.sheet.marker.key)
        label = cover.sheet.labels[column]
        yield GENERAL["nil-with-rows"].at(place, cover=cover.title, label=label, also=also)


def _all_read(book: Book) -> bool:
    """Whether no sheet is missing or without header: what it holds is then unknown."""
    return all(
        found.addresses if (found := book.sheets.get(sheet.key)) else not sheet.always_shown
        for sheet in book.form.sheets_for(book.level)
        if sheet.is_book or sheet.kind is Kind.FLOW
    )


def _fresh_rows(book: Book, context: JudgingContext, found: BookSheet) -> Iterator[BookRow]:
    """Give the rows that are new or differ from the last accepted ones."""
    if found.sheet.kind is Kind.FLOW:
        yield from found.rows
    if not found.sheet.is_book:
        return
    # Compared by what is there: a purge takes personal columns out of the last book, and
    # other versions of the form have others.
    before: dict[tuple[str, ...], set[tuple[Value, ...]]] = {}
    for old in accepted_rows(book, context, found.sheet):
        there = {key: old[key] for key in old if key in found.sheet.by_key}
        before.setdefault(tuple(there), set()).add(tuple(there.values()))
    for row in found.rows:
        same = any(tuple(map(row.values.get, keys)) in known for keys, known in before.items())
        if row.faulty or not same:
            yield row
