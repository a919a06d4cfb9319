"""逾期: what shows who has not reported is marked once a deadline has passed.

The last deadline that has passed stands in the store, and is moved on in the commit that sets the
marks. What is published asks that moment and no clock, so that the same state gives the same bytes.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from sheetflow.context import LOG, Context
from sheetflow.periods import Period
from sheetflow.schemas.forms import Form
from sheetflow.service.books import PASSED, passed_until
from sheetflow.service.consequences import above
from sheetflow.service.publish import ROLL_UPS
from sheetflow.store.records import PublicationKind, Stale

_FURTHEST = 24
"""So many periods back are looked at, where the service was off for long."""


def mark_overdue(context: Context) -> int:
    """Mark what shows who is not in, of each period whose deadline has passed since the last look.

    Give how many marks were set. The first look of all marks the units' own pages alone: boards
    that an older version made stay until somebody's standing changes.
    """
    now, known = context.clock.now(), passed_until(context)
    passed = [
        (until, form, period, level)
        for form in context.campaign.forms
        for until, period, level in _passed(context, form, now, known)
    ]
    if not passed:
        return 0
    newest = max(until for until, *_ in passed)
    marks: set[Stale] = set()
    for _, form, period, level in passed:
        found = _marks(context, form, period, level)
        marks.update(mark for mark in found if known or mark.kind is PublicationKind.PROGRESS)
    with context.store.together():
        context.store.fingerprints.record({PASSED: newest.isoformat()})
        context.store.publications.record_stale(sorted(marks, key=_order), now)
    LOG.info("deadlines up to %s have passed: %d marks", newest, len(marks))
    return len(marks)


def _order(mark: Stale) -> tuple[str, str, str, str]:
    return mark.unit_id, mark.form, mark.period, mark.kind


def _passed(
    context: Context, form: Form, now: dt.datetime, known: dt.datetime | None
) -> Iterator[tuple[dt.datetime, Period, str]]:
    """Give the deadlines of a form after `known` that are over, the newest period's first."""
    units = {unit.level: unit for unit in context.tree if form.is_for(unit.level)}
    period = form.period_of(now.date())
    for _ in range(_FURTHEST):
        until = {level: context.deadline(unit, form, period) for level, unit in units.items()}
        for level, moment in until.items() if form.takes(period) else ():
            if moment < now and (known is None or moment > known):
                yield moment, period, level
        all_known = all(
            moment < now if known is None else moment <= known for moment in until.values()
        )
        before = form.last_ended(period.first_day)
        if all_known or before == period:  # of what is filled once there is no other
            return
        period = before


def _marks(context: Context, form: Form, period: Period, level: str) -> Iterator[Stale]:
    """Mark the pages of a level's units that have one, and the boards above them.

    Whoever handed out workbooks gets a board by then, though nobody has sent anything yet.
    """
    why = f"{period.label}{level}一级的截止时间已过"

    def stale(unit_id: str, kind: PublicationKind) -> Stale:
        return Stale(unit_id=unit_id, form=form.key, period=period.period_id, kind=kind, why=why)

    published = {
        (entry.unit_id, entry.kind)
        for entry in context.store.publications.find_publications(period=period.period_id)
        if entry.form == form.key
    }
    units = [unit for unit in context.tree.living_on(period.last_day) if unit.level == level]
    for unit in units:
        if (unit.unit_id, PublicationKind.PROGRESS) in published:
            yield stale(unit.unit_id, PublicationKind.PROGRESS)
    over = {
        one.unit_id: (unit.unit_id, PublicationKind.PROGRESS) in published
        for unit in units
        for one in above(context, unit)
    }
    for unit_id, is_awaited in over.items():
        if is_awaited or any((unit_id, kind) in published for kind in ROLL_UPS):
            yield stale(unit_id, PublicationKind.BOARD)
