"""挂起, 拒收, 重复: one page in plain words where there is no copy to return.

It says what happened to which file, why, and what to do.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from xlsxwriter.worksheet import Worksheet

from sheetflow.periods import OFFICE_ZONE
from sheetflow.units import Unit
from sheetflow.writing.answers.receipt import in_groups
from sheetflow.writing.cells import put_text
from sheetflow.writing.measures import height_of
from sheetflow.writing.styles import (
    BODY,
    CELL,
    HEADING,
    LABEL,
    SONG,
    SUBTITLE,
    TITLE,
    WRAP,
    Book,
    Look,
)

SHEET_TITLE = "通知"
_WIDTHS = (18.0, 72.0)
_A4 = 9


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeData:
    """What a notice says: `heading` like 挂起通知, `happened` in one sentence.

    `reasons` are finished sentences without personal values, `remedies` what to do.
    `facts` are further lines, label and text.
    """

    campaign: str
    heading: str
    unit: Unit
    received: dt.datetime
    file_name: str
    happened: str
    reasons: Sequence[str] = ()
    remedies: Sequence[str] = ()
    sha256: str = ""
    facts: Sequence[tuple[str, str]] = ()


def write_notice(notice: NoticeData) -> bytes:
    """Write the notice as an .xlsx of one A4 page; the same data give the same bytes."""
    book = Book(f"{notice.campaign}{notice.heading}", notice.received)
    target = book.sheet(SHEET_TITLE)
    for number, width in enumerate(_WIDTHS):
        target.set_column(number, number, width)
    page = _Page(book, target)
    page.across(notice.heading, TITLE, 34)
    page.across(notice.campaign, SUBTITLE, 22)
    for label, fact in _facts(notice):
        page.pair(label, fact)
    page.across(notice.happened, BODY | WRAP, 30)
    for title, lines in (("原因", notice.reasons), ("请您这样做", notice.remedies)):
        if lines:
            page.across(title, HEADING, 28)
        for number, line in enumerate(lines, start=1):
            page.across(f"{number}. {line}", BODY | WRAP, 20)
    target.set_paper(_A4)
    target.fit_to_pages(1, 1)
    target.center_horizontally()
    target.hide_gridlines(2)
    target.set_footer(f'&C&"{SONG},Regular"&9 本通知由系统自动生成')
    return book.close()


class _Page:
    """The next free line."""

    def __init__(self, book: Book, target: Worksheet) -> None:
        self.book, self.target, self.row = book, target, 1

    def across(self, text: str, look: Look, least: float) -> None:
        """Write `text` over both columns."""
        self.target.merge_range(self.row - 1, 0, self.row - 1, 1, "", self.book.look(look))
        put_text(self.book, self.target, self.row, 1, text, look)
        self.target.set_row(self.row - 1, max(least, height_of(text, sum(_WIDTHS))))
        self.row += 1

    def pair(self, label: str, text: str) -> None:
        """Write a label and what it names."""
        put_text(self.book, self.target, self.row, 1, label, LABEL)
        put_text(self.book, self.target, self.row, 2, text, CELL)
        self.target.set_row(self.row - 1, max(22.0, height_of(text, _WIDTHS[1])))
        self.row += 1


def _facts(notice: NoticeData) -> list[tuple[str, str]]:
    when = notice.received.astimezone(OFFICE_ZONE).strftime("%Y-%m-%d %H:%M:%S")
    facts = [
        ("单位", f"{notice.unit.name}（{notice.unit.unit_id}）"),
        ("收到时间", when),
        ("文件名", notice.file_name),
    ]
    if notice.sha256:
        facts.append(("文件校验码", in_groups(notice.sha256)))
    return [*facts, *notice.facts]
