"""The list of what waits and what was decided: whoever looks after the service sees it whole."""

from __future__ import annotations

import json
from dataclasses import replace
from functools import partial

import pytest

from sheetflow.schemas.review import REASON, REASONS, UNTIL, Matter, NewDecision, Verdict
from sheetflow.service.deciding import record_decision
from tests.cli.conftest import Cli
from tests.tiny.desk import (
    AT,
    CITIES_DAY,
    CITY,
    EAST,
    FIRST,
    OTHER_CITY,
    SECOND,
    WEST,
    Desk,
    sound,
)
from tests.tiny.forms import PATROL_FORM


@pytest.fixture
def served(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> Desk:
    """One workbook accepted, and another unit's in its folder; the city is asked."""
    monkeypatch.setenv("SHEETFLOW_REVIEW__POLICY", "by_deadline")
    desk.drop(EAST, desk.fill(EAST))
    desk.run()
    desk.drop(EAST, desk.fill(WEST, sound(70)), name="西岸.xlsx")
    desk.run()
    return desk


def test_what_waits_is_listed_with_whose_it_is(cli: Cli, served: Desk) -> None:
    """Each thing has its number, its unit, its word and whose decision it is."""
    told = cli("-C", served.root, *AT, "decisions")
    assert told.code == 0
    assert "等待决定4项" in told.out
    lines = told.out.replace("\n", "")
    assert f"{EAST}-{FIRST}-1-验1　{EAST} 东岸县　待验收　由{CITY} 上游市决定" in lines
    assert f"{CITY} 上游市　建议延期　由{CITY} 上游市决定" in lines
    assert f"{EAST}-{FIRST}-2-认1　{EAST} 东岸县　待确认　由{CITY} 上游市决定" in lines
    assert "还没有作过决定" in told.out


def test_what_was_decided_is_listed_with_its_reason(cli: Cli, served: Desk) -> None:
    """A command's decision has its number, who gave it and why; it waits no longer."""
    receipt = f"{EAST}-{FIRST}-2"
    cli("-C", served.root, *AT, "reject", receipt, "--why", "放错了文件夹")
    told = cli("-C", served.root, *AT, "decisions")
    assert "等待决定3项" in told.out
    (line,) = [each for each in told.out.splitlines() if f"{receipt}-认1" in each]
    assert "待确认：不同意（管理员" in line
    assert "放错了文件夹" in told.out


def test_programs_read_the_same(cli: Cli, served: Desk) -> None:
    """--json gives what waits and what was decided, of one period or of all."""
    cli("-C", served.root, *AT, "reject", f"{EAST}-{FIRST}-2", "--why", "放错了文件夹")
    told = json.loads(cli("-C", served.root, *AT, "decisions", "--json").out)
    waits = [(each["matter"], each["by_unit"]) for each in told["waiting"]]
    offered = [("postponement", CITY), ("postponement", OTHER_CITY)]
    assert waits == [*offered, ("passing", CITY)]
    (decided,) = told["decided"]
    assert (decided["verdict"], decided["opinion"]) == ("disagree", "放错了文件夹")
    assert (decided["undone"], decided["arrival_id"]) == (False, 0)
    other = cli("-C", served.root, *AT, "decisions", "--period", SECOND, "--json").out
    assert json.loads(other) == {"waiting": [], "decided": []}


def test_what_was_registered_and_what_was_taken_back_is_said(cli: Cli, served: Desk) -> None:
    """下级情况 is listed with what was registered, 撤销 with the decision that it took back."""
    leave = NewDecision(
        number=f"{WEST}-{FIRST}-况1",
        unit_id=WEST,
        matter=Matter.UNIT,
        verdict=Verdict.NOTED,
        by_unit=CITY,
        form=PATROL_FORM.key,
        period=FIRST,
        details={REASON: REASONS[0], UNTIL: CITIES_DAY.date().isoformat()},
    )
    undone = replace(
        leave,
        number=f"{leave.number}-撤1",
        matter=Matter.UNDOING,
        verdict=Verdict.UNDO,
        about=leave.number,
        details={},
    )
    for each in (leave, undone):
        assert served.ask(partial(record_decision, decision=each))
    lines = cli("-C", served.root, *AT, "decisions").out.splitlines()
    day = "4月9日"
    assert any(f"下级情况：登记已批准缓报（至{day}）" in each for each in lines)
    assert any(
        f"撤销：{leave.number}（下级情况：登记已批准缓报（至{day}））" in each for each in lines
    )
