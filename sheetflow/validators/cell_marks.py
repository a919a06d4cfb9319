"""What cells bear besides their values: errors, formulas, marked runs, odd number formats.

This module owns which of these keeps a cell from being read, which is asked about, and
which is only told. It refuses to read values.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from sheetflow.number_formats import shown_otherwise
from sheetflow.schemas.book import BookSheet
from sheetflow.schemas.cells import Day, IdNumber, Key, NameKey, PeriodName, Phone, Reference
from sheetflow.schemas.columns import Column, Fault, is_blank
from sheetflow.schemas.parsing import read_text
from sheetflow.workbook import Address, CellValue, Mark, RawSheet, Run

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
        spot = shell.spots[key]
        address = (number, spot[1]) if shell.sheet.is_table else spot
        _add(marks, raw, address, shell.sheet.by_key[key], cell)
        if address in raw.struck and not is_blank(cell):
            struck.append(key)
    _add_struck(marks, shell, struck, [key for key, cell in cells.items() if not is_blank(cell)])
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
    if shell.sheet.is_table and struck == filled and struck:
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
