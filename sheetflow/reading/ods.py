"""Holds an .ods to the grid limits before it is parsed, and gathers its formulas and errors.

One element can stand for a million filled rows, and the parser would write them all out. It refuses
to read values.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from xml.parsers import expat

from sheetflow.errors import UnreadableError
from sheetflow.reading.plain_xml import parse_xml
from sheetflow.reading.sheet_facts import MAX_CELLS, SheetFacts, check_area, check_grid
from sheetflow.workbook import Address

_ROWS = "table:number-rows-repeated"
_COLUMNS = "table:number-columns-repeated"
_CELLS = ("table:table-cell", "table:covered-table-cell")
_ERROR = re.compile(r"#(?:DIV/0!|N/A|NAME\?|NULL!|NUM!|REF!|VALUE!)|(?:Err|错误)[:：][0-9]{3}")
_VALUES = ("office:value-type", "office:value", "table:formula", "office:string-value")


def scan_ods(content: bytes) -> list[SheetFacts]:
    """Gather the facts of each table of ``content.xml``; raise UnreadableError where one exceeds the limits."""
    walk = _Walk()
    parse_xml(walk.parser, content)
    return walk.tables


class _Walk:
    """One parse: the sheet it stands in, and the extent of filled cells so far."""

    def __init__(self) -> None:
        self.parser = expat.ParserCreate()
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self._title = ""
        self._row = self._repeat = self._column = self._cells = 0
        self._last_row = self._last_column = self._filled = 0
        self.tables: list[SheetFacts] = []
        self._formula: tuple[int, bool] | None = None
        self._is_saved = False
        self._text: list[str] = []

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        if name in _CELLS:
            span = _repeat(attributes.get(_COLUMNS))
            self._column += span
            if any(key in attributes for key in _VALUES):
                check_grid(1, self._column)
                self._filled = self._column
                self._cells += span * self._repeat
            if self.tables and "table:formula" in attributes:
                self._start_formula(span, attributes)
        elif name == "text:p":
            self._is_saved = True  # an empty text is a result, too, and has no type of its own
        elif name == "table:table-row":
            self._repeat = _repeat(attributes.get(_ROWS))
            self._column = self._filled = 0
        elif name == "table:table":
            self._title = attributes.get("table:name", "")
            self._row = self._last_row = self._last_column = 0
            self.tables.append(SheetFacts())

    def _start_formula(self, span: int, attributes: dict[str, str]) -> None:
        """Note the formula in each cell that this element stands for."""
        has_error = attributes.get("calcext:value-type") == "error"
        self._formula = (span, has_error)
        self._is_saved = "office:value-type" in attributes
        self._text.clear()
        self.parser.CharacterDataHandler = self._text.append
        for address in self._addresses(span):
            self.tables[-1].add_formula(address)

    def _addresses(self, span: int) -> Iterator[Address]:
        for row in range(self._row + 1, self._row + self._repeat + 1):
            for column in range(self._column - span + 1, self._column + 1):
                yield row, column

    def _end_formula(self) -> None:
        span, has_error = self._formula or (0, False)
        shown = "".join(self._text).strip()
        if has_error or _ERROR.fullmatch(shown):
            name = shown if shown.startswith("#") and _ERROR.fullmatch(shown) else "#VALUE!"
            self.tables[-1].errors.update(dict.fromkeys(self._addresses(span), name))
        if not self._is_saved:
            self.tables[-1].unsaved.update(self._addresses(span))
        self._formula = None
        self.parser.CharacterDataHandler = None

    def _end(self, name: str) -> None:
        if name in _CELLS and self._formula:
            self._end_formula()
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
