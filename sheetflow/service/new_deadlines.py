"""A deadline that a superior postponed, or that holds again since it took that back: those who have it are told by mail.

What is told of several forms at once is one mail; a deadline of which the first letter (发放) tells is told nowhere else.
This module refuses to move a deadline, and to say when it is.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial

from sheetflow.context import Context
from sheetflow.context.paths import workbook_path
from sheetflow.mail.facts import facts_of_several, mail_facts, make_mail
from sheetflow.mail.letter_data import Event
from sheetflow.periods import Period
from sheetflow.schemas.forms import Form
from sheetflow.schemas.moved_deadlines import postponement
from sheetflow.schemas.review import Decision, Matter, Verdict
from sheetflow.service.calendar import LEFT_OUT, Task
from sheetflow.service.issuing import asked_words
from sheetflow.service.merged_units import tree_for
from sheetflow.service.passing import recent_periods
from sheetflow.service.publish import is_published
from sheetflow.store.records import Document, NewMail


@dataclass(frozen=True, slots=True)
class Moved:
    """The deadline of one form's period for units of a level right below one, moved by a decision."""

    decision_id: int
    superior: str
    level: str
    form: Form
    period: Period

    @property
    def name(self) -> str:
        """Name it, for the record and for its mails."""
        which = self.superior, self.form.key, self.period.period_id, str(self.decision_id)
        return ".".join(("moved", *which))


def deadline_tasks(context: Context, until: dt.datetime) -> Iterator[Task]:
    """Give the postponements that stand, and the undoings of those that were told, due as soon as they were decided."""
    periods = recent_periods(context, context.clock.now())
    decided = context.store.decisions.find_in(periods, matter=Matter.POSTPONEMENT)
    undone = {each.about: each for each in decided if each.verdict is Verdict.UNDO}
    for given in decided:
        if given.verdict is not Verdict.AGREE or given.decided_at > until:
            continue
        if task := _task(context, given, given):
            back = undone.get(given.number)
            known = context.store.calendar.find(task.name) if back else None
            if back is None:
                yield task
            elif known and LEFT_OUT not in known.document:
                yield from filter(None, [_task(context, given, back)])


def _task(context: Context, given: Decision, last: Decision) -> Task | None:
    """Give the task of telling what a postponement, or the `last` word on it, moved; none where it is about no level."""
    form, moved = context.campaign.by_key.get(given.form), postponement(given.about)
    if form is None or moved is None or given.unit_id not in context.tree:
        return None
    level, until = moved
    told = Moved(last.decision_id, given.unit_id, level, form, form.period(given.period))
    return Task(
        name=told.name,
        what="告知截止时间有变",
        form=form.key,
        period=given.period,
        due_at=last.decided_at,
        do=partial(tell_moved, context, [told]),
        until=until,
        from_begun_on=True,
        gather=tell_moved,
        part=told,
        words=f"告知{context.tree[given.unit_id].name}所属{level}级单位截止时间有变",
    )


def tell_moved(context: Context, all_moved: Sequence[Moved]) -> Document:
    """Queue one mail to each unit that has one of these deadlines and its workbook; give who gets one."""
    by_unit: dict[str, list[Moved]] = {}
    for moved in all_moved:
        for unit in tree_for(context, moved.form).living_on(moved.period.last_day):
            is_meant = unit.parent == moved.superior and unit.level == moved.level
            path = workbook_path(context, moved.form, unit, moved.period)
            if is_meant and is_published(context, path):
                by_unit.setdefault(unit.unit_id, []).append(moved)
    mails: list[NewMail] = []
    for unit_id, found in by_unit.items():
        unit = context.tree[unit_id]
        known = {(moved.form.key, moved.period): moved.form for moved in found}
        asked = [(form, period) for (_, period), form in known.items()]
        (form, period), *others = asked
        data = mail_facts(context, unit, form.key, period.period_id)
        if others:
            lines = [asked_words(context, unit, each) for each in asked]
            data = facts_of_several(context, unit, asked, lines)
        mails += make_mail(context, unit, Event.DEADLINE, data, f"{found[-1].name}.{unit_id}")
    context.store.mails.record_mails(mails, context.clock.now())
    return {"mailed": [mail.unit_id for mail in mails]}
