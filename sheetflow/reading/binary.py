"""Looks into the binary formats: an OLE container (.xls, .et, an encrypted workbook), and an .xlsb.

This module owns what a container holds, the password that programs use without asking, and one
bounded walk over a sheet's records (MS-XLS 2.4, MS-XLSB 2.1.4) for formulas and errors. It takes the style
from numbers of which no date can be made, and refuses to guess passwords and to read values.
"""

from __future__ import annotations

import io
import struct
from collections.abc import Iterator, Mapping
from types import MappingProxyType

from sheetflow.errors import UnreadableError
from sheetflow.reading.package import read_relations
from sheetflow.reading.sheet_facts import SheetFacts, may_be_day

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
"""Numbers of records of an .xls; those of an .xlsb begin with ``_B_``."""

_B_ROW, _B_ERROR, _B_ERROR_OF_FORMULA, _B_SHEET = 0, 3, 11, 156
_B_FORMULAS = range(8, 12)
_B_RK, _B_NUMBER, _B_NUMBER_OF_FORMULA = 2, 5, 9
_B_NO_STYLE = b"\xff\xff\xff"
_B_SHEET_FOLDER = "worksheets"
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


def open_ole(data: bytes) -> tuple[bytes, bool, tuple[str, ...]]:
    """Find the workbook in the container and decrypt it; raise UnreadableError if none.

    Give its bytes, whether they are a zip container that came out of an encrypted file, and remarks.
    """
    import olefile

    try:
        with olefile.OleFileIO(io.BytesIO(data)) as container:
            entries = [path[0].casefold() for path in container.listdir(storages=True)]
    except Exception as error:
        raise UnreadableError("file-damaged") from error
    if _RIGHTS & set(entries) or ("encryptedpackage" in entries and _INFO not in entries):
        raise UnreadableError("file-sealed")
    if "encryptedpackage" in entries or _INFO in entries:
        return _decrypted(data), True, ()
    if not entries:
        raise UnreadableError("file-damaged")  # its directory was not yet written
    if "worddocument" in entries:
        raise UnreadableError("file-document")
    if "workbook" not in entries and "book" not in entries:
        raise UnreadableError("file-not-workbook")
    remarks = []
    if "_vba_project_cur" in entries:
        remarks.append("remark-macros")
    if any(entry.startswith("mbd") for entry in entries):
        remarks.append("remark-ole-objects")
    # Encrypted records begin with a FILEPASS (MS-XLS 2.1.7.20.3); calamine judges unsound ones.
    kinds = (kind for kind, _, _ in _records(_stream(data)[1], 0))
    if next((kind for kind in kinds if kind in (_FILE_PASS, _BOUND_SHEET)), 0) == _FILE_PASS:
        data = _decrypted(data)
    return data, False, tuple(remarks)


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


def scan_xls(data: bytes) -> tuple[list[SheetFacts], bytes]:
    """Gather the facts of each worksheet in order, and give the file as calamine can take it."""
    name, content = _stream(data)
    stream = bytearray(content)
    facts = [
        _scan_substream(content, int.from_bytes(body[:4], "little"), stream)
        for kind, _, body in _records(content, 0)
        if kind == _BOUND_SHEET and len(body) > 5 and body[5] == _WORKSHEET  # noqa: PLR2004
    ]
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


def _scan_substream(stream: bytes, start: int, mended: bytearray) -> SheetFacts:
    facts = SheetFacts()
    for kind, at, body in _records(stream, start):
        for place, number in _numbers(kind, body):
            if not may_be_day(number):
                mended[at + place : at + place + 2] = _NO_STYLE
        if kind in _FORMULAS and len(body) >= 14:  # noqa: PLR2004 - as far as the result goes
            row, column = _TWO.unpack_from(body)
            facts.add_formula((row + 1, column + 1))
            if body[12:14] == _SPECIAL and body[6] == _IS_ERROR:
                facts.errors[row + 1, column + 1] = _error_name(body[8])
        elif kind == _BOOL_OR_ERROR and len(body) >= 8 and body[7]:  # noqa: PLR2004
            row, column = _TWO.unpack_from(body)
            facts.errors[row + 1, column + 1] = _error_name(body[6])
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


def number_of_rk(packed: bytes) -> float:
    """Unpack a number of four bytes (MS-XLS 2.5.122), which the binary formats share."""
    bits = int.from_bytes(packed, "little", signed=True)
    number = float(bits >> 2)
    if not bits & 2:
        (number,) = _DOUBLE.unpack(bytes(4) + (bits & ~3).to_bytes(4, "little", signed=True))
    return number / 100 if bits & 1 else number


def _error_name(code: int) -> str:
    return _ERRORS.get(code, "#VALUE!")


def scan_xlsb(parts: Mapping[str, bytes]) -> tuple[list[SheetFacts], Mapping[str, bytes]]:
    """Gather the facts of each worksheet in order, and give the parts as calamine can take them."""
    lower = {name.casefold(): bytearray(content) for name, content in parts.items()}
    relations = read_relations(bytes(lower.get("xl/_rels/workbook.bin.rels", b"")), "xl")
    targets = {each.relation_id: each.target for each in relations}
    names = [
        targets.get(_text_at(body, 8), "")
        for kind, _, body in _records_of_part(bytes(lower.get("xl/workbook.bin", b"")))
        if kind == _B_SHEET
    ]
    facts = [_scan_part(lower.get(name, bytearray())) for name in names if _B_SHEET_FOLDER in name]
    return facts, {name: bytes(lower[name.casefold()]) for name in parts}


def _scan_part(part: bytearray) -> SheetFacts:
    facts = SheetFacts()
    row = 0
    for kind, at, body in _records_of_part(bytes(part)):
        if not may_be_day(_number_in(kind, body)):
            part[at + 4 : at + 7] = _B_NO_STYLE
        if kind == _B_ROW:
            row = int.from_bytes(body[:4], "little") + 1
        elif kind in _B_FORMULAS or kind == _B_ERROR:
            address = (row, int.from_bytes(body[:4], "little") + 1)
            if kind in _B_FORMULAS:
                facts.add_formula(address)
            if kind in (_B_ERROR, _B_ERROR_OF_FORMULA):
                facts.errors[address] = _error_name(body[8] if len(body) > 8 else 0)  # noqa: PLR2004
    return facts


def _number_in(kind: int, body: bytes) -> float:
    """Give the number that a record holds; 0 where it holds none."""
    if kind == _B_RK:
        return number_of_rk(body[8:12])
    if kind in (_B_NUMBER, _B_NUMBER_OF_FORMULA):
        (number,) = struct.unpack_from("<d", body, 8)
        return float(number)
    return 0


def _records_of_part(part: bytes) -> Iterator[tuple[int, int, bytes]]:
    """Give the records of a part, and where each begins."""
    at = 0
    while at < len(part):
        kind, at = _number_at(part, at, 2)
        size, at = _number_at(part, at, 4)
        yield kind, at, part[at : at + size]
        at += size


def _number_at(part: bytes, at: int, most: int) -> tuple[int, int]:
    """Read a number of at most `most` bytes, seven bits each; give it and where it ends."""
    value = shift = 0
    for byte in part[at : at + most]:
        at += 1
        value |= (byte & 0x7F) << shift
        shift += 7
        if byte < 0x80:  # noqa: PLR2004 - the last byte has no high bit
            break
    return value, at


def _text_at(body: bytes, at: int) -> str:
    size = int.from_bytes(body[at : at + 4], "little")
    return body[at + 4 : at + 4 + 2 * size].decode("utf-16-le", errors="replace")
