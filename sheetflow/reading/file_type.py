"""Tells by the first bytes what a file is; names and endings lie too often.

Zip container, OLE container, or no workbook at all and why, for one because an office's security
software has encrypted it. It refuses to look into containers, and to guess from noise alone.
"""

from __future__ import annotations

import math
import re
from collections import Counter

from sheetflow.errors import UnreadableError

_OLE_MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ZIP_MAGIC = b"PK\x03\x04"
_ARCHIVES = (b"Rar!", b"7z\xbc\xaf\x27\x1c", b"\x1f\x8b", b"BZh", b"\xfd7zXZ", b"PK\x05\x06")
_NAKED_BIFF = (b"\x09\x00\x04\x00", b"\x09\x02\x06\x00", b"\x09\x04\x06\x00", b"\x09\x08")
_TEXT_ENCODINGS = ("utf-8", "gb18030")
_HTML = re.compile(
    r"<(?:!doctype\s+html|html|head|meta|body|table|style|div|script)\b", re.IGNORECASE
)
_LOOKED_AT = 4096

_BEGINNINGS = (
    b"%TSD-Header",  # Tipray
    b"b\x14#e",  # E-SafeNet
    b".pfile",  # Rights Management
    b"SCDSA",  # Softcamp
    b"\x9b DRMONE",  # Fasoo
    b"NASCA DRM",
    b"<DOCUMENT SAFER",
    b"MARKANY",
)
_NAMES = re.compile(
    rb"E-SafeNet|TSD-Header|DRMONE|Fasoo DRM|Chinasec|IP-?guard|NASCA DRM|MarkAny|SmartSec"
    rb"|DocGuard|(?:This|The) (?:file|document) is (?:encrypted|protected)",
    re.IGNORECASE,
)
_KNOWN = (
    *(b"%PDF", b"%!PS", b"\x89PNG", b"\xff\xd8", b"GIF8", b"BM", b"II*\x00", b"MM\x00*", b"8BPS"),
    *(b"MZ", b"\x7fELF", b"SQLite", b"RIFF", b"ID3", b"OggS", b"fLaC", b"MSCF", b"wOFF", b"OTTO"),
    *(b"{\\rtf", b"\xca\xfe\xba\xbe", b"\x1aE\xdf\xa3", b"AC10", b"FWS", b"CWS", b"ITSF", b"RaC"),
)
"""Formats that have a label and then packed content of their own."""
_PICTURES = (b"%PDF", b"\x89PNG", b"\xff\xd8", b"GIF8", b"BM", b"II*\x00", b"MM\x00*", b"8BPS")
_RTF = b"{\\rtf"
_SHORTCUTS = (b"L\x00\x00\x00\x01\x14\x02\x00", b"[InternetShortcut]")
"""Of Windows, to a file or folder and to an address: the icon was copied, not what it leads to."""
_LABEL = re.compile(rb"[%#<\[A-Za-z][ -~]{7,}")
_LABELLED_WITHIN, _LEAST_NOISE = 64, 64
_SLACK = 0.9


def is_ole(data: bytes) -> bool:
    """Whether `data` is an OLE container, and else a zip one; raise UnreadableError for anything else."""
    if data.startswith((_ZIP_MAGIC, _OLE_MAGIC)):
        return data.startswith(_OLE_MAGIC)
    if not data:
        raise UnreadableError("file-empty")
    if not data.strip(b"\x00"):
        raise UnreadableError("file-damaged")  # a copy that reserved its space and never came
    if data.startswith(_ARCHIVES):
        raise UnreadableError("file-archive")
    if data.startswith(_NAKED_BIFF):
        raise UnreadableError("file-old-excel")
    if _is_sealed(data):
        raise UnreadableError("file-sealed")
    if data.startswith(_SHORTCUTS):
        raise UnreadableError("file-shortcut")
    if data.startswith(_PICTURES):
        raise UnreadableError("file-picture")
    if data.startswith(_RTF):
        raise UnreadableError("file-document")
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
    if start.startswith("<") or not any(mark in text for mark in ",，\t;|"):
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


def _is_sealed(data: bytes) -> bool:
    """Whether `data`, which is no known container, was encrypted by a security program.

    Known by its mark; else by a label in plain letters at the very beginning before what is
    nothing but noise.
    """
    head = data[:_LOOKED_AT]
    if head.startswith(_BEGINNINGS) or _NAMES.search(head[:512]):
        return True
    if head.startswith(_KNOWN) or head[4:8] == b"ftyp":
        return False
    label = _LABEL.search(head[:_LABELLED_WITHIN])
    return label is not None and _is_noise(head[label.end() :])


def _is_noise(data: bytes) -> bool:
    """Whether nearly as many different bytes come as often as chance would have it."""
    size = len(data)
    if size < _LEAST_NOISE:
        return False
    shares = [count / size for count in Counter(data).values()]
    entropy = -sum(share * math.log2(share) for share in shares)
    return entropy > min(8.0, math.log2(size)) - _SLACK
