"""From a raw workbook to a book: rows read by their models, each fault at its cell.

All cells are read in one pass. A fault in one cell leaves the others of its row in
use; rules across cells leave faulty ones alone, so that no finding causes another.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from sheetflow.findings import UNNAMED, Argument, Catalogue, Finding, Place
from sheetflow.schemas.cells import Choice, Text
from sheetflow.schemas.columns import Column
from sheetflow.schemas.forms import Form
from sheetflow.schemas.habits import SPACES, Value, tidy
from sheetflow.schemas.judging import Book, BookRow, BookSheet
from sheetflow.schemas.layout import LAST_ROW, columns_in
from sheetflow.schemas.sheets import Kind, Sheet
from sheetflow.units import Unit
from sheetflow.validators.quoting import may_quote, quote
from sheetflow.validators.sheets import (
    FoundSheet,
    Header,
    bare_label,
    find_card_edited,
    find_card_spots,
    find_header,
    foreign_sheets,
    kind_of_line,
    matches,
)
from sheetflow.validators.stamps import Recognised
from sheetflow.validators.statistics import figure_spots
from sheetflow.workbook import Address, CellValue, RawSheet, RawWorkbook, cell_name


@dataclass
class _Reader:
    """Collects the findings of one workbook while its sheets are read."""

    raw: RawWorkbook
    form: Form
    unit: Unit
    checks: Catalogue
    version: int
    findings: list[Finding] = field(default_factory=list)

    def note(self, rule: str, place: Place, **arguments: Argument) -> None:
        self.findings.append(self.checks[rule].at(place, **arguments))


def parse_book(
    raw: RawWorkbook, known: Recognised, unit: Unit, checks: Catalogue
) -> tuple[Book, list[Finding]]:
    """Read every sheet of the form that `unit`'s level fills, and say what is not ours."""
    form = known.form
    if form is None or known.period is None:
        raise ValueError("only a recognised workbook has a book")
    reader = _Reader(raw, form, unit, checks, known.version)
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
    return Book(form, known.version, known.period, unit.level, sheets), reader.findings


def _wholly_blank(raw: RawSheet) -> bool:
    return all(_blank(cell) for row in raw.rows for cell in row)


def _report_missing(reader: _Reader, sheet: Sheet) -> None:
    if sheet.kind in {Kind.ANSWER, Kind.INDICATORS}:
        return
    rule = "sheet-missing" if sheet.always_shown else "sheet-absent"
    reader.note(rule, Place(sheet=sheet.key, title=sheet.title), sheet=sheet.title)


def _read_sheet(reader: _Reader, sheet: Sheet, raw: RawSheet) -> BookSheet:
    if sheet.kind is Kind.CARD:
        return _read_card(reader, sheet, raw)
    if sheet.kind is Kind.INDICATORS:
        return BookSheet(sheet, raw.title, 0, figure_spots(FoundSheet(sheet, raw)), ())
    return _read_table(reader, sheet, raw)


def _read_card(reader: _Reader, sheet: Sheet, raw: RawSheet) -> BookSheet:
    spots: dict[str, Address] = find_card_spots(raw, sheet)
    shell = BookSheet(sheet, raw.title, 0, spots, ())
    for column in columns_in(sheet, reader.version):
        if column.key not in spots:
            _report_absent(reader, shell, column)
    for key, (_, typed) in find_card_edited(raw, sheet).items():
        _report_renamed(reader, shell, key, typed)
    cells = {key: raw.cell(*spot) for key, spot in spots.items()}
    first = min((spot[0] for spot in spots.values()), default=0)
    row = _read_row(reader, shell, first, cells, _flaws(raw, shell, first, cells))
    return BookSheet(sheet, raw.title, 0, spots, (row,))


def _report_absent(reader: _Reader, shell: BookSheet, column: Column) -> None:
    rule = "column-absent" if column.required is False else "column-missing"
    reader.note(rule, shell.header_place(column.key), column=column.label)


def _report_renamed(reader: _Reader, shell: BookSheet, key: str, typed: str) -> None:
    label = shell.sheet.labels[key]
    shown = "".join(typed.split())[:20]
    reader.note("column-renamed", shell.header_place(key), typed=shown, column=label)


