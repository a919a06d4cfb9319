"""Report periods, working days, deadlines."""

from __future__ import annotations

import datetime as dt

import pytest

from sheetflow.periods import Period, deadline, is_working_day, period_of


def test_two_month_period() -> None:
    """2012B1 covers January and the whole of a leap year's February."""
    period = Period.parse("2012B1")
    assert (period.first_day, period.last_day) == (dt.date(2012, 1, 1), dt.date(2012, 2, 29))
    assert period.label == "2012年1—2月"
    assert str(period) == "2012B1"
    assert period.opens_year
    assert not period.closes_year


def test_whole_year() -> None:
    """Once-only forms have the year as their period."""
    period = Period.parse("2012")
    assert (period.first_day, period.last_day) == (dt.date(2012, 1, 1), dt.date(2012, 12, 31))
    assert period.label == "2012年"
    assert period.previous is None
    assert period.year_so_far == (period,)


@pytest.mark.parametrize(
    "text", ["", "2012B0", "2012B7", "2012b1", "12B1", "2012B1 ", "２０１２B1", "0000", "2012-01"]
)
def test_no_period(text: str) -> None:
    """What is not written as a period is no period, full-width digits included."""
    with pytest.raises(ValueError, match=r"."):
        Period.parse(text)


def test_year_so_far() -> None:
    """Cumulative figures run from January and never across the turn of the year."""
    third = Period.parse("2012B3")
    assert [str(period) for period in third.year_so_far] == ["2012B1", "2012B2", "2012B3"]
    assert Period.parse("2013B1").previous is None


@pytest.mark.parametrize("part", range(1, 7))
def test_day_finds_its_period(part: int) -> None:
    """Every day of a period is found to lie in it, and the day after is not."""
    period = Period.parse(f"2012B{part}")
    for day in (period.first_day, period.last_day):
        assert period_of(day) == period
        assert period.holds(day)
    assert not period.holds(period.last_day + dt.timedelta(days=1))


def test_periods_sort_by_time() -> None:
    """Periods come in the order of the year."""
    parsed = [Period.parse(text) for text in ("2012B6", "2012B1", "2011B6")]
    assert [str(period) for period in sorted(parsed)] == ["2011B6", "2012B1", "2012B6"]


@pytest.mark.parametrize(
    ("period", "days", "due"),
    [
        ("2012B1", 2, dt.date(2012, 3, 2)),
        ("2012B1", 4, dt.date(2012, 3, 6)),
        # May Day was 29 April to 1 May, and Saturday 28 April a make-up day.
        ("2012B2", 2, dt.date(2012, 5, 3)),
        # New Year 2013 was 1 to 3 January, with 5 and 6 January worked.
        ("2012B6", 2, dt.date(2013, 1, 5)),
        ("2012B1", 0, dt.date(2012, 2, 29)),
    ],
)
def test_deadline_counts_working_days(period: str, days: int, due: dt.date) -> None:
    """The deadline is the end of the n-th working day, legal holidays and make-up days known."""
    moment = deadline(Period.parse(period), days)
    assert moment.date() == due
    assert moment.isoformat().endswith("T23:59:59+08:00")


def test_overrides_go_first() -> None:
    """A local holiday or working day in the settings outweighs the calendar."""
    closed = {dt.date(2012, 3, 1): False, dt.date(2012, 3, 3): True}
    assert deadline(Period.parse("2012B1"), 2, closed).date() == dt.date(2012, 3, 3)


def test_unknown_year_is_monday_to_friday() -> None:
    """A year without a published calendar still has working days."""
    assert is_working_day(dt.date(1999, 10, 1))
    assert not is_working_day(dt.date(1999, 10, 2))
