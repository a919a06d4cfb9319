"""电话催报单: whom a superior rings about what is late, with room to write down what was said; for printing.

The columns to the right are left for a pen. It refuses to know who is late, and which numbers the reader may see.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence

from sheetflow.consolidation.states import BoardRow
from sheetflow.periods import OFFICE_ZONE, date_in_words, moment_in_words
from sheetflow.schemas.layout import FIRST_ROW
from sheetflow.units import OWN_LEVEL
from sheetflow.writing.looks import CENTRED, WRAPPED
from sheetflow.writing.page import TablePage
from sheetflow.writing.xlsx_book import streamed_book

_COLUMNS = {
    "序号": 6,
    "单位": 20,
    "情况": 22,
    "应报时间": 18,
    "填报人": 11,
    "联系电话": 17,
    "打电话时间": 14,
    "接电话人": 12,
    "答复（什么时候报、有什么困难）": 40,
    "记录人": 10,
}
_HOW = (
    "截至{as_of}，以后又报的会换成新的一份，打以前请看一下。按单逐个打电话，把答复记在右边几栏。"
    "填报人和电话是各单位本年最近一次报送时填的（退回的也算），空着的请查通讯录。"
    "已经商定缓报的，请在审核单的“下级情况”里登记。"
)
_NOBODY = "截至{as_of}，所属单位都已经报送，没有要打电话的。"
_ROW_HEIGHT = 30


def write_call_list(
    title: str,
    heading: str,
    rows: Sequence[BoardRow],
    contacts: Mapping[str, tuple[str, str]],
    stamp: dt.datetime,
    as_of: dt.datetime,
) -> bytes:
    """Write the list as .xlsx; equal input gives equal bytes.

    `contacts` are who filled in a unit's last cover and the number to ring, by unit id, as the reader sees them,
    `as_of` is when the list was drawn up.
    """
    with streamed_book(title, stamp) as book:
        page = TablePage(book, "电话催报单", list(_COLUMNS.values()), heading)
        note = _HOW if rows else _NOBODY
        page.open(title, note.format(as_of=_moment(as_of)), list(_COLUMNS))
        last = FIRST_ROW - 1
        for last, row in enumerate(rows, start=FIRST_ROW):
            preparer, phone = contacts.get(row.unit.unit_id, ("", ""))
            until = row.deadline.astimezone(OFFICE_ZONE) if row.deadline else None
            page.height(last, _ROW_HEIGHT)
            page.put(last, 1, last - FIRST_ROW + 1, CENTRED)
            page.put(last, 2, row.unit.name + OWN_LEVEL * row.own, WRAPPED)
            page.put(last, 3, row.word, WRAPPED)
            page.put(last, 4, moment_in_words(until, "") if until else "", CENTRED)
            page.put(last, 5, preparer, CENTRED)
            page.put(last, 6, phone, CENTRED)
            for column in range(7, len(_COLUMNS) + 1):
                page.put(last, column, None, WRAPPED)
        page.close(last, 2, filtered=False)
        return book.close()


def _moment(at: dt.datetime) -> str:
    local = at.astimezone(OFFICE_ZONE)
    return f"{date_in_words(local)}{local:%H:%M}"


def heading_of(office: str, day: dt.date | None) -> str:
    """Say at the foot of each page whose list it is, and by which deadline it was drawn up."""
    return f"{office}　{date_in_words(day)}截止的" if day else office
