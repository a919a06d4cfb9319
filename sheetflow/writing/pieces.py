"""A submission's detail rows rendered beforehand: for one level, as they stand in 汇总表.

This module owns the XML of a detail row (cell for cell what `consolidated_details`
writes) and the file that holds a submission's pieces: a cache, made anew wherever it is
missing or damaged. It refuses to know where these files lie.

The file: ``SFPIECE1``, the length of the table and the CRC-32 of all that follows (each 4
bytes, little-endian); the table as JSON; the packed rows.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import re
import struct
import zlib
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import astuple, dataclass
from decimal import Decimal
from itertools import repeat
from pathlib import Path
from typing import TypeVar
from xml.sax.saxutils import escape

from sheetflow import __version__
from sheetflow.consolidation.accepted import Matter
from sheetflow.consolidation.crossing import matters
from sheetflow.consolidation.details import (
    Whose,
    detail_sheet,
    rows_seen,
    sheets_going_up,
)
from sheetflow.consolidation.tables import DetailRow
from sheetflow.masks import MaskPolicy
from sheetflow.schemas.cells import Json, Money
from sheetflow.schemas.columns import Column
from sheetflow.schemas.documents import dump_figures, load_figures
from sheetflow.schemas.forms import Form
from sheetflow.schemas.habits import Value
from sheetflow.schemas.indicators import Number, plain
from sheetflow.writing.cells import FIRST_DAY, is_exact
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
_FORMAT = 1
"""Counts up whenever the same rows would be rendered otherwise."""

_DAY_ZERO = dt.date(1899, 12, 30).toordinal()
_ESCAPED = re.compile("(_x[0-9a-fA-F]{4}_)")
"""What Excel would take for an escaped character."""
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f]")

In = TypeVar("In", bound=Hashable)
Out = TypeVar("Out")

Rows = Sequence[Mapping[str, Value]]

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
    matters: Sequence[Matter] = ()


def layout_of(form: Form) -> str:
    """Digest all of a form's declaration that shows in its pieces."""
    declared = [(sheet, sheet.columns) for sheet in form.sheets]
    stands_on = (_FORMAT, __version__, declared, form.indicators)
    return hashlib.sha256(repr(stands_on).encode()).hexdigest()


def name_pieces(layout: str, policy: MaskPolicy, source: Whose, sha256: str) -> str:
    """Name the file by all that its content stands on; `sha256` is the submitted file's."""
    digest = hashlib.sha256(repr((layout, policy.digest, source, sha256)).encode()).hexdigest()
    return f"{source.receipt}-{policy.level}-{digest[:32]}"


def render_pieces(form: Form, policy: MaskPolicy, source: Whose, rows: Mapping[str, Rows]) -> bytes:
    """Give the file with every sheet's rows as the policy's level sees them."""
    table: dict[str, list[object]] = {}
    packed: list[bytes] = []
    offset = 0
    for sheet in sheets_going_up(form):
        seen = list(rows_seen(form, policy, sheet, source, rows.get(sheet.key, ())))
        if not seen:
            continue
        shape = detail_sheet(policy, sheet, lambda: ())
        piece, data = pack(render_rows(shape.columns, seen), len(seen), offset)
        values = [row.values for row in seen]
        measured = measure_rows(countable(shape, form, policy.level), form, values)
        few = _dump(shape.columns, values) if len(seen) <= FEW_ROWS else None
        table[sheet.key] = [*astuple(piece)[:-1], dump_figures(measured), few]
        packed.append(data)
        offset += len(data)
    person = form.same_person
    told = matters(form, source.unit_id, rows.get(person.sheet, ())) if person else []
    head = json.dumps([table, list(map(astuple, told))], ensure_ascii=False).encode()
    body = b"".join((head, *packed))
    return _HEAD.pack(_MAGIC, len(head), zlib.crc32(body)) + body


def _dump(columns: Sequence[Column], rows: Rows) -> list[list[Json]]:
    return [[column.type.to_json(row.get(column.key)) for column in columns] for row in rows]


def load_detail_rows(
    columns: Sequence[Column], source: Whose, values: Sequence[Sequence[Json]]
) -> Iterator[DetailRow]:
    """Give back the rows that a file holds once more, under the columns they were seen in."""
    for row in values:
        cells = zip(columns, row, strict=True)
        seen = {column.key: column.type.from_json(value) for column, value in cells}
        yield DetailRow(source.city, source.county, source.receipt, seen)


