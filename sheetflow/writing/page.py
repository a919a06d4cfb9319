"""One sheet of a workbook of ours: every cell of ours is put down here.

This module owns the kinds of cells (text stays text, a blank is not 0, a formula comes with
its value) and lines that follow one another over several columns. Rows and columns are
1-based, as Excel shows them. It refuses to know what stands in the cells.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal

from xlsxwriter.worksheet import Worksheet

from sheetflow.periods import OFFICE_ZONE
from sheetflow.schemas.layout import HEADER_ROW, quoted
from sheetflow.schemas.parsing import Value
from sheetflow.workbook import CellValue, cell_name, column_letters
from sheetflow.writing.book import Book
from sheetflow.writing.cells import LONGEST_TEXT, QuickWorksheet, plain_text, stored
from sheetflow.writing.measures import LINE_HEIGHT, height_of
from sheetflow.writing.styles import (
    CENTRED,
    DAY_NUMBER,
    DURATION_NUMBER,
    FIGURE,
    HEADER,
    LINK,
    MOMENT_NUMBER,
    SECOND_NUMBER,
    SONG,
    TEXT,
    Look,
)

A4 = 9
Cached = int | float | Decimal | str
"""The value that a formula has now."""


class Page:
    """A sheet added behind the others of `book`, its columns as wide as said (Excel's units)."""

    def __init__(self, book: Book, title: str, widths: Sequence[float]) -> None:
        self.book, self.widths = book, widths
        self.worksheet: Worksheet = book.file.add_worksheet(title, QuickWorksheet)
        for number, width in enumerate(widths):
            self.worksheet.set_column(number, number, width)

    @property
    def title(self) -> str:
        """The sheet's name."""
        return str(self.worksheet.get_name())

    def put(self, row: int, column: int, value: CellValue | Value, look: Look = TEXT) -> None:
        """Put a value as what it is; None and the empty text are a blank.

        Raise WritingError for a text that no cell can hold.
        """
        held, at = stored(value), (row - 1, column - 1)
        if held is None:
            self.worksheet.write_blank(*at, None, self.book.look(look))
        elif isinstance(held, str):
            self.text(row, column, held, look)
        elif isinstance(held, bool):
            self.worksheet.write_boolean(*at, held, self.book.look(look))
        elif isinstance(held, int | float | Decimal):
            self.worksheet.write_number(*at, held, self.book.look(look))
        else:
            if isinstance(held, dt.datetime):
                held = held.replace(tzinfo=None)
                moment = DAY_NUMBER if held.time() == dt.time() else SECOND_NUMBER
            else:
                moment = DAY_NUMBER if isinstance(held, dt.date) else DURATION_NUMBER
            self.worksheet.write_datetime(*at, held, self.book.look(look | moment))

    def text(self, row: int, column: int, text: str, look: Look = TEXT) -> None:
        """Put `text` as text, ``=1+1`` and the empty one included."""
        where = f"《{self.title}》{cell_name(row, column)}的" if len(text) >= LONGEST_TEXT else ""
        kept = plain_text(text, where)
        self.worksheet.write_string(row - 1, column - 1, kept, self.book.look(look))

    def moment(self, row: int, column: int, moment: dt.datetime | None) -> None:
        """Put a time as the office's clock shows it, to the minute; None is a blank."""
        look = self.book.look(CENTRED | MOMENT_NUMBER)
        if moment is None:
            self.worksheet.write_blank(row - 1, column - 1, None, look)
            return
        local = moment.astimezone(OFFICE_ZONE).replace(tzinfo=None, second=0, microsecond=0)
        self.worksheet.write_datetime(row - 1, column - 1, local, look)

    def formula(
        self, row: int, column: int, formula: str, value: Cached, look: Look = FIGURE
    ) -> None:
        """Put a live formula of ours (no text of a user in it) with the value that it has now."""
        shown = self.book.look(look)
        self.worksheet.write_formula(row - 1, column - 1, f"={formula}", shown, value)

    def link(self, at: tuple[int, int], title: str, cell: str, text: str, look: Look) -> None:
        """Put a link to `cell` of the sheet `title` of this workbook."""
        target, shown = f"internal:{quoted(title)}!{cell}", self.book.look(look | LINK)
        self.worksheet.write_url(at[0] - 1, at[1] - 1, target, shown, plain_text(text))

    def span(self, row: int, first: int, last: int, text: str, look: Look) -> None:
        """Put `text` across the columns `first` to `last`."""
        if last > first:
            shown = self.book.look(look)
            self.worksheet.merge_range(row - 1, first - 1, row - 1, last - 1, "", shown)
        self.text(row, first, text, look)

    def header(self, labels: Sequence[str], height: float, look: Look = HEADER) -> None:
        """Put the header row."""
        self.height(HEADER_ROW, height)
        for column, label in enumerate(labels, start=1):
            self.text(HEADER_ROW, column, label, look)

    def height(self, row: int, height: float) -> None:
        """Fix a row's height in points; where rows are streamed, before anything is put there."""
        self.worksheet.set_row(row - 1, height)

    def reference(self, row: int, column: int) -> str:
        """Name a cell for a formula on another sheet: ``走访记录!$C$7``."""
        return f"{quoted(self.title)}!${column_letters(column)}${row}"


class FlowPage(Page):
    """Lines one after the other, each as tall as its words need."""

    def __init__(
        self,
        book: Book,
        title: str,
        widths: Sequence[float],
        row: int = 1,
        line: float = LINE_HEIGHT,
    ) -> None:
        """Begin at `row`; one line of text takes `line` points."""
        super().__init__(book, title, widths)
        self.row, self._line = row, line

    def lay(self, text: str, look: Look, first: int, last: int) -> None:
        """Put `text` across the columns `first` to `last` of this line."""
        self.span(self.row, first, last, text, look)

    def across(self, text: str, look: Look, least: float) -> None:
        """Put one line over the whole page."""
        self.lay(text, look, 1, len(self.widths))
        self.end(max(least, self.needed(text, 1)))

    def needed(self, text: str, first: int, last: int | None = None) -> float:
        """Give the height that `text` needs from column `first` on."""
        return height_of(text, sum(self.widths[first - 1 : last]), self._line)

    def end(self, height: float) -> None:
        """Go to the next line."""
        self.height(self.row, height)
        self.row += 1

    def print_alone(self, footer: str) -> None:
        """Print all on one sheet of A4, with `footer` at its foot."""
        self.worksheet.set_paper(A4)
        self.worksheet.fit_to_pages(1, 1)
        self.worksheet.center_horizontally()
        self.worksheet.hide_gridlines(2)
        self.worksheet.set_footer(f'&C&"{SONG},Regular"&9 {footer}')
