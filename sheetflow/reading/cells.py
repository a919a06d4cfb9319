"""Cleans what calamine gives into the values of a RawWorkbook.

This module owns the boundary that every text passes once (`clean_text`, `clean_cell`) and the
turning of calamine's habits ('' for blank, 42.0 for 42) into plain values. It
refuses to interpret: a date as text stays text, an 18-digit number stays what
the file holds.
"""

from __future__ import annotations

import datetime as dt
import math
import re
import unicodedata
from collections.abc import Iterable, Sequence

from sheetflow.lookalikes import without_debris
from sheetflow.workbook import Address, CellValue

Row = tuple[CellValue, ...]

_UNWANTED = re.compile(
    "["
    "\x00-\x08\x0b\x0c\x0e-\x1f\x7f"  # controls but tab and newline
    "\ud800-\udfff"  # lone surrogates
    "\ufffe\uffff"  # non-characters
    "]"
)
_EXACT_WHOLE = 2**53
_COMMON = 100_000
_PICTURE = re.compile(r"=(?:_xlfn\.)?DISPIMG\(", re.IGNORECASE)


def clean_text(text: str) -> str:
    """Drop what breaks documents later: controls, bidi marks, lone surrogates; then NFC."""
    return without_debris(clean_cell(text))


def clean_cell(text: str) -> str:
    """Clean the text of a cell as `clean_text` does, but for marks that only nobody sees.

    Those say that something stands there otherwise than it looks: whoever reads the cell
    leaves them aside, and tells.
    """
    if text.isprintable() and unicodedata.is_normalized("NFC", text):
        return text
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    return unicodedata.normalize("NFC", _UNWANTED.sub("", text))


class CellCleaner:
    """Cleans the cells of one workbook and remembers whether a cell held a picture.

    Equal texts become one object: a workbook repeats its choices thousands of times,
    and the answer of the child pickles each of them once.
    """

    def __init__(self) -> None:
        self._known = _KnownCells({"": None})

    @property
    def saw_time(self) -> bool:
        """Whether a cell was a time of day: what becomes of day 0, and of numbers below it, too."""
        return self._known.saw_time

    @saw_time.setter
    def saw_time(self, seen: bool) -> None:
        self._known.saw_time = seen

    @property
    def saw_picture(self) -> bool:
        """Whether a cell was a picture by WPS's formula."""
        return self._known.saw_picture

    def rows(
        self,
        rows: Iterable[Sequence[CellValue]],
        *,
        left_out: int = 0,
        blanks: Iterable[Address] = (),
    ) -> tuple[Row, ...]:
        """Clean the `rows` of a sheet, the first of which is row 1.

        `left_out` is the number of columns that are missing before the first; `blanks`
        are the addresses of cells to empty. Return rows from A1 on without the blanks at
        their ends and without blank rows at the end.
        """
        wiped: dict[int, list[int]] = {}
        for row_number, column in blanks:
            wiped.setdefault(row_number, []).append(column - left_out)
        found: list[Row] = []
        clean = self._known.__getitem__
        for number, row in enumerate(rows, start=1):
            cells = list(map(clean, row))
            for column in wiped.get(number, ()):
                if 0 < column <= len(cells):
                    cells[column - 1] = None
            while cells and cells[-1] is None:
                cells.pop()
            found.append((None,) * left_out + tuple(cells) if cells else ())
        while found and not found[-1]:
            found.pop()
        return tuple(found)


class _KnownCells(dict[CellValue, CellValue]):
    """What each value met so far becomes; one that is not known is cleaned when asked for.

    Most cells are blank or say what others said before: looking those up needs no Python
    call. Only values that are equal to none of another type are kept, so no ``1.0``,
    which equals ``True``; and of numbers only small ones, which repeat.
    """

    saw_picture = saw_time = False

    def __missing__(self, value: CellValue) -> CellValue:
        kind = type(value)
        if kind is str:
            return self._keep(value, self._text(value))  # type: ignore[arg-type]
        if kind is float:
            cleaned = _number(value)  # type: ignore[arg-type]
            is_common = type(cleaned) is int and 1 < cleaned < _COMMON
            return self._keep(value, cleaned) if is_common else cleaned
        if kind is dt.date:
            return self._keep(value, value)
        self.saw_time |= kind is dt.time
        return value

    def _keep(self, value: CellValue, cleaned: CellValue) -> CellValue:
        self[value] = cleaned
        return cleaned

    def _text(self, text: str) -> str | None:
        if text.startswith("=") and _PICTURE.match(text):
            self.saw_picture = True
            return None
        cleaned = clean_cell(text)
        return cleaned if without_debris(cleaned) else None


def _number(value: float) -> int | float | str:
    """Make a whole float an int as far as floats are exact; infinity is no number."""
    if value.is_integer():
        return int(value) if -_EXACT_WHOLE < value < _EXACT_WHOLE else value
    return value if math.isfinite(value) else str(value)
