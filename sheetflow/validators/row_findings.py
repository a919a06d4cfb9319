"""Lines of cells read column by column, and what is to be said of each row made of them.

This module owns what a reading tells: faults, what cells bear besides their values (errors,
formulas, marked runs, odd number formats), and what was only written differently. It refuses to
know where lines come from: from a card or from a table.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, replace
from functools import cached_property

from sheetflow.findings import UNNAMED, Argument, Catalogue, Finding, Place
from sheetflow.lookalikes import without_debris, without_spaces, without_unseen
from sheetflow.number_formats import shown_otherwise
from sheetflow.schemas.book import BookRow, BookSheet
from sheetflow.schemas.cells import Day, IdNumber, Key, NameKey, PeriodName, Phone, Reference, Text
from sheetflow.schemas.column_reading import is_blank, read_column
from sheetflow.schemas.columns import Column, Fault
from sheetflow.schemas.forms import Form
from sheetflow.schemas.options import Choice
from sheetflow.schemas.parsing import Value, read_text
from sheetflow.schemas.sheets import Kind, Sheet
from sheetflow.validators.general_rules import (
    blank_advice,
    may_quote,
    must_be_filled,
    nothings_in,
    quote,
    refused_here,
    says_nothing,
)
from sheetflow.workbook import Address, CellValue, Mark, RawSheet, Run


@dataclass
class Reader:
    """Collects the findings of one workbook while its sheets are read.

    `own_names` are what the unit and its superiors are called. `own_prefix` is what merged books
    put before the unit's keys: 370102-X0001 is X0001 in its own book.
    """

    form: Form
    version: int
    checks: Catalogue
    own_names: AbstractSet[str]
    own_prefix: str
    findings: list[Finding] = field(default_factory=list)

    def note(self, rule: str, place: Place, **arguments: Argument) -> None:
        """Collect one finding."""
        self.findings.append(self.checks[rule].at(place, **arguments))

    def note_columns(
        self, shell: BookSheet, columns: Iterable[Column], renamed: Mapping[str, str]
    ) -> None:
        """Collect which columns the file lacks, and whose labels somebody edited."""
        for column in columns:
            if column.key not in shell.addresses:
                rule = "column-absent" if column.required is False else "column-missing"
                self.note(rule, shell.header_place(column.key), column=column.label)
        for key, typed in renamed.items():
            label, shown = shell.sheet.labels[key], "".join(typed.split())[:20]
            self.note("column-renamed", shell.header_place(key), typed=shown, column=label)


@dataclass(frozen=True, slots=True)
class RowRemarks:
    """What reading says of a row's cells, by column.

    `habits` are cells that were only written differently, `nothings` those whose value may
    only say that there is none.
    """

    faults: dict[str, Fault] = field(default_factory=dict)
    habits: dict[str, Fault] = field(default_factory=dict)
    nothings: set[str] = field(default_factory=set)


@dataclass(frozen=True)
class Lines:
    """The lines of a table, or the one of a card, read column by column.

    `cells` and `values` are by column, from the first line to the last: `cells` in the file's
    order, `values` in that of the declaration, columns that the file lacks among them.
    """

    sheet: Sheet
    cells: dict[str, Sequence[CellValue]] = field(default_factory=dict)
    values: dict[str, Sequence[Value]] = field(default_factory=dict)
    remarks: defaultdict[int, RowRemarks] = field(default_factory=lambda: defaultdict(RowRemarks))

    @cached_property
    def filled(self) -> list[bool]:
        """Whether anything stands in each line, a key printed beforehand aside."""
        key = self.sheet.printed_key
        columns = [
            [None] * len(cells) if name == key else cells for name, cells in self.cells.items()
        ]
        nothing = (None,) * len(columns)
        return [cells != nothing for cells in zip(*columns, strict=True)]

    def standing(self, line: int) -> dict[str, CellValue]:
        """What stands in a line, by column in the file's order."""
        return {key: column[line] for key, column in self.cells.items()}

    def faulty(self, line: int) -> AbstractSet[str]:
        """The columns that could not be read in a line."""
        return self.remarks[line].faults.keys() if line in self.remarks else frozenset()

    def is_whole(self, line: int) -> bool:
        """Whether a line could be a row as it stands: all that is always required can be read."""
        return not self.faulty(line) and all(
            column[line] is not None
            for key, column in self.values.items()
            if key in self.cells and self.sheet.by_key[key].required is True
        )


def read_lines(
    reader: Reader, sheet: Sheet, columns: Mapping[str, Sequence[CellValue]], count: int
) -> Lines:
    """Read the cells of `count` lines by column, each of a column's distinct cells once.

    Faults are told in the order of the declaration, habits in the file's.
    """
    lines = Lines(sheet)
    read = {key: read_column(sheet.by_key[key], cells) for key, cells in columns.items()}
    own = reader.own_prefix
    for key in read.keys() & set(sheet.keyed_columns):
        values = {name: _without_prefix(value, own) for name, value in read[key].values.items()}
        read[key] = replace(read[key], values=values)
    for key, column in read.items():
        declared = sheet.by_key[key]
        lines.cells[key] = column.from_top(column.cells)
        habits = {
            name: habit
            for name, value in column.values.items()
            if (cell := column.cells[name]) is not None and cell != value
            if name not in column.faults
            if (habit := _habit_in(reader, sheet, declared, cell, value))
        }
        for line, habit in column.lines(habits):
            lines.remarks[line].habits[key] = habit
        for line, _ in column.lines(nothings_in(declared, column)):
            lines.remarks[line].nothings.add(key)
    for key in sheet.by_key:
        lines.values[key] = read[key].from_top(read[key].values) if key in read else [None] * count
        for line, fault in read[key].lines(read[key].faults) if key in read else ():
            lines.remarks[line].faults[key] = fault
    return lines


