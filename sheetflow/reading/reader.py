"""Reads a workbook's bytes into a RawWorkbook.

This module owns the order: kind, gate, calamine, clean cells. It refuses to judge,
and it never lets a library's error or sentence out: what cannot be read is an
UnreadableError with a rule code of the catalogue.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

from sheetflow.errors import UnreadableError
from sheetflow.reading.calamine import CellCleaner, open_calamine, rows_of, worksheets
from sheetflow.reading.file_type import Container, container_of
from sheetflow.reading.ods import scan_ods
from sheetflow.reading.package import open_package
from sheetflow.reading.sheet_facts import SheetFacts, check_area, check_merges, clean_title
from sheetflow.reading.xls import open_ole, scan_xls
from sheetflow.reading.xlsb import scan_xlsb
from sheetflow.reading.xlsx import read_xlsx
from sheetflow.reading.zipped import pack
from sheetflow.workbook import RawSheet, RawWorkbook

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
    if container_of(data) is Container.OLE:
        ole = open_ole(data)
        if not ole.is_zip:
            facts, data = _scanned(scan_xls, ole.data)
            return _read_other(data, "xls", facts, ole.remarks)
        data, remarks = ole.data, ole.remarks
    package = open_package(data)
    remarks += package.remarks
    if package.kind == "xlsx":
        return read_xlsx(package, remarks)
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
        facts = [SheetFacts()] * len(listed)
    for (name, hidden), known in zip(listed, facts, strict=True):
        title, sheet = clean_title(name), workbook.get_sheet_by_name(name)
        merges = [
            (top + 1, left + 1, bottom + 1, right + 1)
            for (top, left), (bottom, right) in sheet.merged_cell_ranges or ()
        ]
        check_merges(title, merges)
        if sheet.end is not None:
            check_area(title, sheet.end[0] + 1, sheet.end[1] + 1)
        sheets.append(
            RawSheet(
                title,
                rows_of(sheet, cleaner, known.errors),
                formulas=known.formulas,
                errors=known.errors,
                unsaved=frozenset(known.unsaved),
                merges=tuple(merges),
                hidden=hidden,
            )
        )
    if cleaner.saw_picture:
        remarks = (*remarks, "remark-cell-pictures")
    remarks = (*remarks, "remark-format-tells-less")
    return RawWorkbook(tuple(sheets), kind, tells_formulas=False, names={}, remarks=remarks)
