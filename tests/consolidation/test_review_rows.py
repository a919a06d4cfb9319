"""What is typed into a 审核单 is taken row by row, and nothing of it is guessed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import replace

import pytest

from sheetflow.consolidation.review_rows import Known, answer_rows
from sheetflow.consolidation.review_sheet import (
    BelowRow,
    DecidedRow,
    LookRow,
    ReviewSheet,
    WaitingRow,
)
from sheetflow.consolidation.review_typed import TypedReview, read_rows
from sheetflow.consolidation.row_answers import RowAnswer
from sheetflow.consolidation.states import BoardRow, State
from sheetflow.periods import OFFICE_ZONE, Period, end_of
from sheetflow.schemas.review import Decision, Matter, Verdict
from tests.drawing import draw
from tests.tiny.desk import CITY, EAST, FIRST, TREE, WEST

TODAY = dt.date(2012, 4, 6)
NOON = dt.datetime(2012, 4, 6, 12, tzinfo=OFFICE_ZONE)
EAST_RECEIPT, WEST_RECEIPT = f"{EAST}-{FIRST}-1", f"{WEST}-{FIRST}-1"
EAST_PASSING, WEST_PASSING = f"{EAST_RECEIPT}-验1", f"{WEST_RECEIPT}-验1"
LOOK, NOTE = f"{EAST_RECEIPT}-核P02-1", f"{WEST}-{FIRST}-况2"
DONE = f"{WEST_RECEIPT}-放rule-1"


def waiting(number: str, unit_id: str, matter: Matter = Matter.PASSING) -> WaitingRow:
    """One thing that waits, with nothing open beside."""
    return WaitingRow(
        number=number,
        matter=matter,
        label=matter.label,
        unit_id=unit_id,
        unit=TREE[unit_id].name,
        receipt=f"{unit_id}-{FIRST}-1",
        content="报了",
        agreed="就算验收",
        since=NOON,
        is_clean=True,
    )


SHEET = ReviewSheet(
    unit_id=CITY,
    unit=TREE[CITY].name,
    form="patrol",
    title="巡查表",
    period=Period.parse(FIRST),
    waiting=(waiting(EAST_PASSING, EAST), waiting(WEST_PASSING, WEST)),
    looks=(
        LookRow(
            number=LOOK,
            unit_id=EAST,
            unit=TREE[EAST].name,
            receipt=EAST_RECEIPT,
            code="P02",
            label="巡查里程",
            current=900,
            before=300,
            median=310,
            why=["是上期的3倍"],
            weight=1.0,
        ),
    ),
    below=(
        BelowRow(number=NOTE, row=BoardRow(unit=TREE[WEST], state=State.MISSING), reason="失联"),
    ),
    decided=(
        DecidedRow(
            number=DONE,
            unit_id=WEST,
            unit=TREE[WEST].name,
            label="申请放行",
            verdict=Verdict.AGREE,
            opinion="属实",
            decider="王某",
            handler="",
            ground="电话",
            decided_at=NOON,
            outcome="已放行",
            may_be_undone=True,
        ),
    ),
)


def decision(number: str, matter: Matter, verdict: Verdict, **details: str) -> Decision:
    """What was decided at noon by somebody called 王某."""
    return Decision(
        number=number,
        unit_id=WEST,
        matter=matter,
        verdict=verdict,
        by_unit=CITY,
        receipt=WEST_RECEIPT,
        decider="王某",
        details=details,
        decision_id=1,
        decided_at=NOON,
    )


PAST = {DONE: decision(DONE, Matter.WAIVER, Verdict.AGREE)}


def answers(
    drawn: str, sheet: ReviewSheet = SHEET, past: Mapping[str, Decision] = PAST
) -> list[RowAnswer]:
    """Read what is drawn, and answer it."""
    return answers_to(read_rows(draw(drawn)), sheet, past)


def answers_to(
    typed: TypedReview, sheet: ReviewSheet = SHEET, past: Mapping[str, Decision] = PAST
) -> list[RowAnswer]:
    """Answer what was typed, on the day after the deadline."""
    known = Known(
        past=past.get,
        why_not=lambda number: f"没有{number}",
        below={EAST, WEST},
        today=TODAY,
    )
    return list(answer_rows(sheet, typed, known))


def waits(*rows: str) -> str:
    """Draw 待办 with these rows."""
    head = (
        "# 待办",
        "| 编号 | 单位 | 处理 | 意见 | 决定人 | 依据 | 日期 |",
        "|---|---|---|---|---|---|---|",
    )
    return "\n".join((*head, *rows))


def test_each_row_is_a_decision_of_its_own() -> None:
    """Two rows filled, two decisions: with number, receipt, words, who decided, on what ground and when."""
    passed, returned = answers(
        waits(
            f"| {EAST_PASSING} | 东岸县 | 同意 | | 王某 | 本人 | 2012-04-06 |",
            f"| {WEST_PASSING} | 西岸县 | 退回 | 里程请核对 | 李某 | 电话 | |",
        )
    )
    assert passed.decision is not None
    assert returned.decision is not None
    assert (passed.decision.number, passed.decision.receipt) == (EAST_PASSING, EAST_RECEIPT)
    assert (passed.decision.verdict, passed.decision.by_unit) == (Verdict.AGREE, CITY)
    assert (passed.decision.decider, passed.decision.ground) == ("王某", "本人")
    assert passed.decision.dated == "2012-04-06"
    assert (passed.words, returned.words) == ("已验收", "已退回，意见已发给西岸县")
    assert (returned.decision.verdict, returned.decision.opinion) == (Verdict.RETURN, "里程请核对")


def test_rows_left_blank_are_not_spoken_of() -> None:
    """Who has not decided yet leaves the row as it is."""
    assert answers(waits(f"| {EAST_PASSING} | 东岸县 | | | | | |")) == []


@pytest.mark.parametrize(
    ("row", "words"),
    [
        (f"| {EAST_PASSING} | 东岸县 | 办结 | | | | |", "不是这一行可以选的"),
        (f"| {EAST_PASSING} | 东岸县 | 退回 | | | | |", "退回要写“意见”"),
        (f"| {EAST_PASSING} | 西岸县 | 同意 | | | | |", "对不上"),
        (f"| {EAST_PASSING} | 东岸县 | | 再看看 | | | |", "没有选“处理”"),
        ("| | 东岸县 | 同意 | | | | |", "“编号”空着"),
        ("| 990101-2012Q1-9-验1 | 东岸县 | 同意 | | | | |", "没有990101-2012Q1-9-验1"),
        (f"| {DONE} | 西岸县 | 同意 | | | | |", "已由王某4月6日处理（同意）"),
    ],
)
def test_a_row_that_cannot_be_applied_says_why(row: str, words: str) -> None:
    """A verdict that is not offered, no words, a number of another row: each is told, and nothing done."""
    (answer,) = answers(waits(row))
    assert answer.decision is None
    assert words in answer.words


def test_two_rows_of_one_number_that_disagree_are_both_left() -> None:
    """Nobody guesses which of two is meant; two that say the same count once."""
    row = f"| {EAST_PASSING} | 东岸县 | 同意 | | | | |"
    other = f"| {EAST_PASSING} | 东岸县 | 退回 | 不对 | | | |"
    assert [each.decision for each in answers(waits(row, other))] == [None, None]
    first, second = answers(waits(row, row))
    assert first.decision
    assert second.words == "与第4行重复，以那一行为准"


def test_what_is_signed_once_above_the_list_is_for_all_rows() -> None:
    """One 决定人 above the headers is everybody's, but for rows that say another one."""
    drawn = waits(
        f"| {EAST_PASSING} | 东岸县 | 同意 | | | | |",
        f"| {WEST_PASSING} | 西岸县 | 同意 | | 李某 | | |",
    )
    found = answers(f"{drawn}\n@ 待办 E2 = 王某\n@ 待办 F2 = 会议")
    assert [each.decision and each.decision.decider for each in found] == ["王某", "李某"]
    assert [each.decision and each.decision.ground for each in found] == ["会议", "会议"]


