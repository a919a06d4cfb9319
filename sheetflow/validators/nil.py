"""Nil returns hold nothing new; other returns hold something."""

from __future__ import annotations

from collections.abc import Iterator

from sheetflow.findings import Finding
from sheetflow.schemas.book import Book, BookRow, BookSheet, Context, Earlier
from sheetflow.schemas.parsing import Value
from sheetflow.schemas.sheets import Kind
from sheetflow.validators.catalogue import GENERAL


def check_nil(book: Book, context: Context) -> Iterator[Finding]:
    """Find content in a nil return, and a return that is neither nil nor filled."""
    nil = book.form.cover.nil
    if nil is None:
        return
    column = nil.columns()[0]
    card = book.cover.card
    if card[column] is None:
        return
    earlier = context.earlier(book.form.key, book.period)
    news = {
        key: fresh
        for key, found in book.sheets.items()
        if (fresh := next(_fresh_rows(found, earlier), None)) is not None
    }
    if book.nil:
        for key, row in news.items():
            found = book.sheets[key]
            place = found.place(row, found.sheet.marker.key)
            label = book.cover.sheet.labels[column]
            yield GENERAL["nil-with-rows"].at(
                place, cover=book.cover.title, label=label, also=_asked_then(book)
            )
    elif not news and _all_read(book):
        yield GENERAL["nothing-reported"].at(book.cover.place(card, column))


def _asked_then(book: Book) -> str:
    """Say what must be filled in besides, should the return be no nil one after all."""
    excused = [book.form.by_key[key] for key in book.form.cover.exempt_when_nil]
    titles = "".join(f"《{sheet.title}》" for sheet in sorted(excused, key=lambda one: one.key))
    return f"（不是零报告的，{titles}也要填写）" if titles else ""


def _all_read(book: Book) -> bool:
    """Whether no sheet is missing or without header: what it holds is then unknown."""
    return all(
        found.spots if (found := book.sheets.get(sheet.key)) else not sheet.always_shown
        for sheet in book.form.sheets_for(book.level)
        if sheet.is_book or sheet.kind is Kind.FLOW
    )


def _fresh_rows(found: BookSheet, earlier: Earlier | None) -> Iterator[BookRow]:
    """Give the rows that are new or differ from the last accepted ones."""
    if found.sheet.kind is Kind.FLOW:
        yield from found.rows
    elif found.sheet.is_book:
        kept = earlier.rows.get(found.sheet.key, ()) if earlier else ()
        # Compared by what is there: a purge takes personal columns out of the last book, and
        # other versions of the form have others.
        before: dict[tuple[str, ...], set[tuple[Value, ...]]] = {}
        for old in kept:
            there = {key: old[key] for key in old if key in found.sheet.by_key}
            before.setdefault(tuple(there), set()).add(tuple(there.values()))
        for row in found.rows:
            same = any(
                tuple(map(row.values.get, columns)) in known for columns, known in before.items()
            )
            if row.faulty or not same:
                yield row
