"""One sheet of a workbook of ours: every cell of ours is put down here.

This module owns the kinds of cells (text stays text, a blank is not 0, a formula comes with its
value), pages that flow line by line, and tables set up for screen and paper. Rows and columns are
1-based, as Excel shows them. It refuses to know what stands in the cells.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterable, Sequence
from decimal import Decimal

from xlsxwriter.url import Url
from xlsxwriter.worksheet import Worksheet

from sheetflow.periods import OFFICE_ZONE
from sheetflow.schemas.layout import FIRST_ROW, HEADER_ROW, NOTE_ROW, TITLE_ROW, quoted
from sheetflow.schemas.parsing import Value
from sheetflow.workbook import CellValue, cell_name, column_letters
from sheetflow.writing.looks import (
    CENTRED,
    DAY_NUMBER,
    DURATION_NUMBER,
    FIGURE,
    HEADER,
    LINE_HEIGHT,
    LINK,
    MOMENT_NUMBER,
    NOTE,
    SECOND_NUMBER,
    SMALL,
    SONG,
    TALLEST,
    TEXT,
    TITLE,
    Look,
    height_of,
    lines_of,
)
from sheetflow.writing.xlsx_book import LONGEST_TEXT, Book, QuickWorksheet, plain_text, stored

A4 = 9
Cached = int | float | Decimal | str
"""The value that a formula has now."""
LONGEST_TITLE = 31
_POINTS_OF_A_LINE = 15
_UPRIGHT = 140
"""The widest table that can be read on A4 upright: drawn at two thirds of its size."""
_LINES = {True: 70, False: 46}
"""So many lines of that size stand on a page, upright or not."""
_LINES_OF_HEAD = 4
_NEAR_THE_EDGE = 2
"""What a line loses where a mark may not begin the next one."""


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

    def moment(
        self, row: int, column: int, moment: dt.datetime | None, number: Look = MOMENT_NUMBER
    ) -> None:
        """Put a time as the office's clock shows it, to the minute; None is a blank."""
        look = self.book.look(CENTRED | number)
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

    def link_file(self, at: tuple[int, int], path: str, text: str = "", look: Look = TEXT) -> None:
        """Put a link to a file, by its path from this workbook's folder."""
        target = Url(f"external:{path}")
        # XlsxWriter turns slashes of such links round, which office programs but Excel do not follow.
        target._set_object_link()  # noqa: SLF001
        target.text = plain_text(text or path)
        self.worksheet.write_url(at[0] - 1, at[1] - 1, target, self.book.look(look | LINK))

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


class TablePage(Page):
    """A page on A4 landscape, as wide as the paper, with `footer` at its foot."""

    def __init__(self, book: Book, title: str, widths: Sequence[float], footer: str) -> None:
        super().__init__(book, title[:LONGEST_TITLE], widths)
        self._note_lines = 1
        self.worksheet.set_landscape()
        self.worksheet.set_paper(A4)
        self.worksheet.fit_to_pages(1, 0)
        self.worksheet.set_margins(left=0.5, right=0.5, top=0.6, bottom=0.7)
        self.worksheet.set_footer(f"&L{footer.replace('&', '&&')}&R第 &P 页，共 &N 页")

    @property
    def part(self) -> str:
        """The name of the sheet's part in the package."""
        return f"xl/worksheets/sheet{self.worksheet.index + 1}.xml"

    def claim(self, last_row: int) -> None:
        """Say that rows up to `last_row` will stand here, though they are not put down."""
        self.worksheet.dim_rowmax = max(self.worksheet.dim_rowmax or 0, last_row - 1)

    def open(
        self, title: str, note: str, headers: Sequence[str], lines: int = 1, formula: str = ""
    ) -> None:
        """Put the title, the note of at least so many lines under it, and the header row.

        The note's row is as tall as its words need over the page's whole width.
        With a `formula`, the note is live and `note` its value. On a sheet wider than the paper
        the title stands on the left, where it is seen.
        """
        wide = self.worksheet.fit_width > 1
        self.heading(TITLE_ROW, title, TITLE | ({"align": "left"} if wide else {}), 30)
        lines = max(lines, lines_of(note, sum(self.widths) - _NEAR_THE_EDGE))
        self._note_lines = lines
        self.heading(NOTE_ROW, note, NOTE, height_of_lines(lines))
        if formula:
            self.formula(NOTE_ROW, 1, formula, note, NOTE)
        self.header(headers, 32, HEADER | SMALL)

    def formula(
        self, row: int, column: int, formula: str, value: Cached, look: Look = FIGURE
    ) -> None:
        """Put a live formula; its value is a float, as Excel would save it."""
        saved = float(value) if isinstance(value, Decimal) else value
        super().formula(row, column, formula, saved, look)

    def heading(self, row: int, text: str, look: Look, height: float) -> None:
        """Put `text` across the page."""
        self.height(row, height)
        self.span(row, 1, len(self.widths), text, look)

    def fit(self, row: int, texts: Iterable[tuple[str, float]]) -> None:
        """Make a row of wrapped texts, each with its column's width, tall enough to read.

        Office programs do not all do so on opening. XlsxWriter would remember every height for
        ever; rows above the last two are out, so theirs are forgotten.
        """
        lines = max((lines_of(text, width) for text, width in texts if text), default=1)
        if lines > 1:
            self.height(row, height_of_lines(lines))
        for known in (self.worksheet.row_info, self.worksheet.row_sizes):
            known.pop(row - 3, None)

    def close(self, last_row: int, frozen_columns: int, *, filtered: bool = True) -> None:
        """Freeze the header, repeat it in print, and offer filters over the rows to `last_row`."""
        self.worksheet.freeze_panes(HEADER_ROW, frozen_columns)
        self.worksheet.repeat_rows(HEADER_ROW - 1)
        if filtered:
            last = max(last_row, FIRST_ROW)
            self.worksheet.autofilter(HEADER_ROW - 1, 0, last - 1, len(self.widths) - 1)

    def save_paper(self, last_row: int) -> None:
        """Print the rows to `last_row`, each one line, on as few pages as they can be read on."""
        last = max(last_row, FIRST_ROW)
        self.worksheet.print_area(0, 0, last - 1, len(self.widths) - 1)
        is_upright = sum(self.widths) <= _UPRIGHT
        if is_upright:
            self.worksheet.set_portrait()
        lines = last + self._note_lines + _LINES_OF_HEAD
        self.worksheet.fit_to_pages(1, math.ceil(lines / _LINES[is_upright]))


def height_of_lines(lines: int) -> float:
    """Give the height of a row of so many wrapped lines."""
    return min(TALLEST, 3 + _POINTS_OF_A_LINE * lines)
