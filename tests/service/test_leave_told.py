"""缓报 that a superior grants is told to the unit by mail, once, of all forms together; so is what is taken back of it."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from sheetflow.consolidation.review_sheet import (
    BELOW_SHEET,
    DECIDED_SHEET,
    PAPER,
    REASON,
    TAKEN_BACK,
    UNTIL,
)
from sheetflow.context import Context
from sheetflow.schemas.review import PAPER as KEPT_PAPER
from sheetflow.schemas.review import PAPERS, REASONS, Matter, NewDecision, Verdict
from sheetflow.schemas.review import REASON as KEPT_REASON
from sheetflow.schemas.review import UNTIL as KEPT_UNTIL
from sheetflow.service.deciding import record_decision
from tests.tiny.desk import CITY, EAST, FIRST, IN_TIME, NEXT_DAY, WEST, YEAR, Desk, body, words
from tests.tiny.officer import Officer

pytestmark = pytest.mark.slow

DAY, HOUR = dt.timedelta(days=1), dt.timedelta(hours=1)
LONG = {REASON: REASONS[0], UNTIL: dt.date(2012, 4, 20)}


@pytest.fixture
def city(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Officer:
    """On the counties' last day nobody has reported."""
    monkeypatch.setenv("SHEETFLOW_REVIEW__POLICY", "by_deadline")
    monkeypatch.delenv("SHEETFLOW_CALENDAR__ON")
    desk = Desk.make(tmp_path / "work")
    desk.issue()
    desk.run()
    return Officer(desk, CITY)


def _told(desk: Desk, unit_id: str) -> list[str]:
    """The mails to a unit that say it may be late."""
    return [body(mail) for mail in desk.mails(unit_id) if "同意缓报" in str(mail["Subject"])]


def test_a_unit_hears_until_when_it_has_time(city: Officer) -> None:
    """Its mail names the form and the day, and comes once, whatever else is noted of it afterwards."""
    city.types(BELOW_SHEET, WEST, **LONG).drops()
    city.desk.run(IN_TIME)
    (said,) = _told(city.desk, WEST)
    assert "2012年第1季度《河道巡查表》：最迟2012年4月20日报送" in said
    assert not _told(city.desk, EAST)
    city.types(BELOW_SHEET, WEST, **{PAPER: PAPERS[0]}).drops()
    city.desk.run(NEXT_DAY)
    assert len(_told(city.desk, WEST)) == 1
    city.types(BELOW_SHEET, WEST, **{UNTIL: dt.date(2012, 4, 23)}).drops()
    city.desk.run(NEXT_DAY)
    assert "最迟2012年4月23日" in _told(city.desk, WEST)[-1]


def test_leaves_of_two_forms_are_one_mail(city: Officer) -> None:
    """What is granted of two forms is told in one mail, a line for each with its own day."""
    days = {FIRST: dt.date(2012, 4, 20), YEAR: dt.date(2013, 2, 20)}

    def grant(context: Context) -> None:
        for form, (period, day) in zip(context.campaign.forms, days.items(), strict=False):
            leave = {KEPT_REASON: REASONS[0], KEPT_UNTIL: day.isoformat(), KEPT_PAPER: ""}
            decision = NewDecision(
                number=f"{EAST}-{period}-{form.key}-况1",
                unit_id=EAST,
                matter=Matter.UNIT,
                verdict=Verdict.NOTED,
                by_unit=CITY,
                form=form.key,
                period=period,
                details=leave,
            )
            assert record_decision(context, decision)

    city.desk.ask(grant, IN_TIME)
    city.desk.run(IN_TIME)
    (said,) = _told(city.desk, EAST)
    assert "《河道巡查表》：最迟2012年4月20日报送" in said
    assert "《河道名录》：最迟2013年2月20日报送" in said


def test_what_is_taken_back_before_the_morning_is_not_told(city: Officer) -> None:
    """Leave that was noted in the evening and taken back is told to nobody in the morning."""
    evening = IN_TIME.replace(hour=20)
    city.types(BELOW_SHEET, WEST, **LONG).drops()
    city.desk.run(evening)
    city.types(DECIDED_SHEET, f"{WEST}-2012Q1-况1", **{TAKEN_BACK: "是"}).drops()
    city.desk.run(evening)
    city.desk.run(NEXT_DAY)
    assert not _told(city.desk, WEST)


def test_a_unit_hears_that_leave_it_was_told_of_was_taken_back(city: Officer) -> None:
    """One mail names the form and its deadline that is over, no 催报 comes beside it, and nothing more however often it is noted again."""
    desk, long = city.desk, f"{WEST}-2012Q1-况1"
    city.types(BELOW_SHEET, WEST, **LONG).drops()
    desk.run(IN_TIME)
    desk.run(NEXT_DAY)
    before = {str(mail["Message-ID"]) for mail in desk.mails(WEST)}
    city.types(DECIDED_SHEET, long, **{TAKEN_BACK: "是"}).drops()
    desk.run(NEXT_DAY)
    city.types(BELOW_SHEET, WEST, **{PAPER: PAPERS[0]}).drops()
    for day in range(1, 5):
        desk.run(NEXT_DAY + day * DAY)
    (said,) = (mail for mail in desk.mails(WEST) if str(mail["Message-ID"]) not in before)
    assert "缓报撤销" in str(said["Subject"])
    assert "2012年第1季度《河道巡查表》：应于2012年4月5日前报送，现已逾期" in body(said)


def test_a_unit_hears_that_the_first_day_holds_again(city: Officer) -> None:
    """Where a later day was granted and taken back, it is told the earlier one anew."""
    city.types(BELOW_SHEET, WEST, **LONG).drops()
    city.desk.run(IN_TIME)
    city.types(BELOW_SHEET, WEST, **{UNTIL: dt.date(2012, 4, 23)}).drops()
    city.desk.run(IN_TIME + HOUR)
    city.types(DECIDED_SHEET, f"{WEST}-2012Q1-况2", **{TAKEN_BACK: "是"}).drops()
    city.desk.run(IN_TIME + 2 * HOUR)
    told = "".join(_told(city.desk, WEST))
    assert (told.count("最迟2012年4月20日"), told.count("最迟2012年4月23日")) == (2, 1)


def test_a_unit_hears_that_leave_was_noted_away(city: Officer) -> None:
    """Another reason noted over 缓报 ends it as 撤销 does."""
    city.types(BELOW_SHEET, WEST, **LONG).drops()
    city.desk.run(IN_TIME)
    city.types(BELOW_SHEET, WEST, **{REASON: REASONS[1], UNTIL: None}).drops()
    city.desk.run(IN_TIME + HOUR)
    (last,) = (mail for mail in city.desk.mails(WEST) if "缓报撤销" in str(mail["Subject"]))
    assert "应于2012年4月5日前报送" in body(last)
    assert "现已逾期" not in body(last)


def test_leave_up_to_the_deadline_is_none(city: Officer) -> None:
    """缓报至 the very day of the deadline is answered with the deadline, and told to nobody."""
    city.types(BELOW_SHEET, WEST, **{REASON: REASONS[0], UNTIL: IN_TIME.date()}).drops()
    city.desk.run(IN_TIME)
    assert "截止时间是2012年4月5日" in words(city.results[-1])
    assert not _told(city.desk, WEST)
