"""What the words of a campaign workbook stand for: each with the value that a declaration bears.

One table for a way of reading and writing both. It refuses to know in which column a word stands.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import TypeVar

from sheetflow.findings import Severity
from sheetflow.periods import Cadence
from sheetflow.schemas.columns import Column, Mask, NotAfter
from sheetflow.schemas.conditions import Is
from sheetflow.schemas.forms import Across, Attachments
from sheetflow.schemas.options import Choice
from sheetflow.schemas.sheets import Kind, RollUp
from sheetflow.units.levels import Review

T = TypeVar("T")

YES, NO = "是", "否"
YES_NO: Mapping[str, bool] = MappingProxyType({YES: True, NO: False})

MENDED = "退回修改"
"""What a cover that offers it beside 更正 says of what a superior returned."""


def mending_of(correction: Is | None, columns: Mapping[str, Column]) -> Is | None:
    """Tell when a cover says that it mends a return; None where its 报送性质 does not offer that."""
    column = columns.get(correction.column) if correction else None
    is_offered = column and isinstance(column.type, Choice) and MENDED in column.type.options
    return Is(column.key, (MENDED,)) if column and is_offered else None


NOT_ASKED = "不查"
SEVERITIES: Mapping[str, Severity] = MappingProxyType(
    {each.label: each for each in (Severity.MUST, Severity.VERIFY, Severity.NOTE)}
)
ASKED: Mapping[str, Severity | None] = MappingProxyType({**SEVERITIES, NOT_ASKED: None})
"""How heavy the engine's own questions weigh, or that nobody asks."""

CADENCES: Mapping[str, Cadence] = MappingProxyType(
    {
        "月": Cadence.MONTH,
        "双月": Cadence.TWO_MONTHS,
        "季": Cadence.QUARTER,
        "半年": Cadence.HALF_YEAR,
        "年": Cadence.YEAR,
        "一次": Cadence.ONCE,
    }
)
FILLING: Mapping[str, bool] = MappingProxyType({"自己也填": True, "只汇总": False})
REVIEWS: Mapping[str, Review] = MappingProxyType(
    {
        "不验收": Review.NONE,
        "到期即送": Review.BY_DEADLINE,
        "先送后验": Review.FLAG,
        "验收后送": Review.REQUIRED,
    }
)
ATTACHMENTS: Mapping[str, Attachments] = MappingProxyType(
    {
        "不收": Attachments.NONE,
        "可附": Attachments.OPTIONAL,
        "必附": Attachments.REQUIRED,
    }
)

COVER_KIND = "封面"
KINDS: Mapping[str, Kind] = MappingProxyType(
    {
        COVER_KIND: Kind.CARD,
        "卡片": Kind.CARD,
        "流水": Kind.FLOW,
        "台帐": Kind.LEDGER,
        "现状": Kind.STOCK,
        "统计": Kind.INDICATORS,
    }
)
"""Of the two words for a card, 封面 is the one that says who reports."""
ADDED_UP: Mapping[str, Kind] = MappingProxyType(
    {"流水": Kind.FLOW, "台帐": Kind.LEDGER, "现状": Kind.STOCK}
)
ROLL_UPS: Mapping[str, RollUp] = MappingProxyType(
    {
        "明细上送": RollUp.ROWS,
        "首级列明细以上合计": RollUp.LISTED,
        "只合计": RollUp.SUMMED,
        "不上送": RollUp.NONE,
    }
)
QUOTES = QUOTED, TOLD, TABLED = "文字", "案例", "明细"

TYPES = (
    *("文字", "整数", "小数", "金额", "日期", "单选", "多选", "编号", "名称作编号", "引用"),
    *("引用多个", "身份证号", "电话", "报告期", "带出", "附件"),
)