def _without_prefix(value: Value, own: str) -> Value:
    if isinstance(value, str):
        return value.removeprefix(own)
    return tuple(part.removeprefix(own) for part in value) if isinstance(value, tuple) else value


def _habit_in(
    reader: Reader, sheet: Sheet, column: Column, cell: CellValue, value: Value
) -> Fault | None:
    """Say where something was only written differently, with before and after."""
    if not isinstance(cell, str | int | float):
        return None
    # What is no word differs from a figure, a text or an option by no typing of anybody's.
    if not isinstance(cell, str) and (
        column.type.numeric or isinstance(column.type, Text | Choice)
    ):
        return None
    after, typed = column.type.show(value), str(cell)
    # Free text stays as it was typed.
    if isinstance(column.type, Text):
        typed = without_debris(typed)
    if typed in (after, f"{reader.own_prefix}{after}"):
        return None
    before = without_unseen(str(cell))  # what anybody sees
    if without_spaces(before) == without_spaces(without_unseen(after)) and not column.personal:
        return "habit-blanks", {}
    if may_quote(sheet, column, str(cell), reader.form.by_key.get(column.refers_to)):
        return "habit", {"before": " ".join(before.split()), "after": after}
    return "habit-private", {}


def row_key(sheet: Sheet, values: Mapping[str, Value], cells: Mapping[str, CellValue]) -> str:
    """Name the row for the next attempt: its key, else a digest of its values."""
    naming = sheet.naming_column
    if naming:
        value = values.get(naming.key) or cells.get(naming.key)
        if value is not None:
            return str(value)
    if sheet.kind is Kind.CARD:
        return ""
    shown = "\x1f".join(f"{key}={value}" for key, value in values.items() if value is not None)
    return UNNAMED + hashlib.sha256(shown.encode()).hexdigest()[:12]


def tell_row(
    reader: Reader, shell: BookSheet, row: BookRow, remarks: RowRemarks, marks: CellMarks
) -> BookRow:
    """Tell what is wrong with the cells of a row, and give it without them.

    What was read of a cell that `marks` find fault with does not count. Of one cell there
    is one fault or else one note: what is asked and told of it is settled with the fault.
    """
    row, blank = _without_nothings(shell, row, remarks, marks)
    unread = {key: f for key, f in remarks.faults.items() if key not in {**marks.faults, **blank}}
    faults = {**marks.faults, **unread}
    values = {**row.values, **dict.fromkeys(marks.faults)}
    raw = {**row.raw, **marks.typed}
    name = row_key(shell.sheet, values, raw)
    row = replace(row, values=values, raw=raw, faulty=frozenset(faults), key=name)
    for key, fault in faults.items():
        refused = refused_here(shell, row, shell.sheet.by_key[key]) if key in unread else None
        _tell(reader, shell, row, key, refused or fault)
    for said in ({**remarks.habits, **marks.notes, **blank}, marks.asked):
        for key, fault in said.items():
            if key not in faults:
                _tell(reader, shell, row, key, fault)
    for key, fault in marks.struck.items():
        _tell(reader, shell, row, key, fault)
    return row


def _without_nothings(
    shell: BookSheet, row: BookRow, remarks: RowRemarks, marks: CellMarks
) -> tuple[BookRow, dict[str, Fault]]:
    """Take the cells that may be blank and only say so in words for blank ones: give their notes."""
    asked = remarks.nothings | {
        key for key, fault in remarks.faults.items() if says_nothing(row.raw.get(key), fault)
    }
    blank = [
        key
        for key in asked
        if key not in marks.faults and not must_be_filled(shell.sheet.by_key[key], row.values)
    ]
    if not blank:
        return row, {}
    nothing = dict.fromkeys(blank)
    row = replace(row, values={**row.values, **nothing}, raw={**row.raw, **nothing})
    return row, dict.fromkeys(blank, ("habit-nothing", {}))


def _tell(reader: Reader, shell: BookSheet, row: BookRow, key: str, fault: Fault) -> None:
    """Tell of one cell; without a key of the row as a whole, at its first cell.

    What stands in the cell is kept out of the sentence where it may be a person's.
    """
    rule, arguments = fault[0], dict(fault[1])
    place = shell.place(row, key)
    if key:
        column = shell.sheet.by_key[key]
        if "{blank}" in reader.checks[rule].remedy:
            arguments["blank"] = blank_advice(shell, column)
        for name in ("typed", "shown", "stored"):
            if isinstance(typed := arguments.get(name), str):
                arguments[name] = quote(shell.sheet, column, typed)
    else:
        filled = (name for name, cell in row.raw.items() if not is_blank(cell))
        place = replace(place, cell=shell.cell(row.number, next(filled, "")))
    reader.note(rule, place, **arguments)


