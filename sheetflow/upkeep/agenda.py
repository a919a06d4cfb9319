"""日程: what the calendar did of late, and what it will do when; what `sheetflow calendar` shows.

What is to come is told as things stand now: who will be written to is known only then.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from sheetflow.context import Context
from sheetflow.periods import OFFICE_ZONE
from sheetflow.service.calendar import LEFT_OUT, coming
from sheetflow.service.calendar_kinds import KINDS
from sheetflow.store.decisions import CalendarEntry


@dataclass(frozen=True, slots=True)
class AgendaLine:
    """One thing that was done, left out or is to come, in words."""

    at: dt.datetime
    what: str
    note: str = ""

    def as_json(self) -> dict[str, object]:
        """Give the object that ``calendar --json`` prints."""
        return {"at": self.at.isoformat(), "what": self.what, "note": self.note}


@dataclass(frozen=True, slots=True)
class Agenda:
    """What was done in the last days and what comes in the next ones; `is_on`: it is done by itself."""

    is_on: bool
    done: tuple[AgendaLine, ...]
    coming: tuple[AgendaLine, ...]


def agenda(context: Context, days: int) -> Agenda:
    """Give what the calendar did in the last `days`, and what it will do in the next ones."""
    now, span = context.clock.now(), dt.timedelta(days=days)
    entries = context.store.calendar.find_all(since=now - span)
    tasks = coming(context, now + span, KINDS)
    return Agenda(
        is_on=context.settings.calendar.on,
        done=tuple(_line(context, entry) for entry in entries),
        coming=tuple(
            AgendaLine(max(task.due_at, now).astimezone(OFFICE_ZONE), task.words or task.what)
            for task in tasks
            if not (task.until and task.until < now)
            and (task.due_at > now or not task.from_begun_on)
        ),
    )


def _line(context: Context, entry: CalendarEntry) -> AgendaLine:
    label = ""
    if entry.period:
        label = context.period(entry.form, entry.period).label
        form = context.campaign.by_key.get(entry.form)
        label += f"《{form.title}》" if form else ""
    return AgendaLine(entry.done_at.astimezone(OFFICE_ZONE), entry.what + label, _note(entry))


def _note(entry: CalendarEntry) -> str:
    """Say to how many it went, or why it was not done."""
    document = entry.document
    if LEFT_OUT in document:
        return f"没有做：{document[LEFT_OUT]}"
    told = [("发信{}封", document.get("mailed")), ("告知上级{}个", document.get("superiors"))]
    return "，".join(words.format(len(units)) for words, units in told if units)
