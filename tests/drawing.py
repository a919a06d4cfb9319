"""Workbooks drawn as Markdown tables: as a `RawWorkbook`, or as a real .xlsx.

This module owns the one notation in which tests draw workbooks. A sheet is a line
``# 走访记录`` and a table below it; title and note rows are put in above, as our own
templates have them, so the header stands in row 3 and the first row of data in row 4.
A table without a ``| --- |`` line is a card: its labels stand in column A from row 4.

Cells: blank is an empty cell, ``2012-02-10`` a date, ``12`` and ``12.5`` numbers,
``'12`` text as it stands, ``=A1+1→2`` a formula and its cached value (``=A1→`` none,
``=A1→""`` the empty text), ``〔删除线：12〕15`` runs that are struck through (上标, 下标 too;
one run alone is the whole cell), ``8⟦0.00"万元"⟧`` a value in a number format,
``#REF!`` an error, ``^`` merged with the cell above, ``↵`` a line break, ``□`` a
full-width space. A row that begins with ``~|`` is hidden.

A drawing goes on being drawn: a sheet drawn again replaces the first, and lines that
begin with ``@`` change one that stands already::

    @ 走访记录 走访方式 4 = 座谈交流   one cell, by its column's label and its row
    @ 干部名册 职务 G002 = 主席      the same, by what stands first in its row
    @ 封面 报告期 = 2012B3          one cell of a card
    @ 走访记录 E4 = 座谈交流        one cell of a sheet that is laid out otherwise
    @ 走访记录 + | … | … |          one more row at the end
    @ 走访记录 blank 4 5            empty rows
    @ 走访记录 hide 5               hide a row
    @ 走访记录 merge 日期 4:5        merge cells of a column (``merge A4:C4``: any)
    @ 走访记录 named 走访记录（2）   rename it
    @ 走访记录 gone                 take it out

Labels are those that were drawn first, whatever a header says later. What a declaration has
and the drawing lacks (`Undrawn`) is put in at last where it is declared, and changed after that,
so that a new column moves nothing that a test has drawn.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from sheetflow.schemas.layout import (
    CARD_VALUE_COLUMN,
    FIRST_ROW,
    HEADER_ROW,
    STAMP_KEYS,
    STAMP_SHEET,
)
from sheetflow.workbook import (
    Address,
    CellValue,
    Mark,
    RawSheet,
    RawWorkbook,
    Run,
    cell_name,
    parse_cell_name,
)

_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_NUMBER = re.compile(r"-?[0-9]{1,18}(\.[0-9]+)?")
_ERROR = re.compile(r"#[A-Z/0]+[!?A]?")
_FORMATTED = re.compile(r"(.*)⟦(.+)⟧")
_RUN = re.compile(r"〔(删除线|上标|下标)：([^〕]*)〕|[^〔]+")
_CHANGE = re.compile(r"@ (\S+) (\+|blank|hide|merge|named|gone)(?: (.*))?")
_CELL = re.compile(r"@ (\S+) (\S+)(?: (\S+))? =(?: (.*))?")
_SPAN = re.compile(r"(\S+) (\d+):(\d+)")

NOTHING: Mapping[str, str] = MappingProxyType({})

Undrawn = Mapping[str, Mapping[str, tuple[Sequence[str], str]]]
"""What a declaration has and a drawing lacks: by sheet title and label, the labels before it and a cell.

