"""What of a cell a sentence may repeat, and which texts may not go up: nobody reads a person's.

In a sheet about people a row may have slipped by one column, so that a name stands
where a figure should. There only what can be nobody's is repeated: figures, codes, the
words people put about them, and the sheet's own options. No text goes up with a person's
number inside it; a short one is no safer than a long one.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache

from sheetflow.findings import Finding
from sheetflow.schemas.book import Book, JudgingContext
from sheetflow.schemas.cells import Choice, Choices, NameKey, Text
from sheetflow.schemas.columns import Column
from sheetflow.schemas.parsing import holds_personal_number
from sheetflow.schemas.sheets import Sheet
from sheetflow.validators.catalogue import GENERAL

LEFT_OUT = "（内容略）"
_FIGURES = re.compile(
    r"(?:[^\w]|[0-9A-Za-z_]|[多余几约近超上下左右来以内不到大概若干千百万亿元角分个人次件份本册条岁年月日号])+"
)
_SOME_FIGURE = re.compile("[0-9]")
_MANY = re.compile("[”“]+")


def may_quote(sheet: Sheet, column: Column, text: str, about: Sheet | None = None) -> bool:
    """Whether a sentence may repeat `text`, which stands in `column`.

    `about` is the sheet that the column points to: who fills in a name for a key there
    may have filled in a person's.
    """
    if not column.quotable or holds_personal_number(text):
        return False
    sheets = (sheet, about) if about else (sheet,)
    if not any(other.personal for each in sheets for other in each.columns):
        return True
    return all(_is_nobody(sheet, part) for part in _MANY.split(text) if part)


def quote(sheet: Sheet, column: Column, text: str, about: Sheet | None = None) -> str:
    """Give `text` as a sentence may repeat it."""
    return text if may_quote(sheet, column, text, about) else LEFT_OUT


def _is_nobody(sheet: Sheet, text: str) -> bool:
    plain = unicodedata.normalize("NFKC", text).rstrip("…")
    if plain.isascii() or any(text in option for option in _vocabulary(sheet)):
        return True
    # A bare 万 or 余 is a surname: only beside a figure is it a habit.
    return bool(_FIGURES.fullmatch(plain) and _SOME_FIGURE.search(plain))


@lru_cache
def _vocabulary(sheet: Sheet) -> frozenset[str]:
    """The words of the sheet's own drop-downs."""
    kinds = Choice | Choices
    options = (column.type.known for column in sheet.columns if isinstance(column.type, kinds))
    return frozenset(option for listed in options for option in listed)


def check_free_text(book: Book, context: JudgingContext) -> Iterator[Finding]:
    """Find an 18-digit identity number or a mobile number inside any cell of words.

    Prefilled cells are judged by the cover; a text that is too long is judged all the same.
    """
    del context
    for found in book.sheets.values():
        for column in found.sheet.columns:
            key, of_words = column.key, isinstance(column.type, Text | NameKey)
            if not of_words or column.personal or column.prefilled:
                continue
            texts = [row.values.get(key) or row.raw.get(key) for row in found.rows]
            # Most texts are looked at for many rows.
            private = {
                text for text in set(texts) if isinstance(text, str) and holds_personal_number(text)
            }
            for row, text in zip(found.rows, texts, strict=True) if private else ():
                if text in private:
                    yield GENERAL["personal-in-text"].at(found.place(row, key))
