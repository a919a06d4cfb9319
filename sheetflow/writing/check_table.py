"""数字核对表: every figure of a report's prose, for whoever signs it to check.

This module owns its one sheet. It refuses to know how the figures came about.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal

from sheetflow.schemas.layout import FIRST_ROW
from sheetflow.writing.consolidated_pages import (
    CENTRED,
    TEXT,
    WRAPPED,
    Page,
    build_workbook,
)
from sheetflow.writing.styles import RIGHT, Book

_WIDTHS = (6, 22, 10, 28, 18, 26, 16, 10, 24)
_PLAIN = TEXT | RIGHT
_CHECKED = "核对"
Cell = str | int | float | Decimal | None


def write_check_table(
    heading: str, headings: Sequence[str], rows: Sequence[Sequence[Cell]], stamp: dt.datetime
) -> bytes:
    """Write the table as .xlsx, with a blank column to tick; equal input gives equal bytes.

    `heading` names the report; `headings` and `rows` are those of the report's check table.
    """

    def fill(book: Book) -> None:
        widths = [*_WIDTHS[: len(headings)], 8]
        page = Page.add(book, "数字核对表", widths, heading)
        page.open(
            f"数字核对表（{heading}）",
            f"情况报告正文中的每一个数字，共{len(rows)}个；数值为未经修约的原数，比率为小数。"
            "核对后可在最后一栏打勾。",
            [*headings, _CHECKED],
        )
        for number, row in enumerate(rows, start=FIRST_ROW):
            _write_row(page, number, row)
        page.close(FIRST_ROW + len(rows) - 1, 1)

    return build_workbook(f"数字核对表（{heading}）", stamp, fill)


def _write_row(page: Page, number: int, row: Sequence[Cell]) -> None:
    for column, value in enumerate(row, start=1):
        if isinstance(value, str):
            page.text(number, column, value, WRAPPED)
        elif column == 1:
            page.number(number, column, value, CENTRED)
        else:
            page.number(number, column, value, _PLAIN)
    page.text(number, len(row) + 1, "", CENTRED)
