"""A submission's detail rows rendered beforehand: for one level, as they stand in 汇总表.

This module owns the file that holds a submission's pieces: a cache, made anew wherever it
is missing or damaged. It refuses to know where these files lie, and how they are joined.

The file: ``SFPIECE2``, the length of the table, that of the few rows, and the CRC-32 of both
(each 4 bytes, little-endian); the table as JSON, with the place and the CRC-32 of each piece;
few rows once more, JSON too, read only where they are needed; the pieces.
"""

from __future__ import annotations

import hashlib
import json
import struct
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import repeat
from pathlib import Path

from sheetflow import __version__
from sheetflow.consolidation.accepted import Accepted, Matters
from sheetflow.consolidation.books import Books
from sheetflow.consolidation.contents import Consolidated, DetailRow, DetailSheet
from sheetflow.consolidation.detail_rows import (
    KnownColumns,
    Whose,
    cards_going_up,
    columns_seen,
    detail_sheet,
    rows_standing,
    sheets_going_up,
    sources,
    whose,
)
from sheetflow.consolidation.same_person import matter_looks, matters
from sheetflow.masks import MaskPolicy
from sheetflow.schemas.cells import CellType, Json
from sheetflow.schemas.column_reading import each
from sheetflow.schemas.columns import Column
from sheetflow.schemas.documents import dump_figures, load_figures, rows_digest
from sheetflow.schemas.forms import Form
from sheetflow.schemas.indicators import Figures, Number, plain
from sheetflow.schemas.parsing import Value
from sheetflow.schemas.sheets import Sheet
from sheetflow.writing.consolidated.detail_sheets import (
    WRAPPED_TYPES,
    countable,
    detail_cell,
    measure_rows,
    width_of,
)
from sheetflow.writing.consolidated.joined import Bulk, Piece, pack
from sheetflow.writing.looks import DETAIL_LOOKS, TEXT, lines_of
from sheetflow.writing.page import height_of_lines
from sheetflow.writing.xlsx_book import cell_xml, plain_text, stored

_MAGIC = b"SFPIECE2"
_HEAD = struct.Struct("<8s3L")
_FORMAT = 7
"""Counts up whenever the same rows would be rendered otherwise."""

_WORTH_JOINING = 50
"""From so many rows on a sheet of a workbook that is joined at all is joined as well."""
_FEW_ROWS = 400
"""Up to so many rows of one submission are kept unrendered as well."""

Rows = Sequence[Mapping[str, Value]]

Seen = Sequence[tuple[Column, Sequence[Value]]]
"""The columns of a sheet as a level sees them, each with its cells from top to bottom."""

Rendered = dict[tuple[str, CellType], tuple[Sequence[Value], Sequence[bytes], Sequence[int]]]
"""What one level has had rendered and the next one takes over: values, their XML, their lines.

By the column and what it holds: masked, it is words.
"""


@dataclass(frozen=True, slots=True)
class SheetPiece:
    """One sheet's rows of one submission: the piece, and what its rows add up to by code.

    `few` are the rows once more where they are few, for sheets that are written plainly: JSON,
    read only where it is needed; empty where they are too many.
    """

    piece: Piece
    measured: Mapping[str, Number]
    few: bytes = b""


@dataclass(frozen=True, slots=True)
class Pieces:
    """All that one level's workbook takes from a submission: its sheets by key, its matters."""

    sheets: Mapping[str, SheetPiece]
    matters: Matters = field(default_factory=Matters)

    @property
    def rows(self) -> int:
        """How many rows there are, of all sheets."""
        return sum(sheet.piece.rows for sheet in self.sheets.values())


def layout_of(form: Form) -> str:
    """Digest all of a form's declaration that shows in its pieces."""
    card = form.narrative.key if form.narrative else ""
    listed = [sheet.key for sheet in cards_going_up(form)]
    return rows_digest(form, _FORMAT, __version__, card, *listed)


def name_pieces(layout: str, policy: MaskPolicy, source: Whose, sha256: str) -> str:
    """Name the file by all that its content stands on; `sha256` is the submitted file's."""
    digest = hashlib.sha256(repr((layout, policy.digest, source, sha256)).encode()).hexdigest()
    return f"{source.receipt}-{policy.levels[policy.level].key}-{digest[:32]}"


