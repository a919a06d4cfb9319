"""What the service does by the clock: each task once, on record, in one commit with its mails.

A kind of task is a function that gives what is due (`calendar_kinds` has all). What is no longer sensible is recorded as left
out and said once; nothing but what is `any_day` is done on a day of rest or, unless it is `urgent`, out of
office hours. This module refuses to know what
a task does.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any, TypeVar

from sheetflow.context import LOG, Context
from sheetflow.errors import SheetflowError, StoreDamagedError, describe
from sheetflow.periods import OFFICE_HOURS, is_working_day
from sheetflow.store.decisions import CalendarEntry
from sheetflow.store.records import Document

BEGUN = "begun"
"""The entry that says since when the calendar runs: what was due before is nothing it left out."""
LEFT_OUT = "left_out"
"""Stands in the document of what was not done, with the reason."""
_TOO_LATE = "到处理时已经过了时候"
_MOST_NAMED = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """One thing that the calendar does, known by its `name`.

    `what` is its kind in the office's words, `do` does it within the commit that records it, and gives the
    document for the record. `before` makes what takes long and may be done twice, files perhaps, and may give
    what it met, in sentences: the task goes on. After
    `until` it is no longer sensible. Tasks that bear the same `gather` and are due together are done as one, by
    it and the `part` of each: what one person is told then is one mail.
    """

    name: str
    what: str
    form: str
    period: str
    due_at: dt.datetime
    do: Callable[[], Document]
    before: Callable[[], Iterable[str]] | None = None
    until: dt.datetime | None = None
    any_day: bool = False
    urgent: bool = False
    """It is due by the clock (加急): no hour of a working day is too early or too late."""
    from_begun_on: bool = False
    """What was due before the calendar began is nobody's business."""
    goes_first: bool = False
    """Of what is due in one pass it is done first: what comes after knows what it told."""
    gather: Gather | None = None
    part: Any = None
    words: str = ""
    """What it does and for whom, for people who ask what is to come."""


Result = TypeVar("Result")

Gather = Callable[[Context, Sequence[Any]], Document]

Kind = Callable[[Context, dt.datetime], Iterable[Task]]
"""Gives the tasks of one kind that are due by a moment, those that were done too."""


@dataclass
class CalendarReport:
    """What one look at the calendar came to, in sentences."""

    done: int = 0
    left_out: list[str] = field(default_factory=list)
    troubles: list[str] = field(default_factory=list)

    @property
    def mended(self) -> tuple[str, ...]:
        """What is said once: what was no longer done."""
        if not self.left_out:
            return ()
        named = "、".join(self.left_out[:_MOST_NAMED])
        more = f"等{len(self.left_out)}项" if len(self.left_out) > _MOST_NAMED else ""
        return (f"日程里有些事到处理时已经过了时候，没有再做：{named}{more}。",)


def run_calendar(context: Context, kinds: Sequence[Kind]) -> CalendarReport:
    """Do what is due and was not done; what fails is tried again in the next pass, and stops no other.

    It is called under the lock. Whether these kinds are wanted is for `calendar_kinds` to say.
    """
    report = CalendarReport()
    now = context.clock.now()
    begun = _begun(context, now)
    is_worked = is_working_day(now.date(), context.day_overrides)
    begins, ends = OFFICE_HOURS
    is_open = is_worked and begins <= now.time() <= ends
    due: list[Task] = []
    for task in _not_done(context, now, _asked(context, now, kinds, report)):
        if task.from_begun_on and task.due_at < begun:
            continue
        if not (task.until and now > task.until):
            may_go = is_open or task.any_day or (is_worked and task.urgent)
            due += [task] if may_go else []
        elif task.due_at >= begun:
            _leave_out(context, task)
            report.left_out.append(task.words or task.what)
    due.sort(key=lambda task: not task.goes_first)
    for together in _gathered(due):
        words = "、".join(dict.fromkeys(task.words or task.what for task in together))
        make = partial(_do, context, together, words, report)
        report.done += sum(_attempt(report, together[0].name, words, make))
    return report


