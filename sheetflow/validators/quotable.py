"""What of a cell a sentence may repeat: mails and boards never name a person.

In a sheet about people a row may have slipped by one column, so that a name stands
where a figure should. There only what can be nobody's is repeated: figures, codes, the
words people put about them, and the sheet's own options.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from sheetflow.schemas.cells import Choice, Choices
from sheetflow.schemas.columns import Column
from sheetflow.schemas.personal import holds_personal_number
from sheetflow.schemas.sheets import Sheet

LEFT_OUT = "（内容略）"
_FIGURES = re.compile(
    r"(?:[^\w]|[0-9A-Za-z_]|[多余几约近超上下左右来以内不到大概若干千百万亿元角分个人次件份本册条岁年月日号])+"
)
_SOME_FIGURE = re.compile("[0-9]")
_MANY = re.compile("[”“]+")


def is_about_people(sheet: Sheet) -> bool:
    """Whether any column of the sheet is personal."""
    return any(column.personal for column in sheet.columns)


def may_quote(sheet: Sheet, column: Column, text: str, about: Sheet | None = None) -> bool:
    """Whether a sentence may repeat `text`, which stands in `column`.

    `about` is the sheet that the column points to: who fills in a name for a key there
    may have filled in a person's.
    """
    if not column.quotable or holds_personal_number(text):
        return False
    if not is_about_people(sheet) and not (about and is_about_people(about)):
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
