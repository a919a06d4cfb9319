"""The rows of a table: read column by column, told row by row.

Reading a column at once looks at each of its distinct cells once, for the value, for a
fault and for a habit of writing. What was found is then told from the top row to the last,
in each row from left to right.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from operator import itemgetter

from sheetflow.findings import Place, Severity
from sheetflow.schemas.book import BookRow, BookSheet
from sheetflow.schemas.columns import Column, Fault
from sheetflow.schemas.columnwise import ReadColumn, read_column
from sheetflow.schemas.parsing import Value
from sheetflow.schemas.sheets import Sheet
from sheetflow.validators.cell_marks import find_borne, rows_bearing
from sheetflow.validators.required import nothings_in
from sheetflow.validators.row_findings import (
    Reader,
    Told,
    habit_in,
    row_key,
    tell_row,
    without_prefix,
)
from sheetflow.validators.sheets import Header
from sheetflow.validators.totals import Lines, Verdict, judge_lines
from sheetflow.workbook import CellValue, RawSheet

Merge = tuple[int, int, int, int]
Cells = Mapping[str, Sequence[CellValue]]
"""The columns of a table by key, in the file's order, each from top to bottom."""


@dataclass(frozen=True, slots=True)
class TableRows:
    """What stands under a header: the rows, those set aside, and the lines that are neither."""

    rows: tuple[BookRow, ...] = ()
    aside: tuple[BookRow, ...] = ()
    skipped: frozenset[int] = frozenset()


def read_rows(
    reader: Reader, shell: BookSheet, raw: RawSheet, header: Header, merges: Sequence[Merge]
) -> TableRows:
    """Read the filled rows under the header, telling what is wrong with them on the way.

    `merges` are those that lie in the table: what they cover is not blank, only unknown.
    """
    sheet = shell.sheet
    table = _read_table(reader, sheet, raw, header)
    bearing, flawed = rows_bearing(raw, header.spots.values())
    filled = _filled_lines(sheet, table.cells)
    verdicts = judge_lines(table.lines(sheet, filled), reader.own_names)
    rows: list[BookRow] = []
    aside: list[BookRow] = []
    skipped: set[int] = set()
    lines = zip(
        zip(*table.cells.values(), strict=True),
        zip(*table.values.values(), strict=True),
        strict=True,
    )
    for line, (cells, values) in enumerate(lines):
        number = header.row + 1 + line
        verdict = verdicts.get(line)
        if verdict and verdict.left_out:
            skipped.add(number)
            row = table.row(sheet, number, cells, values)
            aside += [row] * _tell_verdict(reader, shell, row, verdict)
        elif filled[line] or number in flawed:
            row = table.row(sheet, number, cells, values)
            if number in bearing or line in table.told:
                borne = find_borne(raw, shell, number, row.raw)
                row = tell_row(reader, shell, row, table.told.get(line) or Told(), borne)
                if not (verdict or row.faulty or row.stands(sheet.printed_key)):
                    continue  # nothing but words for nothing
            if verdict:
                _tell_verdict(reader, shell, row, verdict)
            rows.append(
                replace(row, faulty=row.faulty | _under(merges, number, header)) if merges else row
            )
    return TableRows(tuple(rows), tuple(aside), frozenset(skipped))


def _tell_verdict(reader: Reader, shell: BookSheet, row: BookRow, verdict: Verdict) -> bool:
    """Tell what is said of a line; give whether it is a question, so that the line comes back."""
    asks = reader.checks[verdict.rule].severity is Severity.VERIFY
    place = shell.place(row, verdict.column)
    if not (asks or verdict.at_cell):
        place = Place(sheet=shell.sheet.key, title=shell.title, row=row.number)
    reader.note(verdict.rule, place, **verdict.arguments)
    return asks


def _under(merges: Sequence[Merge], row: int, header: Header) -> frozenset[str]:
    """Name the columns whose cell in `row` lies under a merged one: not blank, only unknown."""
    return frozenset(
        name
        for name, spot in header.spots.items()
        for top, left, bottom, right in merges
        if top <= row <= bottom and left <= spot <= right and (row, spot) != (top, left)
    )


