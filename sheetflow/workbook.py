"""A raw workbook: what stood in the cells, with their addresses, nothing judged.

This module owns the shape that the reading room hands to the pipeline, and
Excel's way of naming cells. It refuses to open files and to interpret values.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType

CellValue = str | int | float | bool | dt.date | dt.datetime | dt.time | dt.timedelta | None

MAX_ROWS = 1_048_576
MAX_COLUMNS = 16_384

Address = tuple[int, int]
"""Row and column, both 1-based: C7 is (7, 3)."""


class Mark(StrEnum):
    """What a run of characters bears that changes how people read it, in their word."""

    STRUCK = "删除线"
    RAISED = "上标"
    LOWERED = "下标"


@dataclass(frozen=True, slots=True)
class Run:
    """Some characters of a cell that look alike, and what they bear."""

    text: str
    marks: frozenset[Mark] = frozenset()


@dataclass(frozen=True, slots=True)
class RawSheet:
    """One sheet as it stands in the file.

    `rows` is dense and starts at A1: ``rows[r - 1][c - 1]`` is the cell in row r,
    column c; rows may be shorter than the widest. `formulas` and `errors` map an
    address to the formula's text and to the error (``#REF!``); both are empty where the
    format does not tell (see `RawWorkbook.tells_formulas`). What a formula came to is the
    cell's value; `unsaved` are the formulas of which the file holds no result.

    `struck` are the cells struck through as a whole, `runs` those of which a part is struck
    through, raised or lowered; `formats` has the number formats that may show another
    figure than the cell holds. All three are empty where the format does not tell.
    """

    title: str
    rows: Sequence[Sequence[CellValue]]
    hidden_rows: frozenset[int] = frozenset()
    formulas: Mapping[Address, str] = field(default_factory=lambda: MappingProxyType({}))
    errors: Mapping[Address, str] = field(default_factory=lambda: MappingProxyType({}))
    unsaved: frozenset[Address] = frozenset()
    struck: frozenset[Address] = frozenset()
    runs: Mapping[Address, tuple[Run, ...]] = field(default_factory=lambda: MappingProxyType({}))
    formats: Mapping[Address, str] = field(default_factory=lambda: MappingProxyType({}))
    merges: tuple[tuple[int, int, int, int], ...] = ()
    """Merged ranges as (first row, first column, last row, last column)."""

    hidden: bool = False

    def cell(self, row: int, column: int) -> CellValue:
        """Return the value at 1-based `row` and `column`, None outside the used area."""
        if not 0 < row <= len(self.rows):
            return None
        cells = self.rows[row - 1]
        return cells[column - 1] if 0 < column <= len(cells) else None

    def numbered_rows(self, first: int = 1) -> Iterator[tuple[int, Sequence[CellValue]]]:
        """Give each row from `first` on with its number as Excel shows it."""
        for number in range(first, len(self.rows) + 1):
            yield number, self.rows[number - 1]


@dataclass(frozen=True, slots=True)
class RawWorkbook:
    """All sheets of one file, its kind, and what its kind could not tell.

    `kind` is by content, not by name: xlsx, xls, xlsb or ods (WPS .et reads as xls).
    `tells_formulas` says that every formula is told, so that a cell without one is a
    constant; of the other kinds those are told that can be found in them.
    `remarks` are rule codes of things the gate saw and passed: macros, external
    links, pictures in cells.
    """

    sheets: tuple[RawSheet, ...]
    kind: str = "xlsx"
    tells_formulas: bool = True
    names: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    remarks: tuple[str, ...] = ()


def column_letters(column: int) -> str:
    """Name a 1-based column as Excel does: 1 is A, 28 is AB."""
    letters = ""
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


def cell_name(row: int, column: int) -> str:
    """Name a cell as Excel does: (7, 3) is C7."""
    return f"{column_letters(column)}{row}"


_NAME = re.compile(r"\$?([A-Za-z]{1,3})\$?([0-9]{1,7})")


def parse_cell_name(name: str) -> Address:
    """Read ``C7`` or ``$C$7`` as (7, 3); raise ValueError for anything outside the grid."""
    match = _NAME.fullmatch(name)
    if match is None:
        raise ValueError(f"not a cell name: {name!r}")
    column = 0
    for letter in match[1].upper():
        column = column * 26 + ord(letter) - ord("A") + 1
    row = int(match[2])
    if not (1 <= row <= MAX_ROWS and column <= MAX_COLUMNS):
        raise ValueError(f"outside the grid: {name!r}")
    return row, column
