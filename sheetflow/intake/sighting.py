"""What a scan saw, and every system call on it: opening, hashing, removing, never through a link.

This module owns the values that pass between intake and service, and the key by which a file is known
as that one, also after it is gone. The device is no part of it: it may change when a share is mounted
anew. It refuses bytes of a file that was swapped or changed since it was seen.
"""

from __future__ import annotations

import errno
import hashlib
import os
import stat
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from sheetflow.durable import sync_descriptor
from sheetflow.errors import SheetflowError, TemporaryError, Trouble, retried_later


class Purpose(StrEnum):
    """Why a file was dropped: to be submitted, or only to be judged (预审)."""

    SUBMISSION = "submission"
    PRECHECK = "precheck"


PRECHECK_FOLDER = "预审"
"""The folder inside a unit's folder whose files are judged without being submitted."""


ATTACHMENTS_FOLDER = "附件"
"""The folder inside a unit's folder, or inside its 预审, that holds nothing but files beside workbooks."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sighting:
    """One plain file in a unit's folder, as it stood at this moment.

    `folder` is the unit's folder or its 预审, or where it is `attached` the 附件 in there;
    sizes are bytes. `inode` and `device` may need all of an unsigned 64-bit number (more on Windows).
    """

    unit_id: str
    purpose: Purpose
    folder: Path
    name_bytes: bytes
    size: int
    mtime_ns: int
    inode: int
    device: int
    attached: bool = False

    @property
    def name(self) -> str:
        """The name fit to be shown; see `display_name`."""
        return display_name(self.name_bytes)

    def matches(self, status: os.stat_result) -> bool:
        """Whether `status` is of the same file, unchanged as far as the system tells.

        The device is left out: it may change when a share is mounted anew.
        """
        return (status.st_ino, status.st_size, status.st_mtime_ns) == (
            self.inode,
            self.size,
            self.mtime_ns,
        )


class Reason(StrEnum):
    """Why an entry of the inbox is not taken."""

    SYMLINK = "symlink"
    HARD_LINK = "hard_link"
    FOLDER = "folder"
    SPECIAL = "special"
    """A FIFO, a socket or a device."""
    TOO_LARGE = "too_large"
    EMPTY = "empty"
    """Not a single byte has come for the whole quiet period."""
    UNKNOWN_FOLDER = "unknown_folder"
    """It lies straight in the inbox, or in a folder of no unit."""
    LINGERING = "lingering"
    """A lock, temporary or hidden file that has lain here for more than a day."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Oddity:
    """An entry that is not taken but shown; `unit_id` is None where no unit owns the folder."""

    reason: Reason
    folder: Path
    name_bytes: bytes
    unit_id: str | None = None

    @property
    def name(self) -> str:
        """The name fit to be shown; see `display_name`."""
        return display_name(self.name_bytes)


@dataclass(slots=True)
class Scan:
    """The whole inbox at one moment.

    `files` come oldest first within a folder, so that the later of two counts. `missing`
    names unit folders that do not exist. `unseen` are the units, and for what purpose, whose
    folder could not be seen whole this time: what lies there is unknown, not gone; `hindered`
    says of each what stands in its way. `troubles` are of the inbox as a whole.
    """

    files: list[Sighting] = field(default_factory=list)
    strange: list[Oddity] = field(default_factory=list)
    lingering: list[Oddity] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    unseen: set[tuple[str, Purpose]] = field(default_factory=set)
    hindered: list[Trouble] = field(default_factory=list)
    troubles: list[TemporaryError] = field(default_factory=list)


def display_name(name: bytes) -> str:
    """Make a file's name fit to be shown: bad bytes, controls and bidi marks become �."""
    text = unicodedata.normalize("NFC", name.decode("utf-8", "replace"))
    return "".join(
        "�" if unicodedata.category(char) in {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"} else char
        for char in text
    )


FOLDER = "folder"
"""The source that the units' folders are."""


def identity_of(sighting: Sighting) -> str:
    """Tell a file from every other that lies in the inbox: where it is, and how it stands there."""
    return identity(
        sighting.unit_id,
        sighting.purpose.value,
        sighting.name_bytes,
        sighting.inode,
        sighting.size,
        sighting.mtime_ns,
    )


def identity(unit_id: str, purpose: str, name: bytes, inode: int, size: int, mtime_ns: int) -> str:
    """Give the text: the name as hexadecimal digits, so that no byte of it parts anything."""
    return f"{unit_id}/{purpose}/{name.hex()}/{inode}/{size}/{mtime_ns}"


def key_of(identity: str, sha256: str, before: int = 0) -> str:
    """Give the key of a file with these bytes.

    `before` files just like it came and went: a system gives an inode to the next file, and
    copying keeps times, so that a workbook dropped again may look the same in all.
    """
    return f"{identity}/{sha256}/{before}"


def identity_in(key: str) -> str:
    """Give the identity of the file that has this key."""
    return key.rsplit("/", 2)[0]


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
