"""A file is taken only after it stood still, byte for byte."""

from __future__ import annotations

import hashlib
import os
from typing import TYPE_CHECKING

import pytest

from sheetflow.intake.scanning import StillWatch

if TYPE_CHECKING:
    from tests.intake.conftest import Inbox, WoundClock

QUIET = 10.0


@pytest.fixture
def watch(clock: WoundClock) -> StillWatch:
    """A watch with a quiet period of ten seconds."""
    return StillWatch(QUIET, clock)


def test_a_file_is_ready_after_the_quiet_period_and_not_before(
    inbox: Inbox, watch: StillWatch, clock: WoundClock
) -> None:
    """A dropped workbook is taken one quiet period later, with the hash of its bytes."""
    inbox.drop(b"abc")
    first = watch.observe(inbox.scan().files)
    assert (len(first.waiting), first.still, first.next_look) == (1, [], QUIET)
    clock.now += QUIET - 1
    assert watch.observe(inbox.scan().files).next_look == 1
    clock.now += 1
    last = watch.observe(inbox.scan().files)
    assert [file.sha256 for file in last.still] == [hashlib.sha256(b"abc").hexdigest()]
    assert (last.waiting, last.next_look) == ([], None)


def test_a_growing_file_is_never_ready(inbox: Inbox, watch: StillWatch, clock: WoundClock) -> None:
    """A workbook that is still being copied is not taken, however long it takes."""
    inbox.drop(b"0")
    with (inbox.lixia / "报表.xlsx").open("ab", buffering=0) as file:
        for _ in range(5):
            assert watch.observe(inbox.scan().files).still == []
            clock.now += QUIET * 2
            file.write(b"more")
    watch.observe(inbox.scan().files)
    clock.now += QUIET
    assert len(watch.observe(inbox.scan().files).still) == 1


def test_new_bytes_behind_the_same_size_and_time_start_the_period_anew(
    inbox: Inbox, watch: StillWatch, clock: WoundClock
) -> None:
    """A copier that keeps the time of change does not get a half-copied file taken."""
    sighting = inbox.drop(b"half of it\0\0\0\0")
    watch.observe(inbox.scan().files)
    path = inbox.lixia / "报表.xlsx"
    path.write_bytes(b"half of it, all"[: sighting.size])
    os.utime(path, ns=(sighting.mtime_ns, sighting.mtime_ns))
    assert inbox.scan().files == [sighting]
    clock.now += QUIET
    assert watch.observe(inbox.scan().files).still == []
    clock.now += QUIET - 1
    assert watch.observe(inbox.scan().files).still == []
    clock.now += 1
    assert [file.sha256 for file in watch.observe(inbox.scan().files).still] == [
        hashlib.sha256(path.read_bytes()).hexdigest()
    ]


def test_a_ready_file_that_could_not_be_taken_is_hashed_again(
    inbox: Inbox, watch: StillWatch, clock: WoundClock
) -> None:
    """While the database is locked, a change with an unchanged time is still noticed."""
    sighting = inbox.drop(b"aaaa")
    watch.observe(inbox.scan().files)
    clock.now += QUIET
    assert len(watch.observe(inbox.scan().files).still) == 1
    assert len(watch.observe(inbox.scan().files).still) == 1
    path = inbox.lixia / "报表.xlsx"
    path.write_bytes(b"bbbb")
    os.utime(path, ns=(sighting.mtime_ns, sighting.mtime_ns))
    assert watch.observe(inbox.scan().files).still == []


def test_a_file_saved_by_delete_and_rename_starts_anew(
    inbox: Inbox, watch: StillWatch, clock: WoundClock
) -> None:
    """Excel's way of saving, with a moment without the file, is not taken for quiet."""
    sighting = inbox.drop(b"abc")
    watch.observe(inbox.scan().files)
    path = inbox.lixia / "报表.xlsx"
    path.unlink()
    assert watch.observe(inbox.scan().files).waiting == []
    clock.now += QUIET
    path.write_bytes(b"abc")
    os.utime(path, ns=(sighting.mtime_ns, sighting.mtime_ns))
    assert watch.observe(inbox.scan().files).still == []


def test_a_file_saved_again_with_the_same_bytes_starts_anew(
    inbox: Inbox, watch: StillWatch, clock: WoundClock
) -> None:
    """While somebody still saves the file it does not stand still."""
    sighting = inbox.drop(b"abc")
    watch.observe(inbox.scan().files)
    clock.now += QUIET
    os.utime(inbox.lixia / "报表.xlsx", ns=(sighting.mtime_ns, sighting.mtime_ns + 1))
    assert watch.observe(inbox.scan().files).still == []
    clock.now += QUIET
    assert len(watch.observe(inbox.scan().files).still) == 1


def test_an_empty_file_waits_and_is_then_shown(
    inbox: Inbox, watch: StillWatch, clock: WoundClock
) -> None:
    """A file without a byte is never taken, and does not stay unseen."""
    inbox.drop(b"")
    assert watch.observe(inbox.scan().files).empty == []
    clock.now += QUIET
    last = watch.observe(inbox.scan().files)
    assert ([file.name for file in last.empty], last.still) == (["报表.xlsx"], [])


def test_a_file_that_vanishes_between_scan_and_look_is_no_fault(
    inbox: Inbox, watch: StillWatch
) -> None:
    """A clerk who takes her file back meets no error."""
    inbox.drop(b"abc")
    files = inbox.scan().files
    (inbox.lixia / "报表.xlsx").unlink()
    result = watch.observe(files)
    assert (result.waiting, result.troubles) == ([], [])


def test_a_file_swapped_for_a_link_after_the_scan_is_not_read(
    inbox: Inbox, watch: StillWatch
) -> None:
    """A link put in place after the scan gives nothing of another's file away."""
    sighting = inbox.drop(b"abc")
    path = inbox.lixia / "报表.xlsx"
    path.rename(inbox.root.parent / "elsewhere.xlsx")
    path.symlink_to(inbox.root.parent / "elsewhere.xlsx")
    result = watch.observe([sighting])
    assert result.waiting == []
    assert [trouble.code for _, trouble in result.troubles] == ["ELOOP"]
