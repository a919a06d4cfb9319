"""Taking a committed file out of the inbox.

This module owns the one unlink of intake. It refuses to remove anything but the very
file that was archived and committed: what was saved over it meanwhile stays, and is a
new drop. Between the last look and the unlink lies a moment that no system call
closes; the quiet period and the clerk's pace make it a matter of microseconds.
"""

from __future__ import annotations

import hashlib
import os
from enum import StrEnum

from sheetflow.errors import retried_later
from sheetflow.intake.folders import Folder, opened_folder
from sheetflow.intake.sighting import Sighting


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
