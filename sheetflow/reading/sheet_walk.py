"""Gathers a sheet's facts with a real XML parser: complete, and slower.

This module owns the rules for positions that a file leaves out (ECMA-376
18.3.1.4: a row or cell without ``r`` follows the one before). It refuses nothing
that is well-formed; `sheet_xml` is the quick way for what office programs write.
"""

from __future__ import annotations

from xml.parsers import expat

from sheetflow.errors import UnreadableError
from sheetflow.reading.sheet_facts import SheetFacts, check_grid, grid_address
from sheetflow.workbook import Address

_TRUE = ("1", "true")


def walk_sheet(part: bytes, *, takes_pictures: bool = False) -> SheetFacts:
    """Gather the facts of a worksheet part; raise UnreadableError (file-damaged) if broken.

    Unlike the quick way, `last_row` and `last_column` bound only cells that hold a value.
    """
    walk = _Walk(SheetFacts(takes_pictures))
    try:
        walk.parser.Parse(part, True)  # noqa: FBT003 - expat takes it by position only
    except expat.ExpatError as error:
        raise UnreadableError("file-damaged") from error
    return walk.facts


class _Walk:
    """One parse: where it stands, and the text it is collecting."""

    def __init__(self, facts: SheetFacts) -> None:
        self.facts = facts
        self.parser = expat.ParserCreate()
        self.parser.buffer_text = True
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self._address: Address = (0, 0)
        self._in_data = self._is_error = self._is_rich = False
        self._text: list[str] = []

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        name = name.rpartition(":")[2]
        if name == "sheetData":
            self._in_data = True
        elif name == "mergeCell":
            self.facts.add_merge(attributes.get("ref", ""))
        elif not self._in_data:
            return  # extensions at the end of a sheet have an <xm:f> of their own
        elif name == "c":
            self._start_cell(attributes)
        elif name == "row":
            self._start_row(attributes)
        elif name in ("v", "is"):
            self._fill()
            self._collect(wanted=name == "v" and self._is_error)
        elif name == "f":
            self._collect(wanted=True)

    def _start_row(self, attributes: dict[str, str]) -> None:
        number = attributes.get("r")
        row = _whole(number) if number is not None else self._address[0] + 1
        check_grid(row, 1)
        self._address = (row, 0)
        if attributes.get("hidden") in _TRUE:
            self.facts.hidden_rows.add(row)

    def _start_cell(self, attributes: dict[str, str]) -> None:
        name = attributes.get("r")
        row, column = self._address
        self._address = grid_address(name) if name is not None else (row, column + 1)
        check_grid(*self._address)
        self.facts.cells += 1
        self._is_error = attributes.get("t") == "e"
        self._is_rich = "vm" in attributes
        self._text.clear()

    def _fill(self) -> None:
        row, column = self._address
        self.facts.last_row = max(self.facts.last_row, row)
        self.facts.last_column = max(self.facts.last_column, column)

    def _collect(self, *, wanted: bool) -> None:
        self._text.clear()
        self.parser.CharacterDataHandler = self._text.append if wanted else None

    def _end(self, name: str) -> None:
        name = name.rpartition(":")[2]
        if name == "sheetData":
            self._in_data = False
        elif not self._in_data:
            return
        elif name == "f":
            self.facts.add_formula(self._address, "".join(self._text))
            self._collect(wanted=False)
        elif name == "v":
            self.parser.CharacterDataHandler = None
        elif name == "c" and self._is_error:
            self.facts.add_error(self._address, "".join(self._text), is_rich=self._is_rich)


def _whole(text: str) -> int:
    if not (text.isascii() and text.isdigit()) or not int(text[:9]) > 0:
        raise UnreadableError("file-damaged")
    return int(text[:9])
