"""The texts of what is told of a single cell that was read all the same."""

from __future__ import annotations

from sheetflow.findings import Check, Severity

_FORM = "填报说明：按各栏目要求填写"
_HABITS = "填报说明：数字和日期的写法"


def _note(
    code: str, title: str, wrong: str, remedy: str, summary: str, source: str = _HABITS
) -> Check:
    return Check(
        code=code,
        severity=Severity.NOTE,
        title=title,
        wrong=wrong,
        remedy=remedy,
        summary=summary,
        source=source,
    )


def _verify(code: str, title: str, wrong: str, remedy: str, summary: str) -> Check:
    return Check(
        code=code,
        severity=Severity.VERIFY,
        title=title,
        wrong=wrong,
        remedy=remedy,
        summary=summary,
        source=_FORM,
    )


READING_CHECKS: tuple[Check, ...] = (
    _note(
        "cell-formula",
        "公式已取结果",
        "这一格是公式，已取它的计算结果{typed}",
        "请核对；以后请直接填写内容",
        "公式单元格取其计算结果",
    ),
    _note(
        "run-marked-text",
        "文字有删除线或上下标",
        "文字里有{marks}，已连同这些字一起读取",
        "请核对；不要的字请直接删去",
        "文字中加了删除线、上标、下标的字照样读取，列出供核对",
        _FORM,
    ),
    _verify(
        "row-struck",
        "加了删除线",
        "{what}加了删除线，不知是否作废",
        "仍要报的，请去掉删除线，或写明情况；作废的，请改正或删去",
        "整行或数字加了删除线的，不当作已经作废，照样读取并请说明",
    ),
    _verify(
        "shown-otherwise",
        "显示与实际不同",
        "这一格显示为{shown}，实际存的是{stored}",
        "请核对：要报的是显示的数，请改填完整的数；是实际存的数，请把单元格格式设为“常规”，或写明情况",
        "单元格格式带万、千、亿、百分号，使显示的数与实际存的数不同的，请核对",
    ),
    _verify(
        "day-hidden",
        "日期没有显示出日",
        "这一格显示为{shown}，看不到日，实际存的是{stored}",
        "请核对日期：不对的请改正，对的请把单元格格式设为显示年月日，或写明情况",
        "日期的单元格格式没有显示出日的，请核对",
    ),
    _note(
        "habit",
        "写法已统一",
        "原填“{before}”，已读作“{after}”",
        "不用修改，请核对读得是否正确",
        "全角数字、多余空格、2012.3.5等写法照常读取，并列出供核对",
    ),
    _note(
        "habit-nothing",
        "没有的按空白读取",
        "这一格写的是“无”“—”等表示没有的字样，已按空白读取",
        "不用修改，没有的可以直接空着",
        "可以空着的栏目填“无”“没有”“/”“—”的，按空白读取",
    ),
    _note(
        "habit-blanks",
        "多余空格已去掉",
        "有多余的空格、换行或看不见的字符，已去掉",
        "不用修改",
        "字间和前后的多余空格、换行、看不见的字符去掉后读取",
    ),
    _note(
        "habit-private",
        "写法已统一",
        "这一格的写法（空格、全角字符等）已统一后读取",
        "不用修改",
        "个人信息栏目中的多余空格、全角字符照常读取",
    ),
)

READINGS = frozenset({"habit", "habit-blanks", "habit-private", "habit-nothing"})
"""Notes that only say how a cell was read."""
