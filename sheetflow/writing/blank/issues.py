"""问题清单: every finding of a returned copy, where it is, and what to do.

It stands first, says in plain words what is asked, links to each cell and takes the
filler's answers to 核实性 findings.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from sheetflow.findings import (
    RETURNED_RULE,
    SETTLED,
    Finding,
    Place,
    Severity,
    count_places,
)
from sheetflow.schemas.cells import Text
from sheetflow.schemas.layout import FIRST_ROW, HEADER_ROW, ISSUE_COLUMNS, ISSUES_SHEET
from sheetflow.schemas.sheets import EXPLANATIONS
from sheetflow.workbook import cell_name
from sheetflow.writing.blank.sheet_page import HELP_TAB, WorkbookContext, set_print, write_head
from sheetflow.writing.looks import (
    CELL,
    CENTRE,
    LINK,
    REQUIRED_FILL,
    SETTLED_FILL,
    SEVERITY_FILL,
    TEXT_NUMBER,
    Look,
    height_of,
)
from sheetflow.writing.page import Page

_WIDTHS = (6.0, 11.0, 10.0, 16.0, 14.0, 18.0, 42.0, 36.0, 34.0)
_NUMBER, _CELL, _ANSWER = 2, 5, 9
_PLACE: Look = CELL | CENTRE


def write_issues(context: WorkbookContext, round_line: str, receipt: str = "") -> None:
    """Write the sheet; `round_line` says what became of the last round's findings.

    `receipt` is what a superior needs who lets a finding pass; a precheck has none.
    """
    page = Page(context.book, ISSUES_SHEET, _WIDTHS)
    write_head(page, ISSUES_SHEET, "\n".join(_head(context, round_line, receipt)))
    page.worksheet.set_tab_color(HELP_TAB)
    page.header(ISSUE_COLUMNS, 24)
    findings = context.filling.findings
    for row, finding in enumerate(findings, start=FIRST_ROW):
        _write_line(context, page, row, finding)
    page.worksheet.autofilter(HEADER_ROW - 1, 0, FIRST_ROW + len(findings) - 2, len(_WIDTHS) - 1)
    page.worksheet.freeze_panes(HEADER_ROW, _NUMBER)
    set_print(page, sum(_WIDTHS), whose=context.whose, header=True)
    page.worksheet.activate()


def _head(context: WorkbookContext, round_line: str, receipt: str) -> list[str]:
    """Say in plain words what stands here and what to do."""
    findings, settled = context.filling.findings, context.filling.settled
    left = [entry for entry in findings if entry.number not in settled]
    count = count_places(entry for entry in left if not entry.is_question)
    done = count_places(entry for entry in findings if entry.number in settled)
    asked = [entry for entry in left if entry.is_question]
    names = "、".join(dict.fromkeys(str(entry.arguments.get("by", "上级")) for entry in asked))
    counted = (
        (count[Severity.MUST], "必须修改（强制性）"),
        (count[Severity.VERIFY], "需要核实（核实性）"),
        (len(asked), f"{names}请核实的"),
        (count[Severity.NOTE], "仅供参考（提示性）"),
    )
    parts = [f"{number}处{words}" for number, words in counted if number]
    if any(done.values()):
        parts.append(f"{sum(done.values())}处已经说明或者放行，不用再改")
    by = "、".join(
        dict.fromkeys(str(each.arguments["by"]) for each in left if each.rule == RETURNED_RULE)
    )
    returned = f"，由{by}退回" if by else ""
    unit, period = context.filling.unit, context.filling.period
    named = f"（回执号{receipt}）" if receipt else ""
    lines = [
        f"{unit.name}报送的{period.label}《{context.filling.form.title}》{named}{returned}，有{'、'.join(parts)}。",
        _groups(context),
    ]
    if round_line:
        lines.append(round_line)
    lines.append("点击“单元格”一栏可直接跳到出问题的格子，那里有颜色和批注。" + _what_to_do(left))
    lines.append("改好后保存本文件，重新放入原来的报送文件夹即可，不必另填新表，也不必删除本表。")
    return lines


def _what_to_do(left: Sequence[Finding]) -> str:
    """Say how to see to what is open; where all is settled, as for whatever comes back."""
    asks = any(entry.is_question for entry in left)
    said = "请核实的，在本表“情况说明”一栏答复，数据有误的直接改正。" if asks else ""
    if asks and all(entry.severity is Severity.NOTE for entry in left):
        return f"这份报表已经接收，没有答复以前照常使用。{said}"
    return (
        "强制性的请改正数据；核实性的，数据有误就改正，数据无误就在本表“情况说明”一栏写明情况。"
        + said
    )


def _group(context: WorkbookContext, finding: Finding) -> str:
    """Give what a line asks in a word; what is explained or let pass asks nothing more."""
    is_settled = finding.number in context.filling.settled
    return SETTLED if is_settled else finding.group


def _groups(context: WorkbookContext) -> str:
    """Say which lines ask what: 第1—8条必改，第9条核实."""
    parts, first = [], 1
    for group, found in groupby(context.filling.findings, lambda entry: _group(context, entry)):
        last = first + len(list(found)) - 1
        parts.append(f"第{first}条{group}" if first == last else f"第{first}—{last}条{group}")
        first = last + 1
    asks = any(entry.is_question for entry in context.filling.findings)
    order = "必改、核实、请核实、提示" if asks else "必改、核实、提示"
    is_returned = any(entry.rule == RETURNED_RULE for entry in context.filling.findings)
    first_of_all = "先列上级退回的，再" if is_returned else ""
    return f"下面{first_of_all}按{order}的次序列出：{'，'.join(parts)}。"


def _write_line(context: WorkbookContext, page: Page, row: int, finding: Finding) -> None:
    checks, place = context.dress.catalogue, finding.place
    page.put(row, 1, row - FIRST_ROW + 1, _PLACE)
    severity: Look = _PLACE | {"bg_color": SEVERITY_FILL[finding.severity]}
    texts = (
        (_NUMBER, finding.number, _PLACE | TEXT_NUMBER),
        (3, finding.label, severity),
        (4, place.title or "整个工作簿", _PLACE),
        (6, place.label, CELL),
        (7, checks.wrong(finding), CELL),
        (8, context.filling.settled.get(finding.number) or checks.remedy(finding), CELL),
    )
    for number, text, look in texts:
        page.text(row, number, text, look)
    tallest = max(height_of(text, _WIDTHS[number - 1]) for number, text, _ in texts)
    page.height(row, max(24.0, tallest))
    _write_link(context, page, row, place)
    asked = finding.is_answerable
    answer = CELL | TEXT_NUMBER | {"bg_color": REQUIRED_FILL if asked else SETTLED_FILL}
    if asked:
        _prompt_answer(page, row)
    page.text(row, _ANSWER, context.filling.explanations.get(finding.number, ""), answer)


def _write_link(context: WorkbookContext, page: Page, row: int, place: Place) -> None:
    """Write the cell's name as a link to it; a whole row or sheet is named and linked too."""
    if place.title not in {ISSUES_SHEET, *(sheet.title for sheet in context.sheets)}:
        page.text(row, _CELL, place.spot or "—", _PLACE)
        return
    shown = place.spot or "全表"
    cell = place.cell or cell_name(max(place.row, 1), 1)
    target = "internal:'" + place.title.replace("'", "''") + f"'!{cell}"
    look = page.book.look(_PLACE | LINK)
    page.worksheet.write_url(row - 1, _CELL - 1, target, look, shown, "跳到这一格")


def _prompt_answer(page: Page, row: int) -> None:
    kind = EXPLANATIONS.by_key["explanation"].type
    limit = kind.limit if isinstance(kind, Text) else 0
    page.worksheet.data_validation(
        cell_name(row, _ANSWER),
        {
            "validate": "length",
            "criteria": "<=",
            "value": limit,
            "input_title": "情况说明",
            "input_message": "数据无误的，请在这里写明情况；数据有误的，请直接改正，这里空着。",
            "error_title": "太长了",
            "error_message": f"情况说明最多{limit}字，请精简。",
        },
    )
