"""An answer that was on its way as its superior took the question back, or settled it: it is told, and goes up."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from sheetflow.schemas.review import Matter, Verdict
from tests.service.test_heard_from_above import FIRST_ONE, answered, said_of
from tests.tiny.desk import CITY, EAST, NEXT_DAY, Desk, body, table
from tests.tiny.officer import Officer
from tests.tiny.superior import decide, undo

pytestmark = pytest.mark.slow

WORDS = "里程按巡查日志逐日加总"


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    """A county's workbook was accepted in time."""
    monkeypatch.setenv("SHEETFLOW_REVIEW__POLICY", "by_deadline")
    desk = Desk.make(tmp_path / "office")
    desk.issue()
    desk.drop(EAST, desk.fill(EAST))
    desk.run()
    return desk


def answers(desk: Desk, start: str) -> Path:
    """The county answers in the copy that lies there."""
    return answered(desk.answer(EAST, start), WORDS, desk.root.parent / "答.xlsx")


def takes_back(desk: Desk) -> None:
    """The city takes back what it decided last."""
    undo(desk, desk.ask(lambda context: context.store.decisions.find_all())[-1])
    desk.run()


def told(desk: Desk) -> tuple[str, str]:
    """The county's last letter, and what waits for the city of its workbook."""
    *_, last = desk.mails(EAST)
    rows = table(Officer(desk, CITY).sheet, "待办", "编号")
    (row,) = [each for each in rows if each["事项"] == "待验收"]
    return body(last), str(row["内容"])


@pytest.mark.parametrize("how", ["撤销", "办结"])
def test_an_answer_to_a_question_that_is_over_goes_up(desk: Desk, how: str) -> None:
    """The letter says that the question is over, not that nothing was taken; the city reads the answer."""
    number = decide(desk, FIRST_ONE, Verdict.QUERY, "是多少？", matter=Matter.LOOK, about="H6")
    desk.run()
    file = answers(desk, "请核实_")
    if how == "撤销":
        takes_back(desk)
    else:
        decide(desk, FIRST_ONE, Verdict.SETTLE, matter=Matter.ANSWERED, about=number)
        desk.run()
    desk.drop(EAST, file)
    desk.run(NEXT_DAY + dt.timedelta(days=1))
    assert [each.outcome for each in desk.submissions(EAST)] == ["accepted", "accepted"]
    letter, row = told(desk)
    assert f"上游市（这一问已{how}" in letter
    assert "没有采用" not in letter
    assert WORDS in row
    assert f"这一问已{how}" in row


def test_an_answer_to_a_return_that_was_taken_back_goes_up(desk: Desk) -> None:
    """Explained in the returned copy, after 撤销: it is accepted, and the words stand beside the data."""
    decide(desk, FIRST_ONE, Verdict.RETURN, "请核对")
    desk.run()
    file = answers(desk, "退回_")
    takes_back(desk)
    desk.drop(EAST, file)
    desk.run(NEXT_DAY + dt.timedelta(days=1))
    assert said_of(desk, desk.submissions(EAST)[-1]) == {"superior-return": WORDS}
    letter, row = told(desk)
    assert "没有采用" not in letter
    assert WORDS in row
    assert "上游市（已撤销" in row


def test_what_is_over_says_nothing_where_nothing_is_said_of_it(desk: Desk) -> None:
    """A workbook that comes later bears no word of a question that was taken back."""
    decide(desk, FIRST_ONE, Verdict.QUERY, "是多少？", matter=Matter.LOOK, about="H6")
    desk.run()
    takes_back(desk)
    desk.drop(EAST, desk.fill(EAST, name="再报.xlsx"))
    desk.run()
    last = desk.submissions(EAST)[-1]
    found = desk.ask(lambda context: context.store.contents.find_findings(last))
    assert [each["rule"] for each in found if str(each["rule"]).startswith("superior-")] == []
