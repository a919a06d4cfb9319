"""Shows a value as its format does, and tells whether that is another figure."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from decimal import Decimal
from math import prod
from types import MappingProxyType

from sheetflow.number_formats.codes import Section, section_for, sections_of
from sheetflow.number_formats.drawing import Drawn, date_parts, draw_day, draw_number, scale_of

_SIZES: Mapping[str, int] = MappingProxyType(
    {
        "十": 10,
        "拾": 10,
        "百": 100,
        "佰": 100,
        "千": 1000,
        "仟": 1000,
        "万": 10_000,
        "萬": 10_000,
        "亿": 100_000_000,
        "億": 100_000_000,
    }
)
_LETTERS: Mapping[str, int] = MappingProxyType({"K": 1000, "M": 1_000_000})
_WORDS = "(?:[十拾佰千仟万萬亿億]|百(?!分))+"
_BEHIND = re.compile(rf"\s*[（(]?\s*({_WORDS})")
_ELSEWHERE = re.compile(rf"({_WORDS})(?=[元人户件次份条个名块本册亩米克斤平])")
_FIGURE = re.compile(r"\d[\d,]*(?:\.\d+)?|\.\d+")
_FIRST_DAY = dt.date(1899, 12, 30)
_NUMBER = re.compile(r"\s*[+-]?\d+(?:,\d{3})*(?:\.\d+)?\s*")


def may_mislead(code: str) -> bool:
    """Whether a value can show as another figure, or a date without its day, in this format."""
    return any(_is_doubtful(section) for section in sections_of(code))


def shown_otherwise(code: str, value: object) -> str:
    """Give what a cell shows where that is another figure than `value`; else an empty text.

    A date that does not show its day is another figure, too.
    """
    if isinstance(value, bool):
        return ""
    if isinstance(value, dt.date):
        day = value.date() if isinstance(value, dt.datetime) else value
        section = section_for(code, Decimal((day - _FIRST_DAY).days))
        return draw_day(section, value) if _hides_day(section) else ""
    if isinstance(value, int | float):
        return _number_shown(code, Decimal(f"{value:.15g}"))
    if isinstance(value, str) and _NUMBER.fullmatch(value):
        section = section_for(code, None)
        if section.has("text") and _size_in(section.literal, 0):
            return "".join(value if kind == "text" else text for kind, text in section.tokens)
    return ""


def _number_shown(code: str, number: Decimal) -> str:
    if not number.is_finite() or number == 0:
        return ""
    section = section_for(code, number)
    if not _is_doubtful(section) or section.has("date"):
        return ""
    if section.has("exponent") or not section.has("digit", "general"):
        return ""
    drawn = draw_number(section, number)
    return "" if _is_as_stored(section, drawn, abs(number)) else drawn.text.strip()


def _is_doubtful(section: Section) -> bool:
    if section.has("date"):
        return _hides_day(section)
    words = section.literal
    return (
        section.has("percent")
        or scale_of(section) > 0
        or any(word in words for word in _SIZES)
        or any(letter.isdecimal() for letter in words)
        or _has_drawn_point(section)
    )


def _has_drawn_point(section: Section) -> bool:
    """Whether a point that is a mere letter stands among the digits: 0!.0000 shows 80000 as 8.0000."""
    digits = [index for index, (kind, _) in enumerate(section.tokens) if kind == "digit"]
    between = section.tokens[digits[0] : digits[-1]] if digits else ()
    return any(kind == "literal" and "." in text for kind, text in between)


def _hides_day(section: Section) -> bool:
    """Whether a year or month shows and no day; a time of day is no date."""
    shown = {part for part, _ in date_parts(section)}
    return not shown.isdisjoint("ym") and "d" not in shown


def _is_as_stored(section: Section, drawn: Drawn, stored: Decimal) -> bool:
    """Whether the figure drawn, with the word of size beside it, is `stored` but for rounding."""
    figure = next((f for f in _FIGURE.finditer(drawn.text) if f.end() > drawn.at), None)
    if figure is None or section.has("percent"):
        return False
    shown = Decimal(figure[0].replace(",", ""))
    places = len(figure[0].partition(".")[2])
    size = _size_in(drawn.text, figure.end())
    letter = drawn.text[figure.end() : figure.end() + 1].upper()
    sizes = {Decimal(size or 1), Decimal(_LETTERS.get(letter, size or 1))}
    return any(
        abs(shown * each - stored) <= each * Decimal(5).scaleb(-places - 1) for each in sizes
    )


def _size_in(text: str, behind: int) -> int:
    """Read the word of size (万, 千 …) that stands behind the figure or with a measure; else 0."""
    found = _BEHIND.match(text, behind) or _ELSEWHERE.search(text)
    return prod(_SIZES[word] for word in found[1]) if found else 0
