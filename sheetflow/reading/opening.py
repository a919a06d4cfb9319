"""Opens what the gate has passed with calamine, and takes rows of cleaned cells from it.

This module owns calamine's ways: what it calls an error, which sheets have cells, where
its rows begin. It refuses to know formats.
"""

from __future__ import annotations

import io
from collections.abc import Iterable
from typing import TYPE_CHECKING

from sheetflow.errors import UnreadableError
from sheetflow.reading.cells import CellCleaner, Row
from sheetflow.workbook import Address

if TYPE_CHECKING:
    from python_calamine import CalamineSheet, CalamineWorkbook


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


def rows_of(
    sheet: CalamineSheet, cleaner: CellCleaner, blanks: Iterable[Address] = ()
) -> tuple[Row, ...]:
    """Clean a sheet's rows; calamine gives them from row 1, but from its first column on."""
    if sheet.start is None:
        return ()
    return cleaner.rows(sheet.iter_rows(), left_out=sheet.start[1], blanks=blanks)
