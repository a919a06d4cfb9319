"""Tells the formulas and error values of an .xls from its records (MS-XLS 2.4).

This module owns one bounded walk over the records of the workbook stream. It refuses to read
values; those come from calamine.
"""

from __future__ import annotations

import io
import struct
from collections.abc import Iterator, Mapping
from types import MappingProxyType

from sheetflow.reading.told import ToldCells

_BOF, _EOF, _BOUND_SHEET, _BOOL_OR_ERROR = 0x0809, 0x000A, 0x0085, 0x0205
_FORMULAS = (0x0006, 0x0206, 0x0406)
_HEAD = struct.Struct("<HH")
_PLACE = struct.Struct("<HH")
_WORKSHEET = 0
_SPECIAL, _IS_ERROR = b"\xff\xff", 2
_ERRORS: Mapping[int, str] = MappingProxyType(
    {
        0x00: "#NULL!",
        0x07: "#DIV/0!",
        0x0F: "#VALUE!",
        0x17: "#REF!",
        0x1D: "#NAME?",
        0x24: "#NUM!",
        0x2A: "#N/A",
    }
)


def error_name(code: int) -> str:
    """Name an error value by the code that the binary formats keep."""
    return _ERRORS.get(code, "#VALUE!")


def tell_xls(data: bytes) -> list[ToldCells]:
    """Tell of each worksheet in the workbook's order; nothing where the stream is unclear."""
    stream = _stream(data)
    starts: list[int] = []
    for kind, body in _records(stream, 0):
        if kind == _BOUND_SHEET and len(body) > 5 and body[5] == _WORKSHEET:  # noqa: PLR2004
            starts.append(int.from_bytes(body[:4], "little"))
    return [_tell_sheet(stream, start) for start in starts]


def _stream(data: bytes) -> bytes:
    import olefile

    with olefile.OleFileIO(io.BytesIO(data)) as container:
        name = "Workbook" if container.exists("Workbook") else "Book"
        return bytes(container.openstream(name).read())


def _records(stream: bytes, start: int) -> Iterator[tuple[int, bytes]]:
    """Give the records of one substream, those of charts within it left out."""
    at, depth = start, 0
    while at + _HEAD.size <= len(stream):
        kind, size = _HEAD.unpack_from(stream, at)
        at += _HEAD.size
        if kind == _BOF:
            depth += 1
        elif kind == _EOF:
            depth -= 1
            if depth <= 0:
                return
        elif depth == 1:
            yield kind, stream[at : at + size]
        at += size


def _tell_sheet(stream: bytes, start: int) -> ToldCells:
    told = ToldCells()
    for kind, body in _records(stream, start):
        if kind in _FORMULAS and len(body) >= 14:  # noqa: PLR2004 - as far as the result goes
            row, column = _PLACE.unpack_from(body)
            told.add_formula((row + 1, column + 1))
            if body[12:14] == _SPECIAL and body[6] == _IS_ERROR:
                told.errors[row + 1, column + 1] = error_name(body[8])
        elif kind == _BOOL_OR_ERROR and len(body) >= 8 and body[7]:  # noqa: PLR2004
            row, column = _PLACE.unpack_from(body)
            told.errors[row + 1, column + 1] = error_name(body[6])
    return told
