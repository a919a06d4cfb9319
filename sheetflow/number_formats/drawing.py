"""Draws numbers and dates by one section of a format code, near enough to be quoted.

It refuses what says nothing about size: fractions, exponents, Chinese numerals and colours.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal, localcontext

from sheetflow.number_formats.codes import Section, Token

_MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
_NAMED = 3
"""From so many letters on a month or weekday shows by its name, a year in full."""
_ENOUGH = 2000
"""Digits for the largest number in the longest code of percent signs and places."""


@dataclass(frozen=True, slots=True)
class Drawn:
    """A number as it shows, and where in the text its own figures begin."""

    text: str
    at: int


def scale_of(section: Section) -> int:
    """Count the thousands that a number is divided by: commas behind the last digit of a part."""
    whole, part = _halves(section.tokens)
    return _trailing(whole) + _trailing(part)


def draw_number(section: Section, number: Decimal) -> Drawn:
    """Draw `number` as the section shows it."""
    with localcontext(prec=_ENOUGH):
        return _drawn(section, number)


def _drawn(section: Section, number: Decimal) -> Drawn:
    percents = sum(kind == "percent" for kind, _ in section.tokens)
    value = abs(number).scaleb(2 * percents - 3 * scale_of(section))
    whole, part = _halves(section.tokens)
    places = sum(kind == "digit" for kind, _ in part)
    if section.has("general"):
        whole_digits, part_digits = f"{value.normalize():f}", ""
    else:
        rounded = value.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)
        whole_digits, _, part_digits = f"{rounded:f}".partition(".")
    pieces = [*_laid(whole, whole_digits), *_laid_behind(part, part_digits)]
    before = next((index for index, (own, _) in enumerate(pieces) if own), 0)
    sign = "-" if number < 0 and "-" not in section.literal else ""
    at = len(sign) + sum(len(text) for _, text in pieces[:before])
    return Drawn(sign + "".join(text for _, text in pieces), at)


def draw_day(section: Section, value: dt.date) -> str:
    """Draw a date as the section shows it."""
    moment = value if isinstance(value, dt.datetime) else dt.datetime.combine(value, dt.time())
    parts = date_parts(section)
    shown: list[str] = []
    for kind, text in section.tokens:
        if kind == "date":
            shown.append(_part_of_day(*next(parts), moment))
        elif kind in ("literal", "point", "comma"):
            shown.append(text)
    return "".join(shown)


def date_parts(section: Section) -> Iterator[tuple[str, str]]:
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


def _halves(tokens: tuple[Token, ...]) -> tuple[tuple[Token, ...], tuple[Token, ...]]:
    """Split at the decimal point; it belongs to the part behind."""
    for index, (kind, _) in enumerate(tokens):
        if kind == "point":
            return tokens[:index], tokens[index:]
    return tokens, ()


def _trailing(tokens: tuple[Token, ...]) -> int:
    """Count the commas right behind the last digit (or General) of these tokens."""
    places = [index for index, (kind, _) in enumerate(tokens) if kind in ("digit", "general")]
    count = 0
    for kind, _ in tokens[places[-1] + 1 :] if places else ():
        if kind != "comma":
            break
        count += 1
    return count


def _laid(tokens: tuple[Token, ...], digits: str) -> list[tuple[bool, str]]:
    """Lay the digits into the places from the right; what is over goes before the first place."""
    if any(kind == "general" for kind, _ in tokens):
        return [
            (kind == "general", digits if kind == "general" else text)
            for kind, text in tokens
            if kind in ("general", "literal", "percent")
        ]
    places = [index for index, (kind, _) in enumerate(tokens) if kind == "digit"]
    grouped = any(
        kind == "comma" and places and places[0] < index < places[-1]
        for index, (kind, _) in enumerate(tokens)
    )
    laid: list[tuple[bool, str]] = []
    left, done = digits if digits.strip("0") else "", 0
    for index in range(len(tokens) - 1, -1, -1):
        kind, text = tokens[index]
        if kind == "digit":
            first = index == places[0]
            own = left if first else left[-1:]
            left = "" if first else left[:-1]
            own = own or {"0": "0", "?": " "}.get(text, "")
            for digit in reversed(own):
                comma = "," if grouped and done and done % 3 == 0 and digit.isdigit() else ""
                laid.append((True, digit + comma))
                done += 1
        elif kind in ("literal", "percent"):
            laid.append((False, text))
    return laid[::-1]


def _laid_behind(tokens: tuple[Token, ...], digits: str) -> list[tuple[bool, str]]:
    """Lay the digits behind the point into their places from the left."""
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
