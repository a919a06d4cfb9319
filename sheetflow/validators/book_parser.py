"""From a raw workbook to a book: rows read by their models, each fault at its cell.

All cells are read in one pass. A fault in one cell leaves the others of its row in
use; rules across cells leave faulty ones alone, so that no finding causes another.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from operator import itemgetter

from sheetflow.findings import Catalogue, Finding, Place, Severity
from sheetflow.schemas.book import Book, BookRow, BookSheet, JudgingContext
from sheetflow.schemas.column_reading import is_blank
from sheetflow.schemas.columns import Column
from sheetflow.schemas.layout import LAST_ROW, columns_in, lookups_beside
from sheetflow.schemas.sheets import Kind, Sheet
from sheetflow.units.names import names_of
from sheetflow.validators.live_statistics import figure_cells
from sheetflow.validators.matching import (
    Header,
    bare_label,
    find_card,
    find_filing,
    find_header,
    foreign_sheets,
    matches,
)
from sheetflow.validators.recognition import Recognised
from sheetflow.validators.row_findings import (
    Reader,
    RowRemarks,
    marked_rows,
    marks_of_row,
    read_lines,
    row_key,
    tell_row,
)
from sheetflow.validators.totals import Verdict, judge_lines
from sheetflow.workbook import CellValue, RawSheet, RawWorkbook, cell_name


def parse_book(
    raw: RawWorkbook, known: Recognised, checks: Catalogue, context: JudgingContext
) -> tuple[Book, list[Finding]]:
    """Read every sheet of the form that the unit's level fills, and say what is not ours.

    A row that bears the name of the unit or of a superior is no row of data.
    """
    form, unit = known.form, context.unit
    own_names, own_prefix = names_of(unit, context.tree), f"{unit.unit_id}-"
    reader = Reader(form, known.version, checks, own_names, own_prefix)
    sheets: dict[str, BookSheet] = {}
    doubled: list[RawSheet] = []
    for sheet in form.sheets_for(unit.level):
        entry = known.sheets.get(sheet.key)
        if entry is None or (
            not sheet.always_shown and all(is_blank(cell) for row in entry.rows for cell in row)
        ):
            asks = sheet.filing_declared and not sheet.always_shown  # asked for by its own rule
            if sheet.kind not in {Kind.ANSWER, Kind.INDICATORS} and not asks:
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
        cells = {f"{code} {heading}": address for code, heading, address in figure_cells(raw)}
        return BookSheet(sheet, raw.title, 0, cells, ())
    read = _read_card if sheet.kind is Kind.CARD else _read_table
    return read(reader, sheet, raw)


def _read_card(reader: Reader, sheet: Sheet, raw: RawSheet) -> BookSheet:
    """Read a card as a table of one line, wherever its cells stand."""
    addresses, edited = find_card(raw, sheet)
    shell = BookSheet(sheet, raw.title, 0, addresses, ())
    reader.note_columns(shell, columns_in(sheet, reader.version), edited)
    cells = {key: raw.cell(*address) for key, address in addresses.items()}
    lines = read_lines(reader, sheet, {key: [cell] for key, cell in cells.items()}, 1)
    number = min((row for row, _ in addresses.values()), default=0)
    values = {key: column[0] for key, column in lines.values.items()}
    row = BookRow(number, values, lines.standing(0))
    marks = marks_of_row(raw, shell, number, cells)
    return replace(shell, rows=(tell_row(reader, shell, row, lines.remarks[0], marks),))


Merges = Mapping[tuple[int, int, int, int], list[int]]
"""Merged ranges (top, left, bottom, right) in a table's columns, with their rows that are filled."""


def _read_table(reader: Reader, sheet: Sheet, raw: RawSheet) -> BookSheet:
    """Read the filled rows under the header, telling what is wrong with them on the way."""
    columns = columns_in(sheet, reader.version)
    header = find_header(raw, columns)
    filing = find_filing(raw, header.row if header else 0) if sheet.filing_declared else None
    if header is None:
        reader.note("header-missing", Place(sheet=sheet.key, title=raw.title))
        return BookSheet(sheet, raw.title, 0, {}, (), filing=filing)
    addresses = {key: (header.row, column) for key, column in header.places.items()}
    shell = BookSheet(sheet, raw.title, header.row, addresses, (), filing=filing)
    _judge_header(reader, shell, header, columns)
    merges = _merges_under(raw, header)
    shell, skipped = _read_rows(reader, shell, raw, header, merges)
    # What lies in lines that are no rows anyway is not told of.
    for (top, left, bottom, right), filled in merges.items():
        if not skipped.issuperset(filled):
            first = cell_name(top, left)
            place = Place(sheet=sheet.key, title=raw.title, row=top, cell=first)
            reader.note("cells-merged", place, range=f"{first}:{cell_name(bottom, right)}")
    settled = sheet.closed
    hidden = sum(
        row.number in raw.hidden_rows and not (settled and settled.holds(row.values))
        for row in shell.rows
    )
    if hidden:
        reader.note("rows-hidden", shell.place(), count=hidden)
    if shell.rows and shell.rows[-1].number > LAST_ROW:
        reader.note("rows-beyond", shell.place(), limit=LAST_ROW)
    return shell


