"""What a pair is: for one rule, a workbook that breaks it and one that nearly does."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from sheetflow.periods import Period
from sheetflow.pipeline import judge
from sheetflow.schemas.book import Judgement
from tests.county_book import CAMPAIGN, context, drawn, judged, judged_raw
from tests.drawing import draw

Stamp = Mapping[str, str]


@dataclass(frozen=True, kw_only=True)
class Pair:
    """One rule's pair.

    `broken` and `nearly` are drawn upon the valid workbook (`tests.county_book`), or
    stand alone with `alone`. `at` is the sheet's title in the file and the cell where the
    finding must stand: ``走访记录 E4``, ``走访记录`` for a whole sheet, empty for the workbook.
    `before` draws the period before, where the rule needs history. `stamp` and
    `nearly_stamp` are parts of the stamp; `context` and `nearly_context` replace parts of
    what judging is given. `by` judges the sound workbook of another campaign with the changes upon it,
    where no form of this one has what the rule is about; cells then go by their letters.
    """

    rule: str
    at: str
    broken: str = ""
    nearly: str = ""
    alone: bool = False
    period: str = "2012B2"
    before: str | None = None
    stamp: Stamp = field(default_factory=dict)
    nearly_stamp: Stamp = field(default_factory=dict)
    context: Mapping[str, Any] = field(default_factory=dict)
    nearly_context: Mapping[str, Any] = field(default_factory=dict)
    by: Callable[[str], Judgement] | None = None

    def judge_broken(self) -> Judgement:
        """Judge the workbook that breaks the rule."""
        return self._judge(self.broken, self.stamp, self.context)

    def judge_nearly(self) -> Judgement:
        """Judge the workbook that nearly breaks the rule."""
        return self._judge(self.nearly, self.nearly_stamp, self.nearly_context)

    def _judge(self, changes: str, stamp: Stamp, more: Mapping[str, Any]) -> Judgement:
        if self.by:
            return self.by(changes)
        if self.alone:
            return judge(draw(changes), CAMPAIGN, context(self.period))
        if stamp or more:
            return judged_raw(drawn(changes, period=self.period, stamp=stamp), **more)
        return judged(changes, period=self.period, before=self.before)

    @property
    def spot(self) -> tuple[str, str]:
        """The sheet's title and the cell."""
        title, _, cell = self.at.partition(" ")
        return title, cell

    @property
    def name(self) -> str:
        """What pytest calls it."""
        return f"{self.rule}@{self.at}" if self.at else self.rule


def dated(text: str, period: str) -> str:
    """Move the drawn flow dates of the valid workbook into `period`."""
    first = Period.parse(period).first_day
    day = f"{first.year}-{first.month:02d}-05"
    cells = (
        "走访记录 日期 4",
        "走访记录 日期 5",
        "走访记录 日期 6",
        "宣传报道 日期 4",
        "案例机制 日期 4",
    )
    filled = Period.parse(period).last_day.isoformat()
    lines = [f"@ {cell} = {day}" for cell in cells]
    return "\n".join([*lines, f"@ 封面 填报日期 = {filled}", text])
