"""The form 活动情况报表: every unit, every two months; its indicators S01–S76, charts and report.

五 “加强对活动成效的调查统计”: each indicator is one expression, from which the live formula
in the workbook, the recomputation on receipt and the roll-up follow.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import repeat

from sheetflow.findings import Severity
from sheetflow.schemas.columns import More
from sheetflow.schemas.conditions import AtLeast, Filled, Is, Not, where
from sheetflow.schemas.forms import Across, ChartSpec, Cover, Form, ReportSpec, SamePerson
from sheetflow.schemas.grassroots2012.checks import declared_checks
from sheetflow.schemas.grassroots2012.help_and_outcomes import (
    CASE_HELP,
    HARD_CASES,
    NARRATIVE,
    PAIRINGS,
    PRACTICES,
    PROJECTS,
    PUBLICITY,
    SUPERVISION,
)
from sheetflow.schemas.grassroots2012.people_and_needs import (
    CADRES,
    CONTACT_POINTS,
    COVER,
    GRASSROOTS,
    NEEDS,
    PAPERS,
    PROPOSALS,
    VISITS,
)
from sheetflow.schemas.grassroots2012.words import (
    CHILDREN,
    GROUPS,
    NATURES,
    RANKS,
    VISIT_MODES,
)
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
from sheetflow.schemas.sheets import EXPLANATIONS, Kind, RollUp, Sheet

_GROUP_CODES = ("S20", "S21", "S22", "S23", "S24", "S76", "S25")
_MODE_CODES = ("S09", "S10", "S11", "S12")
_NATURE_CODES = ("S26", "S27", "S28")

STATISTICS = Sheet(
    key="statistics",
    title="活动统计",
    kind=Kind.INDICATORS,
    declared=(),
    note="本表由各明细表自动计算，请勿修改公式；数字不对的，请修改明细表",
    source="五：加强对活动成效的调查统计",
    roll_up=RollUp.SUMMED,
)

_PARTS = ("其中：", "　　　")
"""What stands before the first and before any other part of the indicator above."""


def _line(code: str, label: str, unit: str, source: Source, **more: More) -> Indicator:
    return Indicator(code, label, unit, source, indent=int(label.startswith(_PARTS)), **more)


def _parts(
    codes: Sequence[str], unit: str, words: Sequence[str], of: Callable[[str], Source]
) -> list[Indicator]:
    """One indicator for each of some words."""
    fronts = (_PARTS[0], *repeat(_PARTS[1], len(words) - 1))
    return [
        _line(code, front + word, unit, of(word), since=_SINCE.get(word, 1))
        for code, front, word in zip(codes, fronts, words, strict=True)
    ]


_SINCE = {CHILDREN: 2}
"""The version from which there is an indicator for a word, where that is not the first."""
_ON_DUTY = where("status", "在岗")
_IN_USE = where("status", "在用")
_PAIRED = where("status", "结对中")
_BY_CADRES = where("helper_kind", "妇联干部")
_ADOPTED = where("progress", "已采纳", "已出台法规政策", "已纳入民生项目")
_ENACTED = where("progress", "已出台法规政策")
_OWN_MEDIA = where("own_media", "是")
_PLANNED = Filled("stage") & Not(where("stage", "制定方案"))
_ENOUGH_FUNDS = AtLeast("women", 1) & AtLeast("funds", "women")
_WATCHED = Severity.VERIFY
_STANDING = "对应的台帐需求已撤销的不计"

INDICATORS: tuple[Indicator, ...] = (
    _line("S01", "参加活动的妇联干部", "人", Count("cadres", _ON_DUTY), swing=_WATCHED),
    _line("S02", "其中：领导干部", "人", Count("cadres", _ON_DUTY & where("is_leader", "是"))),
    _line("S03", "建立联系点", "个", Count("contact_points", _IN_USE), swing=_WATCHED),
    _line("S04", "其中：村", "个", Count("contact_points", _IN_USE & where("kind", "村"))),
    _line("S05", "　　　社区", "个", Count("contact_points", _IN_USE & where("kind", "社区"))),
    _line(
        "S06", "固定联系妇女群众", "人", Sum("cadres", ("women_linked",), _ON_DUTY), swing=_WATCHED
    ),
    _line("S07", "走访活动", "次", Count("visits")),
    _line("S08", "走访妇女群众", "人次", Sum("visits", ("women_met",))),
    *_parts(
        _MODE_CODES,
        "人次",
        VISIT_MODES,
        lambda mode: Sum("visits", ("women_met",), where("mode", mode)),
    ),
    _line("S13", "收回问卷", "份", Sum("visits", ("questionnaires",))),
    _line("S14", "征求意见建议", "条", Sum("visits", ("opinions",))),
    _line("S15", "妇情日记", "本", Sum("cadres", ("diaries",))),
    _line("S16", "需求台帐", "册", Sum("cadres", ("ledgers",))),
    _line("S17", "调查手记", "份", Count("papers", where("kind", "调查手记"))),
    _line("S18", "调研报告", "篇", Count("papers", where("kind", "调研报告"))),
    _line("S19", "台帐登记需求", "件", Count("needs")),
    *_parts(_GROUP_CODES, "件", GROUPS, lambda group: Count("needs", where("group", group))),
    *(
        _line(code, nature, "件", Count("needs", where("nature", nature)))
        for code, nature in zip(_NATURE_CODES, NATURES, strict=True)
    ),
    _line("S29", "已办结", "件", Count("needs", where("status", "已办结"))),
    _line("S30", "办理中", "件", Count("needs", where("status", "办理中")), by=Kind.STOCK),
    _line("S31", "未办理", "件", Count("needs", where("status", "未办理")), by=Kind.STOCK),
    _line(
        "S32",
        "办结率",
        "%",
        Ratio("S29", "S19"),
        percent=True,
        definition="已办结件数除以台帐登记需求件数，按累计数计算",
    ),
    _line("S33", "提出对策建议", "件", Count("proposals")),
    _line(
        "S34",
        "其中：被采纳",
        "件",
        Count("proposals", _ADOPTED),
        definition="办理进展为已采纳、已出台法规政策、已纳入民生项目的件数",
    ),
    _line(
        "S35",
        "　　　推动出台法规政策",
        "件",
        Count("proposals", _ENACTED),
    ),
    _line(
        "S36", "　　　纳入民生项目", "件", Count("proposals", where("progress", "已纳入民生项目"))
    ),
    _line("S37", "跟踪督促", "次", Sum("proposals", ("follow_ups",))),
    _line("S38", "个案帮扶", "件", Count("case_help"), definition=_STANDING),
    _line("S39", "个案帮扶投入资金", "元", Sum("case_help", ("funds",)), definition=_STANDING),
    _line(
        "S40",
        "制定难题解决方案",
        "件",
        Count("hard_cases", _PLANNED),
        definition=f"《难题化解》中当前阶段已过“制定方案”的件数，{_STANDING}",
    ),
    _line("S41", "说服教育解疑释惑", "次", Sum("hard_cases", ("talks",)), definition=_STANDING),
    _line("S42", "结对帮扶", "对", Count("pairings", _PAIRED)),
    _line("S43", "其中：一帮一", "对", Count("pairings", _PAIRED & where("mode", "一帮一"))),
    _line("S44", "　　　多帮一", "对", Count("pairings", _PAIRED & where("mode", "多帮一"))),
    _line("S45", "结对帮扶资金", "元", Sum("pairings", ("funds",)), by=Kind.LEDGER),
    _line("S46", "办好事实事", "件", Sum("pairings", ("deeds",)), by=Kind.LEDGER),
    _line(
        "S47",
        "现有自然村、小区、楼栋妇女组织",
        "个",
        Sum("grassroots", ("hamlet_groups", "estate_groups", "building_groups")),
    ),
    _line("S48", "现有辖区单位妇女组织", "个", Sum("grassroots", ("employer_groups",))),
    _line(
        "S49",
        "现有基层妇女工作力量",
        "人",
        Sum("grassroots", ("public_posts", "graduate_officials", "backbones")),
        definition="公益性岗位、女大学生村官、妇女骨干三类人数之和",
    ),
    _line("S50", "妇女之家", "个", Sum("grassroots", ("homes",)), swing=_WATCHED),
    _line("S51", "妇女之家活动", "次", Sum("grassroots", ("home_events",)), by=Kind.LEDGER),
    _line(
        "S52",
        "妇女人数",
        "人",
        Sum("grassroots", ("women",)),
        definition="户籍妇女人数，上年末数",
        swing=_WATCHED,
    ),
    _line("S53", "落实专项工作经费", "元", Sum("grassroots", ("funds",)), by=Kind.LEDGER),
    _line(
        "S54",
        "人均经费",
        "元/人",
        Ratio("S53", "S52"),
        definition="落实专项工作经费除以妇女人数，按累计数计算",
    ),
    _line(
        "S55",
        "经费达到人均一元的乡镇（街道）",
        "个",
        Count("grassroots", _ENOUGH_FUNDS),
        definition="妇女人数大于0且已落实经费（元）不少于妇女人数的乡镇（街道）",
    ),
    _line("S56", "惠民项目", "个", Count("projects")),
    _line("S57", "惠民项目资金", "元", Sum("projects", ("funds",))),
    _line("S58", "惠民项目受益妇女", "人", Sum("projects", ("beneficiaries",))),
    _line("S59", "媒体报道", "篇", Count("publicity")),
    _line("S60", "其中：国家级", "篇", Count("publicity", where("level", "国家级"))),
    _line("S61", "　　　省级", "篇", Count("publicity", where("level", "省级"))),
    _line("S62", "督查", "次", Count("supervision")),
    _line("S63", "其中：领导带队", "次", Count("supervision", where("led_by_leader", "是"))),
    _line("S64", "典型案例", "个", Count("practices", where("kind", "典型案例"))),
    _line("S65", "制度机制", "个", Count("practices", where("kind", "制度机制"))),
    _line("S66", "领导干部带队走访", "次", Count("visits", where("led_by_leader", "是"))),
    _line(
        "S67",
        "转化为帮扶措施的调研成果",
        "篇",
        Count("papers", Filled("measures")),
        definition="《调研成果》中填写了“转化的帮扶措施”的篇数",
    ),
    _line(
        "S68",
        "开展活动的妇联组织",
        "个",
        Reporting(where("nil_return", "是"), "cover"),
        definition="本期已报且不是零报告的单位数",
    ),
    _line("S69", "应开展活动的妇联组织", "个", Expected(), definition="本期应报的单位数"),
    _line(
        "S70",
        "经费达到人均一元的县（市、区）",
        "个",
        Reaches("S54", 1),
        definition="人均经费不少于1元的县（市、区）数",
    ),
    _line(
        "S71",
        "领导干部带头结对",
        "对",
        Count("pairings", _PAIRED & _BY_CADRES & where("led_by_leader", "是")),
        definition="结对中，帮扶主体是妇联干部、由领导干部带头的对数",
        since=2,
    ),
    _line("S72", "妇联所属报刊网站报道", "篇", Count("publicity", _OWN_MEDIA), since=2),
    _line(
        "S73",
        "其中：专版专栏专题",
        "篇",
        Count("publicity", _OWN_MEDIA & where("form", "专版专栏专题")),
        since=2,
    ),
    _line(
        "S74",
        "推动出台市级以上法规政策",
        "件",
        Count("proposals", _ENACTED & where("rank", *RANKS[:3])),
        definition="办理进展为已出台法规政策，级别为国家级、省级或市级的件数",
        since=2,
    ),
    _line(
        "S75",
        "其中：省级以上",
        "件",
        Count("proposals", _ENACTED & where("rank", *RANKS[:2])),
        since=2,
    ),
)

CHARTS = (
    ChartSpec(title="走访妇女群众（本期，人次）", codes=("S08",), current=True, name="走访群众"),
    ChartSpec(title="台帐登记需求与已办结（累计，件）", codes=("S19", "S29")),
    ChartSpec(title="办结率（累计）", codes=("S32",), name="办结率"),
    ChartSpec(
        title="台帐登记需求按群体（累计，件）",
        name="群体类别",
        codes=_GROUP_CODES,
        across=Across.INDICATORS,
    ),
    ChartSpec(
        title="台帐登记需求按问题性质（累计，件）",
        codes=_NATURE_CODES,
        across=Across.INDICATORS,
    ),
    ChartSpec(
        title="各期走访妇女群众（人次）", codes=("S08",), across=Across.PERIODS, current=True
    ),
    ChartSpec(
        title="各期末台帐登记需求与已办结（累计，件）",
        codes=("S19", "S29"),
        across=Across.PERIODS,
        name="需求办理进度",
    ),
)


PROGRESS = Form(
    key="progress",
    title="活动情况报表",
    version=2,
    sheets=(
        COVER,
        STATISTICS,
        CADRES,
        CONTACT_POINTS,
        VISITS,
        NEEDS,
        PAPERS,
        PROPOSALS,
        CASE_HELP,
        HARD_CASES,
        PAIRINGS,
        GRASSROOTS,
        PROJECTS,
        PUBLICITY,
        SUPERVISION,
        PRACTICES,
        NARRATIVE,
        EXPLANATIONS,
    ),
    cover=Cover(
        sheet="cover",
        unit_id="unit_id",
        unit_name="unit_name",
        period="period",
        filled_on="filled_on",
        preparer="preparer",
        phone="phone",
        reason="correction_reason",
        correction=Is("kind", ("更正",)),
        mending=Is("kind", ("退回修改",)),
        taking_over=Is("takes_over", ("是",)),
        nil=where("nil_return", "是"),
        exempt_when_nil=frozenset({"narrative"}),
    ),
    indicators=INDICATORS,
    guidance=(
        "先填《封面》《干部名册》《联系点》，再填《走访记录》《妇女需求台帐》，最后填《文字材料》；其他各表有则填，无则空着。",
        "《活动统计》不用填写，会随各表自动算出，报送前请核对一遍。",
        "《干部名册》《联系点》《妇女需求台帐》等表下期会自动带出上期内容，您只需续填和更新。",
        "本期确实没有开展活动的，在《封面》“零报告”填“是”并写明原因，其他各表不用填。",
        "内部资料，含个人信息，请妥善保管，不要通过公共网络传送。",
    ),
    report=ReportSpec(
        narrative="narrative",
        plans=("next_steps",),
        story_sheet="practices",
        story_where=where("kind", "典型案例"),
        story_title="title",
        story_text="summary",
    ),
    own_work="只填本机关直接开展的工作，不含下级；联合开展的由牵头单位填一次。",
    charts=CHARTS,
    rules=declared_checks("progress"),
    same_person=SamePerson(
        sheet="needs", person="id_number", matter=("category", "status"), where=NEEDS.void_not
    ),
)
