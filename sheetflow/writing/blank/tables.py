"""A sheet with rows under a header: flow, ledger, stock, answers.

Drop-downs, limits and colours stand over ranges, so that a sheet costs the same
whether ten or 20,000 rows are filled in.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from xlsxwriter.worksheet import Worksheet

from sheetflow.prefill import Cells
from sheetflow.schemas.cells import Choice
from sheetflow.schemas.columns import Column
from sheetflow.schemas.conditions import Is
from sheetflow.schemas.layout import (
    FIRST_ROW,
    HEADER_ROW,
    LAST_ROW,
    column_number,
    columns_in,
)
from sheetflow.schemas.sheets import Kind, Sheet
from sheetflow.workbook import cell_name, column_letters
from sheetflow.writing.blank.annotations import marked_look, write_notes
from sheetflow.writing.blank.column_looks import column_look, write_label
from sheetflow.writing.blank.context import Work, set_print, write_head
from sheetflow.writing.blank.highlights import highlight_table
from sheetflow.writing.blank.inputs import set_input
from sheetflow.writing.blank.lookup_columns import write_lookups
from sheetflow.writing.cells import put
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


def write_table(work: Work, target: Worksheet, sheet: Sheet) -> None:
    """Write head, header and rows of a table, ready to be filled on."""
    columns = columns_in(sheet, work.version)
    widths = [column.width for column in columns]
    write_head(work, target, sheet.title, note_of(work, sheet), widths)
    _write_header(work, target, sheet, columns)
    rows = work.filling.rows.get(sheet.key, ())
    _write_rows(work, target, sheet, columns, rows)
    extra = write_lookups(work, target, sheet, rows)
    highlight_table(work, target, sheet)
    write_notes(work, target, sheet.key)
    for number, column in enumerate(columns, start=1):
        letters = column_letters(number)
        set_input(work, target, sheet, column, f"{letters}{FIRST_ROW}:{letters}{LAST_ROW}")
    if sheet.is_book:
        _filter(work, target, sheet, columns, rows)
    frozen = 1 if sheet.naming_column is columns[0] else 0
    target.freeze_panes(HEADER_ROW, frozen)
    private = any(column.personal for column in columns)
    width = sum(widths) + extra
    set_print(target, width, whose=work.whose, private=private, header=True)


def note_of(work: Work, sheet: Sheet) -> str:
    """Give the line under the title: who and when, whether the sheet may stay empty, the note."""
    free = "" if sheet.always_shown or sheet.key in _answers(work) else "无此项可不填。"
    whose = f"{work.whose}\n" if work.whose else ""
    return f"{whose}{free}{sheet.note}{'。' if sheet.note else ''}"


def _answers(work: Work) -> set[str]:
    return {sheet.key for sheet in work.sheets if sheet.kind.value == "answer"}


def _write_header(work: Work, target: Worksheet, sheet: Sheet, columns: Sequence[Column]) -> None:
    tallest = 0.0
    for number, column in enumerate(columns, start=1):
        look = column_look(column)
        target.set_column(number - 1, number - 1, column.width, work.book.look(look))
        header = marked_look(work, sheet.key, cell_name(HEADER_ROW, number), HEADER)
        write_label(work.book, target, (HEADER_ROW, number), column, header)
        tallest = max(tallest, height_of(column.label, column.width - _MARK_WIDTH))
    target.set_row(HEADER_ROW - 1, max(30.0, tallest))


def _write_rows(
    work: Work,
    target: Worksheet,
    sheet: Sheet,
    columns: Sequence[Column],
    rows: Sequence[Cells],
) -> None:
    looks = [(number, column.key, column_look(column)) for number, column in enumerate(columns, 1)]
    marked = {cell for key, cell in work.marks if key == sheet.key}
    for row, cells in enumerate(rows, start=FIRST_ROW):
        for number, key, look in looks:
            value = cells.get(key)
            if marked and (name := cell_name(row, number)) in marked:
                put(work.book, target, row, number, value, marked_look(work, sheet.key, name, look))
            elif value is not None:
                put(work.book, target, row, number, value, look)
        tallest = _height(columns, cells)
        if tallest > _ONE_LINE:
            target.set_row(row - 1, tallest)
    free = not sheet.preprinted and sheet.kind is not Kind.ANSWER
    last = len(rows) + _PRINTED_ROWS if free else _PRINTED_ROWS
    for row in range(FIRST_ROW + len(rows), FIRST_ROW + last):
        for number, _, look in looks:
            target.write_blank(row - 1, number - 1, None, work.book.look(look | _RULED))


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


def _filter(
    work: Work,
    target: Worksheet,
    sheet: Sheet,
    columns: Sequence[Column],
    rows: Sequence[Cells],
) -> None:
    """Put a filter over the header; in a blank workbook it hides the rows that are done with.

    Nothing is hidden in a returned copy: what somebody looks for must be there.
    """
    target.autofilter(HEADER_ROW - 1, 0, LAST_ROW - 1, len(columns) - 1)
    closed = sheet.closed
    if work.returned or not isinstance(closed, Is):
        return
    done = [row for row, cells in enumerate(rows, start=FIRST_ROW) if _holds(closed, cells)]
    kind = sheet.by_key[closed.column].type
    if not done or not isinstance(kind, Choice):
        return
    open_words = [option for option in kind.known if option not in closed.options]
    number = column_number(sheet, closed.column, work.version)
    target.filter_column_list(number - 1, [*open_words, "Blanks"])
    for row in done:
        target.set_row(row - 1, None, None, {"hidden": True})


def _holds(closed: Is, cells: Cells) -> bool:
    row: Mapping[str, object] = cells
    return row.get(closed.column) in closed.options
