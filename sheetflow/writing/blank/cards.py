"""A sheet with one value for each label, the cover's signature block included."""

from __future__ import annotations

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
from sheetflow.writing.blank.columns import (
    REQUIRED_MARK,
    column_look,
    extra_words,
    is_long,
    requirement,
    type_words,
    write_label,
)
from sheetflow.writing.blank.context import (
    PRIVATE_WORDS,
    SheetPage,
    WorkbookContext,
    set_print,
    write_head,
)
from sheetflow.writing.blank.highlights import highlight_card
from sheetflow.writing.blank.inputs import set_input
from sheetflow.writing.measures import TALLEST, height_of
from sheetflow.writing.styles import BODY, BOLD, HINT, LABEL, Look

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


def write_card(context: WorkbookContext, sheet: Sheet) -> None:
    """Write a card: label, value, what is asked for."""
    long = all(is_long(column) for column in columns_in(sheet, context.version))
    widths = [_LABEL_WIDTH, _LONG_VALUE_WIDTH if long else _VALUE_WIDTH, _HINT_WIDTH]
    page = SheetPage(context, sheet, widths)
    note = f"{sheet.note}。" if sheet.note else ""
    front = sheet is context.filling.form.cover_sheet
    above = context.dress.campaign if front else context.whose
    title = context.filling.form.title if front else sheet.title
    write_head(page, title, f"{above}\n{note}" if above else note)
    page.header(_HEADER, _VALUE_LEAST)
    cells: Cells = next(iter(page.rows), {})
    for column in page.columns:
        _write_line(page, column, cells)
    highlight_card(page)
    write_notes(page)
    if front:
        _write_signatures(page, FIRST_ROW + len(page.columns) + 1)
    page.worksheet.freeze_panes(HEADER_ROW, 0)
    private = front and context.private
    set_print(page, sum(widths), whose="" if front else context.whose, private=private)


def _write_line(page: SheetPage, column: Column, cells: Cells) -> None:
    row, number = card_address(page.sheet, column.key, page.context.version)
    name = cell_name(row, number)
    write_label(page, (row, CARD_LABEL_COLUMN), column, _BOLD_LABEL)
    look = column_look(column) | {"align": "left"}
    if is_long(column):
        look = look | {"valign": "top"}
    value, width = cells.get(column.key), page.widths[CARD_VALUE_COLUMN - 1]
    page.put(row, number, value, marked_look(page, name, look))
    hint = _hint(page, column)
    page.text(row, CARD_HINT_COLUMN, hint, HINT)
    set_input(page, column, name)
    least = _LONG_LEAST if is_long(column) and width == _LONG_VALUE_WIDTH else _VALUE_LEAST
    shown = height_of(str(value or ""), width)
    asked = height_of(hint, _HINT_WIDTH * 1.1, _HINT_LINE)
    named = height_of(column.label + REQUIRED_MARK, _LABEL_WIDTH)
    page.height(row, min(TALLEST, max(least, shown, asked, named)))


def _hint(page: SheetPage, column: Column) -> str:
    form, period = page.context.filling.form, page.context.filling.period
    if isinstance(column.type, PeriodName):
        if not form.takes(period):
            return f"请写这张报表的报告期：{form.period_ids(period.first_day.year)}"
        label = f"即{period.label}" if period.period_id and period.label else ""
        return "，".join(filter(None, (label, column.type.words)))
    if column.prefilled:
        return "已预填，请勿改动"
    extra = extra_words(page.sheet, column)
    return "；".join((requirement(page.sheet, column), type_words(form, column), *extra))


def _write_signatures(page: SheetPage, row: int) -> None:
    """Write the signature block and the printed fields, each line in one cell.

    A label in a cell of its own could be taken for the card's.
    """
    lines = [*SIGNATURES]
    if page.context.private:
        lines.append(f"{PRIVATE_WORDS}，请妥善保管")
    for number, line in enumerate((*lines, *page.context.dress.printed)):
        page.span(row + number, 1, len(page.widths), line, BODY)
        page.height(row + number, 30 if number < len(SIGNATURES) else 20)
