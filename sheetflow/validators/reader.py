"""One row of a book: made of its cells as read, with what is to be said of each of them.

This module owns what a reading tells: faults, what cells bear besides their values, and what
was only written differently. It refuses to know where rows come from: from a card (`books`) or from
a table (`rows`).
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, replace

from sheetflow.findings import UNNAMED, Argument, Catalogue, Finding, Place
from sheetflow.schemas.cells import Choice, Text
from sheetflow.schemas.columns import Column, Fault
from sheetflow.schemas.columnwise import is_blank
from sheetflow.schemas.forms import Form
from sheetflow.schemas.habits import Value
from sheetflow.schemas.judging import BookRow, BookSheet
from sheetflow.schemas.sheets import Kind, Sheet
from sheetflow.units import Unit
from sheetflow.validators.bearing import NOTHING_BORNE, Borne
from sheetflow.validators.quoting import may_quote, quote
from sheetflow.workbook import CellValue, RawWorkbook


@dataclass
class Reader:
    """Collects the findings of one workbook while its sheets are read.

    `own_names` are what the unit and its superiors are called.
    """

    raw: RawWorkbook
    form: Form
    unit: Unit
    checks: Catalogue
    version: int
    own_names: AbstractSet[str] = frozenset()
    findings: list[Finding] = field(default_factory=list)

    def note(self, rule: str, place: Place, **arguments: Argument) -> None:
        """Collect one finding."""
        self.findings.append(self.checks[rule].at(place, **arguments))

    @property
    def own_prefix(self) -> str:
        """What merged books put before this unit's keys: 370102-X0001 is X0001 in its own book."""
        return f"{self.unit.unit_id}-"


@dataclass(frozen=True, slots=True)
class Told:
    """What is to be told of a row's cells as read, by column.

    `habits` are cells that were only written differently.
    """

    faults: dict[str, Fault] = field(default_factory=dict)
    habits: dict[str, Fault] = field(default_factory=dict)


def tell_row(
    reader: Reader, shell: BookSheet, row: BookRow, told: Told, borne: Borne = NOTHING_BORNE
) -> BookRow:
    """Tell what is wrong with the cells of a row, and give it without them.

    What was read of a cell that `borne` finds fault with does not count. Of one cell there
    is one fault or else one note: what is asked and told of it is settled with the fault.
    """
    faults = {
        **borne.faults,
        **{key: f for key, f in told.faults.items() if key not in borne.faults},
    }
    values = {**row.values, **dict.fromkeys(borne.faults)}
    raw = {**row.raw, **borne.typed}
    name = row_key(shell.sheet, values, raw)
    row = replace(row, values=values, raw=raw, faulty=frozenset(faults), key=name)
    for key, fault in faults.items():
        _tell(reader, shell, row, key, fault)
    for found in ({**told.habits, **borne.notes}, borne.asked):
        for key, fault in found.items():
            if key not in faults:
                _tell(reader, shell, row, key, fault)
    for key, fault in borne.struck.items():
        _tell(reader, shell, row, key, fault)
    return row


def _tell(reader: Reader, shell: BookSheet, row: BookRow, key: str, fault: Fault) -> None:
    """Tell of one cell; without a key of the row as a whole, at its first cell."""
    rule, arguments = fault
    if key:
        quoted = _quoted(shell.sheet, shell.sheet.by_key[key], arguments)
        reader.note(rule, shell.place(row, key), **quoted)
        return
    filled = (name for name, cell in row.raw.items() if not is_blank(cell))
    cell = shell.cell(row.number, next(filled, ""))
    reader.note(rule, replace(shell.place(row), cell=cell), **arguments)


def _quoted(sheet: Sheet, column: Column, arguments: Mapping[str, Argument]) -> dict[str, Argument]:
    """Keep what stands in the cell out of the sentence where it may be a person's."""
    quoted = dict(arguments)
    for name in ("typed", "shown", "stored"):
        if isinstance(typed := quoted.get(name), str):
            quoted[name] = quote(sheet, column, typed)
    return quoted


def without_prefix(value: Value, own: str) -> Value:
    """Drop the unit's own prefix from a key."""
    if isinstance(value, str):
        return value.removeprefix(own)
    return tuple(part.removeprefix(own) for part in value) if isinstance(value, tuple) else value


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


def habit_in(
    reader: Reader, sheet: Sheet, column: Column, cell: CellValue, value: Value
) -> Fault | None:
    """Say where something was only written differently, with before and after."""
    if cell == value or not isinstance(cell, str | int | float):
        return None
    # What is no word differs from a figure, a text or an option by no typing of anybody's.
    if not isinstance(cell, str) and (
        column.type.numeric or isinstance(column.type, Text | Choice)
    ):
        return None
    after = column.type.show(value)
    if str(cell) in (after, f"{reader.own_prefix}{after}"):
        return None
    target = reader.form.by_key.get(column.refers_to)
    blanks = "".join(str(cell).split()) == "".join(after.split())
    if blanks and not column.personal:
        return "habit-blanks", {}
    if may_quote(sheet, column, str(cell), target):
        return "habit", {"before": _shown(cell), "after": after}
    return "habit-private", {}


def _shown(cell: str | float) -> str:
    """Show a cell's text on one line, its blanks as one space."""
    return " ".join(str(cell).split())
