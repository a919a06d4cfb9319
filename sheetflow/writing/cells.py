"""Putting one value into one cell.

This module owns how each kind of value stands in a file: text stays text whatever it
looks like, numbers are numbers, dates are dates. It refuses to shorten anything.
"""

from __future__ import annotations

import datetime as dt
import math
from decimal import Decimal

from xlsxwriter.worksheet import Worksheet

from sheetflow.errors import WritingError
from sheetflow.schemas.parsing import Value
from sheetflow.workbook import CellValue, cell_name
from sheetflow.writing.styles import Book, Look

LONGEST_TEXT = 32_767
"""What a cell of an .xlsx can hold; more would be cut off without a word."""

FIRST_DAY = dt.date(1900, 3, 1)  # before it Excel's calendar holds a day that never was
_LAST_EXACT = 10**15
_PLAIN_DAY: Look = {"num_format": "yyyy-mm-dd"}
_MOMENT: Look = {"num_format": "yyyy-mm-dd hh:mm:ss"}
_DURATION: Look = {"num_format": "[h]:mm:ss"}


def put(
    book: Book, sheet: Worksheet, row: int, column: int, value: CellValue | Value, look: Look
) -> None:
    """Write `value` into the 1-based `row` and `column`; raise WritingError for text too long."""
    at = (row - 1, column - 1)
    if value is None or value == "":
        sheet.write_blank(*at, None, book.look(look))
    elif isinstance(value, bool):
        sheet.write_boolean(*at, value, book.look(look))
    elif isinstance(value, int | float | Decimal):
        if is_exact(value):
            sheet.write_number(*at, value, book.look(look))
        else:
            put_text(book, sheet, row, column, str(value), look)
    elif isinstance(value, dt.date | dt.time | dt.timedelta):
        _put_time(book, sheet, at, value, look)
    else:
        text = "、".join(value) if isinstance(value, tuple) else value
        put_text(book, sheet, row, column, text, look)


def put_text(book: Book, sheet: Worksheet, row: int, column: int, text: str, look: Look) -> None:
    """Write `text` as text, `=1+1` included; raise WritingError where no cell can hold it."""
    if len(text) > LONGEST_TEXT:
        raise WritingError(
            f"《{sheet.get_name()}》{cell_name(row, column)}的文字有{len(text)}字，"
            f"超过一个单元格能容纳的{LONGEST_TEXT}字，不能写入。"
        )
    sheet.write_string(row - 1, column - 1, kept_plain(text), book.look(look))


def kept_plain(text: str) -> str:
    """Keep what somebody typed from being taken for markup.

    XlsxWriter writes a text from ``<r>`` to ``</r>`` as XML of its own; a space behind it
    keeps it text.
    """
    return text + " " if text.startswith("<r>") and text.endswith("</r>") else text


def is_exact(number: float | Decimal) -> bool:
    """Whether a cell holds `number` as it is: finite, and of no more digits than Excel keeps."""
    if not math.isfinite(number):
        return False
    return isinstance(number, float) or abs(number) < _LAST_EXACT


def _put_time(
    book: Book,
    sheet: Worksheet,
    at: tuple[int, int],
    value: dt.date | dt.time | dt.timedelta,
    look: Look,
) -> None:
    if isinstance(value, dt.date) and _day(value) < FIRST_DAY:
        sheet.write_string(*at, value.isoformat(), book.look(look))
        return
    shown = _PLAIN_DAY
    if isinstance(value, dt.datetime):
        value = value.replace(tzinfo=None)
        shown = _PLAIN_DAY if value.time() == dt.time() else _MOMENT
    elif isinstance(value, dt.time | dt.timedelta):
        shown = _DURATION
    sheet.write_datetime(*at, value, book.look(look | shown))


def _day(value: dt.date) -> dt.date:
    return value.date() if isinstance(value, dt.datetime) else value
