"""No identity or mobile number inside a text: it would go up with the text.

A short text is no safer than a long one: a title or a name goes up whole.
"""

from __future__ import annotations

from collections.abc import Iterator

from sheetflow.findings import Finding
from sheetflow.schemas.book import Book, BookRow, BookSheet, Context
from sheetflow.schemas.cells import NameKey, Text
from sheetflow.schemas.columns import Column
from sheetflow.schemas.personal import holds_personal_number
from sheetflow.validators.catalogue import GENERAL


def check_free_text(book: Book, context: Context) -> Iterator[Finding]:
    """Find an 18-digit identity number or a mobile number inside any cell of words."""
    del context
    for found in book.sheets.values():
        private = {
            column.key: texts
            for column in found.sheet.columns
            if _goes_up(column) and (texts := _private_texts(found, column.key))
        }
        for row in found.rows if private else ():
            for column, texts in private.items():
                if _text_in(row, column) in texts:
                    yield GENERAL["personal-in-text"].at(found.place(row, column))


def _private_texts(found: BookSheet, column: str) -> set[object]:
    """Give the texts of a column that hold such a number; most are looked at for many rows."""
    texts = {_text_in(row, column) for row in found.rows}
    return {text for text in texts if isinstance(text, str) and holds_personal_number(text)}


def _text_in(row: BookRow, column: str) -> object:
    """Give what stands in a cell: a text that is too long is judged all the same, in one round."""
    return row.values.get(column) or row.raw.get(column)


def _goes_up(column: Column) -> bool:
    """Whether the column holds words that others read; prefilled ones are judged by the cover."""
    return isinstance(column.type, Text | NameKey) and not (column.personal or column.prefilled)
