"""Who takes part, where, and what they heard: 封面, 干部名册, 联系点, 基层组织, 走访记录, 妇女需求台帐, 调研成果, 对策建议."""

from __future__ import annotations

from sheetflow.schemas.columns import (
    Mask,
    RowModel,
    attachment,
    choice,
    choices,
    day,
    disclosed,
    id_number,
    key,
    money,
    name_key,
    phone,
    refers,
    refers_many,
    text,
    whole,
)
from sheetflow.schemas.conditions import Compared, Not, where
from sheetflow.schemas.grassroots2012.cover import HeadCard
from sheetflow.schemas.grassroots2012.words import (
    CATEGORIES,
    GROUP_SPANS,
    GROUPS,
    HOTLINE,
    NATURES,
    RANKS,
    VISIT_MODES,
    WITHDRAWN,
    YES_NO,
)
from sheetflow.schemas.sheets import Kind, RollUp, Sheet


class CoverCard(HeadCard):
    """Who reports, for which period, and whether there is anything to report."""

    in_appraisal = choice("已将活动纳入领导班子和干部考核", *YES_NO, counted=True)
    nil_return = choice(
        "零报告", *YES_NO, hint="本期没有开展活动填“是”，并写明原因；开展了活动填“否”"
    )
    nil_reason = text("零报告说明", 200, required=where("nil_return", "是"))
    takes_over = choice(
        "已并入本单位填报",
        *YES_NO,
        required=False,
        since=2,
        hint="本期内有单位撤并到本单位、它的内容已填在本表的填“是”；由它自己填报的填“否”；没有的不填",
    )


COVER = Sheet(
    key="cover",
    title="封面",
    kind=Kind.CARD,
    declared=CoverCard.columns(),
    note="请逐项填写右侧空格",
    source="五：加强对活动成效的调查统计",
    roll_up=RollUp.NONE,
)


class Cadre(RowModel):
    """A cadre who takes part, with the women and the contact points she is bound to."""

    cadre_id = key("干部编号", "G")
    name = text("姓名", 20, lasting=True)
    title = text("职务", 30)
    is_leader = choice("是否领导干部", *YES_NO)
    contact_points = refers_many(
        "联系点", "contact_points", hint="填《联系点》中的编号，如 L001、L002"
    )
    women_linked = whole("固定联系妇女人数", "人", zero_asked=True)
    diaries = whole("妇情日记（本）", "本", zero_asked=True)
    ledgers = whole("需求台帐（册）", "册", zero_asked=True)
    status = choice("状态", "在岗", "已调离")


CADRES = Sheet(
    key="cadres",
    title="干部名册",
    kind=Kind.STOCK,
    declared=Cadre.columns(),
    matter=("name", "title"),
    note="参加活动的每位干部填一行；调离的不要删除，把状态改为“已调离”",
    source="二：每位干部都要固定联系若干妇女群众；每位干部都要记录一本“妇情日记”、建立一册妇女需求台帐",
    closed=where("status", "已调离"),
    preprinted=20,
    named_by="name",
)


class ContactPoint(RowModel):
    """A village or community with which the unit keeps up contact."""

    contact_point_id = key("联系点编号", "L")
    name = text("名称", 30, width=20)
    kind = choice("类型", "村", "社区")
    township = text("所在乡镇（街道）", 30, width=20, hint="市、省填所在县（市、区）")
    set_up_on = day("建立日期")
    status = choice("状态", "在用", "已撤并")
    remarks = text("备注", 100, required=False, width=28)


CONTACT_POINTS = Sheet(
    key="contact_points",
    title="联系点",
    kind=Kind.STOCK,
    declared=ContactPoint.columns(),
    matter=("name", "township", "set_up_on"),
    note="以村（社区）为单位，一个联系点填一行；撤并的不要删除，把状态改为“已撤并”",
    source="二：妇联组织要以村（社区）为单位建立联系点",
    closed=where("status", "已撤并"),
    preprinted=20,
    named_by="name",
)


