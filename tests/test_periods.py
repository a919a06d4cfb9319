"""Report periods and what people call them, working days, deadlines."""

from __future__ import annotations

import datetime as dt
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sheetflow.periods import Cadence, Period, deadline, is_working_day


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
        "2012M00",
        "2012M3",
        "2012M013",
        "2012M13",
        "2012B01",
        "2012Q0",
        "2012Q5",
        "2012H3",
        "2012q1",
        "2012Q",
        "2012X1",
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


_EVERY = [cadence for cadence in Cadence if cadence is not Cadence.ONCE]
_cadences = st.sampled_from(_EVERY)
_years = st.integers(1901, 2098)
_days = st.dates(dt.date(1901, 1, 1), dt.date(2098, 12, 31))


@given(_cadences, _days)
def test_a_day_lies_in_one_period_of_each_cadence(cadence: Cadence, day: dt.date) -> None:
    """It holds the day, and neither the one before nor the one after does."""
    period = cadence.period_of(day)
    assert period.holds(day)
    assert period.cadence is cadence
    assert [entry for entry in cadence.periods_of(day.year) if entry.holds(day)] == [period]
    assert not period.holds(period.last_day + dt.timedelta(days=1))
    assert not period.holds(period.first_day - dt.timedelta(days=1))


@given(_cadences, _years)
def test_a_year_is_covered_once(cadence: Cadence, year: int) -> None:
    """A cadence's periods follow each other from New Year to New Year's Eve, with no day between."""
    periods = cadence.periods_of(year)
    assert len(periods) * cadence.months == 12
    assert periods[0].first_day == dt.date(year, 1, 1)
    assert periods[-1].last_day == dt.date(year, 12, 31)
    for before, after in pairwise(periods):
        assert after.first_day - before.last_day == dt.timedelta(days=1)


@given(_cadences, _days)
def test_a_period_is_known_by_its_id_and_by_what_it_is_called(
    cadence: Cadence, day: dt.date
) -> None:
    """Id and label lead back to the period, alone and in a form of its cadence."""
    period = cadence.period_of(day)
    assert Period.parse(period.period_id) == period
    assert Period.parse(str(period)).cadence is cadence
    for said in (period.period_id, period.label):
        assert Period.named(said) == Period.named(said, cadence=cadence) == period
        assert period.is_called(said)


@given(_cadences, _years)
def test_neighbours_within_the_year(cadence: Cadence, year: int) -> None:
    """Previous and next undo each other; the year so far and the rest of it make the whole year."""
    periods = cadence.periods_of(year)
    for number, period in enumerate(periods):
        assert period.year_so_far == periods[: number + 1]
        assert period.rest_of_year == periods[number + 1 :]
        assert period.opens_year == (number == 0)
        assert period.closes_year == (period is periods[-1])
        assert period.previous is None or period.previous.next_in_year == period
        assert period.next_in_year is None or period.next_in_year.previous == period
    assert periods[0].previous is None
    assert periods[-1].next_in_year is None


@given(st.lists(st.builds(lambda cadence, day: cadence.period_of(day), _cadences, _days)))
def test_periods_come_in_the_order_of_their_last_days(periods: list[Period]) -> None:
    """Whatever their cadences: of those that end on one day, the one that began first goes first."""
    expected = sorted(periods, key=lambda period: (period.last_day, period.first_day))
    assert sorted(periods) == expected
    for before, after in pairwise(expected):
        assert (before < after) != (before == after)
        assert (after > before) != (before == after)


def test_no_id_tells_the_order() -> None:
    """Ten comes after two, and the quarter after the months that it holds."""
    ids = ["2012M02", "2012B1", "2012H1", "2012M10", "2012", "2012Q4", "2012B6", "2012M12"]
    assert [str(entry) for entry in sorted(map(Period.parse, sorted(ids)))] == [
        "2012B1",
        "2012M02",
        "2012H1",
        "2012M10",
        "2012",
        "2012Q4",
        "2012B6",
        "2012M12",
    ]


@pytest.mark.parametrize(
    ("period", "label", "so_far"),
    [
        ("2012M01", "2012年1月", "2012年1月"),
        ("2012M03", "2012年3月", "2012年1—3月"),
        ("2012B2", "2012年3—4月", "2012年1—4月"),
        ("2012Q2", "2012年第2季度", "2012年1—6月"),
        ("2012H1", "2012年上半年", "2012年1—6月"),
        ("2012H2", "2012年下半年", "2012年1—12月"),
        ("2012", "2012年", "2012年1—12月"),
    ],
)
def test_what_an_office_calls_it(period: str, label: str, so_far: str) -> None:
    """A period by itself, and the time since January up to its end."""
    assert Period.parse(period).label == label
    assert Period.parse(period).months_so_far == so_far


