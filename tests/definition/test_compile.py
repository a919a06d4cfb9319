"""A campaign workbook compiled: what it declares, and each fault at its cell with the likely word."""

from __future__ import annotations

import time
from dataclasses import replace
from types import MappingProxyType

import pytest

from sheetflow.campaigns import load_campaign
from sheetflow.definition.compiling.campaign import compile_campaign
from sheetflow.definition.exporting.campaign import rows_of
from sheetflow.periods import Cadence
from sheetflow.schemas.sheets import Kind
from tests.definition.tables_drawn import Drawn

SMALL = Drawn(
    {
        "活动": [{"item": "活动名称", "value": "妇女之家"}],
        "级次": [
            {"rank": 1, "name": "省", "due": 6},
            {"rank": 2, "name": "市", "due": 4},
            {"rank": 3, "name": "县", "due": 2},
        ],
        "报表": [{"title": "季报", "cadence": "季"}],
        "工作表": [
            {"title": "封面", "kind": "封面"},
            {"title": "活动记录", "kind": "流水"},
        ],
        "栏目": [
            {"sheet": "活动记录", "label": "日期", "type": "日期", "purpose": "发生日期"},
            {"sheet": "活动记录", "label": "形式", "type": "单选", "extra": "形式"},
            {"sheet": "活动记录", "label": "人数", "type": "整数", "unit": "人"},
        ],
        "选项": [{"list": "形式", "option": "讲座"}, {"list": "形式", "option": "走访"}],
        "指标": [
            {"label": "活动", "unit": "次", "formula": "计数(活动记录)"},
            {"label": "参加人数", "unit": "人", "formula": "合计(活动记录,[人数],[形式]=“讲座”)"},
        ],
        "审核": [
            {
                "severity": "核实性",
                "sheet": "活动记录",
                "must": "[人数]<=500",
                "points": "人数",
                "wrong": "参加人数{人数}偏多，请核对",
                "remedy": "确实如此的请写明原因",
            }
        ],
    }
)


def test_a_small_workbook_is_a_campaign() -> None:
    """A dozen rows declare a campaign: cover, statistics and keys come by themselves."""
    made = SMALL.compiled()
    assert made.faults == ()
    campaign = made.campaign
    assert campaign
    form = campaign.main_form
    assert form.cadence is Cadence.QUARTER
    assert [sheet.title for sheet in form.sheets] == ["封面", "统计表", "活动记录", "情况说明"]
    assert form.cover_sheet.labels["单位代码"] == "单位代码"
    assert form.statistics
    assert form.statistics.kind is Kind.INDICATORS
    assert list(form.indicator) == ["活动", "参加人数"]
    (rule,) = form.rules
    assert rule.title == "参加人数偏多"
    assert rule.wrong == "参加人数{人数}偏多，请核对"
    assert rule.summary == "应当满足：“人数”不大于500"


def test_what_is_wrong_is_told_at_its_cell_all_at_once() -> None:
    """Whoever made several slips is told all of them, each with the likely word; nothing is compiled."""
    book = SMALL.copy()
    book.rows["工作表"][1]["kind"] = "流水帐"
    book.rows["栏目"][1]["extra"] = "形势"
    book.rows["指标"][1]["formula"] = "合计(活动记录,[人数],[形式]=“讲坐”)"
    book.rows["指标"][0]["formula"] = "计数(活动纪录"
    made = book.compiled()
    assert made.campaign is None
    assert [fault.sentence for fault in made.faults] == [
        "《工作表》C4“种类”：没有“流水帐”这个种类，是不是“流水”？可填：封面、卡片、流水、台帐、现状、统计。",
        "《栏目》D4“选项、引用或编号样子”：《选项》里没有“形势”，是不是“形式”？",
        "《指标》D3“公式”：第8个字符“（到此为止）”看不懂：还缺一个右括号。",
    ], "the option is not judged, for its list is broken"


@pytest.fixture(scope="module")
def real() -> Drawn:
    """The 2012 campaign as a workbook, but for rules that are programs."""
    campaign = replace(load_campaign("grassroots2012"), rules=MappingProxyType({}), checks=())
    return Drawn.of(rows_of(campaign), campaign.levels.names)


def _rule(**cells: str) -> dict[str, object]:
    usual = {
        "severity": "核实性",
        "sheet": "妇女需求台帐",
        "must": "[办理状态]<>“未办理”",
        "points": "办理状态",
        "wrong": "还没有办理",
        "remedy": "请核对",
    }
    return {**usual, **cells}


