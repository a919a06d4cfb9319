"""Tells files that an office's security software has encrypted, by their first bytes.

This module owns the marks that such programs put before what they encrypt. It refuses to
guess from noise alone: bytes that look random may be anything, and stay unnamed.
"""

from __future__ import annotations

import math
import re
from collections import Counter

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
_LABEL = re.compile(rb"[%#<\[A-Za-z][ -~]{7,}")
_LABELLED_WITHIN, _LOOKED_AT, _LEAST = 64, 4096, 64
_SLACK = 0.9


def is_sealed(data: bytes) -> bool:
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
    if size < _LEAST:
        return False
    shares = [count / size for count in Counter(data).values()]
    entropy = -sum(share * math.log2(share) for share in shares)
    return entropy > min(8.0, math.log2(size)) - _SLACK
