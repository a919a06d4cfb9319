"""Opens what the gate has passed with calamine, and cleans what it gives.

This module owns calamine's ways ('' for blank, 42.0 for 42) and the boundary that every text passes
once. It refuses to interpret: a date as text stays text, an 18-digit number what the file holds.
"""

from __future__ import annotations

import datetime as dt
import io
import math
import re
import unicodedata
from collections.abc import Iterable
from typing import TYPE_CHECKING

from sheetflow.errors import UnreadableError
from sheetflow.lookalikes import without_debris
from sheetflow.workbook import Address, CellValue

if TYPE_CHECKING:
    from python_calamine import CalamineSheet, CalamineWorkbook

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


def open_calamine(data: bytes) -> CalamineWorkbook:
    """Open a workbook; raise UnreadableError (file-encrypted) for one with a password."""
    from python_calamine import CalamineWorkbook, PasswordError

    try:
        return CalamineWorkbook.from_filelike(io.BytesIO(data))
    except PasswordError as error:
        raise UnreadableError("file-encrypted") from error


def gave_up(error: BaseException) -> bool:
    """Whether calamine gave up a sheet: by its own error, or because a cell made no Python value.

    A `PanicException` is no `Exception`; it is Rust's way to give up.
    """
    from python_calamine import CalamineError

    values = (CalamineError, OverflowError, ValueError)
    return isinstance(error, values) or type(error).__name__ == "PanicException"


def worksheets(workbook: CalamineWorkbook) -> list[tuple[str, bool]]:
    """List the names of sheets with cells, and whether each is hidden."""
    from python_calamine import SheetTypeEnum, SheetVisibleEnum

    return [
        (sheet.name, sheet.visible is not SheetVisibleEnum.Visible)
        for sheet in workbook.sheets_metadata
        if sheet.typ is SheetTypeEnum.WorkSheet
    ]


class CellCleaner(dict[CellValue, CellValue]):
    """Cleans the cells of one workbook, and remembers whether one held a picture by WPS's formula.

    It holds what each value met so far becomes: most cells are blank or say what others said
    before, and looking those up needs no Python call. Equal texts become one object, which the
    child's answer pickles once. Only values that are equal to none of another type are kept, so no
    ``1.0``, which equals ``True``; and of numbers only small ones, which repeat.

    `saw_time` says whether a cell was a time of day: what becomes of day 0, and of numbers below
    it, too.
    """

    def __init__(self) -> None:
        super().__init__({"": None})
        self.saw_picture = self.saw_time = False

    def rows(self, sheet: CalamineSheet, blanks: Iterable[Address]) -> tuple[Row, ...]:
        """Clean the rows of a sheet; `blanks` are the addresses of cells to empty.

        Return rows from A1 on without the blanks at their ends and without blank rows at the end.
        """
        if sheet.start is None:
            return ()
        left_out = sheet.start[1]  # calamine gives rows from row 1, but from its first column on
        wiped: dict[int, list[int]] = {}
        for row_number, column in blanks:
            wiped.setdefault(row_number, []).append(column - left_out)
        cleaned: list[Row] = []
        clean = self.__getitem__
        for number, row in enumerate(sheet.iter_rows(), start=1):
            cells = list(map(clean, row))
            for column in wiped.get(number, ()):
                if 0 < column <= len(cells):
                    cells[column - 1] = None
            while cells and cells[-1] is None:
                cells.pop()
            cleaned.append((None,) * left_out + tuple(cells) if cells else ())
        while cleaned and not cleaned[-1]:
            cleaned.pop()
        return tuple(cleaned)

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
