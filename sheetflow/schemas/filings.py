"""What is said in words where rows or numbers would stand: 填报声明 of a sheet, 未开展 in a cell.

This module owns where 填报声明 stands in a workbook of ours, the words for it, and which columns take words
in place of numbers. It refuses to judge them, and to count them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from sheetflow.schemas.columns import Column
from sheetflow.schemas.layout import TITLE_ROW, columns_in
from sheetflow.schemas.sheets import Sheet
from sheetflow.workbook import Address

if TYPE_CHECKING:
    from sheetflow.schemas.forms import Form

FILING_LABEL = "填报声明"
FILING_RULES = "filing-"
"""Begins the rules about the cell beside that label, which is no column's."""
_WITHIN = 110.0
_LEAST_COLUMN = 4


class Filing(StrEnum):
    """What a sheet says of itself in its title rows, where it is asked."""

    FILLED = "已填"
    NOTHING = "无此项"
    INAPPLICABLE = "不适用"


@dataclass(frozen=True, slots=True)
class FilingCell:
    """The cell beside 填报声明, what was typed there, and which word that is (empty: none of them)."""

    cell: str
    typed: str = ""
    word: str = ""


def filing_address(sheet: Sheet, version: int) -> Address:
    """The cell in which a table of ours says so: right of its label, behind the title, on the first screen."""
    shown, number = 0.0, 0
    for column in columns_in(sheet, version):
        if shown + column.width > _WITHIN:
            break
        shown, number = shown + column.width, number + 1
    return TITLE_ROW, max(number, _LEAST_COLUMN)


def asking_sheets(form: Form, level: str = "") -> tuple[Sheet, ...]:
    """The sheets that ask for 填报声明, of those that units of `level` fill (empty: of all)."""
    sheets = form.sheets_for(level) if level else form.sheets
    return tuple(sheet for sheet in sheets if sheet.filing_declared)


def filings_by_rows(form: Form, level: str, rows: Mapping[str, Sequence[object]]) -> dict[str, str]:
    """Give what each sheet that asks would say by its rows, where nobody but a program fills it in."""
    return {
        sheet.key: (Filing.FILLED if rows.get(sheet.key) else Filing.NOTHING).value
        for sheet in asking_sheets(form, level)
    }


def worded_columns(form: Form) -> tuple[tuple[Sheet, Column], ...]:
    """The columns of tables in which words may stand in place of numbers, each with its sheet."""
    return tuple(
        (sheet, column)
        for sheet in form.sheets
        if sheet.is_table
        for column in sheet.columns
        if column.accepts
    )
