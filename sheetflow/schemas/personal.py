"""Numbers that belong to one person: identity numbers and phones, and how to see them in words.

This module owns their shapes and refuses to repeat a digit of them: its faults say what is
wrong with a number and never what stands there.
"""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from operator import mul

from sheetflow.lookalikes import plain, plain_dashes, without_spaces, without_unseen
from sheetflow.schemas.parsing import EXACT_DIGITS, CellFault, read_code, read_text
from sheetflow.workbook import CellValue

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
    if _NEW_ID.fullmatch(text):
        if not _is_day(text[6:14]):
            raise CellFault("id-birth-date")
        if check_digit(text) != text[17]:
            raise CellFault("id-check-digit")
        return text
    if _OLD_ID.fullmatch(text):
        if not _is_day("19" + text[6:12]):
            raise CellFault("id-birth-date")
        return text
    raise _no_id_number(text)


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
    try:
        dt.date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
    except ValueError:
        return False
    return True


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
    if text in services or _LANDLINE.fullmatch(text) or _TOLL_FREE.fullmatch(text):
        return text
    if _SERVICE.fullmatch(text) and len(bare) >= _LEAST_DIALLED:
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
