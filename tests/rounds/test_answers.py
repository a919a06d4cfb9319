"""What clerks do to a returned copy besides mending: answer, sort, move, delete, misplace."""

from __future__ import annotations

import io
import warnings
from collections.abc import Callable
from functools import cache

import openpyxl
import pytest
from openpyxl.workbook import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from sheetflow.findings import Finding, Severity
from sheetflow.pipeline import judge
from sheetflow.schemas.book import Judgement, JudgingContext, Outcome
from sheetflow.schemas.layout import FIRST_ROW, ISSUES_SHEET
from sheetflow.validators.explanations import is_open
from tests.county_book import CAMPAIGN, cell, context, drawn, named
from tests.rounds.forty import FORTY
from tests.rounds.reader import put_right
from tests.rounds.scene import after_first_period, compared, judged_file, returned_copy

pytestmark = pytest.mark.slow

ANSWER, BESIDE, NUMBER, REMEDY = 9, 10, 2, 8
LATE = "@ 走访记录 日期 4 = 2012-02-28\n@ 走访记录 日期 5 = 2012-02-28\n"
"""Two visits of the period before: two findings to explain, which say the very same."""
ABOUT = "@ 走访记录 走访妇女人次 4 = 约20\n"
SAID = "上期漏报，已与乡镇核对"


@cache
def known() -> JudgingContext:
    """What is known of the county."""
    return context()


@cache
def first(changes: str) -> Judgement:
    """The first attempt."""
    return judge(drawn(changes), CAMPAIGN, known())


