"""Declared rules judged: a finding where the condition is true and the requirement false, else silence."""

from __future__ import annotations

from dataclasses import replace

import pytest

from sheetflow.errors import DeclarationError
from sheetflow.findings import Severity
from sheetflow.schemas.book import Outcome
from sheetflow.schemas.columns import whole
from sheetflow.schemas.conditions import (
    Any,
    AtLeast,
    Compared,
    Condition,
    Every,
    Filled,
    Not,
    where,
)
from sheetflow.schemas.expressions import Cell, Name, Operation
from sheetflow.schemas.rule_needs import concerns
from tests.validators.ruled import FORM, SECOND, found, judged, rows_found, ruled

_FIRST, *_, _LAST = FORM.periods_of(2012)
FAULTY = "@ 工单表 {} {} = 看不清"


def test_the_sound_workbook_is_accepted() -> None:
    """Nothing but the rules is at work in what follows."""
    assert judged().outcome is Outcome.ACCEPTED


@pytest.mark.parametrize(
    ("must", "when", "rows"),
    [
        ("[工时]<=2", "", ["W002"]),
        ("[工时]+1<=[费用（元）]/2", "", []),
        ("[工时]*60<=[费用（元）]", "", ["W001", "W003"]),
        ('[类别]={"路灯","井盖"}', "", ["W003"]),
        ('[类别]<>"其他"', '[状态]="在办"', ["W003"]),
        ('[费用（元）]<>""', "", ["W002"]),
        ('[备注]=""', "", ["W003"]),
        ('含([用料], "铁件")', "", ["W001"]),
        ("字数([地点])>=3", "", ["W001", "W003"]),
        ('([状态]="办结")=([工时]=2)', "", []),
        ("[登记日期]>=期初()", "", ["W001"]),
        ("[登记日期]>期末(1)", "", ["W001"]),
        ("期末()-[登记日期]<=60", "", ["W001", "W002"]),
        ("表头[人手]>=[工时]*2", "", ["W002"]),
        ("非 [工时]=3 或 [费用（元）]>0", "", []),
        ("[工时]<=2", '[状态]="撤销"', ["W004"]),
        ("计数(工单表, [类别]=本行[类别])>=2", "", ["W001", "W002", "W003"]),
        ("计数(回复表, [工单]=本行[工单号] 且 [通话（分）]>本行[工时])>0", "", ["W003"]),
        ("计数(回复表, 含([相关工单], 本行[工单号]))>0", "", []),
        ('计数(回复表, [相关工单]<>"" 且 含([相关工单], 本行[工单号]))>0', "", ["W002"]),
        ("合计(回复表, [通话（分）], [工单]=本行[工单号])>=5", "", ["W003"]),
        ("计数(地名表, [地名]=本行[地点])>0", "", []),
        ("合计(地名表, [人口], [人口]>=500)=900", "", []),
        ("有对应行(回复表, [工单])", "", []),
        ('有对应行(回复表, [工单], [评价]="好")', "", ["W002"]),
        ("不重复([地点])", "", ["W002"]),
    ],
)
def test_what_an_office_writes_is_what_is_checked(must: str, when: str, rows: list[str]) -> None:
    """Each piece of the language finds the rows that an officer finds by hand, and no others."""
    assert rows_found(ruled(must, when=when)) == rows


@pytest.mark.parametrize(
    ("must", "rows"),
    [("[工单].[工时]<=2", ["H002"]), ('[工单].[状态]="在办"', ["H001"])],
)
def test_a_reference_is_followed(must: str, rows: list[str]) -> None:
    """What stands in the row that is pointed to can be asked; of a row that is not there nothing is said."""
    rule = ruled(must, sheet="回复表", points=("工单",))
    assert rows_found(rule) == rows
    assert rows_found(rule, changes=f"@ 回复表 工单 {rows[0]} = W009") == []


def test_a_key_that_stands_twice_is_followed_to_neither_row() -> None:
    """Where two rows bear the key that is meant, neither is held against who points to it."""
    rule = ruled("[工单].[工时]<=2", sheet="回复表", points=("工单",))
    assert rows_found(rule, changes="@ 工单表 工单号 W002 = W001\n@ 回复表 blank 5") == []


