"""What a gathered sheet is printed with: the entries that a unit and those below it handed in, from the store.

This module owns the way down: a unit's own entries as it listed them, then what each unit straight below
hands up. An entry is as its own unit has it now: what that one has withdrawn is no entry any longer.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import replace

from sheetflow.consolidation.gathered_rows import Ongoing, rows_going_on
from sheetflow.context import Context
from sheetflow.periods import Period
from sheetflow.schemas.cells import Key
from sheetflow.schemas.conditions import Row
from sheetflow.schemas.documents import load_rows
from sheetflow.schemas.forms import Form
from sheetflow.schemas.gathered import Gathered, GatheredRow
from sheetflow.schemas.merged_keys import merged
from sheetflow.schemas.parsing import Value
from sheetflow.units import Unit

Rows = Mapping[str, list[dict[str, Value]]]


def gathered_sheets(
    context: Context, form: Form, unit: Unit, period: Period
) -> dict[str, tuple[GatheredRow, ...]]:
    """Give what each gathered sheet of the unit's workbook is printed with, by sheet."""
    return {
        sheet.key: _Gathering(context, sheet.gathered, period).rows_for(unit)
        for sheet in form.sheets_for(unit.level)
        if sheet.gathered
    }


def gathered_for(
    context: Context, unit: Unit, day: dt.date
) -> dict[tuple[str, str, str], tuple[GatheredRow, ...]]:
    """Give what every gathered sheet of a unit is printed with, by form, sheet and period, up to `day`."""
    return {
        (form.key, sheet, period.period_id): rows
        for form, period in _going_on(context, unit, day)
        for sheet, rows in gathered_sheets(context, form, unit, period).items()
    }


def accepted_within(context: Context, unit: Unit, day: dt.date) -> dict[tuple[str, str], Rows]:
    """Give the accepted rows of forms that a unit fills in several steps, by form and period, up to `day`."""
    return {
        (form.key, period.period_id): accepted_rows(context, form, unit.unit_id, period)
        for form, period in _going_on(context, unit, day)
    }


def _going_on(context: Context, unit: Unit, day: dt.date) -> Iterator[tuple[Form, Period]]:
    for form in context.campaign.forms:
        if form.goes_on(unit.level):
            periods = {
                period for year in (day.year - 1, day.year) for period in form.periods_of(year)
            }
            yield from ((form, period) for period in sorted(periods) if period.first_day <= day)


def rows_before(context: Context, form: Form, unit: Unit, period: Period) -> dict[str, list[Row]]:
    """Give the rows by sheet from which the unit's workbook goes on, of a form filled in several steps."""
    ongoing = Ongoing(
        rows=accepted_rows(context, form, unit.unit_id, period),
        gathered=gathered_sheets(context, form, unit, period),
    )
    return rows_going_on(form, unit, ongoing, context.tree)


def accepted_rows(context: Context, form: Form, unit_id: str, period: Period) -> Rows:
    """Give the rows of the workbook that counts for that period, by sheet; none without one."""
    submission = context.store.submissions.find_accepted(unit_id, form.key, period.period_id)
    if submission is None:
        return {}
    return {
        key: load_rows(form.by_key[key], text)
        for key, text in context.store.contents.find_rows(submission).items()
        if key in form.by_key
    }


def gathering_units(context: Context, form: str, unit_id: str) -> Iterator[tuple[Form, Unit]]:
    """Give the forms and units whose workbooks are printed with what `unit_id` hands in by `form`."""
    for gathering in context.campaign.forms:
        for unit in context.tree.chain(unit_id) if unit_id in context.tree else ():
            sheets = gathering.sheets_for(unit.level) if gathering.is_for(unit.level) else ()
            if any(sheet.gathered and sheet.gathered.form == form for sheet in sheets):
                yield gathering, unit


class _Gathering:
    """One sheet's gathering; a unit's workbook is read once."""

    def __init__(self, context: Context, spec: Gathered, period: Period) -> None:
        self._context, self._spec = context, spec
        self._form = context.form(spec.form)
        self._period = period
        self._books: dict[str, Rows] = {}

    def rows_for(self, unit: Unit) -> tuple[GatheredRow, ...]:
        """Give the unit's own entries, then those that the units straight below hand up."""
        handed = [*self._own(unit)]
        for child in self._context.tree.children(unit.unit_id):
            handed += self._handed_up(child)
        return tuple({row.entry: row for row in reversed(handed)}.values())[::-1]

    def _own(self, unit: Unit) -> Iterator[GatheredRow]:
        """Give what the unit listed itself, in the order of that sheet's key."""
        listed = self._form.by_key[self._spec.listed]
        column = listed.key_column
        rows = self._book(unit.unit_id).get(listed.key, [])
        if column and isinstance(kind := column.type, Key):
            rows = sorted(rows, key=lambda row: kind.number(row.get(column.key)))
        for order, row in enumerate(rows, start=1):
            named = row.get(self._spec.named)
            if isinstance(named, str):
                yield GatheredRow(
                    entry=str(merged(unit.unit_id, named)),
                    unit_id=unit.unit_id,
                    above=unit.unit_id,
                    order=order,
                    cells=row,
                )

    def _handed_up(self, unit: Unit) -> list[GatheredRow]:
        """Give what a unit hands up: the entries that it ranked, else its own as it listed them."""
        spec, form = self._spec, self._form
        ranked = form.by_key.get(spec.ranked)
        if not form.is_for(unit.level):  # it hands in nothing: those below it do
            below = self._context.tree.children(unit.unit_id)
            return [row for child in below for row in self._handed_up(child)]
        if ranked is None or not ranked.is_for(unit.level):
            return [*self._own(unit)]
        placed = sorted(
            (order, str(merged(unit.unit_id, row.get(spec.entry))))
            for row in self._book(unit.unit_id).get(ranked.key, [])
            if isinstance(order := row.get(spec.order), int)
        )
        found = []
        for place, (_, entry) in enumerate(placed, start=1):
            owner = entry.rpartition("-")[0]
            listed = self._own(self._context.tree[owner]) if owner in self._context.tree else ()
            mine = next((row for row in listed if row.entry == entry), None)
            if mine:
                found.append(replace(mine, above=unit.unit_id, order=place))
        return found

    def _book(self, unit_id: str) -> Rows:
        if unit_id not in self._books:
            self._books[unit_id] = accepted_rows(self._context, self._form, unit_id, self._period)
        return self._books[unit_id]
