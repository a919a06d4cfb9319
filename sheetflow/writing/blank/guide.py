"""填报说明: how to fill, what each column asks for, every check, every indicator.

Generated from the declarations, so that it never says other than what is checked.
"""

from __future__ import annotations

from collections.abc import Iterable

from xlsxwriter.worksheet import Worksheet

from sheetflow.findings import Check, Severity
from sheetflow.schemas.layout import GUIDE_SHEET, columns_in
from sheetflow.schemas.sheets import Kind
from sheetflow.writing.blank.context import Work, set_print, write_head
from sheetflow.writing.blank.indicator_words import explain
from sheetflow.writing.blank.rules_in_words import extra_words, requirement, type_words
from sheetflow.writing.measures import height_of
from sheetflow.writing.styles import CELL, CENTRE, HEADER, HEADING, PARAGRAPH, Book, Look

_WIDTHS = (22.0, 30.0, 42.0, 40.0)
_WIDTH = sum(_WIDTHS)
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


NOT_THEIRS = frozenset(
    {
        "our-fault",
        "version-older",
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


class _Page:
    """The next free line of the sheet."""

    def __init__(self, book: Book, target: Worksheet) -> None:
        self.book, self.target, self.row = book, target, 2

    def across(self, text: str, look: Look, least: float = 20.0) -> None:
        """Write `text` over the whole width."""
        spot = self.book.look(look)
        self.target.merge_range(self.row, 0, self.row, len(_WIDTHS) - 1, "", spot)
        self.target.write_string(self.row, 0, text, spot)
        self.target.set_row(self.row, max(least, height_of(text, _WIDTH)))
        self.row += 1

    def heading(self, text: str) -> None:
        """Write a heading."""
        self.across(text, HEADING, 30.0)

    def line(self, cells: tuple[str, ...], looks: tuple[Look, ...], span: int = 1) -> None:
        """Write one line of a table; the last cell takes `span` columns."""
        for number, (text, look) in enumerate(zip(cells, looks, strict=True)):
            spot = self.book.look(look)
            if number == len(cells) - 1 and span > 1:
                self.target.merge_range(self.row, number, self.row, number + span - 1, "", spot)
            self.target.write_string(self.row, number, text, spot)
        first = len(cells) - 1
        widths = [*_WIDTHS[:first], sum(_WIDTHS[first : first + span])]
        tallest = max(height_of(text, width) for text, width in zip(cells, widths, strict=True))
        self.target.set_row(self.row, max(18.0, tallest))
        self.row += 1


def write_guide(work: Work) -> None:
    """Write the sheet 填报说明."""
    target = work.book.sheet(GUIDE_SHEET)
    for number, width in enumerate(_WIDTHS):
        target.set_column(number, number, width)
    form = work.filling.form
    own = "" if work.dress.form_number else "本表式为本系统设计。"
    note = f"{work.dress.campaign}\n{work.whose}{'　' if work.whose else ''}{own}"
    write_head(work, target, f"{form.title}填报说明", note, _WIDTHS)
    page = _Page(work.book, target)
    _write_how(work, page)
    _write_columns(work, page)
    if form.statistics:
        _write_indicators(work, page)
    _write_checks(work, page, "四" if form.statistics else "三")
    set_print(target, _WIDTH, whose=work.whose, private=work.private)
    target.set_portrait()  # half as many pages, in a size that can still be read
    if not work.returned:
        target.activate()


def _write_how(work: Work, page: _Page) -> None:
    form = work.filling.form
    page.heading("一、怎样填报")
    own = (form.own_work,) if form.own_work and not work.filling.alone else ()
    for number, text in enumerate((*own, *form.guidance, *GENERAL), start=1):
        page.across(f"{number}. {text}", PARAGRAPH)


def _write_columns(work: Work, page: _Page) -> None:
    page.heading("二、各表栏目")
    for sheet in work.sheets:
        if sheet.kind is Kind.INDICATORS:
            continue
        free = "" if sheet.always_shown else "（无此项可不填）"
        source = f"　依据：{sheet.source}" if sheet.source else ""
        note = f"{sheet.note}。" if sheet.note else ""
        page.across(f"《{sheet.title}》{free}{note}{source}", PARAGRAPH)
        page.line(("栏目", "是否必填", "填写内容", "说明"), (HEADER,) * 4)
        for column in columns_in(sheet, work.version):
            hint = "；".join(extra_words(sheet, column))
            cells = (
                column.label,
                requirement(sheet, column),
                type_words(work.filling.form, column),
                hint,
            )
            page.line(cells, (_NAME, CELL, CELL, CELL))


def _write_indicators(work: Work, page: _Page) -> None:
    page.heading("三、指标解释")
    page.line(("代码", "指标", "解释"), (HEADER,) * 3, span=2)
    for indicator in work.filling.form.indicators:
        name = f"{indicator.label.replace('　', '')}（{indicator.unit}）"
        cells = (indicator.code, name, explain(work.filling.form, indicator))
        page.line(cells, (CELL | CENTRE, _NAME, CELL), span=2)


def _write_checks(work: Work, page: _Page, number: str) -> None:
    page.heading(f"{number}、审核要求")
    for severity, title in _SEVERITIES.items():
        checks = [
            check for check in work.dress.catalogue.checks.values() if check.severity is severity
        ]
        lines = _lines_of(checks)
        if not lines:
            continue
        page.line((title,), (HEADER,), span=len(_WIDTHS))
        for name, summaries in lines.items():
            words = "；".join(dict.fromkeys(summaries))
            page.line((name, words), (_NAME, CELL), span=len(_WIDTHS) - 1)


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
