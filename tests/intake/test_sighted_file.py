"""Bytes come from the sighted file alone, and only while it stays as it was."""

from __future__ import annotations

import hashlib
import os
from typing import TYPE_CHECKING

import pytest

from sheetflow.intake.sighting import ChangedError, read_chunks, read_sha256

if TYPE_CHECKING:
    from tests.intake.conftest import Inbox

LARGE = b"0123456789abcdef" * 160_000
"""More than two chunks."""


def test_the_hash_is_of_all_bytes(inbox: Inbox) -> None:
    """A large workbook is hashed to its end."""
    assert read_sha256(inbox.drop(LARGE)) == hashlib.sha256(LARGE).hexdigest()


def test_a_file_that_grows_while_it_is_read_is_left(inbox: Inbox) -> None:
    """Reading does not run after a file that is still being written."""
    chunks = read_chunks(inbox.drop(LARGE))
    next(chunks)
    with (inbox.lixia / "报表.xlsx").open("ab") as file:
        file.write(bytes(50_000_000))
    got: list[bytes] = []
    with pytest.raises(ChangedError):
        got.extend(chunks)
    assert sum(map(len, got)) <= len(LARGE)


def test_a_file_saved_over_while_it_is_read_is_left(inbox: Inbox) -> None:
    """Half of the old and half of the new bytes are never taken for one file."""
    sighting = inbox.drop(LARGE)
    chunks = read_chunks(sighting)
    next(chunks)
    with (inbox.lixia / "报表.xlsx").open("r+b") as file:
        file.write(b"new")
    os.utime(inbox.lixia / "报表.xlsx", ns=(sighting.mtime_ns, sighting.mtime_ns + 1))
    with pytest.raises(ChangedError):
        list(chunks)


def test_another_file_of_the_same_name_is_not_read(inbox: Inbox) -> None:
    """A file swapped for another since the scan gives no bytes to this sighting."""
    sighting = inbox.drop(b"abc")
    other = inbox.root / "other"
    other.write_bytes(b"abc")
    os.utime(other, ns=(sighting.mtime_ns, sighting.mtime_ns))
    other.replace(inbox.lixia / "报表.xlsx")
    with pytest.raises(ChangedError):
        next(read_chunks(sighting))
