"""Drafts of a Word report and what an office makes of them: 送审稿, 定稿, 正本, as plain values.

A draft bears a mark in its document properties, and a 定稿 edited from it keeps that: it names
unit, form, period and the very draft. What a file's name says is read here as well; what neither
tells is not guessed.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType

from sheetflow.consolidation.report_data import Figure
from sheetflow.periods import Period
from sheetflow.schemas.forms import Form

MARK_PROPERTY = "sheetflow"
"""The custom property of a draft that holds its mark."""


class Signed(StrEnum):
    """What an office files: the text as it was signed, or the scan with its seal."""

    FINAL = "final"
    SEALED = "sealed"

    @property
    def label(self) -> str:
        """The office's word."""
        return {"final": "定稿", "sealed": "正本"}[self.value]


_LABELS = {kind.label: kind for kind in Signed}
_OF_WORKBOOKS = re.compile(r"\.(?:xls[xmb]?|xlt[xm]?|ett?|ods|csv)$", re.IGNORECASE)
_AT_START = re.compile(r"[^\w]*(定稿|正本)")
_WITHIN = re.compile(r"(?<![^\W\d_])(定稿|正本)(?![^\W\d_])")


def signed_kind(name: str) -> Signed | None:
    """Tell by a file's name whether it is handed in as 定稿 or 正本; None for a workbook, or neither.

    The word stands first, or by itself (``情况报告（定稿）.docx``): 未定稿 is neither.
    """
    plain = unicodedata.normalize("NFKC", name).strip()
    if _OF_WORKBOOKS.search(plain):
        return None
    found = _AT_START.match(plain) or _WITHIN.search(plain)
    return _LABELS[found[1]] if found else None


@dataclass(frozen=True, slots=True)
class DraftMark:
    """What a draft's property says: whose report it is, of which form and period, which draft."""

    unit_id: str
    form: str
    period: str
    draft: str

    def __str__(self) -> str:
        return f"{self.unit_id}/{self.form}/{self.period}/{self.draft}"

    @classmethod
    def parse(cls, text: str) -> DraftMark | None:
        """Read a mark; None for what is none."""
        parts = text.strip().split("/")
        return cls(*parts) if len(parts) == len(cls.__slots__) and all(parts) else None


Block = tuple[str, str]
"""A paragraph or a row of a table: what it is, and its text."""
PARAGRAPH, ROW = "正文", "表格"
CELL_END = " | "
"""What parts the cells of a row."""


@dataclass(frozen=True, slots=True)
class DraftText:
    """What a draft showed: its text block by block, and its figures (本期, 累计) by code."""

    blocks: tuple[Block, ...] = ()
    figures: Mapping[str, tuple[str, str]] = field(default_factory=lambda: MappingProxyType({}))

    def differs(self, other: DraftText) -> bool:
        """Whether a figure that both have is another one there."""
        both = self.figures.keys() & other.figures.keys()
        return any(self.figures[code] != other.figures[code] for code in both)


def shown_figures(figures: Mapping[str, Figure]) -> dict[str, tuple[str, str]]:
    """Give a report's figures as a draft keeps them."""
    return {code: (str(each.current), str(each.total)) for code, each in figures.items()}


_LONGEST = 24
_DAY = re.compile(r"\d{4}年\d{1,2}月\d{1,2}[日号]|\d{4}([-.])\d{1,2}\1\d{1,2}|\d{4}[01]\d[0-3]\d")


def named_form(name: str, forms: Sequence[Form], main: Form) -> Form | None:
    """Tell of which of the `forms` that report a file is by its name: the main one is not named."""
    titled = [form for form in forms if form.title in name]
    if len(titled) == 1:
        return titled[0]
    if main in forms:
        return main
    return forms[0] if len(forms) == 1 else None


def named_periods(name: str, form: Form) -> frozenset[Period]:
    """Give the periods of `form` that a file's name tells; those within a longer one's words are none."""
    told: list[tuple[int, int, Period | None]] = []
    for start, end, text in _pieces(name):
        if any(before <= start and end <= after for before, after, _ in told):
            continue
        if _DAY.fullmatch(text):  # when it was signed, and no month
            told.append((start, end, None))
            continue
        try:
            period = form.period_named(text)
        except ValueError:
            continue
        if form.takes(period):
            told.append((start, end, period))
    return frozenset(period for _, _, period in told if period)


def _pieces(name: str) -> Iterator[tuple[int, int, str]]:
    """Give every piece of a name that cuts no number in two, the longest first."""
    plain = unicodedata.normalize("NFKC", name)
    places = range(len(plain) + 1)
    cuts = [
        place
        for place in places
        if not (0 < place < len(plain) and plain[place - 1].isdigit() and plain[place].isdigit())
    ]
    spans = [
        (start, end)
        for start in cuts
        for end in cuts
        if 0 < end - start <= _LONGEST and any(char.isdigit() for char in plain[start:end])
    ]
    for start, end in sorted(spans, key=lambda span: span[0] - span[1]):
        yield start, end, plain[start:end]