@pytest.mark.parametrize(
    ("cadence", "ids"),
    [
        (Cadence.MONTH, "2012M01到2012M12"),
        (Cadence.TWO_MONTHS, "2012B1到2012B6"),
        (Cadence.QUARTER, "2012Q1到2012Q4"),
        (Cadence.HALF_YEAR, "2012H1到2012H2"),
        (Cadence.YEAR, "2012"),
    ],
)
def test_how_a_cadence_is_written(cadence: Cadence, ids: str) -> None:
    """What to write instead is said with the first and the last id of the year."""
    assert cadence.ids(2012) == ids


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


_OF_EACH_CADENCE = {
    "2012M03": "2012年3月 2012年03月 2012年3月份 3月 3月份 三月 03月 2012-03 2012.3 2012/3 201203 M3 M03 "
    "2012M3 12年3月 ２０１２年３月 2012年度3月 二〇一二年三月份 2012-03-01 3月1日-31日 第3期 第三期 3 03 （2012年3月） "
    "二零一二年三月",
    "2012M01": "元月 2012年元月份 1月 一月",
    "2012M12": "十二月 12月份 2012年十二月 12",
    "2012B1": "一二月 2012年一二月份 1-2月",
    "2012B6": "十一十二月份 11-12月 十一、十二月",
    "2012B2": "3，4月 3,4月份 2012年3月和4月 三月及四月 3月与4月 2012.3.1-4.30 2012/3/1-2012/4/30 "
    "2012.03.01—2012.04.30 2012年3—4月 三四月 3、4月份 B2 第2期 2012年第二期",
    "2012Q1": "2012年第1季度 2012年第一季度 一季度 1季度 第1季 Q1 2012Q1 2012年Q1 2012年1-3月 1—3月份 12年1季度 "
    "一至三月 2012年1月至3月 2012年1月1日至3月31日 Ⅰ季度 第1期 2012年1季度",
    "2012Q4": "四季度 2012年10-12月 Ⅳ季度 Q4 十至十二月",
    "2012H1": "2012年上半年 上半年 2012上半年 上半年度 1—6月 2012年1—6月 一至六月 H1 2012H1 1月1日-6月30日 第1期",
    "2012H2": "下半年 7-12月 2012年度下半年 H2",
    "2012": "12年 12年度 2012全年度 二零一二年度 2012年 2012年度 2012年全年 2012全年 全年 2012 1-12月 2012年1—12月 一至十二月",
}

_OF_NONE = """
1-4月 1-5月 2-3月 2-4月 4-9月 12-1月 1-13月 0月 13月 00 2012M00 2012M13 2012Q5 2012H3
第5季度 五季度 年 半年 季度 月 上年 第期 2012年13月 11-13月 本月 3季 2011年 20112年1季度
2012年1月-2011年3月 2012.3.2-4.30 2012.3.1-4.29年 3.4 3.1 一二三月 二三月 十一十月 12年3 1 第0期 第99期 3月4月 ③月
"""


@pytest.mark.parametrize(
    ("period_id", "text"),
    [(key, text) for key, texts in _OF_EACH_CADENCE.items() for text in texts.split()],
)
def test_what_people_call_it(period_id: str, text: str) -> None:
    """In a form of that cadence, each of these says the period that people mean."""
    assert Period.parse(period_id).is_called(text)


@pytest.mark.parametrize("text", _OF_NONE.split())
@pytest.mark.parametrize("period_id", ["2012B2", "2012Q1", "2012H1", "2012", "2012M03"])
def test_what_nobody_calls_it(period_id: str, text: str) -> None:
    """Months that are no period, numbers beyond the year, halves of names: none of these is meant."""
    assert not Period.parse(period_id).is_called(text)


def test_what_says_nothing_by_itself_is_read_by_the_form() -> None:
    """第2期 is the second of what the form reports, and a bare 3 a month where months are asked for."""
    assert [str(Period.named("第2期", 2012, cadence)) for cadence in list(Cadence)[:4]] == [
        "2012M02",
        "2012B2",
        "2012Q2",
        "2012H2",
    ]
    for cadence in Cadence:
        if cadence is not Cadence.MONTH:
            with pytest.raises(ValueError, match="not a period"):
                Period.named("3", 2012, cadence)


@pytest.mark.parametrize(
    ("text", "period_id"),
    [
        ("2012年1—3月", "2012Q1"),
        ("2012年3月", "2012M03"),
        ("2012年", "2012"),
        ("2012年上半年", "2012H1"),
        ("2012年3—4月", "2012B2"),
    ],
)
@pytest.mark.parametrize("cadence", list(Cadence))
def test_a_plain_name_says_the_same_in_every_form(
    text: str, period_id: str, cadence: Cadence
) -> None:
    """What names its kind by itself is read so wherever it stands: that another is due is told."""
    assert Period.named(text, cadence=cadence) == Period.parse(period_id)
