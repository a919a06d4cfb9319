"""Gathers from a sheet's XML (plain: ``<`` begins a tag) what calamine does not tell, by one walk.

Rows of nothing but plain values, nearly all of a filled sheet, are recognised whole by one strict
pattern; the walk gets their numbers alone, which is ten times as fast. This module owns the rules for
positions left out (ECMA-376 18.3.1.4), and refuses what is broken and cells with more than one value.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from xml.parsers import expat

from sheetflow.errors import UnreadableError
from sheetflow.reading.plain_xml import parse_xml
from sheetflow.reading.sheet_facts import (
    MAX_AREA,
    MAX_CELLS,
    MAX_FILLED_CELLS,
    Edit,
    SheetFacts,
    check_grid,
    edits_of,
    grid_address,
    mended,
)
from sheetflow.reading.styles import NO_MARKS, MarkedCell, Marks, RunReader
from sheetflow.workbook import Address

_TRUE = ("1", "true")

# No ``&`` in a value: an attribute may spell its letters as character references.
_VALUE = rb'="[^"<>&\x00-\x08\x0b\x0c\x0e-\x1f]*+"'

# A row of at least one cell, none of them a formula or an error (t="e"), the row not
# hidden, each value in the form of its kind. Its cells repeat its number, so one number
# tells the place of them all. The repeats are possessive: no hostile row makes the pattern
# try twice.
_FIGURE = rb"(?:/>|>(?:<v>[0-9eETZ.:+-]*+</v>|<v/>)?+</c>)"
_INLINE = rb'(?:/>|>(?:<is><t(?: xml:space="preserve")?+>[^<]*+</t></is>)?+</c>)'
_RESULT_TEXT = rb"(?:/>|>(?:<v>[^<]*+</v>|<v/>)?+</c>)"


@lru_cache(maxsize=64)
def _plain_row(marks: Marks) -> re.Pattern[bytes]:
    """The pattern of a plain row; a row with a marked cell is none."""
    style = rb'(?: s="' + _none_of(marks.styles, b'"') + rb'(?:0|[1-9][0-9]*+)")?+'
    number = rb"<v>" + _none_of(marks.texts, b"<") + rb"(?:0|[1-9][0-9]*+)</v>"
    shared = rb"(?:/>|>(?:" + number + rb")?+</c>)"
    words = rb'inlineStr"' + _INLINE + rb'|str"' + _RESULT_TEXT
    kinds = rb's"' + shared + rb"|" + words + rb'|[nbd]"' + _FIGURE
    cell = rb'<c r="[A-Z]{1,3}+\1"' + style + rb'(?: t="(?:' + kinds + rb")|" + _FIGURE + rb")"
    return re.compile(
        rb'<row r="([1-9][0-9]{0,6}+)"(?: (?!hidden="[1t])[A-Za-z][\w:.]*+' + _VALUE + rb")*+>"
        rb"(?:" + cell + rb")++</row>"
    )


def _none_of(numbers: Iterable[int], end: bytes) -> bytes:
    listed = b"|".join(b"%d" % number for number in sorted(numbers))
    return rb"(?!(?:" + listed + rb")" + end + rb")" if listed else b""


_COLUMN = re.compile(rb'<c r="([A-Z]++)')
_OPENING, _CLOSING = b"<sheetData>", b"</sheetData>"


def scan_sheet(part: bytes, *, takes_pictures: bool = False, marks: Marks = NO_MARKS) -> SheetFacts:
    """Gather the facts of a worksheet part; raise UnreadableError (file-damaged) if broken.

    `last_row` and `last_column` bound all cells that hold a value, and some blank ones.
    """
    facts = SheetFacts(takes_pictures)
    rest = _without_plain_rows(part, marks, facts)
    if rest:
        walk_sheet(rest, facts, marks)
        # An edit needs its place in the whole; formats alone, down to the last row, are harmless.
        if not facts.edits and facts.last_row * facts.last_column <= MAX_AREA:
            return facts
    return walk_sheet(part, SheetFacts(takes_pictures), marks)


def walk_sheet(part: bytes, facts: SheetFacts, marks: Marks = NO_MARKS) -> SheetFacts:
    """Add to `facts` those of every row of a part.

    Raise UnreadableError: file-damaged if broken, file-too-large before it is walked for minutes.
    """
    cells = facts.cells + part.count(b"<c>") + part.count(b"<c ")
    if cells > MAX_CELLS or part.count(b"</c>") > MAX_FILLED_CELLS:
        raise UnreadableError("file-too-large")
    walk = _Walk(part, facts, marks)
    parse_xml(walk.parser, part)
    return facts


def _without_plain_rows(part: bytes, marks: Marks, facts: SheetFacts) -> bytes:
    """Note the extent of the plain rows, and give the part without them.

    Where others follow stands a blank row with the last one's number: they may leave out theirs,
    and no tag grows together over it. Give nothing where bytes alone do not tell which rows are
    rows of the sheet.
    """
    start, end = part.find(_OPENING), part.rfind(_CLOSING)
    if not 0 <= start < end or not marks.are_named:
        return b""
    first, *pieces = _plain_row(marks).split(part[start:end])
    numbers = pieces[::2]
    rest = [first]
    for number, between in zip(numbers, pieces[1::2], strict=True):
        if between:
            rest += (b'<row r="%b"/>' % number, between)
    cells = _COLUMN.findall(part, start, end)
    facts.cells = len(cells) - len(_COLUMN.findall(b"".join(rest)))
    facts.last_row = max(map(int, numbers), default=0)
    facts.last_column = max((grid_address(f"{each.decode()}1")[1] for each in {*cells}), default=0)
    check_grid(facts.last_row, facts.last_column)
    short = b"".join((part[:start], *rest, part[end:]))
    # calamine would read the first of two sets of rows, whatever its prefix.
    return short if short.count(b"sheetData") == len((_OPENING, _CLOSING)) else b""


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
        in_another = (name == "c" and self._in_cell) or (
            name == "row" and (self._in_row or self._in_cell)
        )
        if in_another or self._in_text:
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
        self._in_cell = False
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


BLANK_ROWS, COLUMNS = 20_000, 100
"""A list may go on after so many blank rows, and be so many columns wide."""


def cut_far_cells(part: bytes) -> tuple[Address | None, bytes]:
    """Cut the cells that stand far from all others out of a worksheet part.

    A parser that lays a sheet out whole would take room for all that lies between. Give the first
    filled one, if any, and the part without them; raise UnreadableError (file-damaged) if broken.
    """
    walk = _FarWalk(part, SheetFacts(), NO_MARKS)
    parse_xml(walk.parser, part)
    return walk.first, mended(part, walk.cuts)


class _FarWalk(_Walk):
    """One parse that follows the rows of a list, and notes what is far from it."""

    def __init__(self, part: bytes, facts: SheetFacts, marks: Marks) -> None:
        super().__init__(part, facts, marks)
        self.first: Address | None = None
        self.cuts: list[Edit] = []
        self._list_end = 0

    def _end_cell(self) -> None:
        super()._end_cell()
        row, column = self._address
        is_filled = self._value is not None or self._runs is not None
        if row <= self._list_end + BLANK_ROWS and column <= COLUMNS:
            self._list_end = max(self._list_end, row) if is_filled else self._list_end
            return
        if self.parser.CurrentByteIndex > self._tag_at:  # it has a closing tag of its own
            end = self._part.find(b">", self.parser.CurrentByteIndex) + 1
            self.cuts.append((self._tag_at, end, b""))
        if is_filled and self.first is None:
            self.first = self._address
