"""A submission's detail rows rendered beforehand: for one level, as they stand in 汇总表.

This module owns the XML of a detail row (cell for cell what `consolidated_details`
writes) and the file that holds a submission's pieces: a cache, made anew wherever it is
missing or damaged. It refuses to know where these files lie.

The file: ``SFPIECE1``, the length of the table and its CRC-32 (each 4 bytes,
little-endian); the table as JSON, with the place and the CRC-32 of each piece; the pieces.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import re
import struct
import zlib
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields, is_dataclass
from decimal import Decimal
from itertools import repeat
from pathlib import Path
from typing import TypeVar
from xml.sax.saxutils import escape

from sheetflow import __version__
from sheetflow.consolidation.accepted import Matters
from sheetflow.consolidation.crossing import matters
from sheetflow.consolidation.details import (
    Whose,
    columns_seen,
    detail_sheet,
    rows_standing,
    sheets_going_up,
)
from sheetflow.consolidation.tables import DetailRow
from sheetflow.masks import MaskPolicy
from sheetflow.schemas.cells import CellType, Json, Money
from sheetflow.schemas.columns import Column
from sheetflow.schemas.documents import dump_figures, load_figures
from sheetflow.schemas.forms import Form
from sheetflow.schemas.habits import Value
from sheetflow.schemas.indicators import Figures, Indicator, Number, plain
from sheetflow.schemas.sheets import Sheet
from sheetflow.writing.cells import FIRST_DAY, LONGEST_TEXT, is_exact
from sheetflow.writing.consolidated_details import (
    WRAPPED_TYPES,
    countable,
    measure_rows,
    width_of,
)
from sheetflow.writing.consolidated_pages import (
    DAY,
    DETAIL_LOOKS,
    FIGURE,
    MONEY,
    TEXT,
    WRAPPED,
    height_of_lines,
    safe_text,
)
from sheetflow.writing.joined import Bulk, Piece, pack
from sheetflow.writing.measures import lines_of
from sheetflow.writing.styles import Look

_MAGIC = b"SFPIECE1"
_HEAD = struct.Struct("<8s2L")
_FORMAT = 2
"""Counts up whenever the same rows would be rendered otherwise."""

_DAY_ZERO = dt.date(1899, 12, 30).toordinal()
_ESCAPED = re.compile("(_x[0-9a-fA-F]{4}_)")
"""What Excel would take for an escaped character."""
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f]")
_SPECIAL = re.compile(r"[&<>\x00-\x1f]|_x|^\s|\s$")
"""What keeps a text from standing in XML as it is; most texts hold none of it."""

In = TypeVar("In", bound=Hashable)
Out = TypeVar("Out")

Rows = Sequence[Mapping[str, Value]]

_PLACE = ("rows", "size", "crc", "shift", "offset", "length", "packed_crc")
FEW_ROWS = 400
"""Up to so many rows of one submission are kept unrendered as well."""


@dataclass(frozen=True, slots=True)
class Rendered:
    """One sheet's rows of one submission: the piece, and what its rows add up to by code.

    `values` are the rows once more where they are few, for sheets that are written plainly.
    """

    piece: Piece
    measured: Mapping[str, Number]
    values: Sequence[Sequence[Json]] | None = None


@dataclass(frozen=True, slots=True)
class Pieces:
    """All that one level's workbook takes from a submission: its sheets by key, its matters."""

    sheets: Mapping[str, Rendered]
    matters: Matters = field(default_factory=Matters)


def layout_of(form: Form) -> str:
    """Digest all of a form's declaration that shows in its pieces."""
    declared = [(sheet, sheet.columns) for sheet in form.sheets]
    stands_on = (_FORMAT, __version__, declared, form.indicators)
    return hashlib.sha256(_written(stands_on).encode()).hexdigest()


def _written(value: object) -> str:
    """Write a declaration out, the same in every process: a set's own order differs."""
    if isinstance(value, type):
        return value.__qualname__
    if is_dataclass(value):
        parts = {entry.name: getattr(value, entry.name) for entry in fields(value)}
        return f"{type(value).__qualname__}{_written(parts)}"
    if isinstance(value, Mapping):
        return _written([(key, value[key]) for key in sorted(value, key=str)])
    if isinstance(value, set | frozenset):
        return _written(sorted(map(_written, value)))
    if isinstance(value, tuple | list):
        return f"({','.join(map(_written, value))})"
    return repr(value)


