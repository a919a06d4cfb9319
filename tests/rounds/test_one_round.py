"""The measure of success: forty mistakes and more are put right in one round.

By somebody who reads nothing but the returned copy.
"""

from __future__ import annotations

import datetime as dt
import io
import re
import warnings
from collections.abc import Iterator
from functools import cache

import openpyxl
import pytest
from openpyxl.workbook import Workbook

from sheetflow.findings import Finding, Severity, count_places
from sheetflow.schemas.book import Judgement, JudgingContext, Outcome
from sheetflow.schemas.layout import FIRST_ROW, ISSUES_SHEET
from sheetflow.validators.explanations import is_open
from tests.county_book import CAMPAIGN, FORM, all_named, cell, drawn, named
from tests.rounds.forty import FORTY
from tests.rounds.reader import put_right
from tests.rounds.scene import after_first_period, compared, judged_file, returned_copy
from tests.validators.pairs import Pair
from tests.validators.test_every_rule import PAIRS


@cache
def first_round() -> tuple[JudgingContext, Judgement, bytes]:
    """The workbook with all the mistakes, judged and returned."""
    known = after_first_period()
    judgement = judged_file_of(FORTY, known)
    return known, judgement, returned_copy(judgement, known)


def judged_file_of(changes: str, known: JudgingContext) -> Judgement:
    """Judge the valid workbook with `changes`."""
    from sheetflow.pipeline import judge

    return judge(drawn(changes), CAMPAIGN, known)


@cache
def copy() -> Workbook:
    """The returned copy as an office program opens it."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return openpyxl.load_workbook(io.BytesIO(first_round()[2]))


def issue_rows() -> Iterator[tuple[int, list[str]]]:
    """The lines of 问题清单 with their row."""
    page = copy()[ISSUES_SHEET]
    for row in range(FIRST_ROW, page.max_row + 1):
        yield row, [str(page.cell(row, column).value or "") for column in range(1, 10)]


def test_the_workbook_has_mistakes_of_all_kinds() -> None:
    """More than forty mistakes, by more than forty rules of all severities, in every sheet."""
    _, judgement, _ = first_round()
    places = count_places(judgement.findings)
    assert places[Severity.MUST] >= 40
    assert places[Severity.VERIFY] >= 8
    assert len({finding.rule for finding in judgement.findings}) >= 50
    assert len({finding.place.sheet for finding in judgement.findings}) >= 16


def test_forty_mistakes_are_put_right_in_one_round() -> None:
    """Who follows 问题清单 line by line, and nothing else, is accepted the next time."""
    known, judgement, data = first_round()
    mended, puzzled = put_right(data)
    again = judged_file(mended, known)
    still = [
        (finding.rule, finding.place.words)
        for finding in again.findings
        if is_open(finding, again.explanations)
    ]
    assert puzzled == []
    assert still == []
    assert again.outcome is Outcome.ACCEPTED
    told = compared(judgement, again)
    assert told is not None
    assert (told.mended, told.left, told.new) == (told.last, 0, 0)
    assert told.last == sum(
        count_places(judgement.findings)[severity] for severity in (Severity.MUST, Severity.VERIFY)
    )


def test_every_line_leads_to_its_cell() -> None:
    """Each line links to the cell that it names, and that cell's note bears its number."""
    for row, cells in issue_rows():
        number, title, cell = cells[1], cells[3], cells[4].partition("，")[0]
        link = copy()[ISSUES_SHEET].cell(row, 5).hyperlink
        if title == "草稿":
            assert link is None
            continue
        assert link is not None
        assert str(link.location).startswith(f"'{title}'!")
        if re.fullmatch(r"[A-Z]+\d+", cell):
            assert str(link.location) == f"'{title}'!{cell}"
            note = copy()[title][cell].comment
            assert note is not None
            assert f"编号 {number}" in note.text


def test_marked_cells_hold_what_was_typed() -> None:
    """In the returned copy the marked cell is the one in which the fault was typed."""
    _, judgement, _ = first_round()
    by_number = {cells[1]: cells for _, cells in issue_rows()}
    book = judgement.book
    assert book is not None
    checked = 0
    for finding in judgement.findings:
        place = finding.place
        row = next((r for r in book.rows(place.sheet) if r.number == place.row), None)
        typed = row.raw.get(place.column) if row else None
        if row is None or not row.sound(place.column) or typed is None or not place.cell:
            continue
        line = by_number[finding.number]
        shown = copy()[line[3]][line[4].partition("，")[0]].value
        assert _same(shown, typed), finding
        checked += 1
    assert checked > 15


