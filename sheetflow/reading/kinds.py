"""Tells by the first bytes what a file is; names and endings lie too often.

This module owns the answer "zip container, OLE container, or no workbook at all"
and the reason in the last case. It refuses to look into containers.
"""

from __future__ import annotations

import re
from enum import StrEnum

from sheetflow.errors import UnreadableError
from sheetflow.reading.sealed import is_sealed

OLE_MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ZIP_MAGIC = b"PK\x03\x04"
_ARCHIVES = (b"Rar!", b"7z\xbc\xaf\x27\x1c", b"\x1f\x8b", b"BZh", b"\xfd7zXZ", b"PK\x05\x06")
_NAKED_BIFF = (b"\x09\x00\x04\x00", b"\x09\x02\x06\x00", b"\x09\x04\x06\x00", b"\x09\x08")
_TEXT_ENCODINGS = ("utf-8", "gb18030")
_HTML = re.compile(
    r"<(?:!doctype\s+html|html|head|meta|body|table|style|div|script)\b", re.IGNORECASE
)
_LOOKED_AT = 4096


class Container(StrEnum):
    """What holds a workbook."""

    ZIP = "zip"
    OLE = "ole"


def container_of(data: bytes) -> Container:
    """Tell the container by its first bytes; raise UnreadableError for anything else."""
    if data.startswith(_ZIP_MAGIC):
        return Container.ZIP
    if data.startswith(OLE_MAGIC):
        return Container.OLE
    if not data:
        raise UnreadableError("file-empty")
    if not data.strip(b"\x00"):
        raise UnreadableError("file-damaged")  # a copy that reserved its space and never came
    if data.startswith(_ARCHIVES):
        raise UnreadableError("file-archive")
    if data.startswith(_NAKED_BIFF):
        raise UnreadableError("file-old-excel")
    if is_sealed(data):
        raise UnreadableError("file-sealed")
    raise _as_text(data[:_LOOKED_AT])


def _as_text(head: bytes) -> UnreadableError:
    """Say which text format `head` begins, as people rename web pages and CSV to .xls."""
    text = _decoded(head)
    if text is None:
        return UnreadableError("file-not-workbook")
    start = text.lstrip("\ufeff \t\r\n")
    if start.startswith("<?xml") and ("excel.sheet" in text.lower() or ":spreadsheet" in text):
        return UnreadableError("file-xml")
    if _HTML.search(start) or start.startswith("MIME-Version:"):
        return UnreadableError("file-html")
    if start.startswith(("%PDF", "<", "{\\rtf")) or not any(mark in text for mark in ",，\t;|"):
        return UnreadableError("file-not-workbook")
    return UnreadableError("file-csv")


def _decoded(head: bytes) -> str | None:
    """Decode the beginning of a text; None for binary data."""
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return head.decode("utf-16", errors="ignore")
    if b"\x00" in head:
        return None
    for encoding in _TEXT_ENCODINGS:
        for cut in range(4):  # the excerpt may end inside a character
            try:
                return head[: len(head) - cut].decode(encoding)
            except UnicodeDecodeError:
                continue
    return None
