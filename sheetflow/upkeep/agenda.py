"""日程: what the calendar did of late, and what it will do when; what `sheetflow calendar` shows.

What is to come is told as things stand now: who will be written to is known only then.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby

from sheetflow.context import Context
from sheetflow.periods import OFFICE_ZONE
from sheetflow.service.administrator import TOLD
from sheetflow.service.calendar import LEFT_OUT, coming
from sheetflow.service.calendar_kinds import KINDS
from sheetflow.service.digest import TO
from sheetflow.service.nightly_backup import FILE, MISSING
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
        done=tuple(_lines(context, entries)),
        coming=tuple(
            AgendaLine(max(task.due_at, now).astimezone(OFFICE_ZONE), task.words or task.what)
            for task in tasks
            if not (task.until and task.until < now)
            and (task.due_at > now or not task.from_begun_on)
        ),
    )


def _lines(context: Context, entries: Iterable[CalendarEntry]) -> Iterator[AgendaLine]:
    """Give a line for each thing that was done; what was done as one, in mails of several forms, is one."""
    for (at, note), found in groupby(
        entries, lambda entry: (entry.done_at.astimezone(OFFICE_ZONE), _note(entry))
    ):
        told = [_named(context, entry) for entry in found if not _is_idle(entry)]
        yield from (AgendaLine(at, each, note) for each in (["、".join(told)] if note else told))


def _is_idle(entry: CalendarEntry) -> bool:
    """Whether superiors were to be told, and there was nothing to tell any of them."""
    return TO in entry.document and not entry.document[TO]


def _named(context: Context, entry: CalendarEntry) -> str:
    label = ""
    if entry.period:
        label = context.period(entry.form, entry.period).label
        form = context.campaign.by_key.get(entry.form)
        label += f"《{form.title}》" if form else ""
    return entry.what + label


def _note(entry: CalendarEntry) -> str:
    """Say to how many it went and what was saved where, or why it was not done."""
    document = entry.document
    if LEFT_OUT in document:
        return f"没有做：{document[LEFT_OUT]}"
    counted = (
        ("发信{}封", len(document.get("mailed") or document.get(TO) or ())),
        ("告知上级{}个", len(document.get("superiors") or ())),
        ("{}件事", document.get(TOLD)),
        ("{}", document.get(FILE)),
        ("缺原件{}份", document.get(MISSING)),
    )
    return "，".join(words.format(count) for words, count in counted if count)
