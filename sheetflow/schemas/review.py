"""What superiors decide about what others handed up, in the words of their 审核单.

Plain values: what waits (`Matter`), what may be said of it (`Verdict`), how a decision is numbered, and
what a unit hears of decisions when its workbook is judged (`Heard`). This module refuses to say who may
decide, and what follows.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from types import MappingProxyType
from typing import Any

Number = float | int | Decimal | None
"""A figure; None where there is none."""


class Matter(StrEnum):
    """What a decision is about; the value is what the store keeps."""

    HELD = "held"
    """A submission whose unit or version is in doubt."""
    WAIVER = "waiver"
    """A hard finding that the unit has explained and asks to let pass."""
    PASSING = "passing"
    """An accepted submission that its superior has not let pass yet."""
    LOOK = "look"
    """A figure that deserves a look."""
    ANSWERED = "answered"
    """A question that the unit has answered."""
    FORWARDED = "forwarded"
    """A question of the unit two levels up, which the one between has to see to."""
    POSTPONEMENT = "postponement"
    """A proposal to move a deadline."""
    UNIT = "unit"
    """Where a unit stands: why it has not reported, until when it may, whether its paper came."""
    UNDOING = "undoing"
    """A decision that is taken back."""

    @property
    def label(self) -> str:
        """The office's word, with {above} for the level of whoever asked."""
        return _MATTERS[self][0]

    @property
    def letter(self) -> str:
        """What stands for it in a number."""
        return _MATTERS[self][1]

    @property
    def verdicts(self) -> tuple[Verdict, ...]:
        """What may be decided about it."""
        return _MATTERS[self][2]


class Verdict(StrEnum):
    """What was decided; the value is what the store keeps."""

    AGREE = "agree"
    DISAGREE = "disagree"
    RETURN = "return"
    QUERY = "query"
    SETTLE = "settle"
    FINE = "fine"
    NOTED = "noted"
    UNDO = "undo"

    @property
    def label(self) -> str:
        """The word that stands in the cell."""
        return _VERDICTS[self]


_VERDICTS: Mapping[Verdict, str] = {
    Verdict.AGREE: "同意",
    Verdict.DISAGREE: "不同意",
    Verdict.RETURN: "退回",
    Verdict.QUERY: "请核实",
    Verdict.SETTLE: "办结",
    Verdict.FINE: "无异议",
    Verdict.NOTED: "登记",
    Verdict.UNDO: "撤销",
}

_MATTERS: Mapping[Matter, tuple[str, str, tuple[Verdict, ...]]] = {
    Matter.HELD: ("待确认", "认", (Verdict.AGREE, Verdict.DISAGREE)),
    Matter.WAIVER: ("申请放行", "放", (Verdict.AGREE, Verdict.DISAGREE)),
    Matter.PASSING: ("待验收", "验", (Verdict.AGREE, Verdict.RETURN, Verdict.QUERY)),
    Matter.LOOK: ("重点核对", "核", (Verdict.FINE, Verdict.QUERY, Verdict.RETURN)),
    Matter.ANSWERED: ("已答复", "答", (Verdict.SETTLE, Verdict.QUERY, Verdict.RETURN)),
    Matter.FORWARDED: ("{above}级核实事项", "转", (Verdict.SETTLE, Verdict.QUERY)),
    Matter.POSTPONEMENT: ("建议延期", "延", (Verdict.AGREE, Verdict.DISAGREE)),
    Matter.UNIT: ("下级情况", "况", (Verdict.NOTED,)),
    Matter.UNDOING: ("撤销", "撤", (Verdict.UNDO,)),
}

GROUNDS = ("签批件", "电话", "会议", "本人")
"""On what a decision stands (依据)."""

REASONS = ("已批准缓报", "失联", "拒报", "撤并", "其他")
"""Why a unit has not reported (未报原因)."""

PAPERS = ("未收", "已收一致", "已收不一致")
"""Whether a unit's paper copy came (纸质件)."""

FIGURE, PROPOSED, FORWARDED, WHY = "figure", "proposed", "forwarded", "why"
"""Keys of a decision's details: what stood there, what was agreed by telephone, that a unit further up asks, why to look."""

REASON, UNTIL, PAPER = "reason", "until", "paper"
"""Keys of the details of `Matter.UNIT`: 未报原因, 缓报至 (an ISO day), 纸质件."""


HEARD = "decision"
"""The argument of a finding that says which decision it stands for: its number."""


