"""The form 活动情况报表: every unit, every two months; what it gives to reports and charts."""

from __future__ import annotations

from sheetflow.schemas.conditions import Is, where
from sheetflow.schemas.forms import Across, ChartSpec, Cover, Form, ReportSpec, SamePerson
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
from sheetflow.schemas.grassroots2012.statistics import INDICATORS, STATISTICS
from sheetflow.schemas.grassroots2012.words import GROUPS, NATURES
from sheetflow.schemas.sheets import EXPLANATIONS

_FIRST_GROUP, _FIRST_NATURE = 20, 26


CHARTS = (
    ChartSpec(title="走访妇女群众（本期，人次）", codes=("S08",), current=True, name="走访群众"),
    ChartSpec(title="台帐登记需求与已办结（累计，件）", codes=("S19", "S29")),
    ChartSpec(title="办结率（累计）", codes=("S32",), name="办结率"),
    ChartSpec(
        title="台帐登记需求按群体（累计，件）",
        name="群体类别",
        codes=tuple(f"S{_FIRST_GROUP + number}" for number in range(len(GROUPS))),
        across=Across.INDICATORS,
    ),
    ChartSpec(
        title="台帐登记需求按问题性质（累计，件）",
        codes=tuple(f"S{_FIRST_NATURE + number}" for number in range(len(NATURES))),
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
    version=1,
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
        story_sheet="practices",
        story_where=where("kind", "典型案例"),
        story_title="title",
        story_text="summary",
    ),
    own_work="只填本机关直接开展的工作，不含下级；联合开展的由牵头单位填一次。",
    charts=CHARTS,
    same_person=SamePerson(
        sheet="needs",
        person="id_number",
        matter=("category", "status"),
        where=NEEDS.void_not,
    ),
)
