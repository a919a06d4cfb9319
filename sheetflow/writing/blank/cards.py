"""A sheet with one value for each label, the cover's signature block included."""

from __future__ import annotations

from xlsxwriter.worksheet import Worksheet

from sheetflow.prefill import Cells
from sheetflow.schemas.cells import PeriodName
from sheetflow.schemas.columns import Column
from sheetflow.schemas.layout import (
    CARD_HINT_COLUMN,
    CARD_LABEL_COLUMN,
    CARD_VALUE_COLUMN,
    FIRST_ROW,
    HEADER_ROW,
    card_address,
    columns_in,
)
from sheetflow.schemas.sheets import Sheet
from sheetflow.workbook import cell_name
from sheetflow.writing.blank.annotations import marked_look, write_notes
from sheetflow.writing.blank.column_looks import REQUIRED_MARK, column_look, is_long, write_label
from sheetflow.writing.blank.context import PRIVATE_WORDS, Work, set_print, write_head
from sheetflow.writing.blank.highlights import highlight_card
from sheetflow.writing.blank.inputs import set_input
from sheetflow.writing.blank.rules_in_words import extra_words, requirement, type_words
from sheetflow.writing.cells import put, put_text
from sheetflow.writing.measures import TALLEST, height_of
from sheetflow.writing.styles import BODY, BOLD, HEADER, HINT, LABEL, Look

_LABEL_WIDTH, _HINT_WIDTH = 24.0, 40.0
_VALUE_WIDTH, _LONG_VALUE_WIDTH = 36.0, 70.0
_VALUE_LEAST, _LONG_LEAST = 24.0, 150.0
_HINT_LINE = 15.0
_HEADER = ("项目", "填写内容", "填写要求")
_BOLD_LABEL: Look = LABEL | BOLD
SIGNATURES = (
    "单位负责人（签字）：　　　　　　　　审核人：　　　　　　　　填报人：",
    "单位（公章）：　　　　　　　　　　　报出日期：　　　　年　　月　　日",
)


def write_card(work: Work, target: Worksheet, sheet: Sheet) -> None:
    """Write a card: label, value, what is asked for."""
    columns = columns_in(sheet, work.version)
    long = all(is_long(column) for column in columns)
    widths = [_LABEL_WIDTH, _LONG_VALUE_WIDTH if long else _VALUE_WIDTH, _HINT_WIDTH]
    for number, width in enumerate(widths):
        target.set_column(number, number, width)
    note = f"{sheet.note}。" if sheet.note else ""
    front = sheet is work.filling.form.cover_sheet
    above = work.dress.campaign if front else work.whose
    title = work.filling.form.title if front else sheet.title
    write_head(work, target, title, f"{above}\n{note}" if above else note, widths)
    for number, label in enumerate(_HEADER):
        target.write_string(HEADER_ROW - 1, number, label, work.book.look(HEADER))
    target.set_row(HEADER_ROW - 1, _VALUE_LEAST)
    cells: Cells = next(iter(work.filling.rows.get(sheet.key, ())), {})
    for column in columns:
        _write_line(work, target, sheet, column, cells, widths)
    highlight_card(work, target, sheet)
    write_notes(work, target, sheet.key)
    if front:
        _write_signatures(work, target, FIRST_ROW + len(columns) + 1)
    target.freeze_panes(HEADER_ROW, 0)
    private = front and work.private
    set_print(target, sum(widths), whose="" if front else work.whose, private=private)


def _write_line(
    work: Work,
    target: Worksheet,
    sheet: Sheet,
    column: Column,
    cells: Cells,
    widths: list[float],
) -> None:
    row, number = card_address(sheet, column.key, work.version)
    name = cell_name(row, number)
    write_label(work.book, target, (row, CARD_LABEL_COLUMN), column, _BOLD_LABEL)
    look = column_look(column) | {"align": "left"}
    if is_long(column):
        look = look | {"valign": "top"}
    value = cells.get(column.key)
    put(work.book, target, row, number, value, marked_look(work, sheet.key, name, look))
    hint = _hint(work, sheet, column)
    put_text(work.book, target, row, CARD_HINT_COLUMN, hint, HINT)
    set_input(work, target, sheet, column, name)
    least = _LONG_LEAST if is_long(column) and widths[1] == _LONG_VALUE_WIDTH else _VALUE_LEAST
    shown = height_of(str(value or ""), widths[CARD_VALUE_COLUMN - 1])
    asked = height_of(hint, _HINT_WIDTH * 1.1, _HINT_LINE)
    named = height_of(column.label + REQUIRED_MARK, _LABEL_WIDTH)
    target.set_row(row - 1, min(TALLEST, max(least, shown, asked, named)))


def _hint(work: Work, sheet: Sheet, column: Column) -> str:
    if isinstance(column.type, PeriodName):
        form, period = work.filling.form, work.filling.period
        if not form.takes(period):
            return f"请写这张报表的报告期：{form.period_ids(period.first_day.year)}"
        label = period.label if period.period_id else ""
        return "，".join(
            part for part in (f"即{label}" if label else "", column.type.words) if part
        )
    if column.prefilled:
        return "已预填，请勿改动"
    words = (
        requirement(sheet, column),
        type_words(work.filling.form, column),
        *extra_words(sheet, column),
    )
    return "；".join(words)


def _write_signatures(work: Work, target: Worksheet, row: int) -> None:
    """Write the signature block and the printed fields, each line in one cell.

    A label in a cell of its own could be taken for the card's.
    """
    lines = [*SIGNATURES]
    if work.private:
        lines.append(f"{PRIVATE_WORDS}，请妥善保管")
    lines += work.dress.printed
    for offset, line in enumerate(lines):
        spot = work.book.look(BODY)
        target.merge_range(row - 1 + offset, 0, row - 1 + offset, 2, "", spot)
        target.write_string(row - 1 + offset, 0, line, spot)
        target.set_row(row - 1 + offset, 30 if offset < len(SIGNATURES) else 20)
