"""What follows once a deadline has passed: who has not reported is 逾期, and figures go further up.

The last deadline that has passed stands in the store, and is moved on in the commit that sets the
marks. What is published asks that moment and no clock, so that the same state gives the same bytes.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator

from sheetflow.context import LOG, Context
from sheetflow.periods import Period, end_of
from sheetflow.schemas.evidence import takes_files
from sheetflow.schemas.forms import Form
from sheetflow.schemas.review import UNTIL, Matter, Policy, standing
from sheetflow.service.books import PASSED, passed_until
from sheetflow.service.consequences import above
from sheetflow.service.merged_units import tree_for
from sheetflow.service.passing import policy_of, recent_periods, superior_of
from sheetflow.service.publish import GOING_UP, ROLL_UPS
from sheetflow.service.review_marks import has_reviews, review_marks
from sheetflow.store.records import PublicationKind, Stale
from sheetflow.units import Unit

_FURTHEST = 24
"""So many periods back are looked at, where the service was off for long."""


def mark_overdue(context: Context) -> int:
    """Mark what shows who is not in, and what goes up now, of each deadline passed since the last look.

    Give how many marks were set. The first look of all marks the units' own pages alone: boards
    that an older version made stay until somebody's standing changes.
    """
    now, known = context.clock.now(), passed_until(context)
    passed = [
        (until, form, period, level)
        for form in context.campaign.forms
        for until, period, level in _passed(context, form, now, known)
    ]
    excused = list(_excused(context, now, known))
    if not (passed or excused):
        return 0
    newest = max(until for until, *_ in (*passed, *excused))
    marks: set[Stale] = set()
    for _, form, period, level in passed:
        living = tree_for(context, form).living_on(period.last_day)
        units = [unit for unit in living if unit.level == level]
        overdue = units if form.is_for(level) else []
        why = f"{period.label}{level}一级的截止时间已过"
        found = [*_marks(context, form, period, overdue, why)]
        found += _own_reviews(context, form, period, units, why)
        marks.update(mark for mark in found if known or mark.kind is PublicationKind.PROGRESS)
        marks.update(_going_up(context, form, period, units, why))
    for until, form, period, unit in excused:
        why = f"{unit.name}缓报至{until:%m-%d}，已到期"
        marks.update(_marks(context, form, period, [unit], why))
    with context.store.together():
        context.store.fingerprints.record({PASSED: newest.isoformat()})
        context.store.publications.record_stale(sorted(marks, key=_order), now)
        context.store.nodes.forget(_shown_in(passed, excused))
    LOG.info("deadlines up to %s have passed: %d marks", newest, len(marks))
    return len(marks)


def _shown_in(
    passed: Iterable[tuple[dt.datetime, Form, Period, str]],
    excused: Iterable[tuple[dt.datetime, Form, Period, Unit]],
) -> set[str]:
    """Name the periods in whose sums it shows that these deadlines have passed."""
    whose = [period for _, _, period, _ in (*passed, *excused)]
    return {each.period_id for period in whose for each in (period, *period.rest_of_year)}


def _order(mark: Stale) -> tuple[str, str, str, str]:
    return mark.unit_id, mark.form, mark.period, mark.kind


def _passed(
    context: Context, form: Form, now: dt.datetime, known: dt.datetime | None
) -> Iterator[tuple[dt.datetime, Period, str]]:
    """Give the deadlines of a form after `known` that are over, the newest period's first."""
    fill = [unit for unit in context.tree if form.is_for(unit.level)]
    # Figures wait for those above, whether or not they fill the form themselves.
    asked = [*(context.tree[unit.parent] for unit in fill if unit.parent), *fill]
    # Of a level whose deadline a superior has moved, there are several.
    units = {(unit.level, unit.parent): unit for unit in asked}
    period = form.period_of(now.date())
    for _ in range(_FURTHEST):
        until = {(unit.level, context.deadline(unit, form, period)) for unit in units.values()}
        for level, moment in sorted(until) if form.takes(period) else ():
            if moment < now and (known is None or moment > known):
                yield moment, period, level
        all_known = all(moment < now if known is None else moment <= known for _, moment in until)
        before = form.last_ended(period.first_day)
        if all_known or before == period:  # of what is filled once there is no other
            return
        period = before


def _excused(
    context: Context, now: dt.datetime, known: dt.datetime | None
) -> Iterator[tuple[dt.datetime, Form, Period, Unit]]:
    """Give the units whose 缓报 has ended since `known`, with its last moment."""
    periods = recent_periods(context, min(now, known or now))
    noted = standing(context.store.decisions.find_in(periods, matter=Matter.UNIT))
    for decision in noted:
        form, day = context.campaign.by_key.get(decision.form), decision.details.get(UNTIL)
        if form and day and decision.unit_id in context.tree:
            until = end_of(dt.date.fromisoformat(day))
            if until < now and (known is None or until > known):
                yield until, form, form.period(decision.period), context.tree[decision.unit_id]


def _going_up(
    context: Context, form: Form, period: Period, units: Iterable[Unit], why: str
) -> Iterator[Stale]:
    """Mark what stands above `units` whose deadline it was, where what they did not let pass waited for it."""
    if policy_of(context) is not Policy.BY_DEADLINE:
        return
    accepted = context.store.submissions.find_all_accepted(form.key, period.period_id)
    superiors = {superior_of(context, one, period) for one in accepted if one in context.tree}
    further = {one for unit in units if unit in superiors for one in above(context, unit)[1:]}

    def stale(unit: Unit, when: Period, kind: PublicationKind) -> Stale:
        return Stale(unit_id=unit.unit_id, form=form.key, period=when.period_id, kind=kind, why=why)

    for unit in further:
        if has_reviews(context):
            yield stale(unit, period, PublicationKind.REVIEW)
        for later in (period, *period.rest_of_year):
            for kind in GOING_UP if takes_files(form) else ROLL_UPS:
                yield stale(unit, later, kind)


def _own_reviews(
    context: Context, form: Form, period: Period, units: Iterable[Unit], why: str
) -> Iterator[Stale]:
    """Mark the 审核单 of `units` whose deadline it was: what goes up when is said there, and who was drawn."""
    for unit in units:
        if has_reviews(context) and context.tree.children(unit.unit_id):
            yield Stale(
                unit_id=unit.unit_id,
                form=form.key,
                period=period.period_id,
                kind=PublicationKind.REVIEW,
                why=why,
            )


def _marks(
    context: Context, form: Form, period: Period, units: Iterable[Unit], why: str
) -> Iterator[Stale]:
    """Mark the pages of the units that have one, and the boards above them.

    Whoever handed out workbooks gets a board by then, though nobody has sent anything yet.
    """

    def stale(unit_id: str, kind: PublicationKind) -> Stale:
        return Stale(unit_id=unit_id, form=form.key, period=period.period_id, kind=kind, why=why)

    published = {
        (entry.unit_id, entry.kind)
        for entry in context.store.publications.find_publications(period=period.period_id)
        if entry.form == form.key
    }
    for unit in units:
        if (unit.unit_id, PublicationKind.PROGRESS) in published:
            yield stale(unit.unit_id, PublicationKind.PROGRESS)
        yield from review_marks(context, unit.unit_id, form.key, [period], why)
    over = {
        one.unit_id: (unit.unit_id, PublicationKind.PROGRESS) in published
        for unit in units
        for one in above(context, unit)
    }
    for unit_id, is_awaited in over.items():
        if is_awaited or any((unit_id, kind) in published for kind in ROLL_UPS):
            yield stale(unit_id, PublicationKind.BOARD)
