"""报送进度 names what a superior asks whatever else is open: a question is not lost beside something to mend."""

from __future__ import annotations

from pathlib import Path

import pytest

from sheetflow.schemas.review import Matter, Verdict
from tests.service.test_heard_from_above import FIRST_ONE, outcomes
from tests.service.test_unit_progress import WRONG, page, said
from tests.tiny.desk import EAST, Desk
from tests.tiny.superior import decide


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    """A county's workbook is accepted, and its city asks about one figure of it."""
    monkeypatch.setenv("SHEETFLOW_REVIEW__POLICY", "by_deadline")
    desk = Desk.make(tmp_path / "office")
    desk.issue()
    desk.drop(EAST, desk.fill(EAST))
    desk.run()
    decide(desk, FIRST_ONE, Verdict.QUERY, "是多少？", matter=Matter.LOOK, about="H6")
    return desk


def test_a_question_stands_beside_a_return(desk: Desk) -> None:
    """What was asked about is returned as well: the page counts both, and says where the question is answered."""
    decide(desk, FIRST_ONE, Verdict.RETURN, "请重填")
    desk.run()
    assert outcomes(desk) == ["returned"]
    text = page(desk, EAST)
    assert "上游市请核实1处，还没有答复" in text
    assert "请核实的，在同一张《问题清单》里答复" in said(text)


def test_a_question_stands_beside_a_workbook_to_mend(desk: Desk) -> None:
    """A later workbook has a mistake: that it may be left alone is not all that the page says."""
    desk.run()
    desk.drop(EAST, desk.fill(EAST, WRONG))
    desk.run()
    assert outcomes(desk) == ["accepted", "returned"]
    box = said(page(desk, EAST))
    assert "不改就不用处理" in box
    assert "另外，上游市有1处请核实" in box
