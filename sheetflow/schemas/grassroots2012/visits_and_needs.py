"""What the cadres saw and heard: 走访记录, 妇女需求台帐, 调研成果, 对策建议."""

from __future__ import annotations

import datetime as dt

from sheetflow.schemas.columns import (
    Mask,
    RowModel,
    choice,
    choices,
    day,
    disclosed,
    id_number,
    key,
    phone,
    refers,
    refers_many,
    text,
    whole,
)
from sheetflow.schemas.conditions import where
from sheetflow.schemas.grassroots2012.words import (
    CATEGORIES,
    GROUPS,
    HOTLINE,
    NATURES,
    VISIT_MODES,
    WITHDRAWN,
    YES_NO,
)
from sheetflow.schemas.sheets import Kind, Sheet


class Visit(RowModel):
    """One visit: when, who, where, how, and what was heard."""

    visited_on: dt.date | None = day("日期", not_after="period_end", event=True)
    cadres: tuple[str, ...] | None = refers_many(
        "参加干部", "cadres", hint="填《干部名册》中的编号，如 G001、G002"
    )
    led_by_leader: str | None = choice("领导干部带队", *YES_NO)
    contact_point: str | None = refers("联系点", "contact_points", required=False)
    mode: str | None = choice("走访方式", *VISIT_MODES)
    women_met: int | None = whole("走访妇女人次", "人次", least=1)
    questionnaires: int | None = whole(
        "收回问卷（份）", "份", least=1, required=where("mode", "问卷征询"), only=True
    )
    groups: tuple[str, ...] | None = choices("涉及群体", *GROUPS)
    opinions: int | None = whole("征求意见建议（条）", "条")
    summary: str | None = text("主要情况", 500, required=False)


VISITS = Sheet(
    key="visits",
    title="走访记录",
    kind=Kind.FLOW,
    model=Visit,
    note="一次走访填一行；同日同点同方式可合并。只填本期的走访",
    source="二：采用一对一访谈、实地考察、座谈交流、问卷征询等形式，扎实深入地开展妇情民意调查工作",
)

DELICATE = where("category", "婚姻家庭", "权益维护")
"""Needs whose story the city does not see either."""

STORY = disclosed(withheld_when=DELICATE, 市=Mask.WHOLE, 省=Mask.LEFT_OUT)


class Need(RowModel):
    """One woman's need, from its registration to its outcome."""

    need_id: str | None = key("台帐编号", "X", 4)
    registered_on: dt.date | None = day("登记日期")
    name: str | None = text(
        "姓名",
        20,
        personal=True,
        disclosure=disclosed(市=Mask.NAME, 省=Mask.LEFT_OUT),
        hint="可填“某女士”",
    )
    age: int | None = whole("年龄", "岁", most=120, width=8, zero_asked=True)
    id_number: str | None = id_number(
        "身份证号",
        required=False,
        disclosure=disclosed(市=Mask.LEFT_OUT, 省=Mask.LEFT_OUT),
    )
    phone: str | None = phone(
        "联系电话",
        HOTLINE,
        required=False,
        personal=True,
        disclosure=disclosed(市=Mask.PHONE, 省=Mask.LEFT_OUT),
    )
    address: str | None = text(
        "住址",
        100,
        required=False,
        personal=True,
        width=26,
        disclosure=disclosed(市=Mask.ADDRESS, 省=Mask.LEFT_OUT),
    )
    contact_point: str | None = refers("联系点", "contact_points")
    cadre: str | None = refers("责任干部", "cadres")
    group: str | None = choice("群体类别", *GROUPS, hint="填最主要的一类")
    category: str | None = choice("需求类别", *CATEGORIES)
    content: str | None = text("需求内容", 500, disclosure=STORY)
    nature: str | None = choice("问题性质", *NATURES)
    status: str | None = choice("办理状态", "未办理", "办理中", "已办结", WITHDRAWN)
    measures: str | None = text(
        "办理措施", 500, required=where("status", "办理中", "已办结"), disclosure=STORY
    )
    closed_on: dt.date | None = day(
        "办结日期", required=where("status", "已办结"), only=True, not_before="registered_on"
    )
    outcome: str | None = text(
        "办理结果",
        500,
        required=where("status", "已办结", WITHDRAWN),
        disclosure=STORY,
        hint="已办结的写结果，已撤销的写原因",
    )


