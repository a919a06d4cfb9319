"""下级情况 comes back changed after 缓报 has ended, or emptied: both mean what they say."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

from sheetflow.consolidation.row_answers import RowAnswer
from tests.consolidation.test_review_rows import NOTE, SHEET, answers

HEAD = "# 下级情况\n| 编号 | 单位 | 未报原因 | 缓报至 | 纸质件 |\n|---|---|---|---|---|\n"
(BELOW,) = SHEET.below
ENDED = replace(SHEET, below=(replace(BELOW, reason="已批准缓报", until=dt.date(2012, 4, 3)),))
"""The leave to be late is over on the day when the sheet comes back."""


def noted(cells: str) -> RowAnswer:
    """Answer the one row with these cells, where the leave is over."""
    (answer,) = answers(f"{HEAD}| {NOTE} | 西岸县 | {cells} |", ENDED)
    return answer


def test_a_paper_is_registered_after_leave_has_ended() -> None:
    """The day stands as it was printed: nobody is told that it is past."""
    decision = noted("已批准缓报 | 2012-04-03 | 已收一致").decision
    assert decision
    assert list(decision.details.values()) == ["已批准缓报", "2012-04-03", "已收一致"]


def test_another_day_that_is_past_is_refused() -> None:
    """Who changes the day to one that is past is told so."""
    answer = noted("已批准缓报 | 2012-04-02 | 已收一致")
    assert answer.decision is None
    assert "已经过了" in answer.words


def test_an_emptied_note_is_taken_off() -> None:
    """Emptied cells take off what was registered; cells that are no longer there say nothing."""
    answer = noted(" | | ")
    assert answer.decision
    assert list(answer.decision.details.values()) == ["", "", ""]
    assert answer.said == "取消原来的登记"
    gone = f"# 下级情况\n| 编号 | 单位 |\n|---|---|\n| {NOTE} | 西岸县 |"
    assert answers(gone, ENDED) == []
