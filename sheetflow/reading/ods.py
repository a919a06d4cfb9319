"""Holds an .ods to the grid limits before it is parsed.

This module owns the arithmetic of repeats: in .ods one element can stand for a
million filled rows, and the parser would write them all out. It refuses to read
values; formulas and error cells of this format are not told either.
"""

from __future__ import annotations

from xml.parsers import expat

from sheetflow.errors import UnreadableError
from sheetflow.reading.sheet_facts import MAX_CELLS, check_area, check_grid

_ROWS = "table:number-rows-repeated"
_COLUMNS = "table:number-columns-repeated"
_CELLS = ("table:table-cell", "table:covered-table-cell")
_VALUES = ("office:value-type", "office:value", "table:formula", "office:string-value")


def check_ods(content: bytes) -> None:
    """Raise UnreadableError where a sheet of ``content.xml`` exceeds the limits."""
    walk = _Walk()
    try:
        walk.parser.Parse(content, True)  # noqa: FBT003 - expat takes it by position only
    except expat.ExpatError as error:
        raise UnreadableError("file-damaged") from error


class _Walk:
    """One parse: the sheet it stands in, and the extent of filled cells so far."""

    def __init__(self) -> None:
        self.parser = expat.ParserCreate()
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self._title = ""
        self._row = self._repeat = self._column = self._cells = 0
        self._last_row = self._last_column = self._filled = 0

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        if name in _CELLS:
            span = _repeat(attributes.get(_COLUMNS))
            self._column += span
            if any(key in attributes for key in _VALUES):
                check_grid(1, self._column)
                self._filled = self._column
                self._cells += span * self._repeat
        elif name == "table:table-row":
            self._repeat = _repeat(attributes.get(_ROWS))
            self._column = self._filled = 0
        elif name == "table:table":
            self._title = attributes.get("table:name", "")
            self._row = self._last_row = self._last_column = 0

    def _end(self, name: str) -> None:
        if name != "table:table-row":
            return
        self._row += self._repeat
        if self._filled:
            check_grid(self._row, self._filled)
            self._last_row = self._row
            self._last_column = max(self._last_column, self._filled)
            check_area(self._title, self._last_row, self._last_column)
            if self._cells > MAX_CELLS:
                raise UnreadableError("file-too-large")


def _repeat(text: str | None) -> int:
    if text is None:
        return 1
    if not (text.isascii() and text.isdigit()):
        raise UnreadableError("file-damaged")
    return min(int(text[:9]), 100_000_000)
