"""Campaigns that a workbook can say whole: those of the engine's tests, and one that says all that there is."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from types import MappingProxyType
from typing import Any

from sheetflow.campaigns import load_campaign
from sheetflow.findings import Severity
from sheetflow.schemas.campaign import Campaign, CampaignVersion, FormHead
from sheetflow.schemas.cells import Attachment, Fraction, Money, Reference
from sheetflow.schemas.columns import (
    Column,
    Mask,
    RowModel,
    choice,
    day,
    disclosed,
    id_number,
    key,
    name_key,
    phone,
    refers_many,
    text,
    whole,
)
from sheetflow.schemas.conditions import AtLeast, Filled, Is, Not, Through, where
from sheetflow.schemas.expressions import Call, Cell, Joined, Literal, Name, Operation, OwnCell
from sheetflow.schemas.forms import (
    Across,
    Attachments,
    ChartSpec,
    Form,
    OwnTotals,
    ReportSpec,
    SamePerson,
)
from sheetflow.schemas.indicators import Count, Expected, Indicator, Reaches, Reporting, Sum
from sheetflow.schemas.options import Choice, Choices
from sheetflow.schemas.rules import DeclaredRule
from sheetflow.schemas.sheets import EXPLANATIONS, Kind, Lookup, RollUp, Sheet
from sheetflow.units import Levels, LevelSpec
from sheetflow.units.levels import CITY, COUNTY, PROVINCE, Review
from tests.tiny.cadences import HALF_YEAR, MONTH, ONCE, YEAR
from tests.tiny.campaign import CAMPAIGN
from tests.tiny.forms import HEAD, OUTLETS, PATROL_FORM, PATROLS, TALLY
from tests.tiny.gauged import GAUGED
from tests.tiny.merging import MergingHead
from tests.tiny.pair import COUNTIES, PAIR
from tests.tiny.reported import REPORTED

SEEN = disclosed(县=Mask.NAME, 市=Mask.NAME, 省=Mask.LEFT_OUT)
"""Who sees a name where no level may see more than the one below it."""


def without_programs(campaign: Campaign) -> Campaign:
    """The campaign without the rules that are Python."""
    return replace(campaign, rules=MappingProxyType({}), checks=())


def with_columns(campaign: Campaign, change: Mapping[str, Mapping[str, Any]]) -> Campaign:
    """The campaign with other columns: by label, the fields that are otherwise."""

    def of_sheet(sheet: Sheet) -> Sheet:
        columns = (replace(each, **change.get(each.label, {})) for each in sheet.declared)
        return replace(sheet, declared=tuple(columns))

    def of_form(form: Form) -> Form:
        return replace(form, sheets=tuple(map(of_sheet, form.sheets)))

    return replace(campaign, forms=tuple(map(of_form, campaign.forms)))


def with_forms(campaign: Campaign, **change: Any) -> Campaign:
    """The campaign with another main form."""
    main, *others = campaign.forms
    return replace(campaign, forms=(replace(main, **change), *others))


def sayable(campaign: Campaign) -> Campaign:
    """One of the engine's campaigns without its program and with masks that grow stricter upwards."""
    masks = {label: {"disclosure": SEEN} for label in ("河长姓名", "取样人")}
    return with_columns(without_programs(campaign), masks)


RIVERS = sayable(CAMPAIGN)


class Gate(RowModel):
    """What a sluice is, and who keeps it: every kind of cell and every purpose."""

    gate_id = key("水闸编号", "", 2)
    name = text("水闸名称", 30, lasting=True, older=("闸名", "名称"), width=33.5)
    keeper = text("管护人", 20, personal=True, disclosure=SEEN)
    card = id_number("证件号", required=False)
    call = phone("电话", "12314", "110", personal=True, required=False)
    state = Column(
        label="状况",
        type=Choice(
            ("完好", "待修", "停用"),
            older=(("好", "完好"), ("良好", "完好"), ("坏", "待修")),
            spans=(("待修", 2, None), ("停用", 1, 1)),
            listed_as="水闸状况",
        ),
    )
    mended_on = day("修复日期", required=where("state", "完好"), only=True, not_after="")
    checked_on = day("检查日期", not_before="mended_on", not_after="period_end", event=True)
    height = Column(
        label="闸高", type=Fraction(3, Decimal("-2.5"), 40, "米"), accepts=("未开展", "不适用")
    )
    openings = whole("开闸次数", "次", least=-5, most=900, zero_asked=True)
    story = text(
        "情况",
        200,
        disclosure=disclosed(
            where("state", "待修"), 县=Mask.WHOLE, 市=Mask.WHOLE, 省=Mask.LEFT_OUT
        ),
    )
    old = text("备注", 60, required=False, until=1)
    new = text("维修单位", 60, required=False, since=2)
    outlets = refers_many("临近排口", "outlets", required=Not(Filled("call")))
    photos = Column(label="照片", type=Attachment((".png",), 4), required=False)


