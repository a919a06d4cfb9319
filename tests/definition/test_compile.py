"""A campaign workbook compiled: what it declares, and each fault at its cell with the likely word."""

from __future__ import annotations

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
