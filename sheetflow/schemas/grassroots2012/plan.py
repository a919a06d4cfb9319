"""The form 活动实施方案备案表: each unit's plan, handed in once, with the paper itself beside it.

The notice asks for it by the end of February (五 “各省区市妇联要在2012年2月底前将活动实施方案报全国妇联办公厅”);
counties and cities have earlier days, so that those above them can keep theirs.
"""

from __future__ import annotations

import datetime as dt
from types import MappingProxyType

from sheetflow.periods import Cadence
from sheetflow.schemas.columns import RowModel, attachment, day, text, whole
from sheetflow.schemas.conditions import Is
from sheetflow.schemas.forms import Attachments, Cover, Form, ReportSpec
from sheetflow.schemas.grassroots2012.cover import HeadCard
from sheetflow.schemas.sheets import EXPLANATIONS, Kind, RollUp, Sheet

PLAN_COVER = Sheet(
    key="cover",
    title="封面",
    kind=Kind.CARD,
    declared=HeadCard.columns(),
    note="请逐项填写右侧空格",
    source="五：各省区市妇联要在2012年2月底前将活动实施方案报全国妇联办公厅",
    roll_up=RollUp.NONE,
)


class PlanCard(RowModel):
    """What the unit's plan is called, who leads, and what it says of each thing the notice asks for."""

    name = text("方案名称", 60)
    document_no = text("文号", 40, required=False)
    issued_on = day("印发日期")
    head = text("领导小组组长", 20)
    head_title = text("组长职务", 30)
    members = whole("成员人数", "人", least=1)
    tasks = text("目标任务", 1000)
    duties = text("责任分工", 1000)
    supervision = text("督查考核办法", 1000)
    publicity = text("宣传安排", 1000)
    file_name = attachment("附件文件名", ".docx", ".pdf", hint="方案正文的文件名，与本表一起报送")


PLAN_CARD = Sheet(
    key="plan",
    title="实施方案",
    kind=Kind.CARD,
    declared=PlanCard.columns(),
    note="按印发的方案摘要填写，每项不超过1000字；方案正文作为附件一起报送",
    source="五：加强对活动的组织领导，制定实施方案，明确活动目标，强化统筹协调，落实工作责任",
)

PLAN = Form(
    key="plan",
    title="活动实施方案备案表",
    version=2,
    cadence=Cadence.ONCE,
    opens=dt.date(2012, 1, 6),
    closes=dt.date(2012, 2, 29),
    due_on=MappingProxyType(
        {"县": dt.date(2012, 2, 20), "市": dt.date(2012, 2, 24), "省": dt.date(2012, 2, 29)}
    ),
    sheets=(PLAN_COVER, PLAN_CARD, EXPLANATIONS),
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
    ),
    guidance=(
        "先填《封面》，再填《实施方案》。",
        "方案正文（.docx或.pdf）与本表一起报送，文件名填在“附件文件名”一栏。",
        "本表和附件会原样报送各级上级妇联，请不要写入妇女群众的个人信息。",
    ),
    own_work="只填本机关制定的实施方案，不含下级的方案。",
    report=ReportSpec(tables=("plan",)),
    attachments=Attachments.REQUIRED,
)
