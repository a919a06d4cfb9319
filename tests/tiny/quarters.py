"""A year of quarters and how twelve units hand in: who does what when, told by the table and nothing of ours."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from sheetflow.periods import OFFICE_ZONE, Period, is_working_day
from sheetflow.schemas.forms import Form
from sheetflow.units import Unit
from tests.tiny.campaign import CAMPAIGN
from tests.tiny.desk import (
    CITY,
    EAST,
    NORTH,
    OTHER_CITY,
    PROVINCE,
    REEDS,
    SANDS,
    SOUTH,
    TREE,
    WEST,
    tree_of,
)
from tests.tiny.forms import PATROL_FORM, REGISTER_FORM


def _at(year: int, month: int, day: int, hour: int = 9, minute: int = 0) -> dt.datetime:
    return dt.datetime(year, month, day, hour, minute, tzinfo=OFFICE_ZONE)


DAY, HOUR = dt.timedelta(days=1), dt.timedelta(hours=1)
BEGUN, END = _at(2012, 2, 27), _at(2013, 1, 25)
_MORE = ("990103", "990104", "990203")
TWELVE = tree_of(
    [
        *TREE,
        *(
            replace(
                TREE[EAST],
                unit_id=code,
                name=f"新{code[-1]}县",
                parent=code[:4],
                mails=(f"river-{code}@mail.example",),
            )
            for code in _MORE
        ),
    ]
)
ALL = tuple(unit.unit_id for unit in TWELVE)
SUPERIORS = [unit for unit in TWELVE if TWELVE.children(unit.unit_id)]


@dataclass(frozen=True)
class Quarter:
    """The days of a quarter, counted by hand from the calendar of 2012."""

    period: Period
    month: int
    early: dt.datetime
    """Before anybody is reminded."""
    last_days: Mapping[str, dt.date]
    late: dt.datetime
    """After everybody was urged."""
    reviewed: dt.datetime
    leaves: dt.datetime
    """When the quarter after the next one begins: it is filled no more."""
    offered: str = ""
    """The level whose last day is too near to a holiday, and offered to be postponed where the level above has time for it."""
    forms: tuple[Form, ...] = (PATROL_FORM,)

    @property
    def opened(self) -> dt.datetime:
        """Nine o'clock of the first working day of its last month."""
        day = dt.date(2012, self.month, 1)
        while not is_working_day(day):
            day += DAY
        return _nine(day)

    def reminded(self, level: str) -> tuple[dt.datetime, ...]:
        """Give nine o'clock three working days before the last day, and on it or the last working day before it."""
        day, found = self.last_days[level], []
        while not is_working_day(day):
            day -= DAY
        found.append(_nine(day))
        for _ in range(3):
            day -= DAY
            while not is_working_day(day):
                day -= DAY
        return (_nine(day), *found)

    def urged(self, level: str) -> dt.datetime:
        """Give nine o'clock of the working day after the last one."""
        day = self.last_days[level] + DAY
        while not is_working_day(day):
            day += DAY
        return _nine(day)

    def handed_in(self, habit: str, level: str) -> dt.datetime:
        """Tell when somebody of such a habit hands in."""
        last = dt.datetime.combine(self.last_days[level], dt.time(10), OFFICE_ZONE)
        return {"早": self.early, "准": last, "改": last, "晚": self.late, "无": END}[habit]


_LEVELS = ("乡", "县", "市", "省")


def _nine(day: dt.date) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(9), OFFICE_ZONE)


def _days(year: int, month: int, *days: int) -> Mapping[str, dt.date]:
    return {level: dt.date(year, month, day) for level, day in zip(_LEVELS, days, strict=True)}


(YEAR,) = REGISTER_FORM.periods_of(2012)
_Q1, _Q2, _Q3, _Q4 = PATROL_FORM.periods_of(2012)
QUARTERS = (
    Quarter(
        _Q1,
        month=3,
        early=_at(2012, 3, 20, 10),
        last_days=_days(2012, 4, 1, 5, 9, 11),
        late=_at(2012, 4, 19, 10),
        reviewed=_at(2012, 4, 20, 11),
        leaves=_at(2012, 7, 1),
        offered="县",
    ),
    Quarter(
        _Q2,
        month=6,
        early=_at(2012, 6, 20, 10),
        last_days=_days(2012, 7, 2, 3, 5, 9),
        late=_at(2012, 7, 19, 10),
        reviewed=_at(2012, 7, 20, 11),
        leaves=_at(2012, 10, 1),
    ),
    Quarter(
        _Q3,
        month=9,
        early=_at(2012, 9, 20, 10),
        last_days=_days(2012, 10, 8, 9, 11, 15),
        late=_at(2012, 10, 25, 10),
        reviewed=_at(2012, 10, 26, 11),
        leaves=_at(2013, 1, 1),
        offered="县",
    ),
    Quarter(
        _Q4,
        month=12,
        early=_at(2012, 12, 20, 10),
        last_days=_days(2013, 1, 4, 5, 7, 9),
        late=_at(2013, 1, 17, 10),
        reviewed=_at(2013, 1, 18, 11),
        leaves=_at(2013, 4, 1),
        offered="县",
        forms=CAMPAIGN.forms,
    ),
)
HABITS = {
    PROVINCE: "早早准早",
    CITY: "早准早早",
    EAST: "早早早早",
    WEST: "准早晚早",
    "990103": "早准早早",
    "990104": "晚早早无",
    OTHER_CITY: "准早早早",
    SOUTH: "早改早准",
    REEDS: "早早无早",
    SANDS: "早晚早早",
    NORTH: "早早准早",
    "990203": "无早早早",
}
"""How each unit hands in, quarter by quarter: early, on the last day, after it was returned, late, never."""
WITH_REGISTER = (PROVINCE, EAST, SOUTH, REEDS)
"""Who hands in the yearly form as well, early; nobody else does."""


def every_quarter() -> Iterator[tuple[Quarter, Unit, str]]:
    """Give every unit's habit in every quarter."""
    for unit in TWELVE:
        for quarter, habit in zip(QUARTERS, HABITS[unit.unit_id], strict=True):
            yield quarter, unit, habit


def reviewed(unit: Unit, quarter: Quarter) -> Iterator[Period]:
    """Give the periods of which a unit drops a 审核单 after a quarter: the year's too, where a unit below reported it."""
    below = {each.unit_id for each in TWELVE.children(unit.unit_id)}
    if below:
        yield quarter.period
    if quarter is QUARTERS[-1] and not below.isdisjoint(WITH_REGISTER):
        yield YEAR


def accepted_at(unit: Unit) -> Iterator[tuple[Quarter, Form, dt.datetime]]:
    """Tell when a unit's workbooks come in that are accepted; `END` for what never comes."""
    for quarter, habit in zip(QUARTERS, HABITS[unit.unit_id], strict=True):
        yield quarter, PATROL_FORM, quarter.handed_in(habit, unit.level)
    last = QUARTERS[-1]
    yield last, REGISTER_FORM, last.early + HOUR if unit.unit_id in WITH_REGISTER else END
