"""Looks into an OLE container: an .xls or .et, an encrypted workbook, or something else.

This module owns that decision and the decryption with the password that office
programs use without asking ("VelvetSweatshop": a workbook protected against
changes only). It refuses to guess other passwords.
"""

from __future__ import annotations

import io
import struct
from dataclasses import dataclass

from sheetflow.errors import UnreadableError

_OWN_PASSWORD = "VelvetSweatshop"  # noqa: S105 - published in MS-OFFCRYPTO, no secret of ours
_INFO = "encryptioninfo"
_RIGHTS = frozenset({"\x09drmcontent", "\x09drmviewercontent"})
"""Streams of files that only those may open to whom a rights server gives leave."""
_RECORD = struct.Struct("<HH")
_FILE_PASS = 0x002F
_BEHIND_PASSWORD = frozenset({0x0085, 0x000A})
"""BOUNDSHEET8 and EOF: FILEPASS stands before them (MS-XLS 2.1.7.20.3)."""
_LOOKED_AT = 8192


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
    if _has_password(data):
        data = _decrypted(data)
    return OleWorkbook(data, is_zip=False, remarks=tuple(remarks))


def _has_password(data: bytes) -> bool:
    """Whether the records of an .xls are encrypted: a FILEPASS stands among its first.

    Where the records are not as they should be, calamine has the last word.
    """
    import olefile

    with olefile.OleFileIO(io.BytesIO(data)) as container:
        name = "Workbook" if container.exists("Workbook") else "Book"
        head = container.openstream(name).read(_LOOKED_AT)
    at = 0
    while at + _RECORD.size <= len(head):
        kind, size = _RECORD.unpack_from(head, at)
        if kind == _FILE_PASS:
            return True
        if kind in _BEHIND_PASSWORD:
            return False
        at += _RECORD.size + size
    return False


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
