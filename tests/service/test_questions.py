"""How a question stands: what answers it, what keeps it waiting, and under which number it is asked again."""

from __future__ import annotations

from pathlib import Path

import pytest

from sheetflow.consolidation.reviews import Asked, questions_of
from sheetflow.schemas.review import FIGURE, Matter, Question, Verdict
from sheetflow.service.deciding import reviews_in
from tests.tiny.desk import EAST, FIRST, Desk, sound
from tests.tiny.forms import PATROL_FORM
from tests.tiny.superior import decide

FIRST_ONE, SECOND_ONE = f"{EAST}-{FIRST}-1", f"{EAST}-{FIRST}-2"
METRES = "H6"


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    """A county's workbook is accepted, and its city asked to let it pass."""
    monkeypatch.setenv("SHEETFLOW_REVIEW__POLICY", "by_deadline")
    desk = Desk.make(tmp_path / "office")
    desk.issue()
    hands_in(desk, 500)
    return desk


def hands_in(desk: Desk, metres: int) -> None:
    """The county hands in a workbook of so many metres."""
    desk.drop(EAST, desk.fill(EAST, sound(metres), name=f"{metres}.xlsx"))
    desk.run()


def asks(desk: Desk, receipt: str, figure: float) -> None:
    """The city asks about the metres, as a row of 重点核对 does."""
    about = {"matter": Matter.LOOK, "about": METRES, "details": {FIGURE: figure}}
    decide(desk, receipt, Verdict.QUERY, "请核对", **about)  # type: ignore[arg-type]
    desk.run()


def asked(desk: Desk) -> Asked:
    """The one question, as it stands."""
    review = desk.ask(lambda context: reviews_in(context, PATROL_FORM.key, FIRST, {EAST})[EAST])
    (found,) = questions_of(review)
    return found


def test_an_older_workbook_answers_no_question(desk: Desk) -> None:
    """That the figure was another one before it was asked about is no answer of the county's."""
    hands_in(desk, 900)
    asks(desk, SECOND_ONE, 900.0)
    assert asked(desk).state is Question.OPEN


def test_a_figure_that_is_changed_answers(desk: Desk) -> None:
    """Whoever changes the figure that was asked about has answered; the figures are written as people do."""
    asks(desk, FIRST_ONE, 500.0)
    hands_in(desk, 900)
    assert asked(desk).answer == "数字已由500改为900。"
