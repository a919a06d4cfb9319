"""定稿核对: what became of every figure of a draft in the 定稿, as a workbook to work through.

It refuses to judge: a figure that the office changed with good reason is listed like any other.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence

from sheetflow.consolidation.final_check import Check, Checked
from sheetflow.schemas.layout import FIRST_ROW
from sheetflow.writing.looks import CENTRED, FIGURE, WRAPPED, Look
from sheetflow.writing.page import TablePage
from sheetflow.writing.xlsx_book import Book, streamed_book

_COLUMNS = {
    "序号": 6,
    "结果": 14,
    "送审稿的数": 13,
    "定稿的数": 13,
    "送审稿原句": 48,
    "定稿原句": 48,
}
_OWN = {"序号": 6, "定稿里的数": 16, "所在的句子": 110}
_FILLS = {
    Check.DIFFERENT: "#F8B4B0",
    Check.ABOUT: "#FFD27F",
    Check.UNCOMPARED: "#FFD27F",
    Check.GONE: "#F2F2F2",
}
_ORDER = tuple(_FILLS)
_OWN_NOTE = "这些数送审稿里没有，是定稿自己写的，没有可以核对的。"
_NO_OWN = "定稿里的数，送审稿里都有。"
_HOW = (
    "句子按文字对应，数按前后的字词对应；四舍五入、改写成万元万人的，算一致。"
    "用汉字写的数（如“十二件”）、图里的数没有核对。"
)


def write_final_list(
    title: str,
    heading: str,
    notes: Sequence[str],
    found: tuple[Sequence[Checked], Sequence[tuple[str, str]]],
    stamp: dt.datetime,
) -> bytes:
    """Write the list as .xlsx; equal input gives equal bytes."""
    checked, own = found
    with streamed_book(title, stamp) as book:
        odd = sorted(
            (each for each in checked if each.check in _FILLS),
            key=lambda each: _ORDER.index(each.check),
        )
        said = "".join(notes) + ("" if odd else "没有要看的数。")
        _write(book, "要看的数", title, heading, said, odd)
        _write(
            book,
            "逐数核对",
            title,
            heading,
            f"按送审稿的先后，共{len(checked)}个数。{_HOW}",
            checked,
        )
        page = TablePage(book, "定稿自有的数", list(_OWN.values()), heading)
        page.open(title, _OWN_NOTE if own else _NO_OWN, list(_OWN))
        for row, (sentence, figure) in enumerate(own, start=FIRST_ROW):
            page.fit(row, [(sentence, _OWN["所在的句子"])])
            page.put(row, 1, row - FIRST_ROW + 1, FIGURE)
            page.put(row, 2, figure, CENTRED)
            page.put(row, 3, sentence, WRAPPED)
        page.close(FIRST_ROW + len(own) - 1, 1)
        return book.close()


def _write(
    book: Book, name: str, title: str, heading: str, note: str, rows: Iterable[Checked]
) -> None:
    page = TablePage(book, name, list(_COLUMNS.values()), heading)
    page.open(title, note, list(_COLUMNS))
    last = FIRST_ROW - 1
    for last, each in enumerate(rows, start=FIRST_ROW):
        width = _COLUMNS["送审稿原句"]
        page.fit(last, [(each.drafted, width), (each.final, width), (each.check, _COLUMNS["结果"])])
        fill: Look = {"bg_color": _FILLS[each.check]} if each.check in _FILLS else {}
        page.put(last, 1, last - FIRST_ROW + 1, FIGURE)
        page.put(last, 2, each.check.value, CENTRED | {"text_wrap": True} | fill)
        page.put(last, 3, each.draft_figure, CENTRED)
        page.put(last, 4, each.final_figure, CENTRED)
        page.put(last, 5, each.drafted, WRAPPED)
        page.put(last, 6, each.final, WRAPPED)
    page.close(last, 2)