def _filled_lines(sheet: Sheet, table: Cells) -> list[bool]:
    """Tell of each line whether anything stands in it, a key printed beforehand aside."""
    key = sheet.printed_key
    columns = [[None] * len(cells) if name == key else cells for name, cells in table.items()]
    nothing = (None,) * len(columns)
    return [cells != nothing for cells in zip(*columns, strict=True)]


@dataclass(frozen=True, slots=True)
class _Table:
    """A table as read, by column, and by line what is to be told of which column.

    `cells` are in the file's order, `values` in that of the declaration, columns that the
    file lacks among them.
    """

    cells: dict[str, Sequence[CellValue]] = field(default_factory=dict)
    values: dict[str, Sequence[Value]] = field(default_factory=dict)
    told: dict[int, Told] = field(default_factory=dict)

    def named(self, cells: Sequence[CellValue]) -> dict[str, CellValue]:
        """Give the cells of one line by column."""
        return dict(zip(self.cells, cells, strict=True))

    def lines(self, sheet: Sheet, filled: Sequence[bool]) -> Lines:
        """Give the lines as they are judged one by one."""
        faulty = {line: told.faults.keys() for line, told in self.told.items() if told.faults}
        return Lines(sheet, self.cells, self.values, faulty, filled)

    def row(
        self, sheet: Sheet, number: int, cells: Sequence[CellValue], values: Sequence[Value]
    ) -> BookRow:
        """Give the row of one line, as if there were nothing to tell of it."""
        raw = self.named(cells)
        named = dict(zip(self.values, values, strict=True))
        return BookRow(number, named, raw, key=row_key(sheet, named, raw))


def _read_table(reader: Reader, sheet: Sheet, raw: RawSheet, header: Header) -> _Table:
    """Read all columns; faults are told in the order of the declaration, habits in the file's."""
    rows = raw.rows[header.row :]
    columns = {
        key: _read_cells(reader, sheet, key, _cut(rows, spot - 1))
        for key, spot in header.spots.items()
    }
    table = _Table()
    for key, read in columns.items():
        table.cells[key] = read.from_top(read.cells)
        for line, habit in read.lines(_habits(reader, sheet, sheet.by_key[key], read)):
            table.told.setdefault(line, Told()).habits[key] = habit
        for line, _ in read.lines(nothings_in(sheet.by_key[key], read)):
            table.told.setdefault(line, Told()).nothings.add(key)
    for key in sheet.by_key:
        if key in columns:
            read = columns[key]
            table.values[key] = read.from_top(read.values)
            for line, fault in read.lines(read.faults):
                table.told.setdefault(line, Told()).faults[key] = fault
        else:
            table.values[key] = [None] * len(rows)
    return table


def _cut(rows: Sequence[Sequence[CellValue]], index: int) -> list[CellValue]:
    """Cut a column out of the sheet."""
    try:
        return list(map(itemgetter(index), rows))
    except IndexError:  # rows may be shorter than the widest
        return [row[index] if index < len(row) else None for row in rows]


def _read_cells(reader: Reader, sheet: Sheet, key: str, cells: Sequence[CellValue]) -> ReadColumn:
    """Read one column, the unit's own prefix of a key left aside."""
    read = read_column(sheet.by_key[key], cells)
    if key not in sheet.keyed_columns:
        return read
    own = reader.own_prefix
    values = {name: without_prefix(value, own) for name, value in read.values.items()}
    return replace(read, values=values)


def _habits(
    reader: Reader, sheet: Sheet, column: Column, read: ReadColumn
) -> dict[Hashable, Fault]:
    """Give what is to be said of the cells that were only written differently, by name."""
    habits: dict[Hashable, Fault] = {}
    for name, value in read.values.items():
        cell = read.cells[name]
        if cell is not None and cell != value and name not in read.faults:
            habit = habit_in(reader, sheet, column, cell, value)
            if habit:
                habits[name] = habit
    return habits
