"""Report periods: how often a form is filled, which days a period covers, what people call it.

This module owns what a cadence and a period are and when each level must have reported. It
guesses no year and refuses to ask the clock: "now" is handed in.
"""

from __future__ import annotations

import calendar
import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from functools import lru_cache, total_ordering
from types import MappingProxyType

from sheetflow.lookalikes import plain, plain_dashes, without_spaces

OFFICE_ZONE = dt.timezone(dt.timedelta(hours=8), "CST")
"""Every time that people see is China standard time."""

_ID = re.compile(r"([0-9]{4})(?:([MBQH])([0-9]{1,2}))?")
_FIRST_YEAR, _LAST_YEAR = 1900, 2099
"""The years that dates in workbooks may have; far enough from where a calendar ends."""
_REMEMBERED = 1024
"""Periods are few, and are asked for their neighbours with every figure."""
_DECEMBER = 12


class Cadence(Enum):
    """How often a form is filled.

    `letter` stands in the ids of its periods, which have `months` each; `words` say it to
    people. What is filled once has its own days: the form's declaration has them.
    """

    MONTH = ("month", "M", 1, "每月报一次")
    TWO_MONTHS = ("two_months", "B", 2, "每两个月报一次")
    QUARTER = ("quarter", "Q", 3, "每季度报一次")
    HALF_YEAR = ("half_year", "H", 6, "每半年报一次")
    YEAR = ("year", "", 12, "每年报一次")
    ONCE = ("once", "", 12, "只报一次")

    def __init__(self, key: str, letter: str, months: int, words: str) -> None:
        self.key = key
        self.letter = letter
        self.months = months
        self.words = words

    @property
    def is_repeated(self) -> bool:
        """Whether a year has several of its periods."""
        return self.months < _DECEMBER

    def nth(self, year: int, number: int) -> Period:
        """Give the `number`-th period of a year; raise ValueError where the year has none."""
        if not _FIRST_YEAR <= year <= _LAST_YEAR:
            raise ValueError(f"nobody reports the year {year}")
        last = number * self.months
        if not self.months <= last <= _DECEMBER:
            raise ValueError(f"a year has no {number}th {self.key}")
        last_day = dt.date(year, last, calendar.monthrange(year, last)[1])
        first_day = dt.date(year, last - self.months + 1, 1)
        return Period(first_day, last_day, f"{year:04}{_part_id(self.letter, number)}", self)

    def period_of(self, day: dt.date) -> Period:
        """Give the period in which `day` lies."""
        return self.nth(day.year, (day.month - 1) // self.months + 1)

    def periods_of(self, year: int) -> tuple[Period, ...]:
        """Give the periods of a year, in order."""
        return tuple(self.nth(year, n) for n in range(1, _DECEMBER // self.months + 1))

    def ids(self, year: int) -> str:
        """Say how the periods of a year are written: 2012B1到2012B6."""
        first, last = self.periods_of(year)[0], self.periods_of(year)[-1]
        return first.period_id if first == last else f"{first.period_id}到{last.period_id}"


_BY_LETTER = {cadence.letter: cadence for cadence in Cadence if cadence is not Cadence.ONCE}


@total_ordering
@dataclass(frozen=True, slots=True)
class Period:
    """A report period: ``2012M03``, ``2012B2``, ``2012Q1``, ``2012H1``; ``2012``: the whole year.

    Periods come in the order of their last days, then of their first; an id tells no order.
    """

    first_day: dt.date
    last_day: dt.date
    period_id: str
    cadence: Cadence = field(compare=False, repr=False)
    """What publications stand on is told by `repr`, and the id says it there."""

    def __lt__(self, other: Period) -> bool:
        mine, its = ((each.last_day, each.first_day, each.period_id) for each in (self, other))
        return mine < its

    @classmethod
    @lru_cache(_REMEMBERED)
    def parse(cls, text: str) -> Period:
        """Read the id of a period; raise ValueError for anything else, and for years out of range."""
        match = _ID.fullmatch(text)
        if match:
            cadence = _BY_LETTER[match[2] or ""]
            period = cadence.nth(int(match[1]), int(match[3] or 1))
            if period.period_id == text:
                return period
        raise ValueError(f"not a period: {text!r}")

    @classmethod
    def once(cls, opens: dt.date, closes: dt.date) -> Period:
        """Give the one period of what is filled once, named by the year in which it opens."""
        return cls(opens, closes, f"{opens.year:04}", Cadence.ONCE)

    @classmethod
    def named(cls, text: str, year: int = 0, cadence: Cadence | None = None) -> Period:
        """Read what people call a period: 2012年1-2月, 2012Q1, 上半年 (of `year`), 第2期 (by `cadence`).

        Raise ValueError for anything else, and where no year is known.
        """
        return cls.parse(_named(text, year, cadence.letter if cadence else ""))

    def is_called(self, text: str) -> bool:
        """Whether `text` is a name of this period; one without a year is of its own."""
        year = self.first_day.year
        try:
            return Period.named(text, year, self.cadence).period_id == self.period_id
        except ValueError:
            return False

    @property
    def label(self) -> str:
        """What people call it: 2012年1—2月."""
        year, first, last = self.first_day.year, self.first_day.month, self.last_day.month
        match self.cadence:
            case Cadence.QUARTER:
                return f"{year}年第{last // 3}季度"
            case Cadence.HALF_YEAR:
                return f"{year}年{'上' if first == 1 else '下'}半年"
            case Cadence.YEAR:
                return f"{year}年"
            case Cadence.ONCE:
                return f"{year}年一次性填报"
        return _months(self.last_day, first)

    @property
    def months_so_far(self) -> str:
        """What people call the time from January up to the end of this period: 2012年1—4月."""
        return self.label if self.cadence is Cadence.ONCE else _months(self.last_day, 1)

    @property
    def opens_year(self) -> bool:
        """Whether cumulative figures start with this period."""
        return self.previous is None

    @property
    def closes_year(self) -> bool:
        """Whether this is the year's last period."""
        return self.next_in_year is None

    @property
    def previous(self) -> Period | None:
        """The period before within the same year, None for the first one."""
        return _neighbour(self.period_id, -1)

    @property
    def next_in_year(self) -> Period | None:
        """The period after within the same year, None for the last one."""
        return _neighbour(self.period_id, 1)

    @property
    def rest_of_year(self) -> tuple[Period, ...]:
        """The periods after this one within the same year, in order."""
        later = self.next_in_year
        return (later, *later.rest_of_year) if later else ()

    @property
    def year_so_far(self) -> tuple[Period, ...]:
        """The periods from January up to and with this one."""
        before = self.previous
        return (*before.year_so_far, self) if before else (self,)

    def holds(self, day: dt.date) -> bool:
        """Whether `day` lies in this period."""
        return self.first_day <= day <= self.last_day

    def __str__(self) -> str:
        return self.period_id


@lru_cache(_REMEMBERED)
def _neighbour(period_id: str, step: int) -> Period | None:
    """Give the period before or after within the year. What is filled once has none, as a year."""
    period = Period.parse(period_id)
    number = period.last_day.month // period.cadence.months + step
    if not 1 <= number <= _DECEMBER // period.cadence.months:
        return None
    return period.cadence.nth(period.last_day.year, number)


def _months(last_day: dt.date, first: int) -> str:
    upto = "" if first == last_day.month else f"—{last_day.month}"
    return f"{last_day.year}年{first}{upto}月"


def date_in_words(day: dt.date) -> str:
    """Write a date as offices do (GB/T 9704-2012): 2012年3月5日."""
    return f"{day.year}年{day.month}月{day.day}日"


def moment_in_words(until: dt.datetime, whole_day: str = "（含当天）") -> str:
    """Write a last moment: 2012年3月5日（含当天）, or 2012年3月5日16时 where it is one by the clock."""
    if until == end_of(until.date()):
        return date_in_words(until) + whole_day
    return f"{date_in_words(until)}{until.hour}时" + (f"{until.minute}分" if until.minute else "")


def is_working_day(day: dt.date, overrides: Mapping[dt.date, bool] = MappingProxyType({})) -> bool:
    """Tell whether offices work on `day`.

    `overrides` (True: a working day) go first, then the published legal holidays and
    make-up days, then, for years that chinesecalendar does not know, Monday to Friday.
    """
    return overrides[day] if day in overrides else _is_worked(day)


@lru_cache(_REMEMBERED)
def _is_worked(day: dt.date) -> bool:
    import chinese_calendar  # its tables cost start-up time, and few commands need them

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
    return end_of(day)


MORNING = dt.time(9)
"""When offices have begun their day: what is due on a day is due then."""
OFFICE_HOURS = (dt.time(8, 30), dt.time(18))
"""When offices read what comes: the calendar begins nothing before and nothing after that could wait."""


def end_of(day: dt.date) -> dt.datetime:
    """Give the last moment of a day."""
    return dt.datetime.combine(day, dt.time(23, 59, 59), OFFICE_ZONE)


_LETTER_OF_SPAN = {cadence.months: cadence.letter for cadence in Cadence}

_YEAR = r"(?:(?P<year>[0-9]{4}|[0-9]{2})(?:年度?|[-./])?)?"
_ONE_YEAR = r"(?:(?:(?P<year>[0-9]{4})(?:年度?|[-./])|(?P<short>[0-9]{2})年)?)"
_MONTH = r"(?P<first>0?[1-9]|1[0-2])"
_FROM = r"(?P<first>[0-9]{1,2})(?:月(?:份|1日)?|[./]0?1)?"
_UP_TO = r"(?:(?P<again>[0-9]{4})(?:年|[-./]))?(?P<last>[0-9]{1,2})"
_UP_TO += r"(?:月(?:份|(?:2[89]|3[01])日)?|[./](?:2[89]|3[01]))?"
_NAMES = tuple(
    re.compile(pattern)
    for pattern in (
        r"(?P<year>[0-9]{4})(?P<whole>年度?|年?全年度?)?",
        r"(?P<short>[0-9]{2})(?P<whole>年度?|年?全年度?)",
        r"(?:(?P<year>[0-9]{4})(?:年度?)?)?(?P<whole>全年|1次性(?:填报|报送|上报)?)",
        rf"{_YEAR}{_FROM}-{_UP_TO}",
        rf"{_ONE_YEAR}{_MONTH}月(?:份|1日-(?:2[89]|3[01])日)?",
        rf"(?P<year>[0-9]{{4}})[-./年]{_MONTH}(?:-0?1)?",
        r"(?P<year>[0-9]{4})(?P<first>0[1-9]|1[0-2])",
        rf"{_YEAR}(?P<letter>[MBQH])(?P<number>[0-9]{{1,2}})",
        rf"{_YEAR}第?(?P<quarter>[1-4]|I{{1,3}}|IV)季度?",
        rf"{_YEAR}(?P<half>[上下])半年度?",
        rf"{_YEAR}第(?P<turn>[0-9]{{1,2}})期",
        r"(?P<alone>[0-9]{1,2})",
    )
)
"""The ways in which a period is written, folded; the first one that fits is meant.

A date is what an office program makes of a month that was typed.
"""

_NUMERALS = {name: str(n) for n, name in enumerate("一二三四五六七八九", start=1)}
_NUMERALS |= {"十": "10", "十一": "11", "十二": "12", "〇": "0", "○": "0", "零": "0"}
_NUMERAL = re.compile("十[一二]?|[一二三四五六七八九〇○零]")
_ONE_NUMERAL = "(十[一二]|十(?![一二])|[一二三四五六七八九])"
_TWO_MONTHS = re.compile(f"(?<![一二三四五六七八九十〇○零]){_ONE_NUMERAL}{_ONE_NUMERAL}(?=月)")
"""Two months with nothing between them: 三四月 is March and April, 十二月 is one."""
_BETWEEN = re.compile(r"[~〜至到、,和与及_]+|(?<=[0-9])一(?=[0-9])")
_QUARTERS = {"I": 1, "II": 2, "III": 3, "IV": 4}


def _named(text: str, near: int, letter: str) -> str:
    """Give the id of the period that `text` names; one that says no year is of the year `near`.

    `letter` stands for what the form reports by (``M``, ``B`` …): the 2nd one (第2期) is read by that.
    """
    folded = _fold(text)
    for pattern in _NAMES:
        match = pattern.fullmatch(folded)
        told = _part(match.groupdict(), letter) if match else None
        if match and told is not None:
            return f"{_year(match.groupdict(), near):04}{told}"
    raise ValueError(f"not a period: {text!r}")


def _fold(text: str) -> str:
    """Fold how a period is typed: what parts the months a hyphen, no blanks and brackets, figures as digits."""
    bare = re.sub("[()]", "", without_spaces(plain(text))).upper()
    bare = _TWO_MONTHS.sub(r"\1-\2", bare.replace("元月", "1月"))
    dashed = plain_dashes(_BETWEEN.sub("-", bare))
    return _NUMERAL.sub(lambda found: _NUMERALS[found[0]], dashed)


def _year(said: Mapping[str, str | None], near: int) -> int:
    """Tell the year; one of two digits is of the century of `near`."""
    typed = {said[name] or "" for name in ("year", "short", "again") if said.get(name)}
    years = {
        int(year) if len(year) > len("12") else (near or 2000) // 100 * 100 + int(year)
        for year in typed
    } or {near}
    if len(years) > 1:
        raise ValueError("months of two years are no period")
    return years.pop()


def _part(said: Mapping[str, str | None], letter: str) -> str | None:
    """Tell which part of the year is meant, as ids have it (``B1``; empty: the whole); None: none."""
    if "whole" in said:
        return ""
    if first := said.get("first"):
        return _spanned(int(first), int(said.get("last") or first))
    if quarter := said.get("quarter"):
        return f"Q{_QUARTERS.get(quarter) or quarter}"
    if half := said.get("half"):
        return "H1" if half == "上" else "H2"
    if alone := said.get("alone") or said.get("turn"):
        # 3 is March where months are asked for; elsewhere it may be anything.
        known = letter == "M" or (letter and "turn" in said)
        return _part_id(letter, int(alone)) if known else None
    return _part_id(said["letter"] or "", int(said["number"] or 0))


def _part_id(letter: str, number: int) -> str:
    """Give what stands behind the year in an id: M03, B1; nothing for a whole year."""
    return f"{letter}{number:0{2 if letter == 'M' else 1}}" if letter else ""


def _spanned(first: int, last: int) -> str | None:
    months = last - first + 1
    letter = _LETTER_OF_SPAN.get(months)
    if letter is None or first % months != 1 % months or last > _DECEMBER:
        return None
    return _part_id(letter, last // months)
