"""The indicators S01–S70 of 活动统计.

五 “加强对活动成效的调查统计”: each is one expression, from which the live formula in the
workbook, the recomputation on receipt and the roll-up follow.
"""

from __future__ import annotations

from collections.abc import Sequence

from sheetflow.schemas.columns import RowModel
from sheetflow.schemas.conditions import AtLeast, Filled, Not, where
from sheetflow.schemas.grassroots2012.words import GROUPS, NATURES, VISIT_MODES
from sheetflow.schemas.indicators import (
    Count,
    Expected,
    Indicator,
    Ratio,
    Reaches,
    Reporting,
    Source,
    Sum,
)
from sheetflow.schemas.sheets import Kind, RollUp, Sheet

STATISTICS = Sheet(
    key="statistics",
    title="活动统计",
    kind=Kind.INDICATORS,
    model=RowModel,
    note="本表由各明细表自动计算，请勿修改公式；数字不对的，请修改明细表",
    source="五：加强对活动成效的调查统计",
    roll_up=RollUp.SUMMED,
)

_ON_DUTY = where("status", "在岗")
_IN_USE = where("status", "在用")
_PAIRED = where("status", "结对中")
_STANDING = "对应的台帐需求已撤销的不计"
_ENOUGH_FUNDS = AtLeast("women", 1) & AtLeast("funds", "women")


def _of_which(code: str, label: str, unit: str, source: Source, definition: str = "") -> Indicator:
    """Declare a part of the indicator above it."""
    return Indicator(code, label, unit, source, indent=1, definition=definition)


def _front(word: str, words: Sequence[str]) -> str:
    """What stands before one of several parts."""
    return "其中：" if word == words[0] else "　　　"


def _people() -> list[Indicator]:
    return [
        Indicator("S01", "参加活动的妇联干部", "人", Count("cadres", _ON_DUTY)),
        _of_which(
            "S02", "其中：领导干部", "人", Count("cadres", _ON_DUTY & where("is_leader", "是"))
        ),
        Indicator("S03", "建立联系点", "个", Count("contact_points", _IN_USE)),
        _of_which("S04", "其中：村", "个", Count("contact_points", _IN_USE & where("kind", "村"))),
        _of_which(
            "S05", "　　　社区", "个", Count("contact_points", _IN_USE & where("kind", "社区"))
        ),
        Indicator("S06", "固定联系妇女群众", "人", Sum("cadres", ("women_linked",), _ON_DUTY)),
    ]


def _visits() -> list[Indicator]:
    by_mode = [
        _of_which(
            f"S{number:02d}",
            _front(mode, VISIT_MODES) + mode,
            "人次",
            Sum("visits", ("women_met",), where("mode", mode)),
        )
        for number, mode in enumerate(VISIT_MODES, start=9)
    ]
    return [
        Indicator("S07", "走访活动", "次", Count("visits")),
        Indicator("S08", "走访妇女群众", "人次", Sum("visits", ("women_met",))),
        *by_mode,
        Indicator("S13", "收回问卷", "份", Sum("visits", ("questionnaires",))),
        Indicator("S14", "征求意见建议", "条", Sum("visits", ("opinions",))),
        Indicator("S15", "妇情日记", "本", Sum("cadres", ("diaries",))),
        Indicator("S16", "需求台帐", "册", Sum("cadres", ("ledgers",))),
        Indicator("S17", "调查手记", "份", Count("papers", where("kind", "调查手记"))),
        Indicator("S18", "调研报告", "篇", Count("papers", where("kind", "调研报告"))),
    ]


def _needs() -> list[Indicator]:
    by_group = [
        _of_which(
            f"S{number}", _front(group, GROUPS) + group, "件", Count("needs", where("group", group))
        )
        for number, group in enumerate(GROUPS, start=20)
    ]
    by_nature = [
        Indicator(f"S{number}", nature, "件", Count("needs", where("nature", nature)))
        for number, nature in enumerate(NATURES, start=26)
    ]
    return [
        Indicator("S19", "台帐登记需求", "件", Count("needs")),
        *by_group,
        *by_nature,
        Indicator("S29", "已办结", "件", Count("needs", where("status", "已办结"))),
        Indicator("S30", "办理中", "件", Count("needs", where("status", "办理中")), by=Kind.STOCK),
        Indicator("S31", "未办理", "件", Count("needs", where("status", "未办理")), by=Kind.STOCK),
        Indicator(
            "S32",
            "办结率",
            "%",
            Ratio("S29", "S19"),
            percent=True,
            definition="已办结件数除以台帐登记需求件数，按累计数计算",
        ),
    ]