OTHER_TYPES = MappingProxyType(
    {
        **dict.fromkeys(("数字", "数值", "数", "数量", "人数"), "整数"),
        **dict.fromkeys(("文本", "字符", "字符串", "说明"), "文字"),
        **dict.fromkeys(("选择", "下拉", "下拉列表", "选项", "是否"), "单选"),
        **dict.fromkeys(("时间", "年月日"), "日期"),
        **dict.fromkeys(("元", "钱", "货币"), "金额"),
    }
)
"""What people call some types of columns who have not seen the list."""
NOT_AFTER: Mapping[str, NotAfter] = MappingProxyType(
    {"填报日期": "filled_on", "期末": "period_end", "不限": ""}
)
MASKS: Mapping[str, Mask] = MappingProxyType(
    {
        "原样": Mask.WHOLE,
        "遮姓名": Mask.NAME,
        "遮电话": Mask.PHONE,
        "遮住址": Mask.ADDRESS,
        "不上送": Mask.LEFT_OUT,
    }
)
PERCENT = "百分比"
SHOWN = (PERCENT,)
SWINGS = ("核实性", "提示性", NOT_ASKED)
IN_PLACE_OF_NUMBERS = ("未开展", "不适用")

TAKING_OVER = "已并入本单位填报"
COVER_ROLES: Mapping[str, str] = MappingProxyType(
    {
        "单位代码": "unit_id",
        "填报单位": "unit_name",
        "报告期": "period",
        "填报日期": "filled_on",
        "填报人": "preparer",
        "联系电话": "phone",
        "更正原因": "reason",
        "零报告": "nil",
        TAKING_OVER: "taking_over",
    }
)
"""What a column of the cover is to the engine, by the field of `Cover` that names it."""
HAPPENED, COUNTED, LASTING, ZERO_ASKED = "发生日期", "逐项计数", "姓名不变", "填0要核对"
OF_COLUMN: Mapping[str, str] = MappingProxyType(
    {HAPPENED: "event", COUNTED: "counted", LASTING: "lasting", ZERO_ASKED: "zero_asked"}
)
"""What is true of the column itself, by the field of `Column`."""
NAMING = "编号的名称"
PLANNED, STORY_TITLE, STORY_TEXT = "只引本单位", "案例标题", "案例正文"
PERSON, MATTER = "跨单位核对", "跨单位核对列出"
TOTAL_OF, TOTAL = "自报指标", "自报数"
ENTRY, ENTRY_UNIT, ENTRY_ORDER = "预列编号", "预列单位", "预列次序"
"""Of a sheet that is printed with what was handed in: whose columns say which entry it is, and whose; in
the sheet by which units hand up, the column of the order."""
OF_ENTRIES: Mapping[str, str] = MappingProxyType(
    {
        "评选题目": "title",
        "得分": "score",
        "名次": "rank",
        "建议等次": "proposed",
        "最终等次": "award",
        "调整理由": "reason",
    }
)
OF_JUDGES: Mapping[str, str] = MappingProxyType({"评委单位": "judge_unit"})
OF_SCORES: Mapping[str, str] = MappingProxyType({"评分评委": "judge", "评分对象": "entry"})
"""What columns are to the judging of entries, by the field of `Judging` that names each."""
CRITERION, QUOTA = "评分项", "等次名额"
AUTHOR, AUTHORED_FILE = "评选作者", "评选附件"
PURPOSES = (
    *(HAPPENED, *COVER_ROLES, NAMING, LASTING, ZERO_ASKED, COUNTED),
    *(STORY_TITLE, STORY_TEXT, PLANNED, PERSON, MATTER, TOTAL_OF, TOTAL),
    *(ENTRY, ENTRY_UNIT, ENTRY_ORDER, *OF_ENTRIES, *OF_JUDGES, *OF_SCORES, CRITERION, QUOTA),
    *(AUTHOR, AUTHORED_FILE),
)

ACROSS: Mapping[str, Across] = MappingProxyType(
    {"单位": Across.UNITS, "指标": Across.INDICATORS, "报告期": Across.PERIODS}
)
FIGURES: Mapping[str, bool] = MappingProxyType({"本期": True, "累计": False})
"""Whether a chart draws what is of the period alone."""

BY_ROW, SKIPS_FIRST, ONLY_LAST, ONLY_LEVEL = "一行一条", "不查第一期", "只在末期", "只查"
RANGES = (BY_ROW, SKIPS_FIRST, ONLY_LAST)
"""What narrows a rule; ``只查县`` besides, for each level."""


def word_for(words: Mapping[str, T], value: T) -> str:
    """Give the last word that stands for `value`: 卡片 of a card, not 封面. KeyError for none."""
    for word, meant in reversed(list(words.items())):
        if meant == value:
            return word
    raise KeyError(value)
