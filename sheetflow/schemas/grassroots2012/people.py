"""Who takes part and where: 封面, 干部名册, 联系点, 基层组织."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from sheetflow.schemas.columns import (
    RowModel,
    choice,
    day,
    key,
    money,
    name_key,
    period_name,
    phone,
    refers_many,
    text,
    whole,
)
from sheetflow.schemas.conditions import where
from sheetflow.schemas.grassroots2012.words import HOTLINE, YES_NO
from sheetflow.schemas.sheets import Kind, RollUp, Sheet


class CoverCard(RowModel):
    """Who reports, for which period, and whether there is anything to report."""

    unit_name: str | None = text("填报单位", 30, prefilled=True)
    unit_id: str | None = text("单位代码", 20, prefilled=True)
    period: str | None = period_name("报告期")
    kind: str | None = choice("报送性质", "首次报送", "退回修改", "更正")
    correction_reason: str | None = text("更正原因", 200, required=where("kind", "更正"))
    leader: str | None = text("单位负责人", 20)
    reviewer: str | None = text("审核人", 20, required=False)
    preparer: str | None = text("填报人", 20)
    phone: str | None = phone("联系电话", HOTLINE)
    filled_on: dt.date | None = day("填报日期", not_after="")
    in_appraisal: str | None = choice("已将活动纳入领导班子和干部考核", *YES_NO)
    nil_return: str | None = choice(
        "零报告", *YES_NO, hint="本期没有开展活动填“是”，并写明原因；开展了活动填“否”"
    )
    nil_reason: str | None = text("零报告说明", 200, required=where("nil_return", "是"))


COVER = Sheet(
    key="cover",
    title="封面",
    kind=Kind.CARD,
    model=CoverCard,
    note="本表式为本系统设计。请逐项填写右侧空格",
    source="五：加强对活动成效的调查统计",
    roll_up=RollUp.NONE,
)


class Cadre(RowModel):
    """A cadre who takes part, with the women and the contact points she is bound to."""

    cadre_id: str | None = key("干部编号", "G")
    name: str | None = text("姓名", 20, lasting=True)
    title: str | None = text("职务", 30)
    is_leader: str | None = choice("是否领导干部", *YES_NO)
    contact_points: tuple[str, ...] | None = refers_many(
        "联系点", "contact_points", hint="填《联系点》中的编号，如 L001、L002"
    )
    women_linked: int | None = whole("固定联系妇女人数", "人", zero_asked=True)
    diaries: int | None = whole("妇情日记（本）", "本", zero_asked=True)
    ledgers: int | None = whole("需求台帐（册）", "册", zero_asked=True)
    status: str | None = choice("状态", "在岗", "已调离")


CADRES = Sheet(
    key="cadres",
    title="干部名册",
    kind=Kind.STOCK,
    model=Cadre,
    matter=("name", "title"),
    note="参加活动的每位干部填一行；调离的不要删除，把状态改为“已调离”",
    source="二：每位干部都要固定联系若干妇女群众；每位干部都要记录一本“妇情日记”、建立一册妇女需求台帐",
    closed=where("status", "已调离"),
    preprinted=20,
)


class ContactPoint(RowModel):
    """A village or community with which the unit keeps up contact."""

    contact_point_id: str | None = key("联系点编号", "L")
    name: str | None = text("名称", 30, width=20)
    kind: str | None = choice("类型", "村", "社区")
    township: str | None = text("所在乡镇（街道）", 30, width=20, hint="市、省填所在县（市、区）")
    set_up_on: dt.date | None = day("建立日期")
    status: str | None = choice("状态", "在用", "已撤并")
    remarks: str | None = text("备注", 100, required=False, width=28)


CONTACT_POINTS = Sheet(
    key="contact_points",
    title="联系点",
    kind=Kind.STOCK,
    model=ContactPoint,
    matter=("name", "township", "set_up_on"),
    note="以村（社区）为单位，一个联系点填一行；撤并的不要删除，把状态改为“已撤并”",
    source="二：妇联组织要以村（社区）为单位建立联系点",
    closed=where("status", "已撤并"),
    preprinted=20,
)


class Township(RowModel):
    """The grass-roots organisation of one township or street, as it stands."""

    township: str | None = name_key("乡镇（街道）")
    villages: int | None = whole("行政村数", "个")
    communities: int | None = whole("社区数", "个")
    hamlet_groups: int | None = whole("自然村妇女组织数", "个")
    estate_groups: int | None = whole("居民小区妇女组织数", "个")
    building_groups: int | None = whole("楼栋妇女组织数", "个")
    employer_groups: int | None = whole("辖区单位妇女组织数", "个")
    public_posts: int | None = whole("公益性岗位人数", "人")
    graduate_officials: int | None = whole("女大学生村官人数", "人")
    backbones: int | None = whole("妇女骨干人数", "人")
    homes: int | None = whole("妇女之家数", "个")
    home_events: int | None = whole("1月至本期末妇女之家活动（次）", "次", width=16)
    women: int | None = whole("妇女人数（户籍，上年末）", "人", width=14)
    funds: int | Decimal | None = money("1月至本期末已落实专项工作经费（元）", width=18)


GRASSROOTS = Sheet(
    key="grassroots",
    title="基层组织",
    kind=Kind.STOCK,
    model=Township,
    note="填现有数，一个乡镇（街道）填一行；没有的填0，不要留空",
    source="四：完善基层组织网络，壮大基层干部队伍，建设好“妇女之家”，按妇女人均一元钱标准增拨专项工作经费",
    always_shown=False,
    levels=frozenset({"县"}),
    roll_up=RollUp.LISTED,
)