The cell stands in every row of more than one cell; of several (``是|否``) the last stands in all rows that are left.
"""


@dataclass
class _Sheet:
    """A sheet while it is being drawn."""

    title: str
    cells: dict[Address, CellValue] = field(default_factory=dict)
    formulas: dict[Address, str] = field(default_factory=dict)
    errors: dict[Address, str] = field(default_factory=dict)
    unsaved: set[Address] = field(default_factory=set)
    struck: set[Address] = field(default_factory=set)
    runs: dict[Address, tuple[Run, ...]] = field(default_factory=dict)
    formats: dict[Address, str] = field(default_factory=dict)
    hidden_rows: set[int] = field(default_factory=set)
    merges: list[tuple[int, int, int, int]] = field(default_factory=list)
    columns: dict[str, int] = field(default_factory=dict)
    """Of a table: the columns by the labels that were drawn first."""
    last: int = FIRST_ROW - 1

    def address(self, label: str, row: str = "") -> Address:
        """Find a cell by its label and, in a table, its row's number or first cell."""
        if label not in self.columns:
            if not row and (found := self._row_of(label)):
                return found, CARD_VALUE_COLUMN
            return parse_cell_name(label)
        number = int(row) if row.isdigit() else self._row_of(row)
        if not number:
            raise ValueError(f"《{self.title}》 has no row {row}")
        return number, self.columns[label]

    def _row_of(self, first: str) -> int:
        found = (row for row, column in self.cells if column == 1 and self.cells[row, 1] == first)
        return next(found, 0)

    def has(self, label: str) -> bool:
        """Whether a column of a table, or a line of a card, is drawn already."""
        return label in self.columns or (not self.columns and self._row_of(label) > 0)

    def add(self, label: str, before: Sequence[str], drawn: str) -> None:
        """Put a column of a table, or a line of a card, that was not drawn behind the one before it."""
        if not self.columns and self.last < FIRST_ROW:
            return  # wiped: there is nothing to which it could be added
        left = next(filter(self.has, reversed(before)), "")
        if not self.columns:
            row = self._row_of(left) + 1 if left else FIRST_ROW
            self._make_room(row, 0)
            self.last += 1
            self.put_row(row, [label, drawn])
            return
        number = self.columns[left] + 1 if left else 1
        used = [row for row in range(FIRST_ROW, self.last + 1) if self._cells_in(row) > 1]
        self._make_room(HEADER_ROW, number)
        self.columns = {name: at + (at >= number) for name, at in self.columns.items()}
        self.columns[label] = number
        self.cells[HEADER_ROW, number] = label
        cells = drawn.split("|")
        for line, row in enumerate(used if drawn else ()):
            self.put(row, number, cells[min(line, len(cells) - 1)])

    def _cells_in(self, row: int) -> int:
        """How many cells stand in a row: a word alone under a table is no row of it."""
        return sum(value is not None for (at, _), value in self.cells.items() if at == row)

    def _make_room(self, top: int, left: int) -> None:
        """Move what stands from row `top` down: to the right from column `left` on, or (0) down."""

        def moved(cell: Address) -> Address:
            row, column = cell
            if row < top or column < left:
                return cell
            return (row, column + 1) if left else (row + 1, column)

        for kept in (self.cells, self.formulas, self.errors, self.runs, self.formats):
            values = {moved(cell): value for cell, value in kept.items()}
            kept.clear()
            kept.update(values)  # type: ignore[arg-type]
        self.unsaved = set(map(moved, self.unsaved))
        self.struck = set(map(moved, self.struck))
        corners = [(moved(merge[:2]), moved(merge[2:])) for merge in self.merges]
        self.merges = [(*one, *other) for one, other in corners]
        self.hidden_rows = {moved((row, left))[0] for row in self.hidden_rows}

    def put(self, row: int, column: int, drawn: str) -> None:
        """Put what is drawn into one cell."""
        address = (row, column)
        for kept in (self.cells, self.formulas, self.errors, self.runs, self.formats):
            kept.pop(address, None)
        for marked in (self.unsaved, self.struck):
            marked.discard(address)
        if formatted := _FORMATTED.fullmatch(drawn):
            drawn, self.formats[address] = formatted[1], formatted[2]
        if drawn == "^":
            self._merge_up(row, column)
        elif drawn.startswith("="):
            formula, _, cached = drawn.partition("→")
            self.formulas[address] = formula
            self.cells[address] = None if cached == '""' else _value(cached)
            if not cached:
                self.unsaved.add(address)
        elif "〔" in drawn:
            self._put_runs(address, drawn)
        elif _ERROR.fullmatch(drawn):
            self.errors[address] = drawn
        else:
            self.cells[address] = _value(drawn)
        self.last = max(self.last, row)

    def _put_runs(self, address: Address, drawn: str) -> None:
        runs = [
            Run(found[2] or found[0], frozenset({Mark(found[1])} if found[1] else ()))
            for found in _RUN.finditer(drawn.removeprefix("'"))
        ]
        text = "".join(run.text for run in runs)
        self.cells[address] = _text(text) if len(runs) > 1 or drawn[0] == "'" else _value(text)
        if len(runs) > 1:
            self.runs[address] = tuple(runs)
        else:
            self.struck.add(address)

    def _merge_up(self, row: int, column: int) -> None:
        for number, (top, left, bottom, right) in enumerate(self.merges):
            if (bottom, left, right) == (row - 1, column, column):
                self.merges[number] = (top, left, row, right)
                return
        self.merges.append((row - 1, column, row, column))

    def put_row(self, row: int, cells: list[str]) -> None:
        """Put one line of a table into `row`."""
        for column, drawn in enumerate(cells, start=1):
            self.put(row, column, drawn)

    def raw(self) -> RawSheet:
        """Give the sheet as the reading room would."""
        filled = [address for address, value in self.cells.items() if value is not None]
        addresses = [*filled, *self.formulas, *self.errors]
        rows = max((row for row, _ in addresses), default=0)
        return RawSheet(
            title=self.title,
            rows=[self._row(number, addresses) for number in range(1, rows + 1)],
            hidden_rows=frozenset(self.hidden_rows),
            formulas=dict(self.formulas),
            errors=dict(self.errors),
            unsaved=frozenset(self.unsaved),
            struck=frozenset(self.struck),
            runs=dict(self.runs),
            formats=dict(self.formats),
            merges=tuple(self.merges),
            hidden=self.title == STAMP_SHEET,
        )

    def _row(self, number: int, addresses: list[Address]) -> tuple[CellValue, ...]:
        width = max((column for row, column in addresses if row == number), default=0)
        return tuple(self.cells.get((number, column)) for column in range(1, width + 1))


