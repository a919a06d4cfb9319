"""Tells the formulas and error values of an .xlsb from its records (MS-XLSB 2.1.4).

This module owns one bounded walk over the records of each sheet's part, and takes the style
from numbers of which no date can be made, as `biff` does. It refuses to read values; those
come from calamine.
"""

from __future__ import annotations

import posixpath
import struct
from collections.abc import Iterator, Mapping
from xml.parsers import expat

from sheetflow.reading.biff import error_name, number_of_rk
from sheetflow.reading.mending import may_be_day
from sheetflow.reading.told import ToldCells

_ROW, _ERROR, _ERROR_OF_FORMULA, _SHEET = 0, 3, 11, 156
_FORMULAS = range(8, 12)
_RK, _NUMBER, _NUMBER_OF_FORMULA = 2, 5, 9
_NO_STYLE = b"\xff\xff\xff"
_SHEET_FOLDER = "worksheets"


def tell_xlsb(parts: Mapping[str, bytes]) -> tuple[list[ToldCells], Mapping[str, bytes]]:
    """Tell of each worksheet in the workbook's order, and give the parts as calamine can take them."""
    lower = {name.casefold(): bytearray(content) for name, content in parts.items()}
    targets = _targets(bytes(lower.get("xl/_rels/workbook.bin.rels", b"")))
    names = [
        targets.get(_text(body, 8), "")
        for kind, _, body in _records(bytes(lower.get("xl/workbook.bin", b"")))
        if kind == _SHEET
    ]
    sheets = [name for name in names if _SHEET_FOLDER in name]
    told = [_tell_sheet(lower.get(name, bytearray())) for name in sheets]
    return told, {name: bytes(lower[name.casefold()]) for name in parts}


def _targets(part: bytes) -> dict[str, str]:
    targets: dict[str, str] = {}

    def start(_name: str, attributes: dict[str, str]) -> None:
        target = attributes.get("Target", "").replace("\\", "/")
        path = target.lstrip("/") if target.startswith("/") else posixpath.join("xl", target)
        targets[attributes.get("Id", "")] = posixpath.normpath(path).casefold()

    parser = expat.ParserCreate()
    parser.StartElementHandler = start
    parser.Parse(part, True)  # noqa: FBT003 - expat takes it by position only
    return targets


def _tell_sheet(part: bytearray) -> ToldCells:
    told = ToldCells()
    row = 0
    for kind, at, body in _records(bytes(part)):
        if not may_be_day(_number_in(kind, body)):
            part[at + 4 : at + 7] = _NO_STYLE
        if kind == _ROW:
            row = int.from_bytes(body[:4], "little") + 1
        elif kind in _FORMULAS or kind == _ERROR:
            address = (row, int.from_bytes(body[:4], "little") + 1)
            if kind in _FORMULAS:
                told.add_formula(address)
            if kind in (_ERROR, _ERROR_OF_FORMULA):
                told.errors[address] = error_name(body[8] if len(body) > 8 else 0)  # noqa: PLR2004
    return told


def _number_in(kind: int, body: bytes) -> float:
    """Give the number that a record holds; 0 where it holds none."""
    if kind == _RK:
        return number_of_rk(body[8:12])
    if kind in (_NUMBER, _NUMBER_OF_FORMULA):
        (number,) = struct.unpack_from("<d", body, 8)
        return float(number)
    return 0


def _records(part: bytes) -> Iterator[tuple[int, int, bytes]]:
    """Give the records of a part, and where each begins."""
    at = 0
    while at < len(part):
        kind, at = _number(part, at, 2)
        size, at = _number(part, at, 4)
        yield kind, at, part[at : at + size]
        at += size


def _number(part: bytes, at: int, most: int) -> tuple[int, int]:
    """Read a number of at most `most` bytes, seven bits each; give it and where it ends."""
    value = shift = 0
    for byte in part[at : at + most]:
        at += 1
        value |= (byte & 0x7F) << shift
        shift += 7
        if byte < 0x80:  # noqa: PLR2004 - the last byte has no high bit
            break
    return value, at


def _text(body: bytes, at: int) -> str:
    size = int.from_bytes(body[at : at + 4], "little")
    return body[at + 4 : at + 4 + 2 * size].decode("utf-16-le", errors="replace")
