"""What is made of it: 宣传报道, 督查考核, 案例机制, 文字材料."""

from __future__ import annotations

import datetime as dt

from sheetflow.schemas.columns import RowModel, choice, day, key, text
from sheetflow.schemas.conditions import where
from sheetflow.schemas.grassroots2012.words import YES_NO
from sheetflow.schemas.sheets import Kind, Sheet


class Publicity(RowModel):
    """One report in the media."""

    published_on: dt.date | None = day("日期", not_after="period_end", event=True)
    outlet: str | None = text("媒体名称", 30, width=20)
    level: str | None = choice("媒体级别", "国家级", "省级", "市级", "县级")
    form: str | None = choice(
        "形式", "新闻报道", "专版专栏专题", "广播电视节目", "简报信息", "其他"
    )
    title: str | None = text("题目", 60, width=40)


PUBLICITY = Sheet(
    key="publicity",
    title="宣传报道",
    kind=Kind.FLOW,
    model=Publicity,
    note="一篇（次）填一行，只填本期的报道",
    source="五：利用各类媒体大力宣传活动成效",
    always_shown=False,
)


class Inspection(RowModel):
    """One inspection and what became of the problems found."""

    inspection_id: str | None = key("编号", "C")
    inspected_on: dt.date | None = day("日期")
    method: str | None = choice("方式", "实地督查", "听取汇报", "查阅资料", "其他")
    inspected: str | None = text("被督查单位", 50, width=24)
    led_by_leader: str | None = choice("领导带队", *YES_NO)
    problems: str | None = text("发现问题", 500, required=False)
    rectification: str | None = choice("整改状态", "无需整改", "整改中", "已整改")
    rectified: str | None = text("整改情况", 500, required=where("rectification", "已整改"))


SUPERVISION = Sheet(
    key="supervision",
    title="督查考核",
    kind=Kind.LEDGER,
    model=Inspection,
    matter=("inspected_on", "inspected"),
    note="一次督查填一行，逐期续填整改情况",
    source="五：严格督查考核，把开展活动情况纳入领导班子和干部的考核范围",
    always_shown=False,
    preprinted=20,
)


class Practice(RowModel):
    """A case worth telling, or an experience that became a rule."""

    kind: str | None = choice("类型", "典型案例", "制度机制")
    title: str | None = text("标题", 60, width=36)
    happened_on: dt.date | None = day("日期", not_after="period_end", event=True)
    summary: str | None = text("摘要", 500, width=60)
    document_no: str | None = text("文号", 40, required=False, width=20)


PRACTICES = Sheet(
    key="practices",
    title="案例机制",
    kind=Kind.FLOW,
    model=Practice,
    note="一个案例或一项制度填一行，只填本期的",
    source="五：总结推广成功案例，及时把成熟做法和经验上升为制度规定",
    always_shown=False,
)


class NarrativeCard(RowModel):
    """What the Word report quotes."""

    approach: str | None = text("主要做法", 1500)
    results: str | None = text("取得成效", 1500)
    problems: str | None = text("存在问题", 1500, required=False)
    next_steps: str | None = text("下步打算", 1500, required=False)
    advice: str | None = text("意见建议", 1500, required=False)


NARRATIVE = Sheet(
    key="narrative",
    title="文字材料",
    kind=Kind.CARD,
    model=NarrativeCard,
    note="每项不超过1500字；零报告可不填",
    source="五：活动开展情况每两个月汇总上报一次",
)
