"""The calendar itself: each thing once, on working days, and what is over is left out and said."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest

from sheetflow.errors import WorkspaceError
from sheetflow.periods import OFFICE_ZONE
from sheetflow.service.calendar import LEFT_OUT, CalendarReport, Task, coming, run_calendar
from sheetflow.store.records import Document
from tests.tiny.desk import Desk

FRIDAY = dt.datetime(2012, 4, 20, 9, tzinfo=OFFICE_ZONE)
SATURDAY, MONDAY = FRIDAY + dt.timedelta(days=1), FRIDAY + dt.timedelta(days=3)


@pytest.fixture(autouse=True)
def _on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SHEETFLOW_CALENDAR__ON")


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """Give a workspace whose calendar begins on Friday at nine."""
    desk = Desk.make(tmp_path / "work")
    look(desk, FRIDAY)
    return desk


def look(desk: Desk, at: dt.datetime, *tasks: Task) -> CalendarReport:
    """Have the calendar look at these tasks at a moment."""
    return desk.ask(lambda context: run_calendar(context, [lambda _c, _n: tasks]), at)


def task(done: list[str], name: str, due_at: dt.datetime, **more: Any) -> Task:
    """Make a task that notes its name."""

    def do() -> Document:
        done.append(name)
        return {}

    return Task(name=name, what="试", form="", period="", due_at=due_at, do=do, **more)


def test_each_task_is_done_once(desk: Desk) -> None:
    """What was done is not done again, however often the service looks."""
    done: list[str] = []
    one = task(done, "one", FRIDAY)
    assert look(desk, FRIDAY, one).done == 1
    assert look(desk, MONDAY, one).done == 0
    assert done == ["one"]


def test_nothing_is_done_before_its_time(desk: Desk) -> None:
    """A task of Monday is none of Friday's, and is listed among what comes."""
    done: list[str] = []
    one = task(done, "one", MONDAY)
    assert look(desk, FRIDAY, one).done == 0
    listed = desk.ask(lambda context: coming(context, MONDAY, [lambda _c, _n: [one]]), FRIDAY)
    assert [each.name for each in listed] == ["one"]


def test_a_day_of_rest_is_left_in_peace(desk: Desk) -> None:
    """What falls due on a Saturday is done on Monday; a backup does not mind the day."""
    done: list[str] = []
    tasks = task(done, "letter", SATURDAY), task(done, "backup", SATURDAY, any_day=True)
    look(desk, SATURDAY, *tasks)
    assert done == ["backup"]
    look(desk, MONDAY, *tasks)
    assert done == ["backup", "letter"]


def test_what_is_over_is_left_out_and_said_once(desk: Desk) -> None:
    """A service that was off says what it did not do, and does it no more."""
    done: list[str] = []
    one = task(done, "one", SATURDAY, until=SATURDAY, words="提醒南岸县")
    (sentence,) = look(desk, MONDAY, one).mended
    assert "提醒南岸县" in sentence
    assert look(desk, MONDAY, one).mended == ()
    (entry,) = desk.ask(lambda context: context.store.calendar.find_all()[1:])
    assert (done, entry.name, LEFT_OUT in entry.document) == ([], "one", True)


def test_what_was_over_before_the_calendar_began_is_no_business_of_its(desk: Desk) -> None:
    """A workspace that takes the calendar into use is told nothing of years gone by."""
    long_ago = FRIDAY - dt.timedelta(days=90)
    assert look(desk, MONDAY, task([], "old", long_ago, until=long_ago)).mended == ()


def test_a_task_that_fails_stops_no_other_and_is_tried_again(desk: Desk) -> None:
    """A full disk at nine costs the others nothing; the next pass does what was left."""
    done: list[str] = []

    def fail() -> None:
        raise WorkspaceError("磁盘已满。")

    broken, sound = task(done, "a", FRIDAY, before=fail), task(done, "b", FRIDAY)
    report = look(desk, FRIDAY, broken, sound)
    assert (done, report.done) == (["b"], 1)
    assert "磁盘已满" in report.troubles[0]
    look(desk, FRIDAY, task(done, "a", FRIDAY), sound)
    assert done == ["b", "a"]
