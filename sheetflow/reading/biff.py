"""Tells the formulas and error values of an .xls from its records (MS-XLS 2.4).

This module owns one bounded walk over the records of the workbook stream, and takes the
style from numbers of which no date can be made: in a format for dates such a number makes
calamine give up the workbook. It refuses to read values; those come from calamine.
"""

from __future__ import annotations

import io
import struct
from collections.abc import Iterator, Mapping
from types import MappingProxyType

from sheetflow.reading.mending import may_be_day
from sheetflow.reading.told import ToldCells

_BOF, _EOF, _BOUND_SHEET, _BOOL_OR_ERROR = 0x0809, 0x000A, 0x0085, 0x0205
_FORMULAS = (0x0006, 0x0206, 0x0406)
_NUMBER, _RK, _SEVERAL_RK = 0x0203, 0x027E, 0x00BD
_NO_STYLE = b"\xff\xff"
_DOUBLE = struct.Struct("<d")
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


def number_of_rk(packed: bytes) -> float:
    """Unpack a number of four bytes (MS-XLS 2.5.122), which the binary formats share."""
    bits = int.from_bytes(packed, "little", signed=True)
    number = float(bits >> 2)
    if not bits & 2:
        (number,) = _DOUBLE.unpack(bytes(4) + (bits & ~3).to_bytes(4, "little", signed=True))
    return number / 100 if bits & 1 else number


def tell_xls(data: bytes) -> tuple[list[ToldCells], bytes]:
    """Tell of each worksheet in the workbook's order, and give the file as calamine can take it."""
    name, content = _stream(data)
    stream = bytearray(content)
    starts: list[int] = []
    for kind, _, body in _records(content, 0):
        if kind == _BOUND_SHEET and len(body) > 5 and body[5] == _WORKSHEET:  # noqa: PLR2004
            starts.append(int.from_bytes(body[:4], "little"))
    told = [_tell_sheet(content, start, stream) for start in starts]
    return told, data if stream == content else _with_stream(data, name, bytes(stream))


def _stream(data: bytes) -> tuple[str, bytes]:
    import olefile

    with olefile.OleFileIO(io.BytesIO(data)) as container:
        name = "Workbook" if container.exists("Workbook") else "Book"
        return name, bytes(container.openstream(name).read())


def _with_stream(data: bytes, name: str, stream: bytes) -> bytes:
    import olefile

    target = io.BytesIO(data)
    with olefile.OleFileIO(target, write_mode=True) as container:
        container.write_stream(name, stream)
        return target.getvalue()


def _records(stream: bytes, start: int) -> Iterator[tuple[int, int, bytes]]:
    """Give the records of one substream and where each begins, those of charts left out."""
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
            yield kind, at, stream[at : at + size]
        at += size


def _tell_sheet(stream: bytes, start: int, mended: bytearray) -> ToldCells:
    told = ToldCells()
    for kind, at, body in _records(stream, start):
        for place, number in _numbers(kind, body):
            if not may_be_day(number):
                mended[at + place : at + place + 2] = _NO_STYLE
        if kind in _FORMULAS and len(body) >= 14:  # noqa: PLR2004 - as far as the result goes
            row, column = _PLACE.unpack_from(body)
            told.add_formula((row + 1, column + 1))
            if body[12:14] == _SPECIAL and body[6] == _IS_ERROR:
                told.errors[row + 1, column + 1] = error_name(body[8])
        elif kind == _BOOL_OR_ERROR and len(body) >= 8 and body[7]:  # noqa: PLR2004
            row, column = _PLACE.unpack_from(body)
            told.errors[row + 1, column + 1] = error_name(body[6])
    return told


def _numbers(kind: int, body: bytes) -> Iterator[tuple[int, float]]:
    """Give the numbers of a record, and where in it the style of each stands."""
    if kind == _NUMBER or (kind in _FORMULAS and body[12:14] != _SPECIAL):
        yield 4, _DOUBLE.unpack_from(body, 6)[0]
    elif kind == _RK:
        yield 4, number_of_rk(body[6:10])
    elif kind == _SEVERAL_RK:
        for at in range(4, len(body) - 7, 6):
            yield at, number_of_rk(body[at + 2 : at + 6])
