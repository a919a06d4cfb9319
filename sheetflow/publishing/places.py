"""Places of the outbox: what a publication is called, and what lies there already.

File names are such as every system of an office can hold. Whoever has rights on a unit's folder
may have put anything there: it is looked at, never followed, opened for long or waited for; nothing
is changed, but that folders which are not there are made.
"""

from __future__ import annotations

import errno
import hashlib
import os
import re
import stat
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import Enum, auto
from pathlib import Path

from sheetflow.durable import sync_folder
from sheetflow.errors import ObstructedError, TemporaryError

MAX_NAME_BYTES = 200
"""In UTF-8; file systems hold 255, encrypted ones and some NAS fewer, and ``_新`` must fit."""

_RESERVED = re.compile(
    r"(con|prn|aux|nul|conin\$|conout\$|com[0-9¹²³]|lpt[0-9¹²³])(?=\.|$)", re.IGNORECASE
)
_FORBIDDEN = frozenset('\\/:*?"<>|')


def artefact_name(
    kind: str,
    folder: str,
    period: str | None = None,
    number: int | None = None,
    *,
    extension: str = "xlsx",
) -> str:
    """Build ``回执_370102-历下区_2012B1_第3号.xlsx``; parts that are None are left out.

    `folder` is a unit's folder or a unit's name; where the whole would be too long, only
    its end is cut (the unit's id stands at its start).
    """
    after = [part for part in (period, None if number is None else f"第{number}号") if part]
    ending = "".join(f"_{safe_name(part)}" for part in after) + f".{safe_name(extension)}"
    start = f"{safe_name(kind)}_"
    room = MAX_NAME_BYTES - len((start + ending).encode())
    return safe_name(start + _cut(safe_name(folder), room) + ending)


def safe_name(text: str) -> str:
    """Make `text` a file name for Windows, macOS and Linux alike.

    Separators and wildcards become ``_``, controls and invisible marks go, as do spaces
    and full stops at the ends; a name that Windows reserves (CON, LPT1) gets a ``_``.
    """
    text = "".join(
        "_" if char in _FORBIDDEN else char
        for char in unicodedata.normalize("NFC", text)
        if not unicodedata.category(char).startswith("C")
    )
    text = _cut(text.strip(" ").rstrip(". "), MAX_NAME_BYTES) or "_"
    return _RESERVED.sub(r"\1_", text, count=1) if _RESERVED.match(text) else text


def _cut(text: str, room: int) -> str:
    """Keep at most `room` bytes, never half a character."""
    return text.encode()[: max(room, 0)].decode(errors="ignore").rstrip(". ")


HELD_OPEN = frozenset({errno.EACCES, errno.EPERM, errno.EBUSY, errno.ETXTBSY})
_FLAGS = (
    os.O_RDONLY
    | getattr(os, "O_NOFOLLOW", 0)
    | getattr(os, "O_NONBLOCK", 0)
    | getattr(os, "O_BINARY", 0)
)

Ours = Callable[[str], bool]
"""Whether bytes with this sha256 are ours at the place in question."""


class Kind(Enum):
    """What lies at a place."""

    NOTHING = auto()
    FILE = auto()
    LOCKED = auto()
    """A file that cannot be read just now: nobody can say whose it is."""
    STRANGE = auto()
    """A link, a folder, a pipe: no publication ever is one."""


_SWAPPED = {errno.ENOENT: Kind.NOTHING, errno.ELOOP: Kind.STRANGE, errno.ENXIO: Kind.STRANGE}
"""What came to lie there between the look and the opening, by what the system says."""

Stamp = tuple[int, ...]
"""What changes with a file: device, inode, size, time of content and of anything at all."""


@dataclass(frozen=True, slots=True)
class Existing:
    """What lies at a place, and the stamp it had when it was looked at."""

    kind: Kind
    stamp: Stamp = ()
    sha256: str = ""

    def is_hers(self, ours: Ours) -> bool:
        """Whether a person put it there, or changed it."""
        if self.kind is Kind.FILE:
            return not ours(self.sha256)
        return self.kind is Kind.STRANGE


def look_at(path: Path) -> Existing:
    """Look at what lies at `path`, and hash it where it is a file.

    It is always hashed: an edit may keep size and times, and a time that a share or Windows
    gives says less than it does here. Only what is to be replaced or removed is looked at.
    """
    try:
        found = path.lstat()
        if not stat.S_ISREG(found.st_mode):
            return Existing(Kind.STRANGE, _stamp(found))
    except FileNotFoundError:
        return Existing(Kind.NOTHING)
    try:
        descriptor = os.open(path, _FLAGS)
    except OSError as error:
        if error.errno in _SWAPPED:
            return Existing(_SWAPPED[error.errno])
        if not is_held_open(error):
            raise
        return Existing(Kind.LOCKED, _stamp(found))
    with os.fdopen(descriptor, "rb") as file:
        before = _stamp(os.fstat(descriptor))
        return Existing(Kind.FILE, before, hashlib.file_digest(file, "sha256").hexdigest())


def stamp_of(path: Path) -> Stamp:
    """Give the stamp of what lies at `path` now, empty for nothing."""
    try:
        return _stamp(path.lstat())
    except FileNotFoundError:
        return ()


def _stamp(found: os.stat_result) -> Stamp:
    return (found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns)


def is_held_open(error: OSError) -> bool:
    """Whether somebody else's hold on the file is what the system refuses for."""
    return error.errno in HELD_OPEN or TemporaryError.of(error, "", "").code == "SHARING"


def make_folders(top: Path, folder: Path) -> None:
    """Make `folder` below `top`, each part durable before anything lies in it.

    Raise ObstructedError where a part of it is a link, or anything but a folder, or closed to us.
    """
    for part in _parts(top, folder):
        try:
            if not _is_folder(part, top):
                part.mkdir()
                sync_folder(part.parent)
        except FileExistsError:  # made just now by somebody else
            _is_folder(part, top)
        except PermissionError as error:
            if part.parent == top:
                raise  # the outbox itself is closed to us
            raise ObstructedError(part.parent.relative_to(top).as_posix(), "EACCES") from error


def is_reachable(top: Path, folder: Path) -> bool:
    """Whether `folder` is there, with no link on the way from `top`."""
    try:
        return all(_is_folder(part, top) for part in _parts(top, folder))
    except (ObstructedError, OSError):
        return False


def _parts(top: Path, folder: Path) -> Iterator[Path]:
    if not top.is_dir():  # the outbox itself may be a link or a share: the operator's choice
        top.mkdir(parents=True, exist_ok=True)
    part = top
    for name in folder.relative_to(top).parts:
        part = part / name
        yield part


def _is_folder(part: Path, top: Path) -> bool:
    try:
        mode = part.lstat().st_mode
    except FileNotFoundError:
        return False
    if not stat.S_ISDIR(mode):
        code = "ELOOP" if stat.S_ISLNK(mode) else "ENOTDIR"
        raise ObstructedError(part.relative_to(top).as_posix(), code)
    return True
