"""One workbook in, one outcome out: recognised, judged in one pass, answered."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest

from sheetflow.findings import Explanation, Severity
from sheetflow.periods import OFFICE_ZONE
from sheetflow.pipeline import judge
from sheetflow.schemas.book import Outcome
from tests.county_book import (
    CAMPAIGN,
    FORM,
    TREE,
    cell,
    context,
    drawn,
    judged,
    judged_raw,
    left_by,
    said,
)
from tests.validators.pairs import dated

LATE_FLOW = "@ 走访记录 日期 4 = 2012-02-28\n"


def answered(number: str, words: str = "上期漏报") -> str:
    """Draw the sheet 情况说明 with one answer."""
    return (
        "# 情况说明\n| 审核意见编号 | 位置 | 说明 |\n| --- | --- | --- |\n"
        f"| '{number} | | {words} |"
    )


def test_a_sound_workbook_is_accepted_and_measured() -> None:
    """What is filled in as asked is accepted, with its figures."""
    judgement = judged()
    assert judgement.outcome is Outcome.ACCEPTED
    assert (judgement.form, judgement.version, judgement.period) == (
        "progress",
        FORM.version,
        "2012B2",
    )
    assert judgement.figures["S19"] == 4
    assert not judgement.late
    assert not judgement.nil


def test_a_fault_returns_the_workbook_without_figures() -> None:
    """A workbook with something to mend goes back, and none of its figures go up."""
    judgement = judged("@ 走访记录 走访妇女人次 4 = 约20")
    assert judgement.outcome is Outcome.RETURNED
    assert judgement.figures == {}
    assert judgement.book is not None


def test_notes_never_return_anything() -> None:
    """提示性 findings are told and stand in nobody's way."""
    judgement = judged("@ 走访记录 日期 4 = 2012.3.5\n# 草稿\n| 备忘 |")
    assert {entry.severity for entry in judgement.findings} == {Severity.NOTE}
    assert judgement.outcome is Outcome.ACCEPTED


def test_what_must_be_explained_returns_until_it_is() -> None:
    """A 核实性 finding returns the workbook once; explained, it is accepted with its words."""
    first = judged(LATE_FLOW)
    assert first.outcome is Outcome.RETURNED
    (finding,) = first.findings
    second = judged(LATE_FLOW + answered(finding.number))
    assert second.outcome is Outcome.ACCEPTED
    assert second.explanations[finding.identity].text == "上期漏报"


def test_an_explanation_holds_until_its_value_changes() -> None:
    """What was explained in an accepted workbook needs no second answer, unless it changed."""
    number = judged(LATE_FLOW).findings[0].number
    accepted = judged(LATE_FLOW + answered(number))
    known = dict(accepted.explanations)
    again = judged_raw(drawn(LATE_FLOW), explained=lambda _form, _period: known)
    assert again.outcome is Outcome.ACCEPTED
    stale = {key: Explanation(entry.text, "another") for key, entry in known.items()}
    changed = judged_raw(drawn(LATE_FLOW), explained=lambda _form, _period: stale)
    assert changed.outcome is Outcome.RETURNED


def test_a_long_case_is_explained_once() -> None:
    """What was said of a case open for long holds while it moves on and is not closed."""
    late = dated("@ 妇女需求台帐 办理状态 7 = 未办理", "2012B4")
    first = judged(late, period="2012B4")
    (asked,) = (entry for entry in first.findings if entry.rule == "case-open-long")
    known = judged(late + "\n" + answered(asked.number), period="2012B4").explanations
    assert asked.identity in known
    there = replace(context("2012B4"), explained=lambda _form, _period: known)
    moved = judge(drawn(dated("", "2012B4"), period="2012B4"), CAMPAIGN, there)
    assert moved.explanations[asked.identity].text == "上期漏报"


def test_a_waiver_lets_one_rule_pass() -> None:
    """A superior's waiver lets a hard finding pass for this submission, with why, and no other."""
    changes = "@ 调研成果 有分析 5 = 否"
    waived = judged_raw(drawn(changes), waived=lambda _form, _period: {"report-parts": "下期补齐"})
    assert waived.outcome is Outcome.ACCEPTED
    assert [entry.text for entry in waived.explanations.values()] == ["上级准予放行：下期补齐"]
    other = judged_raw(drawn(changes), waived=lambda _form, _period: {"required": "下期补齐"})
    assert other.outcome is Outcome.RETURNED


def test_a_hard_finding_cannot_be_explained_away() -> None:
    """What must be mended is not accepted because somebody wrote something beside it."""
    changes = "@ 走访记录 走访妇女人次 4 = 约20\n"
    number = judged(changes).findings[0].number
    assert judged(changes + answered(number)).outcome is Outcome.RETURNED


@pytest.mark.parametrize(
    ("words", "rule"), [("请打13812345678", "personal-in-text"), ("长" * 501, "text-too-long")]
)
def test_explanations_are_judged_too(words: str, rule: str) -> None:
    """An answer carries no private number and keeps to its length."""
    number = judged(LATE_FLOW).findings[0].number
    judgement = judged(LATE_FLOW + answered(number, words))
    assert rule in {entry.rule for entry in judgement.findings}
    assert judgement.outcome is Outcome.RETURNED


