"""The cover says what the workbook's own stamp says."""

from __future__ import annotations

from collections.abc import Iterator

from sheetflow.findings import Finding
from sheetflow.schemas.habits import read_code
from sheetflow.schemas.judging import Book, Context
from sheetflow.validators.catalogue import GENERAL


def check_cover(book: Book, context: Context) -> Iterator[Finding]:
    """Find a unit code or a period that was overtyped on the cover."""
    cover, roles = book.cover, book.form.cover
    card = cover.card
    unit_id = card[roles.unit_id]
    other = unit_id is not None and read_code(str(unit_id)) != context.unit.unit_id.upper()
    if other and not context.released:
        place = cover.place(card, roles.unit_id)
        yield GENERAL["cover-unit"].at(place, expected=context.unit.unit_id)
    period = card[roles.period]
    if isinstance(period, str) and period not in {book.period.period_id, book.period.label}:
        yield GENERAL["cover-period"].at(
            cover.place(card, roles.period), typed=period[:20], expected=book.period.period_id
        )
