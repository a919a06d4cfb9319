"""How people type: dates, numbers, lists, codes, identity numbers and phones as cells have them.

What is only written differently (full-width digits, 2012.3.5) is read; nothing is guessed: the
rest raises `CellFault` with the rule code of the finding. No digit of a person's number stands in a fault.
"""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from contextlib import suppress
from decimal import Decimal
from operator import mul

from sheetflow.findings import Argument
from sheetflow.lookalikes import plain, plain_dashes, trim, without_spaces, without_unseen
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
_YEARS = range(1900, 2100)


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
        if year in _YEARS:
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


_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECK_DIGITS = "10X98765432"
_NEW_ID = re.compile(r"\d{17}[\dX]")
_OLD_ID = re.compile(r"\d{15}")


_APOSTROPHES = "'‘’`´′＇"
"""What makes a program take digits for text, and stands there for all to see where it does not."""
_HIDDEN = re.compile(r"[*×✕✖❌•●■□○#?_…]|X(?=.)")
_SCIENTIFIC = re.compile(r"\d(\.\d*)?E[+]?\d+")
_ID_DIGITS = re.compile(r"\d+X?")


def read_id_number(raw: CellValue) -> str:
    """Read a citizen's identity number (GB 11643): 18 with check digit, or the old 15.

    County codes are not looked up: many of those in force at birth exist no more.
    """
    if isinstance(raw, int | float) and abs(raw) >= 10**EXACT_DIGITS:
        raise CellFault("id-digits-lost")
    text = read_code(raw).strip(_APOSTROPHES)
    is_new = _NEW_ID.fullmatch(text) is not None
    if not (is_new or _OLD_ID.fullmatch(text)):
        raise _no_id_number(text)
    if not _is_day(text[6:14] if is_new else "19" + text[6:12]):
        raise CellFault("id-birth-date")
    if is_new and check_digit(text) != text[17]:
        raise CellFault("id-check-digit")
    return text


def _no_id_number(text: str) -> CellFault:
    """Tell what keeps `text` from being an identity number."""
    if _SCIENTIFIC.fullmatch(text):
        return CellFault("id-digits-lost")
    if _HIDDEN.search(text):
        return CellFault("id-hidden")
    if not _ID_DIGITS.fullmatch(text):
        return CellFault("id-characters")
    return CellFault("id-length", count=len(text))


def check_digit(id_number: str) -> str:
    """Compute the 18th digit of an identity number from its first 17 (GB 11643-1999)."""
    total = sum(map(mul, _WEIGHTS, map(int, id_number)))  # the 18th digit has no weight
    return _CHECK_DIGITS[total % 11]


def _is_day(digits: str) -> bool:
    with suppress(ValueError):
        return bool(dt.date(int(digits[:4]), int(digits[4:6]), int(digits[6:])))
    return False


_MOBILE = re.compile(r"1[3-9]\d{9}")
_LANDLINE = re.compile(r"(0\d{2,3}-?)?[2-9]\d{6,7}((-|转)\d{1,6})?")
_TOLL_FREE = re.compile(r"[48]00-?\d{3}-?\d{4}")
_SERVICE = re.compile(r"0\d{2,3}-?1\d{2,4}")
_LEAST_DIALLED = 7


def read_phone(raw: CellValue, services: tuple[str, ...] = ()) -> str:
    """Read a phone number: mobile, landline with area code and extension.

    A number of a few digits is one of `services`, or stands behind an area code.
    """
    text = read_text(raw)
    if text.isascii() and _MOBILE.fullmatch(text):
        return text  # most of them, written plainly
    text = plain_dashes(without_spaces(plain(text))).strip(_APOSTROPHES)
    text = text.replace("(", "").replace(")", "-").replace("--", "-")
    text = text.removeprefix("+86").removeprefix("0086").removeprefix("-")
    bare = text.replace("-", "")
    if _MOBILE.fullmatch(bare):
        return bare
    behind_area_code = _SERVICE.fullmatch(text) and len(bare) >= _LEAST_DIALLED
    if (
        text in services
        or _LANDLINE.fullmatch(text)
        or _TOLL_FREE.fullmatch(text)
        or behind_area_code
    ):
        return text
    raise CellFault("phone-format")


_GAP = r"[-. ·_\u2010-\u2015]{0,3}"
_PERSONAL = re.compile(
    r"(?<!\d)(?:\d{17}[\dXx]"
    rf"|(?:\d{_GAP}){{6}}(?:19|20)(?:{_GAP}\d){{9}}{_GAP}[\dXx]"
    rf"|(?:(?:00)?86|0)?{_GAP}(?P<mobile>1[3-9](?:{_GAP}\d){{9}}))(?!\d)"
)
"""An identity number or a mobile number, the digits run together or in groups."""
_GROUP = re.compile(r"\d+")
_LEAST_TOGETHER = 3
"""Shorter groups are a list of figures: 15 20 30 40."""


_SOME_DIGIT = re.compile(
    r"[\d\u00b2-\u00be\u2070-\u2089\u2150-\u2189\u2460-\u24ea\u3251-\u33fe\U0001f100-\U0001f10a]"
)
"""Any character of which NFKC makes a digit (and some others)."""


def holds_personal_number(text: str) -> bool:
    """Tell whether free text carries an 18-digit identity number or a mobile number."""
    if not _SOME_DIGIT.search(text):  # most texts: far quicker than to normalise them
        return False
    # Here ① is a digit: who reads it dials it.
    digits = unicodedata.normalize("NFKC", without_unseen(text))
    found = _PERSONAL.search(digits)
    while found and not _is_personal(found):  # the next may begin within this one
        found = _PERSONAL.search(digits, found.start() + 1)
    return found is not None


def _is_personal(found: re.Match[str]) -> bool:
    """Whether a run of digits in groups is cut as people cut such a number."""
    mobile, whole = found["mobile"], found[0]
    if mobile:
        return all(len(group) >= _LEAST_TOGETHER for group in _GROUP.findall(mobile))
    return whole.isalnum() or _is_day("".join(_GROUP.findall(whole))[6:14])
