"""How people type: dates, numbers, lists and digits as they stand in cells.

This module reads what is only written differently (full-width digits,
2012.3.5) and refuses to guess: an approximate number, an incomplete date or a
digit that is none raises `CellFault` with the rule code of the finding. What looks
alike is one thing (`lookalikes`). Typing habits are those of the data dictionary.
"""

from __future__ import annotations

import datetime as dt
import re
from contextlib import suppress
from decimal import Decimal

from sheetflow.findings import Argument
from sheetflow.lookalikes import plain, plain_dashes, trim, without_spaces
from sheetflow.workbook import CellValue

Value = str | int | Decimal | dt.date | tuple[str, ...] | None
"""What a sound cell holds once it is read; None is a blank cell."""


class CellFault(Exception):  # noqa: N818 - a fault in data on its way to becoming a finding
    """A cell's content cannot be read as its column asks: rule code and arguments."""

    def __init__(self, rule: str, **arguments: Argument) -> None:
        super().__init__(rule)
        self.rule = rule
        self.arguments = arguments


_DAY_SHAPES = (
    re.compile(r"(\d{4})\s*[-/.]\s*(\d{1,2})\s*[-/.]\s*(\d{1,2})"),
    re.compile(r"(\d{4})\s*年\s*(\d{1,2})\s*月\s*(\d{1,2})\s*[日号]?"),
    re.compile(r"(\d{4})(\d{2})(\d{2})"),
)
_PARTIAL_DAY = re.compile(
    r"\d{4}\s*年?\s*|(?:19|20)\d{4}|\d{4}\s*[-/.年]\s*\d{1,2}\s*月?|\d{1,2}\s*[-/.月]\s*\d{1,2}\s*[日号]?"
    r"|\d{2}\s*[-/.年]\s*\d{1,2}\s*[-/.月]\s*\d{1,2}\s*[日号]?"
)
_MIDNIGHT = re.compile(r"(?:T|\s+|(?<=[日号]))(?:0?0(?::00){1,2}(?:\.0+)?|12:00(?::00)? ?AM)$")
"""The time that a program puts behind a date."""
_FIRST_YEAR, _LAST_YEAR = 1900, 2099


def read_day(raw: CellValue) -> dt.date:
    """Read a date cell; raise CellFault for incomplete, impossible or serial dates."""
    if isinstance(raw, dt.date):
        return _plausible(raw.year, raw.month, raw.day)
    if isinstance(raw, bool | dt.time | dt.timedelta):
        raise CellFault("date-unclear", typed=_plain_number(raw))
    text = _MIDNIGHT.sub("", plain_dashes(plain(_plain_number(raw))).strip())
    for shape in _DAY_SHAPES:
        if match := shape.fullmatch(text):
            return _plausible(int(match[1]), int(match[2]), int(match[3]))
    if _PARTIAL_DAY.fullmatch(text):
        raise CellFault("date-incomplete", typed=text)
    rule = "date-as-number" if _NUMBER.fullmatch(text) else "date-unclear"
    raise CellFault(rule, typed=_short(text))


def _plausible(year: int, month: int, day: int) -> dt.date:
    with suppress(ValueError):
        if _FIRST_YEAR <= year <= _LAST_YEAR:
            return dt.date(year, month, day)
    raise CellFault("date-impossible", typed=f"{year}年{month}月{day}日")


_NUMBER = re.compile(r"[+-]?(\d+|\d{1,3}(,\d{3})+)(\.\d+)?")
_ABOUT = re.compile(r"[多余几约近超上左右来以]|大概|不到|若干|~|～")
_SCALE = re.compile(r"[万亿千百]")
_HAS_DIGIT = re.compile(r"\d")
_MEASURE = re.compile(
    r"\s*(?:人次|户次|件次|场次|家次|个人|人|名|位|个|次|件|条|份|户|家|元整|元|圆|块|本|册|篇|场"
    r"|对|项|例|起|处|所|村|周?岁|字|批|只|台|间|栋|座|支|队|组|节|页|张|封|幅|部|套|辆)$"
)
"""A common measure word: it says what is counted, and changes no figure."""
EXACT_DIGITS = 15


