"""Cleans what calamine gives into the values of a RawWorkbook.

This module owns the boundary that every text passes once (`clean_text`) and the
turning of calamine's habits ('' for blank, 42.0 for 42) into plain values. It
refuses to interpret: a date as text stays text, an 18-digit number stays what
the file holds.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Iterable, Sequence

from sheetflow.workbook import Address, CellValue

Row = tuple[CellValue, ...]

_UNWANTED = re.compile(
    "["
    "\x00-\x08\x0b\x0c\x0e-\x1f\x7f"  # controls but tab and newline
    "\ud800-\udfff"  # lone surrogates
    "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"  # right-to-left marks and overrides
    "\u200b\u2060\ufeff\ufffe\uffff"  # invisible debris of copying, non-characters
    "]"
)
_EXACT_WHOLE = 2**53
_PICTURE = re.compile(r"=(?:_xlfn\.)?DISPIMG\(", re.IGNORECASE)


def clean_text(text: str) -> str:
    """Drop what breaks documents later: controls, bidi marks, lone surrogates; then NFC."""
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
        self._texts: dict[str, str | None] = {"": None}
        self.saw_picture = False

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
        texts = self._texts
        for number, row in enumerate(rows, start=1):
            # Most cells are blank or say what others said before: those need no call.
            cells = [
                texts[value] if value.__class__ is str and value in texts else self._cell(value)
                for value in row
            ]
            for column in wiped.get(number, ()):
                if 0 < column <= len(cells):
                    cells[column - 1] = None
            while cells and cells[-1] is None:
                cells.pop()
            found.append((None,) * left_out + tuple(cells) if cells else ())
        while found and not found[-1]:
            found.pop()
        return tuple(found)

    def _cell(self, value: CellValue) -> CellValue:
        kind = type(value)
        if kind is str:
            try:
                return self._texts[value]  # type: ignore[index]
            except KeyError:
                return self._text(value)  # type: ignore[arg-type]
        if kind is float:
            return _number(value)  # type: ignore[arg-type]
        return value

    def _text(self, text: str) -> str | None:
        if text.startswith("=") and _PICTURE.match(text):
            self.saw_picture = True
            cleaned = None
        else:
            cleaned = clean_text(text) or None
        self._texts[text] = cleaned
        return cleaned


def _number(value: float) -> int | float | str:
    """Make a whole float an int as far as floats are exact; infinity is no number."""
    if value.is_integer():
        return int(value) if -_EXACT_WHOLE < value < _EXACT_WHOLE else value
    return value if math.isfinite(value) else str(value)
