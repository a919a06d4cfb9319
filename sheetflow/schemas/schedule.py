"""When a form's work is due: issued, called to mind, urged; in the office's own time, on working days.

All of it follows from the period, the deadline and which days are worked on. This module refuses to know
who has reported, and what is sent.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from functools import cache

from sheetflow.periods import (
    MORNING,
    OFFICE_HOURS,
    OFFICE_ZONE,
    Cadence,
    Period,
    end_of,
    is_working_day,
)

Days = Mapping[dt.date, bool]
"""The days on which an office works (True) or rests otherwise than the calendar says."""

_HOUR, _DAY = dt.timedelta(hours=1), dt.timedelta(days=1)
_AFTER_HOLIDAY = 3
"""A deadline on an earlier working day after a legal holiday leaves too little time."""
_LONGEST_REST = 30


def morning_of(day: dt.date) -> dt.datetime:
    """Give nine o'clock of a day."""
    return dt.datetime.combine(day, MORNING, OFFICE_ZONE)


def working_day_from(day: dt.date, overrides: Days) -> dt.date:
    """Give `day`, or the first working day after it."""
    while not is_working_day(day, overrides):
        day += _DAY
    return day


def working_days_before(day: dt.date, number: int, overrides: Days) -> dt.date:
    """Give the `number`-th working day before `day`; with 0 `day` itself or the last one before it."""
    while not is_working_day(day, overrides):
        day -= _DAY
    for _ in range(number):
        day -= _DAY
        while not is_working_day(day, overrides):
            day -= _DAY
    return day


def opens_at(period: Period, overrides: Days) -> dt.datetime:
    """Tell when workbooks are handed out: on the first working day of the period's last month.

    What is filled once is handed out on the day on which it opens.
    """
    last = period.last_day
    first = period.first_day if period.cadence is Cadence.ONCE else last.replace(day=1)
    return morning_of(working_day_from(first, overrides))


def is_urgent(until: dt.datetime) -> bool:
    """Whether a deadline is one by the clock (加急), and not the end of a day."""
    return until != end_of(until.date())


def reminders_at(
    until: dt.datetime, opened: dt.datetime, days_before: int, overrides: Days
) -> Iterator[dt.datetime]:
    """Tell when those who are not in are reminded of a deadline, the earliest first; never before it opened.

    That is some working days before and on the day (or the last working day before it), in the morning;
    of an urgent one at half time and one hour before. None falls on a day of rest.
    """
    if is_urgent(until):
        half = _in_hours(opened + (until - opened) / 2, overrides)
        last = until - _HOUR
        found = [half] if half < last else []
        found += [last] if is_working_day(last.date(), overrides) else []
    else:
        numbers = (days_before, 0) if days_before else (0,)
        days = (working_days_before(until.date(), number, overrides) for number in numbers)
        found = [morning_of(day) for day in dict.fromkeys(days)]
    return (moment for moment in found if moment > opened)


def urged_at(until: dt.datetime, overrides: Days) -> dt.datetime:
    """Tell when those who are late are urged: in the morning of the next working day."""
    return morning_of(working_day_from(until.date() + _DAY, overrides))


def better_deadline(until: dt.datetime, overrides: Days) -> dt.datetime | None:
    """Give the deadline that leaves time after a legal holiday; None where there is enough.

    A deadline by the clock is meant as it is.
    """
    if is_urgent(until):
        return None
    day, worked = until.date(), 0
    while worked < _AFTER_HOLIDAY:
        if is_working_day(day, overrides):
            worked += 1
        elif _ends_holiday(day, overrides):
            return end_of(_later(until.date(), _AFTER_HOLIDAY - worked, overrides))
        day -= _DAY
    return None


def _ends_holiday(day: dt.date, overrides: Days) -> bool:
    """Whether the days of rest that end with `day` hold a legal holiday."""
    for _ in range(_LONGEST_REST):
        if is_working_day(day, overrides):
            return False
        if _is_holiday(day) or (day in overrides and day.weekday() < 5):  # noqa: PLR2004 - a weekday off
            return True
        day -= _DAY
    return False


@cache
def _is_holiday(day: dt.date) -> bool:
    import chinese_calendar  # its tables cost start-up time

    try:
        is_free, name = chinese_calendar.get_holiday_detail(day)
    except NotImplementedError:
        return False
    return bool(is_free and name)


def _later(day: dt.date, number: int, overrides: Days) -> dt.date:
    for _ in range(number):
        day = working_day_from(day + _DAY, overrides)
    return working_day_from(day, overrides)


def _in_hours(moment: dt.datetime, overrides: Days) -> dt.datetime:
    """Give a moment, or the next morning on which offices work where they do not then."""
    day = moment.date()
    if moment.time() > OFFICE_HOURS[1]:
        day, moment = day + _DAY, morning_of(day)
    worked = working_day_from(day, overrides)
    if worked != moment.date() or moment.time() < MORNING:
        return morning_of(worked)
    return moment.replace(second=0, microsecond=0)
