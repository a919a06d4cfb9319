"""Types a draft into the real issued workbook and saves it, as a clerk would.

This module owns where a row goes: to the line that bears its key already, else to the
next free one. Everything else in the file (stamp, drop-downs, formulas) stays as issued.
Some save in an older format, as units with older office programs do.
"""

from __future__ import annotations

import shutil
import subprocess
import tempfile
import warnings
from collections.abc import Mapping, Sequence
from copy import copy
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from sheetflow.demo.draft import Draft
from sheetflow.schemas.layout import (
    FIRST_ROW,
    HEADER_ROW,
    card_address,
    columns_in,
)
from sheetflow.schemas.samples import Typed
from sheetflow.workbook import column_letters

if TYPE_CHECKING:
    from openpyxl.worksheet.worksheet import Worksheet

_PATIENCE_SECONDS = 180

Cells = Mapping[int, Typed | None]
"""What is typed into one row, by 1-based column."""


@dataclass(frozen=True, slots=True)
class TypedSheet:
    """What is typed into one sheet: single cells of a card, or rows with the key they bear.

    `naming` is the column in which a row's key stands, 0 where rows have none.
    `wiped` are header cells to delete.
    """

    title: str
    single: Mapping[tuple[int, int], Typed | None] = field(default_factory=dict)
    naming: int = 0
    rows: Sequence[tuple[str, Cells]] = ()
    wiped: Sequence[tuple[int, int]] = ()


@dataclass(frozen=True, slots=True)
class Typing:
    """One workbook to type: the issued file, where to save it, and what goes in."""

    issued: Path
    target: Path
    sheets: tuple[TypedSheet, ...]
    deleted: tuple[str, ...] = ()


def plan_typing(draft: Draft, issued: Path, target: Path) -> Typing:
    """Lay `draft` out as our workbooks are laid out."""
    sheets = []
    for sheet in draft.sheets:
        if sheet.key in draft.dropped_sheets:
            continue
        columns = columns_in(sheet, draft.form.version)
        numbers = {column.key: number for number, column in enumerate(columns, start=1)}
        rows = draft.rows[sheet.key]
        if not sheet.is_table:
            spots = {
                card_address(sheet, column.key, draft.form.version): rows[0].get(column.key)
                for column in columns
            }
            sheets.append(TypedSheet(sheet.title, single=spots))
            continue
        naming = sheet.naming_column
        typed = [
            (name, {numbers[column.key]: cells.get(column.key) for column in columns})
            for name, cells in zip(draft.names[sheet.key], rows, strict=True)
        ]
        wiped = [
            (HEADER_ROW, numbers[column])
            for key, column in draft.dropped_headers
            if key == sheet.key
        ]
        number = numbers[naming.key] if naming else 0
        sheets.append(TypedSheet(sheet.title, naming=number, rows=typed, wiped=wiped))
    deleted = tuple(draft.form.by_key[key].title for key in sorted(draft.dropped_sheets))
    return Typing(issued, target, tuple(sheets), deleted)


def type_workbook(typing: Typing) -> dict[str, list[int]]:
    """Fill the issued workbook and save it as another file; give each row's number by title."""
    import openpyxl

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # about what openpyxl does not keep
        workbook = openpyxl.load_workbook(typing.issued)
        numbers = {}
        for sheet in typing.sheets:
            page = workbook[sheet.title]
            for (row, column), value in sheet.single.items():
                if page.cell(row, column).value != value:
                    _type(page, row, column, value)
            numbers[sheet.title] = _type_rows(page, sheet)
            for row, column in sheet.wiped:
                page.cell(row, column).value = None
        for title in typing.deleted:
            del workbook[title]
        # Nobody has computed the formulas yet: whoever opens the file shall.
        workbook.calculation.fullCalcOnLoad = True
        typing.target.parent.mkdir(parents=True, exist_ok=True)
        workbook.save(typing.target)
        workbook.close()
    return numbers


def _type_rows(page: Worksheet, sheet: TypedSheet) -> list[int]:
    printed = _printed(page, sheet.naming) if sheet.naming else {}
    taken = set(printed.values())
    free = FIRST_ROW
    numbers = []
    for name, cells in sheet.rows:
        row = printed.get(name, 0)
        if not row:
            while free in taken:
                free += 1
            row = free
            taken.add(row)
        numbers.append(row)
        for column, value in cells.items():
            if page.cell(row, column).value != value:
                _type(page, row, column, value)
    return numbers


def _printed(page: Worksheet, naming: int) -> dict[str, int]:
    """Find the lines that bear a key already."""
    found: dict[str, int] = {}
    for row in range(FIRST_ROW, page.max_row + 1):
        value = page.cell(row, naming).value
        if value is not None and not str(value).startswith("="):
            found[str(value)] = row
    return found


def _type(page: Worksheet, row: int, column: int, value: Typed | None) -> None:
    """Put a value into a cell; a bare cell takes its column's look, as in an office program."""
    cell = page.cell(row, column)
    if not cell.has_style:
        model = page.column_dimensions[column_letters(column)]
        # Part by part, as openpyxl would have it, would take ten times as long.
        cell._style = copy(model._style)  # type: ignore[attr-defined, union-attr]  # noqa: SLF001
    kept = cell.number_format
    cell.value = value
    if cell.number_format != kept:  # openpyxl chooses one of its own for a date
        cell.number_format = kept


def find_soffice() -> str:
    """Give the path of LibreOffice, empty where there is none."""
    return shutil.which("soffice") or shutil.which("libreoffice") or ""


def resave(paths: Sequence[Path], extension: str, soffice: str, folder: Path) -> list[Path]:
    """Save `paths` as .xls or .ods beside them, in one run of the office program.

    A profile of its own keeps out whatever runs already. Where the program fails, a file
    stays as it was: give each file's path as it is now.
    """
    with tempfile.TemporaryDirectory(dir=folder) as scratch:
        profile, out = Path(scratch) / "profile", Path(scratch) / "out"
        command = [
            soffice,
            f"-env:UserInstallation={profile.as_uri()}",
            "--headless",
            "--convert-to",
            extension,
            "--outdir",
            str(out),
            *map(str, paths),
        ]
        try:
            subprocess.run(  # noqa: S603 - our own files, a program found by name
                command, check=False, capture_output=True, timeout=_PATIENCE_SECONDS
            )
        except (OSError, subprocess.TimeoutExpired):
            return list(paths)
        return [_moved(path, out / f"{path.stem}.{extension}") for path in paths]


def _moved(path: Path, saved: Path) -> Path:
    if not saved.is_file():
        return path
    target = path.with_suffix(saved.suffix)
    shutil.move(saved, target)
    path.unlink()
    return target
