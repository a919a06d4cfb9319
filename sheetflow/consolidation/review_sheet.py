"""The 审核单 as plain values: what waits, what deserves a look, where units stand, what was decided.

The service gathers it, `writing.review_sheet` prints it, `consolidation.review_rows` reads what was
typed into it against the same values. This module refuses to decide anything.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType

from sheetflow.consolidation.states import BoardRow
from sheetflow.periods import Period
from sheetflow.schemas.review import Matter, Verdict
from sheetflow.units import OWN_LEVEL

WAITING_SHEET, LOOKS_SHEET, BELOW_SHEET, DECIDED_SHEET = "待办", "重点核对", "下级情况", "已处理"
"""The sheets, in this order; 汇总确认 will stand between the last two."""

NUMBER, UNIT, INDICATOR = "编号", "单位", "指标"
"""The headers by which a row is known again when its sheet comes back; a line with 编号 in it is a header."""
VERDICT, OPINION, PROPOSED = "处理", "意见", "电话商定数"
DECIDER, HANDLER, GROUND, DATED = "决定人", "经办人", "依据", "日期"
REASON, UNTIL, PAPER = "未报原因", "缓报至", "纸质件"
TAKEN_BACK = "撤销"
"""The headers of what is typed."""
PASS_THE_REST, YES = "本页待验收的其余单位全部通过", "是"
"""What stands above the list of what waits, in a cell left of the one where 是 is typed."""
SIGNED_BY = (DECIDER, HANDLER, GROUND, DATED)
"""Typed at the end of each row of 待办, and once above these headers: that is for every row of all sheets that
says nothing of its own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitingRow:
    """One thing that waits for a decision.

    `number` is its 编号, `unit` the name of whom it is about, `content` what there is to know, `agreed` what
    同意 does here, both in plain words. `link` is the answer file's path relative to the outbox (empty: none),
    `since` when it began to wait. `is_clean`: nothing is open beside, so that 其余全部通过 covers it.
    """

    number: str
    matter: Matter
    label: str
    unit_id: str
    unit: str
    receipt: str
    content: str
    agreed: str
    since: dt.datetime
    link: str = ""
    verdicts: Sequence[Verdict] = ()
    is_clean: bool = False
    about: str = ""
    """What the decision will bear as its `about`."""
    code: str = ""
    """The indicator that it is about; of what is to be let pass one may be typed (`takes_indicator`)."""

    insisted: Sequence[str] = ()
    """The indicators to whose figure the unit kept twice: they are not returned once more."""
    lacking: Sequence[str] = ()
    """The indicators of the sheet that this workbook's version of the form does not have."""

    @property
    def takes_indicator(self) -> bool:
        """Whether 退回 and 请核实 may name the figure that they are about."""
        return self.matter is Matter.PASSING

    @property
    def takes_figure(self) -> bool:
        """Whether a figure may be proposed (电话商定数)."""
        return Verdict.QUERY in self.verdicts and (self.takes_indicator or bool(self.code))


@dataclass(frozen=True, slots=True, kw_only=True)
class LookRow:
    """One figure of a unit below that deserves a look, and why in words; `weight` orders them, heaviest first."""

    number: str
    unit_id: str
    unit: str
    receipt: str
    code: str
    """The indicator's code; empty where it is about words or the whole workbook."""
    label: str
    current: float | int | None
    before: float | int | None
    median: float | int | None
    why: Sequence[str]
    weight: float
    link: str = ""
    may_be_returned: bool = True
    """False where the unit kept to it twice: both statements stand."""
    is_beyond: bool = False
    """Whether the unit is further down than directly below: only its own superior returns to it."""
    grounds: Sequence[str] = ()
    """Digests of the reasons to look at words or the whole workbook: what was looked at is told by them."""

    @property
    def verdicts(self) -> tuple[Verdict, ...]:
        """What may be decided about it."""
        is_open = self.may_be_returned and not self.is_beyond
        return tuple(each for each in Matter.LOOK.verdicts if is_open or each is not Verdict.RETURN)

    @property
    def change(self) -> float | int | None:
        """By how much it changed; None where that is not known."""
        if self.current is None or self.before is None:
            return None
        return self.current - self.before


@dataclass(frozen=True, slots=True, kw_only=True)
class SampledUnit:
    """One unit whose whole workbook is to be looked at in this period (本期抽查单位)."""

    unit_id: str
    unit: str
    receipt: str
    link: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class BelowRow:
    """Where one unit directly below stands, and what its superior noted of it.

    `rounds` counts its workbooks so far. `passed_by` and `passed_on` tell of the 验收. `reason`, `until` and
    `paper` are what was noted last (未报原因, 缓报至, 纸质件), `own_deadline` is the last moment without leave.
    """

    number: str
    row: BoardRow
    own_deadline: dt.datetime | None = None
    rounds: int = 0
    passed_by: str = ""
    passed_on: dt.date | None = None
    reason: str = ""
    until: dt.date | None = None
    paper: str = ""

    @property
    def name(self) -> str:
        """What the sheet calls the unit: one that adds up others is meant alone, 济南市本级."""
        return self.row.unit.name + OWN_LEVEL * self.row.own


@dataclass(frozen=True, slots=True, kw_only=True)
class DecidedRow:
    """One decision that was taken, and what came of it, in words."""

    number: str
    unit_id: str
    unit: str
    label: str
    verdict: Verdict
    opinion: str
    decider: str
    handler: str
    ground: str
    decided_at: dt.datetime
    outcome: str
    may_be_undone: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewSheet:
    """All of one unit's 审核单 for a form and period. `seed` is printed: whoever doubts the draw can repeat it."""

    unit_id: str
    unit: str
    form: str
    title: str
    period: Period
    indicators: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    """What each indicator is called, code and name, by code."""
    waiting: Sequence[WaitingRow] = ()
    looks: Sequence[LookRow] = ()
    offered: Sequence[LookRow] = field(default=(), repr=False)
    """Rows that were listed before and are not now: a decision on one means it still."""
    sampled: Sequence[SampledUnit] = ()
    seed: str = ""
    had_a_turn: Sequence[str] = ()
    """Who was drawn in earlier periods and takes no part until all have had a turn."""
    below: Sequence[BelowRow] = ()
    decided: Sequence[DecidedRow] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class TypedRow:
    """What somebody typed into one row of a 审核单, by the headers; `cells` are all of it by header."""

    sheet: str
    row: int
    number: str
    cells: dict[str, str]

    def __getitem__(self, header: str) -> str:
        """Give what stands under a header, empty where nothing does."""
        return self.cells.get(header, "")
