"""What already stands in a workbook that we hand out: blank or returned.

This module owns the way from accepted rows (or from a judged book) to the cells of
our own template, and takes each finding along to its new cell. It refuses to write:
the writing room puts a `Filling` into a file.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from types import MappingProxyType

from sheetflow.findings import Finding, Severity
from sheetflow.periods import Period
from sheetflow.schemas.campaign import Campaign
from sheetflow.schemas.cells import Key
from sheetflow.schemas.forms import Form
from sheetflow.schemas.habits import Value
from sheetflow.schemas.indicators import Number
from sheetflow.schemas.judging import Earlier, Judgement, Stamp
from sheetflow.schemas.layout import FIRST_ROW, cell_in
from sheetflow.schemas.sheets import Sheet
from sheetflow.units import Level, Unit
from sheetflow.workbook import CellValue, parse_cell_name

Cells = Mapping[str, CellValue | Value]
"""One row's cells by column key: read values, or what stood there where it could not be read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Filling:
    """A workbook of ours before somebody types.

    `rows` holds each sheet's rows from the first row of data on (a card has one);
    `settled` counts, for each sheet, how many of the first rows are done with (grey).
    `previous` are the 上期累计 by code. `findings` point to cells of this workbook;
    `explanations` are what the filler has already said, by finding number.
    """

    form: Form
    stamp: Stamp
    unit: Unit
    period: Period
    rows: Mapping[str, Sequence[Cells]]
    previous: Mapping[str, Number] = field(default_factory=lambda: MappingProxyType({}))
    findings: tuple[Finding, ...] = ()
    explanations: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))

    @property
    def level(self) -> Level:
        """The level whose sheets the workbook holds."""
        return self.unit.level

    @property
    def sheets(self) -> tuple[Sheet, ...]:
        """The sheets in their order: those always shown first."""
        mine = self.form.sheets_for(self.level)
        shown = [sheet for sheet in mine if sheet.always_shown]
        behind = [sheet for sheet in mine if not sheet.always_shown]
        return (*shown, *behind)


def stamp_of(campaign: Campaign, form: Form, unit: Unit, period: Period) -> Stamp:
    """Give the stamp of a workbook handed out to `unit`."""
    return Stamp(campaign.key, form.key, str(form.version), unit.unit_id, period.period_id)


def prefill_blank(
    campaign: Campaign, form: Form, unit: Unit, period: Period, earlier: Earlier | None = None
) -> Filling:
    """Fill a blank workbook: who and when, the unit's books so far, keys for new rows."""
    rows: dict[str, Sequence[Cells]] = {form.cover.sheet: (_cover(form, unit, period),)}
    for sheet in form.sheets_for(unit.level):
        if sheet.is_table:
            kept = [*earlier.rows.get(sheet.key, ())] if earlier and sheet.is_book else []
            rows[sheet.key] = (*kept, *_printed_keys(sheet, kept))
    return Filling(
        form=form,
        stamp=stamp_of(campaign, form, unit, period),
        unit=unit,
        period=period,
        rows=rows,
        previous=earlier.totals if earlier else {},
    )


def _cover(form: Form, unit: Unit, period: Period) -> Cells:
    cover = form.cover
    return {
        cover.unit_id: unit.unit_id,
        cover.unit_name: unit.name,
        cover.period: period.period_id,
    }


def _printed_keys(sheet: Sheet, kept: Sequence[Cells]) -> list[Cells]:
    """Print the keys that follow the last one, so that nobody has to number rows."""
    column = sheet.key_column
    if column is None or not isinstance(column.type, Key):
        return []
    used = [str(row.get(column.key) or "") for row in kept]
    own = [int(key[1:]) for key in used if key[:1] == column.type.letter and key[1:].isdigit()]
    first = max(own, default=0) + 1
    return [
        {column.key: column.type.example(number)}
        for number in range(first, first + sheet.preprinted)
    ]


def prefill_returned(
    campaign: Campaign, unit: Unit, judgement: Judgement, previous: Mapping[str, Number]
) -> Filling:
    """Fill the returned copy: the filler's own values, each finding at its new cell."""
    book = judgement.book
    if book is None:
        raise ValueError("a workbook that was not recognised has no returned copy")
    rows: dict[str, Sequence[Cells]] = {}
    moved: dict[str, dict[int, int]] = {}
    for key, sheet in book.sheets.items():
        rows[key] = [{**row.raw, **_read(row.values)} for row in sheet.rows]
        moved[key] = {row.number: FIRST_ROW + index for index, row in enumerate(sheet.rows)}
        if sheet.sheet.is_table:
            rows[key] = [*rows[key], *_printed_keys(sheet.sheet, rows[key])]
    cover = book.form.cover
    if not rows.get(cover.sheet):
        rows[cover.sheet] = [_cover(book.form, unit, book.period)]
    return Filling(
        form=book.form,
        stamp=stamp_of(campaign, book.form, unit, book.period),
        unit=unit,
        period=book.period,
        rows=rows,
        previous=previous,
        findings=tuple(_move(finding, moved, book.form) for finding in judgement.findings),
        explanations={
            finding.number: judgement.explanations[finding.identity].text
            for finding in judgement.findings
            if finding.identity in judgement.explanations
        },
    )


def _read(values: Mapping[str, Value]) -> dict[str, Value]:
    return {column: value for column, value in values.items() if value is not None}


def _move(finding: Finding, moved: Mapping[str, Mapping[int, int]], form: Form) -> Finding:
    """Point `finding` to the returned copy's cell instead of the submitted one's."""
    place = finding.place
    declared = form.by_key.get(place.sheet)
    if declared is None:
        return finding
    rows = moved.get(place.sheet, {})
    row = rows.get(place.row, 0)
    title = declared.title
    column = place.column if place.column in declared.by_key else ""
    if declared.is_table and (not row or not column):
        cell = cell_in(declared, column, FIRST_ROW - 1, form.version) if column else ""
        return replace(
            finding, place=replace(place, title=title, row=row, cell=cell if not row else "")
        )
    if not column:
        return replace(finding, place=replace(place, title=title))
    others = [
        cell_in(declared, column, rows[number], form.version)
        for number in (parse_cell_name(other)[0] for other in finding.others)
        if number in rows
    ]
    cell = cell_in(declared, column, row, form.version)
    return replace(
        finding,
        place=replace(place, title=title, row=row or place.row, cell=cell),
        others=tuple(others),
    )


def marked_cells(filling: Filling) -> dict[tuple[str, str], list[Finding]]:
    """Gather the findings of each cell of the filling, by (sheet key, cell name)."""
    marks: dict[tuple[str, str], list[Finding]] = {}
    for finding in filling.findings:
        for cell in (finding.place.cell, *finding.others):
            if cell:
                marks.setdefault((finding.place.sheet, cell), []).append(finding)
    return marks


def worst(findings: Sequence[Finding]) -> Severity:
    """Give the heaviest severity among `findings`."""
    order = list(Severity)
    return min((finding.severity for finding in findings), key=order.index)
