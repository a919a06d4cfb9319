"""From a raw workbook to a book: rows read by their models, each fault at its cell.

All cells are read in one pass. A fault in one cell leaves the others of its row in
use; rules across cells leave faulty ones alone, so that no finding causes another.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet

from sheetflow.findings import Catalogue, Finding, Place
from sheetflow.schemas.book import Book, BookRow, BookSheet
from sheetflow.schemas.columns import Column
from sheetflow.schemas.columnwise import is_blank
from sheetflow.schemas.layout import LAST_ROW, columns_in
from sheetflow.schemas.sheets import Kind, Sheet
from sheetflow.units import Unit
from sheetflow.validators.cell_marks import Borne, find_borne
from sheetflow.validators.required import is_nothing
from sheetflow.validators.row_findings import (
    Reader,
    Told,
    habit_in,
    tell_row,
    without_prefix,
)
from sheetflow.validators.rows import Merge, read_rows
from sheetflow.validators.sheets import (
    FoundSheet,
    Header,
    bare_label,
    find_card_edited,
    find_card_spots,
    find_header,
    foreign_sheets,
    matches,
)
from sheetflow.validators.stamps import Recognised
from sheetflow.validators.statistics import figure_spots
from sheetflow.workbook import Address, CellValue, RawSheet, RawWorkbook, cell_name


def parse_book(
    raw: RawWorkbook,
    known: Recognised,
    unit: Unit,
    checks: Catalogue,
    own_names: AbstractSet[str] = frozenset(),
) -> tuple[Book, list[Finding]]:
    """Read every sheet of the form that `unit`'s level fills, and say what is not ours.

    A row that bears one of `own_names` is no row of data.
    """
    form = known.form
    if form is None or known.period is None:
        raise ValueError("only a recognised workbook has a book")
    reader = Reader(raw, form, unit, checks, known.version, own_names)
    by_key = {entry.sheet.key: entry for entry in known.sheets}
    sheets: dict[str, BookSheet] = {}
    doubled: list[RawSheet] = []
    for sheet in form.sheets_for(unit.level):
        entry = by_key.get(sheet.key)
        if entry is None or (not sheet.always_shown and _wholly_blank(entry.raw)):
            _report_missing(reader, sheet)
            continue
        twins = matches(raw, sheet)
        doubled += twins[1:]
        if len(twins) > 1:
            place = Place(sheet=sheet.key, title=twins[1].title)
            reader.note(
                "sheet-twice",
                place,
                sheet=sheet.title,
                first=twins[0].title,
                second=twins[1].title,
            )
        sheets[sheet.key] = _read_sheet(reader, sheet, entry.raw)
    cover = form.cover_sheet
    if cover.key not in sheets:  # a blank one, so that all the rest is judged in the same round
        sheets[cover.key] = BookSheet(cover, cover.title, 0, {}, (BookRow(0, {}, {}),))
    for extra in foreign_sheets(raw, known.sheets, doubled):
        reader.note("sheet-extra", Place(title=extra.title), sheet=extra.title)
    book = Book(form, known.version, known.period, unit.level, sheets, known.other_period)
    return book, reader.findings


def _wholly_blank(raw: RawSheet) -> bool:
    return all(is_blank(cell) for row in raw.rows for cell in row)


def _report_missing(reader: Reader, sheet: Sheet) -> None:
    if sheet.kind in {Kind.ANSWER, Kind.INDICATORS}:
        return
    rule = "sheet-missing" if sheet.always_shown else "sheet-absent"
    reader.note(rule, Place(sheet=sheet.key, title=sheet.title), sheet=sheet.title)


def _read_sheet(reader: Reader, sheet: Sheet, raw: RawSheet) -> BookSheet:
    if sheet.kind is Kind.CARD:
        return _read_card(reader, sheet, raw)
    if sheet.kind is Kind.INDICATORS:
        return BookSheet(sheet, raw.title, 0, figure_spots(FoundSheet(sheet, raw)), ())
    return _read_table(reader, sheet, raw)


def _read_card(reader: Reader, sheet: Sheet, raw: RawSheet) -> BookSheet:
    spots: dict[str, Address] = find_card_spots(raw, sheet)
    shell = BookSheet(sheet, raw.title, 0, spots, ())
    for column in columns_in(sheet, reader.version):
        if column.key not in spots:
            _report_absent(reader, shell, column)
    for key, (_, typed) in find_card_edited(raw, sheet).items():
        _report_renamed(reader, shell, key, typed)
    cells = {key: raw.cell(*spot) for key, spot in spots.items()}
    first = min((spot[0] for spot in spots.values()), default=0)
    row = _read_card_row(reader, shell, first, cells, find_borne(raw, shell, first, cells))
    return BookSheet(sheet, raw.title, 0, spots, (row,))


def _read_card_row(
    reader: Reader,
    shell: BookSheet,
    first: int,
    cells: Mapping[str, CellValue],
    borne: Borne,
) -> BookRow:
    sheet = shell.sheet
    unread = borne.faults
    sound = {key: None if key in unread or is_blank(cell) else cell for key, cell in cells.items()}
    values, faults = sheet.model.parse_row(sound)
    if len(values) > len(sheet.by_key):  # some are of other versions
        values = {key: values[key] for key in sheet.by_key}
    for key in sheet.keyed_columns:
        values[key] = without_prefix(values[key], reader.own_prefix)
    habits = {
        key: habit
        for key, cell in sound.items()
        if cell is not None and key not in faults
        if (habit := habit_in(reader, sheet, sheet.by_key[key], cell, values[key]))
    }
    nothings = {
        key for key, cell in sound.items() if cell and is_nothing(sheet.by_key[key], values[key])
    }
    standing = {key: cell for key, cell in cells.items() if cell is not None}
    row = BookRow(first, values, standing)
    return tell_row(reader, shell, row, Told(faults, habits, nothings), borne)


def _report_absent(reader: Reader, shell: BookSheet, column: Column) -> None:
    rule = "column-absent" if column.required is False else "column-missing"
    reader.note(rule, shell.header_place(column.key), column=column.label)


def _report_renamed(reader: Reader, shell: BookSheet, key: str, typed: str) -> None:
    label = shell.sheet.labels[key]
    shown = "".join(typed.split())[:20]
    reader.note("column-renamed", shell.header_place(key), typed=shown, column=label)


def _read_table(reader: Reader, sheet: Sheet, raw: RawSheet) -> BookSheet:
    columns = columns_in(sheet, reader.version)
    header = find_header(raw, columns)
    if header is None:
        reader.note("header-missing", Place(sheet=sheet.key, title=raw.title))
        return BookSheet(sheet, raw.title, 0, {}, ())
    spots = {key: (header.row, column) for key, column in header.spots.items()}
    shell = BookSheet(sheet, raw.title, header.row, spots, ())
    _judge_header(reader, shell, header, columns)
    merges = [merge for merge in raw.merges if _merged(raw, header, merge)]
    found = read_rows(reader, shell, raw, header, merges)
    _tell_merges(reader, shell, raw, header, merges, found.skipped)
    _remark_rows(reader, shell, raw, found.rows)
    return BookSheet(sheet, raw.title, header.row, spots, found.rows, found.aside)


def _judge_header(
    reader: Reader, shell: BookSheet, header: Header, columns: Sequence[Column]
) -> None:
    for column in columns:
        if column.key not in header.spots:
            _report_absent(reader, shell, column)
    for key, (first, second) in header.doubled.items():
        reader.note(
            "column-twice",
            shell.header_place(key),
            column=shell.sheet.labels[key],
            first=cell_name(header.row, first),
            second=cell_name(header.row, second),
        )
    for key, typed in header.renamed.items():
        _report_renamed(reader, shell, key, typed)
    looked_up = {
        bare_label(reader.form.by_key[entry.of].labels[entry.column])
        for entry in shell.sheet.lookups
    }
    for number, label in header.extra:
        if bare_label(label) not in looked_up:
            place = Place(
                sheet=shell.sheet.key,
                title=shell.title,
                label=label[:20],
                cell=cell_name(header.row, number),
            )
            reader.note("column-extra", place, column=label[:20])
    present = [header.spots[column.key] for column in columns if column.key in header.spots]
    if present != sorted(present) and not reader.is_older:
        reader.note("column-order", shell.place())


def _tell_merges(
    reader: Reader,
    shell: BookSheet,
    raw: RawSheet,
    header: Header,
    merges: Sequence[Merge],
    skipped: frozenset[int],
) -> None:
    """Tell the merged cells in the table, but for those in lines that are no rows anyway."""
    for merge in merges:
        top, left, bottom, right = merge
        if skipped.issuperset(_filled_rows(raw, header, merge)):
            continue
        span = f"{cell_name(top, left)}:{cell_name(bottom, right)}"
        place = Place(sheet=shell.sheet.key, title=shell.title, row=top, cell=cell_name(top, left))
        reader.note("cells-merged", place, range=span)


def _merged(raw: RawSheet, header: Header, merge: Merge) -> bool:
    """Whether a merged range lies in our columns, in rows that hold something."""
    top, left, _, right = merge
    ours = any(left <= spot <= right for spot in header.spots.values())
    return top > header.row and ours and bool(_filled_rows(raw, header, merge))


def _filled_rows(raw: RawSheet, header: Header, merge: Merge) -> list[int]:
    """Give the rows of a merged range in which one of our columns holds something."""
    top, _, bottom, _ = merge
    return [
        row
        for row in range(top, min(bottom, len(raw.rows)) + 1)
        if any(not is_blank(raw.cell(row, spot)) for spot in header.spots.values())
    ]


def _remark_rows(reader: Reader, shell: BookSheet, raw: RawSheet, rows: Sequence[BookRow]) -> None:
    settled = shell.sheet.closed
    hidden = [
        row.number
        for row in rows
        if row.number in raw.hidden_rows and not (settled and settled.holds(row.values))
    ]
    if hidden:
        reader.note("rows-hidden", shell.place(), count=len(hidden))
    if rows and rows[-1].number > LAST_ROW:
        reader.note("rows-beyond", shell.place(), limit=LAST_ROW)