@pytest.mark.parametrize(
    ("typed", "verdict"),
    [
        ("同意。", Verdict.AGREE),
        ("“同　意”", Verdict.AGREE),
        ("通过", Verdict.AGREE),
        ("没问题！", Verdict.AGREE),
        ("退回修改", Verdict.RETURN),
        ("核实", Verdict.QUERY),
        ("同意？", None),
        ("不同意", None),
        ("问一下", None),
    ],
)
def test_a_verdict_is_taken_as_it_is_meant(typed: str, verdict: Verdict | None) -> None:
    """Marks, spaces and other words for the same change no verdict; a question mark does, and 不 does."""
    (answer,) = answers(waits(f"| {EAST_PASSING} | 东岸县 | {typed} | 里程请核对 | | | |"))
    assert (answer.decision and answer.decision.verdict) == verdict
    assert answer.said == (verdict.label if verdict else typed)


_IN_WAITING = [
    (matter, next(each for each in matter.verdicts if each in {Verdict.AGREE, Verdict.SETTLE}))
    for matter in Matter
    if {Verdict.AGREE, Verdict.SETTLE} & {*matter.verdicts}
]
_AROUND = ("{}", "{}。", "{}了", "，{}", "{}！", "看过了，{}", "通过，{}", "{}，没问题了。", "“{}”")


