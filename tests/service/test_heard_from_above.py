"""What a county hears of its city: a return keeps its workbook from counting, a question blocks nothing."""

from __future__ import annotations

from email.message import EmailMessage
from pathlib import Path

import openpyxl
import pytest

from sheetflow.findings import Finding
from sheetflow.schemas.documents import load_explanations, load_finding
from sheetflow.schemas.layout import FIRST_ROW, ISSUE_COLUMNS, ISSUES_SHEET
from sheetflow.schemas.review import Matter, Verdict
from sheetflow.store.records import Submission
from tests.tiny.desk import (
    EAST,
    FIRST,
    NEXT_DAY,
    PROVINCE,
    Desk,
    body,
    cell,
    outlets,
    sound,
    words,
)
from tests.tiny.superior import decide, undo

pytestmark = pytest.mark.slow

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
    assert finding.place.words == "整个工作簿"


def test_a_receipt_beside_its_returned_copy_says_so(desk: Desk) -> None:
    """回执_…第1号 lies beside 退回_…第1号: it names who returned and which file counts, until the return is undone."""
    decide(desk, FIRST_ONE, Verdict.RETURN, "请核对")
    desk.run()
    receipt = desk.answer(EAST, "回执_")
    told = words(receipt)
    assert "后来上游市退回" in told
    assert desk.answer(EAST, "退回_").name in told
    assert FIRST_ONE in told
    (returned,) = desk.ask(lambda context: context.store.decisions.find_all())
    undo(desk, returned)
    desk.run()
    assert "退回" not in words(desk.answer(EAST, "回执_"))


@pytest.mark.parametrize("is_typed", [False, True])
def test_a_returned_copy_goes_once_the_return_is_undone(desk: Desk, *, is_typed: bool) -> None:
    """After 撤销 of a 退回 its copy lies beside the receipt no longer; one that the clerk typed into stays."""
    number = decide(desk, FIRST_ONE, Verdict.RETURN, "请核对")
    desk.run()
    copy = desk.answer(EAST, "退回_")
    if is_typed:
        answered(copy, "已逐条核对", copy)
    content = copy.read_bytes()
    returned = desk.ask(lambda context: context.store.decisions.find(number))
    assert returned
    undo(desk, returned)
    desk.run()
    assert desk.answer(EAST, "回执_").exists()
    assert [each.read_bytes() for each in copy.parent.glob("退回_*")] == [content] * is_typed


def test_the_same_figures_again_are_returned_again(desk: Desk) -> None:
    """Who hands in the same figures without a word hears the city's return once more."""
    decide(desk, FIRST_ONE, Verdict.RETURN, "请核对")
    desk.run()
    desk.drop(EAST, desk.answer(EAST, "退回_"))
    desk.run()
    assert outcomes(desk) == ["returned", "returned"]


def test_a_third_is_the_same_third_again(desk: Desk) -> None:
    """A ratio that never ends is no other figure for having been stored."""
    thirds = {**sound(500), "outlets": outlets("已封堵", "整治中", "整治中")}
    desk.drop(EAST, desk.fill(EAST, thirds, name="更正.xlsx"))
    desk.run()
    second = desk.submissions(EAST)[-1]
    assert second.outcome == "accepted"
    decide(desk, second.receipt, Verdict.RETURN, "请核对")
    desk.run()
    desk.drop(EAST, desk.answer(EAST, "退回_"))
    desk.run()
    assert outcomes(desk)[1:] == ["returned", "returned"]


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
    before = len(desk.mails(EAST))
    undo(desk, decision)
    desk.run()
    assert outcomes(desk) == ["accepted"]
    assert len(desk.mails(EAST)) == before + 1
    (told,) = [mail for mail in desk.mails(EAST) if "撤销" in str(mail["Subject"])]
    assert "上游市撤销退回：东岸县" in str(told["Subject"])
    assert "（第1号）的退回。这一份照常使用" in body(told)


def test_what_nobody_was_told_of_is_not_taken_back_by_mail(desk: Desk) -> None:
    """A return that is taken back before its unit heard of it makes no letter."""
    number = decide(desk, FIRST_ONE, Verdict.RETURN, "请核对")
    decision = desk.ask(lambda context: context.store.decisions.find(number))
    assert decision is not None
    undo(desk, decision)
    desk.run()
    assert not [mail for mail in desk.mails(EAST) if "撤销" in str(mail["Subject"])]


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


def mail_about(desk: Desk, subject: str) -> EmailMessage:
    """The county's one mail with these words in its subject."""
    (found,) = [mail for mail in desk.mails(EAST) if subject in str(mail["Subject"])]
    return found


def page_of(desk: Desk) -> str:
    """The county's own page."""
    return desk.answer(EAST, "报送进度_").read_text(encoding="utf-8")


def test_the_mail_of_a_return_names_who_returned_it(desk: Desk) -> None:
    """A clerk reads who returned the workbook, where it says why, and whom to ring."""
    decide(desk, FIRST_ONE, Verdict.RETURN, "里程与上季度相差太大")
    desk.run()
    text = body(mail_about(desk, "上游市退回"))
    assert "上游市退回：原话见“问题清单”" in text
    assert "上游市退回：里程与上季度相差太大" in words(desk.answer(EAST, "退回_"))
    assert "请打电话问上游市" in text
    assert "上游市退回（第1号）" in page_of(desk)


