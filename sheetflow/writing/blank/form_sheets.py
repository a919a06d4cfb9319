"""The sheets that are filled in: a card with one value a label, a table with rows under a header.

Drop-downs, limits and colours stand over ranges, so that a sheet costs the same whether ten or
20,000 rows are filled in. Columns beside a sheet's own show another sheet's cells, by formula only.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence

from sheetflow.prefill import Cells
from sheetflow.schemas.cells import Day, PeriodName
from sheetflow.schemas.columns import Column
from sheetflow.schemas.conditions import Is
from sheetflow.schemas.filings import FILING_LABEL, Filing, filing_address
from sheetflow.schemas.guide_words import (
    REQUIRED_MARK,
    extra_words,
    mark_of,
    requirement,
    type_words,
)
from sheetflow.schemas.layout import (
    CARD_HINT_COLUMN,
    CARD_LABEL_COLUMN,
    CARD_VALUE_COLUMN,
    FIRST_ROW,
    HEADER_ROW,
    LAST_ROW,
    TITLE_ROW,
    card_address,
    column_number,
    column_range,
    columns_in,
    lookups_beside,
)
from sheetflow.schemas.options import Choice
from sheetflow.schemas.sheets import Kind, Lookup, Sheet
from sheetflow.workbook import cell_name, column_letters
from sheetflow.writing.blank.highlights import (
    highlight_card,
    highlight_table,
    marked_look,
    write_notes,
)
from sheetflow.writing.blank.inputs import (
    broken,
    column_look,
    column_width,
    is_long,
    set_input,
    write_label,
)
from sheetflow.writing.blank.sheet_page import (
    PRIVATE_WORDS,
    SheetPage,
    WorkbookContext,
    files_read_by,
    own_work,
    set_across,
    set_print,
    write_head,
)
from sheetflow.writing.looks import (
    BODY,
    BOLD,
    CELL,
    CENTRE,
    FAINT_INK,
    HEADER,
    HINT,
    LABEL,
    LOOKUP_FILL,
    TALLEST,
    TEXT_NUMBER,
    Look,
    height_of,
)

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

_MARK_WIDTH = 4
_PRINTED_ROWS = 20
"""A blank table shows and prints so many lined rows at least; one without printed keys has
so many after its last row."""
_RULED: Look = {"border_color": "#7F7F7F"}
"""LibreOffice prints no blank rows that look the same as the endless rest of their columns."""
_ONE_LINE = 20.0
_MOST_HEIGHT = 200.0
_MORE_ROWS = 28
"""So many where other sheets' cells are shown beside them: their formulas reach no further."""
_MOST_FROZEN = 60.0
_WIDTH = 16.0
_DAY_ZERO = dt.date(1899, 12, 30)
_PRINTED: Look = {"bg_color": LOOKUP_FILL}
"""Of what the service prints in a table, so that people see where they type."""
_QUIET: Look = {"bg_color": LOOKUP_FILL, "font_color": FAINT_INK}


def write_card(context: WorkbookContext, sheet: Sheet) -> None:
    """Write a card: label, value, what is asked for."""
    long = all(is_long(column) for column in columns_in(sheet, context.version))
    widths = [_LABEL_WIDTH, _LONG_VALUE_WIDTH if long else _VALUE_WIDTH, _HINT_WIDTH]
    page = SheetPage(context, sheet, widths)
    note = f"{sheet.note}。" if sheet.note else ""
    front = sheet is context.filling.form.cover_sheet
    note = context.dress.origin + note + own_work(context) if front else note
    note += files_read_by(context, sheet)
    above = context.dress.campaign if front else context.whose
    title = context.filling.form.title if front else sheet.title
    asked = "\n".join(context.dress.asked) if front else ""
    write_head(page, context.titled(title), "\n".join(filter(None, (above, note))), asked)
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
    label = broken(column.label, _LABEL_WIDTH, mark_of(column))
    named = height_of(label + mark_of(column), _LABEL_WIDTH)
    page.height(row, min(TALLEST, max(least, shown, asked, named)))


def _hint(page: SheetPage, column: Column) -> str:
    form, period = page.context.filling.form, page.context.filling.period
    if isinstance(column.type, PeriodName):
        if not form.fits(period):
            return f"请写这张报表的报告期：{form.period_ids(period.first_day.year)}"
        label = f"即{period.label}" if period.period_id and period.label else ""
        return "，".join(filter(None, (label, column.type.words)))
    if column.prefilled:
        return "已预填，请勿改动"
    extra = extra_words(form, page.sheet, column)
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


