"""A checksum of the database file as it was left, so that a bit that changed at rest is noticed.

SQLite's own check sees its structure alone: a flipped letter in a name passes it. This
module owns ``sheetflow.db.seal``: the file's change counter, size and checksum. A seal
with another counter says nothing (others wrote since, or the power failed). It refuses to
look while this process holds the database open: closing a second descriptor of it would
drop the process's locks.
"""

from __future__ import annotations

import time
import zlib
from contextlib import suppress
from pathlib import Path

from sheetflow.durable import write_whole

_COUNTER = slice(24, 28)
"""Where SQLite counts the transactions that changed the file."""
_CHUNK = 1 << 20
_TRIES, _PAUSE_SECONDS = 3, 0.1


def seal_path(file: Path) -> Path:
    """Tell where the seal of the database `file` lies."""
    return file.with_name(f"{file.name}.seal")


def seal(file: Path) -> None:
    """Write down what `file` looks like now; where it cannot be told or kept, nothing."""
    with suppress(OSError):
        looked = _look(file)
        if looked is None or _sealed(file) == looked:
            return
        write_whole(seal_path(file), looked.encode("ascii"), is_durable=False)


def is_broken(file: Path) -> bool:
    """Tell whether `file` was changed otherwise than by a transaction since it was sealed."""
    with suppress(OSError):
        kept = _sealed(file)
        for _ in range(_TRIES if kept else 0):
            looked = _look(file)
            if looked is None or looked.split()[0] != kept.split()[0] or looked == kept:
                return False
            time.sleep(_PAUSE_SECONDS)  # somebody may be in the middle of writing
        return bool(kept)
    return False


def _sealed(file: Path) -> str:
    try:
        return seal_path(file).read_text("ascii")
    except (FileNotFoundError, UnicodeDecodeError):
        return ""


def _look(file: Path) -> str | None:
    """Give counter, size and checksum; None while somebody writes, or after a crash."""
    unfinished = file.with_name(f"{file.name}-journal")
    if unfinished.exists():
        return None
    with file.open("rb") as source:
        head = source.read(_COUNTER.stop)
        check, size = zlib.crc32(head), len(head)
        while chunk := source.read(_CHUNK):
            check, size = zlib.crc32(chunk, check), size + len(chunk)
        source.seek(0)
        again = source.read(_COUNTER.stop)
    if unfinished.exists() or again != head:
        return None
    return f"{head[_COUNTER].hex()} {size} {check:08x}\n"
