"""How the cells of a declared column look, what it asks for in words, and what Excel asks of them.

Drop-downs, limits and prompts are a courtesy to the filler and no more: paste defeats them, and
every rule runs again on receipt. Numbers, dates and choices are stopped; whatever may be right
after all is only questioned. The words stand in prompts, hints and 填报说明.
"""

from __future__ import annotations

import datetime as dt

from sheetflow.schemas.cells import (
    CellType,
    Day,
    Fraction,
    IdNumber,
    Key,
    Money,
    NameKey,
    PeriodName,
    Phone,
    Reference,
    Text,
    Whole,
)
from sheetflow.schemas.columns import Column
from sheetflow.schemas.guide_words import (
    CONDITIONAL_MARK,
    extra_words,
    mark_of,
    requirement,
    type_words,
)
from sheetflow.schemas.layout import FIRST_ROW, LAST_ROW, column_number, column_range, quoted
from sheetflow.schemas.options import Choice
from sheetflow.schemas.sheets import Sheet
from sheetflow.workbook import column_letters
from sheetflow.writing.blank.sheet_page import SheetPage, WorkbookContext
from sheetflow.writing.looks import (
    BODY,
    BOLD,
    CELL,
    CENTRE,
    DAY_NUMBER,
    ORANGE,
    RED,
    TEXT_NUMBER,
    Look,
    clipped,
    number_look,
    text_width,
)
from sheetflow.writing.page import Page

Options = dict[str, object]

_MOST_TITLE, _MOST_MESSAGE = 32, 255
_LONGEST_ID, _SHORTEST_ID = 18, 15
_SHORTEST_PHONE, _LONGEST_PHONE = 7, 25
_LARGEST = 999_999_999_999
_PADDING = 2.5
"""What bold letters and the cell's margins take besides the characters."""


def set_input(page: SheetPage, column: Column, area: str) -> None:
    """Set prompt, limits and drop-down of `column` over `area` (``F4:F20003``)."""
    form = page.context.filling.form
    # The options of a drop-down are not repeated.
    kind = "从下拉列表选一项" if isinstance(column.type, Choice) else type_words(form, column)
    words = (requirement(page.sheet, column), kind, *extra_words(form, page.sheet, column))
    options: Options = {
        "validate": "any",
        "input_title": clipped(column.label, _MOST_TITLE),
        "input_message": clipped("\n".join(words), _MOST_MESSAGE),
        "error_title": "填写有误",
    }
    options |= _limits(page, column, area.partition(":")[0])
    if "error_message" in options:
        options["error_message"] = clipped(str(options["error_message"]), _MOST_MESSAGE)
    page.worksheet.data_validation(area, options)


def _limits(page: SheetPage, column: Column, first: str) -> Options:
    """Limit what may be typed; `first` is the first cell of the area."""
    kind, context = column.type, page.context
    if isinstance(kind, Choice):
        return {
            "validate": "list",
            "source": context.lists.get(kind.options, list(kind.options)),
            "error_message": f"请从下拉列表中选一项：{'、'.join(kind.options)}。",
        }
    if isinstance(kind, Reference) and column.refers_to:
        target = context.filling.form.by_key[kind.to]
        words = f"《{target.title}》中没有这个编号。请先在那张表登记，或检查编号。"
        return (
            {
                "validate": "list",
                "source": f"={_keys_name(target)}",
                "error_type": "warning",
                "error_message": words,
            }
            if target in context.sheets
            else {}
        )
    if isinstance(kind, Key | NameKey) and page.sheet.is_table:
        letters = page.letters(column.key)
        area = f"${letters}${FIRST_ROW}:${letters}${LAST_ROW}"
        return {
            "validate": "custom",
            "value": f"=COUNTIF({area},{letters}{FIRST_ROW})=1",
            "error_type": "warning",
            "error_message": f"这个{column.label}在本表中已经有了。请换一个，不要重复。",
        }
    figure = _figure(kind, first)
    return (_or_words(column, figure, first) if column.accepts else figure) or _length(kind)


def _or_words(column: Column, figure: Options, cell: str) -> Options:
    """Let one of the column's words stand in place of the number that is asked for."""
    kind = column.type
    least, most = kind.limits
    parts = [f"ISNUMBER({cell})", f"{cell}>={least}", f"ROUND({cell},{kind.places})={cell}"]
    parts += [] if most is None else [f"{cell}<={most}"]
    words = ",".join(f'{cell}="{word}"' for word in column.accepts)
    listed = "或".join(column.accepts)
    return {
        "validate": "custom",
        "value": f"=OR(AND({','.join(parts)}),{words})",
        "error_message": f"{str(figure['error_message']).removesuffix('。')}；没有数的可填{listed}。",
    }


