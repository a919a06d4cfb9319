"""Reads a workbook's bytes into a RawWorkbook.

This module owns the order: kind, gate, calamine, clean cells. It refuses to judge,
and it never lets a library's error or sentence out: what cannot be read is an
UnreadableError with a rule code of the catalogue.
"""

from __future__ import annotations

import datetime as dt
import io
import warnings
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, cast

from sheetflow.errors import UnreadableError
from sheetflow.reading.cells import CellCleaner, Row, clean_text
from sheetflow.reading.kinds import Container, container_of
from sheetflow.reading.ods import check_ods
from sheetflow.reading.ole import open_ole
from sheetflow.reading.parts import Package, open_package
from sheetflow.reading.sheet_facts import (
    MAX_AREA,
    MAX_CELLS,
    SheetFacts,
    check_area,
    check_merges,
    clean_title,
)
from sheetflow.reading.sheet_xml import scan_sheet
from sheetflow.reading.zipped import pack
from sheetflow.workbook import Address, CellValue, RawSheet, RawWorkbook

if TYPE_CHECKING:
    from python_calamine import CalamineSheet, CalamineWorkbook


def read_workbook(data: bytes) -> RawWorkbook:
    """Read the bytes of an .xlsx, .xlsm, .xlsb, .xls, .et or .ods workbook.

    Blank cells, error values and formulas without a cached value are None; the
    addresses of the latter two stand in `errors` and `formulas` where the format tells
    them (.xlsx and .xlsm). Raise UnreadableError for everything that is not a sound
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
    if container_of(data) is Container.OLE:
        ole = open_ole(data)
        if not ole.is_zip:
            return _read_blind(ole.data, "xls", ole.remarks)
        data, remarks = ole.data, ole.remarks
    package = open_package(data)
    remarks += package.remarks
    if package.kind == "xlsx":
        return _read_xlsx(package, remarks)
    if package.kind == "ods":
        check_ods(package.parts["content.xml"])
    return _read_blind(pack(package.parts), package.kind, remarks)


def _read_blind(data: bytes, kind: str, remarks: tuple[str, ...]) -> RawWorkbook:
    """Read a format that tells neither formulas nor error cells nor hidden rows."""
    cleaner = CellCleaner()
    sheets = []
    workbook = _open(data)
    for name, hidden in _worksheets(workbook):
        title, sheet = clean_title(name), workbook.get_sheet_by_name(name)
        merges = [
            (top + 1, left + 1, bottom + 1, right + 1)
            for (top, left), (bottom, right) in sheet.merged_cell_ranges or ()
        ]
        check_merges(title, merges)
        if sheet.end is not None:
            check_area(title, sheet.end[0] + 1, sheet.end[1] + 1)
        rows = _rows(sheet, cleaner)
        sheets.append(
            RawSheet(title, rows, formulas={}, errors={}, merges=tuple(merges), hidden=hidden)
        )
    if cleaner.saw_picture:
        remarks = (*remarks, "remark-cell-pictures")
    remarks = (*remarks, "remark-format-tells-less")
    return RawWorkbook(tuple(sheets), kind, tells_formulas=False, names={}, remarks=remarks)


def _read_xlsx(package: Package, remarks: tuple[str, ...]) -> RawWorkbook:
    facts = _scan(package)
    packed = pack(package.parts)
    cleaner = CellCleaner()
    sheets = []
    workbook = _open(packed)
    if len(workbook.sheet_names) != len(facts):
        raise UnreadableError("file-damaged")
    known_by_name = dict(zip(workbook.sheet_names, facts, strict=True))  # one order, its names
    for name, hidden in _worksheets(workbook):
        known = known_by_name[name]
        sheets.append(
            RawSheet(
                clean_title(name),
                _xlsx_rows(workbook, name, known, cleaner, packed),
                hidden_rows=frozenset(known.hidden_rows),
                formulas=known.formulas,
                errors=known.errors,
                merges=tuple(known.merges),
                hidden=hidden,
            )
        )
    if cleaner.saw_picture or any(each.pictures for each in facts):
        remarks = (*remarks, "remark-cell-pictures")
    names = {name: clean_text(text) for name, text in package.names.items()}
    return RawWorkbook(tuple(sheets), names=names, remarks=remarks)


def _scan(package: Package) -> list[SheetFacts]:
    """Gather the facts of every sheet in order, and hold the workbook to the limits."""
    facts: list[SheetFacts] = []
    cells = area = 0
    for name, part in package.sheets.items():
        known = scan_sheet(package.parts[part], takes_pictures=package.has_rich_pictures)
        check_area(name, known.last_row, known.last_column)
        check_merges(name, known.merges)
        cells += known.cells
        area += known.last_row * known.last_column
        if cells > MAX_CELLS or area > MAX_AREA:
            raise UnreadableError("file-too-large")
        facts.append(known)
    return facts


def _xlsx_rows(
    workbook: CalamineWorkbook, name: str, known: SheetFacts, cleaner: CellCleaner, packed: bytes
) -> tuple[Row, ...]:
    from python_calamine import CalamineError

    blanks = {*known.errors, *known.pictures}
    try:
        return _rows(workbook.get_sheet_by_name(name), cleaner, blanks)
    except CalamineError:
        if not known.has_strange_error:
            raise
        # calamine gives up a whole sheet for one error value it does not know (#SPILL!).
        return cleaner.rows(_slow_rows(packed, name), blanks=blanks)


def _slow_rows(packed: bytes, name: str) -> Iterator[Sequence[CellValue]]:
    """Read one sheet's values with openpyxl, in its reading mode that loads nothing else."""
    import openpyxl
    from openpyxl.worksheet._read_only import ReadOnlyWorksheet

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        workbook = openpyxl.load_workbook(io.BytesIO(packed), read_only=True, data_only=True)
        try:
            sheet = workbook[name]
            if isinstance(sheet, ReadOnlyWorksheet):
                sheet.reset_dimensions()
                for row in sheet.iter_rows(values_only=True):
                    yield [_day_alone(value) for value in row]
        finally:
            workbook.close()


def _day_alone(value: object) -> CellValue:
    """Give midnight as a date, as calamine does."""
    if isinstance(value, dt.datetime) and value.time() == dt.time():
        return value.date()
    return cast("CellValue", value)


def _open(data: bytes) -> CalamineWorkbook:
    from python_calamine import CalamineWorkbook, PasswordError

    try:
        return CalamineWorkbook.from_filelike(io.BytesIO(data))
    except PasswordError as error:
        raise UnreadableError("file-encrypted") from error


def _worksheets(workbook: CalamineWorkbook) -> list[tuple[str, bool]]:
    """List the names of sheets with cells, and whether each is hidden."""
    from python_calamine import SheetTypeEnum, SheetVisibleEnum

    return [
        (sheet.name, sheet.visible is not SheetVisibleEnum.Visible)
        for sheet in workbook.sheets_metadata
        if sheet.typ is SheetTypeEnum.WorkSheet
    ]


def _rows(
    sheet: CalamineSheet, cleaner: CellCleaner, blanks: Iterable[Address] = ()
) -> tuple[Row, ...]:
    """Clean a sheet's rows; calamine gives them from row 1, but from its first column on."""
    if sheet.start is None:
        return ()
    return cleaner.rows(sheet.iter_rows(), left_out=sheet.start[1], blanks=blanks)
