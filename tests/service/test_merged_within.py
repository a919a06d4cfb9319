"""A unit that ended within a period owes it, unless its successor says that it is reported there; never both."""

from __future__ import annotations

from pathlib import Path

import pytest

from sheetflow.config.workspace import create_workspace
from tests.service.test_mergers import ENDED, MERGED, consolidated
from tests.tiny.desk import (
    EAST,
    FIRST,
    IN_TIME_AGAIN,
    SECOND,
    SECOND_MONTH,
    SIGNED_AGAIN,
    WEST,
    Desk,
    Rows,
    Typed,
    head,
    outlets,
    patrols,
    settings_text,
    sound,
    words,
    write,
)
from tests.tiny.merging import MERGING, MERGING_NAME

pytestmark = pytest.mark.slow

THIRD, THIRD_TIME = "2012Q3", IN_TIME_AGAIN.replace(month=10, day=10)


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """Both counties have reported the first quarter; 东岸县 ends in May and 西岸县 takes it over."""
    assert ENDED.month == 5
    settings = settings_text(campaign=f'"{MERGING_NAME}"')
    create_workspace(tmp_path / "work", MERGED, settings)
    desk = Desk(tmp_path / "work")
    desk.issue()
    for unit_id, metres in ((EAST, 500), (WEST, 70)):
        hand_in(desk, unit_id, sound(metres), FIRST)
    desk.run()
    desk.issue(SECOND, IN_TIME_AGAIN)
    return desk


def hand_in(desk: Desk, unit_id: str, rows: Rows, period: str = SECOND) -> None:
    """Fill in a unit's workbook and drop it."""
    target = desk.root.parent / "clerks" / unit_id / f"{period}.xlsx"
    desk.drop(unit_id, write(desk.issued(unit_id, period), target, rows, forms=MERGING.forms))


def quarter(metres: int, takes_over: str = "") -> Rows:
    """Give what a county walked in the second quarter, and whether it reports for others."""
    walks = [{**patrols(metres, month=SECOND_MONTH)[0], "outlet": None}]
    said = {**head(day=SIGNED_AGAIN)[0], **({"takes_over": takes_over} if takes_over else {})}
    return {"head": [said], "patrols": walks}


def test_it_gets_its_own_workbook_and_counts_by_itself(desk: Desk) -> None:
    """东岸县 is issued the quarter in which it ended, and what both report is added once."""
    assert desk.states(SECOND)[EAST] == "missing"
    hand_in(desk, EAST, quarter(30))
    hand_in(desk, WEST, quarter(4, "否"))
    desk.run(IN_TIME_AGAIN)
    assert {desk.states(SECOND)[unit_id] for unit_id in (EAST, WEST)} == {"accepted"}
    _, lines = consolidated(desk, SECOND)
    assert (lines["H6"]["东岸县"], lines["H6"]["西岸县"], lines["H6"]["合计"]) == (530, 74, 604)
    assert lines["H1"]["合计"] == 4


def test_who_says_that_it_is_reported_there_reports_for_both(desk: Desk) -> None:
    """With the cell ticked 西岸县 reports alone: 东岸县 is expected no more, and its books stand in 西岸县's."""
    rows = {**quarter(34, "是"), "outlets": _with_books_of_east()}
    hand_in(desk, WEST, rows)
    desk.run(IN_TIME_AGAIN)
    assert desk.states(SECOND)[WEST] == "accepted"
    assert EAST not in desk.states(SECOND)
    keys, lines = consolidated(desk, SECOND)
    assert len(keys) == 4
    assert (lines["H1"]["合计"], lines["H6"]["合计"]) == (4, 604)


def test_what_is_reported_there_is_not_taken_twice(desk: Desk) -> None:
    """After 西岸县 ticked, 东岸县's own workbook is returned, and says whom to ask; nothing counts twice."""
    hand_in(desk, WEST, {**quarter(34, "是"), "outlets": _with_books_of_east()})
    desk.run(IN_TIME_AGAIN)
    hand_in(desk, EAST, quarter(30))
    desk.run(IN_TIME_AGAIN)
    assert desk.submissions(EAST)[-1].outcome == "returned"
    assert "由西岸县并入本单位填报" in words(desk.answer(EAST, "退回", SECOND))
    assert consolidated(desk, SECOND)[1]["H6"]["合计"] == 604


def test_what_was_reported_apart_cannot_be_taken_over(desk: Desk) -> None:
    """After 东岸县 reported by itself, a tick of 西岸县's is a 强制性 finding at its cell."""
    hand_in(desk, EAST, quarter(30))
    desk.run(IN_TIME_AGAIN)
    hand_in(desk, WEST, {**quarter(34, "是"), "outlets": _with_books_of_east()})
    desk.run(IN_TIME_AGAIN)
    assert desk.submissions(WEST)[-1].outcome == "returned"
    assert "东岸县已经单独报送了" in words(desk.answer(WEST, "退回", SECOND))


def test_one_pass_takes_only_one_of_the_two(desk: Desk) -> None:
    """Where both come in one pass, 东岸县 by itself and 西岸县 for both, the second hears of the first."""
    hand_in(desk, EAST, quarter(30))
    hand_in(desk, WEST, {**quarter(34, "是"), "outlets": _with_books_of_east()})
    desk.run(IN_TIME_AGAIN)
    outcomes = {desk.submissions(unit_id)[-1].outcome for unit_id in (EAST, WEST)}
    assert outcomes == {"accepted", "returned"}


def test_the_next_quarter_goes_on_in_the_successors_workbook(desk: Desk) -> None:
    """From the quarter after its end on 西岸县 goes on with 东岸县's books, whoever reported the last one."""
    hand_in(desk, EAST, quarter(30))
    hand_in(desk, WEST, quarter(4, "否"))
    desk.run(IN_TIME_AGAIN)
    desk.issue(THIRD, THIRD_TIME)
    assert f"{EAST}-P0001" in words(desk.issued(WEST, THIRD))
    assert EAST not in desk.states(THIRD)
    assert consolidated(desk, SECOND)[1]["H6"]["合计"] == 604


def _with_books_of_east() -> list[dict[str, Typed]]:
    """Type 东岸县's outlets below 西岸县's own, with the old unit before their keys."""
    rows = enumerate(outlets("已封堵", "整治中"), start=1)
    return [{}, {}, *({**row, "outlet_id": f"{EAST}-P000{number}"} for number, row in rows)]