_EXACT = Day | IdNumber | Key | NameKey | PeriodName | Phone | Reference
"""Types of which a part more or less is another value; so are figures."""


@dataclass(frozen=True, slots=True)
class CellMarks:
    """What the cells of one row bear, by column.

    `faults` keep a cell from being read; `asked` is to be explained; `notes` are told.
    `typed` is what stands in a cell with marked runs, the marked ones bracketed, so that
    nobody takes it for what remains without them. `struck` is one fault for the whole row.
    """

    faults: dict[str, Fault] = field(default_factory=dict)
    asked: dict[str, Fault] = field(default_factory=dict)
    notes: dict[str, Fault] = field(default_factory=dict)
    typed: dict[str, CellValue] = field(default_factory=dict)
    struck: dict[str, Fault] = field(default_factory=dict)


def marked_rows(raw: RawSheet, columns: Iterable[int]) -> tuple[set[int], set[int]]:
    """Give the rows in which a cell of `columns` bears something, and those with a fault."""
    ours = set(columns)
    faulty = {row for row, column in (*raw.errors, *raw.unsaved) if column in ours}
    others = (*raw.formulas, *raw.struck, *raw.runs, *raw.formats)
    return {row for row, column in others if column in ours} | faulty, faulty


def marks_of_row(
    raw: RawSheet, shell: BookSheet, number: int, cells: Mapping[str, CellValue]
) -> CellMarks:
    """Tell what the cells of row `number` bear (of a card: each where it stands)."""
    marks = CellMarks()
    if not (raw.errors or raw.formulas or raw.struck or raw.runs or raw.formats):
        return marks
    struck: list[str] = []
    for key, cell in cells.items():
        header = shell.addresses[key]
        address = (number, header[1]) if shell.sheet.is_table else header
        _add(marks, raw, address, shell.sheet.by_key[key], cell)
        if address in raw.struck and not is_blank(cell):
            struck.append(key)
    if struck:
        filled = [key for key, cell in cells.items() if not is_blank(cell)]
        _add_struck(marks, shell, struck, filled)
    return marks


def _add(
    marks: CellMarks, raw: RawSheet, address: Address, column: Column, cell: CellValue
) -> None:
    key = column.key
    if address in raw.errors:
        marks.faults[key] = ("cell-error", {"typed": raw.errors[address]})
    elif address in raw.unsaved:
        marks.faults[key] = ("cell-formula-empty", {})
    elif is_blank(cell):
        return
    elif address in raw.runs:
        _add_runs(marks, column, raw.runs[address])
    elif address in raw.formulas:
        marks.notes[key] = ("cell-formula", {"typed": read_text(cell)})
    if (code := raw.formats.get(address)) and (shown := shown_otherwise(code, cell)):
        rule = "day-hidden" if not isinstance(cell, str | int | float) else "shown-otherwise"
        marks.asked[key] = (rule, {"shown": shown, "stored": read_text(cell)})


def _add_runs(marks: CellMarks, column: Column, runs: tuple[Run, ...]) -> None:
    words = {"marks": listed_marks(mark for run in runs for mark in run.marks)}
    # A code is one wherever it stands: that of the unit is a text of the cover.
    if _is_exact(column) or "".join(run.text for run in runs).strip().isdecimal():
        marks.faults[column.key] = ("run-marked", words)
        named = isinstance(column.type, NameKey)  # of which any words are one
        texts = (f"〔{listed_marks(r.marks)}：{r.text}〕" if r.marks else r.text for r in runs)
        marks.typed[column.key] = None if named else "".join(texts)
    else:
        marks.notes[column.key] = ("run-marked-text", words)


def _add_struck(marks: CellMarks, shell: BookSheet, struck: list[str], filled: list[str]) -> None:
    """Ask about a row once: where all of it is struck through, or a cell that is a figure."""
    exact = [key for key in struck if _is_exact(shell.sheet.by_key[key])]
    if shell.sheet.is_table and struck == filled:
        marks.struck[""] = ("row-struck", {"what": "整行"})
    elif exact and shell.sheet.is_table:
        what = "这一格" if len(exact) == 1 else f"这一行有{len(exact)}格"
        marks.struck[exact[0]] = ("row-struck", {"what": what})
    else:
        marks.struck.update(dict.fromkeys(exact, ("row-struck", {"what": "这一格"})))
    if "" not in marks.struck:
        note = ("run-marked-text", {"marks": listed_marks([Mark.STRUCK])})
        marks.notes.update({key: note for key in struck if key not in exact})


def _is_exact(column: Column) -> bool:
    return column.type.numeric or isinstance(column.type, _EXACT)


def listed_marks(marks: Iterable[Mark]) -> str:
    """Name the marks, each once, in one order."""
    known = set(marks)
    return "、".join(mark.value for mark in Mark if mark in known)
