"""Where a place in a submitted workbook is in the copy that goes back: findings move along.

It refuses to know what is wrong there.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

from sheetflow.findings import (
    Argument,
    Finding,
    Place,
)
from sheetflow.schemas.book import BookSheet
from sheetflow.schemas.filings import FILING_RULES, filing_address
from sheetflow.schemas.forms import Form
from sheetflow.schemas.layout import (
    FIRST_ROW,
    HEADER_ROW,
    STATISTICS_COLUMNS,
    cell_in,
    column_number,
    measured_in,
)
from sheetflow.schemas.sheets import Kind
from sheetflow.workbook import cell_name, parse_cell_name


@dataclass(frozen=True, slots=True)
class Moves:
    """Where the rows and columns of one submitted table stand in the returned copy."""

    rows: Mapping[int, int]
    columns: Mapping[int, int]

    @classmethod
    def of(cls, found: BookSheet, form: Form) -> Moves:
        """Tell it of a sheet as it was read, for the copy that `form` gives."""
        sheet = form.by_key.get(found.sheet.key)
        if sheet is None or not sheet.is_table:
            return cls({}, {})
        rows = {row.number: FIRST_ROW + index for index, row in enumerate(found.shown)}
        columns = {
            address[1]: column_number(sheet, key, form.version)
            for key, address in found.addresses.items()
            if key in sheet.by_key and sheet.by_key[key].in_version(form.version)
        }
        return cls({found.header_row: HEADER_ROW, **rows}, columns)

    def cell(self, name: str) -> str:
        """Give the new name of a cell, empty where the copy has none."""
        row, column = parse_cell_name(name)
        if row not in self.rows or column not in self.columns:
            return ""
        return cell_name(self.rows[row], self.columns[column])

    def area(self, name: str) -> str:
        """Give the new name of a range: those of its rows and columns that the copy has."""
        (top, left), (bottom, right) = map(parse_cell_name, name.split(":"))
        rows = [self.rows[row] for row in range(top, bottom + 1) if row in self.rows]
        columns = [
            self.columns[column] for column in range(left, right + 1) if column in self.columns
        ]
        if not rows or not columns:
            return name
        return f"{cell_name(min(rows), min(columns))}:{cell_name(max(rows), max(columns))}"


def move_finding(finding: Finding, moves: Mapping[str, Moves], form: Form) -> Finding:
    """Point `finding` to the returned copy's cell instead of the submitted one's."""
    place = finding.place
    declared = form.by_key.get(place.sheet)
    if declared is None:
        return finding
    move = moves.get(place.sheet) or Moves({}, {})
    is_known, row, cell = place.column in declared.by_key, place.row, ""
    if declared.kind is Kind.INDICATORS:
        row, cell = _among_figures(place, form)
    elif finding.rule.startswith(FILING_RULES):
        row, number = filing_address(declared, form.version)
        cell = cell_name(row, number)
    elif not declared.is_table:
        cell = cell_in(declared, place.column, 0, form.version) if is_known else ""
    else:
        row = move.rows.get(place.row, 0)
        if is_known and (row or not place.row):
            cell = cell_in(declared, place.column, row or HEADER_ROW, form.version)
        elif place.row and place.cell:
            cell = move.cell(place.cell)
    moved = replace(finding, place=replace(place, title=declared.title, row=row, cell=cell))
    if not declared.is_table:
        return moved
    return replace(
        moved,
        others=tuple(filter(None, map(move.cell, finding.others))),
        arguments=_moved_arguments(finding.arguments, move),
    )


def _moved_arguments(arguments: Mapping[str, Argument], move: Moves) -> Mapping[str, Argument]:
    """Rename the cells that a sentence names: the arguments called …cell and …range."""
    renamed = dict(arguments)
    for name, value in arguments.items():
        if name.endswith("cell") and value:
            renamed[name] = move.cell(str(value)) or value
        elif name.endswith("range"):
            renamed[name] = move.area(str(value))
    return MappingProxyType(renamed)


def _among_figures(place: Place, form: Form) -> tuple[int, str]:
    """Give the row and cell in which our own sheet shows a figure, by its code."""
    codes = [indicator.code for indicator in form.indicators]
    if place.column not in codes:
        return 0, ""
    row = FIRST_ROW + codes.index(place.column)
    known = place.key in STATISTICS_COLUMNS
    heading = place.key if known else measured_in(form.kinds[place.column])
    return row, cell_name(row, STATISTICS_COLUMNS.index(heading) + 1)
