"""When work is due: on working days, in the office's hours, with time left after a holiday."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sheetflow.periods import OFFICE_ZONE, Period, deadline, end_of, is_working_day
from sheetflow.schemas.schedule import (
    better_deadline,
    is_urgent,
    opens_at,
    reminders_at,
    urged_at,
    working_days_before,
)

PERIODS = [f"{year}B{number}" for year in (2012, 2013) for number in range(1, 7)]
NEW_YEAR = dt.date(2013, 1, 1)


def day(moment: dt.datetime | None) -> str:
    """Write a moment as people do."""
    return f"{moment:%m-%d %H:%M}" if moment else ""


@pytest.mark.parametrize(
    ("period", "opened", "reminded", "urged"),
    [
        ("2012B1", "02-01 09:00", ["02-28 09:00", "03-02 09:00"], "03-05 09:00"),
        ("2012B2", "04-01 09:00", ["04-27 09:00", "05-03 09:00"], "05-04 09:00"),  # May Day between
        ("2012B5", "10-08 09:00", ["10-30 09:00", "11-02 09:00"], "11-05 09:00"),  # a week off
    ],
)
def test_a_period_has_its_days(period: str, opened: str, reminded: list[str], urged: str) -> None:
    """A county's period opens, is called to mind twice and is urged on the days that the notice says."""
    until = deadline(Period.parse(period), 2)
    opening = opens_at(Period.parse(period), {})
    assert day(opening) == opened
    assert list(map(day, reminders_at(until, opening, 3, {}))) == reminded
    assert day(urged_at(until, {})) == urged


def test_a_form_that_is_filled_once_is_handed_out_when_it_opens() -> None:
    """What is open from a Saturday on is handed out on the Monday."""
    once = Period.once(dt.date(2012, 2, 11), dt.date(2012, 9, 30))
    assert day(opens_at(once, {})) == "02-13 09:00"


def test_after_a_holiday_three_working_days_are_left() -> None:
    """A deadline on the second working day after May Day is proposed a day later, one in June is not."""
    may, july = (deadline(Period.parse(period), 2) for period in ("2012B2", "2012B3"))
    assert day(better_deadline(may, {})) == "05-04 23:59"
    assert better_deadline(july, {}) is None


def test_a_local_holiday_counts_as_one() -> None:
    """A weekday on which the office is closed by its own settings is a holiday as well."""
    june = dt.date(2012, 7, 2)
    assert better_deadline(deadline(Period.parse("2012B3"), 2), {june: False}) is not None


def test_an_urgent_deadline_is_called_to_mind_at_half_time_and_an_hour_before() -> None:
    """By the clock: two reminders, the first moved into office hours."""
    opened = dt.datetime(2012, 3, 5, 9, tzinfo=OFFICE_ZONE)
    until = dt.datetime(2012, 3, 6, 16, tzinfo=OFFICE_ZONE)
    assert is_urgent(until)
    assert not is_urgent(end_of(until.date()))
    assert list(map(day, reminders_at(until, opened, 3, {}))) == ["03-06 09:00", "03-06 15:00"]


@given(st.sampled_from(PERIODS), st.integers(1, 8), st.integers(0, 5))
def test_nothing_falls_on_a_day_of_rest(period: str, days: int, before: int) -> None:
    """Whatever the period and the deadline: nobody gets anything on a holiday."""
    until, opening = deadline(Period.parse(period), days), opens_at(Period.parse(period), {})
    moments = [opening, *reminders_at(until, opening, before, {}), urged_at(until, {})]
    assert all(is_working_day(moment.date()) for moment in moments)
    assert moments == sorted(moments)


@given(st.dates(dt.date(2012, 1, 2), dt.date(2013, 12, 30)), st.integers(1, 6))
def test_working_days_are_counted_back(last: dt.date, number: int) -> None:
    """So many working days lie between a reminder and its deadline."""
    first = working_days_before(last, number, {})
    between = (first + dt.timedelta(n) for n in range((last - first).days))
    counted = sum(map(is_working_day, between))
    assert counted == number + (not is_working_day(last))