def test_answers_in_the_list_of_issues_are_heard() -> None:
    """Whoever answers in 问题清单, beside the finding, need not write it down elsewhere."""
    number = judged(LATE_FLOW).findings[0].number
    issues = (
        "# 问题清单\n| 序号 | 编号 | 类别 | 工作表 | 单元格 | 栏目 | 问题 | 怎么改 | 说明 |\n"
        "| --- | --- | --- | --- | --- | --- | --- | --- | --- |\n"
        f"| 1 | '{number} | 核实性 | 走访记录 | A4 | 日期 | 早 | 核对 | 上期漏报 |\n"
        "| 2 | '000000 | 核实性 | 走访记录 | A5 | 日期 | 早 | 核对 | |\n"
    )
    judgement = judged(LATE_FLOW + issues)
    assert judgement.outcome is Outcome.ACCEPTED
    headless = judged(LATE_FLOW + "# 问题清单\n" + "| 随手记 |\n" * 12)
    assert headless.outcome is Outcome.RETURNED
    assert judged(LATE_FLOW + "# 问题清单\n| 随手记 |").outcome is Outcome.RETURNED


def issue_line(number: str, row: int, wrong: str) -> str:
    """Draw 问题清单 with one answered line, as the returned copy has it."""
    return (
        "# 问题清单\n| 序号 | 编号 | 类别 | 工作表 | 单元格 | 栏目 | 问题 | 怎么改 | 说明 |\n"
        "| --- | --- | --- | --- | --- | --- | --- | --- | --- |\n"
        f"| 1 | '{number} | 核实性 | 走访记录 | {cell('visits', 'visited_on', row)} | 日期 | {wrong} | 核对 | 上期漏报 |\n"
    )


def test_an_answer_follows_its_row_when_another_cell_is_mended() -> None:
    """A row without a key gets new numbers once mended; what was answered there still counts."""
    first = judged(LATE_FLOW + "@ 走访记录 走访妇女人次 4 = 约20\n")
    (early,) = [entry for entry in first.findings if entry.severity is Severity.VERIFY]
    wrong = CAMPAIGN.catalogue.wrong(early)
    mended = judged(LATE_FLOW + issue_line(early.number, 4, wrong))
    assert mended.outcome is Outcome.ACCEPTED
    moved = judged(LATE_FLOW + issue_line(early.number, 9, wrong))
    assert moved.outcome is Outcome.ACCEPTED
    other = judged(LATE_FLOW + issue_line("ABCDEF", 4, "别的问题"))
    assert other.outcome is Outcome.RETURNED


def test_an_answer_typed_beside_its_column_is_heard() -> None:
    """Whoever types past the 说明 column, into the free cell beside it, is heard all the same."""
    number = judged(LATE_FLOW).findings[0].number
    issues = (
        "# 问题清单\n| 序号 | 编号 | 类别 | 工作表 | 单元格 | 栏目 | 问题 | 怎么改 | 说明 | |\n"
        "| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |\n"
        f"| 1 | '{number} | 核实性 | 走访记录 | A4 | 日期 | 早 | 核对 | | 上期漏报 |\n"
    )
    assert judged(LATE_FLOW + issues).outcome is Outcome.ACCEPTED


def test_late_is_late_by_the_last_moment() -> None:
    """The last minute of the last working day is in time, the next one is late."""
    last = dt.datetime(2012, 5, 3, 23, 59, tzinfo=OFFICE_ZONE)
    assert not judged_raw(drawn(), now=last).late
    assert judged_raw(drawn(), now=last + dt.timedelta(minutes=1)).late


def test_a_nil_return_is_accepted_as_such() -> None:
    """零报告 is accepted, known as nil, and needs no 文字材料."""
    changes = (
        "@ 封面 零报告 = 是\n@ 封面 零报告说明 = 没有开展\n@ 宣传报道 gone\n@ 案例机制 gone\n"
        "@ 文字材料 主要做法 = \n@ 文字材料 取得成效 = \n"
        "# 走访记录\n| 日期 | 参加干部 | 领导干部带队 | 联系点 | 走访方式 | 走访妇女人次 |"
        " 收回问卷（份） | 涉及群体 | 征求意见建议（条） | 主要情况 |\n" + "|" + " --- |" * 10
    )
    judgement = judged(changes, before="")
    assert judgement.outcome is Outcome.ACCEPTED
    assert judgement.nil
    assert judgement.figures["S68"] == 0
    assert judgement.figures["S19"] == 4


