"""Deadlines that are not the schedule's: set for a period, or postponed by a superior for those below it."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from sheetflow.context import Context
from sheetflow.periods import end_of
from sheetflow.schemas.moved_deadlines import moment_of, moved_deadlines, postponed_to
from sheetflow.schemas.review import Matter, NewDecision, Verdict, number_of
from sheetflow.service.deciding import record_decision
from tests.tiny.campaign import CAMPAIGN
from tests.tiny.desk import (
    CITY,
    EAST,
    FIRST,
    IN_TIME,
    NEXT_DAY,
    NORTH,
    SOUTH,
    TREE,
    Desk,
    words,
)

LATER = end_of(NEXT_DAY.date())


def until(desk: Desk, unit_id: str) -> dt.datetime:
    """Ask for the last moment of a unit's first period."""

    def ask(context: Context) -> dt.datetime:
        form = context.campaign.main_form
        return context.deadline(TREE[unit_id], form, form.period(FIRST))

    return desk.ask(ask)


def postpone(desk: Desk, unit_id: str) -> None:
    """Have a superior give those right below it one day more."""
    about = postponed_to(TREE[EAST].level, LATER)
    decision = NewDecision(
        number=number_of(f"{unit_id}-{FIRST}", Matter.POSTPONEMENT, 1, about),
        unit_id=unit_id,
        by_unit=unit_id,
        matter=Matter.POSTPONEMENT,
        verdict=Verdict.AGREE,
        form=desk.ask(lambda context: context.campaign.main_form.key),
        period=FIRST,
        about=about,
    )
    assert desk.ask(lambda context: record_decision(context, decision), IN_TIME)


def set_deadline(monkeypatch: pytest.MonkeyPatch, name: str, moment: str) -> None:
    """Write one into the settings."""
    monkeypatch.setenv("SHEETFLOW_CALENDAR__DEADLINES", f'{{"{name}": "{moment}"}}')


def test_one_period_of_one_level_may_have_its_own(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The office sets four o'clock for the counties; those above keep their day."""
    city = until(desk, CITY)
    set_deadline(monkeypatch, f"{FIRST} 县", "2012-04-05 16:00")
    assert f"{until(desk, EAST):%m-%d %H:%M}" == "04-05 16:00"
    assert until(desk, CITY) == city


def test_what_comes_after_the_hour_is_late(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """A workbook at six in the evening is late where four o'clock was the hour."""
    set_deadline(monkeypatch, FIRST, "2012-04-05 16:00")
    desk.drop(EAST, desk.fill(EAST))
    desk.run(IN_TIME.replace(hour=18))
    (submission,) = desk.submissions(EAST)
    assert submission.late


def test_workbooks_say_the_hour(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever fills it in reads by which hour it is due."""
    set_deadline(monkeypatch, FIRST, "2012-04-05 16:00")
    desk = Desk.make(tmp_path / "work")
    desk.issue()
    assert "2012年4月5日16时" in words(desk.issued(EAST))


def test_a_city_gives_its_own_counties_a_day_more(desk: Desk) -> None:
    """The counties of the city that agreed have until the next day; the other city's have not."""
    before = until(desk, NORTH)
    postpone(desk, CITY)
    assert until(desk, EAST) == LATER
    assert until(desk, NORTH) == until(desk, SOUTH) == before


def test_a_postponed_county_is_in_time_and_not_overdue(desk: Desk) -> None:
    """What it hands in on the day that was granted is in time, and its workbook names that day."""
    postpone(desk, CITY)
    for unit_id in (EAST, NORTH):
        desk.drop(unit_id, desk.fill(unit_id))
    desk.run(NEXT_DAY)
    late = {entry.unit_id: entry.late for entry in desk.submissions()}
    assert late == {EAST: False, NORTH: True}
    assert f"{NEXT_DAY.year}年{NEXT_DAY.month}月{NEXT_DAY.day}日" in words(desk.issued(EAST))


@pytest.mark.parametrize("turned", [False, True])
def test_of_two_that_say_as_much_the_one_that_names_the_form_counts(*, turned: bool) -> None:
    """Whichever stands first in the file, for a form's deadline as for its opening."""
    form = CAMPAIGN.main_form
    day, other = end_of(dt.date(2012, 4, 10)), end_of(dt.date(2012, 4, 11))
    table = {f"{FIRST} 县": other, f"{FIRST} {form.key}": day, FIRST: LATER}
    if turned:
        table = dict(reversed(table.items()))
    period = form.period(FIRST)
    moved = moved_deadlines(CAMPAIGN, table, ())
    assert moved.until(TREE[EAST], form, period, LATER) == day
    assert moved.until(TREE[CITY], form, period, LATER) == day
    assert moment_of(CAMPAIGN, table, form, period) == day
