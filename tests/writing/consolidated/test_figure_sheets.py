"""数字核对表: the list by which somebody checks a report before signing it."""

from __future__ import annotations

import datetime as dt
import io
from decimal import Decimal

import openpyxl
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.workbook import Workbook

from sheetflow.consolidation.report_data import Number, Way
from sheetflow.consolidation.report_figures import Made, Sentence, Standing, UsedFigure
from sheetflow.periods import OFFICE_ZONE
from sheetflow.writing.consolidated.figure_sheets import write_figure_sheets

STAMP = dt.datetime(2012, 5, 8, 15, 30, tzinfo=OFFICE_ZONE)
SHARE = Made(Way.SHARE, 1, 4)


def used(text: str, value: Number | None, made: Made | None = None) -> UsedFigure:
    """Give a figure as it is printed, and what it is."""
    source = "《走访记录》的行数"
    return UsedFigure(
        "", "S07", "走访活动", "山东省", "2012年1—2月", value, "次", text, made, source
    )


def sentence(
    text: str, *figures: UsedFigure, part: str = "一、总体情况", table: bool = False
) -> Sentence:
    """Give a sentence with its figures, each at the first place where it is printed."""
    places = [(text.index(each.text), each) for each in figures]
    standing = tuple(Standing(start, start + len(each.text), each) for start, each in places)
    return Sentence(part, text, standing, table)


def opened(*sentences: Sentence, rich: bool = False, data_only: bool = True) -> Workbook:
    """Write the sheets twice, which gives the same bytes, and open them."""
    data = write_figure_sheets("山东省 2012年1—2月", sentences, STAMP)
    assert write_figure_sheets("山东省 2012年1—2月", sentences, STAMP) == data
    return openpyxl.load_workbook(io.BytesIO(data), rich_text=rich, data_only=data_only)


def lines_of(book: Workbook, title: str = "数字核对表") -> list[list[object]]:
    """Give the lines below the header, blanks left out at their ends."""
    rows = book[title].iter_rows(min_row=4, values_only=True)
    return [[cell for cell in row if cell is not None] for row in rows]


def test_each_sentence_stands_above_its_figures() -> None:
    """Who checks goes by the report: heading, sentence, then each figure exactly and where it is from."""
    first = sentence(
        "走访活动1.23万次，人均=0.5次。", used("1.23万", 12345), used("=0.5", Decimal("0.533"))
    )
    second = sentence("没有数据—。", used("—", None), part="二、主要做法")
    heads = ["走访活动", "山东省", "2012年1—2月"]
    assert lines_of(opened(first, second)) == [
        ["一、总体情况"],
        ["走访活动1.23万次，人均=0.5次。"],
        [1, "1.23万", *heads, 12345, "次", "《走访记录》的行数"],
        [2, "=0.5", *heads, 0.533, "次", "《走访记录》的行数"],
        ["二、主要做法"],
        ["没有数据—。"],
        [3, "—", *heads, "次", "《走访记录》的行数"],
    ]


def test_the_figures_are_marked_in_the_sentence() -> None:
    """The figures of a sentence are red and bold in it, and nothing else is."""
    told = sentence("走访12次，<r>其中1次。", used("12", 12), used("其中1次", 1))
    cell = opened(told, rich=True)["数字核对表"]["A5"].value
    assert isinstance(cell, CellRichText)
    assert str(cell) == told.text
    marked = [piece.text for piece in cell if isinstance(piece, TextBlock) and piece.font.b]
    assert marked == ["12", "其中1次"]
    whole = opened(sentence("12", used("12", 12)), rich=True)["数字核对表"]["A5"].value
    assert str(whole) == "12"


def test_shares_and_comparisons_are_reckoned_again() -> None:
    """Whoever checks a percentage sees both figures it was made from, and a live formula."""
    figures = (
        used("25.0%", Decimal("0.25"), SHARE),
        used("下降50.0%", Decimal("-0.5"), Made(Way.GROWTH, 2, 4)),
        used("增加3件", 3, Made(Way.DIFFERENCE, 3, 0)),
        used("—", None, Made(Way.SHARE, 3, 0)),
    )
    told = sentence("25.0%，下降50.0%，增加3件，—。", *figures)
    live = [cell.value for cell in opened(told, data_only=False)["数字核对表"]["F"]][5:]
    assert live == ["=I6/J6", "=(I7-J7)/J7", "=I8-J8", None]
    assert [cell.value for cell in opened(told)["数字核对表"]["F"]][5:] == [0.25, -0.5, 3, None]


def test_totals_of_annexes_stand_apart() -> None:
    """The figures of tables have a sheet of their own, without the cells around them."""
    prose = sentence("走访12次。", used("12", 12))
    totals = sentence("合计　12　1", used("12", 12), part="附件1", table=True)
    book = opened(prose, totals)
    assert [line[0] for line in lines_of(book)] == ["一、总体情况", "走访12次。", 1]
    assert [line[0] for line in lines_of(book, "附表合计")] == ["附件1", 1]
    assert opened(prose).sheetnames == ["数字核对表"]
