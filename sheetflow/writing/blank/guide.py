"""填报说明: how to fill, what each column asks for, every check, every indicator.

Generated from the declarations, so that it never says other than what is checked.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sheetflow.findings import Check, Severity
from sheetflow.schemas.figure_sources import rows_words
from sheetflow.schemas.forms import Form
from sheetflow.schemas.indicators import Indicator
from sheetflow.schemas.layout import GUIDE_SHEET, HEADER_ROW, columns_in
from sheetflow.schemas.sheets import Kind
from sheetflow.writing.blank.inputs import broken, extra_words, requirement, type_words
from sheetflow.writing.blank.sheet_page import (
    HELP_TAB,
    WorkbookContext,
    own_work,
    set_print,
    write_head,
)
from sheetflow.writing.looks import CELL, CENTRE, HEADER, HEADING, PARAGRAPH, Look
from sheetflow.writing.page import FlowPage

_WIDTHS = (22.0, 30.0, 42.0, 40.0)
_NAME: Look = CELL | {"bold": True}

GENERAL = (
    (
        "标有“＊”的栏目必须填写；标有“＊＊”的栏目在规定的情况下必须填写，平时空着。"
        "一行开始填写后，该填而未填的格子显示浅黄色，不用填的格子显示灰色。"
    ),
    "日期写完整，如2012-3-5。数字只填阿拉伯数字，没有的填0（注明“不小于1”的栏目除外），不写“约20”“3000多”“2.59亿”，不带单位。",
    "有下拉列表的栏目请从列表中选；可填多项的，各项之间用“、”分开。",
    "印好的编号按顺序使用，不重复，不改用；只有编号、没有其他内容的行不算填报。",
    "不用填合计行，合计由系统计算；表格下面的注释、说明单独写一格，不读取。",
    "可以增加行、调整列宽；请不要改动工作表名、表头，不要合并单元格，不要在数据格里写公式。",
    "从别处复制过来时，请用“选择性粘贴”中的“数值”，以免破坏下拉列表和格式。",
    (
        "填好后保存，把本文件放入本单位的报送文件夹。稍后会收到回执；如有问题，会退回一份标明问题的工作簿，"
        "在上面改好重新放入即可。"
    ),
)
_SEVERITIES = {
    Severity.MUST: "强制性审核（不符合的退回修改）",
    Severity.VERIFY: "核实性审核（请核对，数据无误的写明情况）",
    Severity.NOTE: "提示性审核（仅供参考，不影响接收）",
}


_BY_KIND = {
    Kind.FLOW: "本期数按本期各行计算，累计数为上期累计加本期",
    Kind.LEDGER: "累计数按全年台帐计算，本期数为累计减上期累计",
    Kind.STOCK: "期末数",
}

NOT_THEIRS = frozenset(
    {
        "our-fault",
        "version-older",
        "version-outdated",
        "choice-retired",
        "form-doubtful",
        "unit-guessed",
        "rejected",
        "file-killed-reader",
        "file-timeout",
        "file-outgrew-memory",
    }
)
"""What no clerk can heed beforehand: faults of the service, what somebody above decides, a new version.