def name_pieces(layout: str, policy: MaskPolicy, source: Whose, sha256: str) -> str:
    """Name the file by all that its content stands on; `sha256` is the submitted file's."""
    digest = hashlib.sha256(repr((layout, policy.digest, source, sha256)).encode()).hexdigest()
    return f"{source.receipt}-{policy.level}-{digest[:32]}"


def render_pieces(
    form: Form, policies: Sequence[MaskPolicy], source: Whose, rows: Mapping[str, Rows]
) -> list[bytes]:
    """Give the file of each policy, with every sheet's rows as its level sees them."""
    person = form.same_person
    told = matters(form, source.unit_id, rows.get(person.sheet, ())) if person else Matters()
    sheets = [sheet for sheet in sheets_going_up(form) if rows.get(sheet.key)]
    files = [_File(told) for _ in policies]
    for sheet in sheets:
        cells = Cells()
        measured = _Measured(form, sheet)
        for file, policy in zip(files, policies, strict=True):
            standing = rows_standing(sheet, policy.level, rows[sheet.key])
            if standing:
                shape = detail_sheet(policy, sheet, lambda: ())
                columns = columns_seen(form, policy, sheet, source.unit_id, standing)
                seen = list(zip(shape.columns, columns, strict=True))
                file.add(
                    sheet.key,
                    cells.render(source, seen, len(standing)),
                    measured.of(countable(shape, form, policy.level), standing),
                    seen,
                    len(standing),
                )
    return [file.content() for file in files]


Seen = Sequence[tuple[Column, Sequence[Value]]]
"""The columns of a sheet as a level sees them, each with its cells from top to bottom."""


class _File:
    """One policy's file while it is put together."""

    def __init__(self, told: Matters) -> None:
        self._told = [told.digests, told.keys, told.words]
        self._table: dict[str, list[object]] = {}
        self._packed: list[bytes] = []
        self._offset = 0

    def add(self, key: str, xml: bytes, measured: Figures, seen: Seen, rows: int) -> None:
        """Add one sheet's rows."""
        piece, data = pack(xml, rows, self._offset)
        place = [getattr(piece, name) for name in _PLACE]
        few = None
        if rows <= FEW_ROWS:
            few = [[column.type.to_json(value) for value in values] for column, values in seen]
        self._table[key] = [*place, dump_figures(measured), few]
        self._packed.append(data)
        self._offset += len(data)

    def content(self) -> bytes:
        """Give the whole file."""
        head = json.dumps([self._table, self._told], ensure_ascii=False).encode()
        return b"".join((_HEAD.pack(_MAGIC, len(head), zlib.crc32(head)), head, *self._packed))


class _Measured:
    """What a sheet's rows add up to, counted once for all levels that see the same rows."""

    def __init__(self, form: Form, sheet: Sheet) -> None:
        self._form = form
        self._all = [entry for entry in form.indicators if entry.source.draws_on == sheet.key]
        self._last: tuple[Rows, dict[str, Number]] = ((), {})

    def of(self, indicators: Sequence[Indicator], rows: Rows) -> dict[str, Number]:
        """Give the figures of `indicators`; what is masked of a row changes none of them."""
        if self._last[0] is not rows:
            self._last = rows, measure_rows(self._all, self._form, rows)
        return {entry.code: self._last[1][entry.code] for entry in indicators}


def load_detail_rows(
    columns: Sequence[Column], source: Whose, values: Sequence[Sequence[Json]]
) -> Iterator[DetailRow]:
    """Give back the rows that a file holds once more (`values` by column)."""
    keys = [column.key for column in columns]
    cells = [
        map(column.type.from_json, column_values)
        for column, column_values in zip(columns, values, strict=True)
    ]
    for row in zip(*cells, strict=True):
        seen = dict(zip(keys, row, strict=True))
        yield DetailRow(source.city, source.county, source.receipt, seen)


def read_pieces(path: Path) -> Pieces | None:
    """Read which pieces lie in a file; None where it is missing or its table damaged.

    The pieces themselves are looked at when they are joined (`Piece.read`).
    """
    try:
        with path.open("rb") as file:
            head = file.read(_HEAD.size)
            if len(head) < _HEAD.size:
                return None
            magic, length, crc = _HEAD.unpack(head)
            listed = file.read(length)
    except OSError:
        return None
    if magic != _MAGIC or len(listed) < length or zlib.crc32(listed) != crc:
        return None
    table, told = json.loads(listed)
    start = _HEAD.size + length
    sheets = {
        key: Rendered(
            Piece(rows, size, crc_, shift, start + offset, packed, packed_crc, path),
            load_figures(figures),
            values,
        )
        for key, (rows, size, crc_, shift, offset, packed, packed_crc, figures, values) in (
            table.items()
        )
    }
    return Pieces(sheets, Matters(*told))


