"""What a county hears of its city: a return keeps its workbook from counting, a question blocks nothing."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest

from sheetflow.findings import Finding
from sheetflow.schemas.documents import load_explanations, load_finding
from sheetflow.schemas.layout import FIRST_ROW, ISSUE_COLUMNS, ISSUES_SHEET
from sheetflow.schemas.review import Matter, Verdict
from sheetflow.store.records import Submission
from tests.tiny.desk import EAST, FIRST, NEXT_DAY, Desk, sound
from tests.tiny.superior import decide, undo

FIRST_ONE = f"{EAST}-{FIRST}-1"
MORE = sound(500, 700)


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """A county's workbook is accepted."""
    desk = Desk.make(tmp_path / "office")
    desk.issue()
    desk.drop(EAST, desk.fill(EAST))
    desk.run()
    return desk


def findings_of(desk: Desk, submission: Submission) -> list[Finding]:
    """What was found in a submission, as it stands."""
    contents = desk.ask(lambda context: context.store.contents.find_findings(submission))
    return [load_finding(each) for each in contents]


def said_of(desk: Desk, submission: Submission) -> dict[str, str]:
    """What the county says of it, by the rule."""
    kept = desk.ask(lambda context: context.store.contents.find_explanations(submission))
    return {identity[0]: said.text for identity, said in load_explanations(kept).items()}


def answered(copy: Path, text: str, target: Path) -> Path:
    """Answer the first line of a copy's 问题清单."""
    book = openpyxl.load_workbook(copy)
    book[ISSUES_SHEET].cell(FIRST_ROW, len(ISSUE_COLUMNS)).value = text
    target.parent.mkdir(parents=True, exist_ok=True)
    book.save(target)
    book.close()
    return target


def outcomes(desk: Desk) -> list[str]:
    """How the county's submissions stand."""
    return [each.outcome for each in desk.submissions(EAST)]


def test_what_a_superior_returned_counts_no_more(desk: Desk) -> None:
    """A workbook that the city returns is returned, with the city's name and words in the finding."""
    decide(desk, FIRST_ONE, Verdict.RETURN, "里程与上季度相差太大")
    desk.run()
    (submission,) = desk.submissions(EAST)
    assert submission.outcome == "returned"
    (finding,) = findings_of(desk, submission)
    assert finding.rule == "superior-return"
    told = finding.arguments
    assert (told["by"], told["said"]) == ("上游市", "里程与上季度相差太大")


def test_the_same_figures_again_are_returned_again(desk: Desk) -> None:
    """Who hands in the same figures without a word hears the city's return once more."""
    decide(desk, FIRST_ONE, Verdict.RETURN, "请核对")
    desk.run()
    desk.drop(EAST, desk.answer(EAST, "退回_"))
    desk.run()
    assert outcomes(desk) == ["returned", "returned"]


def test_other_figures_are_judged_by_themselves(desk: Desk) -> None:
    """Who mends the figures is accepted, and the city's return is past."""
    decide(desk, FIRST_ONE, Verdict.RETURN, "请核对")
    desk.run()
    desk.drop(EAST, desk.fill(EAST, MORE))
    desk.run()
    assert outcomes(desk) == ["returned", "accepted"]


def test_only_the_figure_that_was_returned_is_asked_after(desk: Desk) -> None:
    """A return of one figure stands though another one was changed."""
    decide(desk, FIRST_ONE, Verdict.RETURN, "请核对", matter=Matter.LOOK, about="H1")
    desk.run()
    desk.drop(EAST, desk.fill(EAST, MORE))
    desk.run()
    *_, last = desk.submissions(EAST)
    assert last.outcome == "returned"
    assert [each.place.column for each in findings_of(desk, last)] == ["H1"]


def test_a_return_may_be_answered_like_any_doubt(desk: Desk, tmp_path: Path) -> None:
    """A county that keeps its figures with a reason is accepted, and its words stand beside the city's."""
    decide(desk, FIRST_ONE, Verdict.RETURN, "请核对")
    desk.run()
    copy = desk.answer(EAST, "退回_")
    desk.drop(EAST, answered(copy, "已逐条核对，里程无误", tmp_path / "答.xlsx"))
    desk.run()
    *_, last = desk.submissions(EAST)
    assert last.outcome == "accepted"
    assert said_of(desk, last) == {"superior-return": "已逐条核对，里程无误"}


def test_a_second_return_wants_an_answer_of_its_own(desk: Desk, tmp_path: Path) -> None:
    """The words that answered the first return do not answer the second, though it says the same."""
    decide(desk, FIRST_ONE, Verdict.RETURN, "请核对")
    desk.run()
    copy = desk.answer(EAST, "退回_")
    desk.drop(EAST, answered(copy, "已逐条核对，里程无误", tmp_path / "答.xlsx"))
    desk.run()
    decide(desk, f"{EAST}-{FIRST}-2", Verdict.RETURN, "请核对")
    desk.run()
    assert outcomes(desk) == ["returned", "returned"]


def test_a_return_that_is_taken_back_is_heard_no_more(desk: Desk) -> None:
    """When the city takes its return back, the workbook counts as before."""
    number = decide(desk, FIRST_ONE, Verdict.RETURN, "请核对")
    desk.run()
    decision = desk.ask(lambda context: context.store.decisions.find(number))
    assert decision is not None
    undo(desk, decision)
    desk.run()
    assert outcomes(desk) == ["accepted"]


def test_what_mends_a_return_is_not_late(desk: Desk) -> None:
    """Who was in time and mends what the city returned after the deadline is not late."""
    decide(desk, FIRST_ONE, Verdict.RETURN, "请核对", at=NEXT_DAY)
    desk.run(NEXT_DAY)
    desk.drop(EAST, desk.fill(EAST, MORE))
    desk.run(NEXT_DAY)
    assert [(each.outcome, each.late) for each in desk.submissions(EAST)] == [
        ("returned", False),
        ("accepted", False),
    ]


def test_a_question_blocks_nothing(desk: Desk) -> None:
    """A workbook that the city asks about goes on counting, and bears the question."""
    decide(desk, FIRST_ONE, Verdict.QUERY, "里程是否含支流", matter=Matter.LOOK, about="H6")
    desk.run()
    (submission,) = desk.submissions(EAST)
    assert submission.outcome == "accepted"
    (finding,) = findings_of(desk, submission)
    assert (finding.rule, finding.place.column) == ("superior-question", "H6")