def _value(drawn: str) -> CellValue:
    """Read what is drawn as the cell's typed value."""
    if not drawn:
        return None
    if drawn.startswith("'"):
        return _text(drawn[1:])
    if _DAY.fullmatch(drawn):
        return dt.date.fromisoformat(drawn)
    if match := _NUMBER.fullmatch(drawn):
        return float(drawn) if match[1] else int(drawn)
    return _text(drawn)


def _text(drawn: str) -> str:
    return drawn.replace("↵", "\n").replace("□", "\u3000")


def draw(
    text: str,
    *,
    stamp: Mapping[str, str] = NOTHING,
    names: Mapping[str, str] = NOTHING,
    undrawn: Undrawn = MappingProxyType({}),
) -> RawWorkbook:
    """Draw a workbook; with `stamp`, the hidden sheet that says what it is stands last."""
    sheets: dict[str, _Sheet] = {}
    current = _Sheet("")
    later = []
    for line in _lines(text):
        if line.startswith("# "):
            current = _Sheet(line[2:].strip())
            sheets[current.title] = current
            current.put(1, 1, current.title)
        elif _is_of_undrawn(line, sheets, undrawn):
            later.append(line)
        elif line.startswith("@ "):
            _change(sheets, line)
        else:
            _draw_row(current, line)
    for title, labels in undrawn.items():
        for label, (before, drawn) in labels.items() if title in sheets else ():
            if not sheets[title].has(label):
                sheets[title].add(label, before, drawn)
    for line in later:
        _change(sheets, line)
    if stamp:
        sheets[STAMP_SHEET] = _stamp_sheet(stamp)
    return RawWorkbook(tuple(sheet.raw() for sheet in sheets.values()), names=dict(names))


def _is_of_undrawn(line: str, sheets: Mapping[str, _Sheet], undrawn: Undrawn) -> bool:
    """Whether a line changes a cell of a column that is put in at last."""
    match = _CELL.fullmatch(line)
    if match is None or match[1] not in sheets:
        return False
    return match[2] in undrawn.get(match[1], {}) and not sheets[match[1]].has(match[2])


def _lines(text: str) -> Iterator[str]:
    return (line for line in (part.strip() for part in text.splitlines()) if line)


def _draw_row(sheet: _Sheet, line: str) -> None:
    cells = _cells(line)
    if all(re.fullmatch(r":?-{3,}:?", cell) for cell in cells):
        # The line above was the header: it goes up to its own row.
        for column in range(1, len(cells) + 1):
            sheet.cells[HEADER_ROW, column] = sheet.cells.pop((FIRST_ROW, column), None)
            sheet.columns.setdefault(str(sheet.cells[HEADER_ROW, column]), column)
        sheet.last = HEADER_ROW
        return
    row = sheet.last + 1
    sheet.last = row
    sheet.put_row(row, cells)
    if line.startswith("~"):
        sheet.hidden_rows.add(row)


def _cells(line: str) -> list[str]:
    return [cell.strip(" ") for cell in line.lstrip("~").strip().strip("|").split("|")]