class Township(RowModel):
    """The grass-roots organisation of one township or street, as it stands."""

    township = name_key("乡镇（街道）")
    villages = whole("行政村数", "个")
    communities = whole("社区数", "个")
    hamlet_groups = whole("自然村妇女组织数", "个")
    estate_groups = whole("居民小区妇女组织数", "个")
    building_groups = whole("楼栋妇女组织数", "个")
    employer_groups = whole("辖区单位妇女组织数", "个")
    public_posts = whole("公益性岗位人数", "人")
    graduate_officials = whole("女大学生村官人数", "人")
    backbones = whole("妇女骨干人数", "人")
    homes = whole("妇女之家数", "个")
    home_events = whole("1月至本期末妇女之家活动（次）", "次", width=16)
    women = whole("妇女人数（户籍，上年末）", "人", width=14)
    funds = money("1月至本期末已落实专项工作经费（元）", width=18)


GRASSROOTS = Sheet(
    key="grassroots",
    title="基层组织",
    kind=Kind.STOCK,
    declared=Township.columns(),
    note="填现有数，同一乡镇（街道）只填一行；没有的填0，不要留空",
    source="四：完善基层组织网络，壮大基层干部队伍，建设好“妇女之家”，按妇女人均一元钱标准增拨专项工作经费",
    always_shown=False,
    filing_declared=True,
    filing_since=2,
    levels=frozenset({"县"}),
    roll_up=RollUp.LISTED,
)


class Visit(RowModel):
    """One visit: when, who, where, how, and what was heard."""

    visited_on = day("日期", not_after="period_end", event=True)
    cadres = refers_many("参加干部", "cadres", hint="填《干部名册》中的编号，如 G001、G002")
    led_by_leader = choice("领导干部带队", *YES_NO)
    contact_point = refers("联系点", "contact_points", required=False)
    mode = choice("走访方式", *VISIT_MODES)
    women_met = whole("走访妇女人次", "人次", least=1)
    questionnaires = whole(
        "收回问卷（份）", "份", least=1, required=where("mode", "问卷征询"), only=True
    )
    groups = choices("涉及群体", *GROUPS, spans=GROUP_SPANS)
    opinions = whole("征求意见建议（条）", "条")
    summary = text("主要情况", 500, required=False)


VISITS = Sheet(
    key="visits",
    title="走访记录",
    kind=Kind.FLOW,
    declared=Visit.columns(),
    note="一次走访填一行；同日同点同方式可合并。只填本期的走访",
    source="二：采用一对一访谈、实地考察、座谈交流、问卷征询等形式，扎实深入地开展妇情民意调查工作",
)

DELICATE = where("category", "婚姻家庭", "权益维护")
"""Needs whose story the city does not see either."""

STORY = disclosed(withheld_when=DELICATE, 市=Mask.WHOLE, 省=Mask.LEFT_OUT)