@pytest.mark.parametrize(("matter", "verdict"), _IN_WAITING)
@pytest.mark.parametrize("word", ["同意", "通过", "没问题", "没有问题", "√"])
def test_what_the_guide_calls_understood_is_in_every_row(
    matter: Matter, verdict: Verdict, word: str
) -> None:
    """Whatever waits, a word that agrees is what the row offers for it, with 了 and marks around and several of them."""
    row = replace(waiting(EAST_PASSING, EAST, matter), verdicts=matter.verdicts)
    sheet = replace(SHEET, waiting=(row,))
    for around in _AROUND:
        (answer,) = answers(
            waits(f"| {EAST_PASSING} | 东岸县 | {around.format(word)} | | | | |"), sheet
        )
        assert (answer.decision and answer.decision.verdict) == verdict, around
    for unclear in (f"{word}？", f"{word}，请核实", f"不{word}", f"{word}吧"):
        (answer,) = answers(waits(f"| {EAST_PASSING} | 东岸县 | {unclear} | | | | |"), sheet)
        assert (answer.decision and answer.decision.verdict) != verdict, unclear


def test_an_agreeing_word_ends_no_question_that_waits_for_its_answer() -> None:
    """Where 办结 alone is offered, 同意 down the whole column ends nothing; and 核实了 asks nobody."""
    row = replace(waiting(EAST_PASSING, EAST, Matter.ANSWERED), verdicts=(Verdict.SETTLE,))
    sheet = replace(SHEET, waiting=(row,))
    for typed, done in (("同意", False), ("√", False), ("办结了。", True)):
        (answer,) = answers(waits(f"| {EAST_PASSING} | 东岸县 | {typed} | | | | |"), sheet)
        assert (answer.decision is not None) is done
    (asked,) = answers(waits(f"| {EAST_PASSING} | 东岸县 | 核实了 | 里程 | | | |"))
    assert asked.decision is None


@pytest.mark.parametrize(
    "typed", ["无异议", "没问题", "无问题。", "通过", "√", "没问题了", "看过，同意"]
)
def test_nothing_to_say_of_a_figure_is_taken_as_it_is_meant(typed: str) -> None:
    """In 重点核对 没问题 is 无异议: the same words mean what the row offers."""
    head = "# 重点核对\n| 编号 | 单位 | 处理 | 意见 |\n|---|---|---|---|\n"
    (answer,) = answers(f"{head}| {LOOK} | 东岸县 | {typed} | |")
    assert answer.decision is not None
    assert answer.decision.verdict is Verdict.FINE


@pytest.mark.parametrize("typed", ["√", "是。", "✔", "Ｙ", "撤销", "撤销了", "是，撤销"])
def test_a_tick_takes_a_decision_back(typed: str) -> None:
    """Beside 撤销 a tick is 是, and a stroke or 否 is nothing."""
    page = f"# 已处理\n| 编号 | 单位 | 撤销 |\n|---|---|---|\n| {DONE} | 西岸县 | {typed} |"
    (answer,) = answers(page)
    assert answer.decision is not None
    for nothing in ("/", "否", "——"):
        assert answers(page.replace(f"| {typed} |", f"| {nothing} |")) == []


