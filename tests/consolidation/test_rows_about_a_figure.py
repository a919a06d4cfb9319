"""待办 asks about one figure where the officer names it, and about the whole workbook where not."""

from __future__ import annotations

from dataclasses import replace

import pytest

from sheetflow.consolidation.row_answers import RowAnswer
from sheetflow.schemas.review import Matter
from tests.consolidation.test_review_rows import (
    EAST_PASSING,
    EAST_RECEIPT,
    SHEET,
    WEST_PASSING,
    answers,
    waiting,
)
from tests.tiny.desk import EAST

_ASKED = f"{EAST_RECEIPT}-答1-核P02-1-1"
_SHEET = replace(
    SHEET,
    indicators={"P01": "P01 排口数", "P02": "P02 巡查里程", "P03": "P03 河段", "P04": "P04 河段"},
    waiting=(
        replace(SHEET.waiting[0], insisted=("P01",), lacking=("P03",)),
        *SHEET.waiting[1:],
        replace(
            waiting(_ASKED, EAST, Matter.ANSWERED), about=f"{EAST_RECEIPT}-核P02-1", code="P02"
        ),
    ),
)


def _answer(number: str, verdict: str, indicator: str, proposed: str = "") -> RowAnswer:
    row = f"| {number} | | {verdict} | {indicator} | {'是多少？' * bool(verdict)} | {proposed} |"
    head = "# 待办\n| 编号 | 单位 | 处理 | 指标 | 意见 | 电话商定数 |\n|---|---|---|---|---|---|\n"
    (answer,) = answers(head + row, _SHEET)
    return answer


@pytest.mark.parametrize("verdict", ["请核实", "退回"])
@pytest.mark.parametrize("typed", ["P02 巡查里程", "P02", "ｐ０２", "巡查里程", "P02“巡查里程”"])
def test_a_figure_is_named_by_code_or_name(typed: str, verdict: str) -> None:
    """What the drop-down offers, the code alone and the name alone all mean the figure."""
    decision = _answer(EAST_PASSING, verdict, typed).decision
    assert decision
    assert (decision.matter, decision.about) == (Matter.PASSING, "P02")


def test_a_figure_agreed_by_telephone_is_proposed_of_any_indicator() -> None:
    """A number goes with 请核实 where an indicator is named, listed in 重点核对 or not."""
    decision = _answer(EAST_PASSING, "请核实", "P01", "12").decision
    assert decision
    assert (decision.about, decision.details["proposed"]) == ("P01", 12)
    again = _answer(_ASKED, "请核实", "P02 巡查里程", "310").decision
    assert again
    assert (again.about, again.details["proposed"]) == (f"{EAST_RECEIPT}-核P02-1", 310)


@pytest.mark.parametrize(
    ("number", "verdict", "indicator", "proposed", "words"),
    [
        (EAST_PASSING, "请核实", "", "12", "这一行没有写“指标”，不能写“电话商定数”"),
        (EAST_PASSING, "退回", "P02", "12", "“电话商定数”只随“请核实”写，并且要是一个数"),
        (EAST_PASSING, "请核实", "P99", "", "“P99”看不出是哪一个指标，请从下拉框里选，或者写代码"),
        (
            EAST_PASSING,
            "请核实",
            "河段",
            "",
            "“河段”看不出是哪一个指标，请从下拉框里选，或者写代码",
        ),
        (
            EAST_PASSING,
            "退回",
            "P03",
            "",
            "“P03”不在这份报表里，请另选一个",
        ),
        (EAST_PASSING, "同意", "P02", "", "“指标”只随退回、请核实写"),
        (EAST_PASSING, "退回", "P01", "", "“P01 排口数”两次退回，单位都说明无误，不再退回"),
        (_ASKED, "请核实", "P01", "", "这一行不能另写“指标”，请写在待验收的那一行"),
        (WEST_PASSING, "", "P02", "", "没有选“处理”"),
    ],
)
def test_a_figure_that_is_not_clear_decides_nothing(
    number: str, verdict: str, indicator: str, proposed: str, words: str
) -> None:
    """An unknown name, a number without its figure, another figure than was asked about: each is told."""
    answer = _answer(number, verdict, indicator, proposed)
    assert (answer.decision, answer.words) == (None, words)