def read_number(raw: CellValue, units: tuple[str, ...] = ()) -> int | Decimal:
    """Read a number cell exactly; a measure word may follow, or one of the column's `units`.

    Raise CellFault: number-about (3000多), number-scaled (2.59亿), number-unit (20公里, 12①),
    number-text for the rest. Nothing is rounded.
    """
    if isinstance(raw, bool):
        raise CellFault("number-text", typed=_plain_number(raw))
    if isinstance(raw, dt.date | dt.time | dt.timedelta):
        raise CellFault("number-date")
    if isinstance(raw, int):
        return raw
    if isinstance(raw, float):
        # As the office program shows it: 1.1 added three times is 3.3, whatever the file holds.
        return _exact(f"{raw:.{EXACT_DIGITS}g}")
    text = plain(str(raw)).strip()
    bare = text
    for unit in units:
        bare = bare.removesuffix(unit).rstrip()
    for figure in (bare, _MEASURE.sub("", text)):
        if _NUMBER.fullmatch(figure):
            return _exact(figure.replace(",", ""))
    raise _no_number(text)


def _no_number(text: str) -> CellFault:
    """Say what keeps `text` from being a number."""
    if any(shape.fullmatch(text) for shape in _DAY_SHAPES):
        return CellFault("number-date")
    if not _HAS_DIGIT.search(text):
        rule = "number-text"
    elif _ABOUT.search(text):
        rule = "number-about"
    else:
        rule = "number-scaled" if _SCALE.search(text) else "number-unit"
    return CellFault(rule, typed=_short(text))


def _exact(text: str) -> int | Decimal:
    number = Decimal(text)
    if not number.is_finite():
        raise CellFault("number-text", typed=_short(text))
    if number.adjusted() >= EXACT_DIGITS:
        raise CellFault("number-too-long", typed="")
    return int(number) if number == number.to_integral_value() else number


_SEPARATORS = re.compile(r"[、,;\n]")


def read_list(raw: CellValue) -> tuple[str, ...]:
    """Split a cell that names several things by 、 (，and ； are read too), in order."""
    text = plain(raw) if isinstance(raw, str) else _plain_number(raw)
    return tuple(part for part in (piece.strip() for piece in _SEPARATORS.split(text)) if part)


def read_text(raw: CellValue) -> str:
    """Read a text cell; a number or date typed there becomes the text people see."""
    if isinstance(raw, str):
        return trim(raw)
    if isinstance(raw, dt.datetime):
        return raw.date().isoformat() if raw.time() == dt.time() else raw.isoformat(" ")
    return _plain_number(raw)


def read_code(raw: CellValue) -> str:
    """Read a key or code: half-width, upper case, no spaces inside, every dash a plain one."""
    text = read_text(raw)
    if _PLAIN_CODE.fullmatch(text):
        return text
    return plain_dashes(without_spaces(plain(text))).upper()


_PLAIN_CODE = re.compile("[0-9A-Z]+(?:-[0-9A-Z]+)?")


def read_name(raw: CellValue) -> str:
    """Read a name that serves as a key: without the spaces that do not part two Latin words."""
    text = read_text(raw)
    if _PLAIN_NAME.fullmatch(text):
        return text
    text = _IN_NAME.sub("", plain(text).strip())
    return " ".join(text.split()).replace("(", "（").replace(")", "）")


_PLAIN_NAME = re.compile("[一-鿿]+")
_IN_NAME = re.compile(r"(?<![!-~])\s+|\s+(?![!-~])")


def _plain_number(raw: CellValue) -> str:
    """Give what stands in a cell as the office program shows it."""
    if isinstance(raw, bool):
        return str(raw).upper()
    if isinstance(raw, float) and raw.is_integer():
        return str(int(raw))
    if isinstance(raw, dt.timedelta):
        minutes, seconds = divmod(round(raw.total_seconds()), 60)
        return f"{minutes // 60}:{minutes % 60:02d}:{seconds:02d}"
    return "" if raw is None else str(raw)


def _short(text: str, most: int = 20) -> str:
    return text if len(text) <= most else text[:most] + "…"
