"""What a form's schedule asks of the calendar: 发放, 报送提醒 and 催报 of each period, by whose deadline it is.

A deadline that a superior postponed, and one until which a unit may be late (缓报), has days of its own. This
module refuses to know what is sent.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import replace
from functools import partial

from sheetflow.context import Context
from sheetflow.mail.facts import FormPeriod
from sheetflow.periods import OFFICE_ZONE, Period, end_of, moment_in_words
from sheetflow.schemas.forms import Form
from sheetflow.schemas.moved_deadlines import moment_of
from sheetflow.schemas.review import UNTIL, Matter, standing
from sheetflow.schemas.schedule import is_urgent, opens_at, reminders_at, urged_at
from sheetflow.service.calendar import Task
from sheetflow.service.issuing import announce, issue_what_can_be
from sheetflow.service.merged_units import tree_for
from sheetflow.service.reminding import Due, hand_out_lacking, remind_due

_SENSIBLE = dt.timedelta(days=60)
"""So long after a deadline somebody may still be urged."""
_BACK, _AHEAD = dt.timedelta(days=200), dt.timedelta(days=60)
"""So long after a period's end, and before its first day, something may be due."""


def form_tasks(context: Context, until: dt.datetime) -> Iterator[Task]:
    """Give when workbooks are handed out, who is reminded and urged when, of all forms and periods."""
    near = list(_periods(context, until))
    excused = _excused(context, {period.period_id for _, period in near})
    for form, period in near:
        deadlines = _deadlines(context, form, period, excused)
        if deadlines:
            yield _issuing(context, form, period, deadlines)
            yield from _reminding(context, form, period, deadlines)


def _issuing(
    context: Context, form: Form, period: Period, deadlines: Iterable[dt.datetime]
) -> Task:
    """Tell when workbooks are handed out; sensible as long as anybody may report in time."""
    return Task(
        name=f"issue.{form.key}.{period.period_id}",
        what="发放填报表",
        form=form.key,
        period=period.period_id,
        due_at=opened_at(context, form, period),
        before=partial(_issue, context, form, period),
        do=partial(announce, context, [(form, period)]),
        gather=announce,
        part=(form, period),
        until=max(deadlines),
        urgent=any(map(is_urgent, deadlines)),
        words=f"发放{_named(form, period)}",
    )


def _reminding(
    context: Context, form: Form, period: Period, deadlines: Mapping[dt.datetime, str]
) -> Iterator[Task]:
    """Tell when those who are not in are reminded, until it is over, and urged, with word to their superiors."""
    opened, overrides = opened_at(context, form, period), context.day_overrides
    for until, whose in deadlines.items():
        due, name = Due(form, period, until), f"{form.key}.{period.period_id}.{_stamp(until)}"
        for at in reminders_at(until, opened, context.settings.calendar.remind_days, overrides):
            task = _task(context, due, f"remind.{name}.{_stamp(at)}", "报送提醒", at, whose)
            yield replace(task, until=until)
        at = urged_at(until, overrides)
        task = _task(context, due, f"urge.{name}", "催报", at, whose)
        yield replace(task, until=until + _SENSIBLE)


def _task(context: Context, due: Due, name: str, what: str, at: dt.datetime, whose: str) -> Task:
    by = moment_in_words(due.until, "")
    return Task(
        name=name,
        what=what,
        form=due.form.key,
        period=due.period.period_id,
        due_at=at,
        before=partial(hand_out_lacking, context, due),
        do=partial(remind_due, context, [due]),
        from_begun_on=True,
        gather=remind_due,
        part=due,
        urgent=is_urgent(due.until),
        words=f"{what}{_named(due.form, due.period)}（{whose}，{by}截止）",
    )


def _issue(context: Context, form: Form, period: Period) -> list[str]:
    units = tree_for(context, form).living_on(period.last_day)
    _, errors = issue_what_can_be(context, form, period, units)
    return [str(error) for error in errors]


def opened_at(context: Context, form: Form, period: Period) -> dt.datetime:
    """Tell when the workbooks of a form's period are handed out."""
    usual = opens_at(period, context.day_overrides)
    return moment_of(context.campaign, context.settings.calendar.opened, form, period) or usual


def _periods(context: Context, until: dt.datetime) -> Iterator[FormPeriod]:
    """Give the forms' periods that may have something due by then, of those that were purged none.

    What was due before the calendar last did something was seen to then.
    """
    seen = context.store.calendar.newest() or context.clock.now()
    first, last = (seen - _BACK).date(), (until + _AHEAD).date()
    purged = max((each.before for each in context.store.purges.find_purges()), default=dt.date.min)
    levels = {unit.level for unit in context.tree}
    for form in context.campaign.forms:
        if not any(map(form.is_for, levels)):
            continue
        years = range(first.year, last.year + 1)
        for period in dict.fromkeys(each for year in years for each in form.periods_of(year)):
            is_near = first <= period.last_day and period.first_day <= last
            if is_near and period.last_day >= purged and form.takes(period):
                yield form, period


def _excused(context: Context, periods: Collection[str]) -> dict[tuple[str, str], set[dt.datetime]]:
    """Give until when units may be late (缓报) in these periods, by form and period."""
    found: dict[tuple[str, str], set[dt.datetime]] = {}
    for each in standing(context.store.decisions.find_in(periods, matter=Matter.UNIT)):
        if day := each.details.get(UNTIL):
            until = end_of(dt.date.fromisoformat(day))
            found.setdefault((each.form, each.period), set()).add(until)
    return found


def _deadlines(
    context: Context,
    form: Form,
    period: Period,
    excused: Mapping[tuple[str, str], set[dt.datetime]],
) -> dict[dt.datetime, str]:
    """Give the different last moments that units have for it, in order, and who has each: 县级、乡级."""
    alike = {(unit.level, unit.parent): unit for unit in context.tree if form.is_for(unit.level)}
    whose: dict[dt.datetime, list[str]] = {}
    for unit in alike.values():
        whose.setdefault(context.deadline(unit, form, period), []).append(f"{unit.level}级")
    for until in excused.get((form.key, period.period_id), ()):
        whose.setdefault(until, []).append("批准缓报的")
    return {until: "、".join(dict.fromkeys(whose[until])) for until in sorted(whose)}


def _named(form: Form, period: Period) -> str:
    return f"{period.label}《{form.title}》"


def _stamp(moment: dt.datetime) -> str:
    return f"{moment.astimezone(OFFICE_ZONE):%Y%m%dT%H%M}"
