"""A sighted file read, and removed once it is committed, while it is still the file that was sighted.

This module owns opening, hashing and the one unlink of intake. It refuses bytes of anything else: a
file that was swapped or changed since the scan is a ChangedError and stays, as a new drop; one that
is gone a FileNotFoundError. Between the last look and the unlink lies a moment that no system call
closes; the quiet period and the clerk's pace make it a matter of microseconds.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from enum import StrEnum

from sheetflow.errors import SheetflowError, retried_later
from sheetflow.intake.folders import Folder, opened_folder
from sheetflow.intake.sighting import Sighting

READING = "读取报送文件夹里的文件"
"""The step that a TemporaryError names when the inbox could not be read."""

_CHUNK = 1 << 20


class ChangedError(SheetflowError):
    """A file is not, or no longer, what the scan saw; the next scan sees it afresh."""


def read_chunks(sighting: Sighting) -> Iterator[bytes]:
    """Give the bytes of a sighted file in chunks of a mebibyte.

    Raise ChangedError when it is another file or has other bytes than when it was seen
    (before or after reading), FileNotFoundError when it is gone, OSError for trouble.
    """
    left = sighting.size
    with opened_folder(sighting.folder) as folder:
        descriptor = folder.open(sighting.name_bytes)
    with os.fdopen(descriptor, "rb", buffering=0) as file:
        if not _is_sighted(sighting, os.fstat(descriptor)):
            raise ChangedError("another file bears the name now")
        while chunk := file.read(_CHUNK):
            left -= len(chunk)
            if left < 0:
                raise ChangedError("the file is growing")
            yield chunk
        if not _is_sighted(sighting, os.fstat(descriptor)):
            raise ChangedError("the file changed while it was read")


def read_sha256(sighting: Sighting) -> str:
    """Hash a sighted file; raise like `read_chunks`."""
    digest = hashlib.sha256()
    for chunk in read_chunks(sighting):
        digest.update(chunk)
    return digest.hexdigest()


def _is_sighted(sighting: Sighting, status: os.stat_result) -> bool:
    return sighting.matches(status) and status.st_dev == sighting.device and status.st_nlink <= 1


class Removal(StrEnum):
    """What became of the file in the inbox."""

    REMOVED = "removed"
    GONE = "gone"
    """Somebody (or we, before a crash) had removed it already."""
    CHANGED = "changed"
    """Another file bears the name now, or it was saved over: it stays, as a new drop."""


def remove_file(sighting: Sighting, sha256: str | None = None) -> Removal:
    """Remove a sighted file from the inbox, durably; only after its commit.

    It must have the sighting's inode, size and time of change, and the bytes of `sha256`
    where that is given (give it when the removal was pending for long). Raise
    TemporaryError where the system refuses: still open in Excel on Windows, no rights, a
    share that is away. Repeating it does no harm.
    """
    with retried_later("从报送文件夹移走已收的文件", sighting.folder):
        try:
            with opened_folder(sighting.folder) as folder:
                if not _is_same(folder, sighting, sha256):
                    return Removal.CHANGED
                folder.unlink(sighting.name_bytes)
                folder.sync()
        except FileNotFoundError:
            return Removal.GONE
    return Removal.REMOVED


def _is_same(folder: Folder, sighting: Sighting, sha256: str | None) -> bool:
    if not sighting.matches(folder.status(sighting.name_bytes)):
        return False
    if sha256 is None:
        return True
    with os.fdopen(folder.open(sighting.name_bytes), "rb") as file:
        same = hashlib.file_digest(file, "sha256").hexdigest() == sha256
        return same and sighting.matches(os.fstat(file.fileno()))
