"""The 审核单 as a workbook: what waits, what deserves a look, where units stand, what was decided.

It refuses to say what follows from a decision: those words come with the rows.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from sheetflow.consolidation.review_sheet import (
    BELOW_SHEET,
    DATED,
    DECIDED_SHEET,
    DECIDER,
    GROUND,
    HANDLER,
    INDICATOR,
    LOOKS_SHEET,
    NUMBER,
    OPINION,
    PAPER,
    PASS_THE_REST,
    PROPOSED,
    REASON,
    SIGNED_BY,
    TAKEN_BACK,
    UNIT,
    UNTIL,
    VERDICT,
    WAITING_SHEET,
    YES,
    BelowRow,
    DecidedRow,
    LookRow,
    ReviewSheet,
    WaitingRow,
)
from sheetflow.consolidation.sampling import DRAWN_A_PERIOD
from sheetflow.consolidation.states import HandedIn
from sheetflow.periods import OFFICE_ZONE
from sheetflow.schemas.book import Stamp
from sheetflow.schemas.review import GROUNDS, PAPERS, REASONS, Matter
from sheetflow.workbook import column_letters
from sheetflow.writing.blank.blank_workbook import write_stamp
from sheetflow.writing.looks import (
    BOLD,
    CENTRED,
    DAY,
    FIGURE,
    HEADING,
    NOTE,
    RIGHT,
    SHORT_NUMBER,
    WRAPPED,
    Look,
)
from sheetflow.writing.review_page import (
    CHOSEN,
    FILE,
    MIDDLE,
    TYPED,
    TYPED_DAY,
    TYPED_FIGURE,
    TYPED_HEADER,
    ReviewPage,
    put_list,
)
from sheetflow.writing.xlsx_book import Book

_MATTER, _CONTENT, _OUTCOMES = "事项", "内容", "怎样办，结果怎样"
_SINCE, _DAYS = "何时起", "已等天数"
_WHY, _STATE, _DEADLINE, _AT, _AFTER = "为什么要看", "上报情况", "截止时间", "办理时间", "办理以后"

_WAITING: Mapping[str, float] = {
    NUMBER: 16,
    UNIT: 10,
    _MATTER: 9,
    _CONTENT: 42,
    _OUTCOMES: 30,
    FILE: 10,
    VERDICT: 9,
    INDICATOR: 15,
    OPINION: 24,
    PROPOSED: 9,
    DECIDER: 9,
    HANDLER: 9,
    GROUND: 9,
    DATED: 11,
    _SINCE: 10,
    _DAYS: 6,
}
_LOOKS: Mapping[str, float] = {
    NUMBER: 16,
    UNIT: 10,
    INDICATOR: 22,
    "本期": 11,
    "上期": 11,
    "增减": 11,
    "同级中位数": 11,
    _WHY: 40,
    FILE: 10,
    VERDICT: 9,
    OPINION: 24,
    PROPOSED: 10,
}
_BELOW: Mapping[str, float] = {
    NUMBER: 16,
    UNIT: 10,
    _STATE: 12,
    "填报人": 8,
    "联系电话": 13,
    "首次报送": 12,
    "最近报送": 12,
    _DEADLINE: 10,
    "报送次数": 5,
    "必改": 5,
    "核实": 5,
    "验收": 10,
    "验收人": 8,
    "验收日期": 10,
    "待答复": 7,
    REASON: 11,
    UNTIL: 10,
    PAPER: 11,
}
_DECIDED: Mapping[str, float] = {
    NUMBER: 16,
    UNIT: 10,
    _MATTER: 10,
    "办理": 8,
    OPINION: 36,
    DECIDER: 8,
    HANDLER: 8,
    GROUND: 8,
    _AT: 10,
    _AFTER: 42,
    TAKEN_BACK: 7,
}
"""The headers of each sheet, with the widths of their columns: what is printed fits across a page."""

_WAITING_NOTE = f"""\
怎么办：1．逐行看“{_CONTENT}”，要细看的点“{FILE}”；选哪一项、结果怎样，写在“{_OUTCOMES}”里。
2．在浅黄色的“{VERDICT}”里选一项。退回、请核实、不同意的，要写“{OPINION}”，单位看到的就是这句话。还没有想好的空着，以后再办。
退回、请核实只为一个数的，在“{INDICATOR}”里选（也可以写代码或者名称），单位就在那一格看到；不选的是对整份报表。电话里商定一个数的，选请核实，再写“{PROPOSED}”。
退回：单位收到标明意见的退回件，改好再报，或者说明数据为什么没有错。请核实：单位在问题清单里答复，不影响汇总。
3．表头上面那一行的“{DECIDER}”“{HANDLER}”“{GROUND}”“{DATED}”写一次，四张表各行都算；个别不同的，再写在那一行里。
4．“{PASS_THE_REST}”选“{YES}”：注有“可一并通过”的各行都验收，另作了处理的除外。现在有{{clean}}行。
5．存盘，放进本单位的报送文件夹，随后会收到《办理结果》，逐行说明。有签批件的，扫描成“签批_编号.pdf”一起放进去。"""

_LOOKS_NOTE = f"""\
怎么办：这里列出变动大的、和同级相差远的、更正过的、写了情况说明的、文字相近的：先是数，最要紧的在前，后是整个报表。列出来不等于有错，不影响汇总。
没有问题的，“{VERDICT}”选无异议；要问的选请核实，要改的选退回，并写“{OPINION}”。
电话里已经商定一个数的，选请核实，把数写在“{PROPOSED}”：单位答复同意后由它自己更正，别人不能代改。
“{DECIDER}”等写在《{WAITING_SHEET}》表头上面那一行。"""

_BEYOND_NOTE = f"""
再往下一级的单位也列在这里，只能选无异议或者请核实：所问的先到它的上级，由上级答复或者转它答复，答复后列入《{WAITING_SHEET}》。上级已经看过、问过的不再列。"""

_SAMPLED_NOTE = f"""
本期抽查：{{units}}，请把整份报表看一遍，再到《{WAITING_SHEET}》办理。抽签种子{{seed}}，谁都可以重抽：把种子和单位编码（《{BELOW_SHEET}》里“{NUMBER}”的第一段）连写，算SHA-256，最小的{DRAWN_A_PERIOD}个就是。
参加抽签的，是下级报齐、都过了截止时间或者本单位的截止时间到了时，已经报了数据的单位（零报告的不算，以后才报的只在不够{DRAWN_A_PERIOD}个时补上）；抽过的，轮完一遍再参加，以前抽过的是：{{turns}}。"""

_BELOW_NOTE = f"""\
怎么办：没有报的，在“{REASON}”里选一项；批准缓报的写上“{UNTIL}”，到那一天以前不算迟报，也不催报。纸质件收到没有，登记在“{PAPER}”。
已经登记的印在格里，改了就是一次新的登记。这些登记不影响报送和汇总。“{DECIDER}”等写在《{WAITING_SHEET}》表头上面那一行。"""

_DECIDED_NOTE = f"""\
怎么办：办错了的，在“{TAKEN_BACK}”里选“{YES}”，存盘后放进报送文件夹，这件事会重新列到《{WAITING_SHEET}》。
单位已经答复或者重新报送的，不能再撤销（格里是“—”），请另作决定。"""

_FILLS: Mapping[Matter, str] = {
    Matter.HELD: "#FFE08A",
    Matter.WAIVER: "#F8CBAD",
    Matter.PASSING: "#C6E5C3",
    Matter.ANSWERED: "#D9EAF7",
    Matter.FORWARDED: "#E6B8D7",
    Matter.POSTPONEMENT: "#FFF2CC",
}
_DECIMALS: Look = {"num_format": "#,##0.00"}


def write_review_sheet(sheet: ReviewSheet, stamp: Stamp, as_of: dt.datetime) -> bytes:
    """Write the 审核单 as .xlsx: the same content gives the same bytes. `as_of` is how old it is."""
    name = f"{sheet.unit}{sheet.period.label}"
    book = Book(f"审核单（{name}）", as_of)
    _write_waiting(book, sheet, name, as_of)
    _write_looks(book, sheet, name)
    _write_below(book, sheet, name)
    _write_decided(book, sheet, name)
    put_list(write_stamp(book, stamp), sheet.indicators.values())
    return book.close()


def _write_waiting(book: Book, sheet: ReviewSheet, name: str, as_of: dt.datetime) -> None:
    typed = (VERDICT, INDICATOR, OPINION, PROPOSED, *SIGNED_BY)
    page = ReviewPage(book, WAITING_SHEET, _WAITING, typed, name)
    clean = sum(row.is_clean for row in sheet.waiting)
    page.begin(f"审核单（{name}《{sheet.title}》）", _WAITING_NOTE.format(clean=clean))
    _write_above(page)
    page.put_headers()
    for row in sheet.waiting:
        _put_waiting(page, row, sheet.indicators, as_of)
    page.end("没有要办理的事。")
    page.print_until(PROPOSED)  # who signs, and since when it waits, is read on the screen
    page.worksheet.activate()


def _write_above(page: ReviewPage) -> None:
    """Put what counts for all rows, above their headers."""
    page.height(page.row, 24)
    label, first = page.number(_OUTCOMES), page.number(DECIDER)
    columns = f"{column_letters(first)}至{column_letters(page.number(DATED))}"
    page.text(page.row, label, PASS_THE_REST, TYPED_HEADER)
    page.put(page.row, label + 1, None, CHOSEN | BOLD)
    page.ask(label + 1, {"validate": "list", "source": [YES], "error_message": f"只能选“{YES}”。"})
    page.span(
        page.row,
        page.number(VERDICT),
        first - 1,
        f"决定人等没有另写的各行，都按右边{columns}列（不打印）：",
        NOTE | RIGHT,
    )
    for column in range(first, first + len(SIGNED_BY)):
        page.put(page.row, column, None, TYPED_DAY if column == page.number(DATED) else CHOSEN)
    _offer_signing(page)
    page.row += 1


def _offer_signing(page: ReviewPage) -> None:
    page.offer(GROUND, GROUNDS, "凭什么决定的；领导签了字的选签批件")
    page.offer_day(DATED, "决定的日期")


def _put_waiting(
    page: ReviewPage, row: WaitingRow, indicators: Mapping[str, str], as_of: dt.datetime
) -> None:
    can_name = row.takes_indicator and bool(indicators)
    page.put_line(
        {
            NUMBER: (row.number, WRAPPED),
            UNIT: (row.unit, WRAPPED),
            _MATTER: (row.label, MIDDLE | {"bg_color": _FILLS.get(row.matter, "#F2F2F2")}),
            _CONTENT: (row.content, WRAPPED),
            _OUTCOMES: (_outcomes(row), WRAPPED),
            VERDICT: (None, CHOSEN | BOLD),
            INDICATOR: (None, TYPED) if can_name else (indicators.get(row.code), WRAPPED),
            PROPOSED: (None, TYPED_FIGURE if row.takes_figure else WRAPPED),
            **dict.fromkeys((DECIDER, HANDLER, GROUND), (None, CHOSEN)),
            DATED: (None, TYPED_DAY),
        },
        (NUMBER, UNIT, _CONTENT, _OUTCOMES, INDICATOR),
    )
    page.link_row(row.link)
    since = page.number(_SINCE)
    page.moment(page.row, since, row.since, SHORT_NUMBER)
    # Counted when the file is opened: no clock is in it.
    days = as_of.astimezone(OFFICE_ZONE).date() - row.since.astimezone(OFFICE_ZONE).date()
    counted = f"MAX(0,TODAY()-INT({column_letters(since)}{page.row}))"
    page.formula(page.row, page.number(_DAYS), counted, max(0, days.days))
    page.offer(VERDICT, [verdict.label for verdict in row.verdicts])
    if can_name:
        page.offer_listed(INDICATOR, len(indicators), "选一个，或者写代码、名称；空着是对整份报表")
    _offer_signing(page)
    page.row += 1


def _outcomes(row: WaitingRow) -> str:
    return f"{row.agreed}\n可一并通过。" if row.is_clean else row.agreed


def _write_looks(book: Book, sheet: ReviewSheet, name: str) -> None:
    page = ReviewPage(book, LOOKS_SHEET, _LOOKS, (VERDICT, OPINION, PROPOSED), name)
    note, drawn = _LOOKS_NOTE, "、".join(entry.unit for entry in sheet.sampled)
    if any(row.is_beyond for row in sheet.looks):
        note += _BEYOND_NOTE
    if drawn:
        note += _SAMPLED_NOTE.format(
            units=drawn, seed=sheet.seed, turns="、".join(sheet.had_a_turn) or "还没有"
        )
    page.begin(f"重点核对（{name}）", note)
    page.put_headers()
    for row in sheet.looks:
        _put_look(page, row)
    page.end("没有要重点核对的数。")
    if drawn:
        page.row += 1
        page.height(page.row, 24)
        page.text(page.row, 2, "本期抽查单位", HEADING)
    for entry in sheet.sampled:
        page.row += 1
        page.put(page.row, 2, entry.unit, WRAPPED)
        page.put(page.row, 3, entry.receipt or "还没有报送", WRAPPED)
        page.put(page.row, page.number(_WHY), f"看过整份报表，到《{WAITING_SHEET}》办理", WRAPPED)
        page.link_row(entry.link)


def _put_look(page: ReviewPage, row: LookRow) -> None:
    labels = ("本期", "上期", "增减", "同级中位数")
    figures = dict(zip(labels, (row.current, row.before, row.change, row.median), strict=True))
    page.put_line(
        {
            NUMBER: (row.number, WRAPPED),
            UNIT: (row.unit, WRAPPED),
            INDICATOR: (row.label, WRAPPED),
            **dict.fromkeys(figures, (None, FIGURE)),
            _WHY: ("；".join(row.why), WRAPPED),
            VERDICT: (None, CHOSEN | BOLD),
            PROPOSED: (None, TYPED_FIGURE),
        },
        (NUMBER, UNIT, INDICATOR, _WHY),
    )
    for label, figure in figures.items():
        look = FIGURE if figure is None or float(figure).is_integer() else FIGURE | _DECIMALS
        page.put(page.row, page.number(label), figure, look)
    page.link_row(row.link)
    page.offer(VERDICT, [verdict.label for verdict in row.verdicts])
    page.row += 1


def _write_below(book: Book, sheet: ReviewSheet, name: str) -> None:
    page = ReviewPage(book, BELOW_SHEET, _BELOW, (REASON, UNTIL, PAPER), name)
    page.begin(f"下级情况（{name}）", _BELOW_NOTE)
    page.put_headers()
    for row in sheet.below:
        _put_below(page, row)
    page.end("没有直接下级填报这张表。")


def _put_below(page: ReviewPage, row: BelowRow) -> None:
    board = row.row
    # Of who sent nothing nothing was found, which is not the same as none found.
    counted = board.answered_at is not None
    page.put_line(
        {
            NUMBER: (row.number, WRAPPED),
            UNIT: (row.name, WRAPPED),
            _STATE: (board.word, MIDDLE | {"bg_color": board.colour}),
            "填报人": (board.preparer, MIDDLE),
            "联系电话": (board.phone, MIDDLE),
            "首次报送": (_came(board.first), MIDDLE),
            "最近报送": (_came(board.latest), MIDDLE),
            _DEADLINE: (None, CENTRED),
            "报送次数": (row.rounds or None, FIGURE),
            "必改": (board.must if counted else None, FIGURE),
            "核实": (max(0, board.verify - board.explained) if counted else None, FIGURE),
            "验收": (board.passing.label, MIDDLE),
            "验收人": (row.passed_by, MIDDLE),
            "验收日期": (row.passed_on, DAY),
            "待答复": (board.questions or None, FIGURE),
            REASON: (row.reason, CHOSEN),
            UNTIL: (row.until, TYPED_DAY),
            PAPER: (row.paper, CHOSEN),
        },
        (NUMBER, UNIT, _STATE),
    )
    page.moment(page.row, page.number(_DEADLINE), board.deadline, SHORT_NUMBER)
    page.offer(REASON, REASONS)
    page.offer_day(UNTIL, "批准缓报到哪一天")
    page.offer(PAPER, PAPERS)
    page.row += 1


def _came(one: HandedIn | None) -> str:
    """Say when a workbook came: 第1号 03-05 10:00."""
    return f"{one.name} {one.at.astimezone(OFFICE_ZONE):%m-%d %H:%M}" if one else ""


def _write_decided(book: Book, sheet: ReviewSheet, name: str) -> None:
    page = ReviewPage(book, DECIDED_SHEET, _DECIDED, (TAKEN_BACK,), name)
    page.begin(f"已处理（{name}）", _DECIDED_NOTE)
    page.put_headers()
    for row in sheet.decided:
        _put_decided(page, row)
    page.end("还没有办理过。")


def _put_decided(page: ReviewPage, row: DecidedRow) -> None:
    page.put_line(
        {
            NUMBER: (row.number, WRAPPED),
            UNIT: (row.unit, WRAPPED),
            _MATTER: (row.label, MIDDLE),
            "办理": (row.verdict.label, MIDDLE | BOLD),
            OPINION: (row.opinion, WRAPPED),
            DECIDER: (row.decider, MIDDLE),
            HANDLER: (row.handler, MIDDLE),
            GROUND: (row.ground, MIDDLE),
            _AT: (None, CENTRED),
            _AFTER: (row.outcome, WRAPPED),
            TAKEN_BACK: (None, CHOSEN) if row.may_be_undone else ("—", CENTRED),
        },
        (NUMBER, UNIT, OPINION, _AFTER),
    )
    page.moment(page.row, page.number(_AT), row.decided_at, SHORT_NUMBER)
    if row.may_be_undone:
        page.offer(TAKEN_BACK, (YES,))
    page.row += 1
