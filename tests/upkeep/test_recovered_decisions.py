"""A database made again from the archive decides again what came in 审核单, and names what came by command."""

from __future__ import annotations

import pytest

from sheetflow.schemas.review import Decision, Matter, Verdict
from sheetflow.upkeep.decide import decide
from sheetflow.upkeep.recover import recover
from tests.tiny.desk import CITIES_DAY, CITY, EAST, FIRST, IN_TIME, NEXT_DAY, WEST, Desk, sound
from tests.tiny.officer import Officer


@pytest.fixture
def decided(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> Desk:
    """The city passed one workbook and returned another by 审核单; the administrator rejected a third."""
    monkeypatch.setenv("SHEETFLOW_REVIEW__POLICY", "by_deadline")
    for unit_id in (EAST, WEST):
        desk.drop(unit_id, desk.fill(unit_id))
    desk.run(IN_TIME)
    officer = Officer(desk, CITY)
    officer.says(EAST, "同意").says(WEST, "退回", "里程偏大").signs().drops()
    desk.run(NEXT_DAY)
    desk.drop(EAST, desk.fill(WEST, sound(70)), name="西岸.xlsx")
    desk.run(NEXT_DAY)
    (held,) = [each for each in desk.submissions(EAST) if each.outcome == "held"]
    desk.ask(lambda context: decide(context, held.receipt, "reject", "放错了"), NEXT_DAY)
    return desk


def decisions(desk: Desk) -> dict[str, Decision]:
    """What was decided, by number."""
    found = desk.ask(lambda context: context.store.decisions.find_all())
    return {each.number: each for each in found}


def test_what_came_in_a_sheet_is_decided_again(decided: Desk) -> None:
    """The same numbers, verdicts, words and names stand, and only the command is named as lost."""
    before = decisions(decided)
    assert [each.verdict for each in before.values()] == [
        Verdict.AGREE,
        Verdict.RETURN,
        Verdict.DISAGREE,
    ]
    found = recover(decided.root, force=True, at=CITIES_DAY)
    after = decisions(decided)
    by_sheet = {number for number, each in before.items() if each.matter is Matter.PASSING}
    assert set(after) == by_sheet
    for number in by_sheet:
        was, now = before[number], after[number]
        assert (now.verdict, now.opinion, now.decider) == (was.verdict, was.opinion, was.decider)
        assert (now.by_unit, now.receipt) == (CITY, was.receipt)
    assert found.lost_decisions is not None
    (lost,) = found.lost_decisions
    assert f"{EAST}-{FIRST}-2-认1 不同意" in lost
    states = {each.receipt: each.outcome for each in decided.submissions()}
    assert states[f"{WEST}-{FIRST}-1"] == "returned"
