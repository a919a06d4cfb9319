"""Two sheets whose rows hold what office programs read otherwise than it looks, and expressions on them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from random import Random

from sheetflow.schemas.columns import (
    RowModel,
    choice,
    choices,
    day,
    key,
    money,
    refers,
    text,
    whole,
)
from sheetflow.schemas.parsing import CellFault, Value
from sheetflow.schemas.sheets import Kind, Lookup, Sheet

OPTIONS = (
    "在岗",
    "a*b",
    "问？",
    "x?z",
    "~波",
    '说"好"',
    "“双”引",
    "ABC",
    "aBc",
    "1",
    "2012",
    "3-5",
    ">5",
    "=甲",
    "<>",
    "TRUE",
    "50%",
    "3月5日",
    "*",
    "甲*乙",
    "甲丙乙",
    "问?",
    "问题",
)
WORDS = ("王芳", "李*", "x?z", "xyz", "a*b", "aXXb", "1", "在岗", "ABC", "abc", "")
KEYS = ("X0001", "X0002", "X0003")


class Pointed(RowModel):
    """What rows point to."""

    pointed = key("台帐编号", "X", 4)
    state = choice("办理状态", *OPTIONS)
    age = whole("年龄", "岁", required=False)
    opened_on = day("登记日期", required=False)
    note = text("说明", required=False)


class Asked(RowModel):
    """What is counted."""

    name = text("姓名")
    state = choice("状态", *OPTIONS, required=False)
    note = text("备注", required=False)
    number = whole("件数", "件", least=-9, required=False)
    other = whole("人数", "人", required=False)
    funds = money("金额（元）", required=False)
    begun_on = day("开始日期", required=False)
    ended_on = day("结束日期", required=False)
    many = choices("服务", "资金", "信息", required=False)
    need = refers("需求", "pointed", required=False)


LOOKUPS = tuple(Lookup("need", "pointed", name) for name in ("state", "age", "opened_on", "note"))
POINTED = Sheet(key="pointed", title="需求台帐", kind=Kind.LEDGER, declared=Pointed.columns())
ASKED = Sheet(
    key="asked", title="走访（记录）", kind=Kind.FLOW, declared=Asked.columns(), lookups=LOOKUPS
)
SHEETS = {"pointed": POINTED, "asked": ASKED}
Typed = str | int | float | dt.date | None


def typed_rows(random: Random, sheet: Sheet, count: int) -> list[dict[str, Typed]]:
    """Make rows as somebody types them, blank and unreadable cells among them."""
    rows = []
    for number in range(count):
        row = {column.key: _typed(random, column.key) for column in sheet.columns}
        if sheet is POINTED:
            row["pointed"] = KEYS[number % len(KEYS)]
        rows.append(row)
    return rows


_TYPED: dict[str, Sequence[str | float]] = {
    "state": (*OPTIONS, "没有的", 1, 2012),
    "note": tuple(filter(None, WORDS)),
    "many": ("资金、信息", "资金"),
    "need": (*KEYS, "X0009"),
    "funds": (0.5, 1.5, 2, 3, 9, "不详"),
}
"""What is typed in some columns; in all others numbers, or days."""


def _typed(random: Random, column: str) -> Typed:
    if column == "name":
        return random.choice(("甲", "乙", "丙", None))
    if random.random() < 0.2:
        return None
    if column.endswith("_on"):
        return random.choice((dt.date(2012, 1, random.randint(1, 9)), "去年", "3月"))
    return random.choice(_TYPED.get(column, (0, 1, 2, 3, 7, "不详")))


def _as_read(cell: str | float | dt.date) -> str | float | dt.datetime:
    return dt.datetime.combine(cell, dt.time()) if isinstance(cell, dt.date) else cell


def read(sheet: Sheet, row: dict[str, Typed]) -> dict[str, Value]:
    """Read a row as a workbook's is: what cannot be read is blank."""
    values: dict[str, Value] = {}
    for column in sheet.columns:
        cell = row[column.key]
        try:
            values[column.key] = None if cell is None else column.type.parse(_as_read(cell))
        except CellFault:
            values[column.key] = None
    return values


NUMBERS = ("[件数]", "[人数]", "[金额（元）]", "[需求].[年龄]")
DATES = ("[开始日期]", "[结束日期]", "[需求].[登记日期]")
SIGNS = ("<", ">", "<=", ">=", "=", "<>")


def condition(random: Random, depth: int = 3) -> str:
    """Make a condition on a row of 走访（记录）."""
    if depth and random.random() < 0.6:
        parts = [condition(random, depth - 1) for _ in range(random.randint(2, 3))]
        joined = f" {random.choice('且或')} ".join(f"({part})" for part in parts)
        return f"非 ({joined})" if random.random() < 0.3 else joined
    return random.choice((_asked, _measured, _dated, _noted))(random)


def _quoted(word: str) -> str:
    return f"“{word}”" if '"' in word else f'"{word}"'


def _asked(random: Random) -> str:
    cell = random.choice(("[状态]", "[需求].[办理状态]"))
    words = random.sample(OPTIONS, random.choice((1, 1, 2, 3)))
    listed = ",".join(map(_quoted, words))
    return f"{cell}{random.choice(('=', '<>'))}{listed if len(words) == 1 else f'{{{listed}}}'}"


def _measured(random: Random) -> str:
    other = random.choice((*NUMBERS, "1", "-2", "1.5", "0"))
    return f"{random.choice(NUMBERS)}{random.choice(SIGNS)}{other}"


def _dated(random: Random) -> str:
    return f"{random.choice(DATES)}{random.choice(SIGNS)}{random.choice(DATES)}"


def _noted(random: Random) -> str:
    word = random.choice(WORDS)
    cell = random.choice(("[备注]", "[需求].[说明]"))
    return f"{cell}{random.choice(('=', '<>'))}{_quoted(word)}"


def formula(random: Random) -> str:
    """Make an indicator's formula on its rows."""
    asked = (
        f", {condition(random, random.choice((0, 0, 0, 1, 2, 3)))}"
        if random.random() < 0.95
        else ""
    )
    if random.random() < 0.5:
        return f"计数(《走访（记录）》{asked})"
    columns = random.sample(NUMBERS[:3], random.randint(1, 3))
    return f"合计(《走访（记录）》, {'+'.join(columns)}{asked})"
