"""数字核对表: every figure of a report's prose, for whoever signs it to check.

This module owns its one sheet, on which shares and comparisons are reckoned again by live
formulas. It refuses to know how the figures came about.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal

from sheetflow.consolidation.report_data import Way
from sheetflow.schemas.layout import FIRST_ROW
from sheetflow.workbook import cell_name
from sheetflow.writing.book import Book, build_workbook
from sheetflow.writing.styles import CENTRED, RIGHT, TEXT, WRAPPED
from sheetflow.writing.table_page import TablePage

_WIDTHS = (6, 20, 8, 26, 14, 30, 16, 9, 20, 14, 14, 21)
_PLAIN = TEXT | RIGHT
_CHECKED = "核对"
_VALUE, _ONE, _TWO = 7, 10, 11
"""Where a figure stands, and the two that it is reckoned from."""

_FORMULAS = {
    Way.SHARE: "{one}/{two}",
    Way.DIFFERENCE: "{one}-{two}",
    Way.GROWTH: "({one}-{two})/{two}",
}
Cell = str | int | float | Decimal | None


def write_check_table(
    heading: str, headings: Sequence[str], rows: Sequence[Sequence[Cell]], stamp: dt.datetime
) -> bytes:
    """Write the table as .xlsx, with a blank column to tick; equal input gives equal bytes.

    `heading` names the report; `headings` and `rows` are those of the report's check table.
    """

    def fill(book: Book) -> None:
        widths = [*_WIDTHS[: len(headings)], 7]
        page = TablePage(book, "数字核对表", widths, heading)
        page.open(
            f"数字核对表（{heading}）",
            f"情况报告正文中由系统填入的数字，含应报、已报等单位数，共{len(rows)}项；"
            "引用的各单位原话里的数字不在内，附件各表的数字请对照汇总表。"
            "数值为未经修约的原数，比率为小数；占比和比较的数值是公式，由后面两栏的数算出。"
            "核对后可在最后一栏打勾。",
            [*headings, _CHECKED],
        )
        for number, row in enumerate(rows, start=FIRST_ROW):
            _write_row(page, number, row)
        page.close(FIRST_ROW + len(rows) - 1, 1)

    return build_workbook(f"数字核对表（{heading}）", stamp, fill)


def _write_row(page: TablePage, number: int, row: Sequence[Cell]) -> None:
    way = next((cell for cell in row if isinstance(cell, Way)), None)
    page.fit(
        number,
        [(cell, width) for cell, width in zip(row, _WIDTHS, strict=False) if isinstance(cell, str)],
    )
    for column, value in enumerate(row, start=1):
        if isinstance(value, str):
            page.put(number, column, value, WRAPPED)
        elif column == 1:
            page.put(number, column, value, CENTRED)
        elif column == _VALUE and way and value is not None:
            one, two = cell_name(number, _ONE), cell_name(number, _TWO)
            page.formula(number, column, _FORMULAS[way].format(one=one, two=two), value, _PLAIN)
        else:
            page.put(number, column, value, _PLAIN)
    page.put(number, len(row) + 1, "", CENTRED)