@pytest.mark.parametrize(
    "typed", ["√", "是", "通过", "同意。", "没问题", "通过了", "同意，没问题了"]
)
def test_a_tick_passes_the_rest(typed: str) -> None:
    """全部通过 takes a tick and 通过; a word that is not clear is asked about, and passes nobody."""
    page = waits(f"| {EAST_PASSING} | 东岸县 | | | | | |")
    page += "\n@ 待办 A2 = 本页待验收的其余单位全部通过\n@ 待办 B2 = "
    assert [each.number for each in answers(page + typed)] == [EAST_PASSING]
    assert answers(f"{page}否") == []
    (unclear,) = answers(f"{page}等等")
    assert unclear.decision is None
    assert "只能填“是”" in unclear.words


@pytest.mark.parametrize(
    ("typed", "day"),
    [
        ("4月20日", "2012-04-20"),
        ("４月２０号。", "2012-04-20"),
        ("4/20", "2012-04-20"),
        ("，4月20日了。", "2012-04-20"),
        ("12年4月20日", "2012-04-20"),
        ("2012．4．20", "2012-04-20"),
        ("1月9日", None),
        ("2月30日", None),
        ("4月下旬", None),
    ],
)
def test_a_day_without_its_year_is_the_one_at_hand(typed: str, day: str | None) -> None:
    """缓报至 and 日期 take a month and a day; one that is past, or none, is asked about as before."""
    head = "# 下级情况\n| 编号 | 单位 | 未报原因 | 缓报至 | 纸质件 | 日期 |\n|---|---|---|---|---|---|\n"
    (answer,) = answers(f"{head}| {NOTE} | 西岸县 | 缓报了 | {typed} | 已收，一致。 | 4月5日 |")
    noted = answer.decision
    told = (
        (noted.details["reason"], noted.details["until"], noted.details["paper"], noted.dated)
        if noted
        else None
    )
    assert told == (("已批准缓报", day, "已收一致", "2012-04-05") if day else None)


def test_the_rest_passes_only_where_nothing_is_open_and_nothing_else_is_said() -> None:
    """全部通过 spares the unit that is asked, the one with something open, and rows that were deleted."""
    page = waits(f"| {EAST_PASSING} | 东岸县 | | | | | |", f"| {WEST_PASSING} | 西岸县 | | | | | |")
    page += "\n@ 待办 A2 = 本页待验收的其余单位全部通过\n@ 待办 B2 = 是"
    assert [each.number for each in answers(page)] == [EAST_PASSING, WEST_PASSING]
    asked = f"{page}\n# 重点核对\n| 编号 | 单位 | 处理 | 意见 |\n|---|---|---|---|\n| {LOOK} | 东岸县 | 请核实 | 为什么？ |"
    assert [each.number for each in answers(asked) if each.decision] == [LOOK, WEST_PASSING]
    doubtful = replace(waiting(WEST_PASSING, WEST), is_clean=False)
    some = replace(SHEET, waiting=(SHEET.waiting[0], doubtful))
    passed, left = answers(page, some)
    assert (passed.number, left.decision) == (EAST_PASSING, None)
    assert "西岸县" in left.words
    gone = page.replace(f"| {WEST_PASSING} | 西岸县 | | | | | |\n", "")
    assert [each.number for each in answers(gone)] == [EAST_PASSING]


def test_one_submission_is_not_passed_and_returned_on_one_sheet() -> None:
    """退回 in 重点核对 keeps the same workbook from being let pass in 待办."""
    page = waits(f"| {EAST_PASSING} | 东岸县 | 同意 | | | | |")
    page += f"\n# 重点核对\n| 编号 | 单位 | 处理 | 意见 |\n|---|---|---|---|\n| {LOOK} | 东岸县 | 退回 | 重算 |"
    passed, returned = answers(page)
    assert passed.decision is None
    assert "“重点核对”第4行退回" in passed.words
    assert returned.decision is not None
    assert (returned.decision.about, returned.decision.details["figure"]) == ("P02", 900)


_LOOKS = "\n# 重点核对\n| 编号 | 单位 | 处理 | 意见 | 电话商定数 |\n|---|---|---|---|---|\n"