def _change(sheets: dict[str, _Sheet], line: str) -> None:
    match = _CHANGE.fullmatch(line) or _CELL.fullmatch(line)
    if match is None or match[1] not in sheets:
        raise ValueError(f"not a change of a drawn sheet: {line}")
    sheet, verb, what = sheets[match[1]], match[2], match[3] or ""
    if match.re is _CELL:
        sheet.put(*sheet.address(verb, what), match[4] or "")
    elif verb == "+":
        sheet.last += 1
        sheet.put_row(sheet.last, _cells(what))
    elif verb == "blank":
        for row, column in [cell for cell in sheet.cells if str(cell[0]) in what.split()]:
            sheet.put(row, column, "")
    elif verb == "hide":
        sheet.hidden_rows.add(int(what))
    elif verb == "merge":
        sheet.merges.append(_merged(sheet, what))
    elif verb == "named":
        sheet.title = what
    else:
        del sheets[match[1]]


def _merged(sheet: _Sheet, what: str) -> tuple[int, int, int, int]:
    if span := _SPAN.fullmatch(what):
        first, last = (sheet.address(span[1], row) for row in span.groups()[1:])
    else:
        first, last = map(parse_cell_name, what.split(":"))
    return (*first, *last)


def _stamp_sheet(stamp: Mapping[str, str]) -> _Sheet:
    sheet = _Sheet(STAMP_SHEET)
    for row, key in enumerate(STAMP_KEYS, start=1):
        sheet.cells[row, 1] = key
        sheet.cells[row, 2] = stamp.get(key) or None
    return sheet


def write_xlsx(raw: RawWorkbook, path: Path) -> Path:
    """Write a drawn workbook as a real .xlsx at `path`."""
    with xlsxwriter.Workbook(path, {"default_date_format": "yyyy-mm-dd"}) as book:
        for sheet in raw.sheets:
            target = book.add_worksheet(sheet.title)
            _write_sheet(book, target, sheet)
            if sheet.hidden:
                target.hide()
        for name, formula in raw.names.items():
            book.define_name(name, formula)
    return path


def _write_sheet(book: xlsxwriter.Workbook, target: Worksheet, sheet: RawSheet) -> None:
    for top, left, bottom, right in sheet.merges:
        target.merge_range(top - 1, left - 1, bottom - 1, right - 1, "")
    for number, cells in sheet.numbered_rows():
        for column, value in enumerate(cells, start=1):
            address = (number, column)
            if address in sheet.runs:
                _write_runs(book, target, address, sheet.runs[address])
            else:
                _write_cell(target, sheet, address, value, _look(book, sheet, address))
    for number in sheet.hidden_rows:
        target.set_row(number - 1, None, None, {"hidden": True})


def _look(book: xlsxwriter.Workbook, sheet: RawSheet, address: Address) -> Format | None:
    look: dict[str, object] = {}
    if address in sheet.struck:
        look["font_strikeout"] = True
        if isinstance(sheet.cell(*address), dt.date):
            look["num_format"] = "yyyy-mm-dd"
    if address in sheet.formats:
        look["num_format"] = sheet.formats[address]
    return book.add_format(look) if look else None


_LOOKS: Mapping[Mark, Mapping[str, object]] = MappingProxyType(
    {
        Mark.STRUCK: {"font_strikeout": True},
        Mark.RAISED: {"font_script": 1},
        Mark.LOWERED: {"font_script": 2},
    }
)


def _write_runs(
    book: xlsxwriter.Workbook, target: Worksheet, address: Address, runs: tuple[Run, ...]
) -> None:
    pieces: list[object] = []
    for run in runs:
        look: dict[str, object] = {}
        for mark in run.marks:
            look |= _LOOKS[mark]
        pieces += [book.add_format(look), run.text] if look else [run.text]
    assert target.write_rich_string(address[0] - 1, address[1] - 1, *pieces) == 0


def _write_cell(
    target: Worksheet, sheet: RawSheet, address: Address, value: CellValue, look: Format | None
) -> None:
    row, column = address[0] - 1, address[1] - 1
    if address in sheet.errors:
        target.write_formula(row, column, "=NA()", look, sheet.errors[address])
    elif address in sheet.formulas:
        target.write_formula(row, column, sheet.formulas[address], look, _cached(value))
    elif isinstance(value, str):
        target.write_string(row, column, value, look)
    elif isinstance(value, dt.date):
        target.write_datetime(row, column, value, look)
    elif isinstance(value, int | float):
        target.write_number(row, column, value, look)
    elif value is not None:
        raise ValueError(f"{cell_name(*address)} holds what cannot be drawn")


def _cached(value: CellValue) -> str | int | float:
    return value if isinstance(value, str | int | float) else ""
