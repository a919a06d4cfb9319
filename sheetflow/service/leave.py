"""缓报 that was granted: the unit is told until when it has time, of all its forms in one mail.

A day is told once, however often it is noted again; whoever is in by then is told nothing. This module
refuses to grant leave, and to say that it was taken back, which the unit's own page does.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial

from sheetflow.consolidation.reviews import Review, excused_until, noted_of
from sheetflow.context import Context
from sheetflow.mail.facts import facts_of_several, mail_facts, make_mail
from sheetflow.mail.letter_data import Event
from sheetflow.periods import Period, date_in_words, end_of
from sheetflow.schemas.forms import Form
from sheetflow.schemas.review import Decision, Matter
from sheetflow.service.calendar import Task
from sheetflow.service.passing import recent_periods
from sheetflow.service.reminding import missing_of
from sheetflow.store.records import Document, NewMail
from sheetflow.units import Unit


@dataclass(frozen=True, slots=True)
class Leave:
    """Until which day a unit may be late with one form's period."""

    unit: Unit
    form: Form
    period: Period
    day: dt.date

    @property
    def name(self) -> str:
        """Name it, for the record and for its mail."""
        which = self.unit.unit_id, self.form.key, self.period.period_id
        return ".".join(("leave", *which, f"{self.day:%Y%m%d}"))


def leave_tasks(context: Context, until: dt.datetime) -> Iterator[Task]:
    """Give the leaves that stand, due as soon as they were granted."""
    now = context.clock.now()
    noted = defaultdict[tuple[str, str, str], list[Decision]](list)
    for each in context.store.decisions.find_in(recent_periods(context, now), matter=Matter.UNIT):
        noted[each.unit_id, each.form, each.period].append(each)
    for (unit_id, key, period_id), decisions in noted.items():
        review = Review(unit_id=unit_id, decisions=decisions)
        given, day = noted_of(review), excused_until(review)
        form, unit = context.campaign.by_key.get(key), context.tree.units.get(unit_id)
        if not (given and day and form and unit) or given.decided_at > until:
            continue
        leave = Leave(unit, form, form.period(period_id), day)
        yield Task(
            name=leave.name,
            what="告知缓报",
            form=key,
            period=period_id,
            due_at=given.decided_at,
            do=partial(tell_leave, context, [leave]),
            until=end_of(day),
            from_begun_on=True,
            gather=tell_leave,
            part=leave,
            words=f"告知{unit.name}缓报到哪一天",
        )


def tell_leave(context: Context, leaves: Sequence[Leave]) -> Document:
    """Queue one mail to each of these units that is not in yet; give who gets one."""
    asked = {(leave.form.key, leave.period): leave.form for leave in leaves}
    missing = {
        (row.unit.unit_id, key, period)
        for (key, period), form in asked.items()
        for row in missing_of(context, form, period)[1]
    }
    by_unit: dict[str, list[Leave]] = {}
    for leave in leaves:
        if (leave.unit.unit_id, leave.form.key, leave.period) in missing:
            by_unit.setdefault(leave.unit.unit_id, []).append(leave)
    mails: list[NewMail] = []
    for given in by_unit.values():
        first = given[0]
        lines = tuple(map(_line, given))
        facts = mail_facts(context, first.unit, first.form.key, first.period.period_id)
        if len(given) > 1:
            several = [(leave.form, leave.period) for leave in given]
            facts = facts_of_several(context, first.unit, several, lines)
        data = replace(facts, deadline="", remarks=lines)
        mails += make_mail(context, first.unit, Event.LEAVE, data, first.name)
    context.store.mails.record_mails(mails, context.clock.now())
    return {"mailed": [mail.unit_id for mail in mails]}


def _line(leave: Leave) -> str:
    return f"{leave.period.label}《{leave.form.title}》：最迟{date_in_words(end_of(leave.day))}报送"
