"""办理结果: what came of each row of a 审核单, and why not, as a workbook.

It refuses to judge, and bears no opinion that was typed: who typed it has it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from sheetflow.schemas.layout import FIRST_ROW
from sheetflow.writing.looks import CENTRED, WRAPPED
from sheetflow.writing.page import TablePage
from sheetflow.writing.xlsx_book import streamed_book

_COLUMNS = {
    "序号": 6,
    "结果": 12,
    "单位": 16,
    "事项": 14,
    "处理": 14,
    "说明": 58,
    "编号": 26,
    "所在的表": 11,
    "行": 6,
}
_DONE_FILL, _LEFT_FILL, _SETTLED_FILL = "#D5E8D4", "#FFD27F", "#E7E6E6"
_SETTLED = "以前已办理"


@dataclass(frozen=True, slots=True, kw_only=True)
class ResultRow:
    """What came of one row of the sheet: whether it took effect, and in words."""

    sheet: str
    row: int
    number: str
    unit: str
    matter: str
    said: str
    done: bool
    words: str
    settled: bool = False
    """Not done because the same was decided before."""
    quoted: str = ""
    """What the words quote of what was typed: no mail does."""


def write_review_result(
    title: str,
    heading: str,
    note: str,
    rows: Sequence[ResultRow],
    called: tuple[str, str],
    stamp: dt.datetime,
) -> bytes:
    """Write the list as .xlsx, what was left first; `called` says what was done, and what was not."""
    with streamed_book(title, stamp) as book:
        page = TablePage(book, "办理结果", list(_COLUMNS.values()), heading)
        page.open(title, note, list(_COLUMNS))
        last = FIRST_ROW - 1
        for last, each in enumerate(
            sorted(rows, key=lambda row: (row.done, row.settled)), start=FIRST_ROW
        ):
            shown = (each.unit, each.matter, each.said, each.words, each.number)
            widths = list(_COLUMNS.values())[2:]
            page.fit(last, zip(shown, widths, strict=False))
            told, fill = called[not each.done], _DONE_FILL if each.done else _LEFT_FILL
            if each.settled:
                told, fill = _SETTLED, _SETTLED_FILL
            page.put(last, 1, last - FIRST_ROW + 1, CENTRED)
            page.put(last, 2, told, CENTRED | {"bg_color": fill})
            for column, text in enumerate(shown, start=3):
                page.put(last, column, text, WRAPPED)
            page.put(last, 8, each.sheet, CENTRED)
            page.put(last, 9, each.row or None, CENTRED)
        page.close(last, 2)
        return book.close()