class Watch(RowModel):
    """What is watched at an outlet, shown beside it."""

    outlet = Column(label="排口", type=Reference("outlets"))
    cost = Column(label="费用", type=Money("万元"))
    depth = whole("水深")
    rivers = refers_many("另一份表里的河", "register/rivers", required=False)
    means = choice("办法", "挖“深”", '清"淤"', "*?~", required=False)
    signs = Column(
        label="标志",
        type=Choices(("牌", "灯"), older=(("警示牌", "牌"),), spans=(("灯", 2, None),)),
        required=False,
        width=22,
    )
    least = whole("最低水深")


class Well(RowModel):
    """What was asked of wells in the first version."""

    well = name_key("井名", 12)
    depth = whole("井深")


class Totals(RowModel):
    """What a unit says of its whole area."""

    code = text("指标代码", 10)
    figure = whole("全域数")


class Said(RowModel):
    """What the report quotes."""

    done = text("做法", 900)
    plans = text("打算", 900, required=False)


class Tale(RowModel):
    """What the report tells."""

    title = text("题目", 60)
    told = text("内容", 500)
    kind = choice("类别", "案例", "其他")


SHEETS = (
    replace(HEAD, declared=MergingHead.columns(), note="逐项填写", source="办法第一条"),
    replace(TALLY, title="汇总（一）"),
    OUTLETS,
    PATROLS,
    Sheet(
        key="水闸",
        title="水闸",
        kind=Kind.STOCK,
        declared=Gate.columns(),
        void=where("state", "停用"),
        closed=where("state", "停用", "完好"),
        matter=("name", "checked_on"),
        preprinted=7,
        named_by="name",
        older_titles=("闸门", "水闸"),
        levels=frozenset({"县", "所"}),
        roll_up=RollUp.LISTED,
        filing_declared=True,
        filing_since=2,
        always_shown=False,
    ),
    Sheet(
        key="watch",
        title="监测 2",
        kind=Kind.LEDGER,
        declared=Watch.columns(),
        void=Through("outlet", where("state", "已封堵")),
        closed=AtLeast("depth", "least") & AtLeast("depth", 3),
        lookups=(
            Lookup("outlet", "outlets", "river"),
            Lookup("outlet", "outlets", "state", shown=False),
        ),
        since=2,
    ),
    Sheet(key="wells", title="水井", kind=Kind.STOCK, declared=Well.columns(), until=1),
    Sheet(key="totals", title="自报", kind=Kind.STOCK, declared=Totals.columns()),
    Sheet(key="said", title="文字", kind=Kind.CARD, declared=Said.columns()),
    Sheet(key="tales", title="案例", kind=Kind.FLOW, declared=Tale.columns()),
    EXPLANATIONS,
)


def _rule(code: str, **more: Any) -> DeclaredRule:
    usual = {
        "severity": Severity.VERIFY,
        "points": ("openings",),
        "wrong": "开闸次数填的是{openings}，{本栏}",
        "remedy": "请核对",
        "title": "开闸次数填的是",
        "summary": "开闸次数应当不少于1",
        "sheet": "水闸",
        "must": Operation(">=", OwnCell(), Literal(1)),
    }
    return DeclaredRule(code=code, **{**usual, **more})


RULES = (
    _rule("gate-1", by_row=True, skips_first=True, source="办法第三条"),
    _rule(
        "再开",
        when=Joined("且", (Operation("<>", Cell("state"), Literal("停用")), Call("新增"))),
        points=("openings", "height"),
        only_last=True,
        only_levels=frozenset({"县", "所"}),
        title="再开",
        since=2,
        trial_until="2012Q3",
        severity=Severity.MUST,
    ),
    _rule(
        "空报",
        sheet="",
        when=Operation("=", Cell("frozen", card="head"), Literal("否")),
        must=Operation(">", Call("计数", (Name("patrols"),)), Literal(0)),
        points=("head.frozen", "H4"),
        wrong="填了{head.frozen}，却没有巡河",
        title="空报",
        until=1,
        severity=Severity.NOTE,
    ),
)

