#!/usr/bin/env python3
"""The columns of the report template's tables by unit: which indicators, how wide.

Owns nothing but the choice; ``build_report_template.py`` draws the tables.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Column:
    """A column of the tables by unit: heading, figure's name, width, filter."""

    heading: str
    code: str
    families: tuple[str, ...] = ("累计",)
    width: int = 760
    filter: str = ""


BOTH = ("本期", "累计")
TABLE_1 = (
    Column("走访活动↵（次）", "S07", BOTH, 720),
    Column("走访妇女群众↵（人次）", "S08", BOTH, 860),
    Column("征求意见建议↵（条）", "S14", BOTH, 740),
    Column("调查手记↵（份）", "S17", width=930),
    Column("调研报告↵（篇）", "S18", width=930),
    Column("登记需求↵（件）", "S19", BOTH, 740),
    Column("已办结↵（件）", "S29", BOTH, 740),
    Column("办结率", "S32", width=820),
)
TABLE_2 = (
    Column("对策↵建议↵（件）", "S33", width=715),
    Column("其中：↵被采纳↵（件）", "S34", width=740),
    Column("个案↵帮扶↵（件）", "S38", width=715),
    Column("个案帮扶↵资金↵（万元）", "S39", width=930, filter="|万元数"),
    Column("结对↵帮扶↵（对）", "S42", width=715),
    Column("办好↵事实事↵（件）", "S46", width=740),
    Column("妇女↵之家↵（个）", "S50", width=715),
    Column("专项↵经费↵（万元）", "S53", width=930, filter="|万元数"),
    Column("人均↵经费↵（元）", "S54", width=715),
    Column("惠民↵项目↵（个）", "S56", width=715),
    Column("受益↵妇女↵（人）", "S58", width=840),
    Column("媒体↵报道↵（篇）", "S59", width=715),
    Column("督查↵（次）", "S62", width=715),
    Column("典型↵案例↵（个）", "S64", width=715),
)
