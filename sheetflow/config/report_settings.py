"""The tables ``[report]`` and ``[report.fonts]``: what differs between offices in the Word report.

It refuses to know the report itself: who makes one asks here by unit and period.
"""

from __future__ import annotations

import datetime as dt
import re
from typing import Literal

from pydantic import Field

from sheetflow.config.setting_values import Day, Listed, Section, Text, key


class Fonts(Section):
    """The fonts of the Word report, by what they are for."""

    body: Text = key(
        "仿宋_GB2312", "正文。没有这些字体的电脑可改用仿宋、楷体、宋体等。", min_length=1
    )
    title: Text = key("方正小标宋简体", "标题。", min_length=1)
    heading1: Text = key("黑体", "一级标题。", min_length=1)
    heading2: Text = key("楷体_GB2312", "二级标题。", min_length=1)
    page_number: Text = key("宋体", "页码。", min_length=1)

    @property
    def replaced(self) -> dict[str, str]:
        """The font to use by the one that the standard names, where they differ."""
        standard = Fonts()
        named = {getattr(standard, role): getattr(self, role) for role in Fonts.model_fields}
        return {old: new for old, new in named.items() if old != new}


def office_like(organiser: str, top: str, unit: str) -> str:
    """Name the office of a unit as that of the top unit is named: 清河省水务局 gives 上游市水务局.

    It is the unit's own name where the office's does not begin with that of its unit; empty for women's
    federations, which the usual settings name.
    """
    if organiser.startswith(top):
        return unit + organiser.removeprefix(top)
    return "" if _FEDERATION.search(organiser) else unit


_FEDERATION = re.compile("妇联|妇女联合会")
_ABOVE = "上级机关"


class Report(Section):
    """What differs between offices in the Word report."""

    red_head: bool = key(default=False, comment="是否印红头（发文机关标志、发文字号和红线）。")
    imprint: bool = key(default=False, comment="是否印版记（抄送、印发机关和印发日期）。")
    issuer: Text = key("{单位}妇女联合会", "发文机关和署名。{单位} 处换成该单位名称，如山东省。")
    addressee: Text = key("{上级}妇女联合会", "主送机关。{上级} 处换成上级单位名称。")
    top_addressee: Text = key("全国妇联办公厅", "最上级单位的报告的主送机关。")
    copies_to: tuple[Text, ...] = key(
        (), '抄送，如 ["省委办公厅", "省政府办公厅"]。', allowed='文字的列表，如 ["省委办公厅"]'
    )
    printed_by: Text = key("{单位}妇女联合会办公室", "印发机关。")
    document_numbers: dict[str, Text] = key(
        {},
        "发文字号，一份报告一个，写成“单位代码_报告期 = 字号”。没有写的不印。\n"
        "活动有几张报表的，主表以外的报表写成“单位代码_报告期_报表代码 = 字号”。\n"
        '例如："370000_2012B1" = "鲁妇发〔2012〕10号"',
        allowed="“单位代码_报告期 = 字号”的表",
    )
    quotes: Listed = key(
        {},
        "情况报告举哪些下级单位的文字做例子，不用程序挑选的。左边写出报告的单位，右边按先后写下级单位，\n"
        "代码、名称都可以；只定一项的，左边写成“单位.栏目”。没有写的由程序挑选。\n"
        '例如："济南市" = ["历下区", "370103"]\n'
        '例如："山东省.主要做法" = ["济南市", "青岛市市南区"]',
        allowed='“单位 = 下级单位的列表”的表，列表写成 ["历下区", "370103"] 的样子',
    )
    version: Literal["full", "short"] = key(
        "full", "写全文还是简版（两三页，不带附件）：full 全文，short 简版。"
    )
    charts: Literal["auto", "always", "never"] = key(
        "auto", "报告里放不放图：auto 有红头的不放，没有红头的放；always 都放；never 都不放。"
    )
    name_units: bool = key(
        default=False,
        comment="报告里是否点名：未报、迟报、零报告的单位写不写名称，附件2列不列各单位明细。\n"
        "填 false 只写个数，名单在旁边的“内部附件”里，不随报告上报。",
    )
    signers: dict[str, Text] = key(
        {},
        '签发人，印在红头下面，写成“单位代码 = 姓名”。没有写的留空。\n例如："370000" = "王某某"',
        allowed="“单位代码 = 姓名”的表",
    )
    signed_on: dict[str, Day] = key(
        {},
        "成文日期，签发以后才填，写成“单位代码_报告期 = 日期”；没有写的印成“年　月　日”，留待填写。\n"
        "活动有几张报表的，主表以外的报表写成“单位代码_报告期_报表代码 = 日期”。\n"
        '例如："370000_2012B1" = "2012-03-16"',
        allowed='“单位代码_报告期 = 日期”的表，日期写成 "2012-03-16" 的样子',
    )
    fonts: Fonts = Field(Fonts(), description="情况报告的字体，默认按 GB/T 9704-2012。")

    def is_usual(self, name: str) -> bool:
        """Whether nobody has set that one of these settings."""
        return bool(getattr(self, name) == Report.model_fields[name].default)

    def issuer_of(self, unit: str) -> str:
        """Name the issuing office of the unit called `unit`."""
        return self.issuer.replace("{单位}", unit)

    def printed_by_of(self, unit: str) -> str:
        """Name the printing office of the unit called `unit`."""
        return self.printed_by.replace("{单位}", unit)

    def addressee_of(self, superior: str | None, organiser: str = "") -> str:
        """Name whom a report goes to: the office of the superior, whoever is set where there is none.

        Where nobody is set, the report of another `organiser` than a women's federation goes to no federation.
        """
        if superior:
            return self.addressee.replace("{上级}", superior)
        is_anothers = organiser and not _FEDERATION.search(organiser)
        return _ABOVE if is_anothers and self.is_usual("top_addressee") else self.top_addressee

    def document_number(self, unit_id: str, period_id: str, form: str = "") -> str:
        """Give the document number of one report, blank where none is set.

        `form` is the key of another form than the campaign's main one.
        """
        return self.document_numbers.get(_joined(unit_id, period_id, form), "")

    def date_of(self, unit_id: str, period_id: str, form: str = "") -> dt.date | None:
        """Give the day on which one report was signed, None where none is set; `form` as above."""
        return self.signed_on.get(_joined(unit_id, period_id, form))

    @property
    def has_charts(self) -> bool:
        """Whether pictures stand in the report."""
        return self.charts == "always" or (self.charts == "auto" and not self.red_head)


def _joined(*parts: str) -> str:
    return "_".join(part for part in parts if part)
