"""A submission's detail rows rendered beforehand: for one level, as they stand in 汇总表.

This module owns the file that holds a submission's pieces: a cache, made anew wherever it
is missing or damaged. It refuses to know where these files lie, and how a cell is written
(`piece_cells`).

The file: ``SFPIECE1``, the length of the table, that of the texts, and the CRC-32 of both
(each 4 bytes, little-endian); the table as JSON, with the place and the CRC-32 of each piece;
the texts, JSON too, each read only where it is needed; the pieces.
"""

from __future__ import annotations

import hashlib
import json
import struct
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import overload

from sheetflow import __version__
from sheetflow.consolidation.accepted import Matters
from sheetflow.consolidation.details import (
    KnownColumns,
    Whose,
    columns_seen,
    detail_sheet,
    rows_standing,
    sheets_going_up,
)
from sheetflow.consolidation.same_person import matter_looks, matters
from sheetflow.consolidation.tables import DetailRow, DetailSheet
from sheetflow.masks import MaskPolicy
from sheetflow.schemas.cells import Json
from sheetflow.schemas.digests import rows_digest
from sheetflow.schemas.documents import dump_figures, load_figures
from sheetflow.schemas.forms import Form
from sheetflow.schemas.indicators import Figures, Indicator, Number, plain
from sheetflow.schemas.parsing import Value
from sheetflow.schemas.sheets import Sheet
from sheetflow.writing.consolidated.details import countable, measure_rows
from sheetflow.writing.consolidated.joined import Bulk, Piece, pack
from sheetflow.writing.consolidated.piece_cells import Cells, Seen

_MAGIC = b"SFPIECE1"
_HEAD = struct.Struct("<8s3L")
_FORMAT = 5
"""Counts up whenever the same rows would be rendered otherwise."""

Rows = Sequence[Mapping[str, Value]]

_PLACE = ("rows", "size", "crc", "offset", "length", "packed_crc")
FEW_ROWS = 400
"""Up to so many rows of one submission are kept unrendered as well."""


@dataclass(frozen=True, slots=True)
class Rendered:
    """One sheet's rows of one submission: the piece, and what its rows add up to by code.

    `few` are the rows once more where they are few, for sheets that are written plainly: JSON,
    read only where it is needed.
    """

    piece: Piece
    measured: Mapping[str, Number]
    few: bytes | None = None

    @property
    def values(self) -> Sequence[Sequence[Json]]:
        """The few rows by column; none where they are too many."""
        found: Sequence[Sequence[Json]] = json.loads(self.few) if self.few else ()
        return found


@dataclass(frozen=True, slots=True)
class Pieces:
    """All that one level's workbook takes from a submission: its sheets by key, its matters."""

    sheets: Mapping[str, Rendered]
    matters: Matters = field(default_factory=Matters)


def layout_of(form: Form) -> str:
    """Digest all of a form's declaration that shows in its pieces."""
    return rows_digest(form, _FORMAT, __version__)


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
    sheets = [sheet for sheet in sheets_going_up(form) if rows.get(sheet.key)]
    about = rows.get(person.sheet, ()) if person else ()
    looks = [matter_looks(form, policy) for policy in policies]
    seen_by = dict(zip(looks, policies, strict=True))
    told = {look: matters(form, policy, source.unit_id, about) for look, policy in seen_by.items()}
    files = [_File(told[look]) for look in looks]
    for sheet in sheets:
        cells = Cells()
        measured = _Measured(form, sheet, rows[sheet.key], figures)
        known: KnownColumns = {}
        for file, policy in zip(files, policies, strict=True):
            standing = rows_standing(sheet, policy, source, rows[sheet.key])
            if standing:
                shape = detail_sheet(policy, sheet, lambda: ())
                alike = known if standing is rows[sheet.key] else {}
                columns = columns_seen(form, policy, sheet, source, standing, alike)
                seen = list(zip(shape.columns, columns, strict=True))
                file.add(
                    sheet.key,
                    cells.render((*source.told_to(policy), source.receipt), seen, len(standing)),
                    measured.of(countable(shape, form, policy.level), standing),
                    seen,
                    len(standing),
                )
    return [file.content() for file in files]