def handled(judgement: Judgement, *acts: Callable[[Workbook], None]) -> bytes:
    """The returned copy after the clerk has done something to it."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        book = openpyxl.load_workbook(io.BytesIO(returned_copy(judgement, known())))
    for act in acts:
        act(book)
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def again(judgement: Judgement, *acts: Callable[[Workbook], None]) -> Judgement:
    """What becomes of it when it is dropped back."""
    return judged_file(handled(judgement, *acts), known())


def page(book: Workbook, title: str = ISSUES_SHEET) -> Worksheet:
    """One sheet."""
    found = book[title]
    assert isinstance(found, Worksheet)
    return found


def answer(
    column: int = ANSWER, text: str = SAID, kind: str = "核实性"
) -> Callable[[Workbook], None]:
    """Write the same answer beside every line of that kind."""

    def write(book: Workbook) -> None:
        sheet = page(book)
        for row in range(FIRST_ROW, sheet.max_row + 1):
            if sheet.cell(row, 3).value == kind:
                sheet.cell(row, column).value = text

    return write


def sort_list(book: Workbook) -> None:
    """Sort 问题清单 the other way round."""
    sheet = page(book)
    rows = [[cell.value for cell in line] for line in sheet.iter_rows(min_row=FIRST_ROW)]
    for row, cells in enumerate(reversed(rows), start=FIRST_ROW):
        for column, value in enumerate(cells, start=1):
            sheet.cell(row, column).value = value


def delete_numbers(book: Workbook) -> None:
    """Throw away the column 编号."""
    page(book).delete_cols(NUMBER)


def delete_all_but_place_and_words(book: Workbook) -> None:
    """Keep 工作表, 单元格, 问题 and 情况说明 alone."""
    for column in (8, 6, 3, 2, 1):
        page(book).delete_cols(column)


def turn_round(book: Workbook) -> None:
    """Put all columns in the opposite order."""
    sheet = page(book)
    for line in sheet.iter_rows(min_row=FIRST_ROW - 1, max_col=ANSWER):
        for one, value in zip(line, [each.value for each in reversed(line)], strict=True):
            one.value = value


def behind(text: str, column: int = REMEDY) -> Callable[[Workbook], None]:
    """Write behind what stands in a column of ours, beside every line to explain."""

    def write(book: Workbook) -> None:
        sheet = page(book)
        for row in range(FIRST_ROW, sheet.max_row + 1):
            if sheet.cell(row, 3).value == "核实性":
                sheet.cell(row, column).value = f"{sheet.cell(row, column).value}\n{text}"

    return write


def filter_list(book: Workbook) -> None:
    """Filter 问题清单, so that every line is hidden."""
    sheet = page(book)
    for row in range(FIRST_ROW, sheet.max_row + 1):
        sheet.row_dimensions[row].hidden = True


def rename_list(book: Workbook) -> None:
    """Move 问题清单 by copying it."""
    page(book).title = "问题清单 (2)"


def delete_columns(book: Workbook) -> None:
    """Throw away the columns of 问题清单 that are in the way."""
    page(book).delete_cols(6, 3)


def mend_beside(book: Workbook) -> None:
    """Mend another cell of the first row: it is another row then for who knows it by its values."""
    page(book, "走访记录")[cell("visits", "women_met", 4)] = 20


def insert_above(book: Workbook) -> None:
    """Insert a row of blank cells above the first visit."""
    page(book, "走访记录").insert_rows(FIRST_ROW)


def rules(judgement: Judgement) -> set[str]:
    """The rules that have something to say."""
    return {entry.rule for entry in judgement.findings}


def only(judgement: Judgement, rule: str) -> Finding:
    """The one finding of a rule."""
    (found,) = [entry for entry in judgement.findings if entry.rule == rule]
    return found


_NO_PLACE = ("over the cell's name", "over the column's name")
"""Where the list says no more where and what it speaks of, the number alone tells."""

UNDERSTOOD: dict[str, list[Callable[[Workbook], None]]] = {
    "in its place": [answer()],
    "in a list sorted otherwise": [answer(), sort_list],
    "in a list that is filtered": [answer(), filter_list],
    "in a copy of the list": [answer(), rename_list],
    "in the column beside": [answer(BESIDE)],
    "in a list without our words": [answer(), delete_columns],
    "in a list without numbers": [answer(), delete_numbers],
    "in a list of places and words": [answer(), delete_all_but_place_and_words],
    "in a list turned round": [answer(), turn_round],
    "over the advice": [answer(REMEDY)],
    "behind the advice": [behind(SAID)],
    "over what is wrong": [answer(7)],
    "over the column's name": [answer(6)],
    "over the cell's name": [answer(5)],
    "over the first column": [answer(1)],
    "over the advice, without numbers": [answer(REMEDY), delete_numbers],
    "beside a mark": [answer(text="√"), answer(REMEDY)],
    "while the row was mended": [answer(), mend_beside],
    "while rows were inserted": [answer(), insert_above],
}


@pytest.mark.parametrize("name", UNDERSTOOD)
@pytest.mark.parametrize("changes", [LATE, LATE + ABOUT], ids=["alone", "with a mistake"])
def test_answers_are_understood(name: str, changes: str) -> None:
    """However the clerk handles the list, what she answers counts for the cells that it is about."""
    judgement = first(changes)
    acts = UNDERSTOOD[name] if mend_beside in UNDERSTOOD[name] else [*UNDERSTOOD[name], mend_beside]
    is_whole = name not in {"in a list without our words", "over what is wrong", *_NO_PLACE}
    if not is_whole:  # its row is another once it is mended, and nothing tells which
        acts = UNDERSTOOD[name]
    elif name == "while rows were inserted":
        acts = [answer(), mend_beside, insert_above]
    now = again(judgement, *acts)
    verify = [entry for entry in now.findings if entry.severity is Severity.VERIFY]
    assert len(verify) == 2
    assert {now.explanations[entry.identity].text for entry in verify} == {SAID}
    assert "explanation-unused" not in rules(now)
    if is_whole or changes == LATE:
        assert now.outcome is Outcome.ACCEPTED


BESIDES = ["over the advice", "behind the advice", "over what is wrong", "in the column beside"]


@pytest.mark.parametrize("name", BESIDES)
def test_where_an_answer_was_found_is_told(name: str) -> None:
    """Words in another column are heard, and a note says in which they stood."""
    now = again(first(LATE), *UNDERSTOOD[name])
    told = [entry for entry in now.findings if entry.rule == "explanation-beside"]
    assert len(told) == 2
    assert {entry.severity for entry in told} == {Severity.NOTE}
    assert {entry.place.title for entry in told} == {ISSUES_SHEET}
    assert "explanation-beside" not in rules(again(first(LATE), answer()))


MARKS = [
    "√",
    "✓",
    "✔",
    "×",
    "无",
    "没有",
    "同意",
    "是",
    "OK",
    "ok！",
    "V",
    "1",
    "12",
    "①",
    "（1）",
    "——",
    "。",
    "好的",
]


@pytest.mark.parametrize("mark", MARKS)
def test_a_mark_explains_nothing(mark: str) -> None:
    """Who ticks a line off, agrees or numbers it has not said what the matter is: she is told."""
    now = again(first(LATE), answer(text=mark))
    assert now.outcome is Outcome.RETURNED
    assert now.explanations == {}
    assert rules(now) == {"date-before-period", "explanation-says-nothing"}
    there = again(first(LATE), answer(REMEDY, text="√"))
    assert there.outcome is Outcome.RETURNED


@pytest.mark.parametrize(
    "words", ["无变化，确为补报", "补报上年走访", "情况属实", "12人为补报", "属实", "上期漏报1次"]
)
def test_few_words_explain(words: str) -> None:
    """What says anything at all is the superior's to judge."""
    now = again(first(LATE), answer(text=words))
    assert now.outcome is Outcome.ACCEPTED
    assert rules(now) == {"date-before-period"}