@pytest.mark.parametrize(
    ("title", "row", "changes", "told"),
    [
        (
            "栏目",
            {"sheet": "走访记录", "label": "走访方式"},
            {"extra": "走访方试"},
            "“选项、引用或编号样子”：《选项》里没有“走访方试”，是不是“走访方式”？",
        ),
        (
            "指标",
            {"code": "S02"},
            {"formula": "计数(干部名册, [状态]=“在职”)"},
            "“公式”：“状态”没有“在职”这个选项，是不是“在岗”？可填：在岗、已调离。",
        ),
        (
            "指标",
            {"code": "S03"},
            {"formula": "计数(联系店)"},
            "“公式”：没有《联系店》这张工作表，是不是《联系点》？",
        ),
        (
            "指标",
            {"code": "S07"},
            {"formula": "计数(走访记录, [走访方式]=“实地考察”"},
            "“公式”：第23个字符“（到此为止）”看不懂：还缺一个右括号。",
        ),
        (
            "指标",
            {"code": "S32"},
            {"formula": "S29/S91"},
            "“公式”：没有指标“S91”，它要写在本行上面，是不是“S19”？",
        ),
        (
            "工作表",
            {"title": "妇女需求台帐"},
            {"kind": "台帐本"},
            "“种类”：没有“台帐本”这个种类，是不是“台帐”？可填：封面、卡片、流水、台帐、现状、统计。",
        ),
    ],
)
def test_the_office_reads_what_it_meant(
    real: Drawn, title: str, row: dict[str, str], changes: dict[str, str], told: str
) -> None:
    """A slip in a real campaign is told in one sentence, with the cell, the likely word and what is possible."""
    book = real.copy()
    number = book.find(title, **row)
    book.rows[title][number].update(changes)
    (fault,) = book.compiled().faults
    place = f"《{title}》{book.cell(title, number, next(iter(changes)))}"
    assert fault.sentence == f"{place}{told}"


def test_a_column_named_twice_is_told_with_the_first(real: Drawn) -> None:
    """Two columns of one name in one sheet are told with the cell of the first."""
    book = real.copy()
    first = book.find("栏目", sheet="走访记录", label="参加干部")
    book.rows["栏目"].insert(first + 1, {**book.rows["栏目"][first], "code": "cadres_again"})
    (fault,) = book.compiled().faults
    cell = book.cell("栏目", first, "label")
    assert fault.message == f"《走访记录》已有“参加干部”（{cell}）。同一张表里栏目不能同名。"


@pytest.mark.parametrize(
    ("cells", "header", "told"),
    [
        (
            {"wrong": "{姓名}的需求还没有办理"},
            "问题",
            "不能引用{姓名}：个人信息不写进审核意见和邮件。请改为编号栏，如{台帐编号}。",
        ),
        (
            {"remedy": "请看{需求内容}"},
            "怎么改",
            "不能引用{需求内容}：长文字不写进审核意见和邮件。请改为编号栏，如{台帐编号}。",
        ),
        (
            {"wrong": "{本栏}不对", "points": "身份证号"},
            "问题",
            "不能引用{本栏}：个人信息不写进审核意见和邮件。请改为编号栏，如{台帐编号}。",
        ),
        (
            {"wrong": "{办理壮态}不对"},
            "问题",
            "《妇女需求台帐》没有可以引用的{办理壮态}，是不是{办理状态}？",
        ),
        ({"wrong": "{办理状态不对"}, "问题", "花括号要成对，里面写栏目名称，如 {台帐编号}。"),
        (
            {"points": "办理结局"},
            "指向栏目",
            "《妇女需求台帐》没有“办理结局”这个栏目，是不是“办理结果”？",
        ),
        (
            {"sheet": "", "must": "S01>0", "points": "零报告"},
            "指向栏目",
            "“零报告”前面要写明是哪张表，请写 封面.零报告。",
        ),
        (
            {"sheet": ""},
            "对每一行",
            "空着就是整本查一次，而[办理状态]是一行里的栏目。请写上是哪张工作表，是不是《妇女需求台帐》？",
        ),
        (
            {"trial_until": "2012B3"},
            "试审到",
            "只有强制性的规则才试审，这一条是核实性。请清空这一格。",
        ),
        ({"range": "只查镇"}, "范围", "《级次》里没有“镇”。可填：省、市、县。"),
    ],
)
def test_a_rule_is_told_what_is_wrong_with_it(
    real: Drawn, cells: dict[str, str], header: str, told: str
) -> None:
    """Nobody's personal value is quoted by a rule, and each slip in one is told at its cell."""
    book = real.copy()
    said = _rule(**cells)
    book.rows["审核"] = [{key: value for key, value in said.items() if value}]
    (fault,) = book.compiled().faults
    assert (fault.header, fault.message) == (header, told)


def test_one_rule_twice_is_told_and_so_is_one_name_for_two(real: Drawn) -> None:
    """The same question asked twice is one too many; two questions of one name could not be told apart."""
    book = real.copy()
    book.rows["审核"] = [_rule(), _rule(wrong="办理状态不对")]
    (fault,) = book.compiled().faults
    assert fault.message == "与上面的“还没有办理”查的是同一件事，请删掉一条。"
    book.rows["审核"] = [_rule(), _rule(must="[办理状态]<>“办理中”")]
    (fault,) = book.compiled().faults
    assert fault.message.startswith("与F3那一条的简称或编码相同，分不清是哪一条。")


def test_compiling_the_real_campaign_takes_no_second(real: Drawn) -> None:
    """An office that checks its workbook waits for nothing."""
    raw = real.raw()
    compile_campaign(raw)
    begun = time.process_time()
    assert compile_campaign(raw).faults == ()
    assert time.process_time() - begun < 1
