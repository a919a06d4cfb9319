"""上报情况 as a workbook: units × periods in colour, counts, who is missing.

This module owns the board's four sheets. It refuses to decide who stands where.
"""

from __future__ import annotations

from sheetflow.consolidation.tables import BoardData, BoardRow
from sheetflow.periods import Period
from sheetflow.schemas.layout import FIRST_ROW, quoted
from sheetflow.workbook import column_letters
from sheetflow.writing.board_words import WORDS, absent, fill_of, standing
from sheetflow.writing.consolidated.lists import write_board_list
from sheetflow.writing.consolidated.pages import CENTRED, FIGURE, TEXT, Page, build_workbook
from sheetflow.writing.styles import BOLD, Book, Look

_UNIT_COLUMNS = {"单位代码": 11, "单位": 26, "层级": 7}
_FIRST_PERIOD_COLUMN = len(_UNIT_COLUMNS) + 1
_NOT_DUE: Look = {"bg_color": "#F2F2F2"}


def write_board(board: BoardData) -> bytes:
    """Write 上报情况 as .xlsx: the same content gives the same bytes."""

    def fill(book: Book) -> None:
        _write_counts(book, board, _write_grid(book, board))
        _write_missing(book, board)
        if board.waiting:
            _write_waiting(book, board)
        heading = f"{board.unit.name} {board.current.label}"
        write_board_list(
            book, board.column(board.current), heading, _footer(board), board.levels, "本期明细"
        )

    title = f"{board.campaign_title}{board.beside}上报情况（{board.unit.name}）"
    return build_workbook(title, board.stamp, fill)


def _footer(board: BoardData) -> str:
    return f"{board.campaign_title}{board.beside}　{board.unit.name}"


def _write_grid(book: Book, board: BoardData) -> Page:
    page = Page.add(
        book, "上报情况", [*_UNIT_COLUMNS.values(), *(16 for _ in board.periods)], _footer(board)
    )
    rows = board.column(board.current)
    page.open(
        f"{board.beside}上报情况一览表（{board.unit.name}）",
        f"{board.current.label}：{standing(rows)}{absent(rows)}",
        [*_UNIT_COLUMNS, *(period.label for period in board.periods)],
    )
    for number, unit in enumerate(board.units, start=FIRST_ROW):
        page.text(number, 1, unit.unit_id)
        page.text(number, 2, unit.name, TEXT | {"indent": board.depth(unit)})
        page.text(number, 3, unit.level, CENTRED)
        for column, period in enumerate(board.periods, start=_FIRST_PERIOD_COLUMN):
            _write_cell(page, number, column, board.cell(unit, period))
    page.close(FIRST_ROW + len(board.units) - 1, len(_UNIT_COLUMNS))
    return page


def _write_cell(page: Page, row: int, column: int, standing_there: BoardRow | None) -> None:
    if standing_there is None:
        page.text(row, column, "", CENTRED | _NOT_DUE)
    else:
        page.text(row, column, standing_there.word, CENTRED | {"bg_color": fill_of(standing_there)})


def _write_counts(book: Book, board: BoardData, grid: Page) -> None:
    """Write how many units stand where in each period, as formulas over the grid."""
    headers = ("报告期", "应报", *WORDS)
    page = Page.add(book, "分期统计", [18, *(11 for _ in headers[1:])], _footer(board))
    page.open(f"分期统计（{board.unit.name}）", "各数取自《上报情况》，公式可核对。", headers)
    last_row = FIRST_ROW + len(board.units) - 1
    for row, period in enumerate(board.periods, start=FIRST_ROW):
        letters = column_letters(_FIRST_PERIOD_COLUMN + row - FIRST_ROW)
        cells = f"{quoted(grid.title)}!${letters}${FIRST_ROW}:${letters}${last_row}"
        words = [entry.word for entry in board.column(period)]
        page.text(row, 1, period.label)
        page.formula(row, 2, f'COUNTIF({cells},"?*")', len(words), FIGURE | BOLD)
        for column, word in enumerate(WORDS, start=3):
            page.formula(row, column, f'COUNTIF({cells},"{word}")', words.count(word))
    page.close(FIRST_ROW + len(board.periods) - 1, 1, filtered=False)


def _write_missing(book: Book, board: BoardData) -> None:
    """Write whom to remind: everyone not in, the current period first."""
    headers = {"报告期": 18, "单位代码": 11, "单位": 26, "上级单位": 20, "情况": 12, "截止时间": 18}
    page = Page.add(book, "未报单位", list(headers.values()), _footer(board))
    page.open(
        f"未报单位（{board.unit.name}）",
        "尚无已接收报表的单位，可据此催报；退回、挂起、拒收的也列在内。",
        list(headers),
    )
    names = {unit.unit_id: unit.name for unit in board.units}
    row = FIRST_ROW - 1
    for period in _current_first(board):
        for entry in board.column(period):
            if entry.state.is_in:
                continue
            row += 1
            page.text(row, 1, period.label)
            page.text(row, 2, entry.unit.unit_id)
            page.text(row, 3, entry.unit.name)
            page.text(row, 4, names.get(entry.unit.parent or "", ""))
            page.text(row, 5, entry.word, CENTRED | {"bg_color": fill_of(entry)})
            page.moment(row, 6, entry.deadline)
    page.close(row, 3)


def _write_waiting(book: Book, board: BoardData) -> None:
    """Write which workbooks wait for a decision, also beside an accepted one."""
    headers = {"单位代码": 11, "单位": 26, "回执号": 24, "收到时间": 18, "等待什么": 70}
    page = Page.add(book, "等待核实", list(headers.values()), _footer(board))
    page.open(
        f"等待核实的报送（{board.unit.name}）",
        "这些报送没有计入汇总，要有人核实后放行或者退回；同一单位另有已接收的，也列在内。",
        list(headers),
    )
    names = {unit.unit_id: unit.name for unit in board.units}
    row = FIRST_ROW - 1
    for row, entry in enumerate(board.waiting, start=FIRST_ROW):
        page.text(row, 1, entry.unit_id)
        page.text(row, 2, names.get(entry.unit_id, ""))
        page.text(row, 3, entry.receipt)
        page.moment(row, 4, entry.since)
        page.text(row, 5, entry.reason)
    page.close(row, 3)


def _current_first(board: BoardData) -> list[Period]:
    others = [period for period in reversed(board.periods) if period != board.current]
    return [board.current, *others]
