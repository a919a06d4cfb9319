"""回执, to be signed and sealed as 报送单, and 通知 of 待确认, 拒收, 重复: one page in plain words.

Paper with a seal follows the file, so the page bears the file's sha256 and the signature block.
It shows figures and counts, no row of the workbook.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from sheetflow.periods import OFFICE_ZONE, Period
from sheetflow.schemas.filings import FILING_LABEL
from sheetflow.schemas.indicators import Indicator, Number, Values
from sheetflow.units import Unit
from sheetflow.writing.looks import (
    BODY,
    CELL,
    CENTRE,
    HEADER,
    HEADING,
    LABEL,
    MONEY_NUMBER,
    PERCENT_NUMBER,
    RIGHT,
    SUBTITLE,
    TITLE,
    WHOLE_NUMBER,
    WRAP,
    Look,
    number_look,
)
from sheetflow.writing.page import FlowPage
from sheetflow.writing.xlsx_book import Book

_WIDTHS = (22.0, 8.0, 9.0, 9.0, 22.0, 8.0, 9.0, 9.0)
_COLUMNS = len(_WIDTHS)
_HALF = _COLUMNS // 2
_MOST_NOTES = 8
_DASH = "—"
_SHOWN = 16
"""So much of a file's digest stands beside its name."""
_KILO, _MEGABYTE = 1024, 1024**2
_WORTH_TELLING = dt.timedelta(minutes=1)
"""What is taken sooner was put there, as one says, at that time."""
_LINE = 13.0
_SMALL: Look = CELL | {"font_size": 9}
_SMALL_LABEL: Look = LABEL | {"font_size": 9}
_SMALL_HEADER: Look = HEADER | {"font_size": 9}
_SMALL_HEADING: Look = HEADING | {"font_size": 11}
SIGNATURES = (
    "单位负责人（签字）：　　　　　　　　　审核人：　　　　　　　　　填报人：",
    "单位（公章）：　　　　　　　　　　　　报出日期：　　　　年　　月　　日",
)

