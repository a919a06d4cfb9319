"""The scene of one made-up workbook: whose it is, when, what was there before.

This module owns chance (all of it comes from one `Random`) and what every sheet needs:
days of the period, names, the keys that follow. It refuses to know what is in a sheet.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from random import Random
from typing import TypeVar

from sheetflow.periods import Period
from sheetflow.schemas.grassroots2012.samples.words import GIVEN, SURNAMES
from sheetflow.schemas.personal import check_digit
from sheetflow.schemas.samples import Samples, Typed
from sheetflow.units import Unit, UnitTree

Row = dict[str, Typed]
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Scene:
    """What the sheets of one workbook are made up from."""

    unit: Unit
    tree: UnitTree
    period: Period
    random: Random
    rows: int
    earlier: Samples

    @property
    def is_county(self) -> bool:
        """Whether the unit has townships below it and none of its own offices' work alone."""
        return self.unit.level == "县"

    def kept(self, sheet: str) -> list[Row]:
        """Copy the rows of the period before."""
        return [dict(row) for row in self.earlier.get(sheet, ())]

    def pick(self, choices: Sequence[_T]) -> _T:
        """Choose one."""
        return self.random.choice(choices)

    def some(self, choices: Sequence[str], most: int) -> str:
        """Choose up to `most` of them, in their order, joined as people join them."""
        chosen = self.random.sample(range(len(choices)), self.between(1, min(most, len(choices))))
        return "、".join(choices[index] for index in sorted(chosen))

    def between(self, least: int, most: int) -> int:
        """Choose a whole number, both ends included."""
        return self.random.randint(least, most)

    def chance(self, share: float) -> bool:
        """Let something happen in that share of cases."""
        return self.random.random() < share

    def yuan(self, least: int, most: int) -> int:
        """Choose an amount in whole tens of yuan."""
        return self.between(least // 10, most // 10) * 10

    def day(self, first: dt.date | None = None) -> dt.date:
        """Choose a day of the period, from `first` on where that is later."""
        start = max(first or self.period.first_day, self.period.first_day)
        span = (self.period.last_day - start).days
        return start + dt.timedelta(days=self.between(0, max(span, 0)))

    def days(self, count: int) -> list[dt.date]:
        """Choose `count` days of the period, the earliest first."""
        return sorted(self.day() for _ in range(count))

    def name(self) -> str:
        """Make up a woman's name."""
        return self.pick(SURNAMES) + self.pick(GIVEN)

    def mobile(self) -> str:
        """Make up a mobile number of a range that was nobody's in 2012."""
        return f"1990000{self.between(0, 9999):04d}"

    def id_number(self, age: int) -> str:
        """Make up an identity number of a woman of `age` years from 99, which is no place."""
        year = self.period.first_day.year - age
        born = dt.date(year, 1, 1) + dt.timedelta(days=self.between(0, 300))
        body = f"990000{born:%Y%m%d}{self.between(0, 499) * 2:03d}"
        return body + check_digit(body)


def following_keys(rows: Sequence[Row], column: str, count: int, shape: str) -> list[str]:
    """Give the `count` keys after those in `rows`; `shape` is like ``G{:03d}``."""
    used = [int(str(row[column])[1:]) for row in rows]
    first = max(used, default=0) + 1
    return [shape.format(number) for number in range(first, first + count)]


def keys_of(rows: Sequence[Row], column: str) -> list[str]:
    """List a column's texts."""
    return [str(row[column]) for row in rows]
