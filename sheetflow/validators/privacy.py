"""No identity or mobile number inside a text: it would go up with the text.

A short text is no safer than a long one: a title or a name goes up whole.
"""

from __future__ import annotations

from collections.abc import Iterator

from sheetflow.findings import Finding
from sheetflow.schemas.cells import NameKey, Text
from sheetflow.schemas.columns import Column
from sheetflow.schemas.habits import holds_personal_number
from sheetflow.schemas.judging import Book, Context
from sheetflow.validators.catalogue import GENERAL


def check_free_text(book: Book, context: Context) -> Iterator[Finding]:
    """Find an 18-digit identity number or a mobile number inside any cell of words."""
    del context
    for found in book.sheets.values():
        texts = [column.key for column in found.sheet.columns if _goes_up(column)]
        for row in found.rows:
            for column in texts:
                # A text that is too long is judged all the same: both are said in one round.
                value = row[column] or row.raw.get(column)
                if isinstance(value, str) and holds_personal_number(value):
                    yield GENERAL["personal-in-text"].at(found.place(row, column))


def _goes_up(column: Column) -> bool:
    """Whether the column holds words that others read; prefilled ones are judged by the cover."""
    return isinstance(column.type, Text | NameKey) and not (column.personal or column.prefilled)
