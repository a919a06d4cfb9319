"""Report periods and deadlines.

This module owns what a period is, which dates it covers, what people call it
and when each level must have reported. It refuses to ask the clock: "now" is
handed in.
"""

from __future__ import annotations

import calendar
import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType

from sheetflow.lookalikes import plain, plain_dashes, without_spaces

OFFICE_ZONE = dt.timezone(dt.timedelta(hours=8), "CST")
"""Every time that people see is China standard time."""

_TWO_MONTHS = re.compile(r"([0-9]{4})B([1-6])")
_YEAR = re.compile(r"[0-9]{4}")
_FIRST_YEAR, _LAST_YEAR = 1900, 2099
"""The years that dates in workbooks may have; far enough from where a calendar ends."""
_REMEMBERED = 1024
"""Periods are few, and are asked for their neighbours with every figure."""


_YEAR_FIRST = r"(?:(?P<year>[0-9]{4}|[0-9]{2})(?:年度?|[-./])?)?"
_WHOLE_YEAR = re.compile(r"([0-9]{4})(?:年度?|年?全年)?")
_PART = re.compile(_YEAR_FIRST + r"B(?P<part>[1-6])")
_MONTHS = re.compile(
    _YEAR_FIRST + r"(?P<first>[0-9]{1,2})(?:月(?:份|1日)?)?"
    r"-(?:(?P<again>[0-9]{4})(?:年|[-./]))?(?P<last>[0-9]{1,2})(?:月(?:份|(?:2[89]|3[01])日)?)?"
)
_NUMERALS = {name: str(n) for n, name in enumerate("一二三四五六七八九", start=1)}
_NUMERALS |= {"十": "10", "十一": "11", "十二": "12", "〇": "0", "○": "0"}
_NUMERAL = re.compile("十[一二]?|[一二三四五六七八九〇○]")
_BETWEEN = re.compile(r"[~〜至到、_]+|(?<=[0-9])一(?=[0-9])")


def _plain(text: str) -> str:
    """Fold how a period is typed: what parts the months a hyphen, no blanks and brackets, figures as digits."""
    bare = re.sub("[()]", "", without_spaces(plain(text))).upper()
    dashed = plain_dashes(_BETWEEN.sub("-", bare))
    return _NUMERAL.sub(lambda found: _NUMERALS[found[0]], dashed)


def _year(typed: str, near: int) -> int:
    """Complete a year that was typed with two digits, in the century of `near`."""
    return (
        int(typed)
        if len(typed) > len("12")
        else (near or _FIRST_YEAR + 100) // 100 * 100 + int(typed)
    )


@dataclass(frozen=True, slots=True, order=True)
class Period:
    """A report period: ``2012B1`` is January and February 2012, ``2012`` the whole year."""

    first_day: dt.date
    last_day: dt.date
    period_id: str

    @classmethod
    def parse(cls, text: str) -> Period:
        """Read ``2012B1`` … ``2012B6`` or ``2012``; raise ValueError for anything else.

        So is a year that nobody reports: the next day of 9999B6 is none.
        """
        if match := _TWO_MONTHS.fullmatch(text):
            year, part = int(match[1]), int(match[2])
            first, last = 2 * part - 1, 2 * part
        elif _YEAR.fullmatch(text):
            year, first, last = int(text), 1, 12
        else:
            raise ValueError(f"not a period: {text!r}")
        if not _FIRST_YEAR <= year <= _LAST_YEAR:
            raise ValueError(f"nobody reports the year {year}")
        last_day = dt.date(year, last, calendar.monthrange(year, last)[1])
        return cls(dt.date(year, first, 1), last_day, text)

    @classmethod
    def named(cls, text: str, year: int = 0) -> Period:
        """Read what people call a period: 2012年1-2月, 2012B1, 1至2月 (of `year`).

        Raise ValueError for anything else, and where no year is known.
        """
        plain = _plain(text)
        if match := _WHOLE_YEAR.fullmatch(plain):
            return cls.parse(match[1])
        match = _MONTHS.fullmatch(plain) or _PART.fullmatch(plain)
        if match is None:
            raise ValueError(f"not a period: {text!r}")
        said = match.groupdict()
        last = int(said.get("last") or 2 * int(said.get("part") or 0))
        first = int(said.get("first") or last - 1)
        years = {_year(said[name], year) for name in ("year", "again") if said.get(name)} or {year}
        if first % 2 == 0 or last != first + 1 or len(years) > 1:
            raise ValueError(f"not a period: {text!r}")
        return cls.parse(f"{years.pop():04}B{last // 2}")

    def is_called(self, text: str) -> bool:
        """Whether `text` is a name of this period; one without a year is of its own."""
        try:
            return Period.named(text, self.first_day.year) == self
        except ValueError:
            return False

    @property
    def label(self) -> str:
        """What people call it: 2012年1—2月."""
        if len(self.period_id) == len("2012"):
            return f"{self.first_day.year}年"
        return f"{self.first_day.year}年{self.first_day.month}—{self.last_day.month}月"

    @property
    def opens_year(self) -> bool:
        """Whether cumulative figures start with this period."""
        return self.first_day.month == 1

    @property
    def closes_year(self) -> bool:
        """Whether this is the year's last period."""
        return self.last_day.month == 12  # noqa: PLR2004 - December

    @property
    def previous(self) -> Period | None:
        """The period before within the same year, None for the first or for a whole year."""
        return _previous(self.period_id)

    @property
    def next_in_year(self) -> Period | None:
        """The period after within the same year, None for the last or for a whole year."""
        if self.closes_year:
            return None
        return Period.parse(f"{self.period_id[:-1]}{int(self.period_id[-1]) + 1}")

    @property
    def year_so_far(self) -> tuple[Period, ...]:
        """The periods from January up to and with this one."""
        return _year_so_far(self)

    def holds(self, day: dt.date) -> bool:
        """Whether `day` lies in this period."""
        return self.first_day <= day <= self.last_day

    def __str__(self) -> str:
        return self.period_id


@lru_cache(_REMEMBERED)
def _previous(period_id: str) -> Period | None:
    match = _TWO_MONTHS.fullmatch(period_id)
    if match is None or match[2] == "1":
        return None
    return Period.parse(f"{match[1]}B{int(match[2]) - 1}")


@lru_cache(_REMEMBERED)
def _year_so_far(period: Period) -> tuple[Period, ...]:
    before = period.previous
    return (*before.year_so_far, period) if before else (period,)


def period_of(day: dt.date) -> Period:
    """Give the two-month period in which `day` lies."""
    return Period.parse(f"{day.year}B{(day.month + 1) // 2}")


def is_working_day(day: dt.date, overrides: Mapping[dt.date, bool] = MappingProxyType({})) -> bool:
    """Tell whether offices work on `day`.

    `overrides` (True: a working day) go first, then the published legal holidays and
    make-up days, then, for years that chinesecalendar does not know, Monday to Friday.
    """
    import chinese_calendar  # its tables cost start-up time, and few commands need them

    if day in overrides:
        return overrides[day]
    try:
        return bool(chinese_calendar.is_workday(day))
    except NotImplementedError:
        return day.weekday() < 5  # noqa: PLR2004 - Monday to Friday


def deadline(
    period: Period, working_days: int, overrides: Mapping[dt.date, bool] = MappingProxyType({})
) -> dt.datetime:
    """Give the last moment of the `working_days`-th working day after `period` ends."""
    day = period.last_day
    left = working_days
    while left > 0:
        day += dt.timedelta(days=1)
        left -= is_working_day(day, overrides)
    return dt.datetime.combine(day, dt.time(23, 59, 59), OFFICE_ZONE)
