"""From a raw workbook to a book: rows read by their models, each fault at its cell.

All cells are read in one pass. A fault in one cell leaves the others of its row in
use; rules across cells leave faulty ones alone, so that no finding causes another.
"""

from __future__ import annotations

from dataclasses import replace

from sheetflow.findings import Catalogue, Finding, Place
from sheetflow.schemas.book import Book, BookRow, BookSheet, JudgingContext
from sheetflow.schemas.columns import is_blank
from sheetflow.schemas.layout import columns_in
from sheetflow.schemas.sheets import Kind, Sheet
from sheetflow.units.tree import names_of
from sheetflow.validators.cell_marks import marks_of_row
from sheetflow.validators.row_findings import Reader, read_lines, tell_row
from sheetflow.validators.rows import read_table
from sheetflow.validators.sheets import (
    find_card,
    foreign_sheets,
    matches,
)
from sheetflow.validators.stamps import Recognised
from sheetflow.validators.statistics import figure_spots
from sheetflow.workbook import RawSheet, RawWorkbook


def parse_book(
    raw: RawWorkbook, known: Recognised, checks: Catalogue, context: JudgingContext
) -> tuple[Book, list[Finding]]:
    """Read every sheet of the form that the unit's level fills, and say what is not ours.

    A row that bears the name of the unit or of a superior is no row of data.
    """
    form, unit = known.form, context.unit
    reader = Reader(form, unit, checks, known.version, names_of(unit, context.tree))
    sheets: dict[str, BookSheet] = {}
    doubled: list[RawSheet] = []
    for sheet in form.sheets_for(unit.level):
        entry = known.sheets.get(sheet.key)
        if entry is None or (
            not sheet.always_shown and all(is_blank(cell) for row in entry.rows for cell in row)
        ):
            if sheet.kind not in {Kind.ANSWER, Kind.INDICATORS}:
                rule = "sheet-missing" if sheet.always_shown else "sheet-absent"
                place = Place(sheet=sheet.key, title=sheet.title)
                reader.note(rule, place, sheet=sheet.title)
            continue
        twins = matches(raw, sheet)
        for twin in twins[1:2]:
            place = Place(sheet=sheet.key, title=twin.title)
            first = twins[0].title
            reader.note("sheet-twice", place, sheet=sheet.title, first=first, second=twin.title)
        doubled += twins[1:]
        sheets[sheet.key] = _read_sheet(reader, sheet, entry)
    cover = form.cover_sheet
    if cover.key not in sheets:  # a blank one, so that all the rest is judged in the same round
        sheets[cover.key] = BookSheet(cover, cover.title, 0, {}, (BookRow(0, {}, {}),))
    for extra in foreign_sheets(raw, [*known.sheets.values(), *doubled]):
        if any(cell is not None for row in extra.rows for cell in row):
            reader.note("sheet-extra", Place(title=extra.title), sheet=extra.title)
    book = Book(form, known.version, known.period, unit.level, sheets, known.other_period)
    return book, reader.findings


def _read_sheet(reader: Reader, sheet: Sheet, raw: RawSheet) -> BookSheet:
    if sheet.kind is Kind.INDICATORS:
        return BookSheet(sheet, raw.title, 0, figure_spots(raw), ())
    return (
        _read_card(reader, sheet, raw)
        if sheet.kind is Kind.CARD
        else read_table(reader, sheet, raw)
    )


def _read_card(reader: Reader, sheet: Sheet, raw: RawSheet) -> BookSheet:
    """Read a card as a table of one line, wherever its cells stand."""
    spots, edited = find_card(raw, sheet)
    shell = BookSheet(sheet, raw.title, 0, spots, ())
    reader.note_columns(shell, columns_in(sheet, reader.version), edited)
    cells = {key: raw.cell(*spot) for key, spot in spots.items()}
    lines = read_lines(reader, sheet, {key: [cell] for key, cell in cells.items()}, 1)
    number = min((row for row, _ in spots.values()), default=0)
    values = {key: column[0] for key, column in lines.values.items()}
    row = BookRow(number, values, lines.standing(0))
    marks = marks_of_row(raw, shell, number, cells)
    return replace(shell, rows=(tell_row(reader, shell, row, lines.remarks[0], marks),))