def _figure(kind: CellType, cell: str) -> Options:
    if isinstance(kind, Whole):
        words = "；没有的填0，不带“约”“多”“人”等字样" if kind.minimum == 0 else ""
        return {
            "validate": "integer",
            "criteria": "between",
            "minimum": kind.minimum,
            "maximum": _LARGEST if kind.maximum is None else kind.maximum,
            "error_message": f"请填整数，{kind.range_words}{words}。",
        }
    if isinstance(kind, Money):
        return {
            "validate": "decimal",
            "criteria": ">=",
            "value": 0,
            "error_message": f"请填不小于0的数，单位为{kind.unit}，不带“万”“约”等字样。",
        }
    if isinstance(kind, Fraction):
        least, most = kind.limits
        within = f"{cell}>={least}" + ("" if most is None else f",{cell}<={most}")
        return {
            "validate": "custom",  # a format that rounds what is typed would hide what is wrong
            "value": f"=AND(ISNUMBER({cell}),{within},ROUND({cell},{kind.decimals})={cell})",
            "error_message": f"请填{kind.words}，不带“约”“多”等字样。",
        }
    if isinstance(kind, Day):
        return {
            "validate": "date",
            "criteria": "between",
            "minimum": dt.date(1900, 3, 1),
            "maximum": dt.date(2099, 12, 31),
            "error_message": "请填完整的日期，如2012-3-5。",
        }
    return {}


def _length(kind: CellType) -> Options:
    if isinstance(kind, Text):
        return _between(0, kind.limit, f"最多{kind.limit}字，请精简。")
    if isinstance(kind, IdNumber):
        words = "身份证号应为18位（旧号15位）。请检查后重填。"
        return _between(_SHORTEST_ID, _LONGEST_ID, words)
    if isinstance(kind, Phone):
        shortest = min([_SHORTEST_PHONE, *map(len, kind.services)])
        return _between(shortest, _LONGEST_PHONE, f"请填{kind.words}。")
    return {}


def _between(least: int, most: int, words: str) -> Options:
    return {
        "validate": "length",
        "criteria": "between",
        "minimum": least,
        "maximum": most,
        "error_message": words,
    }


def _keys_name(sheet: Sheet) -> str:
    """Name the range of the keys that a sheet's rows in use bear."""
    return f"keys_{sheet.key}"


def define_keys(context: WorkbookContext) -> None:
    """Define, for each sheet that another one points to, the range of its keys in use.

    The range ends at the last row in use, so that drop-downs do not offer printed keys
    that nobody has taken yet.
    """
    pointed = {column.refers_to for sheet in context.sheets for column in sheet.columns}
    for sheet in context.sheets:
        key = sheet.key_column
        if sheet.key not in pointed or key is None:
            continue
        letters = column_letters(column_number(sheet, key.key, context.version))
        first = f"{quoted(sheet.title)}!${letters}${FIRST_ROW}"
        used = column_range(sheet, sheet.marker.key, context.version)
        last = f'MAX(1,SUMPRODUCT(MAX(({used}<>"")*ROW({used})))-{FIRST_ROW - 1})'
        keys = column_range(sheet, key.key, context.version)
        context.book.file.define_name(_keys_name(sheet), f"={first}:INDEX({keys},{last})")


def column_look(column: Column) -> Look:
    """Give the look of the column's cells; what is typed into a blank one keeps it.

    Everything but numbers and dates is text, so that no program turns an id number or a
    key into a number.
    """
    kind = column.type
    if kind.numeric:
        return CELL | number_look(kind.places)
    if isinstance(kind, Day):
        return CELL | DAY_NUMBER | CENTRE
    if isinstance(kind, Choice | Key | Reference | IdNumber | Phone | PeriodName):
        return CELL | TEXT_NUMBER | CENTRE
    return CELL | TEXT_NUMBER


def is_long(column: Column) -> bool:
    """Whether people write sentences in the column."""
    return isinstance(column.type, Text) and column.type.free


def broken(label: str, width: float, mark: str = "") -> str:
    """Break a label that needs several lines before its bracket, so that （件） stays together."""
    head, bracket, rest = label.partition("（")
    is_long = text_width(label + mark) + _PADDING > width
    return f"{head}\n{bracket}{rest}" if head and bracket and is_long else label


def column_width(column: Column) -> float:
    """Give the column's width: at least that of its label's bracket, mark and all."""
    _, bracket, rest = column.label.partition("（")
    least = text_width(bracket + rest + mark_of(column)) + _PADDING if bracket else 0
    return max(column.width, least)


def write_label(page: Page, at: tuple[int, int], column: Column, look: Look) -> None:
    """Write the column's label and, where it must or may have to be filled, its mark."""
    mark = mark_of(column)
    label = broken(column.label, page.widths[at[1] - 1], mark)
    if not mark:
        page.text(*at, label, look)
        return
    colour = ORANGE if mark == CONDITIONAL_MARK else RED
    words = {key: value for key, value in (BODY | BOLD).items() if key != "valign"}
    page.worksheet.write_rich_string(
        at[0] - 1,
        at[1] - 1,
        page.book.look(words),
        label,
        page.book.look(words | {"font_color": colour}),
        mark,
        page.book.look(look),
    )
