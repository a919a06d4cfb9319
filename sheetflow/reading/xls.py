"""Looks into an OLE container: an .xls or .et, an encrypted workbook, or something else.

This module owns that decision; decrypting with the password that office programs use without
asking (a workbook protected against changes only); and one bounded walk over the records of an .xls
(MS-XLS 2.4) for formulas and errors. It takes the style from numbers of which no date can be made,
for which calamine would give up the workbook. It refuses to guess passwords and to read values.
"""

from __future__ import annotations

import io
import struct
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from sheetflow.errors import UnreadableError
from sheetflow.reading.odd_cells import may_be_day
from sheetflow.reading.sheet_facts import SheetFacts

_OWN_PASSWORD = "VelvetSweatshop"  # noqa: S105 - published in MS-OFFCRYPTO, no secret of ours
_INFO = "encryptioninfo"
_RIGHTS = frozenset({"\x09drmcontent", "\x09drmviewercontent"})
"""Streams of files that only those may open to whom a rights server gives leave."""

_BOF, _EOF, _FILE_PASS, _BOUND_SHEET, _BOOL_OR_ERROR = 0x0809, 0x000A, 0x002F, 0x0085, 0x0205
_FORMULAS = (0x0006, 0x0206, 0x0406)
_NUMBER, _RK, _SEVERAL_RK = 0x0203, 0x027E, 0x00BD
_NO_STYLE = b"\xff\xff"
_DOUBLE = struct.Struct("<d")
_TWO = struct.Struct("<HH")
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


@dataclass(frozen=True, slots=True)
class OleWorkbook:
    """A readable .xls, or (`inner`) the zip container that came out of an encrypted one."""

    data: bytes
    is_zip: bool
    remarks: tuple[str, ...] = ()


def open_ole(data: bytes) -> OleWorkbook:
    """Find the workbook in the container and decrypt it; raise UnreadableError if none."""
    import olefile

    try:
        with olefile.OleFileIO(io.BytesIO(data)) as container:
            entries = [path[0].casefold() for path in container.listdir(storages=True)]
    except Exception as error:
        raise UnreadableError("file-damaged") from error
    if _RIGHTS & set(entries) or ("encryptedpackage" in entries and _INFO not in entries):
        raise UnreadableError("file-sealed")
    if "encryptedpackage" in entries or _INFO in entries:
        return OleWorkbook(_decrypted(data), is_zip=True)
    if not entries:
        raise UnreadableError("file-damaged")  # its directory was not yet written
    if "workbook" not in entries and "book" not in entries:
        raise UnreadableError("file-not-workbook")
    remarks = []
    if "_vba_project_cur" in entries:
        remarks.append("remark-macros")
    if any(entry.startswith("mbd") for entry in entries):
        remarks.append("remark-ole-objects")
    if _has_password(_stream(data)[1]):
        data = _decrypted(data)
    return OleWorkbook(data, is_zip=False, remarks=tuple(remarks))


def _decrypted(data: bytes) -> bytes:
    """Decrypt with the programs' own password.

    Whatever keeps that from succeeding (another password, a cipher that nobody here knows),
    the file is an encrypted one: who filled it in can open it and save it without a password.
    """
    import msoffcrypto

    target = io.BytesIO()
    try:
        office = msoffcrypto.OfficeFile(io.BytesIO(data))
        office.load_key(password=_OWN_PASSWORD)
        office.decrypt(target)
    except MemoryError:
        raise
    except Exception as error:
        raise UnreadableError("file-encrypted") from error
    return target.getvalue()


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


def scan_xls(data: bytes) -> tuple[list[SheetFacts], bytes]:
    """Gather the facts of each worksheet in order, and give the file as calamine can take it."""
    name, content = _stream(data)
    stream = bytearray(content)
    starts: list[int] = []
    for kind, _, body in _records(content, 0):
        if kind == _BOUND_SHEET and len(body) > 5 and body[5] == _WORKSHEET:  # noqa: PLR2004
            starts.append(int.from_bytes(body[:4], "little"))
    facts = [_scan_sheet(content, start, stream) for start in starts]
    return facts, data if stream == content else _with_stream(data, name, bytes(stream))


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
    while at + _TWO.size <= len(stream):
        kind, size = _TWO.unpack_from(stream, at)
        at += _TWO.size
        if kind == _BOF:
            depth += 1
        elif kind == _EOF:
            depth -= 1
            if depth <= 0:
                return
        elif depth == 1:
            yield kind, at, stream[at : at + size]
        at += size


def _scan_sheet(stream: bytes, start: int, mended: bytearray) -> SheetFacts:
    facts = SheetFacts()
    for kind, at, body in _records(stream, start):
        for place, number in _numbers(kind, body):
            if not may_be_day(number):
                mended[at + place : at + place + 2] = _NO_STYLE
        if kind in _FORMULAS and len(body) >= 14:  # noqa: PLR2004 - as far as the result goes
            row, column = _TWO.unpack_from(body)
            facts.add_formula((row + 1, column + 1))
            if body[12:14] == _SPECIAL and body[6] == _IS_ERROR:
                facts.errors[row + 1, column + 1] = error_name(body[8])
        elif kind == _BOOL_OR_ERROR and len(body) >= 8 and body[7]:  # noqa: PLR2004
            row, column = _TWO.unpack_from(body)
            facts.errors[row + 1, column + 1] = error_name(body[6])
    return facts


def _numbers(kind: int, body: bytes) -> Iterator[tuple[int, float]]:
    """Give the numbers of a record, and where in it the style of each stands."""
    if kind == _NUMBER or (kind in _FORMULAS and body[12:14] != _SPECIAL):
        yield 4, _DOUBLE.unpack_from(body, 6)[0]
    elif kind == _RK:
        yield 4, number_of_rk(body[6:10])
    elif kind == _SEVERAL_RK:
        for at in range(4, len(body) - 7, 6):
            yield at, number_of_rk(body[at + 2 : at + 6])


def _has_password(stream: bytes) -> bool:
    """Whether the records of an .xls are encrypted: a FILEPASS stands before the sheets' (MS-XLS 2.1.7.20.3).

    Where the records are not as they should be, calamine has the last word.
    """
    for kind, _, _ in _records(stream, 0):
        if kind in (_FILE_PASS, _BOUND_SHEET):
            return kind == _FILE_PASS
    return False
