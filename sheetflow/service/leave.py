"""缓报 that was granted, or holds no longer: the unit is told until when it has time, of all its forms in one mail.

A day is told once, however often it is noted again; whoever is in by then is told nothing, and who was told
of no leave is not told that there is none. This module refuses to grant leave.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial

from sheetflow.consolidation.reviews import Review, excused_until
from sheetflow.context import Context
from sheetflow.mail.facts import facts_of_several, mail_facts, make_mail, own_deadline
from sheetflow.mail.letter_data import Event
from sheetflow.periods import Period, date_in_words, end_of, moment_in_words
from sheetflow.schemas.forms import Form
from sheetflow.schemas.review import Decision, Matter
from sheetflow.service.calendar import Task
from sheetflow.service.issuing import REMINDED
from sheetflow.service.passing import recent_periods
from sheetflow.service.reminding import missing_of
from sheetflow.store.records import Document, NewMail
from sheetflow.units import Unit

_SENSIBLE = dt.timedelta(days=60)
"""So long after leave was taken back a unit may still be told."""
_MAILED = "mailed"


@dataclass(frozen=True, slots=True)
class Leave:
    """Until which day a unit may be late with one form's period, since when; the day is None where it no longer may.

    `turn` counts how often that has changed, from 1.
    """

    unit: Unit
    form: Form
    period: Period
    day: dt.date | None
    since: dt.datetime
    turn: int

    @property
    def name(self) -> str:
        """Name it, for the record and for its mail."""
        which = self.unit.unit_id, self.form.key, self.period.period_id
        day = f"{self.day:%Y%m%d}" if self.day else "none"
        return ".".join(("leave", *which, day, *([str(self.turn)] if self.turn > 1 else [])))


def leave_tasks(context: Context, until: dt.datetime) -> Iterator[Task]:
    """Give the leaves that stand, or that were told and stand no longer, due as soon as that was decided."""
    now = context.clock.now()
    noted = defaultdict[tuple[str, str, str], list[Decision]](list)
    for each in context.store.decisions.find_in(recent_periods(context, now), matter=Matter.UNIT):
        noted[each.unit_id, each.form, each.period].append(each)
    for (unit_id, key, period_id), decisions in noted.items():
        form, unit = context.campaign.by_key.get(key), context.tree.units.get(unit_id)
        if not (form and unit):
            continue
        *earlier, leave = _leaves(unit, form, form.period(period_id), decisions)
        if leave.since > until or _told(context, earlier) == leave.day:
            continue
        # A deadline may have been moved beyond it since.
        if leave.day and end_of(leave.day) <= context.deadline(unit, form, leave.period):
            continue
        yield Task(
            name=leave.name,
            what="告知缓报",
            form=key,
            period=period_id,
            due_at=leave.since,
            do=partial(tell_leave, context, [leave]),
            until=end_of(leave.day) if leave.day else leave.since + _SENSIBLE,
            from_begun_on=True,
            goes_first=True,
            gather=tell_leave,
            part=leave,
            words=f"告知{unit.name}缓报到哪一天" if leave.day else f"告知{unit.name}不再缓报",
        )


def _leaves(unit: Unit, form: Form, period: Period, decisions: Sequence[Decision]) -> list[Leave]:
    """Give how a unit's leave changed with these decisions, the oldest first; at first there is none."""
    found = [Leave(unit, form, period, None, decisions[0].decided_at, 0)]
    for count, each in enumerate(decisions, start=1):
        day = excused_until(Review(unit_id=unit.unit_id, decisions=decisions[:count]))
        if day != found[-1].day:
            found.append(Leave(unit, form, period, day, each.decided_at, len(found)))
    return found


def _told(context: Context, leaves: Sequence[Leave]) -> dt.date | None:
    """Give the day that a unit was told last of; None where it knows of no leave."""
    for leave in reversed(leaves):
        entry = context.store.calendar.find(leave.name) if leave.turn else None
        if entry and leave.unit.unit_id in entry.document.get(_MAILED, ()):
            return leave.day
    return None


def tell_leave(context: Context, leaves: Sequence[Leave]) -> Document:
    """Queue one mail to each of these units that is not in yet, another of what was taken back; give who gets one."""
    asked = {(leave.form.key, leave.period): leave.form for leave in leaves}
    missing = {
        (row.unit.unit_id, key, period)
        for (key, period), form in asked.items()
        for row in missing_of(context, form, period)[1]
    }
    by_unit: dict[tuple[str, bool], list[Leave]] = {}
    for leave in leaves:
        if (leave.unit.unit_id, leave.form.key, leave.period) in missing:
            by_unit.setdefault((leave.unit.unit_id, bool(leave.day)), []).append(leave)
    mails: list[NewMail] = []
    late: list[Leave] = []
    for (_, is_granted), given in by_unit.items():
        first = given[0]
        lines = tuple(_line(context, leave) for leave in given)
        facts = mail_facts(context, first.unit, first.form.key, first.period.period_id)
        if len(given) > 1:
            several = [(leave.form, leave.period) for leave in given]
            facts = facts_of_several(context, first.unit, several, lines)
        data = replace(facts, deadline="", remarks=lines, passed=is_granted)
        mails += make_mail(context, first.unit, Event.LEAVE, data, first.name)
        late += [leave for leave in given if not is_granted and _is_late(context, leave)]
    context.store.mails.record_mails(mails, context.clock.now())
    return {
        _MAILED: [mail.unit_id for mail in mails],
        # It reads that it is late: nobody urges it on the same day.
        REMINDED: [[each.unit.unit_id, each.form.key, each.period.period_id] for each in late],
    }


def _is_late(context: Context, leave: Leave) -> bool:
    until = own_deadline(context, leave.unit, leave.form, leave.period)
    return context.clock.now() > until


def _line(context: Context, leave: Leave) -> str:
    which = f"{leave.period.label}《{leave.form.title}》"
    if leave.day:
        return f"{which}：最迟{date_in_words(end_of(leave.day))}报送"
    until = moment_in_words(own_deadline(context, leave.unit, leave.form, leave.period), "")
    return f"{which}：应于{until}前报送" + "，现已逾期" * _is_late(context, leave)
