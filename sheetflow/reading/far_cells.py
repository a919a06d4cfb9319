"""Finds the cells that stand far from all others on a sheet, and takes them out of its XML.

This module owns what is far: many blank rows below the last filled one, or many columns to the
right. A parser that lays a sheet out whole would take room for all that lies between. It takes
parts that went through `plain_xml`, and refuses to judge: who asked says what may be left out.
"""

from __future__ import annotations

from dataclasses import dataclass
from xml.parsers import expat

from sheetflow.reading.plain_xml import parse_xml
from sheetflow.reading.sheet_facts import check_grid, grid_address
from sheetflow.workbook import Address

BLANK_ROWS, COLUMNS = 20_000, 100
"""A list may go on after so many blank rows, and be so many columns wide."""


@dataclass(frozen=True, slots=True)
class FarCells:
    """What was found: the first filled cell that is far, if any, and the part without such cells."""

    first: Address | None
    part: bytes


def cut_far_cells(part: bytes) -> FarCells:
    """Cut what is far out of a worksheet part; raise UnreadableError (file-damaged) if broken."""
    walk = _Walk(part)
    parse_xml(walk.parser, part)
    kept, at = [], 0
    for start, end in walk.spans:
        kept.append(part[at:start])
        at = end
    return FarCells(walk.first, b"".join((*kept, part[at:])))


class _Walk:
    """One parse: where it stands, the last filled row of the list, and what to cut."""

    def __init__(self, part: bytes) -> None:
        self.first: Address | None = None
        self.spans: list[tuple[int, int]] = []
        self.parser = expat.ParserCreate()
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self._part = part
        self._address: Address = (0, 0)
        self._last_row = self._begin = 0
        self._is_filled = False

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        name = name.rpartition(":")[2]
        reference = attributes.get("r")
        if name == "row":
            told = reference is not None and reference.isascii() and reference.isdigit()
            row = int(reference[:9]) if told and reference else self._address[0] + 1
            check_grid(row, 1)
            self._address = (row, 0)
        elif name == "c":
            row, column = self._address
            self._address = grid_address(reference) if reference else (row, column + 1)
            self._begin, self._is_filled = self.parser.CurrentByteIndex, False
        elif name in ("v", "is"):
            self._is_filled = True

    def _end(self, name: str) -> None:
        if name.rpartition(":")[2] != "c":
            return
        row, column = self._address
        if row <= self._last_row + BLANK_ROWS and column <= COLUMNS:
            self._last_row = max(self._last_row, row) if self._is_filled else self._last_row
            return
        if self.parser.CurrentByteIndex > self._begin:  # it has a closing tag of its own
            end = self._part.find(b">", self.parser.CurrentByteIndex) + 1
            self.spans.append((self._begin, end))
        if self._is_filled and self.first is None:
            self.first = self._address
