"""上报情况 as a workbook, opened again."""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Callable

import openpyxl
import pytest

from sheetflow.consolidation.contents import BoardData, State
from sheetflow.workbook import column_letters
from sheetflow.writing.board import FILLS, write_board
from sheetflow.writing.looks import lines_of

MakeBoard = Callable[..., BoardData]


def test_the_grid_shows_where_each_unit_stands(board_data: MakeBoard) -> None:
    """One line a unit in administrative order, one coloured word a period, blank if not due."""
    board = board_data("370000", 4)
    sheet = openpyxl.load_workbook(io.BytesIO(write_board(board)))["上报情况"]
    for row, unit in enumerate(board.units, start=4):
        assert sheet.cell(row, 1).value == unit.unit_id
        for column, period in enumerate(board.periods, start=4):
            entry = board.cell(unit, period)
            cell = sheet.cell(row, column)
            assert cell.value == (entry.word if entry else None)
            if entry and not entry.late:
                assert cell.fill.fgColor.rgb == FILLS[entry.state].replace("#", "FF")


def test_counts_are_formulas_over_the_grid(board_data: MakeBoard) -> None:
    """分期统计 counts each state by COUNTIF, and shows the counts before recalculation."""
    board = board_data("370100", 5)
    data = write_board(board)
    live = openpyxl.load_workbook(io.BytesIO(data))["分期统计"]
    cached = openpyxl.load_workbook(io.BytesIO(data), data_only=True)["分期统计"]
    words = [cell.value for cell in cached[3]][2:]
    for row, period in enumerate(board.periods, start=4):
        counted = Counter(entry.word for entry in board.column(period))
        assert cached.cell(row, 2).value == sum(counted.values())
        shown = {word: cached.cell(row, 3 + at).value for at, word in enumerate(words)}
        assert {word: count for word, count in shown.items() if count} == counted
        assert str(live.cell(row, 3).value).startswith("=COUNTIF(")


def test_whoever_is_missing_is_named(board_data: MakeBoard) -> None:
    """未报单位 names everyone who is not in, the current period first, and nobody else."""
    board = board_data("370000", 3)
    sheet = openpyxl.load_workbook(io.BytesIO(write_board(board)))["未报单位"]
    found = [(row[0], row[1]) for row in sheet.iter_rows(min_row=4, values_only=True)]
    expected = {
        (period.label, entry.unit.unit_id)
        for period in board.periods
        for entry in board.column(period)
        if not entry.state.is_in
    }
    assert set(found) == expected
    assert len(found) == len(expected)
    assert found[0][0] == board.current.label


@pytest.mark.parametrize(("unit_id", "periods"), [("370000", 1), ("370100", 1), ("370000", 6)])
def test_the_sentence_under_the_title_is_not_cut(
    board_data: MakeBoard, unit_id: str, periods: int
) -> None:
    """Whoever is missing can be read: the row is as tall as the sentence needs on its width."""
    for sheet in openpyxl.load_workbook(io.BytesIO(write_board(board_data(unit_id, periods)))):
        letters = [column_letters(number) for number in range(1, sheet.max_column + 1)]
        widths = [sheet.column_dimensions[letter].width for letter in letters]
        lines = lines_of(str(sheet["A2"].value), sum(widths))
        assert sheet.row_dimensions[2].height >= 3 + 15 * lines


def test_names_that_stand_twice_get_their_city(board_data: MakeBoard) -> None:
    """市中区 stands three times in the province, so the sentence says whose it is."""
    board = board_data("370000")
    key = ("370402", board.current.period_id)
    assert board.cells[key].state is State.HELD
    note = openpyxl.load_workbook(io.BytesIO(write_board(board)))["上报情况"]["A2"].value
    assert "枣庄市市中区" in str(note)


def test_the_same_board_gives_the_same_bytes(board_data: MakeBoard) -> None:
    """A board is issued again only when somebody's standing changed."""
    assert write_board(board_data("370100")) == write_board(board_data("370100"))
