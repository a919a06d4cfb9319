"""What a number format makes of a value: the figure that people see in the cell.

It reads format codes (ECMA-376 part 1, 18.8.31, and what Chinese office programs write) and tells
whether a cell shows what it holds, near enough to be quoted. It refuses to know cells and files,
and what says nothing about size: fractions, exponents, Chinese numerals, colours.
"""

from __future__ import annotations

import datetime as dt
import operator
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal, localcontext
from functools import lru_cache
from math import prod
from types import MappingProxyType

_POWERS = (("十拾", 1), ("百佰", 2), ("千仟", 3), ("万萬", 4), ("亿億", 8))
_SIZES: Mapping[str, int] = MappingProxyType(
    {word: 10**power for words, power in _POWERS for word in words}
)
_LETTERS: Mapping[str, int] = MappingProxyType({"K": 1000, "M": 1_000_000})
_WORDS = "(?:[十拾佰千仟万萬亿億]|百(?!分))+"
_BEHIND = re.compile(rf"\s*[（(]?\s*({_WORDS})")
_ELSEWHERE = re.compile(rf"({_WORDS})(?=[元人户件次份条个名块本册亩米克斤平])")
_FIGURE = re.compile(r"\d[\d,]*(?:\.\d+)?|\.\d+")
_FIRST_DAY = dt.date(1899, 12, 30)
_NUMBER = re.compile(r"\s*[+-]?\d+(?:,\d{3})*(?:\.\d+)?\s*")
_MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
_NAMED = 3
"""From so many letters on a month or weekday shows by its name, a year in full."""
_ENOUGH = 2000
"""Digits for the largest number in the longest code of percent signs and places."""
_TOKEN = re.compile(
    r"""
    "(?P<quoted>[^"]*)"?
    | [\\!](?P<escaped>.?)
    | _(?P<gap>.?)
    | \*(?P<fill>.?)
    | \[(?P<bracket>[^\]]*)\]?
    | (?P<section>;)
    | (?P<general>general|G/通用格式)
    | (?P<noon>上午/下午|am/pm|a/p)
    | (?P<exponent>e[+-])
    | (?P<date>y+|m+|d+|h+|s+|e+|g+|b+|a{3,4})
    | (?P<digit>[0\#?])
    | (?P<point>\.)
    | (?P<comma>,)
    | (?P<percent>%)
    | (?P<text>@)
    | (?P<literal>.)
    """,
    re.VERBOSE | re.IGNORECASE | re.DOTALL,
)
_CONDITION = re.compile(r"(<=|>=|<>|<|>|=)\s*(-?\d+(?:\.\d+)?)")
_ELAPSED = re.compile(r"h+|m+|s+", re.IGNORECASE)
_HOLDS: Mapping[str, Callable[[Decimal, Decimal], bool]] = MappingProxyType(
    {"<": operator.lt, "<=": operator.le, ">": operator.gt}
    | {">=": operator.ge, "=": operator.eq, "<>": operator.ne}
)
_MOST_SECTIONS = 4
_LONGEST = 255
"""Office programs take no longer code."""
Token = tuple[str, str]
"""What a piece of a code is (the names of `_TOKEN`; every literal is one), and its text."""


def may_mislead(code: str) -> bool:
    """Whether a value can show as another figure, or a date without its day, in this format."""
    # A code for texts alone is another one for numbers: @, divides them by a thousand.
    return any(map(_is_doubtful, (*sections_of(code), section_for(code, Decimal(1)))))


def shown_otherwise(code: str, value: object) -> str:
    """Give what a cell shows where that is another figure than `value`; else an empty text.

    A date that does not show its day is another figure, too.
    """
    if isinstance(value, bool):
        return ""
    if isinstance(value, dt.date):
        day = value.date() if isinstance(value, dt.datetime) else value
        section = section_for(code, Decimal((day - _FIRST_DAY).days))
        return _draw_day(section, value) if _hides_day(section) else ""
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
    if not _is_doubtful(section) or section.has("date", "exponent"):
        return ""
    if not section.has("digit", "general"):
        return ""
    text, begins = _draw_number(section, number)
    return "" if _is_as_stored(section, text, begins, abs(number)) else text.strip()


def _is_doubtful(section: Section) -> bool:
    if section.has("date"):
        return _hides_day(section)
    words = section.literal
    return (
        section.has("percent")
        or _thousands(section) > 0
        or any(word in words for word in _SIZES)
        or any(letter.isdecimal() for letter in words)
        # A point that is a mere letter among the digits: 0!.0000 shows 80000 as 8.0000.
        or re.search("0.*p.*0", section.shape) is not None
    )


