"""Colours and notes: what is wanting, not wanted or done with while typing, what a finding marks.

Conditional formats over ranges, from the declared conditions. A cell that a finding marks keeps
the finding's colour, and bears a note that says what to do.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sheetflow.findings import Severity, worst
from sheetflow.schemas.conditions import Condition
from sheetflow.schemas.filings import filing_address
from sheetflow.schemas.layout import FIRST_ROW, LAST_ROW, card_address, quoted
from sheetflow.workbook import cell_name, column_letters, parse_cell_name
from sheetflow.writing.blank.sheet_page import SheetPage, WorkbookContext
from sheetflow.writing.looks import (
    FAINT_INK,
    REQUIRED_FILL,
    SETTLED_FILL,
    SEVERITY_FILL,
    SONG,
    Look,
    lines_of,
)

NIL_NAME = "nil_return"

_WANTING: Look = {"bg_color": REQUIRED_FILL}
_NOT_WANTED: Look = {"bg_color": SETTLED_FILL}
_TOO_MUCH: Look = {"font_color": "#C00000", "font_strikeout": True}
_SETTLED: Look = {"bg_color": SETTLED_FILL, "font_color": FAINT_INK}
_SETTLED_RETURNED: Look = {"font_color": FAINT_INK}
AUTHOR = "审核意见"
MOST_NOTES = 1_000
"""Notes on one sheet: beyond, cells are coloured only (office programs grow slow)."""
_NOTE_WIDTH = 300
_NOTE_CHARACTERS = 44.0
_LINE_PIXELS = 17


def highlight_table(page: SheetPage) -> None:
    """Colour a table while it is filled."""
    last = column_letters(len(page.columns))
    used = _row_in_use(page, last)
    _keep_marks(page)
    if page.sheet.filing_declared:
        name = cell_name(*filing_address(page.sheet, page.context.version))
        excuse = f",NOT({NIL_NAME})" if page.context.filling.form.cover.nil else ""
        _add(page, name, f'=AND({name}=""{excuse})', _WANTING)
    for number, column in enumerate(page.columns, start=1):
        letters = column_letters(number)
        area, cell = f"{letters}{FIRST_ROW}:{letters}{LAST_ROW}", f"{letters}{FIRST_ROW}"
        if column.required is not False:
            when = column.required
            wanted = f",{_over_row(when, page)}" if isinstance(when, Condition) else ""
            _add(page, area, f'=AND({cell}="",{used}{wanted})', _WANTING)
        if column.only and isinstance(column.required, Condition):
            idle = f"NOT({_over_row(column.required, page)})"
            _add(page, area, f'=AND({cell}="",{used},{idle})', _NOT_WANTED)
            _add(page, area, f'=AND({cell}<>"",{idle})', _TOO_MUCH)
    if page.sheet.closed:
        done = _over_row(page.sheet.closed, page)
        look = _SETTLED_RETURNED if page.context.returned else _SETTLED
        _add(page, f"A{FIRST_ROW}:{last}{LAST_ROW}", f"=AND({used},{done})", look)


def _row_in_use(page: SheetPage, last: str) -> str:
    """TRUE where the row holds more than a printed key."""
    row = f"COUNTA($A{FIRST_ROW}:${last}{FIRST_ROW})"
    key = page.sheet.key_column
    if key is None or not page.sheet.preprinted:
        return f"{row}>0"
    return f"{row}>COUNTA(${page.letters(key.key)}{FIRST_ROW})"


def _over_row(condition: Condition, page: SheetPage) -> str:
    """Give the condition over the first row, to be carried down by Excel."""
    return condition.excel(lambda column: f"${page.letters(column)}{FIRST_ROW}")


def highlight_card(page: SheetPage) -> None:
    """Colour a card while it is filled."""
    _keep_marks(page)
    cover = page.context.filling.form.cover
    excused = cover.nil is not None and page.sheet.key in cover.exempt_when_nil
    excuse = f",NOT({NIL_NAME})" if excused else ""  # a nil return need not fill it

    def refer(column: str) -> str:
        return _fixed(card_address(page.sheet, column, page.context.version))

    for column in page.columns:
        if column.required is False:
            continue
        address = card_address(page.sheet, column.key, page.context.version)
        name, cell = cell_name(*address), _fixed(address)
        wanted = ""
        if isinstance(column.required, Condition):
            wanted = "," + column.required.excel(refer)
            idle = f"NOT({column.required.excel(refer)})"
            _add(page, name, f'=AND({cell}="",{idle})', _NOT_WANTED)
        _add(page, name, f'=AND({cell}=""{wanted}{excuse})', _WANTING)


def define_nil(context: WorkbookContext) -> None:
    """Define the name that tells a nil return.

    Conditional formats of older Excels may not point to another sheet, but to a name.
    """
    nil, front = context.filling.form.cover.nil, context.filling.form.cover_sheet
    if nil is None:
        return

    def refer(column: str) -> str:
        return f"{quoted(front.title)}!{_fixed(card_address(front, column, context.version))}"

    context.book.file.define_name(NIL_NAME, f"={nil.excel(refer)}")


def _fixed(address: tuple[int, int]) -> str:
    row, column = address
    return f"${column_letters(column)}${row}"


def _keep_marks(page: SheetPage) -> None:
    """Let a marked cell keep the finding's colour while it is empty.

    First come first served: these stand before all others and stop the rest.
    """
    for severity in Severity:
        cells = [
            parse_cell_name(cell)
            for cell, findings in page.findings.items()
            if worst(findings) is severity
        ]
        for area in _runs(cells):
            first = area.split(":", maxsplit=1)[0]
            look: Look = {"bg_color": SEVERITY_FILL[severity]}
            _add(page, area, f'={first}=""', look, stop=True)


def _runs(cells: Iterable[tuple[int, int]]) -> Sequence[str]:
    """Join cells that stand under each other: C4, C5, C6 are ``C4:C6``."""
    runs: list[tuple[int, int, int]] = []
    for column, row in sorted((column, row) for row, column in cells):
        if runs and runs[-1][0] == column and runs[-1][2] == row - 1:
            runs[-1] = (column, runs[-1][1], row)
        else:
            runs.append((column, row, row))
    return [
        f"{column_letters(column)}{first}:{column_letters(column)}{last}"
        for column, first, last in runs
    ]


def _add(page: SheetPage, area: str, criteria: str, look: Look, *, stop: bool = False) -> None:
    page.worksheet.conditional_format(
        area,
        {
            "type": "formula",
            "criteria": criteria,
            "format": page.book.look(look),
            "stop_if_true": stop,
        },
    )


def marked_look(page: SheetPage, cell: str, look: Look) -> Look:
    """Give `look` with the colour of the heaviest finding on the cell, if there is one."""
    findings = page.context.marks.get((page.sheet.key, cell))
    return look | {"bg_color": SEVERITY_FILL[worst(findings)]} if findings else look


def write_notes(page: SheetPage) -> None:
    """Put a note on each cell of the sheet that a finding points to."""
    checks = page.context.dress.catalogue
    for cell, findings in [*page.findings.items()][:MOST_NOTES]:
        text = "\n".join(
            f"【{finding.label}】{checks.wrong(finding)}。\n"
            f"怎么改：{checks.remedy(finding)}。（编号 {finding.number}）"
            for finding in findings
        )
        page.worksheet.write_comment(
            cell,
            text,
            {
                "author": AUTHOR,
                "width": _NOTE_WIDTH,
                "height": (lines_of(text, _NOTE_CHARACTERS) + 1) * _LINE_PIXELS,
                "font_name": SONG,
                "font_size": 10,
                "color": "#FFFFE1",
            },
        )
