"""No identity or mobile number inside free text: it would go up with the text."""

from __future__ import annotations

from collections.abc import Iterator

from sheetflow.findings import Finding
from sheetflow.schemas.cells import Text
from sheetflow.schemas.habits import holds_personal_number
from sheetflow.schemas.judging import Book, Context
from sheetflow.validators.catalogue import GENERAL


def check_free_text(book: Book, context: Context) -> Iterator[Finding]:
    """Find an 18-digit identity number or a mobile number inside a free-text cell."""
    del context
    for found in book.sheets.values():
        free = [
            column.key
            for column in found.sheet.columns
            if isinstance(column.type, Text) and column.type.free and not column.personal
        ]
        for row in found.rows:
            for column in free:
                # A text that is too long is judged all the same: both are said in one round.
                value = row[column] or row.raw.get(column)
                if isinstance(value, str) and holds_personal_number(value):
                    yield GENERAL["personal-in-text"].at(found.place(row, column))