@pytest.mark.parametrize(
    "doubts",
    [
        f"{_LOOKS}| {LOOK} | 东岸县 | 退回 | | |",
        f"{_LOOKS}| {LOOK} | 东岸县 | 退回？ | 重算 | |",
        f"{_LOOKS}| {LOOK} | 东岸县 | | 和上期差得太多 | |",
        f"{_LOOKS}| {LOOK} | 东岸县 | 无异议 | | 800 |",
        f"{_LOOKS}| | 东岸县 | 退回 | 重算 | |",
        f"{_LOOKS}| {LOOK} | 东岸县 | 退回 | 重算 | |\n| {LOOK} | 东岸县 | 退回 | 里程不对 | |",
    ],
)
def test_what_is_doubted_is_not_let_pass_though_the_row_is_not_applied(doubts: str) -> None:
    """A 退回 without words, an unclear word or a contradiction keeps the unit's workbook from being let pass, one by one or with the rest."""
    rest = "\n@ 待办 A2 = 本页待验收的其余单位全部通过\n@ 待办 B2 = 是"
    page = waits(f"| {EAST_PASSING} | 东岸县 | | | | | |", f"| {WEST_PASSING} | 西岸县 | | | | | |")
    told = answers(page + rest + doubts)
    assert [each.number for each in told if each.decision] == [WEST_PASSING]
    assert "东岸县" in told[-1].words
    agreed, *_ = answers(waits(f"| {EAST_PASSING} | 东岸县 | 同意 | | | | |") + doubts)
    assert agreed.decision is None
    assert "“重点核对”第" in agreed.words


@pytest.mark.parametrize(
    "said", [f"| {LOOK} | 东岸县 | 没问题 | | |", f"| {DONE} | 西岸县 | 同意 | | |"]
)
def test_the_rest_passes_where_a_row_agrees(said: str) -> None:
    """无异议 and what was agreed before keep nothing from passing with the rest."""
    page = waits(f"| {EAST_PASSING} | 东岸县 | | | | | |", f"| {WEST_PASSING} | 西岸县 | | | | | |")
    page += "\n@ 待办 A2 = 本页待验收的其余单位全部通过\n@ 待办 B2 = 是"
    passed = [each.number for each in answers(page + _LOOKS + said) if each.decision]
    assert passed[-2:] == [EAST_PASSING, WEST_PASSING]


@pytest.mark.parametrize(
    ("typed", "verdict", "taken"),
    [("310", "请核实", 310), ("三百", "请核实", None), ("310", "退回", None)],
)
def test_a_figure_agreed_by_telephone_goes_with_a_question(
    typed: str, verdict: str, taken: int | None
) -> None:
    """电话商定数 is a number beside 请核实, and nothing else."""
    head = "# 重点核对\n| 编号 | 指标 | 处理 | 意见 | 电话商定数 |\n|---|---|---|---|---|\n"
    (answer,) = answers(f"{head}| {LOOK} | P02 巡查里程 | {verdict} | 是多少？ | {typed} |")
    assert (answer.decision and answer.decision.details.get("proposed")) == taken
    assert answer.quoted == ""  # a word of ours: the mail may say it


@pytest.mark.parametrize(
    ("cells", "noted"),
    [
        ("失联 | | ", None),
        ("拒报 | | ", ("拒报", "", "")),
        ("已批准缓报 | 2012-04-20 | 未收", ("已批准缓报", "2012-04-20", "未收")),
        (" | 2012-04-20 | ", ("已批准缓报", "2012-04-20", "")),
    ],
)
def test_what_is_noted_of_a_unit_is_what_was_changed(
    cells: str, noted: tuple[str, str, str] | None
) -> None:
    """下级情况 comes back with what was printed: only what is another thing now is noted."""
    head = "# 下级情况\n| 编号 | 单位 | 未报原因 | 缓报至 | 纸质件 |\n|---|---|---|---|---|\n"
    found = answers(f"{head}| {NOTE} | 西岸县 | {cells} |")
    given = [tuple(each.decision.details.values()) for each in found if each.decision]
    assert given == ([noted] if noted else [])