def _help() -> list[Indicator]:
    adopted = where("progress", "已采纳", "已出台法规政策", "已纳入民生项目")
    return [
        Indicator("S33", "提出对策建议", "件", Count("proposals")),
        _of_which(
            "S34",
            "其中：被采纳",
            "件",
            Count("proposals", adopted),
            definition="办理进展为已采纳、已出台法规政策、已纳入民生项目的件数",
        ),
        _of_which(
            "S35",
            "　　　推动出台法规政策",
            "件",
            Count("proposals", where("progress", "已出台法规政策")),
        ),
        _of_which(
            "S36",
            "　　　纳入民生项目",
            "件",
            Count("proposals", where("progress", "已纳入民生项目")),
        ),
        Indicator("S37", "跟踪督促", "次", Sum("proposals", ("follow_ups",))),
        Indicator("S38", "个案帮扶", "件", Count("case_help"), definition=_STANDING),
        Indicator(
            "S39", "个案帮扶投入资金", "元", Sum("case_help", ("funds",)), definition=_STANDING
        ),
        Indicator(
            "S40",
            "制定难题解决方案",
            "件",
            Count("hard_cases", Filled("stage") & Not(where("stage", "制定方案"))),
            definition=f"《难题化解》中当前阶段已过“制定方案”的件数，{_STANDING}",
        ),
        Indicator(
            "S41", "说服教育解疑释惑", "次", Sum("hard_cases", ("talks",)), definition=_STANDING
        ),
        Indicator("S42", "结对帮扶", "对", Count("pairings", _PAIRED)),
        _of_which(
            "S43", "其中：一帮一", "对", Count("pairings", _PAIRED & where("mode", "一帮一"))
        ),
        _of_which(
            "S44", "　　　多帮一", "对", Count("pairings", _PAIRED & where("mode", "多帮一"))
        ),
        Indicator("S45", "结对帮扶资金", "元", Sum("pairings", ("funds",)), by=Kind.LEDGER),
        Indicator("S46", "办好事实事", "件", Sum("pairings", ("deeds",)), by=Kind.LEDGER),
    ]


def _foundations() -> list[Indicator]:
    return [
        Indicator(
            "S47",
            "现有自然村、小区、楼栋妇女组织",
            "个",
            Sum("grassroots", ("hamlet_groups", "estate_groups", "building_groups")),
        ),
        Indicator("S48", "现有辖区单位妇女组织", "个", Sum("grassroots", ("employer_groups",))),
        Indicator(
            "S49",
            "现有基层妇女工作力量",
            "人",
            Sum("grassroots", ("public_posts", "graduate_officials", "backbones")),
            definition="公益性岗位、女大学生村官、妇女骨干三类人数之和",
        ),
        Indicator("S50", "妇女之家", "个", Sum("grassroots", ("homes",))),
        Indicator("S51", "妇女之家活动", "次", Sum("grassroots", ("home_events",)), by=Kind.LEDGER),
        Indicator(
            "S52",
            "妇女人数",
            "人",
            Sum("grassroots", ("women",)),
            definition="户籍妇女人数，上年末数",
        ),
        Indicator("S53", "落实专项工作经费", "元", Sum("grassroots", ("funds",)), by=Kind.LEDGER),
        Indicator(
            "S54",
            "人均经费",
            "元/人",
            Ratio("S53", "S52"),
            definition="落实专项工作经费除以妇女人数，按累计数计算",
        ),
        Indicator(
            "S55",
            "经费达到人均一元的乡镇（街道）",
            "个",
            Count("grassroots", _ENOUGH_FUNDS),
            definition="妇女人数大于0且已落实经费（元）不少于妇女人数的乡镇（街道）",
        ),
        Indicator("S56", "惠民项目", "个", Count("projects")),
        Indicator("S57", "惠民项目资金", "元", Sum("projects", ("funds",))),
        Indicator("S58", "惠民项目受益妇女", "人", Sum("projects", ("beneficiaries",))),
    ]


def _outcomes() -> list[Indicator]:
    return [
        Indicator("S59", "媒体报道", "篇", Count("publicity")),
        _of_which("S60", "其中：国家级", "篇", Count("publicity", where("level", "国家级"))),
        _of_which("S61", "　　　省级", "篇", Count("publicity", where("level", "省级"))),
        Indicator("S62", "督查", "次", Count("supervision")),
        _of_which(
            "S63", "其中：领导带队", "次", Count("supervision", where("led_by_leader", "是"))
        ),
        Indicator("S64", "典型案例", "个", Count("practices", where("kind", "典型案例"))),
        Indicator("S65", "制度机制", "个", Count("practices", where("kind", "制度机制"))),
        Indicator("S66", "领导干部带队走访", "次", Count("visits", where("led_by_leader", "是"))),
        Indicator(
            "S67",
            "转化为帮扶措施的调研成果",
            "篇",
            Count("papers", Filled("measures")),
            definition="《调研成果》中填写了“转化的帮扶措施”的篇数",
        ),
        Indicator(
            "S68",
            "开展活动的妇联组织",
            "个",
            Reporting(where("nil_return", "是"), "cover"),
            definition="本期已报且不是零报告的单位数",
        ),
        Indicator("S69", "应开展活动的妇联组织", "个", Expected(), definition="本期应报的单位数"),
        Indicator(
            "S70",
            "经费达到人均一元的县（市、区）",
            "个",
            Reaches("S54", 1),
            definition="人均经费不少于1元的县（市、区）数",
        ),
    ]


INDICATORS: tuple[Indicator, ...] = (
    *_people(),
    *_visits(),
    *_needs(),
    *_help(),
    *_foundations(),
    *_outcomes(),
)
