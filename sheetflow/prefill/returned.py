"""What stands in the copy that goes back: what was typed, and each finding at its cell of our own template.

It refuses to write: the writing room puts a `Filling` into a file.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import replace

from sheetflow.findings import (
    RETURNED_RULE,
    Finding,
    Identity,
    Place,
    Severity,
    in_order,
    settled_words,
)
from sheetflow.lookalikes import without_debris
from sheetflow.prefill.blank import (
    Cells,
    Filling,
    cover_cells,
    printed_keys,
    stamp_of,
    standing_rows,
)
from sheetflow.prefill.moves import Moves, move_finding
from sheetflow.schemas.book import Book, BookRow, Earlier, Judgement
from sheetflow.schemas.campaign import Campaign
from sheetflow.schemas.cells import CellType, Day
from sheetflow.schemas.forms import Form
from sheetflow.schemas.layout import (
    FIRST_ROW,
    ISSUE_COLUMNS,
    ISSUES_SHEET,
    cell_in,
)
from sheetflow.schemas.parsing import Value, read_text
from sheetflow.schemas.sheets import Kind, Sheet
from sheetflow.units import Unit
from sheetflow.workbook import CellValue, cell_name


def prefill_returned(
    campaign: Campaign, unit: Unit, judgement: Judgement, earlier: Earlier | None = None
) -> Filling:
    """Fill the returned copy: the filler's own values, each finding at its new cell.

    It is of the version that is in force for the period: what was begun in an older one is carried
    over, and what is found in a column that there is no more asks nothing. `earlier` is what the unit's
    last accepted workbook left: its rows that a finding misses come back at the end of their sheet,
    marked, since the clerk has them nowhere else.
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
            rows[sheet.key] = [*filled, *printed_keys(sheet, filled, earlier)]
    if not any(rows.get(form.cover.sheet, ())):
        rows[form.cover.sheet] = [cover_cells(form, unit, book.said_period)]
    if any(finding.rule == RETURNED_RULE for finding in judgement.findings):
        rows[form.cover.sheet] = [_mending(form, row) for row in rows[form.cover.sheet]]
    moves = {key: Moves.of(found, form) for key, found in book.sheets.items()}
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
            or move_finding(_without_gone_sheet(finding, book.form, form), moves, form)
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


def _mending(form: Form, card: Cells) -> Cells:
    """Say on the cover that what comes next mends what a superior returned; who says 更正 keeps that."""
    mending, correction = form.cover.mending, form.cover.correction
    if mending is None or (correction and card.get(correction.column) in correction.options):
        return card
    return {**card, mending.column: mending.options[0]}


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
        back = [row for row in standing_rows(sheet, earlier) if row.get(place.column) in missed]
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
