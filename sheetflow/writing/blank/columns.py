"""How the cells of a declared column look, and what it asks for in words.

The words stand in input prompts, hints and 填报说明.
"""

from __future__ import annotations

from collections.abc import Iterator

from sheetflow.schemas.cells import (
    Choice,
    Day,
    IdNumber,
    Key,
    Money,
    PeriodName,
    Phone,
    Reference,
    References,
    Text,
    Whole,
)
from sheetflow.schemas.columns import Column
from sheetflow.schemas.conditions import Condition
from sheetflow.schemas.forms import Form
from sheetflow.schemas.sheets import Sheet
from sheetflow.writing.page import Page
from sheetflow.writing.styles import (
    BODY,
    BOLD,
    CELL,
    CENTRE,
    DAY_NUMBER,
    MONEY_NUMBER,
    ORANGE,
    RED,
    TEXT_NUMBER,
    WHOLE_NUMBER,
    Look,
)

REQUIRED_MARK, CONDITIONAL_MARK = "＊", "＊＊"


def column_look(column: Column) -> Look:
    """Give the look of the column's cells; what is typed into a blank one keeps it.

    Everything but numbers and dates is text, so that no program turns an id number or a
    key into a number.
    """
    kind = column.type
    if isinstance(kind, Whole):
        return CELL | WHOLE_NUMBER
    if isinstance(kind, Money):
        return CELL | MONEY_NUMBER
    if isinstance(kind, Day):
        return CELL | DAY_NUMBER | CENTRE
    if isinstance(kind, Choice | Key | Reference | IdNumber | Phone | PeriodName):
        return CELL | TEXT_NUMBER | CENTRE
    return CELL | TEXT_NUMBER


def is_long(column: Column) -> bool:
    """Whether people write sentences in the column."""
    return isinstance(column.type, Text) and column.type.free


def write_label(page: Page, at: tuple[int, int], column: Column, look: Look) -> None:
    """Write the column's label and, where it must or may have to be filled, its mark."""
    if isinstance(column.required, Condition):
        mark, colour = CONDITIONAL_MARK, ORANGE
    elif column.required and not column.prefilled:
        mark, colour = REQUIRED_MARK, RED
    else:
        page.text(*at, column.label, look)
        return
    words = {key: value for key, value in (BODY | BOLD).items() if key != "valign"}
    page.worksheet.write_rich_string(
        at[0] - 1,
        at[1] - 1,
        page.book.look(words),
        column.label,
        page.book.look(words | {"font_color": colour}),
        mark,
        page.book.look(look),
    )


def requirement(sheet: Sheet, column: Column) -> str:
    """Say whether the column must be filled: 必填, 选填, or when."""
    if isinstance(column.required, Condition):
        when = column.required.words(sheet.labels)
        return f"{when}时必填" + ("，否则不填" if column.only else "")
    if column.prefilled:
        return "已预填"
    return "必填" if column.required else "选填"


def type_words(form: Form, column: Column) -> str:
    """Say what may stand in the column, naming the sheet that it points to."""
    kind = column.type
    if isinstance(kind, Reference):
        return f"填《{form.by_key[kind.to].title}》中的编号"
    if isinstance(kind, References):
        return f"填《{form.by_key[kind.to].title}》中的编号，可填多个，用“、”分开"
    return kind.words


def extra_words(sheet: Sheet, column: Column) -> Iterator[str]:
    """Say the hint and what a date is held against."""
    if column.hint:
        yield column.hint
    if isinstance(column.type, Day):
        if column.not_before:
            yield f"不早于“{sheet.labels[column.not_before]}”"
        if column.not_after == "period_end":
            yield "不晚于报告期末"
        elif column.not_after == "filled_on":
            yield "不晚于填报日期"
