"""A workbook as a clerk has it in mind, before it is typed.

This module owns the rows to be typed and which of them are spoilt already: one mistake a
row at most, so that no mistake hides or causes another. It refuses to touch files.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from random import Random
from typing import cast

from sheetflow.periods import Period
from sheetflow.schemas.cells import CellType
from sheetflow.schemas.columns import Column
from sheetflow.schemas.conditions import Condition
from sheetflow.schemas.forms import Form
from sheetflow.schemas.layout import columns_in
from sheetflow.schemas.parsing import read_list
from sheetflow.schemas.samples import Samples, Typed
from sheetflow.schemas.sheets import Kind, Sheet
from sheetflow.schemas.tables import Row
from sheetflow.units import Unit

WHOLE_SHEET = -1
"""Stands for a row where a mistake is about a sheet or a column as a whole."""


@dataclass(frozen=True, slots=True)
class Mistake:
    """What was spoilt and which finding it must lead to, in logical places.

    `row` counts the typed rows of the sheet from 0; a card has the row 0.
    """

    rule: str
    sheet: str
    row: int = WHOLE_SHEET
    column: str = ""


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell that may be spoilt, with the row it stands in."""

    draft: Draft
    sheet: Sheet
    row: int
    column: Column
    cells: dict[str, Typed]

    @property
    def value(self) -> Typed | None:
        """What the clerk would type there; None for a blank."""
        return self.cells.get(self.column.key)

    @property
    def wanted(self) -> bool | None:
        """Whether the row's condition makes the cell required; None where there is none."""
        condition = self.column.required
        if not isinstance(condition, Condition):
            return None
        return condition.holds(cast("Row", self.cells))

    def type(self, value: Typed | None, rule: str) -> None:
        """Type `value` (None: leave blank), and note the mistake."""
        self.cells.pop(self.column.key, None)
        if value is not None:
            self.cells[self.column.key] = value
        self.draft.spoil(rule, self.sheet.key, self.row, self.column.key)


@dataclass
class Draft:
    """The rows of one workbook, mistakes and all.

    `names` holds each row's key as it was before any mistake: the pre-printed line that
    the clerk types into.
    """

    form: Form
    unit: Unit
    period: Period
    rows: dict[str, list[dict[str, Typed]]]
    names: dict[str, list[str]]
    mistakes: list[Mistake] = field(default_factory=list)
    dropped_sheets: set[str] = field(default_factory=set)
    dropped_headers: set[tuple[str, str]] = field(default_factory=set)
    _spoilt: set[tuple[str, int]] = field(default_factory=set)

    @classmethod
    def of(cls, form: Form, unit: Unit, period: Period, samples: Samples) -> Draft:
        """Start from clean samples."""
        rows = {key: [dict(row) for row in listed] for key, listed in samples.items()}
        names = {}
        for key, listed in rows.items():
            naming = form.by_key[key].naming_column
            names[key] = [str(row.get(naming.key, "")) if naming else "" for row in listed]
        return cls(form, unit, period, rows, names)

    @property
    def cover(self) -> dict[str, Typed]:
        """The cover's values."""
        return self.rows[self.form.cover.sheet][0]

    @property
    def sheets(self) -> tuple[Sheet, ...]:
        """The sheets with rows, in the form's order."""
        return tuple(sheet for sheet in self.form.sheets if self.rows.get(sheet.key))

    def cells(self, random: Random, *kinds: type[CellType]) -> Iterator[Cell]:
        """Give the cells of those types (or any) that may be spoilt, in random order."""
        found = [
            Cell(self, sheet, row, column, cells)
            for sheet in self.sheets
            for column in columns_in(sheet, self.form.version)
            if isinstance(column.type, kinds or CellType) and not self._is_leant_on(sheet, column)
            for row, cells in enumerate(self.rows[sheet.key])
        ]
        random.shuffle(found)
        return (cell for cell in found if not self.is_spoilt(cell.sheet.key, cell.row))

    def _is_leant_on(self, sheet: Sheet, column: Column) -> bool:
        """Whether others depend on the cell: who reports, and the names of rows."""
        if sheet.kind in {Kind.ANSWER, Kind.INDICATORS}:
            return True
        cover = self.form.cover
        asked = {cover.unit_id, cover.unit_name, cover.period, cover.filled_on, *governing(sheet)}
        asked |= set(cover.nil.columns()) if cover.nil else set()
        on_cover = sheet.key == cover.sheet and column.key in asked
        return on_cover or column.prefilled or column.is_key or column is sheet.naming_column

    def is_spoilt(self, sheet: str, row: int) -> bool:
        """Whether the row, or its sheet as a whole, bears a mistake already."""
        return not self._spoilt.isdisjoint({(sheet, row), (sheet, WHOLE_SHEET)})

    def touched(self, sheet: str) -> bool:
        """Whether anything of the sheet is spoilt."""
        return any(key == sheet for key, _ in self._spoilt)

    def has(self, *rules: str) -> bool:
        """Whether a mistake of one of these rules is planted."""
        return any(mistake.rule in rules for mistake in self.mistakes)

    def spoil(self, rule: str, sheet: str, row: int = WHOLE_SHEET, column: str = "") -> None:
        """Note a mistake."""
        self.protect(sheet, row)
        self.mistakes.append(Mistake(rule, sheet, row, column))

    def protect(self, sheet: str, row: int) -> None:
        """Keep other mistakes away from a row."""
        self._spoilt.add((sheet, row))

    def referred(self) -> set[tuple[str, str]]:
        """The (sheet, key) that any cell of the workbook points to."""
        return {
            (column.refers_to, name)
            for sheet in self.sheets
            for column in sheet.columns
            if column.refers_to
            for cells in self.rows[sheet.key]
            for name in read_list(str(cells.get(column.key, "")))
        }


def governing(sheet: Sheet) -> set[str]:
    """The columns on which it depends whether another one of the sheet must be filled."""
    return {
        name
        for column in sheet.columns
        if isinstance(column.required, Condition)
        for name in column.required.columns()
    }