@pytest.mark.parametrize(
    ("stamp", "outcome", "form", "named"),
    [
        ({"unit": "370103"}, Outcome.HELD, "progress", "370103"),
        ({"unit": "379999"}, Outcome.HELD, "progress", ""),
        ({"campaign": "rivers2013"}, Outcome.HELD, "", ""),
        ({"version": str(FORM.version + 1)}, Outcome.HELD, "progress", ""),
        ({"version": "\u1369"}, Outcome.HELD, "progress", ""),
        ({"version": "7" * 5000}, Outcome.HELD, "progress", ""),
        ({"version": "-1"}, Outcome.HELD, "progress", ""),
        ({"period": "9999B6"}, Outcome.REFUSED, "", ""),
        ({"period": "0001B1"}, Outcome.REFUSED, "", ""),
        ({"period": "2012M13"}, Outcome.REFUSED, "", ""),
    ],
)
def test_doubts_hold_the_workbook(
    stamp: dict[str, str], outcome: Outcome, form: str, named: str
) -> None:
    """Where it is not sure whose or which workbook this is, it is held, and nothing is guessed."""
    judgement = judged_raw(drawn(stamp=stamp))
    assert (judgement.outcome, judgement.form, judgement.named_unit) == (outcome, form, named)
    assert judgement.book is None


@pytest.mark.parametrize("version", ["", "0", "0001", "0" * 5000 + "1", "１"])
def test_a_version_is_read_however_it_is_written(version: str) -> None:
    """No version, and one with noughts before it or in full-width figures, is the form's own."""
    assert judged_raw(drawn(stamp={"version": version})).outcome is Outcome.ACCEPTED


@pytest.mark.parametrize(
    "stamp", [{"unit": "370103"}, {"campaign": "old"}, {"version": "7"}, {"version": "\u1369"}]
)
def test_a_release_settles_the_doubt(stamp: dict[str, str]) -> None:
    """Once somebody has decided, the workbook is judged as the unit's own."""
    assert judged_raw(drawn(stamp=stamp), released=True).outcome is Outcome.ACCEPTED


def test_a_lost_stamp_is_made_good_by_names_and_cover() -> None:
    """Without its hidden sheet, a workbook is known by its names, else by titles and cover."""
    bare = drawn()
    sheets = tuple(sheet for sheet in bare.sheets if not sheet.hidden)
    unstamped = replace(bare, sheets=sheets)
    assert judged_raw(unstamped).outcome is Outcome.ACCEPTED
    named = replace(unstamped, names={"sheetflow_unit": '="370103"'})
    assert [entry.rule for entry in judged_raw(named).findings] == ["unit-other"]


def test_remarks_of_the_reader_are_passed_on() -> None:
    """What the reading room saw and passed is told, and stands in nobody's way."""
    judgement = judged_raw(replace(drawn(), remarks=("remark-macros", "remark-cell-pictures")))
    assert [entry.rule for entry in judgement.findings] == [
        "remark-macros",
        "remark-cell-pictures",
    ]
    assert judgement.outcome is Outcome.ACCEPTED


def test_formats_that_hide_formulas_are_not_blamed_for_constants() -> None:
    """Where a format cannot tell a formula from a figure, a wrong figure is not called a constant."""
    raw = replace(drawn("@ 活动统计 累计/期末 6 = 9"), tells_formulas=False)
    assert judged_raw(raw).findings == ()


def test_findings_stand_in_the_order_of_the_form() -> None:
    """Findings come by sheet, then by row, then by column, as one would work through them."""
    found = said(
        judged(
            "@ 文字材料 主要做法 = \n@ 走访记录 走访妇女人次 5 = 约3\n@ 走访记录 日期 5 = 上旬\n@ 走访记录 走访方式 4 = 闲聊\n"
            "@ 干部名册 固定联系妇女人数 4 = 若干\n@ 封面 单位负责人 = "
        )
    )
    assert [(title, cell) for _, title, cell in found] == [
        ("封面", "单位负责人"),
        ("干部名册", "固定联系妇女人数 4"),
        ("走访记录", "走访方式 4"),
        ("走访记录", "日期 5"),
        ("走访记录", "走访妇女人次 5"),
        ("文字材料", "主要做法"),
    ]


def test_a_city_cites_a_countys_need() -> None:
    """A city's proposal may point to a need in a county's accepted book, and to no other."""
    cited = "@ 对策建议 对应台帐编号 4 = 370103-X0007、X0001"
    known = judged_raw(
        drawn(cited), known_keys=lambda sheet, key: (sheet, key) == ("needs", "370103-X0007")
    )
    assert known.outcome is Outcome.ACCEPTED
    assert [entry.rule for entry in judged_raw(drawn(cited)).findings] == ["reference-unknown"]


def test_a_city_needs_no_grassroots_sheet() -> None:
    """A city's workbook without 基层组织 is whole; nothing is asked about townships."""
    raw = drawn(
        "@ 封面 填报单位 = 济南市\n@ 封面 单位代码 = '370100\n@ 基层组织 gone",
        stamp={"unit": "370100"},
    )
    assert judged_raw(raw, unit=TREE["370100"]).findings == ()


def test_history_says_nothing_without_history() -> None:
    """A unit with nothing accepted before is asked about nothing that came before."""
    earlier = left_by(judged())
    assert earlier.totals == judged().figures
    assert judged(before=None).findings == ()
