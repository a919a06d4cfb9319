"""Reads a verified .xlsx: the facts of its sheets from the XML, the values from calamine.

This module owns how both come together, and the second try at a sheet of which one odd cell
made calamine give up everything. It refuses to know other formats.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sheetflow.errors import UnreadableError
from sheetflow.reading.calamine import (
    CellCleaner,
    Row,
    clean_text,
    gave_up,
    open_calamine,
    rows_of,
    worksheets,
)
from sheetflow.reading.odd_cells import mended
from sheetflow.reading.package import Package
from sheetflow.reading.rich_text import read_texts
from sheetflow.reading.sheet_facts import (
    MAX_AREA,
    MAX_CELLS,
    SheetFacts,
    check_area,
    check_merges,
    clean_title,
)
from sheetflow.reading.sheet_xml import scan_sheet, walk_sheet
from sheetflow.reading.styles import Marks, Styles, read_styles, resolve
from sheetflow.reading.zipped import pack
from sheetflow.workbook import RawSheet, RawWorkbook

if TYPE_CHECKING:
    from python_calamine import CalamineWorkbook


def read_xlsx(package: Package, remarks: tuple[str, ...]) -> RawWorkbook:
    """Read the sheets of a verified package."""
    part = package.part("xl/styles.xml")
    styles = read_styles(part) if part else Styles()
    part = package.part("xl/sharedStrings.xml")
    texts = read_texts(part) if part else {}
    facts = _scan(package, Marks.of(styles, texts))
    values = _Values(package, facts)
    sheets = []
    for name, hidden in worksheets(values.workbook):
        known = values.facts[name]
        borne = resolve(known.marked, styles, texts)
        sheets.append(
            RawSheet(
                clean_title(name),
                values.rows(name),
                hidden_rows=frozenset(known.hidden_rows),
                formulas=known.formulas,
                errors=known.errors,
                unsaved=frozenset(known.unsaved),
                struck=frozenset(borne.struck),
                runs=borne.runs,
                formats=borne.formats,
                merges=tuple(known.merges),
                hidden=hidden,
            )
        )
    if values.cleaner.saw_picture or any(each.pictures for each in facts):
        remarks = (*remarks, "remark-cell-pictures")
    names = {name: clean_text(text) for name, text in package.names.items()}
    return RawWorkbook(tuple(sheets), names=names, remarks=remarks)


def _scan(package: Package, marks: Marks) -> list[SheetFacts]:
    """Gather the facts of every sheet in order, and hold the workbook to the limits.

    No program writes two sheets of one part; thousands of them would be read for ever.
    """
    if len(set(package.sheets.values())) < len(package.sheets):
        raise UnreadableError("file-damaged")
    facts: list[SheetFacts] = []
    cells = area = 0
    for name, part in package.sheets.items():
        known = scan_sheet(
            package.parts[part], takes_pictures=package.has_rich_pictures, marks=marks
        )
        check_area(name, known.last_row, known.last_column)
        check_merges(name, known.merges)
        cells += known.cells
        area += known.last_row * known.last_column
        if cells > MAX_CELLS or area > MAX_AREA:
            raise UnreadableError("file-too-large")
        facts.append(known)
    return facts


@dataclass
class _Values:
    """The values of the sheets as calamine gives them, by calamine's names of the sheets."""

    package: Package
    in_order: list[SheetFacts]
    cleaner: CellCleaner = field(default_factory=CellCleaner)

    def __post_init__(self) -> None:
        parts = dict(self.package.parts)
        for name, known in zip(self.package.sheets.values(), self.in_order, strict=True):
            if known.edits:
                parts[name] = mended(parts[name], known.edits)
        self.workbook: CalamineWorkbook = open_calamine(pack(parts))
        names = self.workbook.sheet_names
        if len(names) != len(self.in_order):
            raise UnreadableError("file-damaged")
        self.facts = dict(zip(names, self.in_order, strict=True))  # one order, its names
        self._parts = dict(zip(names, self.package.sheets.values(), strict=True))

    def rows(self, name: str) -> tuple[Row, ...]:
        """Give the rows of a sheet, without its error values and pictures."""
        known = self.facts[name]
        blanks = {*known.errors, *known.pictures}
        self.cleaner.saw_time = False
        try:
            rows = rows_of(self.workbook.get_sheet_by_name(name), self.cleaner, blanks)
        except BaseException as error:
            if not gave_up(error) or known.edits:
                raise
            return self._rows_mended(name)
        # A number below 0 in a format for dates comes as a time of day, too.
        return self._rows_mended(name) if self.cleaner.saw_time and not known.edits else rows

    def _rows_mended(self, name: str) -> tuple[Row, ...]:
        """Read a sheet again, its odd cells written as calamine can take them."""
        part = self._parts[name]
        known = self.facts[name]
        content = self.package.parts[part]
        again = mended(content, walk_sheet(content, SheetFacts()).edits)
        workbook = open_calamine(pack({**self.package.parts, part: again}))
        blanks = {*known.errors, *known.pictures}
        return rows_of(workbook.get_sheet_by_name(name), self.cleaner, blanks)
