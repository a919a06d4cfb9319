"""Office documents whose bytes depend on their sources alone.

This module owns the times inside a zip-based document (OOXML, ODF). Libraries write
the current time into the zip's entries and into docProps/core.xml, so that a rebuilt
publication would differ each time. It refuses to change anything that a reader sees.
"""

from __future__ import annotations

import datetime as dt
import io
import re
import zipfile

_CORE = "docProps/core.xml"
_TIMES = re.compile(rb"(<(dcterms:created|dcterms:modified|cp:lastPrinted)\b[^>]*>)[^<]*(</\2>)")
_EARLIEST = (1980, 1, 1, 0, 0, 0)
"""A zip cannot name an earlier time."""


def normalise_zip(data: bytes, stamp: dt.datetime) -> bytes:
    """Rewrite an .xlsx, .docx or .ods with `stamp` for every time it holds.

    `stamp` must know its zone (the newest source's time). Order, names and contents of
    the parts stay. Raise zipfile.BadZipFile when `data` is no zip.
    """
    if stamp.tzinfo is None:
        raise ValueError("the stamp of a publication must know its zone")
    moment = max(stamp.timetuple()[:6], _EARLIEST)
    written = stamp.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ").encode()
    result = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as source, zipfile.ZipFile(result, "w") as target:
        for entry in source.infolist():
            part = source.read(entry)
            if entry.filename == _CORE:
                part = _TIMES.sub(rb"\g<1>" + written + rb"\g<3>", part)
            target.writestr(_bare(entry, moment), part)
    return result.getvalue()


def _bare(entry: zipfile.ZipInfo, moment: tuple[int, ...]) -> zipfile.ZipInfo:
    year, month, day, hour, minute, second = moment
    bare = zipfile.ZipInfo(entry.filename, (year, month, day, hour, minute, second))
    bare.compress_type = entry.compress_type
    bare.create_system = 0  # the same on every system
    return bare
