"""Gathers the formulas and error values of an .xlsb from its records (MS-XLSB 2.1.4).

This module owns one bounded walk over the records of each sheet's part, and takes the style
from numbers of which no date can be made, as `xls` does. It refuses to read values; those
come from calamine.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Mapping

from sheetflow.reading.odd_cells import may_be_day
from sheetflow.reading.package import read_relations
from sheetflow.reading.sheet_facts import SheetFacts
from sheetflow.reading.xls import error_name, number_of_rk

_ROW, _ERROR, _ERROR_OF_FORMULA, _SHEET = 0, 3, 11, 156
_FORMULAS = range(8, 12)
_RK, _NUMBER, _NUMBER_OF_FORMULA = 2, 5, 9
_NO_STYLE = b"\xff\xff\xff"
_SHEET_FOLDER = "worksheets"


def scan_xlsb(parts: Mapping[str, bytes]) -> tuple[list[SheetFacts], Mapping[str, bytes]]:
    """Gather the facts of each worksheet in order, and give the parts as calamine can take them."""
    lower = {name.casefold(): bytearray(content) for name, content in parts.items()}
    relations = read_relations(bytes(lower.get("xl/_rels/workbook.bin.rels", b"")), "xl")
    targets = {each.relation_id: each.target for each in relations}
    names = [
        targets.get(_text(body, 8), "")
        for kind, _, body in _records(bytes(lower.get("xl/workbook.bin", b"")))
        if kind == _SHEET
    ]
    sheets = [name for name in names if _SHEET_FOLDER in name]
    facts = [_scan_sheet(lower.get(name, bytearray())) for name in sheets]
    return facts, {name: bytes(lower[name.casefold()]) for name in parts}


def _scan_sheet(part: bytearray) -> SheetFacts:
    facts = SheetFacts()
    row = 0
    for kind, at, body in _records(bytes(part)):
        if not may_be_day(_number_in(kind, body)):
            part[at + 4 : at + 7] = _NO_STYLE
        if kind == _ROW:
            row = int.from_bytes(body[:4], "little") + 1
        elif kind in _FORMULAS or kind == _ERROR:
            address = (row, int.from_bytes(body[:4], "little") + 1)
            if kind in _FORMULAS:
                facts.add_formula(address)
            if kind in (_ERROR, _ERROR_OF_FORMULA):
                facts.errors[address] = error_name(body[8] if len(body) > 8 else 0)  # noqa: PLR2004
    return facts


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
