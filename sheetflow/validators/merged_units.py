"""Units that ended within a period: who reports them, where the form lets their successor say so.

One of the two reports, never both. Where the form has no such cell it is always the successor.
"""

from __future__ import annotations

from collections.abc import Iterator

from sheetflow.findings import Finding
from sheetflow.schemas.book import Book, JudgingContext
from sheetflow.schemas.catalogue import GENERAL


def owes_itself(book: Book, context: JudgingContext) -> bool:
    """Whether a unit that ended within the period still reports it, unless its successor does."""
    ended, period = context.unit.valid_to, book.period
    return (
        context.merging.is_asked(book.form, period)
        and ended is not None
        and period.first_day <= ended < period.last_day
    )


def check_taken_over(book: Book, context: JudgingContext) -> Iterator[Finding]:
    """Find a unit that reports what a unit merged into it has reported by itself."""
    taking = book.form.cover.taking_over
    names = context.merging.apart(book.form.key, book.period)
    if names and is_taking_over(book) and taking:
        yield GENERAL["reported-apart"].at(
            book.cover_place(taking.column),
            units="、".join(names),
            period=book.period.label,
            label=book.cover.sheet.labels[taking.column],
        )


def is_taking_over(book: Book) -> bool:
    """Whether the cover says that units merged into this one within the period are reported here."""
    taking = book.form.cover.taking_over
    return taking is not None and taking.holds(book.cover.card.values)
