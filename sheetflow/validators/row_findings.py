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
from sheetflow.lookalikes import without_debris, without_spaces, without_unseen
from sheetflow.schemas.book import BookRow, BookSheet
from sheetflow.schemas.cells import Choice, Text
from sheetflow.schemas.columns import Column, Fault
from sheetflow.schemas.columnwise import is_blank
from sheetflow.schemas.forms import Form
from sheetflow.schemas.parsing import Value
from sheetflow.schemas.sheets import Kind, Sheet
from sheetflow.units import Unit
from sheetflow.validators.cell_marks import NOTHING_BORNE, Borne
from sheetflow.validators.quotable import may_quote, quote
from sheetflow.validators.required import (
    blank_advice,
    may_be_blank,
    refused_here,
    says_nothing,
)
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
    def is_older(self) -> bool:
        """Whether there is a newer version of the form, in which columns may stand elsewhere."""
        return self.version < (self.form.declared or self.form).version

    @property
    def own_prefix(self) -> str:
        """What merged books put before this unit's keys: 370102-X0001 is X0001 in its own book."""
        return f"{self.unit.unit_id}-"


@dataclass(frozen=True, slots=True)
class Told:
    """What is to be told of a row's cells as read, by column.

    `habits` are cells that were only written differently, `nothings` those whose value may
    only say that there is none.
    """

    faults: dict[str, Fault] = field(default_factory=dict)
    habits: dict[str, Fault] = field(default_factory=dict)
    nothings: set[str] = field(default_factory=set)


def tell_row(
    reader: Reader, shell: BookSheet, row: BookRow, told: Told, borne: Borne = NOTHING_BORNE
) -> BookRow:
    """Tell what is wrong with the cells of a row, and give it without them.

    What was read of a cell that `borne` finds fault with does not count. Of one cell there
    is one fault or else one note: what is asked and told of it is settled with the fault.
    """
    row, blank = _without_nothings(shell, row, told, borne)
    faults = {
        **borne.faults,
        **{key: f for key, f in told.faults.items() if key not in {**borne.faults, **blank}},
    }
    values = {**row.values, **dict.fromkeys(borne.faults)}
    raw = {**row.raw, **borne.typed}
    name = row_key(shell.sheet, values, raw)
    row = replace(row, values=values, raw=raw, faulty=frozenset(faults), key=name)
    for key, fault in faults.items():
        unread = key not in borne.faults
        refused = refused_here(shell, row, shell.sheet.by_key[key]) if unread else None
        _tell(reader, shell, row, key, refused or fault)
    for found in ({**told.habits, **borne.notes, **blank}, borne.asked):
        for key, fault in found.items():
            if key not in faults:
                _tell(reader, shell, row, key, fault)
    for key, fault in borne.struck.items():
        _tell(reader, shell, row, key, fault)
    return row


def _without_nothings(
    shell: BookSheet, row: BookRow, told: Told, borne: Borne
) -> tuple[BookRow, dict[str, Fault]]:
    """Take the cells that may be blank and only say so in words for blank ones: give their notes."""
    by_key = shell.sheet.by_key
    asked = told.nothings | {
        key for key, fault in told.faults.items() if says_nothing(row.raw.get(key), fault)
    }
    blank = [
        key for key in asked if key not in borne.faults and may_be_blank(by_key[key], row.values)
    ]
    if not blank:
        return row, {}
    nothing = dict.fromkeys(blank)
    row = replace(row, values={**row.values, **nothing}, raw={**row.raw, **nothing})
    return row, dict.fromkeys(blank, ("habit-nothing", {}))


def _tell(reader: Reader, shell: BookSheet, row: BookRow, key: str, fault: Fault) -> None:
    """Tell of one cell; without a key of the row as a whole, at its first cell."""
    rule, arguments = fault
    if key:
        column = shell.sheet.by_key[key]
        if "{blank}" in reader.checks[rule].remedy:
            arguments = {**arguments, "blank": blank_advice(shell, column)}
        reader.note(rule, shell.place(row, key), **_quoted(shell.sheet, column, arguments))
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
    # Free text stays as it was typed.
    typed = without_debris(str(cell)) if isinstance(column.type, Text) else str(cell)
    if typed in (after, f"{reader.own_prefix}{after}"):
        return None
    target = reader.form.by_key.get(column.refers_to)
    if _bare(cell) == _bare(after) and not column.personal:
        return "habit-blanks", {}
    if may_quote(sheet, column, str(cell), target):
        return "habit", {"before": _shown(cell), "after": after}
    return "habit-private", {}


def _shown(cell: str | float) -> str:
    """Show a cell's text on one line, its blanks as one space."""
    return " ".join(without_unseen(str(cell)).split())


def _bare(cell: str | float) -> str:
    """Give what anybody sees of a cell's text."""
    return without_spaces(without_unseen(str(cell)))