def _asked(
    context: Context, now: dt.datetime, kinds: Iterable[Kind], report: CalendarReport
) -> list[Task]:
    """Ask each kind what is due; one that fails keeps no other from saying it."""
    return [
        task
        for kind in kinds
        for found in _attempt(report, str(kind), "查到期的事", partial(_due, context, now, kind))
        for task in found
    ]


def _due(context: Context, now: dt.datetime, kind: Kind) -> list[Task]:
    return list(kind(context, now))


def _attempt(
    report: CalendarReport, name: str, words: str, make: Callable[[], Result]
) -> list[Result]:
    """Give what `make` makes, alone in a list; where it fails, none, and the trouble is told.

    Raise StoreDamagedError alone: nothing may be done on top of that.
    """
    try:
        return [make()]
    except StoreDamagedError:
        raise
    except (SheetflowError, OSError) as error:
        LOG.error("calendar: %s failed: %s", name, describe(error))
        report.troubles.append(f"日程“{words}”没有做成：{error}")
    except Exception as error:  # noqa: BLE001 - whatever it is, the others go on
        LOG.error("calendar: %s met a fault of ours: %s", name, describe(error))
        report.troubles.append(f"日程“{words}”没有做成：程序出错，详见日志。")
    return []


def _gathered(due: Iterable[Task]) -> list[list[Task]]:
    """Put together what is done as one; the earliest says when."""
    groups: dict[object, list[Task]] = {}
    for task in due:
        groups.setdefault(task.gather or task.name, []).append(task)
    return list(groups.values())


def coming(context: Context, until: dt.datetime, kinds: Sequence[Kind]) -> list[Task]:
    """Give what is due by a moment and was not done yet, in the order in which it is due."""
    return _not_done(context, until, [task for kind in kinds for task in kind(context, until)])


def _not_done(context: Context, until: dt.datetime, tasks: Iterable[Task]) -> list[Task]:
    tasks = list(tasks)
    done = context.store.calendar.find_done([task.name for task in tasks])
    left = {task.name: task for task in tasks if task.due_at <= until and task.name not in done}
    return sorted(left.values(), key=lambda task: (task.due_at, task.name))


def _begun(context: Context, now: dt.datetime) -> dt.datetime:
    """Tell since when the calendar runs; from now on, where it never did or is switched off."""
    known = context.store.calendar.find(BEGUN)
    if known or not context.settings.calendar.on:
        return known.done_at if known else now
    entry = CalendarEntry(
        name=BEGUN, what="启用日程", form="", period="", due_at=now, done_at=now, document={}
    )
    context.store.calendar.record(entry)
    return now


def _do(context: Context, together: Sequence[Task], words: str, report: CalendarReport) -> int:
    for task in together:
        for trouble in dict.fromkeys(task.before() if task.before else ()):
            report.troubles.append(f"日程“{words}”没有全部做成：{trouble}")
    first = together[0]
    with context.store.together():
        if first.gather:
            document = first.gather(context, [task.part for task in together])
        else:
            document = first.do()
        now = context.clock.now()  # of one moment: so it can be told that they were done as one
        done = sum(_record(context, task, document, now) for task in together)
    for task in together:
        LOG.info("calendar: %s done", task.name)
    return done


def _leave_out(context: Context, task: Task) -> None:
    _record(context, task, {LEFT_OUT: _TOO_LATE}, context.clock.now())
    LOG.info("calendar: %s left out", task.name)


def _record(context: Context, task: Task, document: Document, done_at: dt.datetime) -> bool:
    return context.store.calendar.record(
        CalendarEntry(
            name=task.name,
            what=task.what,
            form=task.form,
            period=task.period,
            due_at=task.due_at,
            done_at=done_at,
            document=document,
        )
    )