def _hides_day(section: Section) -> bool:
    """Whether a year or month shows and no day; a time of day is no date."""
    shown = {part for part, _ in _date_parts(section)}
    return not shown.isdisjoint("ym") and "d" not in shown


def _is_as_stored(section: Section, text: str, begins: int, stored: Decimal) -> bool:
    """Whether the figure drawn, with the word of size beside it, is `stored` but for rounding.

    Before `begins` there is nothing but the format's own words.
    """
    figure = next((found for found in _FIGURE.finditer(text) if found.end() > begins), None)
    if figure is None or section.has("percent"):
        return False
    shown = Decimal(figure[0].replace(",", ""))
    places = len(figure[0].partition(".")[2])
    size = _size_in(text, figure.end()) or 1
    letter = text[figure.end() : figure.end() + 1].upper()
    return any(
        abs(shown * each - stored) <= each * Decimal(5).scaleb(-places - 1)
        for each in (Decimal(size), Decimal(_LETTERS.get(letter, size)))
    )


def _size_in(text: str, behind: int) -> int:
    """Read the word of size (万, 千 …) that stands behind the figure or with a measure; else 0."""
    found = _BEHIND.match(text, behind) or _ELSEWHERE.search(text)
    return prod(_SIZES[word] for word in found[1]) if found else 0


def _thousands(section: Section) -> int:
    """Count the thousands that a number is divided by: commas behind the last digit of a part."""
    ends = (re.search("[0G](,+)[^0G]*$", part) for part in section.shape.split(".", 1))
    return sum(len(found[1]) for found in ends if found)


def _draw_number(section: Section, number: Decimal) -> tuple[str, int]:
    """Draw a number as the section shows it; give also where its own figures begin."""
    point = section.shape.find(".")
    cut = point if point >= 0 else len(section.tokens)
    whole, part = section.tokens[:cut], section.tokens[cut:]
    percents = sum(kind == "percent" for kind, _ in section.tokens)
    with localcontext(prec=_ENOUGH):
        value = abs(number).scaleb(2 * percents - 3 * _thousands(section))
        if section.has("general"):
            digits, behind = f"{value.normalize():f}", ""
        else:
            places = sum(kind == "digit" for kind, _ in part)
            rounded = value.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)
            digits, _, behind = f"{rounded:f}".partition(".")
    grouped = re.search("0.*,.*0", section.shape[:cut])
    pieces = [*_laid(whole, digits, grouped=bool(grouped)), *_laid_behind(part, behind)]
    before = next((index for index, (own, _) in enumerate(pieces) if own), 0)
    sign = "-" if number < 0 and "-" not in section.literal else ""
    begins = len(sign) + sum(len(text) for _, text in pieces[:before])
    return sign + "".join(text for _, text in pieces), begins


def _laid(tokens: Sequence[Token], digits: str, *, grouped: bool) -> list[tuple[bool, str]]:
    """Lay the digits into the places from the right; what is over goes before the first place."""
    places = sum(kind == "digit" for kind, _ in tokens)
    takes_all = any(kind == "general" for kind, _ in tokens)
    laid: list[tuple[bool, str]] = []
    left, done = digits if digits.strip("0") else "", 0
    for kind, text in reversed(tokens):
        if kind == "general":
            laid.append((True, digits))
        elif kind == "digit" and not takes_all:
            places -= 1
            own = left[-1:] if places else left
            left = left[:-1] if places else ""
            for digit in reversed(own or {"0": "0", "?": " "}.get(text, "")):
                comma = "," if grouped and done and done % 3 == 0 and digit.isdigit() else ""
                laid.append((True, digit + comma))
                done += 1
        elif kind in ("literal", "percent"):
            laid.append((False, text))
    return laid[::-1]


def _laid_behind(tokens: Sequence[Token], digits: str) -> list[tuple[bool, str]]:
    """Lay the digits behind the point, which comes first, into their places from the left."""
    laid: list[tuple[bool, str]] = []
    left = digits
    for kind, text in tokens:
        if kind == "point":
            laid.append((True, "."))
        elif kind == "digit":
            own, left = left[:1], left[1:]
            dropped = text == "#" and own == "0" and not left.strip("0")
            laid.append((True, "" if dropped else own))
        elif kind in ("literal", "percent"):
            laid.append((False, text))
    return laid


def _draw_day(section: Section, value: dt.date) -> str:
    moment = value if isinstance(value, dt.datetime) else dt.datetime.combine(value, dt.time())
    parts = _date_parts(section)
    return "".join(
        _part_of_day(*next(parts), moment) if kind == "date" else text
        for kind, text in section.tokens
        if kind in ("date", "literal", "point", "comma")
    )