class Need(RowModel):
    """One woman's need, from its registration to its outcome."""

    need_id = key("台帐编号", "X", 4)
    registered_on = day("登记日期")
    name = text(
        "姓名",
        20,
        personal=True,
        disclosure=disclosed(市=Mask.NAME, 省=Mask.LEFT_OUT),
        hint="可填“某女士”",
    )
    age = whole("年龄", "岁", most=120, width=8, zero_asked=True)
    id_number = id_number(
        "身份证号", required=False, disclosure=disclosed(市=Mask.LEFT_OUT, 省=Mask.LEFT_OUT)
    )
    phone = phone(
        "联系电话",
        HOTLINE,
        required=False,
        personal=True,
        disclosure=disclosed(市=Mask.PHONE, 省=Mask.LEFT_OUT),
    )
    address = text(
        "住址",
        100,
        required=False,
        personal=True,
        width=26,
        disclosure=disclosed(市=Mask.ADDRESS, 省=Mask.LEFT_OUT),
    )
    contact_point = refers("联系点", "contact_points")
    cadre = refers("责任干部", "cadres")
    group = choice("群体类别", *GROUPS, spans=GROUP_SPANS, hint="填最主要的一类")
    category = choice("需求类别", *CATEGORIES)
    content = text("需求内容", 500, disclosure=STORY)
    nature = choice("问题性质", *NATURES)
    status = choice("办理状态", "未办理", "办理中", "已办结", WITHDRAWN)
    measures = text("办理措施", 500, required=where("status", "办理中", "已办结"), disclosure=STORY)
    closed_on = day(
        "办结日期", required=where("status", "已办结"), only=True, not_before="registered_on"
    )
    outcome = text(
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
    declared=Need.columns(),
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

    paper_id = key("编号", "B")
    kind = choice("类型", "调查手记", "调研报告")
    title = text("题目", 60, width=36)
    authors = refers_many("作者", "cadres", hint="填《干部名册》中的编号")
    finished_on = day("完成日期", not_after="period_end")
    words = whole("字数", "字", least=1)
    has_situation = choice("有情况", *YES_NO)
    has_analysis = choice("有分析", *YES_NO)
    has_advice = choice("有建议", *YES_NO)
    measures = text("转化的帮扶措施", 500, required=False)
    file_name = text("附件文件名", 100, required=False, width=24, until=1)
    files = attachment(
        "附件", required=False, since=2, hint="填随表报送的文件名；文件放在同一文件夹或“附件”里"
    )


PAPERS = Sheet(
    key="papers",
    title="调研成果",
    kind=Kind.LEDGER,
    declared=Paper.columns(),
    matter=("kind", "title", "finished_on"),
    named_by="title",
    note="一篇填一行，逐期续填；调研报告须有情况、有分析、有建议",
    source="二：撰写一份调查手记；撰写一篇以上有情况有分析有建议的调研报告，并促进转化为具体措施",
    always_shown=False,
    filing_declared=True,
    filing_since=2,
    preprinted=20,
)


class Proposal(RowModel):
    """A proposal to those who can solve a widespread problem at its root."""

    proposal_id = key("编号", "D")
    title = text("题目", 60, width=36)
    needs = refers_many("对应台帐编号", "needs", hint="市、省可填县级的编号，如 370102-X0003")
    channel = choices("渠道", "报送信息", "人大议案建议", "政协提案", "联席会议", "其他")
    addressee = choices("报送对象", "党委", "人大", "政府", "政协", "有关部门")
    sent_on = day("报送日期")
    progress = choice(
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
    result = text(
        "政策或项目名称",
        60,
        required=where("progress", "已出台法规政策", "已纳入民生项目"),
        width=28,
    )
    document_no = text(
        "文号",
        40,
        required=where("progress", "已出台法规政策"),
        width=20,
        since=2,
        hint="所出台法规政策的发文字号",
    )
    rank = choice(
        "级别",
        *RANKS,
        required=where("progress", "已出台法规政策", "已纳入民生项目"),
        since=2,
        hint="法规政策或民生项目是哪一级的",
    )
    follow_ups = whole("跟踪督促（次）", "次", hint="自报送以来累计次数")
    followed_up_on = day(
        "最近督促日期",
        required=Compared("follow_ups", ">", 0) & Not(where("progress", WITHDRAWN, "未采纳")),
        not_before="sent_on",
        since=2,
    )


PROPOSALS = Sheet(
    key="proposals",
    title="对策建议",
    kind=Kind.LEDGER,
    declared=Proposal.columns(),
    matter=("title", "sent_on"),
    note="一件建议填一行，逐期续填办理进展",
    source="三：对带有普遍性、倾向性的问题，通过报送信息、向“两会”提交议案提案、参加各类联席会议等渠道呼吁反映，并认真做好督促工作",
    always_shown=False,
    filing_declared=True,
    filing_since=2,
    void=where("progress", WITHDRAWN),
    closed=where("progress", WITHDRAWN, "未采纳"),
    preprinted=20,
)
