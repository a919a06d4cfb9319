"""Pages of a consolidated workbook: how a sheet is set up, how a cell is put down.

This module owns the set-up for screen and paper and the kinds of cells (text stays text,
blank is not 0, a formula comes with its value). Rows of one page must be put from top to
bottom: a finished row leaves the memory. It refuses to know what stands in the cells.
"""

from __future__ import annotations

import datetime as dt
import tempfile
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from xlsxwriter.worksheet import Worksheet

from sheetflow.errors import WritingError
from sheetflow.periods import OFFICE_ZONE
from sheetflow.schemas.layout import FIRST_ROW, HEADER_ROW, NOTE_ROW, TITLE_ROW, quoted
from sheetflow.workbook import MAX_ROWS, column_letters
from sheetflow.writing.cells import LONGEST_TEXT, kept_plain, put
from sheetflow.writing.consolidated.sheet import OurWorksheet
from sheetflow.writing.measures import TALLEST, lines_of
from sheetflow.writing.styles import (
    BODY,
    BORDER,
    CENTRE,
    DAY_NUMBER,
    HEADER,
    LINK,
    MOMENT_NUMBER,
    MONEY_NUMBER,
    NOTE,
    PERCENT_NUMBER,
    RIGHT,
    TITLE,
    WHOLE_NUMBER,
    WRAP,
    Book,
    Look,
)

LONGEST_TITLE = 31
A4 = 9
_POINTS_OF_A_LINE = 15
_NEAR_THE_EDGE = 2
"""What a line loses where a mark may not begin the next one."""

_SMALL: Look = {"font_size": 10}
TEXT = BODY | BORDER | _SMALL
CENTRED = TEXT | CENTRE
WRAPPED = TEXT | WRAP
FIGURE = TEXT | RIGHT | WHOLE_NUMBER
MONEY = TEXT | RIGHT | MONEY_NUMBER
PERCENT = TEXT | RIGHT | PERCENT_NUMBER
DECIMAL = TEXT | RIGHT | {"num_format": "0.00"}
DAY = CENTRED | DAY_NUMBER
_MOMENT = CENTRED | MOMENT_NUMBER
_LINK = TEXT | LINK

DETAIL_LOOKS = (TEXT, WRAPPED, FIGURE, MONEY, DAY)
"""The looks of detail rows, which bear the style numbers 1, 2, … in every workbook."""

Cached = int | float | Decimal | str
"""The value that a formula has now."""


