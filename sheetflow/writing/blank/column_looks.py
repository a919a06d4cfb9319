"""How the cells of a declared column look, and how its header is marked."""

from __future__ import annotations

from xlsxwriter.worksheet import Worksheet

from sheetflow.schemas.cells import (
    Choice,
    Day,
    IdNumber,
    Key,
    Money,
    PeriodName,
    Phone,
    Reference,
    Text,
    Whole,
)
from sheetflow.schemas.columns import Column
from sheetflow.schemas.conditions import Condition
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
    Book,
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


def mark_of(column: Column) -> str:
    """Give the mark behind the label: ＊ required, ＊＊ required where a condition holds."""
    if isinstance(column.required, Condition):
        return CONDITIONAL_MARK
    return REQUIRED_MARK if column.required and not column.prefilled else ""


def write_label(
    book: Book, sheet: Worksheet, at: tuple[int, int], column: Column, look: Look
) -> None:
    """Write the column's label and its mark into the 1-based cell `at`."""
    row, number = at[0] - 1, at[1] - 1
    mark = mark_of(column)
    if not mark:
        sheet.write_string(row, number, column.label, book.look(look))
        return
    colour = RED if mark == REQUIRED_MARK else ORANGE
    words = {key: value for key, value in (BODY | BOLD).items() if key != "valign"}
    sheet.write_rich_string(
        row,
        number,
        book.look(words),
        column.label,
        book.look(words | {"font_color": colour}),
        mark,
        book.look(look),
    )
