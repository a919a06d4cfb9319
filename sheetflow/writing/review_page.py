"""One sheet of a 审核单: a list with a note above it, into some columns of which something is typed.

This module owns how such a sheet is set up for screen and paper, and what its cells offer. It refuses to
know what the rows are about.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Mapping, Sequence

from sheetflow.schemas.layout import STAMP_SHEET
from sheetflow.schemas.parsing import Value
from sheetflow.workbook import cell_name, column_letters
from sheetflow.writing.blank.sheet_page import FIRST_LIST
from sheetflow.writing.looks import (
    CELL,
    CENTRE,
    CENTRED,
    DAY_NUMBER,
    HEADER,
    NOTE,
    REQUIRED_FILL,
    RIGHT,
    SMALL,
    TEXT_NUMBER,
    TITLE,
    Look,
    lines_of,
)
from sheetflow.writing.page import Page, TablePage, height_of_lines
from sheetflow.writing.xlsx_book import Book

TYPED: Look = CELL | SMALL | TEXT_NUMBER | {"bg_color": REQUIRED_FILL}
CHOSEN: Look = TYPED | CENTRE
TYPED_DAY: Look = CHOSEN | DAY_NUMBER
TYPED_FIGURE: Look = CELL | SMALL | RIGHT | {"bg_color": REQUIRED_FILL}
TYPED_HEADER: Look = HEADER | SMALL | {"bg_color": "#FFE699"}
"""Looks of cells into which something is typed, and of what stands above them."""
MIDDLE: Look = CENTRED | {"text_wrap": True}

FILE = "答复文件"
"""What stands above links to files."""
_READABLE = 118
"""So wide a note is read without scrolling."""
_TYPED_TAB, _OTHER_TAB = "#FFC000", "#A6A6A6"
_FIRST_DAY, _LAST_DAY = dt.date(1990, 1, 1), dt.date(2199, 12, 31)

Cells = Mapping[str, tuple[Value, Look]]
"""What stands below each header, and how."""


class ReviewPage(TablePage):
    """A list whose `columns` are headers with their widths, those of `typed` to be typed into."""

    def __init__(
        self,
        book: Book,
        title: str,
        columns: Mapping[str, float],
        typed: Collection[str],
        name: str,
    ) -> None:
        super().__init__(book, title, list(columns.values()), f"{title}　{name}")
        self.columns, self._typed = columns, frozenset(typed)
        self.row, self._first, self._readable = 1, 1, 0
        width = 0.0
        for self._readable, each in enumerate(columns.values()):
            if (width := width + each) > _READABLE:
                break
        self.worksheet.set_tab_color(_TYPED_TAB)

    def number(self, header: str) -> int:
        """The number of the column that bears this header."""
        return list(self.columns).index(header) + 1

    def begin(self, title: str, note: str) -> None:
        """Put the title, and what is to be done in lines below it."""
        self.height(1, 30)
        self.span(1, 1, self._readable, title, TITLE | {"align": "left"})
        lines = lines_of(note, sum(self.widths[: self._readable]))
        self.height(2, height_of_lines(lines))
        self.span(2, 1, self._readable, note, NOTE | SMALL)
        self.row = 3

    def put_headers(self) -> None:
        """Put the headers in this row, to stay in sight, and go to the next."""
        self.height(self.row, 32)
        for column, label in enumerate(self.columns, start=1):
            look = TYPED_HEADER if label in self._typed else HEADER | SMALL
            self.text(self.row, column, label, look)
        self.worksheet.freeze_panes(self.row, 2)
        self.worksheet.repeat_rows(self.row - 1)
        self.row += 1
        self._first = self.row

    def put_line(self, cells: Cells, wrapped: Iterable[str]) -> None:
        """Put this row, as tall as its `wrapped` texts need; what is not given is to be typed."""
        texts = [(str(cells[label][0] or ""), self.columns[label]) for label in wrapped]
        self.height(self.row, height_of_lines(max(2, *(lines_of(*text) for text in texts))))
        for column, label in enumerate(self.columns, start=1):
            self.put(self.row, column, *cells.get(label, (None, TYPED)))

    def offer(self, header: str, options: Sequence[str], what: str = "") -> None:
        """Offer a drop-down below `header` in this row."""
        self.ask(
            self.number(header),
            {
                "validate": "list",
                "source": list(options),
                "error_message": f"这里可以选：{'、'.join(options)}；空着是还没有决定。",
                "input_title": header,
                "input_message": what or f"可以选：{'、'.join(options)}",
            },
        )

    def offer_listed(self, header: str, count: int, what: str) -> None:
        """Offer the `count` words of the hidden list below `header` in this row; others may be typed."""
        column = column_letters(FIRST_LIST)
        self.ask(
            self.number(header),
            {
                "validate": "list",
                "source": f"={STAMP_SHEET}!${column}$1:${column}${count}",
                "input_title": header,
                "input_message": what,
                "show_error": False,
            },
        )

    def offer_day(self, header: str, what: str) -> None:
        """Ask for a day below `header` in this row."""
        self.ask(
            self.number(header),
            {
                "validate": "date",
                "criteria": "between",
                "minimum": _FIRST_DAY,
                "maximum": _LAST_DAY,
                "error_message": "请写日期，如 2012-3-6。",
                "input_title": header,
                "input_message": f"{what}，如 2012-3-6",
            },
        )

    def ask(self, column: int, options: Mapping[str, object]) -> None:
        """Set what may be typed into a cell of this row."""
        cell = cell_name(self.row, column)
        self.worksheet.data_validation(cell, {**options, "error_title": "填写有误"})

    def link_row(self, path: str) -> None:
        """Put a link to a file of the outbox in this row, by its path there; none where that is empty."""
        column = self.number(FILE)
        if not path:
            self.put(self.row, column, None, MIDDLE)
            return
        self.link_file((self.row, column), f"../../{path}", _called(path), MIDDLE)

    def end(self, nothing: str) -> None:
        """Offer filters over the rows; say that there is `nothing` where there are none."""
        if self.row == self._first:
            self.height(self.row, 24)
            self.span(self.row, 1, self._readable, nothing, CENTRED)
            self.row += 1
            self.worksheet.set_tab_color(_OTHER_TAB)
        last = len(self.columns) - 1
        self.worksheet.autofilter(self._first - 2, 0, self.row - 2, last)

    def print_until(self, header: str) -> None:
        """Print no column behind this one, so that the others are read on paper."""
        self.worksheet.print_area(0, 0, self.row - 2, self.number(header) - 1)


def put_list(page: Page, words: Iterable[str]) -> None:
    """Write what `ReviewPage.offer_listed` offers beside the stamp."""
    for row, word in enumerate(words, start=1):
        page.text(row, FIRST_LIST, word, TEXT_NUMBER)


def _called(path: str) -> str:
    """Name a file as people do: 回执第2号."""
    first, *rest = path.rpartition("/")[2].rpartition(".")[0].split("_")
    return first + (rest[-1] if rest and rest[-1].startswith("第") else "")
