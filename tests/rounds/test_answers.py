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
from sheetflow.schemas.judging import Context, Judgement, Outcome
from sheetflow.schemas.layout import FIRST_ROW, ISSUES_SHEET
from sheetflow.validators.explaining import is_open
from tests.county_book import CAMPAIGN, context, drawn
from tests.rounds.scene import compared, judged_file, returned_copy

ANSWER, BESIDE, NUMBER = 9, 10, 2
LATE = "@ 走访记录 A4 = 2012-02-28\n@ 走访记录 A5 = 2012-02-28\n"
"""Two visits of the period before: two findings to explain, which say the very same."""
ABOUT = "@ 走访记录 F4 = 约20\n"
SAID = "上期漏报，已与乡镇核对"


@cache
def known() -> Context:
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
    page(book, "走访记录")["F4"] = 20


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


UNDERSTOOD: dict[str, list[Callable[[Workbook], None]]] = {
    "in its place": [answer()],
    "in a list sorted otherwise": [answer(), sort_list],
    "in a list that is filtered": [answer(), filter_list],
    "in a copy of the list": [answer(), rename_list],
    "in the column beside": [answer(BESIDE)],
    "in a list without our words": [answer(), delete_columns],
    "while the row was mended": [answer(), mend_beside],
    "while rows were inserted": [answer(), insert_above],
}


@pytest.mark.parametrize("name", UNDERSTOOD)
@pytest.mark.parametrize("changes", [LATE, LATE + ABOUT], ids=["alone", "with a mistake"])
def test_answers_are_understood(name: str, changes: str) -> None:
    """However the clerk handles the list, what she answers counts for the cells that it is about."""
    judgement = first(changes)
    acts = UNDERSTOOD[name] if mend_beside in UNDERSTOOD[name] else [*UNDERSTOOD[name], mend_beside]
    if name == "in a list without our words":
        acts = UNDERSTOOD[name]
    elif name == "while rows were inserted":
        acts = [answer(), mend_beside, insert_above]
    now = again(judgement, *acts)
    verify = [entry for entry in now.findings if entry.severity is Severity.VERIFY]
    assert len(verify) == 2
    assert {now.explanations[entry.identity].text for entry in verify} == {SAID}
    assert "explanation-unused" not in rules(now)
    if name != "in a list without our words" or changes == LATE:
        assert now.outcome is Outcome.ACCEPTED


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
    changes = "@ 干部名册 F4 = 3000多\n"
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
            cell = str(sheet.cell(row, 5).value)
            assert "13812345678" in str(sheet[cell].value)
            link = sheet.cell(row, 5).hyperlink
            assert link is not None
            assert link.location == f"'{ISSUES_SHEET}'!{cell}"


def test_an_answer_holds_only_while_its_value_stands() -> None:
    """An answer that came back filled in is no answer to another date typed since."""

    def other_day(book: Workbook) -> None:
        page(book, "走访记录")["A4"] = "2012-2-1"

    now = again(first(LATE), answer(), other_day)
    still_open = [
        (entry.rule, entry.place.cell) for entry in now.findings if is_open(entry, now.explanations)
    ]
    assert still_open == [("date-before-period", "A4")]


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
    judgement = first("@ 走访记录 E4 = 闲聊\n@ 走访记录 F4 = 约20\n")

    def mend_one(book: Workbook) -> None:
        page(book, "走访记录")["E4"] = "座谈交流"

    told = compared(judgement, again(judgement, mend_one))
    assert told is not None
    assert told.words == "上次2处，已改1处，未改1处，新增0处。"
