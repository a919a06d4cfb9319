"""What a form's schedule asks of the calendar: 发放, 报送提醒 and 催报 of each period, by whose deadline it is.

A deadline that a superior postponed, and one until which a unit may be late (缓报), has days of its own. This
module refuses to know what is sent.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from functools import partial

from sheetflow.context import Context
from sheetflow.periods import OFFICE_ZONE, Period, end_of
from sheetflow.schemas.forms import Form
from sheetflow.schemas.moved_deadlines import moment_of
from sheetflow.schemas.review import UNTIL, Matter, standing
from sheetflow.schemas.schedule import opens_at, reminders_at, urged_at
from sheetflow.service.calendar import Task
from sheetflow.service.issuing import FormPeriod, announce, issue_to
from sheetflow.service.merged_units import tree_for
from sheetflow.service.reminding import Due, hand_out_lacking, remind_due

_SENSIBLE = dt.timedelta(days=60)
"""So long after a deadline somebody may still be urged."""
_BACK = dt.timedelta(days=400)
"""So far back the calendar looks, where the service was off for long."""


def issuing(context: Context, until: dt.datetime) -> Iterator[Task]:
    """Give when workbooks are handed out; sensible as long as anybody may report in time."""
    for form, period in _periods(context, until):
        last = max(_deadlines(context, form, period), default=None)
        if last is None:
            continue
        yield Task(
            name=f"issue.{form.key}.{period.period_id}",
            what="发放填报表",
            form=form.key,
            period=period.period_id,
            due_at=opened_at(context, form, period),
            before=partial(_issue, context, form, period),
            do=partial(announce, context, [(form, period)]),
            gather=announce,
            part=(form, period),
            until=last,
            words=f"发放{_named(form, period)}",
        )


def reminding(context: Context, until: dt.datetime) -> Iterator[Task]:
    """Give when those who are not in are reminded of each deadline; sensible until it is over."""
    days = context.settings.calendar.remind_days
    for form, period in _periods(context, until):
        opened = opened_at(context, form, period)
        for deadline in _deadlines(context, form, period):
            for at in reminders_at(deadline, opened, days, context.day_overrides):
                name = f"remind.{form.key}.{period.period_id}.{_stamp(deadline)}.{_stamp(at)}"
                yield _task(context, Due(form, period, deadline), name, "报送提醒", at, deadline)


def urging(context: Context, until: dt.datetime) -> Iterator[Task]:
    """Give when those who are late are urged, and their superiors told."""
    for form, period in _periods(context, until):
        for deadline in _deadlines(context, form, period):
            name = f"urge.{form.key}.{period.period_id}.{_stamp(deadline)}"
            at, last = urged_at(deadline, context.day_overrides), deadline + _SENSIBLE
            yield _task(context, Due(form, period, deadline), name, "催报", at, last)


def _task(
    context: Context, due: Due, name: str, what: str, at: dt.datetime, last: dt.datetime
) -> Task:
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
        until=last,
        words=f"{what}{_named(due.form, due.period)}（{due.until:%m-%d}截止的）",
    )


def _issue(context: Context, form: Form, period: Period) -> None:
    issue_to(context, form, period, tree_for(context, form).living_on(period.last_day))


def opened_at(context: Context, form: Form, period: Period) -> dt.datetime:
    """Tell when the workbooks of a form's period are handed out."""
    usual = opens_at(period, context.day_overrides)
    return moment_of(context.campaign, context.settings.calendar.opened, form, period) or usual


def _periods(context: Context, until: dt.datetime) -> Iterator[FormPeriod]:
    """Give the forms' periods that may have something due by then, of those that were purged none."""
    first = min(context.clock.now(), until) - _BACK
    purged = [each.before for each in context.store.purges.find_purges()]
    for form in context.campaign.forms:
        if not any(form.is_for(unit.level) for unit in context.tree):
            continue
        years = range(first.year, until.year + 1)
        for period in dict.fromkeys(each for year in years for each in form.periods_of(year)):
            is_purged = any(period.last_day < before for before in purged)
            if not is_purged and form.takes(period) and period.last_day >= first.date():
                yield form, period


def _deadlines(context: Context, form: Form, period: Period) -> list[dt.datetime]:
    """Give the different last moments that units have for it."""
    alike = {(unit.level, unit.parent): unit for unit in context.tree if form.is_for(unit.level)}
    found = {context.deadline(unit, form, period) for unit in alike.values()}
    noted = context.store.decisions.find_all(
        form=form.key, period=period.period_id, matter=Matter.UNIT
    )
    days = (each.details.get(UNTIL) for each in standing(noted))
    found.update(end_of(dt.date.fromisoformat(day)) for day in days if day)
    return sorted(found)


def _named(form: Form, period: Period) -> str:
    return f"{period.label}《{form.title}》"


def _stamp(moment: dt.datetime) -> str:
    return f"{moment.astimezone(OFFICE_ZONE):%Y%m%dT%H%M}"