def _judge_header(
    reader: Reader, shell: BookSheet, header: Header, columns: Sequence[Column]
) -> None:
    reader.note_columns(shell, columns, header.renamed)
    for key, (first, second) in header.doubled.items():
        reader.note(
            "column-twice",
            shell.header_place(key),
            column=shell.sheet.labels[key],
            first=cell_name(header.row, first),
            second=cell_name(header.row, second),
        )
    looked_up = set(map(bare_label, lookups_beside(shell.sheet, reader.form.by_key).values()))
    for number, label in header.extra:
        if bare_label(label) not in looked_up:
            cell = cell_name(header.row, number)
            place = replace(shell.place(), label=label[:20], cell=cell)
            reader.note("column-extra", place, column=label[:20])
    present = [header.places[column.key] for column in columns if column.key in header.places]
    # In an older version than today's, columns may stand elsewhere.
    newest = (reader.form.declared or reader.form).version
    if present != sorted(present) and reader.version >= newest:
        reader.note("column-order", shell.place())


def _merges_under(raw: RawSheet, header: Header) -> Merges:
    """Give the merged ranges under the header that lie in our columns and rows that hold something."""
    ours = header.places.values()
    merges: dict[tuple[int, int, int, int], list[int]] = {}
    for merge in raw.merges:
        top, left, bottom, right = merge
        if top > header.row and any(left <= column <= right for column in ours):
            filled = [
                row
                for row in range(top, min(bottom, len(raw.rows)) + 1)
                if any(not is_blank(raw.cell(row, column)) for column in ours)
            ]
            if filled:
                merges[merge] = filled
    return merges


def _read_rows(
    reader: Reader, shell: BookSheet, raw: RawSheet, header: Header, merges: Merges
) -> tuple[BookSheet, set[int]]:
    """Give the sheet with its rows and those set aside, and the lines that are neither."""
    cut = raw.rows[header.row :]
    columns = {key: _cut(cut, column - 1) for key, column in header.places.items()}
    lines = read_lines(reader, shell.sheet, columns, len(cut))
    marked, flawed = marked_rows(raw, header.places.values())
    verdicts = judge_lines(lines, reader.own_names)
    rows: list[BookRow] = []
    aside: list[BookRow] = []
    skipped: set[int] = set()
    in_lines = zip(
        zip(*lines.cells.values(), strict=True),
        zip(*lines.values.values(), strict=True),
        strict=True,
    )
    for line, (cells, values) in enumerate(in_lines):
        number, verdict = header.row + 1 + line, verdicts.get(line)
        left_out = verdict is not None and verdict.left_out
        if not (left_out or lines.filled[line] or number in flawed):
            continue
        standing = dict(zip(lines.cells, cells, strict=True))
        named = dict(zip(lines.values, values, strict=True))
        row = BookRow(number, named, standing, key=row_key(shell.sheet, named, standing))
        if verdict and left_out:
            skipped.add(number)
            aside += [row] * _tell_verdict(reader, shell, row, verdict)
            continue
        if number in marked or line in lines.remarks:
            marks = marks_of_row(raw, shell, number, standing)
            row = tell_row(reader, shell, row, lines.remarks.get(line) or RowRemarks(), marks)
            if not (verdict or row.faulty or row.stands(shell.sheet.printed_key)):
                continue  # nothing but words for nothing
        if verdict:
            _tell_verdict(reader, shell, row, verdict)
        # What a merged cell covers is not blank, only unknown.
        covered = _covered(merges, number, header) if merges else ()
        rows.append(replace(row, faulty=row.faulty.union(covered)) if merges else row)
    return replace(shell, rows=tuple(rows), aside=tuple(aside)), skipped


def _cut(rows: Sequence[Sequence[CellValue]], index: int) -> list[CellValue]:
    try:
        return list(map(itemgetter(index), rows))
    except IndexError:  # rows may be shorter than the widest
        return [row[index] if index < len(row) else None for row in rows]


def _tell_verdict(reader: Reader, shell: BookSheet, row: BookRow, verdict: Verdict) -> bool:
    """Tell what is said of a line; give whether it is a question, so that the line comes back."""
    asks = reader.checks[verdict.rule].severity is Severity.VERIFY
    place = shell.place(row, verdict.column)
    if not (asks or verdict.at_cell):
        place = Place(sheet=shell.sheet.key, title=shell.title, row=row.number)
    reader.note(verdict.rule, place, **verdict.arguments)
    return asks


def _covered(merges: Merges, row: int, header: Header) -> Iterable[str]:
    """Name the columns whose cell in `row` lies under a merged one."""
    return (
        name
        for name, column in header.places.items()
        for top, left, bottom, right in merges
        if top <= row <= bottom and left <= column <= right and (row, column) != (top, left)
    )