@pytest.mark.parametrize(
    ("must", "changes", "expected"),
    [
        ("上期[工时]<=[工时]", "@ 工单表 工时 W001 = 1", ["W001"]),
        (
            "上期[工时]<=[工时]",
            "@ 工单表 + | W005 | 东岭 | 甲 | 2012-05-01 | 其他 | | 1 | | 在办 | |",
            [],
        ),
        (
            "非 新增()",
            "@ 工单表 + | W005 | 东岭 | 甲 | 2012-05-01 | 其他 | | 1 | | 在办 | |",
            ["W005"],
        ),
        ("非 新增()", "@ 工单表 工单号 W003 = 看不清", []),
    ],
)
def test_the_last_period_is_asked_by_key(must: str, changes: str, expected: list[str]) -> None:
    """A row is compared with itself; one that is new, or whose key cannot be read, with nothing."""
    assert rows_found(ruled(must), changes=changes, before="") == expected


def test_without_a_past_every_row_is_new_and_nothing_is_compared() -> None:
    """In a unit's first period 新增 holds of every row, and 上期 is unknown."""
    assert rows_found(ruled("非 新增()")) == ["W001", "W002", "W003"]
    assert rows_found(ruled("上期[工时]>100")) == []


@pytest.mark.parametrize(
    ("must", "points", "before", "keys"),
    [
        ("J1>=表头[人手]", ("head.staff",), None, ["人手"]),
        ("J1>=表头[人手]", ("J1",), None, ["工单"]),
        ("J2<=J1", ("J1",), None, []),
        ("J1<=上期(J1)", ("J1",), None, []),
        ("J1<=上期(J1)", ("J1",), "@ 工单表 blank 6", ["工单"]),
        ('计数(工单表, [类别]="路灯")=0', ("J1", "J3"), None, ["工单", "费用"]),
    ],
)
def test_a_rule_without_a_sheet_judges_the_workbook_once(
    must: str, points: tuple[str, ...], before: str | None, keys: list[str]
) -> None:
    """Figures and cards are checked once a workbook, and the finding stands at the figure or the cell."""
    told = found(ruled(must, sheet="", points=points), before=before)
    assert [entry.place.label for entry in told] == keys


@pytest.mark.parametrize(
    ("must", "changes", "rows"),
    [
        ('计数(工单表, [类别]="路灯")>0', FAULTY.format("类别", "W001"), []),
        ('计数(工单表, [类别]="路灯")=0', FAULTY.format("类别", "W001"), []),
        ('计数(工单表, [类别]="路灯")<=1', FAULTY.format("类别", "W001"), []),
        ('计数(工单表, [类别]="路灯")>1', FAULTY.format("类别", "W001"), ["W001", "W002", "W003"]),
        ("合计(工单表, [工时])>=6", FAULTY.format("工时", "W001"), []),
        ("合计(工单表, [工时])>=3", FAULTY.format("工时", "W001"), []),
        ("合计(工单表, [工时])<=3", FAULTY.format("工时", "W001"), ["W001", "W002", "W003"]),
        ("合计(工单表, [费用（元）])=120.5", "", []),
        ("计数(工单表)=3", FAULTY.format("状态", "W001"), []),
        ("计数(工单表)=2", FAULTY.format("状态", "W001"), []),
        ("计数(工单表)>4", FAULTY.format("状态", "W001"), ["W002", "W003"]),
        ("计数(地名表)>0", "@ 地名表 gone", ["W001", "W002", "W003"]),
        ("计数(地名表, [地名]=本行[地点])>0", "@ 地名表 地名 西岭 = " + "岭" * 31, []),
    ],
)
def test_counts_over_unknown_rows_are_bounds(must: str, changes: str, rows: list[str]) -> None:
    """A row that cannot be read may count or not: what depends on it is not told."""
    assert rows_found(ruled(must, points=("地点",)), changes=changes) == rows


def test_a_rejected_cell_is_left_to_its_own_finding() -> None:
    """Where a cell must be mended anyway, no rule speaks of it besides."""
    rule = ruled("计数(地名表, [地名]=本行[地点])>0", points=("地点",))
    assert rows_found(rule, changes="@ 工单表 地点 W001 = 北岭") == ["W001"]
    assert rows_found(rule, changes="@ 工单表 地点 W001 = 13812345678") == []


