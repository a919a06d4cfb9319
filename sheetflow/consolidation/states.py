"""Where units stand in a period: the one table of states, in the words that everybody reads.

Report, annexes, 汇总表, charts, board, ``status`` and mails take words, colours and counts from here.
应报 and 已报 are counts of units: 已报 are those that are in (已接收 and 零报告, each unit once); 迟报
and 沿用 are said beside a state and are none themselves. This module refuses to decide who stands where.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from types import MappingProxyType
from typing import Any

from sheetflow.schemas.review import Passing
from sheetflow.units import Unit, names_told_apart

LATE, LATE_COLOUR = "迟报", "#E3E8A4"
"""Said beside the state of a unit that is in, and came in after the deadline."""

CARRIED, CARRIED_COLOUR = "沿用", "#FFF2CC"
"""Said beside the state of a unit that is not in: its last 累计 and 期末数 of this year stand."""

OVERDUE = "逾期"
"""Said beside the state of a unit that was not in at its own deadline, and is not yet."""

EXCUSED = "缓报至"
"""Said, with the day, beside the state of a unit that may be late."""

QUERIED = "待核实"
"""Said beside the state of a unit of which something is asked that it has not answered."""

REPORTED = "已报"
"""How many are in: 已接收 and 零报告."""

OUTSTANDING = "尚未完成报送"
"""All that are not in, whatever the state."""


class State(StrEnum):
    """Where a unit stands in a period; the value is what ``status --json`` says."""

    MISSING = "missing"
    NIL = "nil"
    ACCEPTED = "accepted"
    RETURNED = "returned"
    HELD = "held"
    REFUSED = "refused"

    @property
    def label(self) -> str:
        """The word that people read."""
        return _TABLE[self].word

    @property
    def meaning(self) -> str:
        """What the word means, for a legend."""
        return _TABLE[self].meaning

    @property
    def colour(self) -> str:
        """The ground on which the word stands."""
        return _TABLE[self].colour

    @property
    def is_in(self) -> bool:
        """Whether the unit has reported: it is one of 已报."""
        return _TABLE[self].is_in


@dataclass(frozen=True, slots=True)
class _Entry:
    word: str
    colour: str
    meaning: str
    is_in: bool = False


_TABLE: Mapping[State, _Entry] = {
    State.MISSING: _Entry("未报", "#F8B4B0", "没有报送"),
    State.NIL: _Entry("零报告", "#D9EAF7", "已报，本期没有开展活动", is_in=True),
    State.ACCEPTED: _Entry("已接收", "#C6E5C3", "已报，审核通过", is_in=True),
    State.RETURNED: _Entry("退回待改", "#F8CBAD", "报了，退回后还没有改好再报"),
    State.HELD: _Entry("待确认", "#FFE08A", "报了，单位或版本有疑问，等上级决定"),
    State.REFUSED: _Entry("拒收", "#E6B8D7", "报来的文件读不出来"),
}

OUT = tuple(state for state in State if not _TABLE[state].is_in)
"""The states of units that are not in, 未报 first."""


@dataclass(frozen=True, slots=True)
class HandedIn:
    """One workbook of a unit as it came in: the number of its receipt, and when."""

    number: int
    at: dt.datetime

    @property
    def name(self) -> str:
        """What people call it: 第3号."""
        return f"第{self.number}号"


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What superiors said of a unit and period, as far as boards show it.

    `returned_by` is the name of who returned its newest workbook, `questions` how many (请核实) it has not
    answered, `excused_until` the day until which it may be late (缓报). `mending`: what a superior returned had
    come in time, so that the next one is neither late nor 逾期 (退回修改).
    """

    returned_by: str = ""
    questions: int = 0
    excused_until: dt.date | None = None
    mending: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class BoardRow:
    """One unit on the board 上报情况: its state, when it came in, its latest findings."""

    unit: Unit
    state: State
    late: bool = False
    receipt: str = ""
    answered_at: dt.datetime | None = None
    deadline: dt.datetime | None = None
    must: int = 0
    verify: int = 0
    note: int = 0
    explained: int = 0
    carried: bool = False
    """Nothing accepted in this period: its last 累计 and 期末数 stand (沿用)."""
    own: bool = False
    """Others below it report too: it stands for its 本级 alone."""
    besides: State | None = None
    """What became of a later submission, where that is still open: 退回待改 or 待确认."""
    overdue: bool = False
    """It is not in, though its own deadline has passed (逾期)."""
    mending: bool = False
    """What a superior returned had come in time: whatever mends it is not late."""
    first: HandedIn | None = None
    latest: HandedIn | None = None
    preparer: str = field(default="", repr=False)
    """Who filled in its newest accepted cover, as far as the reader sees that: nothing logs it."""
    phone: str = field(default="", repr=False)
    passing: Passing = Passing.NONE
    """How the superior's 验收 of what counts stands."""
    returned_by: str = ""
    """The name of the superior that returned what was accepted; empty where our own check did."""
    questions: int = 0
    """How many questions (请核实) about it are not answered yet."""
    excused_until: dt.date | None = None
    """Until when it may be late (缓报)."""
    passed_by: str = ""
    """The level of who lets pass what it hands up; empty where nobody is asked."""
    is_beyond: bool = False
    """The reader stands above whoever that is."""
    is_withheld: bool = False
    """What it handed up last counts for the reader only once it is let pass."""
    is_counted: bool = True
    """Something of this very period counts for the reader, where the unit is in."""
    files: str = ""
    """How many files came with what counts, and how many are missing; empty where it names none."""
    group: Tally | None = None
    """Where the row stands for the unit with all below it: how those stand."""

    @property
    def word(self) -> str:
        """All that is to be said of it in one word: 已接收（迟报，另有退回待改）; 已报5/6（迟报1个） of a group."""
        if self.group:
            return self.group.word
        also = [LATE] if self.late and self.state.is_in else []
        also += [self.passing.label] if self.state.is_in and self.passing.label else []
        also += [OVERDUE] if self.overdue else []
        if self.excused_until and not self.state.is_in:
            also.append(f"{EXCUSED}{self.excused_until.month}月{self.excused_until.day}日")
        back = f"{self.returned_by}退回" if self.returned_by else ""
        if back and self.state is State.RETURNED:
            also.append(back)
        if self.besides:
            is_theirs = back and self.besides is State.RETURNED
            also.append(f"另有{back if is_theirs else self.besides.label}")
        if self.questions:
            also.append(QUERIED + (f"{self.questions}项" if self.questions > 1 else ""))
        return self.state.label + (f"（{'，'.join(also)}）" if also else "")

    @property
    def is_open(self) -> bool:
        """Whether it is in and its superior has not let it pass as it stands."""
        return self.passing in {Passing.WAITING, Passing.CHANGED} and self.state.is_in

    @property
    def unpassed(self) -> str:
        """What is to be said of its figures to who stands above whoever lets them pass: 市级未验收."""
        if not (self.is_beyond and self.is_open):
            return ""
        if not self.is_withheld:
            return not_passed_by(self.passed_by)
        return f"{'变动' if self.is_counted else ''}待{self.passed_by}级验收"

    @property
    def is_plain(self) -> bool:
        """Whether it is in, and there is nothing else to be told of it but whether it was let pass."""
        return replace(self, passing=Passing.NONE).word == State.ACCEPTED.label

    @property
    def colour(self) -> str:
        """The ground on which the word stands."""
        return LATE_COLOUR if self.late and self.state is State.ACCEPTED else self.state.colour