def read_pieces(path: Path) -> Pieces | None:
    """Read which pieces lie in a file; None where it is missing or damaged."""
    try:
        content = path.read_bytes()
    except OSError:
        return None
    if len(content) < _HEAD.size:
        return None
    magic, length, crc = _HEAD.unpack_from(content)
    if magic != _MAGIC or zlib.crc32(memoryview(content)[_HEAD.size :]) != crc:
        return None
    start = _HEAD.size + length
    table, told = json.loads(content[_HEAD.size : start])
    sheets = {
        key: Rendered(
            Piece(rows, size, crc_, shift, start + offset, packed, path),
            load_figures(figures),
            values,
        )
        for key, (rows, size, crc_, shift, offset, packed, figures, values) in table.items()
    }
    return Pieces(sheets, [Matter(*matter) for matter in told])


def gather(key: str, pieces: Iterable[tuple[str, Pieces]]) -> Bulk:
    """Put together the sheet `key` from submissions, each its receipt with its pieces."""
    found = [(receipt, each.sheets[key]) for receipt, each in pieces if key in each.sheets]
    measured: dict[str, Number] = {}
    for _, rendered in found:
        for code, figure in rendered.measured.items():
            measured[code] = plain((measured.get(code) or 0) + (figure or 0))
    return Bulk([(receipt, rendered.piece) for receipt, rendered in found], measured)


def render_rows(columns: Sequence[Column], rows: Sequence[DetailRow]) -> bytes:
    """Give the XML of detail rows, column by column: what repeats is rendered once."""
    origins = [(row.city, row.county, row.receipt) for row in rows]
    parts = [_each(origins, lambda origin: "".join(_text(TEXT, text) for text in origin))]
    lines = [1] * len(rows)
    for column in columns:
        values = [row.values.get(column.key) for row in rows]
        parts.append(_each(values, _cell_of(column)))
        if isinstance(column.type, WRAPPED_TYPES):
            lines = list(map(max, lines, _each(values, _lines_in(column))))
    tags = _each(lines, _row_tag)
    return "".join(map("".join, zip(tags, *parts, repeat("</row>"), strict=False))).encode()


def _each(values: Sequence[In], make: Callable[[In], Out]) -> list[Out]:
    made = {value: make(value) for value in set(values)}
    return [made[value] for value in values]


def _row_tag(lines: int) -> str:
    return "<row>" if lines == 1 else f'<row ht="{height_of_lines(lines):g}" customHeight="1">'


def _lines_in(column: Column) -> Callable[[Value], int]:
    width, show = width_of(column), column.type.show
    return lambda value: lines_of(text, width) if (text := show(value)) else 1


def _cell_of(column: Column) -> Callable[[Value], str]:
    """Give what renders the cells of `column`, kind by kind as `consolidated_details` does."""
    look = WRAPPED if isinstance(column.type, WRAPPED_TYPES) else TEXT
    number_look = MONEY if isinstance(column.type, Money) else FIGURE
    show = column.type.show

    def cell(value: Value) -> str:
        if isinstance(value, dt.date):
            if value < FIRST_DAY:
                return _text(DAY, value.isoformat())
            return _number(DAY, value.toordinal() - _DAY_ZERO)
        if isinstance(value, int | Decimal):
            if is_exact(value):
                return _number(number_look, value)
            return _text(number_look, str(value))
        return _text(look, show(value))

    return cell


def _number(look: Look, number: int | Decimal) -> str:
    return f'<c s="{_style(look)}"><v>{number:.16G}</v></c>'


def _text(look: Look, text: str) -> str:
    if not text:
        return f'<c s="{_style(look)}"/>'
    shown = _ESCAPED.sub(r"_x005F\1", safe_text(text))
    shown = _CONTROL.sub(lambda match: f"_x{ord(match[0]):04X}_", shown)
    space = ' xml:space="preserve"' if shown != shown.strip() else ""
    return f'<c s="{_style(look)}" t="inlineStr"><is><t{space}>{escape(shown)}</t></is></c>'


def _style(look: Look) -> int:
    return DETAIL_LOOKS.index(look) + 1
