"""One line of the table of changes between two versions of a campaign, and what it may ask.

This module owns the four verdicts, the words that count what is accepted, and the one comparison that
everything with versions shares: since when and up to when it stands. It refuses to know where accepted
books lie: whoever compares is given the answers by `AcceptedBooks`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from sheetflow.schemas.conditions import Row
from sheetflow.schemas.versioned import Versioned


class Verdict(StrEnum):
    """What becomes of a change: taken, taken and told, taken on trial, refused."""

    ALLOWED = "可以"
    HINT = "提示"
    TRIAL = "试审"
    REFUSED = "拒绝"


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One line: where, the verdict, what happens and what can be done about it.

    `rule` is the code of the rule of `form` that comes in on trial.
    """

    verdict: Verdict
    place: str
    what: str
    remedy: str = ""
    form: str = ""
    rule: str = ""

    @property
    def words(self) -> str:
        """The verdict with its reasons, as one reads it."""
        said = "。".join(filter(None, (self.what, self.remedy)))
        return f"{self.verdict}：{said}。"

    @property
    def gist(self) -> str:
        """Say in short what was changed, without counts and advice."""
        return self.place + re.split("[，：（]", self.what, maxsplit=1)[0]

    @property
    def document(self) -> dict[str, str]:
        """Give it as JSON shows it."""
        return {
            "verdict": self.verdict.value,
            "place": self.place,
            "what": self.what,
            "remedy": self.remedy,
        }


@dataclass(frozen=True, slots=True)
class Tally:
    """How many units are concerned, with how many rows of theirs."""

    units: int = 0
    rows: int = 0

    def __bool__(self) -> bool:
        return self.rows > 0

    def words(self, measure: str = "行") -> str:
        """Say it: 37个单位1,204行."""
        return f"{self.units:,}个单位{self.rows:,}{measure}"


class AcceptedBooks(Protocol):
    """What may be asked of the books that are accepted under the campaign in force."""

    def count(self, form: str, sheet: str, holds: Callable[[Row], bool]) -> Tally:
        """Count the rows of a sheet that meet a test; rows of books that go on from period to period once."""

    def without_level(self, names: Sequence[str]) -> Sequence[str]:
        """Name the units of units.xlsx whose level is none of `names`."""


def filled(column: str) -> Callable[[Row], bool]:
    """Ask whether anything stands in a column."""
    return lambda row: row.get(column) not in {None, ""}


def says(column: str, option: str) -> Callable[[Row], bool]:
    """Ask whether an option stands in a column, alone or among others."""

    def holds(row: Row) -> bool:
        value = row.get(column)
        return option in value if isinstance(value, tuple) else value == option

    return holds


def allowed(place: str, what: str, remedy: str = "") -> Change:
    """Say that a change is taken."""
    return Change(verdict=Verdict.ALLOWED, place=place, what=what, remedy=remedy)


def hint(place: str, what: str, remedy: str = "") -> Change:
    """Say that a change is taken, and what it does."""
    return Change(verdict=Verdict.HINT, place=place, what=what, remedy=remedy)


def refused(place: str, what: str, remedy: str) -> Change:
    """Say that a change is not taken, and what to do instead."""
    return Change(verdict=Verdict.REFUSED, place=place, what=what, remedy=remedy)


def lost(place: str, name: str, tally: Tally, renamed: str = "旧名称") -> Change:
    """Refuse that what people have filled in is gone; `renamed` is where its old name belongs."""
    what = f"会丢掉{tally.words()}的“{name}”"
    if not tally:
        what = f"“{name}”没有了：还没有接收过它的数据，但发出去的工作簿里有它"
    return refused(place, what, f"改名请填{renamed}，不用了请填停用版本")


def reworded(place: str, then: object, now: object, names: Mapping[str, str]) -> Iterable[Change]:
    """Give one line for all of these fields that differ; `names` say what people call them."""
    told = [words for name, words in names.items() if getattr(then, name) != getattr(now, name)]
    if told:
        yield allowed(place, f"改了{'、'.join(dict.fromkeys(told))}")


Span = tuple[int, int | None]
"""From which version, up to which (None: still)."""


def span_of(entry: Versioned) -> Span:
    """Give the versions in which something stands."""
    return entry.since, entry.until


def compare_spans(place: str, then: Span, now: Span, version: int) -> Iterator[Change]:
    """Compare since when and up to when something stands; `version` is the one in force."""
    since, until = now
    if since > then[0]:
        what = f"起用版本从{then[0]}改成了{since}，第{then[0]}版的工作簿里已经有它"
        yield refused(place, what, f"请把起用版本改回{then[0]}")
    if until == then[1]:
        return
    if until is None:
        yield allowed(place, "不再停用，新的工作簿里又有它")
    elif until < version and (then[1] is None or until < then[1]):
        what = f"停用版本{until + 1}太早：现行的是第{version}版，它的工作簿里有它"
        remedy = f"请在《版本》加一行，停用版本填{version + 1}"
        yield refused(place, what, remedy)
    else:
        yield allowed(place, f"自第{until + 1}版起停用，以前填的照旧计入")
