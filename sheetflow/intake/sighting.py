"""What a scan saw: plain files that may be taken, and things that may not.

This module owns the values that pass between intake and service, and the key by which a file is
known as that one, also after it is gone (promise 5). The device is no part of it: it may change when
a share is mounted anew. Nobody else reads what stands in a key. It refuses to touch the disk.
"""

from __future__ import annotations

import os
import unicodedata
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from sheetflow.errors import TemporaryError, Trouble


class Purpose(StrEnum):
    """Why a file was dropped: to be submitted, or only to be judged (预审)."""

    SUBMISSION = "submission"
    PRECHECK = "precheck"


PRECHECK_FOLDER = "预审"
"""The folder inside a unit's folder whose files are judged without being submitted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sighting:
    """One plain file in a unit's folder, as it stood at this moment.

    `folder` is the unit's folder or its 预审; sizes are bytes. `inode` and `device` may
    need all of an unsigned 64-bit number (more on Windows).
    """

    unit_id: str
    purpose: Purpose
    folder: Path
    name_bytes: bytes
    size: int
    mtime_ns: int
    inode: int
    device: int

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