class _File:
    """One policy's file while it is put together."""

    def __init__(self, told: Matters) -> None:
        self._texts: list[bytes] = []
        self._table: dict[str, list[object]] = {}
        self._packed: list[bytes] = []
        self._offset = 0
        self._told = [self._late(said) for said in (told.digests, told.keys, told.words)]

    def _late(self, value: object) -> tuple[int, int]:
        """Put a text behind the table, and give where it begins and ends there."""
        begins = sum(map(len, self._texts))
        self._texts.append(_json(value).encode())
        return begins, begins + len(self._texts[-1])

    def add(self, key: str, xml: bytes, measured: Figures, seen: Seen, rows: int) -> None:
        """Add one sheet's rows."""
        piece, data = pack(xml, rows, self._offset)
        place = [getattr(piece, name) for name in _PLACE]
        few = None
        if rows <= FEW_ROWS:
            few = self._late([[*map(column.type.to_json, values)] for column, values in seen])
        self._table[key] = [*place, dump_figures(measured), few]
        self._packed.append(data)
        self._offset += len(data)

    def content(self) -> bytes:
        """Give the whole file."""
        table, texts = _json([self._table, self._told]).encode(), b"".join(self._texts)
        head = _HEAD.pack(_MAGIC, len(table), len(texts), zlib.crc32(table + texts))
        return b"".join((head, table, texts, *self._packed))


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


class _LateTexts(Sequence[str]):
    """Texts that are read from their JSON when the first one is asked for: seldom."""

    def __init__(self, written: bytes) -> None:
        self._written = written

    @cached_property
    def _texts(self) -> Sequence[str]:
        texts: Sequence[str] = json.loads(self._written)
        return texts

    @overload
    def __getitem__(self, number: int) -> str: ...
    @overload
    def __getitem__(self, number: slice) -> Sequence[str]: ...
    def __getitem__(self, number: int | slice) -> str | Sequence[str]:
        return self._texts[number]

    def __len__(self) -> int:
        return len(self._texts)


class _Measured:
    """What a sheet's rows add up to, counted once for all levels that see the same rows."""

    def __init__(self, form: Form, sheet: Sheet, rows: Rows, figures: Figures | None) -> None:
        self._form = form
        self._all = [entry for entry in form.indicators if entry.source.draws_on == sheet.key]
        self._last: tuple[Rows, Figures] = ((), {}) if figures is None else (rows, figures)

    def of(self, indicators: Sequence[Indicator], rows: Rows) -> dict[str, Number]:
        """Give the figures of `indicators`; what is masked of a row changes none of them."""
        if self._last[0] is not rows:
            self._last = rows, measure_rows(self._all, self._form, rows)
        return {entry.code: self._last[1][entry.code] for entry in indicators}


def load_detail_rows(
    detail: DetailSheet, source: Whose, values: Sequence[Sequence[Json]]
) -> Iterator[DetailRow]:
    """Give back the rows that a file holds once more (`values` by column)."""
    columns, places = detail.columns, source.places[-len(detail.origin) :]
    keys = [column.key for column in columns]
    cells = [
        map(column.type.from_json, column_values)
        for column, column_values in zip(columns, values, strict=True)
    ]
    for row in zip(*cells, strict=True):
        seen = dict(zip(keys, row, strict=True))
        yield DetailRow(places, source.receipt, seen)


def read_pieces(path: Path) -> Pieces | None:
    """Read which pieces lie in a file; None where it is missing or its table damaged.

    The pieces themselves are looked at when they are joined (`Piece.read`).
    """
    try:
        with path.open("rb") as file:
            head = file.read(_HEAD.size)
            if len(head) < _HEAD.size:
                return None
            magic, length, late, crc = _HEAD.unpack(head)
            listed = file.read(length + late)
    except OSError:
        return None
    if magic != _MAGIC or len(listed) < length + late or zlib.crc32(listed) != crc:
        return None
    table, told = json.loads(listed[:length])
    start, texts = _HEAD.size + length + late, listed[length:]
    sheets = {
        key: Rendered(
            Piece(rows, size, crc_, start + offset, packed, packed_crc, path),
            load_figures(figures),
            texts[slice(*few)] if few else None,
        )
        for key, (rows, size, crc_, offset, packed, packed_crc, figures, few) in (table.items())
    }
    return Pieces(sheets, Matters(*(_LateTexts(texts[slice(*spot)]) for spot in told)))


def gather(key: str, pieces: Iterable[tuple[str, Pieces]]) -> Bulk:
    """Put together the sheet `key` from submissions, each its receipt with its pieces."""
    found = [(receipt, each.sheets[key]) for receipt, each in pieces if key in each.sheets]
    measured: dict[str, Number] = {}
    for _, rendered in found:
        for code, figure in rendered.measured.items():
            measured[code] = plain((measured.get(code) or 0) + (figure or 0))
    return Bulk([(receipt, rendered.piece) for receipt, rendered in found], measured)