def write_table(context: WorkbookContext, sheet: Sheet) -> None:
    """Write head, header and rows of a table, ready to be filled on."""
    columns = columns_in(sheet, context.version)
    page = SheetPage(context, sheet, [column_width(column) for column in columns])
    # Who and when, whether the sheet may stay empty, its own note.
    may_stay_empty = not sheet.always_shown and sheet.kind is not Kind.ANSWER
    free = "无此项可不填。" if may_stay_empty else ""
    filing = filing_address(sheet, context.version)[1] if sheet.filing_declared else 0
    if filing:
        free = f"有没有内容，都请在标题右边的“{FILING_LABEL}”处选一项。"
    whose = f"{context.whose}\n" if context.whose else ""
    note = f"{whose}{free}{sheet.note}{'。' if sheet.note else ''}{files_read_by(context, sheet)}"
    write_head(page, context.titled(sheet.title), note, until=max(filing - 2, 0))
    _write_header(page)
    _write_rows(page)
    if filing:
        _write_filing(page, filing)
    widths = (*page.widths, *_write_lookups(page))
    highlight_table(page)
    write_notes(page)
    for number, column in enumerate(columns, start=1):
        letters = column_letters(number)
        set_input(page, column, f"{letters}{FIRST_ROW}:{letters}{LAST_ROW}")
    if sheet.is_book:
        _filter(page)
    keys = _leading_keys(page)
    page.worksheet.freeze_panes(HEADER_ROW, keys)
    private = any(column.personal for column in columns)
    set_print(page, sum(widths), whose=context.whose, private=private, header=True)
    set_across(page, widths, keys)


def _write_filing(page: SheetPage, number: int) -> None:
    """Write 填报声明 right of the title, and in column `number` the cell for its answer, with its drop-down."""
    cell = cell_name(TITLE_ROW, number)
    words = [each.value for each in Filing]
    for beyond in range(len(page.columns) + 1, number + 1):
        page.worksheet.set_column(beyond - 1, beyond - 1, _WIDTH)
    page.text(TITLE_ROW, number - 1, FILING_LABEL + REQUIRED_MARK, LABEL | BOLD | CENTRE)
    look = marked_look(page, cell, CELL | TEXT_NUMBER | CENTRE | BOLD)
    page.put(TITLE_ROW, number, page.context.filling.filings.get(page.sheet.key), look)
    page.worksheet.data_validation(
        cell,
        {
            "validate": "list",
            "source": words,
            "input_title": FILING_LABEL,
            "input_message": "这张表填了内容的选“已填”；本期没有的选“无此项”；本单位不涉及的选“不适用”。"
            "零报告可以不选。",
            "error_title": "填写有误",
            "error_message": f"请从下拉列表中选一项：{'、'.join(words)}。",
        },
    )


def _leading_keys(page: SheetPage) -> int:
    """Count the columns up to the one that names the row, which stay in sight; 0 for none."""
    naming = page.sheet.naming_column
    if naming is None:
        return 0
    number = [column.key for column in page.columns].index(naming.key) + 1
    return number if sum(page.widths[:number]) <= _MOST_FROZEN else 0


def _write_header(page: SheetPage) -> None:
    tallest = 0.0
    for number, column in enumerate(page.columns, start=1):
        look = page.book.look(column_look(column))
        width = page.widths[number - 1]
        page.worksheet.set_column(number - 1, number - 1, width, look)
        header = marked_look(page, cell_name(HEADER_ROW, number), HEADER)
        write_label(page, (HEADER_ROW, number), column, header)
        label = broken(column.label, width, mark_of(column))
        tallest = max(tallest, height_of(label, width - _MARK_WIDTH))
    page.height(HEADER_ROW, max(30.0, tallest))


