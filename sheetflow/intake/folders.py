"""Folders held open, so that nobody swaps one for a link while we work in it.

This module owns every system call on the inbox: relative to a descriptor, never
through a link, never blocking on a FIFO. Where the platform has no such calls
(Windows), the same methods go by path after a look at the entry; doctor and README
say what that leaves open. It refuses to judge what it finds.
"""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from sheetflow.durable import sync_descriptor

_NO_FOLLOW = getattr(os, "O_NOFOLLOW", 0)
_FOLDER_FLAGS = os.O_RDONLY | getattr(os, "O_DIRECTORY", 0) | getattr(os, "O_CLOEXEC", 0)
_FILE_FLAGS = (
    os.O_RDONLY
    | _NO_FOLLOW
    | getattr(os, "O_NONBLOCK", 0)
    | getattr(os, "O_NOCTTY", 0)
    | getattr(os, "O_CLOEXEC", 0)
    | getattr(os, "O_BINARY", 0)
)

BY_DESCRIPTOR = bool(
    _NO_FOLLOW
    and {os.open, os.stat, os.unlink} <= os.supports_dir_fd
    and os.scandir in os.supports_fd
)
"""Whether this platform lets us work relative to a folder's descriptor."""


@dataclass(frozen=True, slots=True)
class Folder:
    """An open folder; `descriptor` is None where we must go by path."""

    path: Path
    descriptor: int | None

    def names(self) -> list[bytes]:
        """List the entries in the order of their bytes."""
        with os.scandir(self.path if self.descriptor is None else self.descriptor) as entries:
            return sorted(os.fsencode(entry.name) for entry in entries)

    def status(self, name: bytes) -> os.stat_result:
        """Look at the entry itself, not at what a link points to."""
        return os.stat(self._place(name), dir_fd=self.descriptor, follow_symlinks=False)

    def open(self, name: bytes) -> int:
        """Open a plain file for reading; raise OSError (ELOOP) for a link or anything else."""
        if self.descriptor is None:  # nothing but this look stops a link there
            _refuse_unless_plain(self.status(name))
        descriptor = os.open(self._place(name), _FILE_FLAGS, dir_fd=self.descriptor)
        try:
            _refuse_unless_plain(os.fstat(descriptor))
        except OSError:
            os.close(descriptor)
            raise
        return descriptor

    def unlink(self, name: bytes) -> None:
        """Remove one entry."""
        os.unlink(self._place(name), dir_fd=self.descriptor)

    def sync(self) -> None:
        """Make what was created, renamed or removed here durable."""
        if self.descriptor is not None:
            sync_descriptor(self.descriptor)

    def _place(self, name: bytes) -> str:
        text = os.fsdecode(name)
        return os.fspath(self.path / text) if self.descriptor is None else text


@contextmanager
def opened_folder(
    path: Path,
    *,
    inside: Folder | None = None,
    follow: bool = False,
    by_descriptor: bool = BY_DESCRIPTOR,
) -> Iterator[Folder]:
    """Hold the folder at `path` open; `inside` its open parent where there is one.

    Raise OSError when it is no folder, or is a link and `follow` is not set.
    """
    if not by_descriptor:
        if not stat.S_ISDIR(path.stat(follow_symlinks=follow).st_mode):
            raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR))
        yield Folder(path, None)
        return
    parent = inside.descriptor if inside else None
    place = path if parent is None else path.name
    flags = _FOLDER_FLAGS | (0 if follow else _NO_FOLLOW)
    descriptor = os.open(place, flags, dir_fd=parent)
    try:
        yield Folder(path, descriptor)
    finally:
        with suppress(OSError):  # nothing was written through it
            os.close(descriptor)


def _refuse_unless_plain(status: os.stat_result) -> None:
    if not stat.S_ISREG(status.st_mode):
        raise OSError(errno.ELOOP, os.strerror(errno.ELOOP))
