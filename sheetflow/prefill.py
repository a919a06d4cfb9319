"""What already stands in a workbook that we hand out: blank or returned.

This module owns the way from accepted rows (or from a judged book) to the cells of
our own template, and takes each finding along to its new cell. It refuses to write:
the writing room puts a `Filling` into a file.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from types import MappingProxyType

from sheetflow.findings import (
    Argument,
    Finding,
    Identity,
    Place,
    Severity,
    in_order,
    settled_words,
)
from sheetflow.lookalikes import without_debris
from sheetflow.periods import Period
from sheetflow.schemas.book import FULL, Book, BookRow, BookSheet, Earlier, Judgement, Stamp
from sheetflow.schemas.campaign import Campaign
from sheetflow.schemas.cells import CellType, Day, Key
from sheetflow.schemas.filings import FILING_RULES, filing_address
from sheetflow.schemas.forms import Form
from sheetflow.schemas.indicators import Number
from sheetflow.schemas.layout import (
    FIRST_ROW,
    HEADER_ROW,
    ISSUE_COLUMNS,
    ISSUES_SHEET,
    STATISTICS_COLUMNS,
    TOTAL_COLUMN,
    cell_in,
    column_number,
)
from sheetflow.schemas.parsing import Value, read_text
from sheetflow.schemas.sheets import Kind, Sheet
from sheetflow.units import Unit
from sheetflow.workbook import CellValue, cell_name, parse_cell_name

Cells = Mapping[str, CellValue | Value]
"""One row's cells by column key: read values, or what stood there where it could not be read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Filling:
    """A workbook of ours before somebody types.

    `rows` holds each sheet's rows from the first row of data on (a card has one).
    `previous` are the 上期累计 by code. `findings` point to cells of this workbook;
    `explanations` are what the filler has already said, `settled` says which findings ask
    nothing more, both by finding number.
    """

    form: Form
    stamp: Stamp
    unit: Unit
    period: Period
    rows: Mapping[str, Sequence[Cells]]
    previous: Mapping[str, Number] = field(default_factory=lambda: MappingProxyType({}))
    findings: tuple[Finding, ...] = ()
    explanations: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    settled: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    filings: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    """What stands beside 填报声明, by sheet: nothing in a new workbook, what was typed in a returned one."""
    alone: bool = True
    """Whether nobody reports to the unit, so that its own work is all there is."""

    def bearing(self, token: str) -> Filling:
        """Give the same with `token` in its stamp."""
        return replace(self, stamp=replace(self.stamp, token=token))

    @property
    def sheets(self) -> tuple[Sheet, ...]:
        """The sheets in their order: those always shown first."""
        own = self.form.sheets_for(self.unit.level)
        return tuple(sorted(own, key=lambda sheet: not sheet.always_shown))


def stamp_of(campaign: Campaign, form: Form, unit: Unit, period: Period) -> Stamp:
    """Give the stamp of a workbook handed out to `unit`."""
    return Stamp(
        campaign=campaign.key,
        form=form.key,
        version=str(form.version),
        unit=unit.unit_id,
        period=period.period_id,
        edition=FULL,
    )


def prefill_blank(
    campaign: Campaign,
    form: Form,
    unit: Unit,
    period: Period,
    earlier: Earlier | None = None,
    going_on: Mapping[str, Sequence[Cells]] = MappingProxyType({}),
) -> Filling:
    """Fill a blank workbook: who and when, the unit's books so far, keys for new rows.

    `going_on` are rows by sheet of a form that is filled in several steps.
    """
    form = campaign.in_force(form, period)
    kept_cover = next(iter(going_on.get(form.cover.sheet, ())), {})
    cover: Cells = {**kept_cover, **_cover(form, unit, period)}
    rows: dict[str, Sequence[Cells]] = {**going_on, form.cover.sheet: (cover,)}
    for sheet in form.sheets_for(unit.level):
        if sheet.is_table:
            kept = _standing(sheet, earlier) if sheet.is_book else [*going_on.get(sheet.key, ())]
            rows[sheet.key] = (*kept, *_printed_keys(sheet, kept, earlier))
    return Filling(
        form=form,
        stamp=stamp_of(campaign, form, unit, period),
        unit=unit,
        period=period,
        rows=rows,
        previous=earlier.totals if earlier else {},
    )


