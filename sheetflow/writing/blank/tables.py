"""A sheet with rows under a header: flow, ledger, stock, answers.

Drop-downs, limits and colours stand over ranges, so that a sheet costs the same
whether ten or 20,000 rows are filled in.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sheetflow.prefill import Cells
from sheetflow.schemas.cells import Choice
from sheetflow.schemas.columns import Column
from sheetflow.schemas.conditions import Is
from sheetflow.schemas.layout import FIRST_ROW, HEADER_ROW, LAST_ROW, column_number, columns_in
from sheetflow.schemas.sheets import Kind, Sheet
from sheetflow.workbook import cell_name, column_letters
from sheetflow.writing.blank.annotations import marked_look, write_notes
from sheetflow.writing.blank.columns import column_look, write_label
from sheetflow.writing.blank.context import SheetPage, WorkbookContext, set_print, write_head
from sheetflow.writing.blank.highlights import highlight_table
from sheetflow.writing.blank.inputs import set_input
from sheetflow.writing.blank.lookup_columns import write_lookups
from sheetflow.writing.measures import height_of
from sheetflow.writing.styles import HEADER, Look

_MARK_WIDTH = 4
_PRINTED_ROWS = 20
"""A blank table shows and prints so many lined rows at least; one without printed keys has
so many after its last row."""

_RULED: Look = {"border_color": "#7F7F7F"}
"""LibreOffice prints no blank rows that look the same as the endless rest of their columns."""

_ONE_LINE = 20.0
_MOST_HEIGHT = 200.0


def write_table(context: WorkbookContext, sheet: Sheet) -> None:
    """Write head, header and rows of a table, ready to be filled on."""
    columns = columns_in(sheet, context.version)
    page = SheetPage(context, sheet, [column.width for column in columns])
    # Who and when, whether the sheet may stay empty, its own note.
    free = "" if sheet.always_shown or sheet.kind is Kind.ANSWER else "无此项可不填。"
    whose = f"{context.whose}\n" if context.whose else ""
    note = f"{whose}{free}{sheet.note}{'。' if sheet.note else ''}"
    write_head(page, sheet.title, note)
    _write_header(page)
    _write_rows(page)
    width = sum(page.widths) + write_lookups(page)
    highlight_table(page)
    write_notes(page)
    for number, column in enumerate(columns, start=1):
        letters = column_letters(number)
        set_input(page, column, f"{letters}{FIRST_ROW}:{letters}{LAST_ROW}")
    if sheet.is_book:
        _filter(page)
    page.worksheet.freeze_panes(HEADER_ROW, 1 if sheet.naming_column is columns[0] else 0)
    private = any(column.personal for column in columns)
    set_print(page, width, whose=context.whose, private=private, header=True)


def _write_header(page: SheetPage) -> None:
    tallest = 0.0
    for number, column in enumerate(page.columns, start=1):
        look = page.book.look(column_look(column))
        page.worksheet.set_column(number - 1, number - 1, column.width, look)
        header = marked_look(page, cell_name(HEADER_ROW, number), HEADER)
        write_label(page, (HEADER_ROW, number), column, header)
        tallest = max(tallest, height_of(column.label, column.width - _MARK_WIDTH))
    page.height(HEADER_ROW, max(30.0, tallest))


def _write_rows(page: SheetPage) -> None:
    rows, marked = page.rows, page.findings
    looks = [
        (number, entry.key, column_look(entry)) for number, entry in enumerate(page.columns, 1)
    ]
    for row, cells in enumerate(rows, start=FIRST_ROW):
        for number, key, look in looks:
            value = cells.get(key)
            if marked and (name := cell_name(row, number)) in marked:
                page.put(row, number, value, marked_look(page, name, look))
            elif value is not None:
                page.put(row, number, value, look)
        tallest = _height(page.columns, cells)
        if tallest > _ONE_LINE:
            page.height(row, tallest)
    free = not page.sheet.preprinted and page.sheet.kind is not Kind.ANSWER
    last = len(rows) + _PRINTED_ROWS if free else _PRINTED_ROWS
    for row in range(FIRST_ROW + len(rows), FIRST_ROW + last):
        for number, _, look in looks:
            page.put(row, number, None, look | _RULED)


def _height(columns: Sequence[Column], cells: Cells) -> float:
    """Give the height of a row whose words need several lines.

    Office programs that trust a file's heights would show the first line alone.
    """
    tallest = 0.0
    for column in columns:
        value = cells.get(column.key)
        text = "、".join(value) if isinstance(value, tuple) else value
        if isinstance(text, str) and len(text) * 2 > column.width - 1:
            tallest = max(tallest, height_of(text, column.width))
    return min(_MOST_HEIGHT, tallest)


def _filter(page: SheetPage) -> None:
    """Put a filter over the header; in a blank workbook it hides the rows that are done with.

    Nothing is hidden in a returned copy: what somebody looks for must be there.
    """
    page.worksheet.autofilter(HEADER_ROW - 1, 0, LAST_ROW - 1, len(page.columns) - 1)
    closed = page.sheet.closed
    if page.context.returned or not isinstance(closed, Is):
        return
    done = [row for row, cells in enumerate(page.rows, FIRST_ROW) if _holds(closed, cells)]
    kind = page.sheet.by_key[closed.column].type
    if not done or not isinstance(kind, Choice):
        return
    open_words = [option for option in kind.known if option not in closed.options]
    number = column_number(page.sheet, closed.column, page.context.version)
    page.worksheet.filter_column_list(number - 1, [*open_words, "Blanks"])
    for row in done:
        page.worksheet.set_row(row - 1, None, None, {"hidden": True})


def _holds(closed: Is, cells: Cells) -> bool:
    row: Mapping[str, object] = cells
    return row.get(closed.column) in closed.options
