"""What `sheetflow calendar` lists: what was done, to how many, and what comes, for whom."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest

from sheetflow.context import Context
from sheetflow.periods import OFFICE_ZONE
from sheetflow.service.calendar import Task, run_calendar
from sheetflow.service.digest import digests
from sheetflow.store.records import Document
from sheetflow.upkeep.agenda import Agenda, agenda
from tests.tiny.desk import FIRST, FIRST_NAMED, YEAR, Desk
from tests.tiny.forms import PATROL_FORM, REGISTER_FORM

MORNING = dt.datetime(2012, 3, 1, 9, tzinfo=OFFICE_ZONE)


@pytest.fixture(autouse=True)
def _on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SHEETFLOW_CALENDAR__ON")


def listed(desk: Desk, days: int = 60) -> Agenda:
    """Give the list of that morning."""
    return desk.ask(lambda context: agenda(context, days), MORNING)


def done(desk: Desk, *tasks: Task) -> list[str]:
    """Have these done; give what is listed of them."""
    desk.ask(lambda context: run_calendar(context, [lambda _c, _n: tasks]), MORNING)
    return [line.what + (f"（{line.note}）" if line.note else "") for line in listed(desk).done[1:]]


def task(what: str, document: Document, form: str = "", period: str = "") -> Task:
    """Make a task that comes to `document`."""
    return Task(
        name=f"{what}.{form}",
        what=what,
        form=form,
        period=period,
        due_at=MORNING,
        do=lambda: document,
    )


def announce(_context: Context, _parts: object) -> Document:
    """Tell two units of all forms at once."""
    return {"mailed": ["990101", "990102"]}


def test_what_was_told_in_one_mail_is_one_line(desk: Desk) -> None:
    """Two forms that went out in the same two mails are no four mails."""
    first = task("发放填报表", {}, PATROL_FORM.key, FIRST)
    second = task("发放填报表", {}, REGISTER_FORM.key, YEAR)
    tasks = (replace(each, gather=announce, part=each.form) for each in (first, second))
    (line,) = done(desk, *tasks)
    assert line.endswith("（发信2封）")
    assert f"{FIRST_NAMED}《{PATROL_FORM.title}》" in line
    assert f"《{REGISTER_FORM.title}》" in line


def test_each_kind_says_what_came_of_it(desk: Desk) -> None:
    """A backup names its file, a digest counts its mails, the administrator's mail what it told; an idle digest is none."""
    lines = done(
        desk,
        task("备份", {"file": "work_备份_20120301.zip", "files": 9, "missing": 2, "removed": 0}),
        task("告知上级", {"to": ["9901"]}),
        task("告知上级 ", {"to": []}),
        task("告知管理员", {"told": 3}),
    )
    assert sorted(lines) == [
        "告知上级（发信1封）",
        "告知管理员（3件事）",
        "备份（work_备份_20120301.zip，缺原件2份）",
    ]


def test_what_comes_says_whose_deadline_it_is(desk: Desk) -> None:
    """Reminders of one day for several levels are told apart, and the day is written as offices write it."""
    coming = [line.what for line in listed(desk).coming]
    assert f"报送提醒{FIRST_NAMED}《{PATROL_FORM.title}》（县级，2012年4月5日截止）" in coming
    assert any("（市级，2012年4月" in each for each in coming)


def test_one_thing_has_one_name_before_and_after(desk: Desk) -> None:
    """What is to come is called as what was done."""
    (coming, *_) = desk.ask(lambda context: list(digests(context, MORNING)), MORNING)
    assert coming.words.startswith(coming.what)