def _standing(sheet: Sheet, earlier: Earlier | None) -> list[Cells]:
    """Give the sheet's rows, without the columns that this version has no more: the store has them."""
    kept = earlier.rows.get(sheet.key, ()) if earlier else ()
    if sheet.versions is None:
        return [*kept]
    return [{key: row[key] for key in row if key in sheet.by_key} for row in kept]


def _cover(form: Form, unit: Unit, period: Period) -> Cells:
    cover = form.cover
    return {
        cover.unit_id: unit.unit_id,
        cover.unit_name: unit.name,
        cover.period: period.period_id,
    }


def _printed_keys(sheet: Sheet, rows: Sequence[Cells], earlier: Earlier | None) -> list[Cells]:
    """Print the keys that follow the last one, so that nobody has to number rows.

    What the year has reached counts too: a key whose row is gone is not given to another.
    """
    column = sheet.key_column
    if column is None or not isinstance(column.type, Key):
        return []
    own = [column.type.number(row.get(column.key)) for row in rows]
    last = max(*own, earlier.reached.get(sheet.key, 0) if earlier else 0, 0)
    numbers = range(last + 1, last + 1 + sheet.preprinted)
    return [{column.key: column.type.example(number)} for number in numbers]


def prefill_returned(
    campaign: Campaign, unit: Unit, judgement: Judgement, earlier: Earlier | None = None
) -> Filling:
    """Fill the returned copy: the filler's own values, each finding at its new cell.

    It is of the version that is in force for the period: what was begun in an older one is carried
    over, and what is found in a column that there is no more asks nothing. `earlier` is what the unit's last accepted workbook left: its rows that a finding misses come
    back at the end of their sheet, marked, since the clerk has them nowhere else.
    """
    book = judgement.book
    if book is None:
        raise ValueError("a workbook that was not recognised has no returned copy")
    form = _returned_as(campaign, book)
    rows: dict[str, Sequence[Cells]] = {
        key: [_as_typed(form.by_key[key], row) for row in found.shown]
        for key, found in book.sheets.items()
        if key in form.by_key
    }
    put_back = _put_back(rows, judgement.findings, form, earlier)
    for sheet in form.sheets_for(book.level):
        if sheet.is_table:
            filled = rows.get(sheet.key, ())
            rows[sheet.key] = [*filled, *_printed_keys(sheet, filled, earlier)]
    if not any(rows.get(form.cover.sheet, ())):
        rows[form.cover.sheet] = [_cover(form, unit, book.said_period)]
    moves = {key: _Moves.of(found, form) for key, found in book.sheets.items()}
    stamp = stamp_of(campaign, form, unit, book.period)
    if book.other_period:
        stamp = replace(stamp, period="")  # the cover tells
    said = {
        finding.number: judgement.explanations[finding.identity]
        for finding in judgement.findings
        if finding.identity in judgement.explanations
    }
    return Filling(
        form=form,
        stamp=stamp,
        unit=unit,
        period=book.said_period,
        rows=rows,
        previous=earlier.totals if earlier else {},
        filings={
            key: found.filing.word or found.filing.typed
            for key, found in book.sheets.items()
            if found.filing
        },
        findings=_beside_answers(
            put_back.get(finding.identity)
            or _move(_without_gone_sheet(finding, book.form, form), moves, form)
            for finding in in_order(judgement.findings, judgement.explanations)
        ),
        explanations={
            **judgement.typed,
            **{number: answer.text for number, answer in said.items()},
        },
        settled={number: settled_words(answer) for number, answer in said.items()}
        | {
            finding.number: _NO_MORE
            for finding in judgement.findings
            if _is_gone(finding.place, book.form, form)
        },
    )


_NO_MORE = "新版没有这一处，不用再改"


