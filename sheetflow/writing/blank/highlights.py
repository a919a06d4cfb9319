"""Colours that follow what is typed: wanting, not wanted, done with.

Conditional formats over ranges, from the declared conditions. A cell that a finding
marks keeps the finding's colour.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from xlsxwriter.worksheet import Worksheet

from sheetflow.findings import Severity, worst
from sheetflow.schemas.conditions import Condition
from sheetflow.schemas.layout import (
    FIRST_ROW,
    LAST_ROW,
    card_address,
    column_number,
    columns_in,
    quoted,
)
from sheetflow.schemas.sheets import Sheet
from sheetflow.workbook import cell_name, column_letters, parse_cell_name
from sheetflow.writing.blank.context import Work
from sheetflow.writing.styles import (
    FAINT_INK,
    REQUIRED_FILL,
    SETTLED_FILL,
    SEVERITY_FILL,
    Look,
)

NIL_NAME = "nil_return"

_WANTING: Look = {"bg_color": REQUIRED_FILL}
_NOT_WANTED: Look = {"bg_color": SETTLED_FILL}
_TOO_MUCH: Look = {"font_color": "#C00000", "font_strikeout": True}
_SETTLED: Look = {"bg_color": SETTLED_FILL, "font_color": FAINT_INK}
_SETTLED_RETURNED: Look = {"font_color": FAINT_INK}


def highlight_table(work: Work, target: Worksheet, sheet: Sheet) -> None:
    """Colour a table while it is filled."""
    columns = columns_in(sheet, work.version)
    last = column_letters(len(columns))
    used = _row_in_use(sheet, work.version, last)
    _keep_marks(work, target, sheet)
    for number, column in enumerate(columns, start=1):
        letters = column_letters(number)
        area = f"{letters}{FIRST_ROW}:{letters}{LAST_ROW}"
        if column.required is not False:
            when = column.required
            wanted = f",{_over_row(when, sheet, work)}" if isinstance(when, Condition) else ""
            _add(work, target, area, f'=AND({letters}{FIRST_ROW}="",{used}{wanted})', _WANTING)
        if column.only and isinstance(column.required, Condition):
            idle = f"NOT({_over_row(column.required, sheet, work)})"
            cell = f"{letters}{FIRST_ROW}"
            _add(work, target, area, f'=AND({cell}="",{used},{idle})', _NOT_WANTED)
            _add(work, target, area, f'=AND({cell}<>"",{idle})', _TOO_MUCH)
    if sheet.closed:
        done = _over_row(sheet.closed, sheet, work)
        look = _SETTLED_RETURNED if work.returned else _SETTLED
        _add(work, target, f"A{FIRST_ROW}:{last}{LAST_ROW}", f"=AND({used},{done})", look)


def _row_in_use(sheet: Sheet, version: int, last: str) -> str:
    """TRUE where the row holds more than a printed key."""
    row = f"COUNTA($A{FIRST_ROW}:${last}{FIRST_ROW})"
    key = sheet.key_column
    if key is None or not sheet.preprinted:
        return f"{row}>0"
    letters = column_letters(column_number(sheet, key.key, version))
    return f"{row}>COUNTA(${letters}{FIRST_ROW})"


def _over_row(condition: Condition, sheet: Sheet, work: Work) -> str:
    """Give the condition over the first row, to be carried down by Excel."""

    def refer(column: str) -> str:
        return f"${column_letters(column_number(sheet, column, work.version))}{FIRST_ROW}"

    return condition.excel(refer)


def highlight_card(work: Work, target: Worksheet, sheet: Sheet) -> None:
    """Colour a card while it is filled."""
    _keep_marks(work, target, sheet)
    excuse = _excuse(work, sheet)

    def refer(column: str) -> str:
        return _fixed(card_address(sheet, column, work.version))

    for column in columns_in(sheet, work.version):
        if column.required is False:
            continue
        address = card_address(sheet, column.key, work.version)
        cell, spot = cell_name(*address), _fixed(address)
        wanted = ""
        if isinstance(column.required, Condition):
            wanted = "," + column.required.excel(refer)
            idle = f"NOT({column.required.excel(refer)})"
            _add(work, target, cell, f'=AND({spot}="",{idle})', _NOT_WANTED)
        _add(work, target, cell, f'=AND({spot}=""{wanted}{excuse})', _WANTING)


def _excuse(work: Work, sheet: Sheet) -> str:
    """Say that a nil return need not fill the card, where it is so."""
    cover = work.filling.form.cover
    excused = cover.nil is not None and sheet.key in cover.exempt_when_nil
    return f",NOT({NIL_NAME})" if excused else ""


def define_nil(work: Work) -> None:
    """Define the name that tells a nil return.

    Conditional formats of older Excels may not point to another sheet, but to a name.
    """
    nil, front = work.filling.form.cover.nil, work.filling.form.cover_sheet
    if nil is None:
        return

    def refer(column: str) -> str:
        return f"{quoted(front.title)}!{_fixed(card_address(front, column, work.version))}"

    work.book.file.define_name(NIL_NAME, f"={nil.excel(refer)}")


def _fixed(address: tuple[int, int]) -> str:
    row, column = address
    return f"${column_letters(column)}${row}"


def _keep_marks(work: Work, target: Worksheet, sheet: Sheet) -> None:
    """Let a marked cell keep the finding's colour while it is empty.

    First come first served: these stand before all others and stop the rest.
    """
    for severity in Severity:
        cells = [
            parse_cell_name(cell)
            for (key, cell), findings in work.marks.items()
            if key == sheet.key and worst(findings) is severity
        ]
        for area in _runs(cells):
            first = area.split(":", maxsplit=1)[0]
            look: Look = {"bg_color": SEVERITY_FILL[severity]}
            _add(work, target, area, f'={first}=""', look, stop=True)


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


def _add(
    work: Work, target: Worksheet, area: str, criteria: str, look: Look, *, stop: bool = False
) -> None:
    target.conditional_format(
        area,
        {
            "type": "formula",
            "criteria": criteria,
            "format": work.book.look(look),
            "stop_if_true": stop,
        },
    )
