"""A small sound form, for tests that declare something wrong or odd in it."""

from __future__ import annotations

from typing import Any

from sheetflow.schemas.columns import RowModel, choice, day, key, period_name, text, whole
from sheetflow.schemas.forms import Cover, Form
from sheetflow.schemas.indicators import Indicator, Sum
from sheetflow.schemas.sheets import Kind, Sheet


class Head(RowModel):
    """Who and when."""

    unit = text("单位")
    unit_id = text("代码")
    period = period_name("报告期")
    filled_on = day("日期", not_after="")


class Thing(RowModel):
    """A row with a key."""

    thing = key("编号", "T")
    name = text("名称")
    state = choice("状态", "好", "坏", retired=("旧",))
    count = whole("件数", "件")


HEAD = Sheet(key="head", title="表头", kind=Kind.CARD, declared=Head.columns())
THINGS = Sheet(key="things", title="物品", kind=Kind.LEDGER, declared=Thing.columns())
COVER = Cover(
    sheet="head", unit_id="unit_id", unit_name="unit", period="period", filled_on="filled_on"
)
S = Indicator("S", "件数", "件", Sum("things", ("count",)))


def form(**changes: Any) -> Form:
    """Give a small sound form with parts of it replaced."""
    parts: dict[str, Any] = {
        "key": "f",
        "title": "表",
        "version": 1,
        "sheets": (HEAD, THINGS),
        "cover": COVER,
        "indicators": (S,),
    }
    return Form(**{**parts, **changes})


def more(**fields: Any) -> Sheet:
    """Give one more table, of these columns."""
    model: type[RowModel] = type(
        "Row", (RowModel,), {"__annotations__": dict.fromkeys(fields, Any), **fields}
    )
    return Sheet(key="more", title="其他", kind=Kind.FLOW, declared=model.columns())
