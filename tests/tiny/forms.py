"""The forms of the second campaign, 河道巡查: what each unit fills in about its rivers.

Declared for the tests: another subject, other sheets, no report, charts or samples.
"""

from __future__ import annotations

from sheetflow.findings import Severity
from sheetflow.periods import Cadence
from sheetflow.schemas.columns import (
    Mask,
    RowModel,
    choice,
    day,
    disclosed,
    key,
    money,
    name_key,
    period_name,
    refers,
    text,
    whole,
)
from sheetflow.schemas.conditions import where
from sheetflow.schemas.expressions import Cell, Literal, Operation
from sheetflow.schemas.forms import Cover, Form
from sheetflow.schemas.indicators import Count, Indicator, Ratio, Sum
from sheetflow.schemas.rules import DeclaredRule
from sheetflow.schemas.sheets import EXPLANATIONS, Kind, RollUp, Sheet

_ABOVE_HIDDEN = disclosed(市=Mask.NAME, 省=Mask.LEFT_OUT)


class Head(RowModel):
    """Who patrols, and for which quarter."""

    station = text("巡查单位", 30, prefilled=True)
    station_code = text("巡查单位代码", 20, prefilled=True)
    quarter = period_name("巡查季度")
    written_on = day("制表日期", not_after="")
    frozen = choice("全线封冻未巡", "是", "否")


HEAD = Sheet(
    key="head", title="巡查表头", kind=Kind.CARD, declared=Head.columns(), roll_up=RollUp.NONE
)


class Outlet(RowModel):
    """An outlet into a river: a book that goes on from period to period."""

    outlet_id = key("排口编号", "P", 4)
    river = text("河道", 30)
    keeper = text("河长姓名", 20, personal=True, disclosure=_ABOVE_HIDDEN)
    found_on = day("发现日期")
    state = choice("处置情况", "整治中", "已封堵")
    closed_on = day("封堵日期", required=where("state", "已封堵"), only=True, not_before="found_on")


OUTLETS = Sheet(
    key="outlets",
    title="排口台账",
    kind=Kind.LEDGER,
    declared=Outlet.columns(),
    closed=where("state", "已封堵"),
    preprinted=5,
)


class Patrol(RowModel):
    """One walk along a river."""

    walked_on = day("巡河日期", event=True)
    means = choice("巡河方式", "步行", "乘船", "无人机")
    outlet = refers("所查排口", "outlets", required=False)
    metres = whole("巡河里程（米）", "米", least=1)
    litter = money("清理费用（元）", required=False)


PATROLS = Sheet(key="patrols", title="巡河日志", kind=Kind.FLOW, declared=Patrol.columns())

TALLY = Sheet(
    key="tally", title="巡河汇总", kind=Kind.INDICATORS, declared=(), roll_up=RollUp.SUMMED
)

WALKS = DeclaredRule(
    code="walk-too-long",
    severity=Severity.MUST,
    sheet="patrols",
    when=Operation("=", Cell("means"), Literal("步行")),
    must=Operation("<=", Cell("metres"), Literal(30_000)),
    points=("metres",),
    wrong="步行巡河里程为{metres}米，一次步行不会超过30000米",
    remedy="请核对里程的单位是不是米，或改正巡河方式",
    title="步行里程过长",
    summary="步行巡河一次不超过30000米",
    source="河道巡查办法第七条",
)
"""Nobody walks further than a day's march."""

PATROL_FORM = Form(
    key="patrol",
    title="河道巡查表",
    version=1,
    sheets=(HEAD, TALLY, OUTLETS, PATROLS, EXPLANATIONS),
    cover=Cover(
        sheet="head",
        unit_id="station_code",
        unit_name="station",
        period="quarter",
        filled_on="written_on",
        nil=where("frozen", "是"),
    ),
    cadence=Cadence.QUARTER,
    indicators=(
        Indicator("H1", "登记排口", "个", Count("outlets")),
        Indicator("H2", "其中：已封堵", "个", Count("outlets", where("state", "已封堵")), indent=1),
        Indicator("H3", "排口封堵率", "%", Ratio("H2", "H1"), percent=True),
        Indicator("H4", "巡河", "次", Count("patrols")),
        Indicator("H5", "其中：步行", "次", Count("patrols", where("means", "步行")), indent=1),
        Indicator("H6", "巡河里程", "米", Sum("patrols", ("metres",))),
    ),
    rules=(WALKS,),
)


class Register(RowModel):
    """Which rivers there are; told once a year, by a form without nil and statistics."""

    station = text("单位名称", 30, prefilled=True)
    station_code = text("单位编码", 20, prefilled=True)
    year = period_name("年度")
    written_on = day("登记日期", not_after="")


class River(RowModel):
    """A river by name."""

    river = name_key("河道名称")
    length = whole("河长（米）", "米")


REGISTER_FORM = Form(
    key="register",
    title="河道名录",
    version=1,
    sheets=(
        Sheet(
            key="sign",
            title="名录表头",
            kind=Kind.CARD,
            declared=Register.columns(),
            roll_up=RollUp.NONE,
        ),
        Sheet(key="rivers", title="河道一览", kind=Kind.STOCK, declared=River.columns()),
    ),
    cover=Cover(
        sheet="sign",
        unit_id="station_code",
        unit_name="station",
        period="year",
        filled_on="written_on",
    ),
    cadence=Cadence.YEAR,
)