def gather(key: str, pieces: Iterable[tuple[str, Pieces]]) -> Bulk:
    """Put together the sheet `key` from submissions, each its receipt with its pieces."""
    found = [(receipt, each.sheets[key]) for receipt, each in pieces if key in each.sheets]
    measured: dict[str, Number] = {}
    for _, rendered in found:
        for code, figure in rendered.measured.items():
            measured[code] = plain((measured.get(code) or 0) + (figure or 0))
    return Bulk([(receipt, rendered.piece) for receipt, rendered in found], measured)


class Cells:
    """The XML of a sheet's cells; what one level has had rendered the next one takes over."""

    def __init__(self) -> None:
        self._made: dict[tuple[str, CellType], dict[Value, str]] = {}
        self._lines: dict[tuple[str, CellType], dict[Value, int]] = {}

    def render(self, source: Whose, seen: Seen, rows: int) -> bytes:
        """Give the XML of all rows."""
        text = _text_of(TEXT)
        origin = "".join(map(text, (source.city, source.county, source.receipt)))
        parts: list[Iterable[str]] = [repeat(origin, rows)]
        lines = [1] * rows
        for column, values in seen:
            spot = (column.key, column.type)
            parts.append(_each(values, _cell_of(column), self._made.setdefault(spot, {})))
            if isinstance(column.type, WRAPPED_TYPES):
                found = _each(values, _lines_in(column), self._lines.setdefault(spot, {}))
                lines = list(map(max, lines, found))
        tags = _each(lines, _row_tag, {})
        return "".join(map("".join, zip(tags, *parts, repeat("</row>"), strict=False))).encode()


def _each(values: Iterable[In], make: Callable[[In], Out], made: dict[In, Out]) -> list[Out]:
    """Make each distinct value once; `made` holds those that were made before."""
    found: list[Out] = []
    for value in values:
        known = made.get(value)
        if known is None:
            known = made[value] = make(value)
        found.append(known)
    return found


def _row_tag(lines: int) -> str:
    return "<row>" if lines == 1 else f'<row ht="{height_of_lines(lines):g}" customHeight="1">'


def _lines_in(column: Column) -> Callable[[Value], int]:
    width, show = width_of(column), column.type.show
    return lambda value: lines_of(text, width) if (text := show(value)) else 1


def _cell_of(column: Column) -> Callable[[Value], str]:
    """Give what renders the cells of `column`, kind by kind as `consolidated_details` does."""
    text = _text_of(WRAPPED if isinstance(column.type, WRAPPED_TYPES) else TEXT)
    number_look = MONEY if isinstance(column.type, Money) else FIGURE
    number, number_text = _number_of(number_look), _text_of(number_look)
    day, day_text = _number_of(DAY), _text_of(DAY)
    show = column.type.show

    def cell(value: Value) -> str:
        if isinstance(value, dt.date):
            if value < FIRST_DAY:
                return day_text(value.isoformat())
            return day(value.toordinal() - _DAY_ZERO)
        if isinstance(value, int | Decimal):
            return number(value) if is_exact(value) else number_text(str(value))
        return text(show(value))

    return cell


def _number_of(look: Look) -> Callable[[int | Decimal], str]:
    style = DETAIL_LOOKS.index(look) + 1
    return lambda number: f'<c s="{style}"><v>{number:.16G}</v></c>'


def _text_of(look: Look) -> Callable[[str], str]:
    style = DETAIL_LOOKS.index(look) + 1
    blank, start = f'<c s="{style}"/>', f'<c s="{style}" t="inlineStr"><is><t'

    def cell(text: str) -> str:
        if not text:
            return blank
        if not _SPECIAL.search(text) and len(text) <= LONGEST_TEXT:
            return f"{start}>{text}</t></is></c>"
        shown = _ESCAPED.sub(r"_x005F\1", safe_text(text))
        shown = _CONTROL.sub(lambda match: f"_x{ord(match[0]):04X}_", shown)
        space = ' xml:space="preserve"' if shown != shown.strip() else ""
        return f"{start}{space}>{escape(shown)}</t></is></c>"

    return cell