def test_a_question_comes_with_a_copy_to_answer_in(desk: Desk, tmp_path: Path) -> None:
    """The county gets a mail with its own workbook, answers there, and what it answered is with the data."""
    decide(desk, FIRST_ONE, Verdict.QUERY, "里程是否含支流", matter=Matter.LOOK, about="H6")
    desk.run()
    mail = mail_about(desk, "上游市请核实")
    assert "上游市请核实：原话见“问题清单”" in body(mail)
    assert "上游市请核实：里程是否含支流" in words(desk.answer(EAST, "请核实_"))
    assert [part.get_filename() for part in mail.iter_attachments()] == [
        desk.answer(EAST, "请核实_").name
    ]
    assert "上游市请核实1处，还没有答复" in page_of(desk)
    copy = answered(desk.answer(EAST, "请核实_"), "含支流，已核对", tmp_path / "答.xlsx")
    desk.drop(EAST, copy)
    desk.run()
    *_, last = desk.submissions(EAST)
    assert last.outcome == "accepted"
    assert said_of(desk, last) == {"superior-question": "含支流，已核对"}
    assert "已答复上游市1处，等它办结" in page_of(desk)


def test_a_question_is_mailed_once(desk: Desk) -> None:
    """What is asked already is not mailed again when something else is decided; a new question is."""
    decide(desk, FIRST_ONE, Verdict.QUERY, "里程是否含支流", matter=Matter.LOOK, about="H6")
    desk.run()
    before = len(desk.mails(EAST))
    decide(desk, FIRST_ONE, Verdict.QUERY, "排口数", matter=Matter.LOOK, about="H1")
    desk.run()
    assert len(desk.mails(EAST)) == before + 1
    assert any("有2处请你单位核实" in body(mail) for mail in desk.mails(EAST))


def test_a_question_taken_back_leaves_nothing_to_answer(desk: Desk) -> None:
    """When the city takes its question back, the copy is withdrawn, one mail says so and the page is calm."""
    number = decide(desk, FIRST_ONE, Verdict.QUERY, "里程是否含支流")
    desk.run()
    before = len(desk.mails(EAST))
    decision = desk.ask(lambda context: context.store.decisions.find(number))
    assert decision is not None
    undo(desk, decision)
    desk.run()
    assert not [name for name in desk.names(EAST) if name.startswith("请核实_")]
    assert len(desk.mails(EAST)) == before + 1
    (told,) = [mail for mail in desk.mails(EAST) if "撤销" in str(mail["Subject"])]
    assert "上游市撤销请核实：东岸县" in str(told["Subject"])
    assert "这件事不用再答复" in body(told)
    assert "请核实" not in page_of(desk)


def test_a_question_of_the_province_waits_in_the_city(desk: Desk) -> None:
    """What the province asks about a county is no question to the county until the city passes it on."""
    decide(desk, FIRST_ONE, Verdict.QUERY, "里程是否含支流", by_unit=PROVINCE)
    desk.run()
    (submission,) = desk.submissions(EAST)
    assert findings_of(desk, submission) == []


def test_a_figure_agreed_by_telephone_is_the_countys_own(desk: Desk, tmp_path: Path) -> None:
    """同意 alone changes nothing and answers nothing; with the county's own figure it does."""
    details = {"proposed": 1200}
    decide(desk, FIRST_ONE, Verdict.QUERY, "里程", matter=Matter.LOOK, about="H6", details=details)
    desk.run()
    copy = answered(desk.answer(EAST, "请核实_"), "同意", tmp_path / "答.xlsx")
    desk.drop(EAST, copy)
    desk.run()
    *_, last = desk.submissions(EAST)
    assert said_of(desk, last) == {}
    assert "superior-agreed" in [each.rule for each in findings_of(desk, last)]
    book = openpyxl.load_workbook(copy)
    patrols = book["巡河日志"]
    patrols[cell("patrols", "metres")] = 1200
    book.save(copy)
    desk.drop(EAST, copy)
    desk.run()
    *_, last = desk.submissions(EAST)
    assert said_of(desk, last) == {"superior-question": "同意"}


def test_precheck_hears_what_was_returned(desk: Desk) -> None:
    """Who checks beforehand is told of the city's return too."""
    decide(desk, FIRST_ONE, Verdict.RETURN, "请核对")
    desk.run()
    desk.drop(EAST, desk.fill(EAST, name="先看.xlsx"), folder="预审")
    desk.run()
    assert "上游市退回：" in body(mail_about(desk, "预审"))


@pytest.mark.parametrize("is_passed", [False, True])
def test_what_was_said_of_a_return_goes_on_with_a_later_answer(
    desk: Desk, tmp_path: Path, *, is_passed: bool
) -> None:
    """A copy says what was said of an earlier return: it stays beside the data, and is never called unused."""
    decide(desk, FIRST_ONE, Verdict.RETURN, "请核对")
    desk.run()
    copy = desk.answer(EAST, "退回_")
    desk.drop(EAST, answered(copy, "已逐条核对，里程无误", tmp_path / "答.xlsx"))
    desk.run()
    second = f"{EAST}-{FIRST}-2"
    if is_passed:
        decide(desk, second, Verdict.AGREE)
    decide(desk, second, Verdict.QUERY, "是否含支流", matter=Matter.LOOK, about="H6")
    desk.run()
    copy = answered(desk.answer(EAST, "请核实_"), "不含支流，已改", tmp_path / "再答.xlsx")
    book = openpyxl.load_workbook(copy)
    book["巡河日志"][cell("patrols", "metres")] = 450
    book.save(copy)
    desk.drop(EAST, copy)
    desk.run()
    *_, last = desk.submissions(EAST)
    assert last.outcome == "accepted"
    assert "explanation-unused" not in [each.rule for each in findings_of(desk, last)]
    assert said_of(desk, last) == {
        "superior-return": "已逐条核对，里程无误",
        "superior-question": "不含支流，已改",
    }
