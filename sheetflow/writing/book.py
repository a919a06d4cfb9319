"""The file that our workbooks are written into: an .xlsx in memory.

Its bytes depend on nothing but what was put in. This module refuses to know what is written.
"""

from __future__ import annotations

import datetime as dt
import io
import tempfile
from collections.abc import Callable

import xlsxwriter
from xlsxwriter.format import Format

from sheetflow.periods import OFFICE_ZONE
from sheetflow.writing.styles import DETAIL_LOOKS, SONG, Look


class Book:
    """An .xlsx in memory: the same calls give the same bytes.

    Text never becomes a formula, a link or a number. `stamp` is the only time inside.
    With a `folder`, finished rows wait there and not in memory: each sheet's rows must then
    come from top to bottom.
    """

    def __init__(self, title: str, stamp: dt.datetime, folder: str = "") -> None:
        self._bytes = io.BytesIO()
        self.file = xlsxwriter.Workbook(
            self._bytes,
            {
                **({"constant_memory": True, "tmpdir": folder} if folder else {"in_memory": True}),
                "strings_to_formulas": False,
                "strings_to_urls": False,
                "strings_to_numbers": False,
                "default_format_properties": {"font_name": SONG, "font_size": 11},
            },
        )
        # as the clock on the office's wall shows it
        local = (stamp.astimezone(OFFICE_ZONE) if stamp.tzinfo else stamp).replace(tzinfo=None)
        self.file.set_properties({"title": title, "created": local})
        self._formats: dict[tuple[tuple[str, str | int | float | bool], ...], Format] = {}

    def look(self, look: Look) -> Format:
        """Give the format of `look`, made only once."""
        key = tuple(look.items())
        if key not in self._formats:
            self._formats[key] = self.file.add_format(dict(look))
        return self._formats[key]

    def close(self) -> bytes:
        """Finish the file and give its bytes."""
        self.file.close()
        return self._bytes.getvalue()


def build_workbook(title: str, stamp: dt.datetime, fill: Callable[[Book], None]) -> bytes:
    """Give the bytes of the workbook that `fill` puts its pages into, row after row."""
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
