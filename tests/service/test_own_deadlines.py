"""Whose deadline a mail of the calendar tells, and who is told none any more."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest

from sheetflow.context import Context
from sheetflow.periods import OFFICE_ZONE
from sheetflow.schemas.review import REASON, REASONS, UNTIL, Matter, NewDecision, Verdict
from sheetflow.service.deciding import record_decision
from sheetflow.service.reminding import list_facts, missing_of
from tests.tiny.desk import CITY, EAST, FIRST, FIRST_NAMED, NORTH, Desk, body
from tests.tiny.forms import PATROL_FORM

BEGUN = dt.datetime(2012, 2, 20, 9, tzinfo=OFFICE_ZONE)
OPENS = dt.datetime(2012, 3, 1, 9, tzinfo=OFFICE_ZONE)
LAST_DAY = dt.datetime(2012, 4, 5, 9, tzinfo=OFFICE_ZONE)
DAY_AFTER, LATER = LAST_DAY + dt.timedelta(days=1), LAST_DAY + dt.timedelta(days=4)


@pytest.fixture(autouse=True)
def _on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SHEETFLOW_CALENDAR__ON")


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """Give a workspace whose service has run since February."""
    desk = Desk.make(tmp_path / "work")
    desk.run(BEGUN)
    return desk


def subjects(desk: Desk, unit_id: str) -> list[str]:
    """What a unit's mails are about, the oldest first."""
    return [str(mail["Subject"]).split("】")[-1].split("：")[0] for mail in desk.mails(unit_id)]


def test_two_reminders_of_one_deadline_are_one(desk: Desk) -> None:
    """A service that was off across both asks once for each workbook, and encloses it once."""
    desk.run(OPENS)
    desk.run(LAST_DAY)
    mail = desk.mails(NORTH)[-1]
    assert subjects(desk, NORTH)[-1] == "报送提醒"
    assert [part.get_filename() for part in mail.iter_attachments()] == [desk.issued(NORTH).name]
    assert f"、{FIRST_NAMED}" not in body(mail)


def test_who_is_late_already_is_urged_and_not_told_that_there_is_time(desk: Desk) -> None:
    """A service that is back the day after tells cities of their workbooks, and urges the counties."""
    desk.run(DAY_AFTER)
    assert subjects(desk, EAST) == ["催报"]
    assert [part.get_filename() for part in desk.mails(EAST)[0].iter_attachments()]
    assert "填报表已发放" in subjects(desk, CITY)


def test_who_may_be_late_is_reminded_of_its_own_day(desk: Desk) -> None:
    """缓报: the mail says the day until which the superior gave leave, and nobody urges it before."""
    desk.run(OPENS)

    def note(context: Context) -> None:
        decision = NewDecision(
            number=f"{EAST}-{FIRST}-况1",
            unit_id=EAST,
            matter=Matter.UNIT,
            verdict=Verdict.NOTED,
            by_unit=CITY,
            form=PATROL_FORM.key,
            period=FIRST,
            details={REASON: REASONS[0], UNTIL: LATER.date().isoformat()},
        )
        assert record_decision(context, decision)

    desk.ask(note, LAST_DAY)
    desk.run(DAY_AFTER)
    assert "催报" not in subjects(desk, EAST)
    desk.run(LATER)
    assert subjects(desk, EAST)[-1] == "报送提醒"
    told = body(desk.mails(EAST)[-1])
    assert "4月9日" in told
    assert "4月5日" not in told


def test_one_urgent_form_makes_the_list_of_the_late_urgent(desk: Desk) -> None:
    """加急: what is due by the clock is not missed because another form, which is not, is named first."""

    def urgent(context: Context, hour: int) -> bool:
        form = context.campaign.main_form
        books, rows = missing_of(context, form, form.period(FIRST))
        own = [row for row in rows if row.unit.parent == CITY]
        by_clock = (
            [replace(row, deadline=DAY_AFTER.replace(hour=hour)) for row in own] if hour else own
        )
        return list_facts(context, context.tree[CITY], [(books, own), (books, by_clock)]).urgent

    assert not desk.ask(partial(urgent, hour=0), DAY_AFTER)
    assert desk.ask(partial(urgent, hour=16), DAY_AFTER)
