"""数字核对表: a report's figures sentence by sentence, in the order of its pages.

Each sentence with its figures marked, and below it a line for each: how it is printed, what it is
exactly, where it comes from, and what a share or a comparison was reckoned from, by a live formula.
The totals of the annexes stand on a sheet of their own.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from itertools import groupby

from sheetflow.consolidation.report_data import Way
from sheetflow.consolidation.report_figures import Sentence, Standing, UsedFigure
from sheetflow.schemas.layout import FIRST_ROW
from sheetflow.workbook import cell_name
from sheetflow.writing.looks import (
    BOLD,
    CENTRED,
    HEADER_FILL,
    LABEL_FILL,
    RED,
    RIGHT,
    TEXT,
    WRAP,
    WRAPPED,
    Look,
    lines_of,
)
from sheetflow.writing.page import TablePage, height_of_lines
from sheetflow.writing.xlsx_book import Book

_COLUMNS = {
    "序号": 6,
    "文中写法": 13,
    "指标": 28,
    "单位": 12,
    "时段": 25,
    "数值（未修约）": 15,
    "计量单位": 8,
    "来源": 60,
    "分子或本期数": 12,
    "分母或上期数": 12,
    "算法": 18,
    "核对": 6,
}
_PRINTED, _VALUE, _ONE, _TWO = 2, 6, 9, 10
_ACROSS = sum(_COLUMNS.values())
_FORMULAS = {
    Way.SHARE: "{one}/{two}",
    Way.DIFFERENCE: "{one}-{two}",
    Way.GROWTH: "({one}-{two})/{two}",
}
_SAID: Look = {"font_size": 11}
_SENTENCE: Look = TEXT | WRAP | _SAID | {"bg_color": LABEL_FILL, "valign": "vcenter"}
_PART: Look = TEXT | BOLD | _SAID | {"bg_color": HEADER_FILL}
_MARKED: Look = BOLD | _SAID | {"font_color": RED}
_NUMBER: Look = TEXT | RIGHT
_AS_PRINTED: Look = CENTRED | WRAP | BOLD | {"font_color": RED}


def write_figure_sheets(heading: str, sentences: Sequence[Sentence], stamp: dt.datetime) -> bytes:
    """Write 数字核对表 as .xlsx, with a blank column to tick; equal input gives equal bytes.

    `heading` names the report, whose `sentences` and rows of tables with figures these are.
    """
    prose = [each for each in sentences if not each.is_table]
    tables = [each for each in sentences if each.is_table]
    book = Book(f"数字核对表（{heading}）", stamp)
    _write_sheet(
        book,
        ("数字核对表", heading),
        prose,
        "按情况报告的次序逐句列出，句中红色加粗的是系统填入的数字，共{count}个，句下逐个写明原数和来源；"
        "各数是本级和下级各单位已接收报表的合计，比率由分子、分母算出。占比和比较的数值是公式，由后面两栏的数算出。"
        "引用的各单位原话里的数字不在内。核对后可在最后一栏打勾。",
    )
    if tables:
        _write_sheet(
            book,
            ("附表合计", heading),
            tables,
            "情况报告各表里合计的数字，共{count}个；各单位的数请对照汇总表。核对后可在最后一栏打勾。",
        )
    return book.close()


def _write_sheet(
    book: Book, names: tuple[str, str], sentences: Sequence[Sentence], note: str
) -> None:
    title, heading = names
    page = TablePage(book, title, list(_COLUMNS.values()), heading)
    count = sum(len(each.figures) for each in sentences)
    page.open(f"{title}（{heading}）", note.format(count=count), list(_COLUMNS))
    row, number = FIRST_ROW, 1
    for part, inside in groupby(sentences, key=lambda each: each.part):
        page.heading(row, part or "（开头）", _PART, height_of_lines(1))
        row += 1
        for sentence in inside:
            if not sentence.is_table:
                _write_sentence(page, row, sentence)
                row += 1
            for figure in sentence.figures:
                _write_figure(page, row, number, figure.used)
                row, number = row + 1, number + 1
    page.close(row - 1, _PRINTED, filtered=False)


def _write_sentence(page: TablePage, row: int, sentence: Sentence) -> None:
    """Put a sentence across the page, its figures marked."""
    text = sentence.text.strip()
    page.heading(row, text, _SENTENCE, height_of_lines(lines_of(text, _ACROSS - 2)))
    pieces = [*_pieces(page.book, sentence)]
    if len(pieces) > _ONE_PIECE:
        page.worksheet.write_rich_string(row - 1, 0, *pieces, page.book.look(_SENTENCE))


_ONE_PIECE = 2
"""A piece of text with its look; a text of one look is no rich one."""


def _pieces(book: Book, sentence: Sentence) -> Iterable[object]:
    """Give the sentence's text in pieces, each behind its look."""
    text, after = sentence.text, 0
    ends = Standing(len(text), len(text), sentence.figures[0].used)
    for figure in (*sentence.figures, ends):
        for piece, look in (
            (text[after : figure.start], _SAID),
            (text[figure.start : figure.end], _MARKED),
        ):
            if piece:
                yield book.look(look)
                yield piece
        after = figure.end


def _write_figure(page: TablePage, row: int, number: int, used: UsedFigure) -> None:
    made = used.made
    page.fit(
        row,
        [
            (used.label, _COLUMNS["指标"]),
            (used.source, _COLUMNS["来源"]),
            (used.period, _COLUMNS["时段"]),
        ],
    )
    words = {
        2: used.text,
        3: used.label,
        4: used.unit,
        5: used.period,
        7: used.measure,
        8: used.source,
    }
    page.put(row, 1, number, CENTRED)
    for column, text in words.items():
        page.put(row, column, text, _AS_PRINTED if column == _PRINTED else WRAPPED)
    if made and used.value is not None:
        one, two = cell_name(row, _ONE), cell_name(row, _TWO)
        formula = _FORMULAS[made.way].format(one=one, two=two)
        page.formula(row, _VALUE, formula, used.value, _NUMBER)
    else:
        page.put(row, _VALUE, used.value, _NUMBER)
    page.put(row, _ONE, made.one if made else None, _NUMBER)
    page.put(row, _TWO, made.two if made else None, _NUMBER)
    page.put(row, 11, made.way.value if made else "", WRAPPED)
    page.put(row, 12, "", CENTRED)