def names_of(rows: Iterable[BoardRow]) -> dict[str, str]:
    """Give what lists call the units, by their ids: 济南市本级, and 济南市市中区 where a name stands twice."""
    listed = list(rows)
    return names_told_apart(
        (row.unit for row in listed), {row.unit.unit_id for row in listed if row.own}
    )


@dataclass(frozen=True, slots=True)
class Tally:
    """How many units stand where: the only count of 应报 and 已报."""

    states: Mapping[State, int]
    late: int
    """Of those that are in."""
    passed: Mapping[str, int] = field(default_factory=lambda: MappingProxyType({}))
    """Of those that are in, how many were let pass, by the level of who did."""
    unpassed: Mapping[str, int] = field(default_factory=lambda: MappingProxyType({}))
    """Of how many figures count that were not let pass, by what is said of it: 市级未验收."""
    withheld: Mapping[str, int] = field(default_factory=lambda: MappingProxyType({}))
    """Of how many that are in nothing counts yet, by what is said of it: 待市级验收."""
    overdue: int = 0
    """逾期, of those that are not in."""

    @classmethod
    def of(cls, rows: Iterable[BoardRow]) -> Tally:
        """Count those who must report; of a row that stands for a group, those of the group."""
        listed = list(rows)
        if groups := [row.group for row in listed if row.group]:
            return cls.sum((cls.of(row for row in listed if not row.group), *groups))
        inside = [row for row in listed if row.state.is_in]
        return cls(
            states=Counter(row.state for row in listed),
            late=sum(row.late for row in inside),
            passed=Counter(row.passed_by for row in inside if row.passing is Passing.PASSED),
            unpassed=Counter(
                row.unpassed or not_passed_by(row.passed_by)
                for row in inside
                if row.is_open and row.is_counted
            ),
            withheld=Counter(row.unpassed for row in inside if not row.is_counted),
            overdue=sum(row.overdue for row in listed),
        )

    @classmethod
    def sum(cls, parts: Iterable[Tally]) -> Tally:
        """Add up what was counted apart."""
        listed = list(parts)

        def added(counts: Iterable[Mapping[Any, int]]) -> dict[Any, int]:
            total = Counter[Any]()
            for each in counts:
                total.update(each)
            return dict(total)

        return cls(
            states=added(each.states for each in listed),
            late=sum(each.late for each in listed),
            passed=added(each.passed for each in listed),
            unpassed=added(each.unpassed for each in listed),
            withheld=added(each.withheld for each in listed),
            overdue=sum(each.overdue for each in listed),
        )

    @property
    def expected(self) -> int:
        """应报."""
        return sum(self.states.values())

    @property
    def reported(self) -> int:
        """已报, nil returns among them."""
        return sum(number for state, number in self.states.items() if state.is_in)

    @property
    def counted(self) -> int:
        """Of those that are in, of how many figures count."""
        return self.reported - sum(self.withheld.values())

    @property
    def outstanding(self) -> int:
        """尚未完成报送."""
        return self.expected - self.reported

    @property
    def nil(self) -> int:
        """零报告."""
        return self.states.get(State.NIL, 0)

    @property
    def out(self) -> Iterator[tuple[State, int]]:
        """Those who are not in, by state, where there are any."""
        return ((state, number) for state in OUT if (number := self.states.get(state, 0)))

    @property
    def share(self) -> str:
        """How a group of units stands: 已报5/6."""
        return f"{REPORTED}{self.reported}/{self.expected}"

    @property
    def word(self) -> str:
        """The same, with what else is to be said of some of it: 已报5/6（迟报1个，逾期1个）."""
        some = [f"{word}{n}个" for word, n in ((LATE, self.late), (OVERDUE, self.overdue)) if n]
        return self.share + (f"（{'，'.join(some)}）" if some else "")

    def told(self, beside: str = "") -> str:
        """应报6个单位，已报4个（其中零报告1个、迟报1个），未报1个，退回待改1个。`beside` stands after 单位."""
        among = [(State.NIL.label, self.nil), (LATE, self.late), *self.let_pass]
        named = "、".join(f"{word}{number}个" for word, number in among if number)
        text = f"应报{self.expected}个单位{beside}，{REPORTED}{self.reported}个"
        text += f"（其中{named}）" if named else ""
        text += "".join(f"，{state.label}{number}个" for state, number in self.out)
        waits = "、".join(f"{word}{number}个" for word, number in self.withheld.items())
        return text + (f"；已报的单位里{waits}，数字还没有计入" if waits else "") + "。"

    @property
    def let_pass(self) -> list[tuple[str, int]]:
        """How many whose figures count were let pass, and how many were not: 经市级验收, 市级未验收."""
        passed = [(f"经{level}级验收", number) for level, number in self.passed.items()]
        return [*passed, *self.unpassed.items()]


def not_passed_by(level: str) -> str:
    """Say of figures who has not let them pass."""
    return f"{level}级未验收"