NEEDS = Sheet(
    key="needs",
    title="妇女需求台帐",
    kind=Kind.LEDGER,
    model=Need,
    matter=("registered_on", "name", "group", "category"),
    note="一件需求填一行，逐期续填；已登记的不要删除，登记有误的把办理状态改为“已撤销”并写明原因",
    source="二：建立一册妇女需求台帐",
    void=where("status", WITHDRAWN),
    closed=where("status", "已办结", WITHDRAWN),
    preprinted=100,
    older_titles=("需求台帐",),
)


class Paper(RowModel):
    """A diary's fruit: 调查手记 or 调研报告."""

    paper_id: str | None = key("编号", "B")
    kind: str | None = choice("类型", "调查手记", "调研报告")
    title: str | None = text("题目", 60, width=36)
    authors: tuple[str, ...] | None = refers_many("作者", "cadres", hint="填《干部名册》中的编号")
    finished_on: dt.date | None = day("完成日期", not_after="period_end")
    words: int | None = whole("字数", "字", least=1)
    has_situation: str | None = choice("有情况", *YES_NO)
    has_analysis: str | None = choice("有分析", *YES_NO)
    has_advice: str | None = choice("有建议", *YES_NO)
    measures: str | None = text("转化的帮扶措施", 500, required=False)
    file_name: str | None = text("附件文件名", 100, required=False, width=24)


PAPERS = Sheet(
    key="papers",
    title="调研成果",
    kind=Kind.LEDGER,
    model=Paper,
    matter=("kind", "title", "finished_on"),
    note="一篇填一行，逐期续填；调研报告须有情况、有分析、有建议",
    source="二：撰写一份调查手记；撰写一篇以上有情况有分析有建议的调研报告，并促进转化为具体措施",
    always_shown=False,
    preprinted=20,
)


class Proposal(RowModel):
    """A proposal to those who can solve a widespread problem at its root."""

    proposal_id: str | None = key("编号", "D")
    title: str | None = text("题目", 60, width=36)
    needs: tuple[str, ...] | None = refers_many(
        "对应台帐编号", "needs", hint="市、省可填县级的编号，如 370102-X0003"
    )
    channel: tuple[str, ...] | None = choices(
        "渠道", "报送信息", "人大议案建议", "政协提案", "联席会议", "其他"
    )
    addressee: tuple[str, ...] | None = choices(
        "报送对象", "党委", "人大", "政府", "政协", "有关部门"
    )
    sent_on: dt.date | None = day("报送日期")
    progress: str | None = choice(
        "办理进展",
        "已报送",
        "已受理",
        "领导批示",
        "已采纳",
        "已出台法规政策",
        "已纳入民生项目",
        "未采纳",
        WITHDRAWN,
    )
    result: str | None = text(
        "政策或项目名称",
        60,
        required=where("progress", "已出台法规政策", "已纳入民生项目"),
        width=28,
    )
    follow_ups: int | None = whole("跟踪督促（次）", "次", hint="自报送以来累计次数")


PROPOSALS = Sheet(
    key="proposals",
    title="对策建议",
    kind=Kind.LEDGER,
    model=Proposal,
    matter=("title", "sent_on"),
    note="一件建议填一行，逐期续填办理进展",
    source="三：对带有普遍性、倾向性的问题，通过报送信息、向“两会”提交议案提案、参加各类联席会议等渠道呼吁反映，并认真做好督促工作",
    always_shown=False,
    void=where("progress", WITHDRAWN),
    closed=where("progress", WITHDRAWN, "未采纳"),
    preprinted=20,
)