def number_of(subject: str, matter: Matter, turn: int, about: str = "") -> str:
    """Give the 编号 of the `turn`-th decision about a matter: ``370102-2012B1-1-验1``.

    `subject` is the submission's receipt (a unit's id and period where there is none); `about` tells
    several matters of one subject apart: an indicator's code, a finding's rule.
    """
    middle = f"{matter.letter}{about}"
    return f"{subject}-{middle}-{turn}" if about else f"{subject}-{middle}{turn}"


class Passing(StrEnum):
    """How a superior's 验收 of an accepted submission stands."""

    NONE = "none"
    """Nobody is asked to let it pass."""
    WAITING = "waiting"
    PASSED = "passed"
    CHANGED = "changed"
    """The unit had one passed before, and has changed it since."""

    @property
    def label(self) -> str:
        """The word that people read; empty where nobody is asked."""
        return _PASSINGS[self]


_PASSINGS: Mapping[Passing, str] = {
    Passing.NONE: "",
    Passing.WAITING: "待验收",
    Passing.PASSED: "已验收",
    Passing.CHANGED: "验收后有变动",
}


class Policy(StrEnum):
    """When figures go beyond the unit directly above; the value is what the setting says."""

    BY_DEADLINE = "by_deadline"
    """Once it lets them pass, or at its own deadline, whichever is first."""
    FLAG = "flag"
    """At once, and marked until it lets them pass."""
    REQUIRED = "required"
    """Only what it let pass."""
    NONE = "none"
    """At once: nobody is asked."""


class Question(StrEnum):
    """How a question (请核实) stands."""

    OPEN = "open"
    ANSWERED = "answered"
    SETTLED = "settled"

    @property
    def label(self) -> str:
        """The word that both sides read."""
        return {Question.OPEN: "待答复", Question.ANSWERED: "已答复", Question.SETTLED: "办结"}[
            self
        ]


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """What a superior said of one submission of a unit, as judging hears it.

    `number` is the decision's 编号, `by` the superior's name, `opinion` its words. `about` is the
    indicator that it is about (code); empty for the whole workbook. `figure` is what stood there then,
    `figures` all that the workbook measured, by code (none: nothing to compare, it is heard whatever was
    changed). `proposed` is what was agreed by telephone (电话商定数); None where there is none. `receipt` is
    the submission that was looked at. `is_past`: a return that was answered and let pass since. `over` says of what
    was taken back or settled that it is: nothing is asked any longer.
    """

    number: str
    receipt: str
    verdict: Verdict
    by: str
    opinion: str
    about: str = ""
    figure: Number = None
    proposed: Number = None
    figures: Mapping[str, Number] = field(default_factory=lambda: MappingProxyType({}))
    is_past: bool = False
    over: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewDecision:
    """One decision, as it is recorded: by a row of a 审核单 or by a command, never changed afterwards.

    `number` is the 编号 of what was decided: only the first decision that bears it counts. `by_unit` is the
    unit whose decision it is (empty: the administrator's, by command), `unit_id` the one that it is about,
    `receipt` the submission looked at (empty: none). `about` is a finding's rule, an indicator's code or,
    of an undoing, the number of the decision taken back. `dated` is the day that was typed, `arrival_id`
    the delivery of the 审核单 (0: by command). `details` hold what else was typed or stood there then.
    """

    number: str
    unit_id: str
    matter: Matter
    verdict: Verdict
    by_unit: str = ""
    form: str = ""
    period: str = ""
    receipt: str = ""
    about: str = ""
    opinion: str = ""
    decider: str = ""
    handler: str = ""
    ground: str = ""
    dated: str = ""
    arrival_id: int = 0
    details: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}), hash=False)

    @property
    def is_passing(self) -> bool:
        """Whether it lets a submission pass (验收)."""
        return self.matter is Matter.PASSING and self.verdict is Verdict.AGREE


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision(NewDecision):
    """A decision as it stands in the store, in the order of `decision_id`."""

    decision_id: int
    decided_at: dt.datetime


def standing(decisions: Iterable[Decision]) -> tuple[Decision, ...]:
    """Leave out the decisions that were taken back, and the undoings themselves."""
    listed = sorted(decisions, key=lambda each: each.decision_id)
    undone = {each.about for each in listed if each.verdict is Verdict.UNDO}
    return tuple(
        each for each in listed if each.verdict is not Verdict.UNDO and each.number not in undone
    )
