"""What a form gives to reports: whose words are quoted, which cases are told, what is drawn.

This module owns what a chart shows and refuses to know how one is drawn.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from sheetflow.schemas.conditions import Condition

TEMPLATE_NAMES = frozenset(
    {
        *("单位名称", "单位级别", "全域", "下级单位", "活动名称", "报告期", "累计时段"),
        *("上一报告期", "有上期", "口径说明", "成文日期", "发文单位", "主送机关"),
        *("红头", "发文机关标志"),
        *("发文字号", "版记", "抄送", "印发机关", "印发日期"),
        *("本期", "累计", "上期", "上期累计", "比上期", "较上期", "居前"),
        *("各单位", "上报情况", "典型案例", "图题", "图"),
        *("未报单位", "零报告单位", "迟报单位", "应报单位数", "已报单位数", "上期已报单位数"),
    }
)
"""What a report template calls its own: no heading that is quoted may be called so."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportSpec:
    """Where the report finds its quotes and its stories.

    The columns of the card `narrative` are quoted under their labels. Rows of
    `story_sheet` that meet `story_where` are told with `story_title` and `story_text`.
    At most `quotes` units are quoted under one heading, and `stories` told. A quote has at
    least `shortest` characters; one of more than `longest` is cut after a sentence.
    """

    narrative: str
    story_sheet: str = ""
    story_where: Condition | None = None
    story_title: str = ""
    story_text: str = ""
    quotes: int = 5
    stories: int = 6
    shortest: int = 30
    longest: int = 400


class Across(StrEnum):
    """What a chart compares: the units below, several indicators, or the periods."""

    UNITS = "units"
    """One bar for 本级 and for each unit below, one colour for each indicator."""

    INDICATORS = "indicators"
    """One slice for each indicator, of the total: the indicators are parts of a whole."""

    PERIODS = "periods"
    """One line for each indicator, over the periods of the year so far."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChartSpec:
    """One chart: its title, the indicators it draws, and what it compares.

    `current` draws 本期, else 累计/期末. Indicators that share a chart share a unit of measure.
    A chart with a `name` is also a picture of the Word report, which calls it so.
    """

    title: str
    codes: tuple[str, ...]
    across: Across = Across.UNITS
    current: bool = False
    name: str = ""
