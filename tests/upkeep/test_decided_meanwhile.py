"""Who decides by command what somebody has just decided is told so, as an officer is."""

from __future__ import annotations

import pytest

from sheetflow.errors import StoreError
from sheetflow.schemas.review import Matter, NewDecision, Verdict
from sheetflow.service import deciding
from sheetflow.upkeep import decide as commands
from tests.tiny.desk import CITY, EAST, WEST, Desk


def test_a_command_that_comes_second_says_who_was_first(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An officer's row is recorded between the look and the word of the command: nothing passes silently."""
    desk.drop(EAST, desk.fill(WEST), name="西岸.xlsx")
    desk.run()
    (held,) = desk.submissions(EAST)
    assert held.outcome == "held"
    taken = f"{held.receipt}-认1"
    first = NewDecision(
        number=taken,
        unit_id=EAST,
        matter=Matter.HELD,
        verdict=Verdict.DISAGREE,
        by_unit=CITY,
        form=held.form,
        period=held.period,
        receipt=held.receipt,
        opinion="放错了文件夹",
        decider="王某",
    )
    assert desk.ask(lambda context: deciding.record_decision(context, first))
    monkeypatch.setattr(commands, "next_number", lambda *_: taken)
    with pytest.raises(StoreError, match="已由王某4月5日处理（不同意）"):
        desk.ask(lambda context: commands.decide(context, held.receipt, "release"))
