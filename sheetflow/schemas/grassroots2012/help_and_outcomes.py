"""Help given, and what is made of it: 个案帮扶 to 惠民项目, 宣传报道 to 文字材料."""

from __future__ import annotations

from sheetflow.schemas.columns import (
    Mask,
    RowModel,
    choice,
    choices,
    day,
    disclosed,
    key,
    money,
    refers,
    refers_many,
    text,
    whole,
)
from sheetflow.schemas.conditions import Not, Through, where
from sheetflow.schemas.grassroots2012.words import RANKS, SERVICES, WITHDRAWN, YES_NO
from sheetflow.schemas.sheets import Kind, Lookup, Sheet

_NEED_WITHDRAWN = Through("need", where("status", WITHDRAWN))
"""A row about a need that should not have been leaves the figures with it."""


class CaseHelp(RowModel):
    """Help with one need that the women's federation can solve itself."""

    need = refers("台帐编号", "needs", hint="填《妇女需求台帐》中问题性质为“个案性”的编号")
    responsible = refers("责任人", "cadres")
    funds = money("投入资金（元）")


CASE_HELP = Sheet(
    key="case_help",
    title="个案帮扶",
    kind=Kind.LEDGER,
    declared=CaseHelp.columns(),
    note="一件个案填一行，逐期续填；右侧灰色各栏自动取自《妇女需求台帐》，不用填写",
    source="三：对属于个案性的、妇联组织自身能够解决的问题，要迅速形成和落实帮扶措施",
    always_shown=False,
    filing_declared=True,
    filing_since=2,
    void=_NEED_WITHDRAWN,
    lookups=(
        Lookup("need", "needs", "measures"),
        Lookup("need", "needs", "status"),
        Lookup("need", "needs", "closed_on"),
        Lookup("need", "needs", "outcome"),
    ),
)


class HardCase(RowModel):
    """The way towards solving one need that cannot be solved at once."""

    need = refers("台帐编号", "needs", hint="填《妇女需求台帐》中问题性质为“暂时难以解决”的编号")
    support = text("争取重视支持情况", 500, required=False)
    plan = text("逐步解决方案", 500, required=Not(where("stage", "制定方案")))
    stage = choice("当前阶段", "制定方案", "推动落实", "阶段性解决", "转个案办理", "已解决")
    due_on = day("预计解决日期", required=False, not_after="")
    talks = whole("说服教育解疑释惑（次）", "次", hint="累计次数", width=14)


HARD_CASES = Sheet(
    key="hard_cases",
    title="难题化解",
    kind=Kind.LEDGER,
    declared=HardCase.columns(),
    note="一件难题填一行，逐期续填当前阶段",
    source="三：对一时还难以解决的问题，提出逐步解决问题的具体方案，耐心细致地做好说服教育、解疑释惑工作",
    always_shown=False,
    filing_declared=True,
    filing_since=2,
    void=_NEED_WITHDRAWN,
    closed=where("stage", "已解决", "转个案办理"),
    lookups=(Lookup("need", "needs", "status"),),
)


class Pairing(RowModel):
    """A lasting pair of helpers and helped."""

    pairing_id = key("编号", "J")
    helper_kind = choice("帮扶主体", "妇联组织", "妇联干部")
    helper_cadres = refers_many(
        "帮扶干部", "cadres", required=where("helper_kind", "妇联干部"), only=True
    )
    led_by_leader = choice(
        "领导干部带头",
        *YES_NO,
        required=where("helper_kind", "妇联干部") & where("status", "结对中"),
        since=2,
        hint="帮扶干部中有领导干部的填“是”",
    )
    helper_org = text(
        "帮扶组织", 50, required=where("helper_kind", "妇联组织"), only=True, width=22
    )
    mode = choice("结对方式", "一帮一", "多帮一")
    helpers = whole("帮扶主体数（单位或人）", least=1, hint="一帮一填1，多帮一填2或以上", width=14)
    target_kind = choice("帮扶对象类型", "联系点", "妇女群众")
    target_point = refers(
        "联系点", "contact_points", required=where("target_kind", "联系点"), only=True
    )
    target_name = text(
        "帮扶对象姓名",
        20,
        required=where("target_kind", "妇女群众"),
        only=True,
        personal=True,
        disclosure=disclosed(市=Mask.NAME, 省=Mask.LEFT_OUT),
    )
    paired_on = day("结对日期")
    services = choices("服务内容", *SERVICES)
    funds = money("累计帮扶资金（元）", zero_asked=True)
    deeds = whole("累计办好事实事（件）", "件")
    status = choice("状态", "结对中", "已结束")


