"""Builds OLE containers byte by byte: one stream each, as large as needs no small sectors."""

from __future__ import annotations

import struct

_SECTOR, _FREE, _END, _FAT = 512, 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD
_LEAST = 4096
BOF = struct.pack("<HHHH12x", 0x0809, 16, 0x0600, 0x0005)


def record(kind: int, body: bytes) -> bytes:
    """Make one record of a workbook stream."""
    return struct.pack("<HH", kind, len(body)) + body


def container_of(streams: dict[str, bytes]) -> bytes:
    """Put `streams` into an OLE container of version 3."""
    sectors: list[bytes] = []
    chain: list[int] = []
    starts: dict[str, tuple[int, int]] = {}
    for name, content in streams.items():
        padded = content.ljust(max(_LEAST, -(-len(content) // _SECTOR) * _SECTOR), b"\x00")
        starts[name] = (len(sectors), len(padded))
        parts = [padded[at : at + _SECTOR] for at in range(0, len(padded), _SECTOR)]
        chain += [*range(len(sectors) + 1, len(sectors) + len(parts)), _END]
        sectors += parts
    first = len(sectors)
    entries = [_entry("Root Entry", 5, _END, 0, child=1)]
    names = list(starts)
    for number, name in enumerate(names, start=1):
        begin, size = starts[name]
        following = number + 1 if number < len(names) else _FREE
        entries.append(_entry(name, 2, begin, size, right=following))
    entries += [bytes(128)] * (-len(entries) % 4)
    directory = b"".join(entries)
    count = len(directory) // _SECTOR
    chain += [*range(first + 1, first + count), _END, _FAT]
    sectors += [directory[at : at + _SECTOR] for at in range(0, len(directory), _SECTOR)]
    table = struct.pack("<128I", *chain, *[_FREE] * (128 - len(chain)))
    header = struct.pack(
        "<8s16xHHHHH6xIIIIIIIIII",
        *(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", 0x3E, 3, 0xFFFE, 9, 6),
        *(0, 1, first, 0, _LEAST, _END, 0, _END, 0, len(sectors)),
    )
    return header.ljust(_SECTOR, b"\xff") + b"".join(sectors) + table


def _entry(
    name: str, kind: int, start: int, size: int, *, child: int = _FREE, right: int = _FREE
) -> bytes:
    text = name.encode("utf-16-le")
    return struct.pack(
        "<64sHBBIII36xIQ", text, len(text) + 2, kind, 1, _FREE, right, child, start, size
    )
