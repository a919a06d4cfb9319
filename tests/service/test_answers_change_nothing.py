"""A workbook that only answers a question is no correction: its 验收 stands, and nobody is to look again."""

from __future__ import annotations

from pathlib import Path

import pytest

from sheetflow.periods import Period
from sheetflow.schemas.review import FIGURE, Matter, Passing, Verdict
from sheetflow.service.passing import passing_by_unit, reviews_of
from tests.service.test_heard_from_above import answered
from tests.tiny.desk import EAST, FIRST, NEXT_DAY, Desk, body, sound
from tests.tiny.forms import PATROL_FORM
from tests.tiny.superior import decide

FIRST_ONE = f"{EAST}-{FIRST}-1"


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    """A county's workbook was let pass, and its metres were asked about afterwards."""
    monkeypatch.setenv("SHEETFLOW_REVIEW__POLICY", "by_deadline")
    desk = Desk.make(tmp_path / "office")
    desk.issue()
    desk.drop(EAST, desk.fill(EAST, sound(500)))
    desk.run()
    decide(desk, FIRST_ONE, Verdict.AGREE)
    about = {"matter": Matter.LOOK, "about": "H6", "details": {FIGURE: 500.0}}
    decide(desk, FIRST_ONE, Verdict.QUERY, "请核对", **about)  # type: ignore[arg-type]
    desk.run()
    return desk


def passing(desk: Desk) -> Passing:
    """How the county's 验收 stands."""
    listed = desk.submissions(EAST)
    found = desk.ask(
        lambda context: passing_by_unit(
            reviews_of(context, PATROL_FORM, Period.parse(FIRST), listed)
        )
    )
    return found[EAST]


def test_an_answer_keeps_the_passing(desk: Desk, tmp_path: Path) -> None:
    """Who answers and changes no figure stays 已验收, and is told that nothing was changed."""
    copy = desk.answer(EAST, "请核实_")
    desk.drop(EAST, answered(copy, "已逐条核对，里程无误", tmp_path / "答.xlsx"))
    desk.run(NEXT_DAY)
    assert [each.outcome for each in desk.submissions(EAST)] == ["accepted", "accepted"]
    assert passing(desk) is Passing.PASSED
    told = [body(mail) for mail in desk.mails(EAST)]
    assert [text for text in told if "数字没有变" in text]
    assert not [text for text in told if "的更正" in text]


def test_another_figure_is_a_change(desk: Desk) -> None:
    """Who changes the figure that was asked about has to pass again."""
    desk.drop(EAST, desk.fill(EAST, sound(900)))
    desk.run()
    assert passing(desk) is Passing.CHANGED
    assert [mail for mail in desk.mails(EAST) if "第1号的更正" in body(mail)]
