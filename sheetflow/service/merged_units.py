"""Units that ended within a period and still report it: the tree as a form's books have it.

Where the cover that is in force for a period asks (`Cover.taking_over`), a unit that ended within a period answers for that period
itself, to its end, unless its successor's accepted workbook says that it is reported there. All others
are reported by their successor from the period in which they ended. Who decides about a unit, merged or not, is told here too.
This module refuses to judge.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from sheetflow.context import Context
from sheetflow.periods import Period
from sheetflow.schemas.documents import load_rows
from sheetflow.schemas.forms import Form
from sheetflow.units import Unit, UnitTree


def tree_for(context: Context, form: Form) -> UnitTree:
    """Give the units as they answer for `form`."""
    return context.tree.prolonged(
        {
            unit.unit_id: period.last_day
            for unit, period in ended_within(context, form)
            if taken_over_by(context, form, unit, period) is None
        }
    )


def ended_within(context: Context, form: Form) -> Iterator[tuple[Unit, Period]]:
    """Give the units that ended before the last day of one of the form's periods, where that period's form asks."""
    form = form.declared or form
    if form.cover.taking_over is None:
        return  # no version of it does
    for unit in context.tree:
        period = form.period_of(unit.valid_to) if unit.valid_to else None
        if (
            period
            and unit.valid_to != period.last_day
            and form.takes(period)
            and form.is_for(unit.level)
            and context.campaign.in_force(form, period).cover.taking_over
        ):
            yield unit, period


def taken_over_by(context: Context, form: Form, unit: Unit, period: Period) -> Unit | None:
    """Give the successor in whose accepted workbook a unit that ended within the period is reported."""
    heir, taking = context.tree.successor_on(unit.unit_id, period.last_day), form.cover.taking_over
    if heir is None or taking is None:
        return None
    store, sheet = context.store, form.cover_sheet
    accepted = store.submissions.find_accepted(heir.unit_id, form.key, period.period_id)
    for _, text in store.contents.iterate_rows([accepted] if accepted else [], sheet.key):
        if any(taking.holds(row) for row in load_rows(sheet, text)[:1]):
            return heir
    return None


def who_decides(context: Context, unit_id: str, day: dt.date | None = None) -> Unit | None:
    """Give the unit that decides about `unit_id` on a day (today): the one directly above; None above a root.

    Of a unit that was merged it is the one above its successor.
    """
    tree, on = context.tree, day or context.clock.now().date()
    if unit_id not in tree:
        return None
    heir = tree.successor_on(unit_id, on) or tree[unit_id]
    return (tree.successor_on(heir.parent, on) or tree[heir.parent]) if heir.parent else None


def last_heir(context: Context, unit_id: str) -> str:
    """Name who goes on for a unit in the end, mostly itself: what these hand in is judged one after the other."""
    unit = context.tree[unit_id]
    while unit.successor:
        unit = context.tree[unit.successor]
    return unit.unit_id


def told_of_merging(
    context: Context, unit: Unit
) -> tuple[dict[tuple[str, str], str], dict[tuple[str, str], tuple[str, ...]]]:
    """Give what judging a unit's workbooks hears, by form and period.

    The name of who reports for the unit; the names of those merged into it that have reported by themselves.
    """
    taken: dict[tuple[str, str], str] = {}
    apart: dict[tuple[str, str], tuple[str, ...]] = {}
    for form in context.campaign.forms:
        for ended, period in ended_within(context, form):
            key = form.key, period.period_id
            if ended == unit and (heir := taken_over_by(context, form, ended, period)):
                taken[key] = heir.name
            elif context.tree.successor_on(ended.unit_id, period.last_day) == unit and (
                context.store.submissions.find_accepted(ended.unit_id, *key)
            ):
                apart[key] = (*apart.get(key, ()), ended.name)
    return taken, apart
