"""The bytes of a sighted file, read only while it is still the file that was sighted.

This module owns opening and hashing. It refuses to give bytes of anything else: a
file that was swapped or changed since the scan is a ChangedError, one that is gone
a FileNotFoundError.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager

from sheetflow.errors import SheetflowError
from sheetflow.intake.folders import opened_folder
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
    with _opened(sighting) as descriptor:
        while chunk := os.read(descriptor, _CHUNK):
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


@contextmanager
def _opened(sighting: Sighting) -> Iterator[int]:
    with opened_folder(sighting.folder) as folder:
        descriptor = folder.open(sighting.name_bytes)
    try:
        if not _is_sighted(sighting, os.fstat(descriptor)):
            raise ChangedError("another file bears the name now")
        yield descriptor
    finally:
        os.close(descriptor)


def _is_sighted(sighting: Sighting, status: os.stat_result) -> bool:
    return sighting.matches(status) and status.st_dev == sighting.device and status.st_nlink <= 1