PAIRINGS = Sheet(
    key="pairings",
    title="结对帮扶",
    kind=Kind.STOCK,
    declared=Pairing.columns(),
    matter=("paired_on", "helper_kind", "target_kind"),
    note="一对填一行；结束的不要删除，把状态改为“已结束”。资金和件数填自结对以来的累计数",
    source="三：采取“一帮一”、“多帮一”等方式，提供政策、信息、资金、项目等服务",
    always_shown=False,
    filing_declared=True,
    filing_since=2,
    closed=where("status", "已结束"),
    preprinted=20,
)


class Project(RowModel):
    """A project from which women gain."""

    project_id = key("编号", "P")
    name = text("项目名称", 60, width=32)
    funds = money("资金（元）")
    beneficiaries = whole("受益妇女人数", "人")
    started_on = day("启动日期")
    status = choice("状态", "实施中", "已完成", WITHDRAWN)


PROJECTS = Sheet(
    key="projects",
    title="惠民项目",
    kind=Kind.LEDGER,
    declared=Project.columns(),
    matter=("name", "started_on"),
    note="一个项目填一行，逐期续填",
    source="四：实施好使妇女群众得实惠、普受惠、长受惠的项目",
    always_shown=False,
    filing_declared=True,
    filing_since=2,
    void=where("status", WITHDRAWN),
    closed=where("status", "已完成", WITHDRAWN),
    preprinted=20,
)


class Publicity(RowModel):
    """One report in the media."""

    published_on = day("日期", not_after="period_end", event=True)
    outlet = text("媒体名称", 30, width=20)
    own_media = choice("是否妇联所属报刊网站", *YES_NO, since=2)
    level = choice("媒体级别", *RANKS)
    form = choice("形式", "新闻报道", "专版专栏专题", "广播电视节目", "简报信息", "其他")
    title = text("题目", 60, width=40)


PUBLICITY = Sheet(
    key="publicity",
    title="宣传报道",
    kind=Kind.FLOW,
    declared=Publicity.columns(),
    note="一篇（次）填一行，只填本期的报道",
    source="五：利用各类媒体大力宣传活动成效，妇联所属报刊网站要开辟专版专栏专题",
    always_shown=False,
    filing_declared=True,
    filing_since=2,
)


class Inspection(RowModel):
    """One inspection and what became of the problems found."""

    inspection_id = key("编号", "C")
    inspected_on = day("日期")
    method = choice("方式", "实地督查", "听取汇报", "查阅资料", "其他")
    inspected = text("被督查单位", 50, width=24)
    led_by_leader = choice("领导带队", *YES_NO)
    problems = text("发现问题", 500, required=False)
    rectification = choice("整改状态", "无需整改", "整改中", "已整改")
    rectified = text("整改情况", 500, required=where("rectification", "已整改"))


SUPERVISION = Sheet(
    key="supervision",
    title="督查考核",
    kind=Kind.LEDGER,
    declared=Inspection.columns(),
    matter=("inspected_on", "inspected"),
    note="一次督查填一行，逐期续填整改情况",
    source="五：严格督查考核，把开展活动情况纳入领导班子和干部的考核范围",
    always_shown=False,
    filing_declared=True,
    filing_since=2,
    preprinted=20,
)


class Practice(RowModel):
    """A case worth telling, or an experience that became a rule."""

    kind = choice("类型", "典型案例", "制度机制")
    title = text("标题", 60, width=36)
    happened_on = day("日期", not_after="period_end", event=True)
    summary = text("摘要", 500, width=60)
    document_no = text("文号", 40, required=False, width=20)


PRACTICES = Sheet(
    key="practices",
    title="案例机制",
    kind=Kind.FLOW,
    declared=Practice.columns(),
    note="一个案例或一项制度填一行，只填本期的",
    source="五：总结推广成功案例，及时把成熟做法和经验上升为制度规定",
    always_shown=False,
    filing_declared=True,
    filing_since=2,
)


class NarrativeCard(RowModel):
    """What the Word report quotes."""

    approach = text("主要做法", 1500)
    results = text("取得成效", 1500)
    problems = text("存在问题", 1500, required=False)
    next_steps = text("下步打算", 1500, required=False)
    advice = text("意见建议", 1500, required=False)


NARRATIVE = Sheet(
    key="narrative",
    title="文字材料",
    kind=Kind.CARD,
    declared=NarrativeCard.columns(),
    note="每项不超过1500字；零报告可不填",
    source="五：活动开展情况每两个月汇总上报一次",
)
