"""Gathers a sheet's facts with a real XML parser: complete, and slower.

This module owns the rules for positions that a file leaves out (ECMA-376
18.3.1.4: a row or cell without ``r`` follows the one before). It refuses what is not
well-formed, and cells with more than one value; `sheet_xml` is the quick way for what
office programs write.
"""

from __future__ import annotations

from xml.parsers import expat

from sheetflow.errors import UnreadableError
from sheetflow.reading.marks import NO_MARKS, MarkedCell, Marks
from sheetflow.reading.mending import edits_of
from sheetflow.reading.sheet_facts import SheetFacts, check_grid, grid_address
from sheetflow.reading.texts import RunReader
from sheetflow.workbook import Address

_TRUE = ("1", "true")


def walk_sheet(part: bytes, *, takes_pictures: bool = False, marks: Marks = NO_MARKS) -> SheetFacts:
    """Gather the facts of a worksheet part; raise UnreadableError (file-damaged) if broken.

    Unlike the quick way, `last_row` and `last_column` bound only cells that hold a value.
    """
    walk = _Walk(part, SheetFacts(takes_pictures), marks)
    try:
        walk.parser.Parse(part, True)  # noqa: FBT003 - expat takes it by position only
    except expat.ExpatError as error:
        raise UnreadableError("file-damaged") from error
    return walk.facts


class _Walk:
    """One parse: where it stands, and the text it is collecting."""

    def __init__(self, part: bytes, facts: SheetFacts, marks: Marks) -> None:
        self.facts = facts
        self.parser = expat.ParserCreate()
        self.parser.buffer_text = True
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self._part, self._marks = part, marks
        self._in_data = self._in_row = self._in_cell = self._in_text = False
        self._address: Address = (0, 0)
        self._text: list[str] = []
        self._begin_cell({})

    def _begin_cell(self, attributes: dict[str, str]) -> None:
        self._cell, self._tag_at = attributes, self.parser.CurrentByteIndex
        self._value: str | None = None
        self._formula: str | None = None
        self._runs: RunReader | None = None
        self._value_at = 0

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        name = name.rpartition(":")[2]
        if self._is_within(name):
            raise UnreadableError("file-damaged")
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
        elif self._runs is not None:
            self._runs.start(name, attributes)
        elif name == "is":
            self._fill()
            self._runs = RunReader()
            self.parser.CharacterDataHandler = self._runs.add
        elif name in ("v", "f"):
            self._start_text(name)

    def _is_within(self, name: str) -> bool:
        """Whether a cell or row would stand in another, or anything in what is text alone."""
        inner = (self._in_cell and name in ("c", "row")) or (self._in_row and name == "row")
        return self._in_text or inner

    def _start_row(self, attributes: dict[str, str]) -> None:
        number = attributes.get("r")
        row = _whole(number) if number is not None else self._address[0] + 1
        check_grid(row, 1)
        self._address = (row, 0)
        self._in_row = True
        if attributes.get("hidden") in _TRUE:
            self.facts.hidden_rows.add(row)

    def _start_cell(self, attributes: dict[str, str]) -> None:
        name = attributes.get("r")
        row, column = self._address
        self._address = grid_address(name) if name is not None else (row, column + 1)
        check_grid(*self._address)
        self.facts.cells += 1
        self._in_cell = True
        self._begin_cell(attributes)

    def _start_text(self, name: str) -> None:
        if name == "v":
            self._fill()
            if self._value is not None:
                raise UnreadableError("file-damaged")
            self._value_at = self._part.find(b">", self.parser.CurrentByteIndex) + 1
        self._in_text = True
        self._text.clear()
        self.parser.CharacterDataHandler = self._text.append

    def _fill(self) -> None:
        row, column = self._address
        self.facts.last_row = max(self.facts.last_row, row)
        self.facts.last_column = max(self.facts.last_column, column)

    def _end(self, name: str) -> None:
        name = name.rpartition(":")[2]
        if name == "sheetData":
            self._in_data = False
        elif not self._in_data:
            return
        elif name == "row":
            self._in_row = False
        elif name == "c":
            self._end_cell()
        elif name == "is":
            self.parser.CharacterDataHandler = None
        elif self._runs is not None:
            self._runs.end(name)
        elif name in ("v", "f"):
            self._end_text(name)

    def _end_text(self, name: str) -> None:
        self.parser.CharacterDataHandler = None
        self._in_text = False
        if name == "f":
            self._formula = "".join(self._text)
            return
        self._value = "".join(self._text)
        end = self.parser.CurrentByteIndex
        if end >= self._value_at:  # it has a closing tag of its own
            span = (self._value_at, end)
            self.facts.edits += edits_of(self._part, self._tag_at, self._cell, self._value, span)

    def _end_cell(self) -> None:
        kind = self._cell.get("t", "n")
        if self._formula is not None:
            is_saved = bool(self._value) or (kind == "str" and self._value is not None)
            is_saved |= self._runs is not None
            self.facts.add_formula(self._address, self._formula, is_saved=is_saved)
        if kind == "e":
            rich = "vm" in self._cell
            self.facts.add_error(self._address, self._value or "", is_rich=rich)
        self._note_marks(kind)
        self._in_cell = False

    def _note_marks(self, kind: str) -> None:
        style = self._cell.get("s", "0").strip()
        number = int(style) if style.isascii() and style.isdigit() else 0
        value = (self._value or "").strip()
        text = int(value) if kind == "s" and value.isdigit() else None
        runs = self._runs.take() if self._runs else ()
        if number in self._marks.styles or text in self._marks.texts or runs:
            self.facts.marked[self._address] = MarkedCell(number, text, runs)


def _whole(text: str) -> int:
    if not (text.isascii() and text.isdigit()) or not int(text[:9]) > 0:
        raise UnreadableError("file-damaged")
    return int(text[:9])
