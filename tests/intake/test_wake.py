"""The loop wakes early for a local drop, and in time for any other."""

from __future__ import annotations

import sys
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from sheetflow.intake.wake import Waker, Watching, choose_watching, mount_of, parse_mounts

if TYPE_CHECKING:
    from tests.intake.conftest import Inbox

LIXIA = "370102-历下区"
linux = pytest.mark.skipif(sys.platform != "linux", reason="mounts are told apart on Linux only")


def events(inbox: Inbox) -> Waker:
    """Watch the inbox by events alone."""
    return Waker(inbox.root, {LIXIA: Watching.EVENTS}, poll_seconds=60)


def test_a_drop_wakes_the_loop_at_once(inbox: Inbox) -> None:
    """A clerk who drops a workbook does not wait for the next regular scan."""
    with events(inbox) as waker:
        threading.Timer(0.2, lambda: (inbox.lixia / "a.xlsx").write_bytes(b"x")).start()
        begin = time.monotonic()
        assert waker.sleep(20)
        assert time.monotonic() - begin < 5
        assert not waker.sleep(0.3)


def test_a_drop_between_two_sleeps_is_not_missed(inbox: Inbox) -> None:
    """A workbook dropped while the loop was busy ends its next sleep."""
    with events(inbox) as waker:
        (inbox.lixia / "a.xlsx").write_bytes(b"x")
        assert waker.sleep(20)


def test_a_drop_in_a_folder_made_later_wakes_too(inbox: Inbox) -> None:
    """A 预审 folder that a clerk makes is watched from then on."""
    with events(inbox) as waker:
        (inbox.lixia / "预审").mkdir()
        assert waker.sleep(20)
        while waker.sleep(0.5):
            pass
        (inbox.lixia / "预审" / "a.xlsx").write_bytes(b"x")
        assert waker.sleep(20)


def test_our_own_reading_and_removing_wakes_nobody(inbox: Inbox) -> None:
    """The service does not keep itself awake by looking at the inbox."""
    sighting = inbox.drop(b"x")
    with events(inbox) as waker:
        assert (inbox.lixia / sighting.name).read_bytes() == b"x"
        (inbox.lixia / sighting.name).unlink()
        assert not waker.sleep(0.6)


def test_a_polled_folder_shortens_every_sleep(inbox: Inbox) -> None:
    """A workbook that another host wrote to a share is found within one poll."""
    with Waker(inbox.root, {LIXIA: Watching.POLLING}, poll_seconds=0.3) as waker:
        begin = time.monotonic()
        assert not waker.sleep(60)
        assert 0.25 < time.monotonic() - begin < 5


def test_stopping_ends_a_sleep(inbox: Inbox) -> None:
    """SIGTERM is obeyed at once, not after the sleep."""
    stopping: list[bool] = []
    with events(inbox) as waker:
        threading.Timer(0.2, lambda: stopping.append(True)).start()
        begin = time.monotonic()
        waker.sleep(60, lambda: bool(stopping))
        assert time.monotonic() - begin < 5


def test_an_inbox_that_cannot_be_watched_is_polled(tmp_path: Path) -> None:
    """When the system refuses to tell of events, the loop polls instead of ending."""
    with Waker(tmp_path / "away", {LIXIA: Watching.EVENTS}, poll_seconds=0.1) as waker:
        assert waker.refused
        begin = time.monotonic()
        assert not waker.sleep(60)
        assert time.monotonic() - begin < 5


MOUNTS = r"""
22 27 0:21 / / rw,relatime shared:1 - ext4 /dev/sda1 rw
30 22 0:40 / {root} rw,relatime - xfs /dev/sdb1 rw
31 30 0:41 / {root}/share\040one rw,relatime shared:5 - cifs //nas/one rw
32 30 0:42 / {root}/over rw - ext4 /dev/sdc rw
33 30 0:43 / {root}/over rw - fuse.sshfs nas: rw
"""


@linux
def test_auto_takes_events_on_local_disks_and_polls_shares(tmp_path: Path) -> None:
    """Each folder is watched in the way that works on the disk it lies on."""
    table = tmp_path / "mountinfo"
    table.write_text(MOUNTS.format(root=tmp_path / "inbox"), encoding="utf-8")
    folders = ["local", "share one", "over", "forced", "forced-too"]
    chosen = choose_watching(
        tmp_path / "inbox",
        folders,
        exceptions={"forced": Watching.POLLING, "forced-too": Watching.EVENTS},
        mount_table=table,
    )
    assert list(chosen.values()) == ["events", "polling", "polling", "polling", "events"]


def test_without_a_mount_table_everything_is_polled(tmp_path: Path) -> None:
    """Where the system does not tell what is local, nothing is taken for local."""
    chosen = choose_watching(tmp_path, ["a"], mount_table=tmp_path / "none")
    assert chosen == {"a": Watching.POLLING}


@linux
def test_a_longer_name_is_not_taken_for_a_folder_below() -> None:
    """``/data2`` does not lie on the disk mounted at ``/data``."""
    mounts = parse_mounts("1 0 0:1 / / rw - ext4 a rw\n2 1 0:2 / /data rw - nfs4 b rw")
    found = mount_of(Path("/data2/inbox"), mounts)
    assert found is not None
    assert not found.is_share