_NOTICE_WIDTHS = (18.0, 72.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceiptFigure:
    """One indicator on the receipt."""

    indicator: Indicator
    values: Values


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceiptData:
    """What a receipt says.

    `sheet_rows` are the sheets' titles with how many rows were read, `filings` with what those that ask
    say of themselves (填报声明), `files` what is named beside the workbook: name, bytes, and sha256, empty
    where it is missing. `notes` and
    `explanations` are finished sentences without personal values. `received` is aware; `put_at`
    is when the file was put there, where that is proved.
    """

    campaign: str
    form: str
    unit: Unit
    period: Period
    number: int
    receipt: str
    received: dt.datetime
    file_name: str
    sha256: str
    put_at: dt.datetime | None = None
    late: bool = False
    nil: bool = False
    waived: str = ""
    sheet_rows: Sequence[tuple[str, int]] = ()
    filings: Sequence[tuple[str, str]] = ()
    files: Sequence[tuple[str, int, str]] = ()
    figures: Sequence[ReceiptFigure] = ()
    notes: Sequence[str] = ()
    explanations: Sequence[str] = ()


def write_receipt(receipt: ReceiptData) -> bytes:
    """Write the receipt as an .xlsx of one A4 page; the same data give the same bytes."""
    book = Book(f"{receipt.campaign}报送回执", receipt.received)
    page = FlowPage(book, "回执", _WIDTHS, line=_LINE)
    page.across("报送回执（报送单）", TITLE, 30)
    page.across(receipt.campaign, SUBTITLE, 18)
    _write_facts(page, receipt)
    _write_files(page, receipt)
    _write_figures(page, receipt.figures)
    _write_lines(page, "提示（不影响接收）", receipt.notes)
    _write_lines(page, "情况说明", receipt.explanations)
    for line in SIGNATURES:
        page.across(line, BODY, 26)
    page.print_alone("本回执由系统自动生成")
    page.worksheet.set_margins(left=0.6, right=0.5, top=0.6, bottom=0.5)
    return book.close()


def _write_facts(page: FlowPage, receipt: ReceiptData) -> None:
    time = f"{second_of(receipt.received)}（{'迟报' if receipt.late else '按时'}）"
    state = "已接收（零报告）" if receipt.nil else "已接收"
    pairs = (
        (("填报单位", receipt.unit.name), ("单位代码", receipt.unit.unit_id)),
        (("报表", receipt.form), ("报告期", receipt.period.label)),
        (("回执号", receipt.receipt), ("报送次数", f"第{receipt.number}号")),
        (("接收时间", time), ("结果", state)),
    )
    for (left, first), (right, second) in pairs:
        page.lay(left, _SMALL_LABEL, 1, 1)
        page.lay(first, _SMALL, 2, _HALF)
        page.lay(right, _SMALL_LABEL, _HALF + 1, _HALF + 1)
        page.lay(second, _SMALL, _HALF + 2, _COLUMNS)
        page.end(17)
    lines = [("文件名", receipt.file_name), ("文件校验码", in_groups(receipt.sha256))]
    if receipt.put_at and receipt.received - receipt.put_at >= _WORTH_TELLING:
        put = f"{second_of(receipt.put_at)}（文件自身的时间；从那时到接收，系统没有查看过文件夹）"
        lines.insert(0, ("放入时间", put))
    if receipt.waived:
        lines.append(("准予放行", receipt.waived))
    if receipt.sheet_rows:
        counts = "；".join(f"{title} {count}行" for title, count in receipt.sheet_rows)
        lines.append(("各表行数", counts))
    if receipt.filings:
        said = "；".join(f"{title} {word}" for title, word in receipt.filings)
        lines.append((FILING_LABEL, said))
    for label, text in lines:
        page.lay(label, _SMALL_LABEL, 1, 1)
        page.lay(text, _SMALL, 2, _COLUMNS)
        page.end(max(17.0, page.needed(text, 2)))


def _write_files(page: FlowPage, receipt: ReceiptData) -> None:
    """List what came beside the workbook, so that either side can tell whether it has the same."""
    files = receipt.files
    if not files:
        return
    above = "，原样报送上级" if receipt.unit.parent else ""
    count = sum(bool(sha256) for _, _, sha256 in files)
    lacking = f"，缺{len(files) - count}件" if count < len(files) else ""
    page.across(f"附件（{count}件{lacking}{above}）", _SMALL_HEADING, 18)
    heads = (("文件名", 1, _HALF + 1), ("大小", _HALF + 2, _HALF + 2))
    for head, first, last in (*heads, ("校验码（前16位）", _HALF + 3, _COLUMNS)):
        page.lay(head, _SMALL_HEADER, first, last)
    page.end(15.0)
    for name, size, sha256 in files:
        page.lay(name, _SMALL, 1, _HALF + 1)
        page.lay(size_in_words(size) if sha256 else _DASH, _SMALL | CENTRE, _HALF + 2, _HALF + 2)
        told = in_groups(sha256[:_SHOWN]) if sha256 else "没有收到"
        page.lay(told, _SMALL | CENTRE, _HALF + 3, _COLUMNS)
        page.end(max(14.0, page.needed(name, 1, _HALF + 1)))


def size_in_words(size: int) -> str:
    """Say how large a file is: 35KB, 1.2MB."""
    kilobytes = -(-size // 1024)
    return f"{size / _MEGABYTE:.1f}MB" if kilobytes >= _KILO else f"{kilobytes}KB"


def second_of(moment: dt.datetime) -> str:
    """Write a time as the office's clock shows it, to the second."""
    return moment.astimezone(OFFICE_ZONE).strftime("%Y-%m-%d %H:%M:%S")


def in_groups(digest: str) -> str:
    """Part a digest into groups of four, so that two people can compare it aloud."""
    return " ".join(digest[start : start + 4] for start in range(0, len(digest), 4))


def _write_figures(page: FlowPage, figures: Sequence[ReceiptFigure]) -> None:
    """Write the indicators in two halves side by side, so that all of them fit."""
    if not figures:
        return
    for number, head in enumerate(("指标", "单位", "本期", "累计/期末") * 2, start=1):
        page.lay(head, _SMALL_HEADER, number, number)
    page.end(15.0)
    half = (len(figures) + 1) // 2
    for offset in range(half):
        for first, figure in ((1, offset), (_HALF + 1, offset + half)):
            if figure < len(figures):
                _write_figure(page, first, figures[figure])
            else:
                for number in range(first, first + _HALF):
                    page.lay("", _SMALL, number, number)
        page.end(12.5)


def _write_figure(page: FlowPage, first: int, figure: ReceiptFigure) -> None:
    indicator, values = figure.indicator, figure.values
    small: Look = _SMALL | {"text_wrap": False, "shrink": True}
    page.lay(f"{indicator.code} {indicator.label}", small, first, first)
    page.lay(indicator.unit, small | CENTRE, first + 1, first + 1)
    for column, number in ((first + 2, values.current), (first + 3, values.total)):
        look = small | RIGHT | _number_look(indicator, number)
        page.put(page.row, column, _DASH if number is None else number, look)


def _number_look(indicator: Indicator, number: Number) -> Look:
    if indicator.percent:
        return PERCENT_NUMBER
    if indicator.is_ratio or not isinstance(number, Decimal):
        return MONEY_NUMBER if indicator.is_ratio else WHOLE_NUMBER
    _, _, exponent = number.normalize().as_tuple()
    least = 2 if indicator.unit == "元" else 0
    return number_look(max(least, -exponent if isinstance(exponent, int) else 0))


def _write_lines(page: FlowPage, title: str, lines: Sequence[str]) -> None:
    """Write sentences under a title; what does not fit on the page is counted."""
    if not lines:
        return
    page.across(title, _SMALL_HEADING, 18)
    for number, line in enumerate(lines[:_MOST_NOTES], start=1):
        page.across(f"{number}. {line}", BODY | {"text_wrap": True, "font_size": 9}, 13)
    if len(lines) > _MOST_NOTES:
        page.across(f"……共{len(lines)}条", BODY | {"font_size": 9}, 13)


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeData:
    """What a notice says: `heading` like 待确认通知, `happened` in one sentence.

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
    page = FlowPage(book, "通知", _NOTICE_WIDTHS)
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
    for title, lines in (("原因", notice.reasons), ("怎么办", notice.remedies)):
        if lines:
            page.across(title, HEADING, 28)
        for number, line in enumerate(lines, start=1):
            page.across(f"{number}. {line}", BODY | WRAP, 20)
    page.print_alone("本通知由系统自动生成")
    return book.close()