def _same(shown: object, typed: object) -> bool:
    if isinstance(shown, dt.datetime):
        shown = shown.date()
    return shown == typed or str(shown) == str(typed)


def sentences(findings: tuple[Finding, ...]) -> list[str]:
    """What is wrong, in words."""
    return [CAMPAIGN.catalogue.wrong(finding) for finding in findings]


def test_no_sentence_of_the_copy_names_a_cell_of_the_old_file() -> None:
    """Where a sentence itself names cells, they are those of the returned copy."""
    judgement = first_round()[1]
    assert judgement.book is not None
    there = judgement.book.sheets["publicity"].cell
    merged = "{}:{}是合并单元格，看不出内容属于哪几行"
    old = merged.format(there(5, "outlet"), there(6, "outlet"))
    new = merged.format(cell("publicity", "outlet", 4), cell("publicity", "outlet", 5))
    lines = {cells[6] for _, cells in issue_rows()}
    assert old in sentences(judgement.findings)
    assert old not in lines
    assert new in lines


def test_a_figure_is_named_where_the_copy_shows_it() -> None:
    """A finding on a statistic leads to the line of that very indicator."""
    (line,) = [cells for _, cells in issue_rows() if cells[3] == "活动统计" and "S19" in cells[6]]
    cell = copy()["活动统计"][line[4].partition("，")[0]]
    assert copy()["活动统计"].cell(cell.row, 1).value == "S19"
    assert str(cell.value).startswith("=")


def test_vanished_rows_come_back_in_the_copy() -> None:
    """A ledger row that was torn out stands in the returned copy again, marked."""
    (line,) = [cells for _, cells in issue_rows() if "不见了" in cells[6]]
    cell = copy()[line[3]][line[4].partition("，")[0]]
    assert cell.value == "X0004"
    assert copy()[line[3]].cell(cell.row, 3).value == "刘桂芝"


def test_all_that_is_wrong_with_one_cell_is_said_at_once() -> None:
    """Every unknown word of a cell is named; a text too long is also searched for numbers."""
    long = "走村入户了解情况，" * 60 + "电话13812345678"
    changes = f"@ 走访记录 涉及群体 4 = 老人、其他、留守妇女\n@ 走访记录 主要情况 4 = {long}"
    found = judged_file_of(changes, after_first_period()).findings
    assert [(entry.rule, named(entry.place)) for entry in found] == [
        ("choice-unknown", "涉及群体 4"),
        ("text-too-long", "主要情况 4"),
        ("personal-in-text", "主要情况 4"),
    ]
    assert sentences(found)[0] == "“老人”“留守妇女”不是可选的内容"


def test_without_a_cover_everything_else_is_judged() -> None:
    """A missing cover is one finding, and hides none of the others."""
    changes = "@ 封面 gone\n@ 走访记录 走访妇女人次 4 = 约20\n@ 走访记录 联系点 5 = L009\n@ 走访记录 走访方式 6 ="
    found = judged_file_of(changes, after_first_period()).findings
    assert [(entry.rule, named(entry.place)) for entry in found] == [
        ("sheet-missing", ""),
        ("number-about", "走访妇女人次 4"),
        ("reference-unknown", "联系点 5"),
        ("required", "走访方式 6"),
    ]


LATE = (
    # What cannot be judged before the first one is mended, and why.
    (
        "@ 妇女需求台帐 办理状态 7 = 已办好",
        "@ 妇女需求台帐 办理措施 7 =",
        "办理状态看不懂，不知要不要填措施",
    ),
    (
        "@ 走访记录 走访方式 4 = 闲聊",
        "@ 走访记录 收回问卷（份） 4 = 3",
        "走访方式看不懂，不知该不该填问卷",
    ),
    (
        "@ 封面 填报日期 = 五月初",
        "@ 联系点 建立日期 4 = 2012-05-03",
        "填报日期看不懂，不知是否在后",
    ),
    ("@ 封面 报告期 = 2012B3", "@ 走访记录 日期 4 = 2012-05-01", "不知是哪一期的日期"),
    ("@ 走访记录 走访方式 3 = 怎么走访", "@ 走访记录 走访方式 4 =", "没有这一栏"),
    ("@ 联系点 联系点编号 3 = 号", "@ 走访记录 联系点 4 = L009", "不知有哪些编号"),
)


@pytest.mark.parametrize(("first", "second", "why"), LATE, ids=[entry[2] for entry in LATE])
def test_only_what_cannot_be_judged_comes_late(first: str, second: str, why: str) -> None:
    """The second fault is found alone, and held back only where the first one hides it."""
    known = after_first_period()
    sound = judged_file_of("", known).findings
    alone = judged_file_of(second, known).findings
    both = judged_file_of(f"{first}\n{second}", known).findings
    hidden = {entry.identity for entry in alone} - {entry.identity for entry in sound}
    assert hidden, why
    assert hidden.isdisjoint({entry.identity for entry in both}), why


