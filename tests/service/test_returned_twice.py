"""What was returned twice, and what was asked about, in the officer's 审核单: there is an end to both."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest

from sheetflow.consolidation.reviews import passing_of, questions_of
from sheetflow.schemas.layout import FIRST_ROW, ISSUE_COLUMNS, ISSUES_SHEET
from sheetflow.schemas.review import Passing, Question, Verdict
from sheetflow.service.deciding import reviews_in
from tests.tiny.desk import CITY, EAST, FIRST, TREE, Desk, table
from tests.tiny.forms import PATROL_FORM
from tests.tiny.officer import Officer


@pytest.fixture
def city(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Officer:
    """An officer of a city, one county of which has reported."""
    monkeypatch.setenv("SHEETFLOW_REVIEW__POLICY", "by_deadline")
    desk = Desk.make(tmp_path / "office")
    desk.issue()
    desk.drop(EAST, desk.fill(EAST))
    desk.run()
    return Officer(desk, CITY)


def handles(city: Officer, which: str, verdict: Verdict, opinion: str = "") -> None:
    """The officer decides in one row, and drops the sheet."""
    city.says(which, verdict.label, opinion).signs().drops()
    city.desk.run()


def explains(desk: Desk, number: int) -> None:
    """The county keeps its figures, and says why beside every line of the copy that came back."""
    (copy,) = desk.out(EAST, FIRST).glob(f"退回_*第{number}号*.xlsx")
    book = openpyxl.load_workbook(copy)
    page = book[ISSUES_SHEET]
    for row in range(FIRST_ROW, page.max_row + 1):
        if page.cell(row, 1).value:
            page.cell(row, len(ISSUE_COLUMNS)).value = f"第{number}次核对，无误"
    target = desk.root.parent / f"{number}.xlsx"
    book.save(target)
    book.close()
    desk.drop(EAST, target)
    desk.run()


def waiting(city: Officer) -> list[dict[str, object]]:
    """The rows of 待办 about the county, but for what the calendar proposes."""
    rows = table(city.sheet, "待办", "编号")
    return [row for row in rows if row["单位"] == TREE[EAST].name and row["事项"] != "建议延期"]


def test_what_was_returned_twice_is_not_offered_to_be_returned(city: Officer) -> None:
    """The county explains both returns: its figures count, the sheet says so, and takes no third return."""
    for number in (1, 2):
        handles(city, EAST, Verdict.RETURN, f"第{number}次：请核对")
        explains(city.desk, number)
    assert [each.outcome for each in city.desk.submissions(EAST)][-1] == "accepted"
    (row,) = waiting(city)
    assert "两次退回，单位都说明无误：双方意见并列，以单位的数为准" in str(row["内容"])
    handles(city, EAST, Verdict.RETURN, "第三次")
    assert [each.outcome for each in city.desk.submissions(EAST)][-1] == "accepted"


def test_what_was_asked_about_is_let_pass_and_the_question_closed_by_telephone(
    city: Officer,
) -> None:
    """After 请核实 the workbook is still 待验收; the question stands below as 待答复, and 办结 closes it."""
    handles(city, EAST, Verdict.QUERY, "请核对")
    passing, question = waiting(city)
    assert (passing["事项"], question["事项"]) == ("待验收", "待答复")
    handles(city, str(question["编号"]), Verdict.SETTLE)
    handles(city, str(passing["编号"]), Verdict.AGREE)
    assert waiting(city) == []
    review = city.desk.ask(
        lambda context: reviews_in(context, PATROL_FORM.key, FIRST, {EAST})[EAST]
    )
    (asked,) = questions_of(review)
    assert asked.state is Question.SETTLED
    assert passing_of(review) is Passing.PASSED