def _date_parts(section: Section) -> Iterator[tuple[str, str]]:
    """Give what each piece of a date shows (y m d h n s, n for minutes), and how it is written."""
    dates = [text.lower() for kind, text in section.tokens if kind == "date"]
    for before, text, after in zip(["-", *dates], dates, [*dates[1:], "-"], strict=False):
        part = text[0]
        if part == "m" and (before[0] == "h" or after[0] == "s"):
            part = "n"
        elif part == "d" and len(text) >= _NAMED:
            part = "a"  # a weekday
        yield part.replace("e", "y"), text


def _part_of_day(part: str, text: str, moment: dt.datetime) -> str:
    if part == "y":
        full = text[0] == "e" or len(text) >= _NAMED
        return f"{moment.year:04d}" if full else f"{moment.year % 100:02d}"
    if part == "m" and len(text) >= _NAMED:
        return _MONTHS[moment.month - 1]
    figures = {"m": moment.month, "h": moment.hour, "n": moment.minute, "s": moment.second}
    return f"{figures[part]:0{min(len(text), 2)}d}" if part in figures else ""


@dataclass(frozen=True, slots=True)
class Section:
    """One section of a code: the values it is for, if it says so, and its pieces."""

    condition: tuple[str, Decimal] | None
    tokens: tuple[Token, ...]

    def has(self, *kinds: str) -> bool:
        """Whether a piece of one of these kinds stands in it."""
        return any(kind in kinds for kind, _ in self.tokens)

    @property
    def shape(self) -> str:
        """A letter for each piece: 0 a place, G for General, p a word with a point, x other words."""
        named = {"digit": "0", "general": "G", "point": ".", "comma": ","}
        return "".join(
            named.get(kind, "p" if kind == "literal" and "." in text else "x")
            for kind, text in self.tokens
        )

    @property
    def literal(self) -> str:
        """The words of the section, run together."""
        return "".join(text for kind, text in self.tokens if kind == "literal")

    def holds(self, value: Decimal) -> bool:
        """Whether `value` meets the section's condition; False where it has none."""
        if self.condition is None:
            return False
        sign, limit = self.condition
        return _HOLDS[sign](value, limit)


GENERAL = Section(None, (("general", ""),))
AS_TYPED = Section(None, (("text", "@"),))


@lru_cache(maxsize=512)
def sections_of(code: str) -> tuple[Section, ...]:
    """Take a code apart; a code of more sections than there can be says nothing."""
    sections: list[Section] = []
    condition: tuple[str, Decimal] | None = None
    tokens: list[Token] = []
    for match in _TOKEN.finditer(code[:_LONGEST]):
        kind = match.lastgroup or "literal"
        text = match[kind]
        if kind == "section":
            sections.append(Section(condition, tuple(tokens)))
            condition, tokens = None, []
        elif kind == "bracket":
            if found := _CONDITION.fullmatch(text.strip()):
                condition = (found[1], Decimal(found[2]))
            elif _ELAPSED.fullmatch(text):
                tokens.append(("date", text))
            elif text.startswith("$"):
                tokens.append(("literal", text[1:].partition("-")[0]))
        elif kind in ("quoted", "escaped", "literal"):
            tokens.append(("literal", text))
        elif kind not in ("gap", "fill"):
            tokens.append((kind, text))
    sections.append(Section(condition, tuple(tokens)))
    return tuple(sections) if len(sections) <= _MOST_SECTIONS else (GENERAL,)


def section_for(code: str, value: Decimal | None) -> Section:
    """Give the section that applies to a number, or to a text (None)."""
    sections = sections_of(code)
    numeric = sections[: _MOST_SECTIONS - 1]
    if len(sections) < _MOST_SECTIONS and sections[-1].has("text"):
        numeric = sections[:-1]
    if value is None:
        return sections[-1] if len(numeric) < len(sections) else AS_TYPED
    if not numeric:  # a code for texts alone shows a number as if it were one
        as_number = {"text": ("general", "")}
        return Section(None, tuple(as_number.get(token[0], token) for token in sections[-1].tokens))
    if any(section.condition for section in numeric[:2]):
        met = (section for section in numeric[:2] if section.holds(value))
        return next(met, next((last for last in reversed(numeric) if not last.condition), GENERAL))
    sign = 0 if value > 0 else 1 if value < 0 else 2
    return numeric[sign] if sign < len(numeric) else numeric[0]
