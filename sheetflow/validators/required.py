"""What must be filled, what only under a condition, what must not be, and what says “nothing”.

This module owns the words for nothing (无, 没有, /, —, and 0 where it is no figure) and the
end of every remedy that speaks of leaving a cell blank. It refuses to take a word for nothing
where the cell must be filled, or where the column itself knows it: 0 件 is a figure.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Hashable, Iterator

from sheetflow.findings import Finding
from sheetflow.lookalikes import plain, plain_dashes, without_spaces
from sheetflow.schemas.book import Book, BookRow, BookSheet, JudgingContext
from sheetflow.schemas.cells import Reference, References, Text
from sheetflow.schemas.columns import Column, Fault, ReadColumn, reading
from sheetflow.schemas.conditions import Condition, Row
from sheetflow.schemas.layout import columns_in
from sheetflow.schemas.parsing import CellFault, Value
from sheetflow.validators.catalogue import GENERAL
from sheetflow.workbook import CellValue


def check_required(book: Book, context: JudgingContext) -> Iterator[Finding]:
    """Find blank cells that must be filled, and filled ones that must be blank."""
    del context
    for key, found in book.sheets.items():
        if book.nil and key in book.form.cover.exempt_when_nil:
            continue
        columns = [
            column
            for column in columns_in(found.sheet, book.version)
            if column.key in found.spots and column.required is not False
        ]
        for column in columns:
            if isinstance(column.required, Condition):
                yield from _judge_where(found, column, column.required)
            elif None in found.column(column.key):
                yield from (
                    GENERAL["required"].at(found.place(row, column.key))
                    for row in found.rows
                    if row.values.get(column.key) is None and column.key not in row.faulty
                )


def _judge_where(found: BookSheet, column: Column, condition: Condition) -> Iterator[Finding]:
    held = condition.each(found.values)
    for row, value, holds in zip(found.rows, found.column(column.key), held, strict=True):
        # Most cells are as they should be; whether one may speak of the others is asked last.
        wrong = holds == (value is None) and (holds or column.only)
        if wrong and column.key not in row.faulty and is_decided(found, row, condition):
            yield GENERAL["required-when" if holds else "blank-unless"].at(
                found.place(row, column.key), condition=condition.words(found.sheet.labels)
            )


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
    if column.zero_asked or not column.type.numeric:
        return ""
    try:
        return "，没有的填0" if reading(column.type)(0) == 0 else ""
    except CellFault:
        return ""
