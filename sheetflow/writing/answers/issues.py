"""问题清单: every finding of a returned copy, where it is, and what to do.

It stands first, says in plain words what is asked, links to each cell and takes the
filler's answers to 核实性 findings.
"""

from __future__ import annotations

from xlsxwriter.worksheet import Worksheet

from sheetflow.findings import Finding, Severity, count_places
from sheetflow.schemas.cells import Text
from sheetflow.schemas.layout import (
    FIRST_ROW,
    HEADER_ROW,
    ISSUE_COLUMNS,
    ISSUES_SHEET,
)
from sheetflow.schemas.sheets import EXPLANATIONS
from sheetflow.workbook import cell_name
from sheetflow.writing.blank.context import Work, set_print, write_head
from sheetflow.writing.cells import put_text
from sheetflow.writing.measures import height_of
from sheetflow.writing.styles import (
    CELL,
    CENTRE,
    HEADER,
    LINK,
    REQUIRED_FILL,
    SETTLED_FILL,
    SEVERITY_FILL,
    TEXT_NUMBER,
    Look,
)

_WIDTHS = (6.0, 9.0, 10.0, 16.0, 9.0, 18.0, 44.0, 36.0, 34.0)
_NUMBER, _CELL, _ANSWER = 2, 5, 9
_PLACE: Look = CELL | CENTRE


def write_issues(work: Work, round_line: str, receipt: str = "") -> None:
    """Write the sheet; `round_line` says what became of the last round's findings.

    `receipt` is what a superior needs who lets a finding pass; a precheck has none.
    """
    target = work.book.sheet(ISSUES_SHEET)
    for number, width in enumerate(_WIDTHS):
        target.set_column(number, number, width)
    write_head(work, target, ISSUES_SHEET, "\n".join(_head(work, round_line, receipt)), _WIDTHS)
    for number, label in enumerate(ISSUE_COLUMNS):
        target.write_string(HEADER_ROW - 1, number, label, work.book.look(HEADER))
    target.set_row(HEADER_ROW - 1, 24)
    for row, finding in enumerate(work.filling.findings, start=FIRST_ROW):
        _write_line(work, target, row, finding)
    last = FIRST_ROW + len(work.filling.findings) - 1
    target.autofilter(HEADER_ROW - 1, 0, last - 1, len(ISSUE_COLUMNS) - 1)
    _prompt_answers(work, target, last)
    target.freeze_panes(HEADER_ROW, 0)
    set_print(target, sum(_WIDTHS), whose=work.whose, header=True)
    target.activate()


def _head(work: Work, round_line: str, receipt: str) -> list[str]:
    """Say in plain words what stands here and what to do."""
    count = count_places(work.filling.findings)
    told = work.filling.explanations
    verify = [entry for entry in work.filling.findings if entry.severity is Severity.VERIFY]
    answered = sum(entry.number in told for entry in verify)
    already = f"，其中{answered}处已写说明" if answered else ""
    parts = [
        f"{count[severity]}处{words}"
        for severity, words in (
            (Severity.MUST, "必须修改（强制性）"),
            (Severity.VERIFY, f"需要核实（核实性{already}）"),
            (Severity.NOTE, "仅供参考（提示性）"),
        )
        if count[severity]
    ]
    unit, period = work.filling.unit, work.filling.period
    named = f"（回执号{receipt}）" if receipt else ""
    lines = [
        f"{unit.name}报送的{period.label}《{work.filling.form.title}》{named}，有{'、'.join(parts)}。"
    ]
    if round_line:
        lines.append(round_line)
    lines.append(
        "点击“单元格”一栏可直接跳到出问题的格子，那里有颜色和批注。"
        "强制性的请改正数据；核实性的，数据有误就改正，数据无误就在本表“情况说明”一栏写明情况。"
    )
    lines.append("改好后保存本文件，重新放入原来的报送文件夹即可，不必另填新表，也不必删除本表。")
    return lines


def _write_line(work: Work, target: Worksheet, row: int, finding: Finding) -> None:
    checks, place = work.dress.catalogue, finding.place
    target.write_number(row - 1, 0, row - FIRST_ROW + 1, work.book.look(_PLACE))
    severity: Look = _PLACE | {"bg_color": SEVERITY_FILL[finding.severity]}
    texts = (
        (_NUMBER, finding.number, _PLACE | TEXT_NUMBER),
        (3, finding.severity.label, severity),
        (4, place.title or "整个工作簿", _PLACE),
        (6, place.label, CELL),
        (7, checks.wrong(finding), CELL),
        (8, checks.remedy(finding), CELL),
    )
    for number, text, look in texts:
        put_text(work.book, target, row, number, text, look)
    tallest = max(height_of(text, _WIDTHS[number - 1]) for number, text, _ in texts)
    target.set_row(row - 1, max(24.0, tallest))
    _write_link(work, target, row, finding)
    asked = finding.severity is Severity.VERIFY
    answer = CELL | TEXT_NUMBER | {"bg_color": REQUIRED_FILL if asked else SETTLED_FILL}
    said = work.filling.explanations.get(finding.number, "")
    put_text(work.book, target, row, _ANSWER, said, answer)


def _write_link(work: Work, target: Worksheet, row: int, finding: Finding) -> None:
    """Write the cell's name as a link to it; a whole row or sheet is named and linked too."""
    place = finding.place
    shown = place.cell or (f"第{place.row}行" if place.row else "全表")
    titles = {ISSUES_SHEET, *(sheet.title for sheet in work.sheets)}
    if place.title not in titles:
        put_text(work.book, target, row, _CELL, place.cell or "—", _PLACE)
        return
    spot = place.cell or cell_name(max(place.row, 1), 1)
    title = place.title.replace("'", "''")
    look = work.book.look(_PLACE | LINK)
    target.write_url(row - 1, _CELL - 1, f"internal:'{title}'!{spot}", look, shown, "跳到这一格")


def _prompt_answers(work: Work, target: Worksheet, last: int) -> None:
    """Ask for an answer where one may be given."""
    kind = EXPLANATIONS.by_key["explanation"].type
    limit = kind.limit if isinstance(kind, Text) else 0
    for row, finding in enumerate(work.filling.findings, start=FIRST_ROW):
        if row > last or finding.severity is not Severity.VERIFY:
            continue
        target.data_validation(
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