@dataclass(frozen=True)
class Page:
    """One sheet of a workbook; rows and columns are 1-based, as Excel shows them."""

    book: Book
    sheet: Worksheet
    width: int
    room: float
    """How wide all columns are together, in Excel's column units."""

    @classmethod
    def add(cls, book: Book, title: str, widths: Sequence[float], footer: str) -> Page:
        """Add a sheet, set up for A4 landscape, as wide as the paper."""
        sheet = book.file.add_worksheet(title[:LONGEST_TITLE], OurWorksheet)
        for number, width in enumerate(widths):
            sheet.set_column(number, number, width)
        sheet.set_landscape()
        sheet.set_paper(A4)
        sheet.fit_to_pages(1, 0)
        sheet.set_margins(left=0.5, right=0.5, top=0.6, bottom=0.7)
        sheet.set_footer(f"&L{footer.replace('&', '&&')}&R第 &P 页，共 &N 页")
        return cls(book, sheet, len(widths), sum(widths))

    @property
    def title(self) -> str:
        """The sheet's name."""
        return str(self.sheet.get_name())

    @property
    def part(self) -> str:
        """The name of the sheet's part in the package."""
        return f"xl/worksheets/sheet{self.sheet.index + 1}.xml"

    def claim(self, last_row: int) -> None:
        """Say that rows up to `last_row` will stand here, though they are not put down."""
        self.sheet.dim_rowmax = max(self.sheet.dim_rowmax or 0, last_row - 1)

    def open(
        self, title: str, note: str, headers: Sequence[str], lines: int = 1, formula: str = ""
    ) -> None:
        """Put the title, the note of at least so many lines under it, and the header row.

        The note's row is as tall as its words need over the page's whole width.
        With a `formula`, the note is live and `note` its value. On a sheet wider than the paper
        the title stands on the left, where it is seen.
        """
        wide = self.sheet.fit_width > 1
        self.heading(TITLE_ROW, title, TITLE | ({"align": "left"} if wide else {}), 30)
        lines = max(lines, lines_of(note, self.room - _NEAR_THE_EDGE))
        self.heading(NOTE_ROW, note, NOTE, height_of_lines(lines))
        if formula:
            self.formula(NOTE_ROW, 1, formula, note, NOTE)
        self.height(HEADER_ROW, 32)
        for column, text in enumerate(headers, start=1):
            self.text(HEADER_ROW, column, text, HEADER | _SMALL)

    def heading(self, row: int, text: str, look: Look, height: float) -> None:
        """Put `text` across the page."""
        self.height(row, height)
        if self.width > 1:
            self.sheet.merge_range(row - 1, 0, row - 1, self.width - 1, "", self.book.look(look))
        self.text(row, 1, text, look)

    def height(self, row: int, height: float) -> None:
        """Fix a row's height in points, before anything is put there."""
        self.sheet.set_row(row - 1, height)

    def fit(self, row: int, texts: Iterable[tuple[str, float]]) -> None:
        """Make a row of wrapped texts, each with its column's width, tall enough to read.

        Office programs do not all do so on opening. XlsxWriter would remember every height for
        ever; rows above the last two are out, so theirs are forgotten.
        """
        lines = max((lines_of(text, width) for text, width in texts if text), default=1)
        if lines > 1:
            self.height(row, height_of_lines(lines))
        for known in (self.sheet.row_info, self.sheet.row_sizes):
            known.pop(row - 3, None)

    def close(self, last_row: int, frozen_columns: int, *, filtered: bool = True) -> None:
        """Freeze the header, repeat it in print, and offer filters over the rows to `last_row`."""
        self.sheet.freeze_panes(HEADER_ROW, frozen_columns)
        self.sheet.repeat_rows(HEADER_ROW - 1)
        if filtered:
            last = max(last_row, FIRST_ROW)
            self.sheet.autofilter(HEADER_ROW - 1, 0, last - 1, self.width - 1)

    def text(self, row: int, column: int, text: str, look: Look = TEXT) -> None:
        """Put `text`, which stays text whatever it starts with; the empty text is a blank."""
        shown = self.book.look(look)
        if text:
            self.sheet.write_string(row - 1, column - 1, safe_text(text), shown)
        else:
            self.sheet.write_blank(row - 1, column - 1, None, shown)

    def number(
        self, row: int, column: int, number: float | Decimal | None, look: Look = FIGURE
    ) -> None:
        """Put a figure; None is a blank, which is not 0."""
        put(self.book, self.sheet, row, column, number, look)

    def day(self, row: int, column: int, day: dt.date) -> None:
        """Put a date."""
        put(self.book, self.sheet, row, column, day, DAY)

    def moment(self, row: int, column: int, moment: dt.datetime | None) -> None:
        """Put a time as the office's clock shows it, to the minute; None is a blank."""
        look = self.book.look(_MOMENT)
        if moment is None:
            self.sheet.write_blank(row - 1, column - 1, None, look)
            return
        local = moment.astimezone(OFFICE_ZONE).replace(tzinfo=None, second=0, microsecond=0)
        self.sheet.write_datetime(row - 1, column - 1, local, look)

    def formula(
        self, row: int, column: int, formula: str, value: Cached, look: Look = FIGURE
    ) -> None:
        """Put a live formula of ours (no text of a user in it) with the value that it has now."""
        cached = float(value) if isinstance(value, Decimal) else value
        self.sheet.write_formula(row - 1, column - 1, f"={formula}", self.book.look(look), cached)

    def link(self, row: int, column: int, spot: tuple[str, int | str], text: str) -> None:
        """Put a link to row (or cell) `spot[1]` of the sheet `spot[0]` of this workbook."""
        cell = spot[1] if isinstance(spot[1], str) else f"A{spot[1]}"
        target = f"internal:{quoted(spot[0])}!{cell}"
        look = self.book.look(_LINK)
        self.sheet.write_url(row - 1, column - 1, target, look, safe_text(text))

    def reference(self, row: int, column: int) -> str:
        """Name a cell for a formula on another sheet: ``走访记录!$C$7``."""
        return f"{quoted(self.title)}!${column_letters(column)}${row}"


def height_of_lines(lines: int) -> float:
    """Give the height of a row of so many wrapped lines."""
    return min(TALLEST, 3 + _POINTS_OF_A_LINE * lines)


def safe_text(text: str) -> str:
    """Give `text` as a cell can hold it; raise WritingError where none can."""
    kept = kept_plain(text)
    if len(kept) > LONGEST_TEXT:
        raise WritingError(f"一格文字有{len(text)}字，超过一个单元格能容纳的{LONGEST_TEXT}字。")
    return kept


def build_workbook(title: str, stamp: dt.datetime, fill: Callable[[Book], None]) -> bytes:
    """Give the bytes of the workbook that `fill` puts its pages into."""
    with tempfile.TemporaryDirectory() as folder:
        book = Book(title, stamp, folder)
        for look in DETAIL_LOOKS:
            # Pieces rendered beforehand name styles by number: XlsxWriter numbers them as asked.
            book.look(look)._get_xf_index()  # noqa: SLF001
        try:
            fill(book)
            return book.close()
        finally:
            # XlsxWriter keeps a file open for each sheet until it is done; where rows fail to
            # come, they must be closed before the folder can go.
            for sheet in book.file.worksheets():
                sheet.row_data_fh.close()


def rows_in_a_sheet(most_rows: int) -> int:
    """How many rows under the header one sheet takes, so that it ends at row `most_rows`."""
    if not FIRST_ROW <= most_rows <= MAX_ROWS:
        raise ValueError(f"a sheet cannot end at row {most_rows}")
    return most_rows - HEADER_ROW
