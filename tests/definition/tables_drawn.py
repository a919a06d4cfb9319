"""A campaign workbook in memory: rows by field become the cells of a RawWorkbook, without any file.

This module owns where a field's cell stands, so that tests name cells by sheet, row and field.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from sheetflow.definition.compiling.campaign import Compiled, compile_campaign
from sheetflow.definition.layout import FIRST_ROW, PARTS, Content, Field, Part, Rows
from sheetflow.workbook import CellValue, RawSheet, RawWorkbook, cell_name

LEVELS = ("省", "市", "县")


@dataclass
class Drawn:
    """Rows by sheet, and the columns that they stand in."""

    rows: dict[str, list[dict[str, object]]]
    levels: Sequence[str] = LEVELS
    merges: dict[str, tuple[tuple[int, int, int, int], ...]] = field(default_factory=dict)
    formulas: dict[str, dict[tuple[int, int], str]] = field(default_factory=dict)

    @classmethod
    def of(cls, rows: Rows, levels: Sequence[str] = LEVELS) -> Drawn:
        """Draw rows as `rows_of` gives them."""
        return cls({title: [dict(row) for row in listed] for title, listed in rows.items()}, levels)

    def copy(self) -> Drawn:
        """Give one more that can be changed by itself."""
        rows = {title: [dict(row) for row in listed] for title, listed in self.rows.items()}
        return replace(self, rows=rows, merges={}, formulas={})

    def fields(self, title: str) -> tuple[Field, ...]:
        """The columns of a sheet, from left to right."""
        return part_of(title).for_levels(self.levels)

    def find(self, title: str, /, **cells: str) -> int:
        """Tell which row, from 0, says this first."""
        return next(
            number for number, row in enumerate(self.rows[title]) if row.items() >= cells.items()
        )

    def address(self, title: str, number: int, key: str) -> tuple[int, int]:
        """Tell where a field of a row stands."""
        keys = [entry.key for entry in self.fields(title)]
        return FIRST_ROW + number, keys.index(key) + 1

    def cell(self, title: str, number: int, key: str) -> str:
        """Name that cell as Excel does."""
        return cell_name(*self.address(title, number, key))

    def raw(self) -> RawWorkbook:
        """Give the workbook as reading would."""
        return RawWorkbook(tuple(self._sheet(part) for part in PARTS if part.title in self.rows))

    def _sheet(self, part: Part) -> RawSheet:
        fields = self.fields(part.title)
        rows: list[Sequence[CellValue]] = [("说明",), [entry.header for entry in fields]]
        rows += [[_typed(row.get(entry.key)) for entry in fields] for row in self.rows[part.title]]
        return RawSheet(
            part.title,
            rows,
            formulas=self.formulas.get(part.title, {}),
            merges=self.merges.get(part.title, ()),
        )

    def compiled(self) -> Compiled:
        """Compile it."""
        return compile_campaign(self.raw())


def _typed(value: object) -> CellValue:
    assert value is None or isinstance(value, str | int | float | dt.date)
    return value


def part_of(title: str) -> Part:
    """Give the sheet of that title."""
    return next(part for part in PARTS if part.title == title)


_NUMBERS = {Content.WHOLE, Content.NUMBER, Content.DEADLINE}


def draw(text: str, levels: Sequence[str] = LEVELS) -> Drawn:
    """Draw sheets as text: ``# 栏目``, a line of headers, a line a row; ｜ between cells, ⏎ a line break."""
    rows: dict[str, list[dict[str, object]]] = {}
    for block in text.strip().split("# ")[1:]:
        title, headers, *lines = block.strip().split("\n")
        fields = {entry.header: entry for entry in part_of(title).for_levels(levels)}
        shown = [fields[header.strip()] for header in headers.split("｜")]
        rows.setdefault(title, []).extend(_row(shown, line) for line in lines)
    return Drawn(rows, levels)


def _row(fields: Sequence[Field], line: str) -> dict[str, object]:
    row: dict[str, object] = {}
    for entry, typed in zip(fields, line.split("｜"), strict=False):
        text = typed.strip(" ").replace("⏎", "\n")
        if text:
            row[entry.key] = int(text) if entry.content in _NUMBERS and text.isdecimal() else text
    return row
