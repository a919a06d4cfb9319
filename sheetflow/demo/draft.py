"""A workbook as a clerk has it in mind, and types it into the real issued one.

One mistake a row at most, so that no mistake hides or causes another. A row goes to the line
that bears its key already, else to the next free one; everything else stays as issued.
"""

from __future__ import annotations

import shutil
import subprocess
import tempfile
import warnings
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from copy import copy
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, cast

from sheetflow.periods import Period
from sheetflow.schemas.campaign import Samples, Typed
from sheetflow.schemas.cells import CellType
from sheetflow.schemas.columns import Column
from sheetflow.schemas.conditions import Condition, Row
from sheetflow.schemas.filings import filing_address, filings_by_rows
from sheetflow.schemas.forms import Form
from sheetflow.schemas.layout import (
    FIRST_ROW,
    HEADER_ROW,
    card_address,
    columns_in,
)
from sheetflow.schemas.parsing import read_list
from sheetflow.schemas.sheets import Kind, Sheet
from sheetflow.units import Unit

if TYPE_CHECKING:
    from openpyxl.workbook import Workbook
    from openpyxl.worksheet.worksheet import Worksheet


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
    random: Random

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
            Cell(self, sheet, row, column, cells, random)
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


_PATIENCE_SECONDS = 180

Cells = Mapping[int, Typed | None]
"""What is typed into one row, by 1-based column."""


@dataclass(frozen=True, slots=True)
class TypedSheet:
    """What is typed into one sheet: single cells, and rows with the key they bear.

    `naming` is the column in which a row's key stands, 0 where rows have none.
    """

    title: str
    cells: Mapping[tuple[int, int], Typed | None]
    naming: int = 0
    rows: Sequence[tuple[str, Cells]] = ()


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
    filings = _filings(draft)
    for sheet in draft.sheets:
        if sheet.key in draft.dropped_sheets:
            continue
        columns = columns_in(sheet, draft.form.version)
        rows = draft.rows[sheet.key]
        if not sheet.is_table:
            single = {
                card_address(sheet, column.key, draft.form.version): rows[0].get(column.key)
                for column in columns
            }
            sheets.append(TypedSheet(sheet.title, single))
            continue
        numbers = {column.key: number for number, column in enumerate(columns, start=1)}
        naming = sheet.naming_column
        typed = [
            (name, {numbers[column.key]: cells.get(column.key) for column in columns})
            for name, cells in zip(draft.names[sheet.key], rows, strict=True)
        ]
        wiped = {
            (HEADER_ROW, numbers[column]): None
            for key, column in draft.dropped_headers
            if key == sheet.key
        }
        number = numbers[naming.key] if naming else 0
        single = {**wiped, **filings.pop(sheet.key, {})}
        sheets.append(TypedSheet(sheet.title, single, number, typed))
    sheets += [TypedSheet(draft.form.by_key[key].title, said) for key, said in filings.items()]
    deleted = tuple(draft.form.by_key[key].title for key in sorted(draft.dropped_sheets))
    return Typing(issued, target, tuple(sheets), deleted)


def _filings(draft: Draft) -> dict[str, dict[tuple[int, int], Typed | None]]:
    """Give what is typed beside 填报声明, by sheet; a nil return may leave it blank."""
    form, said = draft.form, filings_by_rows(draft.form, draft.unit.level, draft.rows)
    asking = draft.rows.keys() & said.keys() - draft.dropped_sheets
    return {
        key: {filing_address(form.by_key[key], form.version): said[key]} for key in sorted(asking)
    }


def type_workbook(typing: Typing) -> dict[str, list[int]]:
    """Fill the issued workbook and save it as another file; give each row's number by title."""
    with typing_into(typing.issued, typing.target) as workbook:
        numbers = {}
        for sheet in typing.sheets:
            page = workbook[sheet.title]
            for (row, column), value in sheet.cells.items():
                _type(page, row, column, value)
            numbers[sheet.title] = _type_rows(page, sheet)
        for title in typing.deleted:
            del workbook[title]
        # Nobody has computed the formulas yet: whoever opens the file shall.
        workbook.calculation.fullCalcOnLoad = True
    return numbers


@contextmanager
def typing_into(path: Path, target: Path) -> Iterator[Workbook]:
    """Open a workbook as a clerk's program does, and save it as another file once it was typed into.

    The borders of merged cells are left out: laying them is most of what opening takes, and nobody looks at them.
    """
    import openpyxl
    from openpyxl.worksheet.merge import MergedCellRange

    borders = MergedCellRange.format
    MergedCellRange.format = lambda _range: None  # type: ignore[assignment,method-assign]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # about what openpyxl does not keep
        try:
            workbook = openpyxl.load_workbook(path)
        finally:
            MergedCellRange.format = borders  # type: ignore[method-assign]
        yield workbook
        target.parent.mkdir(parents=True, exist_ok=True)
        workbook.save(target)
        workbook.close()


def _type_rows(page: Worksheet, sheet: TypedSheet) -> list[int]:
    printed: dict[str, int] = {}  # the lines that bear a key already
    for row in range(FIRST_ROW, page.max_row + 1) if sheet.naming else ():
        value = page.cell(row, sheet.naming).value
        if value is not None and not str(value).startswith("="):
            printed[str(value)] = row
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
            _type(page, row, column, value)
    return numbers


def _type(page: Worksheet, row: int, column: int, value: Typed | None) -> None:
    """Put a value into a cell; a bare cell takes its column's look, as in an office program."""
    cell = page.cell(row, column)
    if cell.value == value:
        return
    # openpyxl knows columns of one look by the first of them alone
    looks = (
        each
        for each in page.column_dimensions.values()
        if (each.min or 0) <= column <= (each.max or 0)
    )
    if not cell.has_style and (model := next(looks, None)):
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
        saved = {path: out / f"{path.stem}.{extension}" for path in paths}
        for path, made in saved.items():
            if made.is_file():
                shutil.move(made, path.with_suffix(made.suffix))
                path.unlink()
        return [path if path.exists() else path.with_suffix(f".{extension}") for path in paths]
