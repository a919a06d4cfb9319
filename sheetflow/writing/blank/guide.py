"""填报说明: how to fill, what each column asks for, every check, every indicator.

Generated from the declarations, so that it never says other than what is checked.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from sheetflow.findings import Check, Severity
from sheetflow.schemas.catalogue import MONEY_SCALE
from sheetflow.schemas.cells import Money
from sheetflow.schemas.evidence import takes_files
from sheetflow.schemas.filings import FILING_LABEL, Filing
from sheetflow.schemas.forms import Form
from sheetflow.schemas.guide_words import (
    FILES_TOO,
    GENERAL_GUIDANCE,
    NOT_THEIRS,
    explain,
    extra_words,
    files_words,
    requirement,
    type_words,
)
from sheetflow.schemas.layout import GUIDE_SHEET, HEADER_ROW, columns_in
from sheetflow.schemas.rule_needs import concerns, effective_severity, hangs_on
from sheetflow.schemas.sheets import Kind
from sheetflow.writing.blank.inputs import broken
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

_SEVERITIES = {
    Severity.MUST: "强制性审核（不符合的退回修改）",
    Severity.VERIFY: "核实性审核（请核对，数据无误的写明情况）",
    Severity.NOTE: "提示性审核（仅供参考，不影响接收）",
}

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
    files = (FILES_TOO, files_words(context.dress.readers)) if takes_files(form) else ()
    paragraphs = (own_work(context), *form.guidance, *files, *GENERAL_GUIDANCE)
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
        if sheet.filing_declared:
            free = f"（标题右边“{FILING_LABEL}”选一项：{'、'.join(each.value for each in Filing)}）"
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


def _write_checks(context: WorkbookContext, page: FlowPage, number: str) -> None:
    page.across(f"{number}、审核要求", HEADING, 30.0)
    for severity, title in _SEVERITIES.items():
        lines = _lines_of(check for check in _checks(context) if check.severity is severity)
        if not lines:
            continue
        _line(page, (title,), (HEADER,), span=len(_WIDTHS))
        for name, summaries in lines.items():
            words = "；".join(dict.fromkeys(summaries))
            _line(page, (name, words), (_NAME, CELL), span=len(_WIDTHS) - 1)


def _checks(context: WorkbookContext) -> Iterator[Check]:
    """Give the checks that ever ask this unit in this version and period; on trial they only tell."""
    catalogue, filling = context.dress.catalogue, context.filling
    form, level = filling.form, filling.unit.level
    for code, check in catalogue.checks.items():
        if code not in catalogue.declared and _is_asked(form, code):
            yield check
    for rule in form.rules:
        if concerns(rule, form, level):
            severity = effective_severity(rule, form, filling.period)
            trial = "" if severity is rule.severity else "（试审，只提示）"
            yield replace(rule.check, severity=severity, summary=rule.summary + trial)


def _is_asked(form: Form, code: str) -> bool:
    """Whether one of our own checks that hangs on declarations is asked in a form."""
    weights = {indicator.swing for indicator in form.indicators}
    hangs = {
        "swing": bool(weights & {Severity.VERIFY, Severity.MUST}),
        "swing-minor": Severity.NOTE in weights,
        MONEY_SCALE: any(
            isinstance(column.type, Money) for sheet in form.sheets for column in sheet.columns
        ),
    }
    return hangs.get(code, True) and hangs_on(form, code)


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