def test_a_mark_in_the_sheet_for_answers_explains_nothing() -> None:
    """In 情况说明 the same holds as in 问题清单."""
    number = first(LATE).findings[0].number

    def write(book: Workbook) -> None:
        sheet = page(book, "情况说明")
        sheet.cell(FIRST_ROW, 1).value, sheet.cell(FIRST_ROW, 3).value = number, "同意"

    now = again(first(LATE), write)
    assert now.outcome is Outcome.RETURNED
    assert only(now, "explanation-says-nothing").place.title == "情况说明"


def test_words_beside_no_finding_are_told() -> None:
    """Words that belong to no line that is known are not lost without a word."""

    def lose(book: Workbook) -> None:
        sheet = page(book)
        for row in range(FIRST_ROW, sheet.max_row + 1):
            for column in (NUMBER, 4, 5, 7):
                sheet.cell(row, column).value = None

    now = again(first(LATE), answer(), lose)
    assert now.outcome is Outcome.RETURNED
    assert rules(now) == {"date-before-period", "explanation-unused"}


def test_what_is_ours_is_nobodys_answer() -> None:
    """Our own words in all the lines of a copy, those of mended lines among them, say nothing."""
    known_then = after_first_period()
    judgement = judge(drawn(FORTY), CAMPAIGN, known_then)
    copy = returned_copy(judgement, known_then)
    for data, answered in ((copy, False), (put_right(copy)[0], True)):
        for entry in judged_file(data, known_then).findings:
            if entry.rule.startswith("explanation-"):
                assert answered
                assert entry.place.cell.startswith("I"), entry


def test_without_the_list_everything_is_asked_again() -> None:
    """A deleted 问题清单 is no fault: what was asked is asked again, in a new list."""

    def delete(book: Workbook) -> None:
        del book[ISSUES_SHEET]
        del book["情况说明"]

    now = again(first(LATE), delete)
    assert rules(now) == {"date-before-period"}
    assert now.outcome is Outcome.RETURNED
    told = compared(first(LATE), now)
    assert told is not None
    assert told.words == "上次2处，已改0处，未改2处，新增0处。"


