"""A page with a title, a note, a header and rows, to be read and printed: boards, roll-ups.

This module owns its set-up for screen and paper. Rows must be put from top to bottom: a
finished row leaves the memory.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal

from sheetflow.schemas.layout import FIRST_ROW, HEADER_ROW, NOTE_ROW, TITLE_ROW
from sheetflow.writing.book import Book
from sheetflow.writing.measures import TALLEST, lines_of
from sheetflow.writing.page import A4, Cached, Page
from sheetflow.writing.styles import FIGURE, HEADER, NOTE, SMALL, TITLE, Look

LONGEST_TITLE = 31
_POINTS_OF_A_LINE = 15
_NEAR_THE_EDGE = 2
"""What a line loses where a mark may not begin the next one."""


class TablePage(Page):
    """A page on A4 landscape, as wide as the paper, with `footer` at its foot."""

    def __init__(self, book: Book, title: str, widths: Sequence[float], footer: str) -> None:
        super().__init__(book, title[:LONGEST_TITLE], widths)
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


def height_of_lines(lines: int) -> float:
    """Give the height of a row of so many wrapped lines."""
    return min(TALLEST, 3 + _POINTS_OF_A_LINE * lines)
