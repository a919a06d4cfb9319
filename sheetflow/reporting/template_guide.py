"""模板说明.md for the campaign of a workbook: how tags are written, and this campaign's own names.

The general text is the one that comes with the program; what it says of the built-in campaign's
indicators, pictures and headings gives way to those that the campaign declares.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from sheetflow.schemas.campaign import Campaign
from sheetflow.schemas.forms import Form
from sheetflow.schemas.indicators import Indicator
from sheetflow.schemas.sheets import Kind

_NAMES = "## 七、"
_FIRST_PART = "## 一、"
_PICTURES = re.compile("现有的图：.*?才有）。")
_TABLES = re.compile("能列的表：.*?。")
_HEADINGS = re.compile("^- `主要做法`.*?：用 for", re.MULTILINE)
_NONE_YET = "（没有）"
_OURS = "**本工作文件夹用的是活动工作簿："


def is_campaign_guide(text: str) -> bool:
    """Whether a text is one that `campaign_guide` made, of whichever campaign."""
    return _OURS in text


def campaign_guide(general: str, campaign: Campaign) -> str:
    """Give the guide for `campaign`, made from the `general` one."""
    head, _, _ = general.partition(_NAMES)
    opening, first, rest = head.partition(_FIRST_PART)
    rest = _PICTURES.sub("本活动的图见第七部分。", rest)
    rest = _TABLES.sub("能列的表见第七部分。", rest)
    rest = _HEADINGS.sub("- 各项文字（栏名见第七部分）：用 for", rest)
    named = "".join(f"\n{line}" for line in _names(campaign))
    return f"{opening}{_remark(campaign)}{first}{rest}{_NAMES}本活动的名称\n{named}\n"


def _remark(campaign: Campaign) -> str:
    return (
        f"{_OURS}{campaign.title}。** 它的指标、图和栏目名称都在第七部分；"
        "前面各部分举例的代码、名称取自另一项活动，写法相同，请换成本活动的。"
        "《报表》里填了“报告模板”的报表，用随活动工作簿启用的那一份：请改工作簿旁边的 Word 文件，"
        "再运行一次 campaign use；没有填的，用系统排的简单模板，或者这个文件夹里自己做的 `情况报告.docx`。\n\n"
    )


def _names(campaign: Campaign) -> Iterator[str]:
    reported = [form for form in campaign.forms if form.report is not None]
    for form in reported:
        yield f"### {form.title}"
        yield ""
        yield from _texts(form)
        yield ""
        yield "| 代码 | 指标 | 单位 |"
        yield "|---|---|---|"
        for entry in form.current.indicators:
            yield f"| {entry.code} | {_cell(entry.label)} | {_measure(form, entry)} |"
        yield ""
    if not reported:
        yield "本活动的报表都不写情况报告。"


def _texts(form: Form) -> Iterator[str]:
    """Say which texts, answers and pictures a report of `form` has."""
    narrative = form.by_key.get(form.report.narrative) if form.report else None
    headings = [column.label for column in narrative.columns] if narrative else []
    pictures = [f"`图.{chart.name}`（{chart.title}）" for chart in form.charts if chart.name]
    answers = [f"`答复.{column.label}.是`" for column in form.counted_answers]
    yield f"- 各项文字：{'、'.join(f'`{each}`' for each in headings) or _NONE_YET}"
    tables = [
        f"`表.{sheet.title}`（{'、'.join(column.label for column in sheet.columns)}）"
        for sheet in form.current.sheets
        if form.report and sheet.key in form.report.tables
    ]
    if tables:
        yield f"- 可以逐行列出的表：{'、'.join(tables)}；另有 `行.单位`、`行.本级`"
    yield f"- 图：{'、'.join(pictures) or _NONE_YET}"
    yield f"- 封面上数答复的栏目：{'、'.join(answers) or _NONE_YET}"
    yield "- 指标：单位为元的加 `|万元`；带“存量”的只有期末数（写 `累计.`）"


def _measure(form: Form, entry: Indicator) -> str:
    is_stock = form.kinds[entry.code] is Kind.STOCK and not entry.is_ratio
    return _cell(entry.unit) + "（存量）" * is_stock


def _cell(words: str) -> str:
    return words.replace("|", "\\|")
