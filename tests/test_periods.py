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
    "text",
    [
        "",
        "2012B0",
        "2012B7",
        "2012b1",
        "12B1",
        "2012B1 ",
        "２０１２B1",
        "0000",
        "2012-01",
        "9999B6",
        "0001B1",
        "1899B6",
        "2100",
    ],
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


_NAMES = """
2012B1 2012b1 2012年1—2月 2012年1-2月 2012年1～2月 1—2月 1-2 12年1-2月
2012.1-2 1至2月 1、2月 2012年度1-2月份 ２０１２年１－２月 2012年1月-2012年2月
2012年1月1日至2月29日 （2012年1—2月） B1 一至二月 1一2月 1--2月 1‐2月 1‑2月
1‒2月 1–2月 1−2月 1〜2月 2012\u200b年1-2月
"""
_OTHERS = """
2012B2 3—4月 2011年1-2月 11年1-2月 2012年1-3月 2-3月 2012 1月 2月 1-2月1-2月 2012年1-2011年2月
"""


@pytest.mark.parametrize("text", [*_NAMES.split(), " 2012\u3000年 1 — 2 月\u00a0", "2012年\n1-2月"])
def test_what_people_call_a_period(text: str) -> None:
    """Every dash, width and blank, months with and without a year: it is the period meant."""
    assert Period.parse("2012B1").is_called(text)


@pytest.mark.parametrize("text", _OTHERS.split())
def test_what_is_called_otherwise(text: str) -> None:
    """Other months, another year, one month alone or three: not this period."""
    assert not Period.parse("2012B1").is_called(text)


@pytest.mark.parametrize(
    ("text", "period"),
    [("十一至十二月", "2012B6"), ("九、十月", "2012B5"), ("2012年", "2012"), ("2012年度", "2012")],
)
def test_other_periods_are_called_so_too(text: str, period: str) -> None:
    """The last months in figures of ours, and a whole year."""
    assert Period.parse(period).is_called(text)


def test_a_period_without_its_year_is_none() -> None:
    """Where no year is known, months alone tell nothing."""
    with pytest.raises(ValueError, match="nobody reports the year 0"):
        Period.named("1-2月")
    assert Period.named("12年1-2月") == Period.parse("2012B1")
