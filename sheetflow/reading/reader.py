"""Reads a workbook's bytes into a RawWorkbook.

This module owns the order: kind, gate, facts, calamine, clean cells; and the second try at a sheet
of which one odd cell made calamine give up everything. It refuses to judge, and it never lets a
library's error out: what cannot be read is an UnreadableError with a rule code.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, TypeVar

from sheetflow.errors import UnreadableError
from sheetflow.reading.binary import open_ole, scan_xls, scan_xlsb
from sheetflow.reading.calamine import (
    CellCleaner,
    Row,
    clean_text,
    gave_up,
    open_calamine,
    worksheets,
)
from sheetflow.reading.file_type import is_ole
from sheetflow.reading.ods import scan_ods
from sheetflow.reading.package import Package, open_package, pack
from sheetflow.reading.sheet_facts import (
    MAX_AREA,
    MAX_CELLS,
    SheetFacts,
    check_area,
    check_merges,
    clean_title,
    mended,
)
from sheetflow.reading.sheet_xml import scan_sheet, walk_sheet
from sheetflow.reading.styles import Borne, Marks, read_styles, read_texts
from sheetflow.workbook import RawSheet, RawWorkbook

if TYPE_CHECKING:
    from python_calamine import CalamineSheet

Source = TypeVar("Source")


def read_workbook(data: bytes) -> RawWorkbook:
    """Read the bytes of an .xlsx, .xlsm, .xlsb, .xls, .et or .ods workbook.

    Blank cells, error values and formulas without a saved result are None; the addresses
    of the latter two stand in `errors` and `unsaved`. Raise UnreadableError for everything that is not a sound
    workbook with at least one filled cell.
    """
    try:
        workbook = _read(data)
    except UnreadableError:
        raise
    except MemoryError as error:
        raise UnreadableError("file-outgrew-memory") from error
    except Exception as error:
        raise UnreadableError("file-damaged") from error
    except BaseException as error:
        if type(error).__name__ != "PanicException":  # of calamine; Rust's way to give up
            raise
        raise UnreadableError("file-killed-reader") from error
    if not workbook.sheets:
        raise UnreadableError("file-no-sheets")
    if not any(sheet.rows or sheet.formulas or sheet.errors for sheet in workbook.sheets):
        raise UnreadableError("file-blank")
    return workbook


def _read(data: bytes) -> RawWorkbook:
    remarks: tuple[str, ...] = ()
    if is_ole(data):
        data, is_zip, remarks = open_ole(data)
        if not is_zip:
            facts, data = _scanned(scan_xls, data)
            return _read_other(data, "xls", facts, remarks)
    package = open_package(data)
    remarks += package.remarks
    if package.kind == "xlsx":
        return _read_xlsx(package, remarks)
    if package.kind == "ods":
        facts, parts = scan_ods(package.parts["content.xml"]), package.parts
    else:
        facts, parts = _scanned(scan_xlsb, package.parts)
    return _read_other(pack(parts), package.kind, facts, remarks)


def _scanned(
    scan: Callable[[Source], tuple[list[SheetFacts], Source]], source: Source
) -> tuple[list[SheetFacts], Source]:
    """Gather formulas and errors; where records are not as they should be, none are known."""
    try:
        return scan(source)
    except UnreadableError:
        raise
    except Exception:  # noqa: BLE001 - calamine has the last word on whether the file is sound
        return [], source


def _read_other(
    data: bytes, kind: str, facts: Sequence[SheetFacts], remarks: tuple[str, ...]
) -> RawWorkbook:
    """Read a format that tells neither hidden rows nor how cells look."""
    cleaner = CellCleaner()
    sheets = []
    workbook = open_calamine(data)
    listed = worksheets(workbook)
    if len(facts) != len(listed):
        facts = [SheetFacts() for _ in listed]
    for (name, hidden), known in zip(listed, facts, strict=True):
        sheet = workbook.get_sheet_by_name(name)
        known.merges = [
            (top + 1, left + 1, bottom + 1, right + 1)
            for (top, left), (bottom, right) in sheet.merged_cell_ranges or ()
        ]
        check_merges(name, known.merges)
        if sheet.end is not None:
            check_area(name, sheet.end[0] + 1, sheet.end[1] + 1)
        rows = cleaner.rows(sheet, known.errors)
        sheets.append(_raw_sheet(name, rows, known, Borne(), hidden=hidden))
    if cleaner.saw_picture:
        remarks = (*remarks, "remark-cell-pictures")
    remarks = (*remarks, "remark-format-tells-less")
    return RawWorkbook(tuple(sheets), kind, tells_formulas=False, names={}, remarks=remarks)


def _raw_sheet(
    title: str,
    rows: tuple[Row, ...],
    known: SheetFacts,
    borne: Borne,
    *,
    hidden: bool,
) -> RawSheet:
    return RawSheet(
        clean_title(title),
        rows,
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


def _read_xlsx(package: Package, remarks: tuple[str, ...]) -> RawWorkbook:
    """Read the facts of the sheets from the XML, and the values from calamine."""
    styles = read_styles(package.part("xl/styles.xml"))
    texts = read_texts(package.part("xl/sharedStrings.xml"))
    facts = _scan(package, Marks.of(styles, texts))
    parts = dict(package.parts)
    for part, known in zip(package.sheets.values(), facts, strict=True):
        if known.edits:
            parts[part] = mended(parts[part], known.edits)
    workbook = open_calamine(pack(parts))
    if len(workbook.sheet_names) != len(facts):
        raise UnreadableError("file-damaged")
    # The order is one, the names are calamine's.
    told = dict(
        zip(workbook.sheet_names, zip(package.sheets.values(), facts, strict=True), strict=True)
    )
    cleaner = CellCleaner()
    sheets = []
    for name, hidden in worksheets(workbook):
        part, known = told[name]
        rows = _rows(workbook.get_sheet_by_name(name), known, cleaner, package, part)
        borne = Borne.by(known.marked, styles, texts)
        sheets.append(_raw_sheet(name, rows, known, borne, hidden=hidden))
    if cleaner.saw_picture or any(each.pictures for each in facts):
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


def _rows(
    sheet: CalamineSheet, known: SheetFacts, cleaner: CellCleaner, package: Package, part: str
) -> tuple[Row, ...]:
    """Give the rows of a sheet, without its error values and pictures.

    Where calamine gave the sheet up, it is read again, its odd cells written as calamine takes them.
    """
    blanks = {*known.errors, *known.pictures}
    cleaner.saw_time = False
    try:
        rows = cleaner.rows(sheet, blanks)
    except BaseException as error:
        if not gave_up(error) or known.edits:
            raise
    else:
        # A number below 0 in a format for dates comes as a time of day, too.
        if not cleaner.saw_time or known.edits:
            return rows
    content = package.parts[part]
    again = mended(content, walk_sheet(content, SheetFacts()).edits)
    workbook = open_calamine(pack({**package.parts, part: again}))
    return cleaner.rows(workbook.get_sheet_by_name(sheet.name), blanks)
