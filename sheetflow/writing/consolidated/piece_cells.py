"""The XML of detail rows, cell for cell what `consolidated_details` writes.

This module owns how a value stands in a cell of a piece. It refuses to know how rows are
packed and kept (`joined`, `pieces`).
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterable, Sequence
from decimal import Decimal
from itertools import repeat
from xml.sax.saxutils import escape

from sheetflow.schemas.cells import CellType, Money
from sheetflow.schemas.columns import Column
from sheetflow.schemas.columnwise import each
from sheetflow.schemas.parsing import Value
from sheetflow.writing.cells import FIRST_DAY, LONGEST_TEXT, is_exact
from sheetflow.writing.consolidated.details import WRAPPED_TYPES, width_of
from sheetflow.writing.consolidated.pages import (
    DAY,
    DETAIL_LOOKS,
    FIGURE,
    MONEY,
    TEXT,
    WRAPPED,
    height_of_lines,
    safe_text,
)
from sheetflow.writing.measures import lines_of
from sheetflow.writing.styles import Look

_DAY_ZERO = dt.date(1899, 12, 30).toordinal()
_ESCAPED = re.compile("(_x[0-9a-fA-F]{4}_)")
"""What Excel would take for an escaped character."""
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f]")
_SPECIAL = re.compile(r"[&<>\x00-\x1f]|_x|^\s|\s$")
"""What keeps a text from standing in XML as it is; most texts hold none of it."""

Seen = Sequence[tuple[Column, Sequence[Value]]]
"""The columns of a sheet as a level sees them, each with its cells from top to bottom."""


class Cells:
    """The XML of a sheet's cells; what one level has had rendered the next one takes over."""

    def __init__(self) -> None:
        self._made: dict[_Spot, _Made] = {}

    def render(self, origin: Sequence[str], seen: Seen, rows: int) -> bytes:
        """Give the XML of all rows, `origin` before each of them."""
        text = _text_of(TEXT)
        before = b"".join(map(text, origin))
        parts: list[Iterable[bytes]] = [repeat(before, rows)]
        lines: list[Iterable[int]] = [repeat(1, rows)]
        for column, values in seen:
            spot = (column.key, column.type)
            made = self._made[spot] = self._made.get(spot) or _Made(column)
            made.take(values)
            parts.append(made.cells)
            if made.wraps:
                lines.append(made.lines)
        tags = each(_row_tag, map(max, *lines) if len(lines) > 1 else lines[0], {})
        return b"".join(map(b"".join, zip(tags, *parts, repeat(b"</row>"), strict=False)))


_Spot = tuple[str, CellType]
"""A column and what it holds: masked, it is words."""


class _Made:
    """One column's cells as XML, and how many lines their words take."""

    def __init__(self, column: Column) -> None:
        self.wraps = isinstance(column.type, WRAPPED_TYPES)
        self.cells: list[bytes] = []
        self.lines: list[int] = []
        self._cell, self._lines_in = _cell_of(column), _lines_in(column)
        self._known_cells: dict[Value, bytes] = {}
        self._known_lines: dict[Value, int] = {}
        self._values: Sequence[Value] | None = None

    def take(self, values: Sequence[Value]) -> None:
        """Render the cells of `values`; those of the very list before are there already."""
        if values is self._values:
            return
        self._values = values
        self.cells = each(self._cell, values, self._known_cells)
        if self.wraps:
            self.lines = each(self._lines_in, values, self._known_lines)


def _row_tag(lines: int) -> bytes:
    if lines == 1:
        return b"<row>"
    return f'<row ht="{height_of_lines(lines):g}" customHeight="1">'.encode()


def _lines_in(column: Column) -> Callable[[Value], int]:
    width, show = width_of(column), column.type.show
    return lambda value: lines_of(text, width) if (text := show(value)) else 1


def _cell_of(column: Column) -> Callable[[Value], bytes]:
    """Give what renders the cells of `column`, kind by kind as `consolidated_details` does."""
    text = _text_of(WRAPPED if isinstance(column.type, WRAPPED_TYPES) else TEXT)
    number_look = MONEY if isinstance(column.type, Money) else FIGURE
    number, number_text = _number_of(number_look), _text_of(number_look)
    day, day_text = _number_of(DAY), _text_of(DAY)
    show = column.type.show

    def cell(value: Value) -> bytes:
        if isinstance(value, str):  # most of them
            return text(show(value))
        if isinstance(value, dt.date):
            if value < FIRST_DAY:
                return day_text(value.isoformat())
            return day(value.toordinal() - _DAY_ZERO)
        if isinstance(value, int | Decimal):
            return number(value) if is_exact(value) else number_text(str(value))
        return text(show(value))

    return cell


def _number_of(look: Look) -> Callable[[int | Decimal], bytes]:
    style = DETAIL_LOOKS.index(look) + 1
    return lambda number: f'<c s="{style}"><v>{number:.16G}</v></c>'.encode()


def _text_of(look: Look) -> Callable[[str], bytes]:
    style = DETAIL_LOOKS.index(look) + 1
    blank, start = f'<c s="{style}"/>', f'<c s="{style}" t="inlineStr"><is><t'

    def cell(text: str) -> bytes:
        if not text:
            return blank.encode()
        if not _SPECIAL.search(text) and len(text) <= LONGEST_TEXT:
            return f"{start}>{text}</t></is></c>".encode()
        shown = _ESCAPED.sub(r"_x005F\1", safe_text(text))
        shown = _CONTROL.sub(lambda match: f"_x{ord(match[0]):04X}_", shown)
        space = ' xml:space="preserve"' if shown != shown.strip() else ""
        return f"{start}{space}>{escape(shown)}</t></is></c>".encode()

    return cell