FULL_FORM = replace(
    PATROL_FORM,
    title="全项表",
    key="full",
    version=2,
    sheets=SHEETS,
    cover=replace(
        PATROL_FORM.cover,
        exempt_when_nil=frozenset({"said"}),
        taking_over=Is("takes_over", ("是",)),
    ),
    indicators=(
        *PATROL_FORM.indicators,
        Indicator(
            "水闸数", "水闸数", "座", Count("水闸"), by=Kind.LEDGER, swing=None, older=("闸数",)
        ),
        Indicator(
            "K2", "　　　开闸", "次", Sum("水闸", ("openings", "height")), definition="开闸数"
        ),
        Indicator("K3", "开闸多的", "个", Reaches("K2", 9), swing=Severity.VERIFY, since=2),
        Indicator("K4", "已报", "个", Reporting(where("frozen", "是"), "head")),
        Indicator("K5", "应报", "个", Expected(), until=1),
    ),
    guidance=("先填《水闸》。", "再填其他。"),
    own_work="只填本级的。",
    report=ReportSpec(
        narrative="said",
        plans=("plans",),
        story_sheet="tales",
        story_where=where("kind", "案例"),
        story_title="title",
        story_text="told",
        quotes=3,
        stories=2,
        shortest=0,
        longest=90,
    ),
    charts=(
        ChartSpec(title="里程", codes=("H6",), current=True, name="里程图"),
        ChartSpec(title="排口", codes=("H1", "H2"), across=Across.PERIODS),
    ),
    same_person=SamePerson(
        sheet="水闸",
        person="card",
        matter=("name", "state"),
        where=Not(where("state", "停用")),
    ),
    own_totals=OwnTotals(sheet="totals", code="code", figure="figure"),
    working_days=MappingProxyType({"所": 2, "县": 3, "市": 2, "省": 31}),
    first_period="2012Q1",
    last_period="2013Q4",
    attachments=Attachments.REQUIRED,
    rules=RULES,
    levels=frozenset({"省", "县", "所"}),
    template="ab" * 32,
)
EVERYTHING = Campaign(
    key="全部",
    title="什么都有",
    forms=(FULL_FORM, replace(RIVERS.forms[1], version=2, levels=frozenset({"县"}))),
    source="某文〔2012〕1号",
    levels=Levels(
        (
            replace(PROVINCE, review=Review.REQUIRED),
            replace(CITY, fills=False),
            replace(COUNTY, key="xian", note="区也算", also=("旗", "区")),
            LevelSpec(name="所", key="level_4", below="各所", area="所里", working_days=1),
        )
    ),
    organiser="某办",
    contact="综合科",
    head=FormHead(
        number="某01表", issuer="某局", document_number="某统〔2012〕3号", valid_until="2014年"
    ),
    money_scale=None,
    versions=(
        CampaignVersion(number=1, first_period="2012Q1"),
        CampaignVersion(
            number=2,
            first_period="2012Q3",
            older_until="2012Q2",
            changes="加",
            by="某",
            on="2012-6-1",
        ),
    ),
)


def trimmed(campaign: Campaign) -> Campaign:
    """The campaign whose judges are left out from another number of scores up."""
    forms = (
        replace(form, judging=replace(form.judging, trimmed_from=7)) if form.judging else form
        for form in campaign.forms
    )
    return replace(campaign, forms=tuple(forms))


SAYABLE: Mapping[str, Campaign] = {
    "trimmed": trimmed(load_campaign("grassroots2012")),
    "rivers": RIVERS,
    "pair": sayable(PAIR),
    "counties": sayable(COUNTIES),
    "reported": sayable(REPORTED),
    "month": sayable(MONTH),
    "half a year": sayable(HALF_YEAR),
    "year": sayable(YEAR),
    "once": sayable(ONCE),
    "until a day": with_forms(
        sayable(ONCE), due_on={"乡": dt.date(2012, 3, 20), "县": dt.date(2012, 4, 1)}
    ),
    "gauged": sayable(GAUGED),
    "everything": with_columns(EVERYTHING, {"河长姓名": {"disclosure": SEEN}}),
}
