"""Workbooks joined from pieces: rows are rendered and compressed once, then only copied.

Writing a province's rows cell by cell takes half a minute, over and over the same rows.
So a submission's rows are rendered once (`rendered_rows`), and a consolidated sheet is put
together byte for byte from those of all units; one piece is in memory at a time.

* **The XML** of a piece is a run of ``<row>…</row>`` without ``r`` attributes (optional by
  ECMA-376-1 18.3.1.4 and 18.3.1.73), with inline strings and fixed style numbers: it may stand
  at any row, and nothing points out of it.
* **The bytes** of a piece are a raw deflate stream (RFC 1951) that ends with a full flush: such
  streams one after the other, then one that ends, are again one deflate stream. The CRC-32 of
  the whole follows from those of the parts and their sizes.
* **The package** is the skeleton that XlsxWriter wrote, whose bulk sheets hold their heads only.
  All other entries are copied as they are; a bulk sheet becomes its XML up to
  ``</sheetData>``, the pieces, and the rest of it.
"""

from __future__ import annotations

import io
import os
import struct
import zipfile
import zlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from isal import isal_zlib

from sheetflow.errors import WritingError
from sheetflow.schemas.indicators import Number
from sheetflow.schemas.layout import FIRST_ROW
from sheetflow.workbook import MAX_ROWS

_LEVEL = 1
"""A quarter of the time that zlib's quickest level takes, for no more bytes."""

_END_OF_ROWS = b"</sheetData>"
_MOST = 0xFFFF_FFFF
"""The sizes and offsets that an entry can name without Zip64, which readers know less well."""


@dataclass(frozen=True, slots=True)
class Piece:
    """Packed rows that lie in a file: `length` bytes at `offset`, and what joining asks of them.

    `size` and `crc` are those of the XML, `packed_crc` is that of the packed bytes.
    """

    rows: int
    size: int
    crc: int
    offset: int
    length: int
    packed_crc: int
    path: Path = Path()

    def read(self) -> bytes:
        """Give the packed rows; raise WritingError where they are damaged, and drop their file.

        It is a cache: whoever tries again finds it missing and makes it anew.
        """
        # A province's workbook takes thousands of pieces: a file object for each took half the time.
        descriptor = os.open(self.path, os.O_RDONLY | getattr(os, "O_BINARY", 0))
        try:
            os.lseek(descriptor, self.offset, os.SEEK_SET)
            packed = os.read(descriptor, self.length)
        finally:
            os.close(descriptor)
        if zlib.crc32(packed) != self.packed_crc:
            self.path.unlink(missing_ok=True)
            raise WritingError("汇总表的中间文件损坏，已经丢弃，下次会重新生成。")
        return packed


@dataclass(frozen=True, slots=True)
class Bulk:
    """All rows of one sheet: each receipt's piece, in order, and what the rows add up to by code."""

    pieces: Sequence[tuple[str, Piece]]
    measured: Mapping[str, Number]

    @property
    def rows(self) -> int:
        """How many rows there are."""
        return sum(piece.rows for _, piece in self.pieces)

    @property
    def can_join(self) -> bool:
        """Whether one sheet can hold them all."""
        size = sum(piece.size for _, piece in self.pieces)
        return size < _MOST // 2 and FIRST_ROW - 1 + self.rows <= MAX_ROWS


def pack(xml: bytes, rows: int, offset: int) -> tuple[Piece, bytes]:
    """Pack the XML of `rows` rows as a piece that will lie at `offset`; give it and its bytes."""
    packed = _deflate(xml, isal_zlib.Z_FULL_FLUSH)
    crcs = zlib.crc32(xml), zlib.crc32(packed)
    return Piece(rows, len(xml), crcs[0], offset, len(packed), crcs[1]), packed


def join(skeleton: bytes, bulk: Mapping[str, Sequence[Piece]], target: BinaryIO) -> None:
    """Write the skeleton to `target` with the rows of `bulk` in its sheets, by part name.

    Raise WritingError where the workbook would pass 4 GiB or a piece is damaged, OSError for
    a lost one.
    """
    with zipfile.ZipFile(io.BytesIO(skeleton)) as package:
        _write_package(
            (
                (entry.filename, _Entry.joined(package.read(entry), bulk[entry.filename]))
                if entry.filename in bulk
                else (entry.filename, _Entry.copied(io.BytesIO(skeleton), entry))
                for entry in package.infolist()
            ),
            target,
        )


