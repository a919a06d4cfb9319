"""A number that was taken back says so, and where the matter waits now; 预审 speaks of what would be."""

from __future__ import annotations

from dataclasses import replace

import pytest

from sheetflow.consolidation.review_rows import Known, answer_rows
from sheetflow.consolidation.review_typed import read_rows
from sheetflow.schemas.review import Decision, Matter, Verdict
from tests.consolidation.test_review_rows import (
    EAST_PASSING,
    SHEET,
    TODAY,
    WEST_PASSING,
    WEST_RECEIPT,
    answers,
    decision,
    waiting,
    waits,
)
from tests.drawing import draw
from tests.tiny.desk import EAST, WEST

AGAIN = f"{WEST_RECEIPT}-验2"
TAKEN_BACK: dict[str, Decision] = {
    WEST_PASSING: decision(WEST_PASSING, Matter.PASSING, Verdict.AGREE),
    f"{WEST_PASSING}-撤1": decision(f"{WEST_PASSING}-撤1", Matter.UNDOING, Verdict.UNDO),
}
ROW = waits(f"| {WEST_PASSING} | 西岸县 | 同意 | | | | |")


def test_a_number_taken_back_names_its_next_one() -> None:
    """Who decides in an older sheet what was taken back is told so, and under which number it waits."""
    now = replace(SHEET, waiting=(waiting(AGAIN, WEST),))
    (answer,) = answers(ROW, now, TAKEN_BACK)
    assert answer.decision is None
    assert answer.words == (
        f"原来的处理已由王某4月6日撤销，请在新的审核单里办理，现在的编号是{AGAIN}"
    )


def test_a_number_taken_back_of_what_waits_no_longer() -> None:
    """Where the unit has sent another workbook, nothing waits under a new number."""
    (answer,) = answers(ROW, replace(SHEET, waiting=()), TAKEN_BACK)
    assert answer.words == "原来的处理已由王某4月6日撤销，现在不用办理，请看新的审核单"


@pytest.mark.parametrize(
    ("cells", "words"),
    [
        ("同意 | ", "将验收"),
        ("退回 | 请改", "将退回，意见将发给东岸县"),
        ("请核实 | 为什么", "将请东岸县核实"),
    ],
)
def test_a_precheck_speaks_of_what_would_be(cells: str, words: str) -> None:
    """In 预审 nothing was done yet, and no word says it was."""
    typed = read_rows(draw(waits(f"| {EAST_PASSING} | 东岸县 | {cells} | | | |")))
    known = Known(
        past=dict[str, Decision]().get, why_not=str, below={EAST}, today=TODAY, is_meant=False
    )
    (answer,) = answer_rows(SHEET, typed, known)
    assert answer.words == words