def render_pieces(
    form: Form,
    policies: Sequence[MaskPolicy],
    source: Whose,
    rows: Mapping[str, Rows],
    figures: Figures | None = None,
) -> list[bytes]:
    """Give the file of each policy, with every sheet's rows as its level sees them.

    `figures` are what all the rows give, where that is known already.
    """
    person = form.same_person
    about = rows.get(person.sheet, ()) if person else ()
    looks = [matter_looks(form, policy) for policy in policies]
    seen_by = dict(zip(looks, policies, strict=True))
    listed = {
        look: matters(form, policy, source.unit_id, about) for look, policy in seen_by.items()
    }
    files = [_File(listed[look]) for look in looks]
    card = [form.narrative] if form.narrative else []
    for sheet in (*sheets_going_up(form), *card, *cards_going_up(form)):
        if all_rows := rows.get(sheet.key):
            _render_sheet(
                form, sheet, source, all_rows, figures, list(zip(files, policies, strict=True))
            )
    return [file.content() for file in files]


def _render_sheet(
    form: Form,
    sheet: Sheet,
    source: Whose,
    all_rows: Rows,
    figures: Figures | None,
    files: Sequence[tuple[_File, MaskPolicy]],
) -> None:
    """Add one sheet's rows to each file; what levels see alike is rendered and counted once."""
    indicators = [entry for entry in form.indicators if entry.source.draws_on == sheet.key]
    counted: tuple[Rows, Figures] | None = (all_rows, figures) if figures is not None else None
    rendered: Rendered = {}
    known: KnownColumns = {}
    for file, policy in files:
        standing = rows_standing(sheet, policy, source, all_rows)
        if not standing:
            continue
        if counted is None or counted[0] is not standing:
            # What is masked of a row changes none of its figures.
            counted = standing, measure_rows(indicators, form, standing)
        shape = detail_sheet(policy, sheet, lambda: ())
        alike = known if standing is all_rows else {}
        columns = columns_seen(form, policy, sheet, source, standing, alike)
        seen = list(zip(shape.columns, columns, strict=True))
        origin = (*source.told_to(policy), source.receipt)
        xml = rows_xml(origin, seen, len(standing), rendered)
        codes = [entry.code for entry in countable(shape, form, policy.level)]
        measured = {code: counted[1][code] for code in codes}
        file.add(sheet.key, xml, measured, seen, len(standing))


def rows_xml(origin: Sequence[str], seen: Seen, rows: int, rendered: Rendered) -> bytes:
    """Give the XML of so many rows, `origin` before each of them: as `write_details` puts them.

    A column in `rendered` is not rendered again for the very same list of values.
    """
    before = b"".join(_xml(text, DETAIL_LOOKS.index(TEXT)) for text in origin)
    parts: list[Iterable[bytes]] = [repeat(before, rows)]
    lines: list[Iterable[int]] = [repeat(1, rows)]
    for column, values in seen:
        key = (column.key, column.type)
        if key not in rendered or rendered[key][0] is not values:
            cells = each(partial(_cell_xml, column), values)
            wraps = isinstance(column.type, WRAPPED_TYPES)
            heights = each(partial(_lines_in, column), values) if wraps else ()
            rendered[key] = values, cells, heights
        parts.append(rendered[key][1])
        if rendered[key][2]:
            lines.append(rendered[key][2])
    tags = each(_row_tag, map(max, *lines) if len(lines) > 1 else lines[0])
    return b"".join(map(b"".join, zip(tags, *parts, repeat(b"</row>"), strict=False)))


def _cell_xml(column: Column, value: Value) -> bytes:
    return _xml(*detail_cell(column, value))


def _xml(value: Value, look: int) -> bytes:
    held = stored(value)
    held = plain_text(held) if isinstance(held, str) else held
    return f'<c s="{look + 1}"{cell_xml(held)}'.encode()


def _lines_in(column: Column, value: Value) -> int:
    text = column.type.show(value)
    return lines_of(text, width_of(column)) if text else 1


def _row_tag(lines: int) -> bytes:
    if lines == 1:
        return b"<row>"
    return f'<row ht="{height_of_lines(lines):g}" customHeight="1">'.encode()


class _File:
    """One policy's file while it is put together."""

    def __init__(self, listed: Matters) -> None:
        self._matters = [*map(list, (listed.digests, listed.keys, listed.words))]
        self._sheets: dict[str, list[object]] = {}
        self._few = self._pieces = b""

    def add(self, key: str, xml: bytes, measured: Figures, seen: Seen, rows: int) -> None:
        """Add one sheet's rows."""
        piece, packed = pack(xml, rows, len(self._pieces))
        few = b""
        if rows <= _FEW_ROWS:
            few = _json([[*map(column.type.to_json, values)] for column, values in seen])
        place = (piece.rows, piece.size, piece.crc, piece.offset, piece.length, piece.packed_crc)
        span = (len(self._few), len(self._few) + len(few))
        self._sheets[key] = [place, dump_figures(measured), span]
        self._few += few
        self._pieces += packed

    def content(self) -> bytes:
        """Give the whole file."""
        table = _json([self._sheets, self._matters])
        sizes = len(table), len(self._few)
        return _HEAD.pack(_MAGIC, *sizes, zlib.crc32(table + self._few)) + b"".join(
            (table, self._few, self._pieces)
        )