def repack(source: BinaryIO, changed: Mapping[str, bytes], target: BinaryIO) -> None:
    """Copy a package as it is packed, but for the parts that `changed` has anew."""
    with zipfile.ZipFile(source) as package:
        _write_package(
            (
                (entry.filename, _Entry.joined(changed[entry.filename], ()))
                if entry.filename in changed
                else (entry.filename, _Entry.copied(source, entry))
                for entry in package.infolist()
            ),
            target,
        )


def _write_package(entries: Iterable[tuple[str, _Entry]], target: BinaryIO) -> None:
    """Write entries, their names and their directory; one entry is in memory at a time."""
    directory: list[bytes] = []
    offset = 0
    for called, entry in entries:
        name = called.encode()
        target.write(entry.local_header(name))
        target.writelines(part if isinstance(part, bytes) else part.read() for part in entry.parts)
        directory.append(entry.central_header(name, offset))
        offset += len(entry.local_header(name)) + entry.packed
        if offset > _MOST:
            raise WritingError("汇总表超过4GB，不能写成一个文件。请到下级单位的汇总表里分别查看。")
    listing = b"".join(directory)
    target.write(listing)
    count = len(directory)
    target.write(struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, count, count, len(listing), offset, 0))


@dataclass(frozen=True, slots=True)
class _Entry:
    """One entry of the package: its packed parts and what its headers say."""

    parts: Sequence[bytes | Piece]
    method: int
    crc: int
    packed: int
    size: int

    @classmethod
    def copied(cls, package: BinaryIO, entry: zipfile.ZipInfo) -> _Entry:
        """Take an entry over as it is packed."""
        package.seek(entry.header_offset + 26)
        names = struct.unpack("<2H", package.read(4))
        package.seek(entry.header_offset + 30 + sum(names))
        data = package.read(entry.compress_size)
        return cls([data], entry.compress_type, entry.CRC, len(data), entry.file_size)

    @classmethod
    def joined(cls, xml: bytes, pieces: Sequence[Piece]) -> _Entry:
        """Put rows behind those that the sheet has."""
        before, end, after = xml.rpartition(_END_OF_ROWS)
        after = end + after
        head = _deflate(before, isal_zlib.Z_FULL_FLUSH)
        tail = _deflate(after, isal_zlib.Z_FINISH)
        crc = zlib.crc32(before)
        for piece in pieces:
            crc = isal_zlib.crc32_combine(crc, piece.crc, piece.size)
        crc = isal_zlib.crc32_combine(crc, zlib.crc32(after), len(after))
        packed = len(head) + sum(piece.length for piece in pieces) + len(tail)
        size = len(xml) + sum(piece.size for piece in pieces)
        return cls([head, *pieces, tail], zipfile.ZIP_DEFLATED, crc, packed, size)

    def local_header(self, name: bytes) -> bytes:
        """Give what stands before the entry's data."""
        return struct.pack("<4sH", b"PK\3\4", 20) + self._facts(name) + name

    def central_header(self, name: bytes, offset: int) -> bytes:
        """Give the entry's line in the directory at the end."""
        rest = struct.pack("<3H2L", 0, 0, 0, 0, offset)
        return struct.pack("<4s2H", b"PK\1\2", 20, 20) + self._facts(name) + rest + name

    def _facts(self, name: bytes) -> bytes:
        # The same bytes for the same content: the time is the format's first, 1 January 1980.
        time, day = 0, (1 << 5) | 1
        return struct.pack(
            "<4H3L2H", 0, self.method, time, day, self.crc, self.packed, self.size, len(name), 0
        )


def _deflate(data: bytes, ending: int) -> bytes:
    packer = isal_zlib.compressobj(_LEVEL, isal_zlib.DEFLATED, -isal_zlib.MAX_WBITS)
    return packer.compress(data) + packer.flush(ending)