def _read_table(reader: _Reader, sheet: Sheet, raw: RawSheet) -> BookSheet:
    columns = columns_in(sheet, reader.version)
    header = find_header(raw, columns)
    if header is None:
        reader.note("header-missing", Place(sheet=sheet.key, title=raw.title))
        return BookSheet(sheet, raw.title, 0, {}, ())
    spots = {key: (header.row, column) for key, column in header.spots.items()}
    shell = BookSheet(sheet, raw.title, header.row, spots, ())
    _judge_header(reader, shell, header, columns)
    _judge_merges(reader, shell, raw, header)
    rows = tuple(_read_rows(reader, shell, raw, header))
    _remark_rows(reader, shell, raw, rows)
    return BookSheet(sheet, raw.title, header.row, spots, rows)


def _judge_header(
    reader: _Reader, shell: BookSheet, header: Header, columns: Sequence[Column]
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
    if present != sorted(present):
        reader.note("column-order", shell.place())


def _judge_merges(reader: _Reader, shell: BookSheet, raw: RawSheet, header: Header) -> None:
    for top, left, bottom, right in raw.merges:
        if _merged(raw, header, (top, left, bottom, right)):
            span = f"{cell_name(top, left)}:{cell_name(bottom, right)}"
            place = Place(
                sheet=shell.sheet.key, title=shell.title, row=top, cell=cell_name(top, left)
            )
            reader.note("cells-merged", place, range=span)


def _merged(raw: RawSheet, header: Header, merge: tuple[int, int, int, int]) -> bool:
    """Whether a merged range lies in our columns, in rows that hold something."""
    top, left, bottom, right = merge
    ours = [spot for spot in header.spots.values() if left <= spot <= right]
    rows = range(top, min(bottom, len(raw.rows)) + 1)
    return (
        top > header.row
        and bool(ours)
        and any(not _blank(raw.cell(row, spot)) for row in rows for spot in header.spots.values())
    )


def _remark_rows(reader: _Reader, shell: BookSheet, raw: RawSheet, rows: Sequence[BookRow]) -> None:
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


def _read_rows(
    reader: _Reader, shell: BookSheet, raw: RawSheet, header: Header
) -> Iterator[BookRow]:
    spots = tuple(header.spots.items())
    key_column = shell.sheet.key_column
    key = key_column.key if key_column and shell.sheet.preprinted else ""
    flawed = {row for row, _ in (*raw.errors, *raw.formulas)}
    merges = [merge for merge in raw.merges if _merged(raw, header, merge)]
    for number, values in raw.numbered_rows(header.row + 1):
        width = len(values)
        cells = dict.fromkeys(header.spots)
        for name, spot in spots:  # every cell of the file comes by here
            cell = values[spot - 1] if spot <= width else None
            if not isinstance(cell, str) or cell.strip(SPACES):
                cells[name] = cell
        if what := kind_of_line(shell.sheet, cells):
            reader.note(
                "row-skipped",
                Place(sheet=shell.sheet.key, title=shell.title, row=number),
                what=what,
            )
            continue
        filled = any(cell is not None for name, cell in cells.items() if name != key)
        if filled or (number in flawed and _marked(raw, number, spots)):
            flaws = _flaws(raw, shell, number, cells) if number in flawed else {}
            row = _read_row(reader, shell, number, cells, flaws)
            yield replace(row, faulty=row.faulty | _under(merges, number, spots)) if merges else row


def _under(
    merges: Sequence[tuple[int, int, int, int]], row: int, spots: Sequence[tuple[str, int]]
) -> frozenset[str]:
    """Name the columns whose cell in `row` lies under a merged one: not blank, only unknown."""
    return frozenset(
        name
        for name, spot in spots
        for top, left, bottom, right in merges
        if top <= row <= bottom and left <= spot <= right and (row, spot) != (top, left)
    )


def _blank(cell: CellValue) -> bool:
    return cell is None or (isinstance(cell, str) and not tidy(cell))


def _marked(raw: RawSheet, number: int, spots: Sequence[tuple[str, int]]) -> bool:
    return any((number, spot) in raw.errors or (number, spot) in raw.formulas for _, spot in spots)


Flaw = tuple[str, Mapping[str, Argument]]


def _read_row(
    reader: _Reader,
    shell: BookSheet,
    number: int,
    cells: Mapping[str, CellValue],
    flaws: Mapping[str, Flaw],
) -> BookRow:
    sheet = shell.sheet
    sound = cells
    if flaws or not sheet.is_table:  # the blank cells of a table are None already
        sound = {key: None if key in flaws or _blank(cell) else cell for key, cell in cells.items()}
    values, faults = sheet.model.parse_row(sound)
    own = f"{reader.unit.unit_id}-"
    for name in sheet.keyed_columns:
        values[name] = _without_prefix(values[name], own)
    faults |= {key: flaw for key, flaw in flaws.items() if flaw[0] != "cell-formula"}
    row = BookRow(
        number,
        values,
        {key: cell for key, cell in cells.items() if cell is not None},
        frozenset(faults),
        _row_key(sheet, values, cells),
    )
    for key, (rule, arguments) in {**flaws, **faults}.items():
        reader.note(rule, shell.place(row, key), **_quoted(sheet, sheet.by_key[key], arguments))
    for key, cell in sound.items():
        if cell is not None and cell != values[key] and key not in faults:
            _remark_habit(reader, shell, row, sheet.by_key[key], cell)
    return row


def _flaws(
    raw: RawSheet, shell: BookSheet, number: int, cells: Mapping[str, CellValue]
) -> dict[str, Flaw]:
    """Find error values and formulas among the row's cells."""
    if not raw.errors and not raw.formulas:
        return {}
    found: dict[str, Flaw] = {}
    for key, cell in cells.items():
        spot = shell.spots[key]
        address = (number, spot[1]) if shell.sheet.is_table else spot
        if address in raw.errors:
            found[key] = ("cell-error", {"typed": raw.errors[address]})
        elif address in raw.formulas:
            if _blank(cell):
                found[key] = ("cell-formula-empty", {})
            else:
                found[key] = ("cell-formula", {"typed": str(cell)})
    return found


def _quoted(sheet: Sheet, column: Column, arguments: Mapping[str, Argument]) -> dict[str, Argument]:
    """Keep what was typed out of the sentence where it may be a person's."""
    quoted = dict(arguments)
    if isinstance(typed := quoted.get("typed"), str):
        quoted["typed"] = quote(sheet, column, typed)
    return quoted


def _without_prefix(value: Value, own: str) -> Value:
    """Drop the unit's own prefix from a key: 370102-X0001 is X0001 in its own book."""
    if isinstance(value, str):
        return value.removeprefix(own)
    return tuple(part.removeprefix(own) for part in value) if isinstance(value, tuple) else value


def _row_key(sheet: Sheet, values: Mapping[str, Value], cells: Mapping[str, CellValue]) -> str:
    """Name the row for the next attempt: its key, else a digest of its values."""
    naming = sheet.naming_column
    if naming:
        value = values.get(naming.key) or cells.get(naming.key)
        if value is not None:
            return str(value)
    if sheet.kind is Kind.CARD:
        return ""
    shown = "\x1f".join(f"{key}={value}" for key, value in values.items() if value is not None)
    return UNNAMED + hashlib.sha256(shown.encode()).hexdigest()[:12]


def _remark_habit(
    reader: _Reader, shell: BookSheet, row: BookRow, column: Column, cell: CellValue
) -> None:
    """Say where something was only written differently, with before and after."""
    value = row.values[column.key]
    if cell == value or not isinstance(cell, str | int | float):
        return
    if column.type.numeric and not isinstance(cell, str):
        return  # the file's floating point is nothing that anybody typed
    if not isinstance(cell, str) and isinstance(column.type, Text | Choice):
        return
    after = column.type.show(value)
    if str(cell) in (after, f"{reader.unit.unit_id}-{after}"):
        return
    target = reader.form.by_key.get(column.refers_to)
    blanks = "".join(str(cell).split()) == "".join(after.split())
    if blanks and not column.personal:
        reader.note("habit-blanks", shell.place(row, column.key))
    elif may_quote(shell.sheet, column, str(cell), target):
        reader.note("habit", shell.place(row, column.key), before=_shown(cell), after=after)
    else:
        reader.note("habit-private", shell.place(row, column.key))


def _shown(cell: str | float) -> str:
    """Show a cell's text on one line, its blanks as one space."""
    return " ".join(str(cell).split())