def _json(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


def read_pieces(path: Path) -> Pieces | None:
    """Read which pieces lie in a file; None where it is missing or its table damaged.

    The pieces themselves are looked at when they are joined (`Piece.read`).
    """
    try:
        with path.open("rb") as file:
            head = file.read(_HEAD.size)
            if len(head) < _HEAD.size:
                return None
            magic, length, few_length, crc = _HEAD.unpack(head)
            listed = file.read(length + few_length)
    except OSError:
        return None
    if magic != _MAGIC or len(listed) < length + few_length or zlib.crc32(listed) != crc:
        return None
    table, listed_matters = json.loads(listed[:length])
    few, start = listed[length:], _HEAD.size + len(listed)
    sheets: dict[str, SheetPiece] = {}
    for key, (place, figures, span) in table.items():
        rows, size, xml_crc, offset, packed, packed_crc = place
        piece = Piece(rows, size, xml_crc, start + offset, packed, packed_crc, path)
        sheets[key] = SheetPiece(piece, load_figures(figures), few[slice(*span)])
    return Pieces(sheets, Matters(*listed_matters))


def gather(key: str, pieces: Iterable[tuple[str, Pieces]]) -> Bulk:
    """Put together the sheet `key` from submissions, each its receipt with its pieces."""
    found = [(receipt, each_.sheets[key]) for receipt, each_ in pieces if key in each_.sheets]
    measured: dict[str, Number] = {}
    for _, sheet in found:
        for code, figure in sheet.measured.items():
            measured[code] = plain((measured.get(code) or 0) + (figure or 0))
    return Bulk([(receipt, sheet.piece) for receipt, sheet in found], measured)


def take_from_pieces(
    tables: Consolidated, books: Books, pieces: Mapping[str, Pieces], joined_from: int
) -> tuple[Consolidated, dict[str, Bulk]]:
    """Take the bulk sheets' rows from pieces by receipt, those of small sheets from the rows kept.

    Bulk sheets, by key, are to be joined: those with `joined_from` rows, and others beside one.
    """
    books = books.listing
    standing = {
        detail.sheet.key: sources(books, tables.unit, detail.sheet) for detail in tables.details
    }
    gathered = {
        key: gather(key, [(entry.receipt, pieces[entry.receipt]) for entry in listed])
        for key, listed in standing.items()
    }
    is_large = any(bulk.rows >= joined_from for bulk in gathered.values())
    bulk: dict[str, Bulk] = {}
    details: list[DetailSheet] = []
    for detail in tables.details:
        key = detail.sheet.key
        kept = _kept(books, standing[key], key, pieces)
        # Where one sheet is joined, a program that could not read it is lost anyway.
        if not all(few for _, few in kept) or (is_large and gathered[key].rows >= _WORTH_JOINING):
            bulk[key] = gathered[key]
        details.append(replace(detail, rows=partial(_kept_rows, detail, kept)))

    def card(told: DetailSheet) -> DetailSheet:
        """Give a card with its rows: a row a unit is never many."""
        listed = sources(books, tables.unit, told.sheet)
        return replace(
            told,
            rows=partial(_kept_rows, told, _kept(books, listed, told.sheet.key, pieces)),
        )

    words = card(tables.words) if tables.words else None
    cards = tuple(map(card, tables.cards))
    return replace(tables, details=tuple(details), words=words, cards=cards), bulk


def _kept(
    books: Books, standing: Iterable[Accepted], key: str, pieces: Mapping[str, Pieces]
) -> list[tuple[Whose, bytes]]:
    """Give the rows kept of each submission that has any in the sheet `key`."""
    return [
        (whose(books.tree, entry.unit_id, entry.receipt), pieces[entry.receipt].sheets[key].few)
        for entry in standing
        if key in pieces[entry.receipt].sheets  # a unit may have nothing in this sheet
    ]


def _kept_rows(detail: DetailSheet, kept: Sequence[tuple[Whose, bytes]]) -> Iterator[DetailRow]:
    columns = detail.columns
    keys = [column.key for column in columns]
    for source, few in kept:
        values: Sequence[Sequence[Json]] = json.loads(few) if few else [[] for _ in columns]
        places = source.places[-len(detail.origin) :]
        cells = [
            map(column.type.from_json, column_values)
            for column, column_values in zip(columns, values, strict=True)
        ]
        for row in zip(*cells, strict=True):
            yield DetailRow(places, source.receipt, dict(zip(keys, row, strict=True)))
