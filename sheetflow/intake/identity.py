"""What makes a file of the inbox that one, as a text that outlives the file.

This module owns the key under which the unit folders, as a source, have a file received, and
the identity in it by which the same file is known again while it still lies there (promise 5).
The device is no part of it: it may change when a share is mounted anew. Nobody else reads
what stands in a key.
"""

from __future__ import annotations

from sheetflow.intake.sighting import Sighting

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