def _write_rows(page: SheetPage) -> None:
    rows, marked = page.rows, page.findings
    looks = [
        (number, entry.key, column_look(entry) | (_PRINTED if entry.prefilled else {}))
        for number, entry in enumerate(page.columns, 1)
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
    for row in range(FIRST_ROW + len(rows), FIRST_ROW + _lined_rows(page)):
        for number, _, look in looks:
            page.put(row, number, None, look | _RULED)


def _lined_rows(page: SheetPage) -> int:
    """Count the rows that are lined, and print: those filled in, and some to be filled."""
    free = not page.sheet.preprinted and page.sheet.kind is not Kind.ANSWER
    more = len(page.rows) if free else 0
    return max(len(page.rows), more + (_MORE_ROWS if _beside(page) else _PRINTED_ROWS))


def _beside(page: SheetPage) -> dict[Lookup, str]:
    """Give the lookups that can be shown: not of a sheet that the unit does not fill."""
    context = page.context
    found = lookups_beside(page.sheet, context.filling.form.by_key)
    shown = {sheet.key for sheet in context.sheets}
    return {lookup: label for lookup, label in found.items() if lookup.of in shown}


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

    Nothing is hidden in a returned copy, nor in a sample: what somebody looks for must be there.
    """
    page.worksheet.autofilter(HEADER_ROW - 1, 0, LAST_ROW - 1, len(page.columns) - 1)
    closed = page.sheet.closed
    all_shown = page.context.returned or page.context.dress.sample
    if all_shown or not isinstance(closed, Is):
        return
    rows: Sequence[Mapping[str, object]] = page.rows
    done = [
        row
        for row, cells in enumerate(rows, FIRST_ROW)
        if cells.get(closed.column) in closed.options
    ]
    kind = page.sheet.by_key[closed.column].type
    if not done or not isinstance(kind, Choice):
        return
    open_words = [option for option in kind.known if option not in closed.options]
    number = column_number(page.sheet, closed.column, page.context.version)
    page.worksheet.filter_column_list(number - 1, [*open_words, "Blanks"])
    for row in done:
        page.worksheet.set_row(row - 1, None, None, {"hidden": True})


def _write_lookups(page: SheetPage) -> list[float]:
    """Write the lookup columns to the right; return the widths that they take.

    The formulas reach as far as the lined rows, no further: a row that shows nothing is
    printed all the same.
    """
    lookups, first, reach = _beside(page), len(page.columns) + 1, _lined_rows(page)
    for number, (lookup, label) in enumerate(lookups.items(), start=first):
        _write_column(page, lookup, label, number)
    if lookups:  # a blank beside the last one, so that its long words do not run over the page
        number = first + len(lookups)
        page.worksheet.set_column(number - 1, number - 1, 1)
        for row in range(FIRST_ROW, FIRST_ROW + reach):
            page.text(row, number, " ", BODY)
    return [_WIDTH for lookup in lookups if lookup.shown]


def _write_column(page: SheetPage, lookup: Lookup, label: str, number: int) -> None:
    filling, version = page.context.filling, page.context.version
    other = filling.form.by_key[lookup.of]
    shown = other.by_key[lookup.column]
    number_format = "yyyy-mm-dd" if isinstance(shown.type, Day) else "General"
    look = column_look(shown) | _QUIET | {"num_format": number_format, "text_wrap": False}
    hidden = {} if lookup.shown else {"hidden": True}
    page.worksheet.set_column(number - 1, number - 1, _WIDTH, None, hidden)
    page.text(HEADER_ROW, number, broken(label, _WIDTH), HEADER | _QUIET)
    key = other.key_column or other.columns[0]
    known = {
        str(row.get(key.key)): row.get(lookup.column) for row in filling.rows.get(other.key, ())
    }
    cells = column_range(other, lookup.column, version)
    keys = column_range(other, key.key, version)
    by = page.letters(lookup.by)
    for offset in range(_lined_rows(page)):
        row = FIRST_ROW + offset
        cell = f"INDEX({cells},MATCH(${by}{row},{keys},0))"
        formula = f'IF(${by}{row}="","",IFERROR(IF({cell}="","",{cell}),""))'
        value = _cached(page.rows[offset], lookup, known) if offset < len(page.rows) else ""
        page.formula(row, number, formula, value, look)


def _cached(row: Cells, lookup: Lookup, known: Mapping[str, object]) -> str | float:
    """Give what the formula shows, for programs that do not compute."""
    value = known.get(str(row.get(lookup.by)))
    if isinstance(value, dt.date):
        return (dt.date(value.year, value.month, value.day) - _DAY_ZERO).days
    if isinstance(value, int | float):
        return value
    return "" if value is None else str(value)