PLACEHOLDERS = {
    "{hours}": "3",
    "{status}": "在办",
    "{parts}": "铁件",
    "{cost}": "（空）",
    "{kind}": "井盖",
    "{opened_on}": "2012-04-11",
    "{本栏}": "3",
    "{栏目}": "工时",
    "{各栏}": "工时",
    "{上期:hours}": "4",
    "{job_id}": "W002",
}


@pytest.mark.parametrize(("asked", "said"), PLACEHOLDERS.items())
def test_every_placeholder_is_what_stands_there(asked: str, said: str) -> None:
    """A sentence quotes the row in its own words, so that the clerk knows which cell is meant."""
    rule = ruled("[工时]<=2", wrong=f"读作“{asked}”", remedy="请改正")
    judgement = judged(rule, before="@ 工单表 工时 W002 = 4")
    (finding,) = [entry for entry in judgement.findings if entry.rule == rule.code]
    assert rule.check.wrong.format_map(finding.arguments) == f"读作“{said}”"


def test_no_sentence_quotes_a_person_or_a_long_text() -> None:
    """Even where a declaration asks for it, nobody's name or story gets into a finding."""
    rule = ruled("[工时]<=2", wrong="{caller}{remark}{place}", remedy="请改正")
    (finding,) = found(rule, changes="@ 工单表 备注 W002 = 家中困难\n@ 工单表 地点 W002 = 周芳")
    assert set(finding.arguments.values()) == {"（内容略）"}
    long = ruled("[工时]<=2", wrong="{job_id}")
    (finding,) = found(long, changes=f"@ 工单表 工单号 W002 = W{'0' * 30}2")
    assert max(len(str(value)) for value in finding.arguments.values()) == 20


def test_another_row_is_named_by_its_key_else_by_its_cell() -> None:
    """Whoever is told of a double knows where the first one stands."""
    rule = ruled("不重复([类别], [状态])", points=("类别",), wrong="与{另一行}相同")
    again = "@ 工单表 + | {} | 北岭 | 乙 | 2012-05-01 | 井盖 | | 1 | | 在办 | |"
    (finding,) = found(rule, changes=again.format("W005"))
    assert finding.arguments["另一行"] == "W002"
    changes = "@ 工单表 工单号 W002 = \n" + again.format("W005")
    (finding,) = found(rule, changes=changes)
    assert finding.arguments["另一行"] == "E5"


def test_one_finding_a_row_names_all_its_cells() -> None:
    """With 一行一条 a row is one finding, at the first cell, with the labels of all."""
    rule = ruled("本栏<=2", points=("工时", "费用（元）"), wrong="超过2：{各栏}", by_row=True)
    told = [(entry.place.key, entry.place.label, entry.arguments["各栏"]) for entry in found(rule)]
    assert sorted(told) == [
        ("W001", "费用（元）", "费用（元）"),
        ("W002", "工时", "工时"),
        ("W003", "费用（元）", "费用（元）"),
    ]
    both = found(replace(rule), changes="@ 工单表 工时 W001 = 7")
    assert both[0].arguments["各栏"] == "工时、费用（元）"
    apart = found(replace(rule, by_row=False), changes="@ 工单表 工时 W001 = 7")
    assert len(apart) == len(both) + 1


def test_scopes_narrow_a_rule() -> None:
    """不查第一期, 只在末期 and 只查<级次> keep a rule out of every other workbook."""
    rule = ruled("[工时]<=2", points=("状态",))
    for period in (_FIRST, SECOND, _LAST):
        assert bool(found(replace(rule, skips_first=True), period=period)) is (period != _FIRST)
        assert bool(found(replace(rule, only_last=True), period=period)) is (period == _LAST)
    assert not found(replace(rule, only_levels=frozenset({"市"})))
    assert found(replace(rule, only_levels=frozenset({"市", "县"})))


def test_a_rule_on_trial_only_says_what_it_sees() -> None:
    """Until its trial is over a 强制性 rule sends nobody's workbook back."""
    rule = ruled("[工时]<=2")
    assert judged(rule).outcome is Outcome.RETURNED
    for until in (SECOND, _LAST):
        trial = judged(replace(rule, trial_until=until.period_id))
        assert trial.outcome is Outcome.ACCEPTED
        assert [entry.severity for entry in trial.findings] == [Severity.NOTE]
    assert judged(replace(rule, trial_until=_FIRST.period_id)).outcome is Outcome.RETURNED