Forms that cannot be told apart ask for the workbook that was handed out: that is said already.
"""

_FAMILIES = {
    "file-": ("文件无法读取", "{}的，无法读取，不予接收"),
    "remark-": ("文件中的其他内容", "{}的，仅作提示，不影响接收"),
}
"""Codes whose checks ask one thing of a file; each is told apart when it is found."""


def write_guide(context: WorkbookContext) -> None:
    """Write the sheet 填报说明."""
    page = FlowPage(context.book, GUIDE_SHEET, _WIDTHS, row=HEADER_ROW)
    page.worksheet.set_tab_color(HELP_TAB)
    form = context.filling.form
    note = f"{context.dress.campaign}\n{context.whose}{'　' if context.whose else ''}{context.dress.origin}"
    write_head(page, context.titled(f"{form.title}填报说明"), note)
    page.across("一、怎样填报", HEADING, 30.0)
    paragraphs = (own_work(context), *form.guidance, *GENERAL)
    for number, text in enumerate(filter(None, paragraphs), start=1):
        page.across(f"{number}. {text}", PARAGRAPH, 20.0)
    _write_columns(context, page)
    if form.statistics:
        page.across("三、指标解释", HEADING, 30.0)
        _line(page, ("代码", "指标", "解释"), (HEADER,) * 3, span=2)
        for indicator in form.indicators:
            name = f"{indicator.label.replace('　', '')}（{indicator.unit}）"
            cells = (indicator.code, name, explain(form, indicator))
            _line(page, cells, (CELL | CENTRE, _NAME, CELL), span=2)
    _write_checks(context, page, "四" if form.statistics else "三")
    set_print(page, sum(_WIDTHS), whose=context.whose, private=context.private)
    page.worksheet.set_portrait()  # half as many pages, in a size that can still be read


def _line(page: FlowPage, cells: Sequence[str], looks: Sequence[Look], span: int = 1) -> None:
    """Write one line of a table; the last cell takes `span` columns."""
    tallest = 18.0
    for number, (text, look) in enumerate(zip(cells, looks, strict=True), start=1):
        last = number + span - 1 if number == len(cells) else number
        page.lay(text, look, number, last)
        tallest = max(tallest, page.needed(text, number, last))
    page.end(tallest)


def _write_columns(context: WorkbookContext, page: FlowPage) -> None:
    page.across("二、各表栏目", HEADING, 30.0)
    for sheet in context.sheets:
        if sheet.kind is Kind.INDICATORS:
            continue
        free = "" if sheet.always_shown else "（无此项可不填）"
        source = f"　依据：{sheet.source}" if sheet.source else ""
        note = f"{sheet.note}。" if sheet.note else ""
        page.across(f"《{sheet.title}》{free}{note}{source}", PARAGRAPH, 20.0)
        _line(page, ("栏目", "是否必填", "填写内容", "说明"), (HEADER,) * 4)
        for column in columns_in(sheet, context.version):
            hint = "；".join(extra_words(context.filling.form, sheet, column))
            cells = (
                broken(column.label, _WIDTHS[0]),
                requirement(sheet, column),
                type_words(context.filling.form, column),
                hint,
            )
            _line(page, cells, (_NAME, CELL, CELL, CELL))


def explain(form: Form, indicator: Indicator) -> str:
    """Say what `indicator` counts: its definition, else the sheet, columns and condition."""
    kind = "" if indicator.is_ratio else _BY_KIND.get(form.kinds[indicator.code], "")
    body = indicator.definition or rows_words(form, indicator)
    here = "" if indicator.source.fits(form.by_key) else "这一版的表不填，沿用以前的数"
    return "；".join(part for part in (body, kind, here) if part)


def _write_checks(context: WorkbookContext, page: FlowPage, number: str) -> None:
    page.across(f"{number}、审核要求", HEADING, 30.0)
    for severity, title in _SEVERITIES.items():
        checks = [
            check for check in context.dress.catalogue.checks.values() if check.severity is severity
        ]
        lines = _lines_of(checks)
        if not lines:
            continue
        _line(page, (title,), (HEADER,), span=len(_WIDTHS))
        for name, summaries in lines.items():
            words = "；".join(dict.fromkeys(summaries))
            _line(page, (name, words), (_NAME, CELL), span=len(_WIDTHS) - 1)


def _lines_of(checks: Iterable[Check]) -> dict[str, list[str]]:
    """Give what is said of each title, checks that differ in the file's ailment in one line."""
    lines: dict[str, list[str]] = {}
    ailments: dict[str, list[str]] = {}
    for check in checks:
        if check.code in NOT_THEIRS:
            continue
        family = next((family for family in _FAMILIES if check.code.startswith(family)), None)
        if family is None:
            lines.setdefault(check.title, []).append(check.summary)
        else:
            ailments.setdefault(family, []).append(check.title)
    for family, titles in ailments.items():
        name, words = _FAMILIES[family]
        lines[name] = [words.format("、".join(titles))]
    return lines
