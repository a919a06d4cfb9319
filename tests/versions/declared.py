"""The second campaign as its owner changes it: the patrol form in its first and second version.

Version 2 asks for the bank of an outlet and the weather of a walk, no longer for the cost of
litter, calls the river otherwise, puts the means of a walk first, offers no drones any more,
has a sheet of signs in place of one of boats, and counts what is new.
"""

from __future__ import annotations

import dataclasses

from sheetflow.schemas.campaign import Campaign
from sheetflow.schemas.columns import RowModel, choice, day, key, money, refers, text, whole
from sheetflow.schemas.conditions import Not, where
from sheetflow.schemas.forms import Form
from sheetflow.schemas.indicators import Count, Indicator, Ratio, Sum
from sheetflow.schemas.sheets import Kind, Sheet
from tests.tiny import campaign as tiny
from tests.tiny.forms import OUTLETS, PATROL_FORM, PATROLS, Outlet


class NewOutlet(RowModel):
    """An outlet in both versions."""

    outlet_id = key("排口编号", "P", 4)
    bank = choice("岸别", "左岸", "右岸", since=2)
    river = text("河流名称", 30, older=("河道",))
    keeper = text("河长姓名", 20, personal=True, disclosure=Outlet.columns()[2].disclosure)
    found_on = day("发现日期")
    state = choice("处置情况", "整治中", "已封堵")
    closed_on = day("封堵日期", required=where("state", "已封堵"), only=True, not_before="found_on")
    blocked_by = text("封堵单位", 30, required=where("bank", "左岸"), since=2)


class NewPatrol(RowModel):
    """A walk in both versions."""

    means = choice("巡河方式", "步行", "乘船", retired=("无人机",))
    walked_on = day("巡河日期", event=True)
    weather = choice("天气", "晴", "雨", since=2)
    outlet = refers("所查排口", "outlets", required=False)
    metres = whole("巡河里程（米）", "米", least=1)
    litter = money("清理费用（元）", required=False, until=1)


class Boat(RowModel):
    """What was asked of boats."""

    boat = text("船名", 20)
    seats = whole("座位（个）", "个")


class Sign(RowModel):
    """What is asked of signs."""

    place = text("位置", 20)
    signs = whole("警示牌（块）", "块")


BOATS = Sheet(
    key="boats", title="巡河船只", kind=Kind.FLOW, declared=Boat.columns(), always_shown=False
)
SIGNS = Sheet(
    key="signs",
    title="警示牌登记",
    kind=Kind.FLOW,
    declared=Sign.columns(),
    always_shown=False,
    since=2,
)

OLD_INDICATORS = (
    *PATROL_FORM.indicators,
    Indicator("H7", "清理费用", "元", Sum("patrols", ("litter",))),
    Indicator("H8", "船只座位", "个", Sum("boats", ("seats",))),
)
NEW_INDICATORS = (
    *OLD_INDICATORS,
    Indicator("H9", "左岸排口", "个", Count("outlets", where("bank", "左岸"))),
    Indicator("H10", "雨天巡河", "次", Count("patrols", where("weather", "雨"))),
    Indicator("H11", "非雨天巡河", "次", Count("patrols", Not(where("weather", "雨")))),
    Indicator("H12", "警示牌", "块", Sum("signs", ("signs",))),
    Indicator("H13", "左岸率", "%", Ratio("H9", "H1"), percent=True),
)


def patrol_form(version: int) -> Form:
    """Give the form as it is declared while that version is in force."""
    head, tally, outlets, patrols, answers = PATROL_FORM.sheets
    if version == 1:
        before = (head, tally, outlets, patrols, BOATS, answers)
        return dataclasses.replace(PATROL_FORM, sheets=before, indicators=OLD_INDICATORS)
    sheets = (
        head,
        tally,
        dataclasses.replace(OUTLETS, declared=NewOutlet.columns()),
        dataclasses.replace(PATROLS, declared=NewPatrol.columns()),
        dataclasses.replace(BOATS, until=1),
        SIGNS,
        answers,
    )
    return dataclasses.replace(PATROL_FORM, version=2, sheets=sheets, indicators=NEW_INDICATORS)


def campaign(version: int) -> Campaign:
    """Give the campaign while that version of its form is in force."""
    forms = (patrol_form(version), *tiny.CAMPAIGN.forms[1:])
    return dataclasses.replace(tiny.CAMPAIGN, forms=forms)
