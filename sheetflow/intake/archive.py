"""The archive of all originals, by the sha256 of their bytes.

This module owns ``archive/ab/abcdef…``: complete, durable and read-only, or not there
at all (promise 2). It refuses to take a file whose bytes differ from those that stood
still, and never changes a blob that is right.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from sheetflow.durable import OURS_ALONE, sync_folder, write_whole
from sheetflow.errors import TemporaryError, retried_later
from sheetflow.intake.scanning import StillFile
from sheetflow.intake.sighting import READING, ChangedError, read_chunks

_READ_ONLY = 0o400
"""Originals hold personal values: nobody but the service's own account reads them."""

_LEFTOVERS = (".*.tmp", "*.part")
"""What a killed run leaves; the latter in older versions."""

_BLOB = re.compile("[0-9a-f]{64}")
_STEP = "存档"


@dataclass(frozen=True, slots=True)
class Archived:
    """A blob that is safely on disk; `size` in bytes."""

    sha256: str
    size: int
    path: Path


def blob_path(archive_root: Path, sha256: str) -> Path:
    """Tell where the blob with this hash lies."""
    return archive_root / sha256[:2] / sha256


def stored_blobs(archive_root: Path) -> Iterator[str]:
    """Give the hash of every blob that lies there, whoever knows it."""
    if archive_root.is_dir():
        yield from (path.name for path in archive_root.glob("??/*") if _BLOB.fullmatch(path.name))


def archive_file(file: StillFile, archive_root: Path) -> Archived:
    """Copy a still file into the archive; when this returns, it survives a power failure.

    Repeating it changes nothing. Raise ChangedError when the file is gone or its bytes
    are no longer those that stood still (leave it to the next scan), TemporaryError for
    everything that the system refuses.
    """
    path = blob_path(archive_root, file.sha256)
    with retried_later(_STEP, archive_root):
        for folder in (archive_root, path.parent):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if _holds(path, file):
            _read(file, len)
            sync_folder(path.parent)  # a run that was killed may have come just this far
        else:
            if path.exists():
                path.chmod(OURS_ALONE)  # Windows does not replace what is read-only
            write_whole(path, lambda blob: _read(file, blob.write), mode=_READ_ONLY)
        sync_folder(archive_root)
    return Archived(file.sha256, file.sighting.size, path)


def sweep_archive(archive_root: Path) -> int:
    """Remove what a killed run left half-written; give the number of files.

    Only for the one running service, at its start: nothing else may be writing.
    """
    swept = 0
    with retried_later("清理存档", archive_root):
        for pattern in _LEFTOVERS:
            for leftover in archive_root.glob(f"??/{pattern}"):
                leftover.unlink()
                swept += 1
    return swept


def _holds(path: Path, file: StillFile) -> bool:
    """Whether the blob is there and whole; a damaged one is written anew."""
    try:
        with path.open("rb") as blob:
            return hashlib.file_digest(blob, "sha256").hexdigest() == file.sha256
    except FileNotFoundError:
        return False


def _read(file: StillFile, take: Callable[[bytes], object]) -> None:
    """Let `take` have the bytes; raise ChangedError where they are not those that stood still."""
    digest = hashlib.sha256()
    for chunk in _source(file):
        digest.update(chunk)
        take(chunk)
    if digest.hexdigest() != file.sha256:
        raise ChangedError("the bytes changed since they stood still")


def _source(file: StillFile) -> Iterator[bytes]:
    """Read the file; here an OSError is trouble of the inbox, not of the archive."""
    try:
        yield from read_chunks(file.sighting)
    except FileNotFoundError as error:
        raise ChangedError("the file is gone") from error
    except OSError as error:
        raise TemporaryError.of(error, READING, file.sighting.folder) from error