NEARBY = tuple(
    pair
    for pair in PAIRS
    if not (pair.alone or pair.context or pair.stamp or pair.by)
    and pair.period == "2012B2"
    and CAMPAIGN.catalogue[pair.rule].severity is not Severity.NOTE
    and not pair.rule.startswith(("nil-", "nothing-", "header-", "sheet-", "column-"))
)
HIDES = {
    # What the second one needs to be known is what the first one says is unclear.
    ("choice-unknown", "blank-unless"),
    ("choice-unknown", "required-when"),
    ("required", "blank-unless"),
    ("key-shape", "reference-unknown"),
    ("key-twice", "reference-unknown"),
    *((rule, "reference-name-other") for rule in ("key-shape", "key-twice")),
    ("key-twice", "key-reused"),
    ("filled-before-period", "date-after-filled"),
    # With one figure that cannot be read, nobody knows what the rows above add up to.
    *((rule, "row-total") for rule in CAMPAIGN.catalogue.checks if rule.startswith("number-")),
    ("cover-unit", "cover-unit-name"),
    *(
        (cover, rule)
        for cover in ("cover-period", "cover-cadence")
        for rule in ("filled-before-period", "date-after-period", "date-before-period")
    ),
    *((rule, "need-twice") for rule in ("id-digits-lost", "id-length", "id-birth-date")),
    *((rule, "need-twice") for rule in ("id-hidden", "id-characters")),
    *((rule, "need-twice") for rule in ("id-check-digit", "phone-format")),
    *((rule, "age-differs") for rule in ("id-digits-lost", "id-length", "id-birth-date")),
    *((rule, "age-differs") for rule in ("id-check-digit", "need-twice")),
    *((rule, "age-differs") for rule in ("id-hidden", "id-characters")),
    *(
        (rule, change)
        for rule in ("key-twice", "key-shape", "required")
        for change in ("closed-changed", "person-changed", "row-gone")
    ),
    # What nobody can read has no sum, and a line without a name is a total by its sums alone.
    *(
        (rule, "row-total")
        for rule in ("cell-error", "cell-formula-empty", "run-marked", "shown-otherwise")
    ),
    # Here the first one changes the rows that the second one is about.
    ("case-nature", "key-twice"),
    ("key-reused", "reference-by-name"),
    ("hard-nature", "hard-solved"),
    ("hard-solved", "hard-solved"),
    ("hard-without-plan", "hard-solved"),
    ("need-twice", "statistic-constant"),
    ("need-twice", "need-twice"),
    ("closed-changed", "closed-changed"),
    *((rule, "need-twice") for rule in ("run-marked", "person-changed", "age-differs")),
}


def touched(changes: str) -> set[str]:
    """The cells, and the ends of sheets, that a drawing changes."""
    cells = set(re.findall(r"@ (\S+ (?:[^=\n]+ =|\+|gone|named))", changes))
    for title, rows in re.findall(r"@ (\S+) blank ([\d ]+)", changes):
        labels = next(sheet.labels.values() for sheet in FORM.sheets if sheet.title == title)
        cells |= {f"{title} {label} {row} =" for label in labels for row in rows.split()}
    return cells


_SHARE = 4
"""Of all pairs every fourth, each way round: every fault meets a score of others, evenly spread."""


@pytest.mark.slow
@pytest.mark.parametrize(
    ("number", "first"), [*enumerate(NEARBY)], ids=[pair.rule for pair in NEARBY]
)
def test_no_fault_hides_another(number: int, first: Pair) -> None:
    """Whatever else is wrong in the workbook, a fault is named in the same round."""
    hidden = []
    for second in NEARBY[-number % _SHARE :: _SHARE]:
        if touched(first.broken) & touched(second.broken) or (first.rule, second.rule) in HIDES:
            continue
        try:
            found = judged_file_of(
                f"{first.broken}\n{second.broken}", after_first_period()
            ).findings
        except ValueError:  # the one takes out the sheet that the other changes
            continue
        told = {
            (entry.rule, entry.place.title, cell) for entry in found for cell in cells_of(entry)
        }
        if (second.rule, *second.spot) not in told:
            hidden.append((second.rule, second.broken))
    assert hidden == []


def cells_of(finding: Finding) -> tuple[str, ...]:
    """Every cell that a finding stands for."""
    return all_named(finding)
