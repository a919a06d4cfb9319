"""What a city asks and a county answers stays between those two; what was returned and explained goes up."""

from __future__ import annotations

from pathlib import Path

import pytest

from sheetflow.context import Context
from sheetflow.periods import Period
from sheetflow.schemas.review import Matter, Verdict
from sheetflow.service.attention import looks_of
from sheetflow.service.books import books_of
from tests.service.test_heard_from_above import answered
from tests.tiny.desk import CITY, EAST, FIRST, PROVINCE, Desk, words
from tests.tiny.forms import PATROL_FORM
from tests.tiny.superior import decide

FIRST_ONE = f"{EAST}-{FIRST}-1"


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    """A county's workbook is accepted, and goes up at once."""
    monkeypatch.setenv("SHEETFLOW_REVIEW__POLICY", "flag")
    desk = Desk.make(tmp_path / "office")
    desk.issue()
    desk.drop(EAST, desk.fill(EAST))
    desk.run()
    return desk


def _why(desk: Desk, unit_id: str) -> str:
    """Why a unit is to look at something of those below it."""

    def ask(context: Context) -> str:
        books = books_of(context, PATROL_FORM, Period.parse(FIRST))
        rows, _, _ = looks_of(context, context.tree[unit_id], books)
        return "；".join(why for row in rows for why in row.why)

    return desk.ask(ask)


def test_an_answer_to_a_question_goes_to_who_asked_alone(desk: Desk, tmp_path: Path) -> None:
    """Neither the question nor its answer stands in a 汇总表, and an answer is no new thing to look at."""
    decide(desk, FIRST_ONE, Verdict.QUERY, "里程是否含支流", matter=Matter.LOOK, about="H6")
    desk.run()
    copy = answered(desk.answer(EAST, "请核实_"), "含支流，已核对", tmp_path / "答.xlsx")
    desk.drop(EAST, copy)
    desk.run()
    for unit_id in (CITY, PROVINCE):
        told = words(desk.answer(unit_id, "汇总表"))
        assert "含支流" not in told
        assert "请核实" not in told
    assert "情况说明" not in _why(desk, CITY)
    (waiting,) = (path for path in desk.out(CITY, FIRST).glob("审核单_*"))
    assert "含支流，已核对" in words(waiting)


def test_what_was_returned_and_explained_goes_up(desk: Desk, tmp_path: Path) -> None:
    """A county that keeps its figures has both statements in the books of everybody above."""
    decide(desk, FIRST_ONE, Verdict.RETURN, "请核对")
    desk.run()
    desk.drop(EAST, answered(desk.answer(EAST, "退回_"), "已逐条核对", tmp_path / "答.xlsx"))
    desk.run()
    for unit_id in (CITY, PROVINCE):
        told = words(desk.answer(unit_id, "汇总表"))
        assert "已逐条核对" in told
        assert "上游市退回：请核对" in told
    assert "已作情况说明" in _why(desk, CITY)