def test_a_nil_return_is_judged_on_its_cover_alone() -> None:
    """Whoever reports nothing is asked about the cover and about no row that came pre-filled."""
    nil = "@ 表头 无事可报 = 是"
    rows, cover = ruled("[工时]<=2"), ruled("表头[人手]>9", sheet="", points=("head.staff",))
    figures = ruled("J1>9", sheet="", points=("J1",), code="figures")
    assert found(rows, before="")
    assert not found(rows, changes=nil, before="")
    assert not found(figures, changes=nil, before="")
    assert found(replace(cover, code="cover"), changes=nil, before="")


def test_a_rule_is_silent_where_its_column_is_not() -> None:
    """A file, or a version of the form, that lacks a column is not judged by rules that need it."""
    rule = ruled('[工时]<=2 且 [备注]=""', points=("工时",))
    assert rows_found(rule) == ["W002", "W003"]
    assert rows_found(rule, changes="@ 工单表 备注 3 = 说法") == ["W002"]
    job = FORM.by_key["jobs"]
    columns = (*job.declared, whole("新栏", since=2, key="fresh", required=False))
    sheets = tuple(replace(job, declared=columns) if s is job else s for s in FORM.sheets)
    newer = replace(FORM, sheets=sheets, version=2)
    quotes = replace(rule, wrong="{fresh}")
    assert rows_found(quotes, form=newer) == ["W002", "W003"]
    assert not concerns(quotes, newer.in_version(1), "县")
    assert rows_found(quotes, form=newer, version=1) == []


def test_a_rule_stands_in_its_versions_alone() -> None:
    """A rule that came later, or went, judges no workbook of another version."""
    rule = ruled("[工时]<=2")
    newer = replace(FORM, version=2)
    for version in (1, 2):
        come, gone = replace(rule, since=2), replace(rule, until=1)
        assert bool(found(come, form=newer, version=version)) is (version == 2)
        assert bool(found(gone, form=newer, version=version)) is (version == 1)


@pytest.mark.parametrize(
    ("void", "looked_at"),
    [
        (where("status", "撤销"), ["W001", "W002", "W003"]),
        (Any((where("status", "撤销"), Compared("hours", ">", 2))), ["W001", "W003"]),
        (
            Every((Not(where("status", "在办")), Compared("hours", "<", 9))),
            ["W002", "W003", "W004"],
        ),
        (Compared("hours", "=", 3), ["W001", "W003", "W004"]),
        (AtLeast("hours", "cost"), ["W001", "W003", "W004"]),
        (Filled("remark"), ["W001", "W002"]),
        (None, ["W001", "W002", "W003", "W004"]),
    ],
)
def test_rows_set_aside_are_not_looked_at(void: Condition | None, looked_at: list[str]) -> None:
    """Whatever sets rows aside: they are no fault, nor is a row of which nobody knows whether it is."""
    job = FORM.by_key["jobs"]
    sheets = tuple(replace(job, void=void) if s is job else s for s in FORM.sheets)
    rule = ruled('[地点]="别处"', points=("地点",))
    assert rows_found(rule, form=replace(FORM, sheets=sheets)) == looked_at


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"points": ()}, "没有写明指向哪一栏"),
        ({"points": ("gone",)}, "用到jobs.gone，没有它"),
        ({"sheet": "gone"}, "用到gone.hours，没有它"),
        ({"wrong": "{gone}"}, "用到jobs.gone，没有它"),
        ({"must": Operation("<", Cell("hours"), Cell("gone"))}, "用到jobs.gone，没有它"),
        ({"must": Operation("<", Cell("hours"), Name("S9"))}, "用到S9，没有它"),
        ({"trial_until": "2012Q9"}, "试审到2012Q9，没有这个报告期"),
        ({"since": 2}, "版"),
    ],
)
def test_a_rule_that_asks_what_is_not_there_is_refused(
    change: dict[str, object], told: str
) -> None:
    """A rule that could never speak is told by name when its campaign is loaded."""
    rule = ruled("[工时]<=2")
    assert replace(FORM, rules=(rule,)).rules == (rule,)
    with pytest.raises(DeclarationError, match="审核“试一试”（tried）") as caught:
        replace(FORM, rules=(replace(rule, **change),))  # type: ignore[arg-type]
    assert told in str(caught.value)
    with pytest.raises(DeclarationError, match="有两条审核的编码都是tried"):
        replace(FORM, rules=(rule, rule))
