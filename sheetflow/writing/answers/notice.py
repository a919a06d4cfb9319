"""挂起, 拒收, 重复: one page in plain words where there is no copy to return.

It says what happened to which file, why, and what to do.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from sheetflow.units import Unit
from sheetflow.writing.answers.receipt import in_groups, second_of
from sheetflow.writing.book import Book
from sheetflow.writing.page import FlowPage
from sheetflow.writing.styles import BODY, CELL, HEADING, LABEL, SUBTITLE, TITLE, WRAP

SHEET_TITLE = "通知"
_WIDTHS = (18.0, 72.0)


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
    page = FlowPage(book, SHEET_TITLE, _WIDTHS)
    page.across(notice.heading, TITLE, 34)
    page.across(notice.campaign, SUBTITLE, 22)
    facts = [
        ("单位", f"{notice.unit.name}（{notice.unit.unit_id}）"),
        ("收到时间", second_of(notice.received)),
        ("文件名", notice.file_name),
    ]
    if notice.sha256:
        facts.append(("文件校验码", in_groups(notice.sha256)))
    for label, fact in (*facts, *notice.facts):
        page.lay(label, LABEL, 1, 1)
        page.lay(fact, CELL, 2, 2)
        page.end(max(22.0, page.needed(fact, 2)))
    page.across(notice.happened, BODY | WRAP, 30)
    for title, lines in (("原因", notice.reasons), ("请您这样做", notice.remedies)):
        if lines:
            page.across(title, HEADING, 28)
        for number, line in enumerate(lines, start=1):
            page.across(f"{number}. {line}", BODY | WRAP, 20)
    page.print_alone("本通知由系统自动生成")
    return book.close()
