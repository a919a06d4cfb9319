"""What stands in a workbook that we hand out before anybody types: who and when, the books so far, keys.

A `Filling` is such a workbook; the writing room puts it into a file.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from types import MappingProxyType

from sheetflow.findings import (
    Finding,
)
from sheetflow.periods import Period
from sheetflow.schemas.book import FULL, Earlier, Stamp
from sheetflow.schemas.campaign import Campaign
from sheetflow.schemas.cells import Key
from sheetflow.schemas.forms import Form
from sheetflow.schemas.indicators import Number
from sheetflow.schemas.parsing import Value
from sheetflow.schemas.sheets import Sheet
from sheetflow.units import Unit
from sheetflow.workbook import CellValue

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
    cover: Cells = {**kept_cover, **cover_cells(form, unit, period)}
    rows: dict[str, Sequence[Cells]] = {**going_on, form.cover.sheet: (cover,)}
    for sheet in form.sheets_for(unit.level):
        if sheet.is_table:
            kept = (
                standing_rows(sheet, earlier) if sheet.is_book else [*going_on.get(sheet.key, ())]
            )
            rows[sheet.key] = (*kept, *printed_keys(sheet, kept, earlier))
    return Filling(
        form=form,
        stamp=stamp_of(campaign, form, unit, period),
        unit=unit,
        period=period,
        rows=rows,
        previous=earlier.totals if earlier else {},
    )


def standing_rows(sheet: Sheet, earlier: Earlier | None) -> list[Cells]:
    """Give the sheet's rows, without the columns that this version has no more: the store has them."""
    kept = earlier.rows.get(sheet.key, ()) if earlier else ()
    if sheet.versions is None:
        return [*kept]
    return [{key: row[key] for key in row if key in sheet.by_key} for row in kept]


def cover_cells(form: Form, unit: Unit, period: Period) -> Cells:
    """Say on the cover who reports, and for when."""
    cover = form.cover
    return {
        cover.unit_id: unit.unit_id,
        cover.unit_name: unit.name,
        cover.period: period.period_id,
    }


def printed_keys(sheet: Sheet, rows: Sequence[Cells], earlier: Earlier | None) -> list[Cells]:
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


def marked_cells(filling: Filling) -> dict[tuple[str, str], list[Finding]]:
    """Gather the findings of each cell of the filling, by (sheet key, cell name)."""
    marks: dict[tuple[str, str], list[Finding]] = {}
    for finding in filling.findings:
        for cell in (finding.place.cell, *finding.others):
            if cell:
                marks.setdefault((finding.place.sheet, cell), []).append(finding)
    return marks
