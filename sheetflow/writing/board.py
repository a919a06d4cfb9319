"""上报情况 as a workbook, its list of units in 汇总表, and sentences that the page of that name shares with it.

This module refuses to decide who stands where; words and colours are those of `states`.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from fnmatch import fnmatchcase

from sheetflow.consolidation.contents import BoardData
from sheetflow.consolidation.states import (
    CARRIED,
    LATE,
    OUT,
    OUTSTANDING,
    OVERDUE,
    REPORTED,
    BoardRow,
    State,
    Tally,
    names_of,
)
from sheetflow.periods import OFFICE_ZONE
from sheetflow.schemas.layout import FIRST_ROW, quoted
from sheetflow.schemas.review import Passing
from sheetflow.units import Levels
from sheetflow.workbook import column_letters
from sheetflow.writing.looks import BOLD, CENTRED, FIGURE, RED, SHORT_NUMBER, TEXT, WRAPPED, Look
from sheetflow.writing.page import TablePage
from sheetflow.writing.xlsx_book import Book, streamed_book

_COUNTED = {
    REPORTED: tuple(f"{state.label}*" for state in State if state.is_in),
    f"其中{State.NIL.label}": (f"{State.NIL.label}*",),
    f"其中{LATE}": (f"*（{LATE}*",),
    **{state.label: (f"{state.label}*",) for state in OUT},
    f"其中{OVERDUE}": (f"*{OVERDUE}*",),
}
"""What 分期统计 counts, by the patterns that the words of the grid follow."""
_PASSED = {
    f"其中{Passing.PASSED.label}": (f"*{Passing.PASSED.label}*",),
    f"其中{Passing.WAITING.label}": (f"*{Passing.WAITING.label}*", f"*{Passing.CHANGED.label}*"),
}
"""What it counts as well where superiors are asked to let pass what is accepted."""

_UNIT_COLUMNS = {"单位代码": 11, "单位": 26, "层级": 7}
_FIRST_PERIOD_COLUMN = len(_UNIT_COLUMNS) + 1
_NOT_DUE: Look = {"bg_color": "#F2F2F2"}
_MISSING = {"报告期": 18, "单位代码": 11, "单位": 26, "上级单位": 20, "情况": 20, "截止时间": 17}
_MISSING |= {f"{OVERDUE}天数": 9}
_WAITING = {"单位代码": 11, "单位": 22, "回执号": 22, "收到时间": 17, "已等天数": 9, "等待什么": 66}
_FILES = {"附件": 12}
_CONTACT = {"填报人": 9, "联系电话": 14}
_BOARD = {
    "序号": 5,
    "单位代码": 10,
    "单位": 20,
    "层级": 5,
    "上报情况": 22,
    "是否按时": 6,
    CARRIED: 5,
    "回执号": 20,
    "答复时间": 11,
    "截止时间": 11,
    "强制性": 6,
    "核实性": 6,
    "提示性": 6,
    "已说明": 6,
    "首次报送": 6,
    "首次报送时间": 11,
    "最近报送": 6,
    "最近报送时间": 11,
}
_FIRST_COUNT = list(_BOARD).index("强制性") + 1
_FIRST_IN = list(_BOARD).index("首次报送") + 1


GROUPED = "下一级单位连同其所属单位列一行，所属单位各自的情况见下一级单位的上报情况。"
"""Said where some rows stand for all below a unit."""


def write_board(board: BoardData) -> bytes:
    """Write 上报情况 as .xlsx: the same content gives the same bytes."""
    foot = f"{board.campaign_title}{board.beside}　{board.unit.name}"
    title = f"{board.campaign_title}{board.beside}上报情况（{board.unit.name}）"
    with streamed_book(title, board.stamp) as book:
        _write_counts(book, board, foot, _write_grid(book, board, foot))
        _write_missing(book, board, foot)
        if board.waiting:
            _write_waiting(book, board, foot)
        heading = f"{board.unit.name} {board.current.label}"
        rows = board.column(board.current)
        write_board_list(book, rows, heading, foot, board.levels, "本期明细")
        return book.close()


def _write_grid(book: Book, board: BoardData, foot: str) -> TablePage:
    widths = [*_UNIT_COLUMNS.values(), *(16 for _ in board.periods)]
    page = TablePage(book, "上报情况", widths, foot)
    rows = board.column(board.current)
    page.open(
        f"{board.beside}上报情况一览表（{board.unit.name}）",
        f"{board.current.label}：{standing(rows)}{absent(rows)}{board.signed_words}{grouped(board.cells.values())}",
        [*_UNIT_COLUMNS, *(period.label for period in board.periods)],
    )
    for number, unit in enumerate(board.units, start=FIRST_ROW):
        page.put(number, 1, unit.unit_id)
        page.put(number, 2, board.name_of(unit), TEXT | {"indent": board.depth(unit)})
        page.put(number, 3, unit.level, CENTRED)
        for column, period in enumerate(board.periods, start=_FIRST_PERIOD_COLUMN):
            entry = board.cell(unit, period)
            word, look = (entry.word, _filled(entry)) if entry else ("", CENTRED | _NOT_DUE)
            page.put(number, column, word, look)
    page.close(FIRST_ROW + len(board.units) - 1, len(_UNIT_COLUMNS))
    page.save_paper(FIRST_ROW + len(board.units) - 1)
    return page


def _write_counts(book: Book, board: BoardData, foot: str, grid: TablePage) -> None:
    """Write how many units stand where in each period: as formulas over the grid, where a row there is a unit."""
    is_asked = any(_is_asked(row) for row in board.cells.values())
    counted = _COUNTED | (_PASSED if is_asked else {})
    headers = ("报告期", "应报", *counted)
    page = TablePage(book, "分期统计", [18, *(11 for _ in headers[1:])], foot)
    has_groups = bool(grouped(board.cells.values()))
    note = (
        "各数按每个应报单位统计，包括所属单位。"
        if has_groups
        else "各数取自《上报情况》，公式可核对。"
    )
    page.open(f"分期统计（{board.unit.name}）", note, headers)
    last_row = FIRST_ROW + len(board.units) - 1
    for row, period in enumerate(board.periods, start=FIRST_ROW):
        letters = column_letters(_FIRST_PERIOD_COLUMN + row - FIRST_ROW)
        cells = f"{quoted(grid.title)}!${letters}${FIRST_ROW}:${letters}${last_row}"
        words = [entry.word for entry in board.column(period)]
        page.put(row, 1, period.label)
        if has_groups:
            for column, number in enumerate(_counts(board.column(period), headers[1:]), start=2):
                page.put(row, column, number, FIGURE)
            continue
        page.formula(row, 2, f'COUNTIF({cells},"?*")', len(words), FIGURE | BOLD)
        for column, patterns in enumerate(counted.values(), start=3):
            formula = "+".join(f'COUNTIF({cells},"{pattern}")' for pattern in patterns)
            count = sum(fnmatchcase(word, each) for word in words for each in patterns)
            page.formula(row, column, formula, count)
    page.close(FIRST_ROW + len(board.periods) - 1, 1, filtered=False)
    page.save_paper(FIRST_ROW + len(board.periods) - 1)


def _counts(rows: Sequence[BoardRow], headers: Sequence[str]) -> list[int]:
    """Count what the headers of 分期统计 ask for, of rows some of which stand for many."""
    tally = Tally.of(rows)
    passed, waiting = _PASSED
    counted = {
        "应报": tally.expected,
        REPORTED: tally.reported,
        f"其中{State.NIL.label}": tally.nil,
        f"其中{LATE}": tally.late,
        **{state.label: tally.states.get(state, 0) for state in OUT},
        f"其中{OVERDUE}": tally.overdue,
        passed: sum(tally.passed.values()),
        waiting: sum(tally.unpassed.values()) + sum(tally.withheld.values()),
    }
    return [counted[header] for header in headers]


def _write_missing(book: Book, board: BoardData, foot: str) -> None:
    """Write whom to remind: everyone not in, the current period first."""
    rung = {row.unit.unit_id: row for row in board.column(board.current)}
    columns = _MISSING | _contact_columns(rung.values())
    page = TablePage(book, "未报单位", list(columns.values()), foot)
    page.open(
        f"未报单位（{board.unit.name}）",
        f"{OUTSTANDING}的单位，可据此催报；{'、'.join(state.label for state in OUT[1:])}的也列在内。"
        f"{OVERDUE}天数在打开时计算。{grouped(board.cells.values())}",
        list(columns),
    )
    names = {unit.unit_id: unit.name for unit in board.units}
    others = [period for period in reversed(board.periods) if period != board.current]
    missing = [
        (period, entry)
        for period in (board.current, *others)
        for entry in board.column(period)
        if not entry.state.is_in
    ]
    for row, (period, entry) in enumerate(missing, start=FIRST_ROW):
        page.put(row, 1, period.label)
        page.put(row, 2, entry.unit.unit_id)
        page.put(row, 3, board.name_of(entry.unit))
        page.put(row, 4, names.get(entry.unit.parent or "", ""))
        page.put(row, 5, entry.word, _filled(entry))
        page.moment(row, 6, entry.deadline)
        _put_days(page, row, 7, entry.deadline, board.stamp)
        _put_contact(page, row, len(_MISSING) + 1, rung.get(entry.unit.unit_id), columns)
    page.close(FIRST_ROW + len(missing) - 1, 3)
    page.save_paper(FIRST_ROW + len(missing) - 1)


def _write_waiting(book: Book, board: BoardData, foot: str) -> None:
    """Write which workbooks wait for a decision, also beside an accepted one."""
    page = TablePage(book, "等待核实", list(_WAITING.values()), foot)
    page.open(
        f"等待核实的报送（{board.unit.name}）",
        "这些报送没有计入汇总，要有人核实后放行或者退回；同一单位另有已接收的，也列在内。",
        list(_WAITING),
    )
    names = {unit.unit_id: board.name_of(unit) for unit in board.units}
    for row, entry in enumerate(board.waiting, start=FIRST_ROW):
        page.fit(row, [(entry.reason, _WAITING["等待什么"])])
        page.put(row, 1, entry.unit_id)
        page.put(row, 2, names.get(entry.unit_id, ""))
        page.put(row, 3, entry.receipt)
        page.moment(row, 4, entry.since)
        _put_days(page, row, 5, entry.since, board.stamp)
        page.put(row, 6, entry.reason, WRAPPED)
    page.close(FIRST_ROW + len(board.waiting) - 1, 3)


def _put_days(
    page: TablePage, row: int, column: int, since: dt.datetime | None, stamp: dt.datetime
) -> None:
    """Put how many days have gone by since the time in the column before, counted when it is opened.

    The value that waits in the file is that of the day of the data, so that no clock is in it.
    """
    if since is None:
        page.put(row, column, None, FIGURE)
        return
    days = stamp.astimezone(OFFICE_ZONE).date() - since.astimezone(OFFICE_ZONE).date()
    cell = f"{column_letters(column - 1)}{row}"
    page.formula(row, column, f"MAX(0,TODAY()-INT({cell}))", max(0, days.days))


def _contact_columns(rows: Iterable[BoardRow]) -> dict[str, int]:
    """Give the columns of whom to ring, where the reader sees anybody."""
    return _CONTACT if any(row.preparer or row.phone for row in rows) else {}


def _put_contact(
    page: TablePage, row: int, column: int, rung: BoardRow | None, columns: Mapping[str, int]
) -> None:
    if not columns.keys() >= _CONTACT.keys():
        return
    page.put(row, column, rung.preparer if rung else "", CENTRED)
    page.put(row, column + 1, rung.phone if rung else "", CENTRED)


def write_board_list(
    book: Book,
    rows: Sequence[BoardRow],
    heading: str,
    foot: str,
    levels: Levels,
    title: str = "上报情况",
) -> None:
    """Write one line for each unit: state, in time or late, receipt, findings, explanations."""
    columns = _BOARD | (_FILES if any(row.files for row in rows) else {}) | _contact_columns(rows)
    page = TablePage(book, title, list(columns.values()), foot)
    note = standing(rows) + absent(rows) + grouped(rows)
    page.open(f"上报情况（{heading}）", note, list(columns))
    ranks, names = [levels.rank(row.unit.level) for row in rows], names_of(rows)
    for number, (row, rank) in enumerate(zip(rows, ranks, strict=True), start=FIRST_ROW):
        page.put(number, 1, number - FIRST_ROW + 1, FIGURE)
        page.put(number, 2, row.unit.unit_id)
        page.put(number, 3, names[row.unit.unit_id], TEXT | {"indent": rank - min(ranks)})
        page.put(number, 4, row.unit.level, CENTRED)
        page.put(number, 5, row.word, _filled(row))
        page.put(number, 6, _in_time(row), CENTRED)
        page.put(number, 7, CARRIED if row.carried else "", CENTRED)
        page.put(number, 8, row.receipt)
        page.moment(number, 9, row.answered_at, SHORT_NUMBER)
        page.moment(number, 10, row.deadline, SHORT_NUMBER)
        # A unit that sent nothing has no findings, which is not the same as none found.
        counts = (row.must, row.verify, row.note, row.explained)
        for column, count in enumerate(counts, start=_FIRST_COUNT):
            page.put(number, column, None if row.answered_at is None else count, FIGURE)
        for column, came in ((_FIRST_IN, row.first), (_FIRST_IN + 2, row.latest)):
            page.put(number, column, came.name if came else "", CENTRED)
            page.moment(number, column + 1, came.at if came else None, SHORT_NUMBER)
        if columns.keys() >= _FILES.keys():
            page.put(number, len(_BOARD) + 1, row.files, CENTRED)
        last = len(columns) - len(_CONTACT)
        _put_contact(page, number, last + 1, row, columns)
    page.close(FIRST_ROW + len(rows) - 1, 3)
    page.save_paper(FIRST_ROW + len(rows) - 1)


def _in_time(row: BoardRow) -> str:
    """Say whether it came in by the deadline; nothing of a unit that may still do so, nor where some of many did not."""
    if row.group and (row.group.late or row.group.overdue):
        return ""
    if row.state.is_in:
        return LATE if row.late else "按时"
    return OVERDUE if row.overdue else ""


def _filled(row: BoardRow) -> Look:
    """Give the ground of a state's word, which is made to fit; 逾期 stands out on black and white paper."""
    look = CENTRED | {"bg_color": row.colour, "shrink": True}
    return look | BOLD | {"font_color": RED} if row.overdue else look


def grouped(rows: Iterable[BoardRow]) -> str:
    """Say that some rows stand for many; nothing where each is a unit."""
    return GROUPED if any(row.group for row in rows) else ""


def _is_asked(row: BoardRow) -> bool:
    """Whether superiors are asked to let pass what is accepted of it, or of somebody it stands for."""
    group = row.group
    told = (group.passed, group.unpassed, group.withheld) if group else ()
    return row.passing is not Passing.NONE or any(told)


def standing(rows: Sequence[BoardRow]) -> str:
    """Say how many must report, how many have, and who has not."""
    return Tally.of(rows).told()


def absent(rows: Sequence[BoardRow]) -> str:
    """Name those who have not reported, empty where all have.

    A name that stands more than once gets its city before it: 济南市市中区.
    """
    named = names_of(rows)
    names = [
        named[row.unit.unit_id] + (f"（{row.group.share}）" if row.group else "")
        for row in rows
        if not row.state.is_in
    ]
    return f"{OUTSTANDING}：{'、'.join(names)}。" if names else ""
