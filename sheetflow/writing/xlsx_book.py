"""The .xlsx of ours in memory, and how a value stands in its cells.

Its bytes depend on nothing but what was put in. Text stays text, numbers are numbers, dates are
dates, a blank is not 0; what Excel cannot keep exactly is text. It refuses to shorten or round.
"""

from __future__ import annotations

import datetime as dt
import io
import math
import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from typing import Any
from xml.sax.saxutils import escape

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.utility import xl_rowcol_to_cell_fast
from xlsxwriter.worksheet import Worksheet

from sheetflow.errors import WritingError
from sheetflow.periods import OFFICE_ZONE
from sheetflow.schemas.parsing import Value
from sheetflow.workbook import CellValue
from sheetflow.writing.looks import DETAIL_LOOKS, SONG, Look

LONGEST_TEXT = 32_767
"""What a cell of an .xlsx can hold; more would be cut off without a word."""

Stored = str | int | float | Decimal | dt.date | dt.time | dt.timedelta | None

_FIRST_DAY = dt.date(1900, 3, 1)  # before it Excel's calendar holds a day that never was
_DAY_ZERO = dt.date(1899, 12, 30).toordinal()
_LAST_EXACT = 10**15

_SPECIAL = re.compile(r"[&<>\x00-\x1f\ufffe\uffff]|_x|^\s|\s$")
"""What keeps a text from standing in XML as it is; most texts hold none of it."""
_ESCAPED = re.compile("(_x[0-9a-fA-F]{4}_)")
"""What Excel would take for an escaped character."""
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\ufffe\uffff]")

_CALLED = re.compile(r"([\w.]+)\(")
_OLD_FUNCTIONS = frozenset(
    {
        *("AND", "IF", "IFERROR", "INDEX", "ISNUMBER", "MATCH", "N", "NOT", "OR"),
        *("COUNT", "COUNTA", "COUNTIF", "COUNTIFS", "SUM", "SUMIF", "SUMIFS", "SUMPRODUCT"),
        *("ABS", "INT", "MAX", "MIN", "MOD", "ROUND"),
    }
)
"""Functions of Excel 2007 and before, which stand in a file under their own names."""


def stored(value: CellValue | Value) -> Stored:
    """Give what a cell holds for `value`; None for a blank."""
    if isinstance(value, str):
        return value or None
    if isinstance(value, tuple):
        return "、".join(value) or None
    if isinstance(value, int | float | Decimal):
        exact = math.isfinite(value) and (
            isinstance(value, float) or -_LAST_EXACT < value < _LAST_EXACT
        )
        return value if exact else str(value)
    if isinstance(value, dt.date):
        day = value.date() if isinstance(value, dt.datetime) else value
        return value.isoformat() if day < _FIRST_DAY else value
    return value


def plain_text(text: str, where: str = "一格") -> str:
    """Give `text` so that it is not taken for markup; raise WritingError where no cell can hold it.

    XlsxWriter writes a text from ``<r>`` to ``</r>`` as XML of its own; a space behind it
    keeps it text.
    """
    kept = text + " " if text.startswith("<r>") and text.endswith("</r>") else text
    if len(kept) > LONGEST_TEXT:
        raise WritingError(
            f"{where}文字有{len(text)}字，超过一个单元格能容纳的{LONGEST_TEXT}字，不能写入。"
        )
    return kept


def cell_xml(value: Stored) -> str:
    """Give what follows the style in the tag of a cell that holds `value`, a day or simpler."""
    if value is None:
        return "/>"
    if isinstance(value, dt.date):
        value = value.toordinal() - _DAY_ZERO
    if not isinstance(value, str):
        return f"><v>{format(value, '.16G')}</v></c>"
    space = ""
    if _SPECIAL.search(value):
        value = _ESCAPED.sub(r"_x005F\1", value)
        value = _CONTROL.sub(lambda match: f"_x{ord(match[0]):04X}_", value)
        space = ' xml:space="preserve"' if value != value.strip() else ""
        value = escape(value)
    return f' t="inlineStr"><is><t{space}>{value}</t></is></c>'


class QuickWorksheet(Worksheet):  # type: ignore[misc]  # XlsxWriter tells no types
    """A worksheet that writes the cells of our tables in a third of XlsxWriter's time.

    XlsxWriter goes through each formula thirty times for functions that came after Excel 2007,
    and through each text four times. What is written here is byte for byte as XlsxWriter would.
    """

    def _prepare_formula(self, formula: str, *options: Any, **more: Any) -> str:  # noqa: ANN401
        plain = formula.startswith("=") and not formula.endswith("}")
        if plain and _OLD_FUNCTIONS.issuperset(_CALLED.findall(formula)):
            return formula[1:]
        return str(super()._prepare_formula(formula, *options, **more))

    def _write_cell(self, row: int, col: int, cell: Any) -> None:  # noqa: ANN401 - XlsxWriter's own
        if not (self.constant_memory and cell.format):
            super()._write_cell(row, col, cell)
            return
        match type(cell).__name__:
            case "String" if not cell.string.startswith("<r>"):
                rest = cell_xml(cell.string)
            case "Number" | "Datetime":
                rest = cell_xml(cell.number)
            case "Blank":
                rest = cell_xml(None)
            case _:
                super()._write_cell(row, col, cell)
                return
        place, style = xl_rowcol_to_cell_fast(row, col), cell.format._get_xf_index()  # noqa: SLF001
        self.fh.write(f'<c r="{place}" s="{style}"{rest}')


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


@contextmanager
def streamed_book(title: str, stamp: dt.datetime) -> Iterator[Book]:
    """Open a book whose rows wait on disk, to be closed by whoever fills it, row after row."""
    with tempfile.TemporaryDirectory() as folder:
        book = Book(title, stamp, folder)
        for look in DETAIL_LOOKS:
            # Pieces rendered beforehand name styles by number: XlsxWriter numbers them as asked.
            book.look(look)._get_xf_index()  # noqa: SLF001
        try:
            yield book
        finally:
            # XlsxWriter keeps a file open for each sheet until it is done; where rows fail to
            # come, they must be closed before the folder can go.
            for sheet in book.file.worksheets():
                sheet.row_data_fh.close()