def test_answers_in_the_sheet_for_them_count_too() -> None:
    """Who rather writes into 情况说明 gives the number, and is understood."""
    numbers = [entry.number for entry in first(LATE).findings]

    def write(book: Workbook) -> None:
        sheet = page(book, "情况说明")
        for row, number in enumerate(numbers, start=FIRST_ROW):
            sheet.cell(row, 1).value, sheet.cell(row, 3).value = f" {number.lower()}", SAID

    now = again(first(LATE), write)
    assert now.outcome is Outcome.ACCEPTED
    assert len(now.explanations) == 2


def test_an_answer_does_not_mend() -> None:
    """Words beside a 强制性 line change nothing, and the clerk is told so at that line."""
    changes = "@ 干部名册 固定联系妇女人数 4 = 3000多\n"
    now = again(first(changes), answer(kind="强制性", text="记不清了"))
    assert rules(now) == {"number-about", "explanation-no-mending"}
    assert now.outcome is Outcome.RETURNED
    copy = openpyxl.load_workbook(io.BytesIO(returned_copy(now, known())))
    row = next(
        row
        for row in range(FIRST_ROW, FIRST_ROW + 3)
        if page(copy).cell(row, NUMBER).value == only(now, "number-about").number
    )
    assert page(copy).cell(row, ANSWER).value == "记不清了"


def test_a_private_number_in_an_answer_is_pointed_to_in_the_new_list() -> None:
    """The finding about an answer names the line in which that answer stands now."""
    now = again(first(LATE), answer(text="请打13812345678问张主任"), sort_list)
    assert {"personal-in-text", "date-before-period"} == rules(now)
    copy = openpyxl.load_workbook(io.BytesIO(returned_copy(now, known())))
    sheet = page(copy)
    for row in range(FIRST_ROW, sheet.max_row + 1):
        if sheet.cell(row, 4).value == ISSUES_SHEET:
            name = str(sheet.cell(row, 5).value)
            assert "13812345678" in str(sheet[name].value)
            link = sheet.cell(row, 5).hyperlink
            assert link is not None
            assert link.location == f"'{ISSUES_SHEET}'!{name}"


def test_an_answer_holds_only_while_its_value_stands() -> None:
    """An answer that came back filled in is no answer to another date typed since."""

    def other_day(book: Workbook) -> None:
        page(book, "走访记录")[cell("visits", "visited_on", 4)] = "2012-2-1"

    now = again(first(LATE), answer(), other_day)
    still_open = [
        (entry.rule, named(entry.place))
        for entry in now.findings
        if is_open(entry, now.explanations)
    ]
    assert still_open == [("date-before-period", "日期 4")]


def test_an_older_copy_dropped_again_is_judged_as_it_is() -> None:
    """The first round's copy, dropped after the second, is a submission like any other."""
    judgement = first(LATE + ABOUT)
    old = handled(judgement, answer())
    second = judged_file(handled(judgement, answer(), mend_beside), known())
    assert second.outcome is Outcome.ACCEPTED
    third = judged_file(old, known())
    assert third.outcome is Outcome.RETURNED
    assert "number-about" in rules(third)


def test_the_copys_own_marks_are_no_data() -> None:
    """Dropped back untouched, colours, notes and 问题清单 lead to nothing new."""
    judgement = first(LATE + ABOUT)
    now = again(judgement)
    assert rules(now) == rules(judgement)
    told = compared(judgement, now)
    assert told is not None
    assert (told.mended, told.left, told.new) == (0, told.last, 0)


def test_what_is_left_in_a_row_without_key_is_not_new() -> None:
    """One of two faults of a visit mended: one mended, one left, none new."""
    judgement = first("@ 走访记录 走访方式 4 = 闲聊\n@ 走访记录 走访妇女人次 4 = 约20\n")

    def mend_one(book: Workbook) -> None:
        page(book, "走访记录")[cell("visits", "mode", 4)] = "座谈交流"

    told = compared(judgement, again(judgement, mend_one))
    assert told is not None
    assert told.words == "上次2处，已改1处，未改1处，新增0处。"
