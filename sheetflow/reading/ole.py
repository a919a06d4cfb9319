"""Looks into an OLE container: an .xls or .et, an encrypted workbook, or something else.

This module owns that decision and the decryption with the password that office
programs use without asking ("VelvetSweatshop": a workbook protected against
changes only). It refuses to guess other passwords.
"""

from __future__ import annotations

import io
from dataclasses import dataclass

from sheetflow.errors import UnreadableError

_OWN_PASSWORD = "VelvetSweatshop"  # noqa: S105 - published in MS-OFFCRYPTO, no secret of ours


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
    if "encryptedpackage" in entries:
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
    if "workbook" in entries:
        data = _decrypted(data, only_if_encrypted=True)
    return OleWorkbook(data, is_zip=False, remarks=tuple(remarks))


def _decrypted(data: bytes, *, only_if_encrypted: bool = False) -> bytes:
    import msoffcrypto
    from msoffcrypto.exceptions import DecryptionError, InvalidKeyError

    target = io.BytesIO()
    try:
        office = msoffcrypto.OfficeFile(io.BytesIO(data))
        if only_if_encrypted and not office.is_encrypted():
            return data
        office.load_key(password=_OWN_PASSWORD)
        office.decrypt(target)
    except (DecryptionError, InvalidKeyError) as error:
        raise UnreadableError("file-encrypted") from error
    except Exception as error:
        raise UnreadableError("file-damaged") from error
    return target.getvalue()
