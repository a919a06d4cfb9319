"""Whatever looks like a valid value is that value, in every column of both campaigns."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from sheetflow.lookalikes import plain
from sheetflow.schemas.cells import (
    Attachment,
    CellType,
    Day,
    IdNumber,
    Key,
    Money,
    NameKey,
    PeriodName,
    Phone,
    Reference,
    References,
    Text,
    Whole,
)
from sheetflow.schemas.column_reading import reading
from sheetflow.schemas.columns import Column
from sheetflow.schemas.options import Choice, Choices
from tests.county_book import FORM
from tests.tiny.forms import PATROL_FORM, REGISTER_FORM

COLUMNS = [
    (sheet.key, column)
    for form in (FORM, PATROL_FORM, REGISTER_FORM)
    for sheet in form.sheets
    for column in sheet.columns
]
SPACES = (
    "\t\n\x0b\x85\u00a0\u1680\u2000\u2002\u2003\u2005\u2007\u2009\u200a\u2028\u202f\u205f\u3000"
)
UNSEEN = (
    "\u00ad\u061c\u180e\u200b\u200c\u200d\u200e\u200f\u202a\u202e\u2060\u2063\u2066\u2069"
    "\ufe00\ufe0e\ufe0f\ufeff\U000e0100\U000e0020"
)
DASHES = "‐‑‒–—―−－﹣﹘─"
WIDE = {code: code + 0xFEE0 for code in range(0x21, 0x7F)}
BOLD = {ord("0") + digit: 0x1D7CE + digit for digit in range(10)}
COMPATIBLE = {
    ord(unicodedata.normalize("NFKC", chr(code))): code for code in range(0x2F00, 0x2FD6)
} | {ord("民"): 0x2EA0, ord("长"): 0x2ED3, ord("母"): 0x2E9F}
"""Words as the radicals that look like them."""

SPACED = Choice | Choices | Key | NameKey | Reference | References | IdNumber | Phone | PeriodName
DASHED = Day | Phone | Key | Reference | References


@dataclass(frozen=True)
class Sample:
    """A valid value of a type, as it is typed."""

    kind: CellType
    typed: str

    def look_alikes(self) -> Iterator[str]:
        """Give the texts that nobody tells from the typed one."""
        text = self.typed
        middle = len(text) // 2
        for space in SPACES:
            yield from (f"{space}{text}", f"{text}{space}", f" {text}\n{space}")
            # A line break parts the things of a list.
            parts = isinstance(self.kind, Choices | References) and plain(space) == "\n"
            if isinstance(self.kind, SPACED) and not parts and middle:
                yield f"{text[:middle]}{space}{text[middle:]}"
        for mark in UNSEEN:
            yield from (f"{mark}{text}", f"{text}{mark}", f"{text[:middle]}{mark}{text[middle:]}")
            yield mark.join(text)
        if isinstance(self.kind, DASHED) and "-" in text:
            for dash in DASHES:
                yield from (text.replace("-", dash), text.replace("-", dash * 2))
            yield text.replace("-", " － ")
        yield from (text.translate(WIDE), text.translate(BOLD), text.translate(COMPATIBLE))
        if isinstance(self.kind, Choices | References):
            yield from (text.replace("、", mark) for mark in "，,；;､﹐\n\u2028")
        if isinstance(self.kind, Day):
            yield from (f"{text} 00:00:00", f"{text}T00:00:00", f"{text}\u20030:00")


def samples(kind: CellType) -> Iterator[Sample]:
    """Give valid values of a type."""
    if isinstance(kind, Choice):
        yield from (Sample(kind, option) for option in kind.options)
    elif isinstance(kind, Choices):
        yield from (Sample(kind, option) for option in kind.options)
        yield Sample(kind, "、".join(kind.options[:3]))
    elif isinstance(kind, Key):
        yield from (Sample(kind, kind.example(12)), Sample(kind, f"370102-{kind.example(7)}"))
    elif isinstance(kind, Phone):
        typed = ("13800138000", "0531-86012345", "86012345", "400-820-8820", *kind.services)
        yield from (Sample(kind, number) for number in typed)
    else:
        plain_ones: dict[type[CellType], tuple[str, ...]] = {
            Whole: ("12", "1,200", "120"),
            Money: ("12", "1,200.50", "0.05"),
            Day: ("2012-1-16", "2012-01-16", "2012-12-05"),
            NameKey: ("姚家街道", "长清民生街道", "历下（东）街道"),
            Reference: ("G001", "370102-X0003"),
            References: ("G001、G002", "370102-X0003"),
            IdNumber: ("370102196701011220", "11010519491231002X", "370102670101122"),
            PeriodName: ("2012B1", "2012"),
            Attachment: ("走进姚家.docx", "方案-定稿.pdf"),
        }
        yield from (Sample(kind, typed) for typed in plain_ones[type(kind)])


@pytest.mark.parametrize(
    "column",
    [column for _, column in COLUMNS if not isinstance(column.type, Text)],
    ids=[f"{sheet}.{column.key}" for sheet, column in COLUMNS if not isinstance(column.type, Text)],
)
def test_a_look_alike_is_the_value(column: Column) -> None:
    """Spaces, dashes, marks of no width and other widths change no value, in any column."""
    read = reading(column.type)
    for sample in samples(column.type):
        if isinstance(column.type, Whole) and column.type.maximum and "," in sample.typed:
            continue
        meant = read(sample.typed)
        assert meant is not None
        told = {text: read(text) for text in sample.look_alikes()}
        assert told == dict.fromkeys(told, meant)


@pytest.mark.parametrize("text", ["姚家 街道", "一－二", "⼀次", "Ａ1①", "走\u200d访", "（东）"])
def test_free_text_is_as_it_is_typed(text: str) -> None:
    """No column of words changes a word: it only loses what stands unseen at its ends."""
    for _, column in COLUMNS:
        if isinstance(column.type, Text):
            for around in ("", *SPACES):
                assert reading(column.type)(f"{around}{text}{around}") == text[: column.type.limit]