def _returned_as(campaign: Campaign, book: Book) -> Form:
    """Give the form as the copy shows it: as it is handed out now, unless the workbook is newer."""
    form = campaign.in_force(book.form.declared or book.form, book.period)
    return form if form.version >= book.version else book.form


def _is_gone(place: Place, then: Form, now: Form) -> bool:
    """Whether a place in the submitted workbook is none in the form as it is now."""
    declared, column = then.by_key.get(place.sheet), place.column
    if declared is None or declared.kind is Kind.INDICATORS:
        return False
    sheet = now.by_key.get(place.sheet)
    return sheet is None or (column in declared.by_key and column not in sheet.by_key)


def _without_gone_sheet(finding: Finding, then: Form, now: Form) -> Finding:
    """Point a finding in a sheet that the copy has not to no cell of it."""
    place = finding.place
    if place.sheet not in then.by_key or place.sheet in now.by_key:
        return finding
    return replace(finding, place=replace(place, row=0, cell=""), others=())


def _beside_answers(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Point a finding on an answer to the line of 问题清单 in which that answer stands now."""
    listed = list(findings)
    rows = {entry.number: row for row, entry in enumerate(listed, start=FIRST_ROW)}
    for index, finding in enumerate(listed):
        place = finding.place
        if place.title == ISSUES_SHEET:
            row = rows.get(place.key, 0)
            cell = cell_name(row, len(ISSUE_COLUMNS)) if row else ""
            listed[index] = replace(finding, place=replace(place, row=row, cell=cell))
    return tuple(listed)


def _put_back(
    rows: dict[str, Sequence[Cells]],
    findings: Sequence[Finding],
    form: Form,
    earlier: Earlier | None,
) -> dict[Identity, Finding]:
    """Put back the rows that a finding on a key column misses; give it at its new cells."""
    moved: dict[Identity, Finding] = {}
    for finding in findings:
        place, sheet = finding.place, form.by_key.get(finding.place.sheet)
        # Of what is no must, she may have left a row out with reason, and says so.
        is_must = finding.severity is Severity.MUST
        if sheet is None or not (sheet.is_book and place.key and is_must) or place.row:
            continue
        missed = {place.key, *finding.other_keys}
        back = [row for row in _standing(sheet, earlier) if row.get(place.column) in missed]
        if not back:
            continue
        filled = rows.get(sheet.key, ())
        first = FIRST_ROW + len(filled)
        rows[sheet.key] = [*filled, *back]
        cell, *others = (
            cell_in(sheet, place.column, first + index, form.version) for index in range(len(back))
        )
        place = replace(place, title=sheet.title, row=first, cell=cell)
        moved[finding.identity] = replace(finding, place=place, others=tuple(others))
    return moved


def _as_typed(sheet: Sheet, row: BookRow) -> Cells:
    """Give a row's values as read, and what could not be read as it was typed."""
    cells: dict[str, CellValue | Value] = {
        key: _seen(sheet.by_key[key].type, cell)
        for key, cell in row.raw.items()
        if cell is not None and key in sheet.by_key
    }
    read = ((key, value) for key, value in row.values.items() if key in sheet.by_key)
    return {**cells, **{key: value for key, value in read if value is not None}}


def _seen(kind: CellType, cell: CellValue) -> CellValue:
    """Keep a date in a column of figures, and a figure in one of dates, as people saw it.

    In a cell of our own it would take the column's format: 20 would show as a day of 1900,
    and a serial number would turn into a date that nobody typed.
    """
    dated = isinstance(cell, dt.date | dt.time | dt.timedelta)
    figure = isinstance(cell, int | float) and not isinstance(cell, bool)
    if dated and not isinstance(kind, Day):
        return read_text(cell)
    if isinstance(cell, str):
        return without_debris(cell)
    return read_text(cell) if figure and isinstance(kind, Day) else cell


@dataclass(frozen=True, slots=True)
class _Moves:
    """Where the rows and columns of one submitted table stand in the returned copy."""

    rows: Mapping[int, int]
    columns: Mapping[int, int]

    @classmethod
    def of(cls, found: BookSheet, form: Form) -> _Moves:
        sheet = form.by_key.get(found.sheet.key)
        if sheet is None or not sheet.is_table:
            return cls({}, {})
        rows = {row.number: FIRST_ROW + index for index, row in enumerate(found.shown)}
        columns = {
            address[1]: column_number(sheet, key, form.version)
            for key, address in found.addresses.items()
            if key in sheet.by_key and sheet.by_key[key].in_version(form.version)
        }
        return cls({found.header_row: HEADER_ROW, **rows}, columns)

    def cell(self, name: str) -> str:
        """Give the new name of a cell, empty where the copy has none."""
        row, column = parse_cell_name(name)
        if row not in self.rows or column not in self.columns:
            return ""
        return cell_name(self.rows[row], self.columns[column])

    def area(self, name: str) -> str:
        """Give the new name of a range: those of its rows and columns that the copy has."""
        (top, left), (bottom, right) = map(parse_cell_name, name.split(":"))
        rows = [self.rows[row] for row in range(top, bottom + 1) if row in self.rows]
        columns = [
            self.columns[column] for column in range(left, right + 1) if column in self.columns
        ]
        if not rows or not columns:
            return name
        return f"{cell_name(min(rows), min(columns))}:{cell_name(max(rows), max(columns))}"


def _move(finding: Finding, moves: Mapping[str, _Moves], form: Form) -> Finding:
    """Point `finding` to the returned copy's cell instead of the submitted one's."""
    place = finding.place
    declared = form.by_key.get(place.sheet)
    if declared is None:
        return finding
    move = moves.get(place.sheet) or _Moves({}, {})
    is_known, row, cell = place.column in declared.by_key, place.row, ""
    if declared.kind is Kind.INDICATORS:
        row, cell = _among_figures(place, form)
    elif finding.rule.startswith(FILING_RULES):
        row, number = filing_address(declared, form.version)
        cell = cell_name(row, number)
    elif not declared.is_table:
        cell = cell_in(declared, place.column, 0, form.version) if is_known else ""
    else:
        row = move.rows.get(place.row, 0)
        if is_known and (row or not place.row):
            cell = cell_in(declared, place.column, row or HEADER_ROW, form.version)
        elif place.row and place.cell:
            cell = move.cell(place.cell)
    moved = replace(finding, place=replace(place, title=declared.title, row=row, cell=cell))
    if not declared.is_table:
        return moved
    return replace(
        moved,
        others=tuple(filter(None, map(move.cell, finding.others))),
        arguments=_moved_arguments(finding.arguments, move),
    )


def _moved_arguments(arguments: Mapping[str, Argument], move: _Moves) -> Mapping[str, Argument]:
    """Rename the cells that a sentence names: the arguments called …cell and …range."""
    renamed = dict(arguments)
    for name, value in arguments.items():
        if name.endswith("cell") and value:
            renamed[name] = move.cell(str(value)) or value
        elif name.endswith("range"):
            renamed[name] = move.area(str(value))
    return MappingProxyType(renamed)


def _among_figures(place: Place, form: Form) -> tuple[int, str]:
    """Give the row and cell in which our own sheet shows a figure, by its code."""
    codes = [indicator.code for indicator in form.indicators]
    if place.column not in codes:
        return 0, ""
    row = FIRST_ROW + codes.index(place.column)
    known = place.key in STATISTICS_COLUMNS
    column = STATISTICS_COLUMNS.index(place.key) + 1 if known else TOTAL_COLUMN
    return row, cell_name(row, column)


def marked_cells(filling: Filling) -> dict[tuple[str, str], list[Finding]]:
    """Gather the findings of each cell of the filling, by (sheet key, cell name)."""
    marks: dict[tuple[str, str], list[Finding]] = {}
    for finding in filling.findings:
        for cell in (finding.place.cell, *finding.others):
            if cell:
                marks.setdefault((finding.place.sheet, cell), []).append(finding)
    return marks
