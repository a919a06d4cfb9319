"""Bytes come from the sighted file alone, while it stays as it was, and only that very file leaves the inbox."""

from __future__ import annotations

import hashlib
import os
from typing import TYPE_CHECKING

import pytest

from sheetflow.errors import TemporaryError
from sheetflow.intake.sighting import ChangedError, Removal, read_chunks, read_sha256, remove_file

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


SHA256 = hashlib.sha256(b"abc").hexdigest()


def test_a_committed_file_leaves_the_inbox_and_removing_again_is_no_fault(inbox: Inbox) -> None:
    """After a crash between unlink and its note, finishing the removal is silent."""
    sighting = inbox.drop(b"abc")
    assert remove_file(sighting, SHA256) is Removal.REMOVED
    assert inbox.scan().files == []
    assert remove_file(sighting, SHA256) is Removal.GONE


def test_a_file_saved_over_meanwhile_stays(inbox: Inbox) -> None:
    """A corrected workbook saved over the taken one is not thrown away with it."""
    sighting = inbox.drop(b"abc")
    inbox.drop(b"abcd")
    assert remove_file(sighting) is Removal.CHANGED
    assert (inbox.lixia / "报表.xlsx").read_bytes() == b"abcd"


def test_a_file_replaced_by_another_stays(inbox: Inbox) -> None:
    """A workbook renamed into place has another inode, and is a new drop."""
    sighting = inbox.drop(b"abc")
    new = inbox.root / "new"
    new.write_bytes(b"xyz")
    os.utime(new, ns=(sighting.mtime_ns, sighting.mtime_ns))
    new.replace(inbox.lixia / "报表.xlsx")
    assert remove_file(sighting) is Removal.CHANGED
    assert (inbox.lixia / "报表.xlsx").read_bytes() == b"xyz"


def test_new_bytes_behind_an_unchanged_time_stay(inbox: Inbox) -> None:
    """A removal that was pending for long looks at the bytes once more."""
    sighting = inbox.drop(b"abc")
    path = inbox.lixia / "报表.xlsx"
    path.write_bytes(b"xyz")
    os.utime(path, ns=(sighting.mtime_ns, sighting.mtime_ns))
    assert remove_file(sighting, SHA256) is Removal.CHANGED
    assert path.exists()


@pytest.mark.skipif(
    not hasattr(os, "geteuid") or os.geteuid() != 0, reason="needs root, to give rights away"
)
def test_a_refused_removal_is_temporary_trouble(inbox: Inbox) -> None:
    """Where the share does not let us remove, the file stays and the reason is shown."""
    sighting = inbox.drop(b"abc")
    for folder in (inbox.lixia, *inbox.lixia.parents):
        if folder.stat().st_mode & 0o5 != 0o5 and folder.is_relative_to("/tmp"):  # noqa: S108
            folder.chmod(0o755)
    os.seteuid(65_534)
    try:
        with pytest.raises(TemporaryError) as caught:
            remove_file(sighting)
    finally:
        os.seteuid(0)
    assert caught.value.code == "EACCES"
    assert (inbox.lixia / "报表.xlsx").exists()