@pytest.mark.parametrize(
    ("cells", "words"),
    [
        ("忘了 | | ", "“未报原因”只能选"),
        ("已批准缓报 | | ", "要填“缓报至”"),
        ("拒报 | 2012-04-20 | ", "改成一致的"),
        ("已批准缓报 | 下周 | ", "看不出是哪一天"),
        ("已批准缓报 | 2012-04-01 | ", "已经过了"),
        ("拒报 | | 没见到", "“纸质件”只能选"),
    ],
)
def test_what_is_noted_must_be_clear(cells: str, words: str) -> None:
    """A reason that is none, a day that is none or past: told, and nothing noted."""
    head = "# 下级情况\n| 编号 | 单位 | 未报原因 | 缓报至 | 纸质件 |\n|---|---|---|---|---|\n"
    (answer,) = answers(f"{head}| {NOTE} | 西岸县 | {cells} |")
    assert answer.decision is None
    assert words in answer.words


def test_what_an_old_sheet_printed_is_no_note() -> None:
    """An older sheet shows what was noted then: nobody typed it, and nobody is told of it."""
    head = "# 下级情况\n| 编号 | 单位 | 未报原因 | 缓报至 | 纸质件 |\n|---|---|---|---|---|\n"
    old, new = (f"{WEST}-{FIRST}-况{turn}" for turn in (2, 3))
    (row,) = SHEET.below
    now = replace(SHEET, below=(replace(row, number=new, reason="拒报"),))
    past = {
        f"{WEST}-{FIRST}-况1": decision("", Matter.UNIT, Verdict.NOTED, reason="失联"),
        old: decision(old, Matter.UNIT, Verdict.NOTED, reason="拒报"),
    }
    assert answers(f"{head}| {old} | 西岸县 | 失联 | | |", now, past) == []
    (late,) = answers(f"{head}| {old} | 西岸县 | 撤并 | | |", now, past)
    assert "已由王某4月6日处理" in late.words


@pytest.mark.parametrize(("until", "is_leave"), [("4月9日", False), ("4月10日", True)])
def test_leave_ends_after_the_units_own_deadline(until: str, is_leave: bool) -> None:  # noqa: FBT001
    """A day up to the deadline gives no time: it is refused, and the answer names the deadline."""
    row = replace(SHEET.below[0], own_deadline=end_of(dt.date(2012, 4, 9)))
    head = "# 下级情况\n| 编号 | 单位 | 未报原因 | 缓报至 |\n|---|---|---|---|\n"
    (answer,) = answers(f"{head}| {NOTE} | 西岸县 | 缓报 | {until} |", replace(SHEET, below=(row,)))
    assert bool(answer.decision) == is_leave
    assert ("截止时间是2012年4月9日（含当天）" in answer.words) != is_leave


def test_a_decision_is_taken_back_under_a_number_of_its_own() -> None:
    """撤销 names the decision it takes back, until that may not be done any more."""
    page = f"# 已处理\n| 编号 | 单位 | 意见 | 决定人 | 撤销 |\n|---|---|---|---|---|\n| {DONE} | 西岸县 | 属实 | 王某 | 是 |"
    (answer,) = answers(page)
    assert answer.decision is not None
    assert (answer.decision.number, answer.decision.about) == (f"{DONE}-撤1", DONE)
    assert (answer.decision.matter, answer.decision.receipt) == (Matter.UNDOING, WEST_RECEIPT)
    assert (answer.decision.opinion, answer.decision.decider) == ("", "")
    (done,) = SHEET.decided
    late = replace(SHEET, decided=(replace(done, may_be_undone=False),))
    (refused,) = answers(page, late)
    assert refused.decision is None
    assert "不能撤销" in refused.words
    assert answers(page.replace("| 是 |", "| — |"), late) == []


def test_a_row_without_a_figure_takes_no_agreed_one() -> None:
    """A row about the whole workbook has no figure that could ever be the agreed one: it is refused."""
    whole = replace(SHEET.looks[0], number=f"{EAST_RECEIPT}-核1", code="", label="整个报表")
    head = "# 重点核对\n| 编号 | 指标 | 处理 | 意见 | 电话商定数 |\n|---|---|---|---|---|\n"
    (answer,) = answers(
        f"{head}| {whole.number} | 整个报表 | 请核实 | 是多少？ | 310 |",
        replace(SHEET, looks=(whole,)),
    )
    assert answer.decision is None
    assert answer.words == "这一行没有指标，不能写“电话商定数”"
