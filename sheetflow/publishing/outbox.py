"""Files in the outbox: readers see the old or the new one, never half of one.

This module owns the replacing (promise 12): a temporary file in the same folder,
fsync, rename, fsync of the folder; nothing where the content is the same; and the
``…_新`` twin where somebody holds the real file open. It refuses to decide what is
published. The service tries again to publish by the real name as long as a
publication says that it lies `beside` it.
"""

from __future__ import annotations

import errno
import hashlib
import os
import secrets
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from sheetflow.errors import TemporaryError, retried_later

Writer = Callable[[BinaryIO], object]
"""Writes a publication into an open binary file."""

_STEP = "发布文件"
_TEMPORARY_START = ".sheetflow-"
_TEMPORARY_END = ".tmp"
_HELD_OPEN = {errno.EACCES, errno.EPERM, errno.EBUSY, errno.ETXTBSY}
_CANNOT_SYNC_FOLDERS = {errno.EINVAL, errno.ENOTSUP, errno.ENOSYS}


@dataclass(frozen=True, slots=True)
class Published:
    """A publication that lies safely in the outbox.

    `path` is where it lies: the asked name, or its twin when `beside` is set. `changed`
    tells whether its content did; where it did not, nothing was written.
    """

    path: Path
    sha256: str
    changed: bool
    beside: bool = False


@dataclass(frozen=True, slots=True)
class Patience:
    """How a target that is open elsewhere is waited for, and the system calls to do it with."""

    seconds: float = 3.0
    pause_seconds: float = 0.25
    replace: Callable[[Path, Path], object] = os.replace
    sleep: Callable[[float], None] = time.sleep


def publish_file(
    path: Path, content: bytes | Writer, patience: Patience | None = None
) -> Published:
    """Put `content` at `path`, whole and durable, making its folder where it is missing.

    A target that is open elsewhere is tried for as long as `patience` lasts, then the
    content is put beside it as ``name_新.xlsx``; publishing by the real name again removes
    the twin. Raise TemporaryError for anything else that the system refuses (no space, no
    rights to the folder, twin open, too); the outbox is then as it was.
    """
    with retried_later(_STEP, path):
        _make_folder(path.parent)
        if isinstance(content, bytes):
            sha256 = hashlib.sha256(content).hexdigest()
            if _holds(path, sha256, len(content)):
                return _settled(path, sha256, changed=False)
        temporary = path.with_name(f"{_TEMPORARY_START}{secrets.token_hex(8)}{_TEMPORARY_END}")
        try:
            sha256 = _write(temporary, content)
            return _settle(path, temporary, sha256, patience or Patience())
        finally:
            with suppress(OSError):
                temporary.unlink(missing_ok=True)


def remove_publication(path: Path) -> bool:
    """Remove a publication and its twin; give whether there was anything to remove.

    Raise TemporaryError where the system refuses; repeating it does no harm.
    """
    with retried_later("撤下文件", path):
        removed = [_remove(each) for each in (path, twin_path(path))]
        if any(removed):
            _sync_folder(path.parent)
    return any(removed)


def sweep_outbox(outbox_root: Path) -> int:
    """Remove the temporary files that a killed run left; give their number.

    Only for the one running service, at its start: nothing else may be publishing.
    """
    swept = 0
    with retried_later("清理答复文件夹", outbox_root):
        for leftover in outbox_root.rglob(f"{_TEMPORARY_START}*{_TEMPORARY_END}"):
            leftover.unlink(missing_ok=True)
            swept += 1
    return swept


def twin_path(path: Path) -> Path:
    """Tell where a publication lies while its real name is held open: ``…_新.xlsx``."""
    return path.with_name(f"{path.stem}_新{path.suffix}")


def _write(temporary: Path, content: bytes | Writer) -> str:
    """Write and fsync the temporary file; give its hash."""
    flags = os.O_RDWR | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
    # Not the 0600 of tempfile: people read the outbox with their own accounts.
    with os.fdopen(os.open(temporary, flags, 0o666), "w+b") as file:
        if isinstance(content, bytes):
            file.write(content)
        else:
            content(file)
        file.flush()
        os.fsync(file.fileno())
        file.seek(0)
        return hashlib.file_digest(file, "sha256").hexdigest()


def _settle(path: Path, temporary: Path, sha256: str, patience: Patience) -> Published:
    size = temporary.stat().st_size
    if _holds(path, sha256, size):
        return _settled(path, sha256, changed=False)
    if _replace(temporary, path, patience):
        return _settled(path, sha256, changed=True)
    return _settle_beside(twin_path(path), temporary, sha256, patience)


def _settled(path: Path, sha256: str, *, changed: bool) -> Published:
    with suppress(OSError):  # a twin that is open itself goes with a later publication
        _remove(twin_path(path))
    # Also when nothing was written: a run that was killed may have come just this far.
    _sync_folder(path.parent)
    return Published(path, sha256, changed)


def _settle_beside(twin: Path, temporary: Path, sha256: str, patience: Patience) -> Published:
    changed = not _holds(twin, sha256, temporary.stat().st_size)
    if changed:
        patience.replace(temporary, twin)
    _sync_folder(twin.parent)
    return Published(twin, sha256, changed, beside=True)


def _replace(temporary: Path, path: Path, patience: Patience) -> bool:
    """Rename over `path`; give False when it is still held open after all patience."""
    left = patience.seconds
    while True:
        try:
            patience.replace(temporary, path)
        except OSError as error:
            if not _is_held_open(error):
                raise
            if left <= 0:
                return False
            patience.sleep(patience.pause_seconds)
            left -= patience.pause_seconds
        else:
            return True


def _is_held_open(error: OSError) -> bool:
    return error.errno in _HELD_OPEN or TemporaryError.of(error, "", "").code == "SHARING"


def _holds(path: Path, sha256: str, size: int) -> bool:
    """Whether just this content lies at `path`; not for a link, or what cannot be read."""
    flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
    try:
        descriptor = os.open(path, flags | getattr(os, "O_BINARY", 0))
        with os.fdopen(descriptor, "rb") as file:
            if os.fstat(descriptor).st_size != size:  # most that changed: no need to read them
                return False
            return hashlib.file_digest(file, "sha256").hexdigest() == sha256
    except OSError:
        return False


def _remove(path: Path) -> bool:
    try:
        path.unlink()
    except FileNotFoundError:
        return False
    return True


def _make_folder(folder: Path) -> None:
    """Make a folder and those above it, each durable before anything lies in it."""
    if folder.is_dir():
        return
    _make_folder(folder.parent)
    folder.mkdir(exist_ok=True)
    _sync_folder(folder.parent)


def _sync_folder(folder: Path) -> None:
    if os.name == "nt":
        return  # Windows has no such call; NTFS journals its names
    descriptor = os.open(folder, os.O_RDONLY | getattr(os, "O_DIRECTORY", 0))
    try:
        os.fsync(descriptor)
    except OSError as error:
        if error.errno not in _CANNOT_SYNC_FOLDERS:
            raise
    finally:
        os.close(descriptor)
