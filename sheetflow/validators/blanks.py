"""Cells that may be blank: what says “nothing” in them, and what their advice may ask for.

This module owns the words for nothing (无, 没有, /, —, and 0 where it is no figure) and the
end of every remedy that speaks of leaving a cell blank. It refuses to take a word for nothing
where the cell must be filled, or where the column itself knows it: 0 件 is a figure.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Hashable

from sheetflow.lookalikes import plain, plain_dashes, without_spaces
from sheetflow.schemas.book import BookRow, BookSheet
from sheetflow.schemas.cells import Reference, References, Text
from sheetflow.schemas.columns import Column, Fault, reading
from sheetflow.schemas.columnwise import ReadColumn
from sheetflow.schemas.conditions import Condition
from sheetflow.schemas.parsing import CellFault, Value
from sheetflow.schemas.tables import Row
from sheetflow.workbook import CellValue

_WORDS = re.compile(r"\(?(?:无|没有|暂无|无此项|没|空|[/\\]+|-)\)?[.。]?")
_ZERO = re.compile(r"0+(?:\.0+)?")
_LONGEST = 8
"""No word for nothing is longer, the spaces in it counted."""


def says_nothing(cell: CellValue, fault: Fault) -> bool:
    """Whether a cell that could not be read only says that there is nothing."""
    if isinstance(cell, dt.time):  # 0 in a cell that shows dates
        return cell == dt.time()
    if fault[0] == "number-range":  # with a measure word behind it
        return _ZERO.fullmatch(str(fault[1].get("typed"))) is not None
    if isinstance(cell, int | float):
        return cell == 0 and not isinstance(cell, bool)
    return isinstance(cell, str) and _says_nothing(cell, zero=True)


def nothings_in(column: Column, read: ReadColumn) -> dict[Hashable, bool]:
    """Name the cells of a column that could be read, and yet say that there is nothing."""
    if column.required is True or not isinstance(column.type, _TAKES_WORDS):
        return {}
    return {name: True for name, value in read.values.items() if is_nothing(column, value)}


def is_nothing(column: Column, value: Value) -> bool:
    """Whether a value that was read says that there is nothing, where a cell may be blank."""
    if column.required is True or not isinstance(column.type, _TAKES_WORDS):
        return False
    if isinstance(value, tuple):
        return len(value) == 1 and _says_nothing(value[0], zero=True)
    zero = column.only or not isinstance(column.type, Text)  # as a text 0 is a text
    return isinstance(value, str) and _says_nothing(value, zero=zero)


_TAKES_WORDS = Text | Reference | References
"""The types that take any word at first."""


def _says_nothing(text: str, *, zero: bool) -> bool:
    first = text[:1]
    if len(text) > _LONGEST or (first.isascii() and first.isalnum() and first != "0"):
        return False  # most values, without a closer look
    bare = without_spaces(plain_dashes(plain(text)))
    return bool(_WORDS.fullmatch(bare) or (zero and _ZERO.fullmatch(bare)))


def may_be_blank(column: Column, row: Row) -> bool:
    """Whether the column may be blank in that row."""
    if isinstance(column.required, Condition):
        return not column.required.holds(row)
    return not column.required


def is_decided(found: BookSheet, row: BookRow, condition: Condition) -> bool:
    """Whether the condition's own cells are sound: a missing one is its own finding."""
    return all(
        row.sound(name)
        and name in found.spots
        and not (row[name] is None and found.sheet.by_key[name].required is True)
        for name in condition.columns()
    )


def refused_here(found: BookSheet, row: BookRow, column: Column) -> Fault | None:
    """Say that nothing may stand in the cell, whatever it is that could not be read."""
    condition = column.required
    if not isinstance(condition, Condition) or not column.only:
        return None
    if condition.holds(row.values) or not is_decided(found, row, condition):
        return None
    return "blank-unless", {"condition": condition.words(found.sheet.labels)}


def blank_advice(found: BookSheet, column: Column) -> str:
    """Say what is to be done where there is nothing to fill in: it ends a remedy."""
    if isinstance(column.required, Condition):
        when = column.required.words(found.sheet.labels)
        return f"；{when}时才填这一栏" if column.only else f"；{when}时必须填写"
    if not column.required:
        return "；没有的可以空着"
    return "，没有的填0" if _takes_zero(column) else ""


def _takes_zero(column: Column) -> bool:
    if column.zero_asked or not column.type.numeric:
        return False
    try:
        return reading(column.type)(0) == 0
    except CellFault:
        return False
