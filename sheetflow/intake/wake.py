"""Waking the loop early when something was dropped: by events where the mount table says a folder is local.

It is never the truth: an event says "look now", the full scan says what is there, and inotify sees
nothing that another host wrote to a share. It refuses to tell what happened.
"""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path, PurePosixPath
from types import MappingProxyType
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from watchdog.observers.api import BaseObserver

_SLICE_SECONDS = 0.25
_SETTLE_SECONDS = 0.2
MOUNT_TABLE = Path("/proc/self/mountinfo")

_SHARES = re.compile(
    r"nfs4?|cifs|smb\d?|smbfs|ncpfs|9p|afs|ceph|coda|glusterfs|lustre|gpfs|beegfs|ocfs2|gfs2"
    r"|davfs|virtiofs|vboxsf|vmhgfs|prl_fs|fuse\..+"
)
"""File systems on which another host may write without our kernel noticing."""


class Watching(StrEnum):
    """How a folder is watched."""

    AUTO = "auto"
    """Events where the folder is known to be local, polling otherwise."""
    EVENTS = "events"
    POLLING = "polling"


def choose_watching(
    inbox_root: Path,
    folders: Iterable[str],
    wanted: Watching = Watching.AUTO,
    exceptions: Mapping[str, Watching] = MappingProxyType({}),
    mount_table: Path = MOUNT_TABLE,
) -> dict[str, Watching]:
    """Settle for each folder of the inbox whether events or polling tell of it.

    `exceptions` go before `wanted`; a folder may be the mount point of a share.
    """
    mounts = read_mounts(mount_table)
    chosen = {}
    for folder in folders:
        choice = exceptions.get(folder, wanted)
        if choice is Watching.AUTO:
            mount = mount_of((inbox_root / folder).resolve(), mounts)
            local = mount is not None and not mount.is_share
            choice = Watching.EVENTS if local else Watching.POLLING
        chosen[folder] = choice
    return chosen


@dataclass(frozen=True, slots=True)
class Mount:
    """A mount point and the type of its file system."""

    point: PurePosixPath
    kind: str

    @property
    def is_share(self) -> bool:
        """Whether other hosts may write here."""
        return _SHARES.fullmatch(self.kind) is not None


def read_mounts(table: Path = MOUNT_TABLE) -> tuple[Mount, ...]:
    """Read the mount table; empty where the system has none."""
    try:
        return parse_mounts(table.read_text(encoding="utf-8", errors="surrogateescape"))
    except OSError:
        return ()


def parse_mounts(text: str) -> tuple[Mount, ...]:
    """Parse the lines of ``mountinfo`` (proc(5)) in the order of mounting."""
    mounts = []
    for line in text.splitlines():
        before, separator, after = line.partition(" - ")
        fields = before.split(" ")
        if separator and len(fields) > 4:  # noqa: PLR2004 - the fifth field is the mount point
            point = re.sub(r"\\([0-7]{3})", lambda match: chr(int(match[1], 8)), fields[4])
            mounts.append(Mount(PurePosixPath(point), after.split(" ")[0]))
    return tuple(mounts)


def mount_of(path: Path, mounts: tuple[Mount, ...]) -> Mount | None:
    """Give the mount that `path` (absolute, links resolved) lies on."""
    above = [mount for mount in mounts if PurePosixPath(path).is_relative_to(mount.point)]
    # Of two mounts on one point the later one hides the earlier.
    return max(reversed(above), key=lambda mount: len(mount.point.parts), default=None)


class Waker:
    """Lets the loop sleep until something was dropped, or it is time to look anyway.

    Where `watching` holds a folder with events, the inbox is watched as a whole, by one
    thread; a folder with polling shortens every sleep to `poll_seconds`: our own scan is
    the poll. When the system has no watches left, all is polled and `refused` is set.
    """

    def __init__(
        self, inbox_root: Path, watching: Mapping[str, Watching], *, poll_seconds: float
    ) -> None:
        self._root = inbox_root
        self._events = Watching.EVENTS in watching.values()
        self._polls = Watching.POLLING in watching.values()
        self._poll_seconds = poll_seconds
        self._dropped = threading.Event()
        self._observer: BaseObserver | None = None
        self.refused = False
        """Whether the system refused to tell us of events."""

    def __enter__(self) -> Self:
        if self._events:
            self._start()
        return self

    def __exit__(self, *_: object) -> None:
        if self._observer is not None:
            self._observer.stop()
            self._observer.join()
            self._observer = None

    def wake(self) -> None:
        """End the current or the next sleep; from a thread, not from a signal handler."""
        self._dropped.set()

    def sleep(self, seconds: float, is_stopping: Callable[[], bool] = lambda: False) -> bool:
        """Sleep up to `seconds`; give whether something was dropped meanwhile.

        Ends within a quarter of a second once `is_stopping` says so: a signal handler
        need only set a flag, it never touches our locks.
        """
        if self._polls or self.refused:
            seconds = min(seconds, self._poll_seconds)
        end = time.monotonic() + seconds
        woken = False
        while not woken and not is_stopping() and (left := end - time.monotonic()) > 0:
            woken = self._dropped.wait(min(left, _SLICE_SECONDS))
        if woken:
            # A copy in progress makes hundreds of events: one look for all of them.
            time.sleep(min(_SETTLE_SECONDS, max(0.0, end - time.monotonic())))
            self._dropped.clear()
        return woken

    def _start(self) -> None:
        from watchdog.events import (
            DirCreatedEvent,
            DirMovedEvent,
            FileClosedEvent,
            FileCreatedEvent,
            FileModifiedEvent,
            FileMovedEvent,
            FileSystemEvent,
            FileSystemEventHandler,
        )
        from watchdog.observers import Observer

        dropped = self._dropped

        class _Ring(FileSystemEventHandler):
            def on_any_event(self, event: FileSystemEvent) -> None:  # noqa: ARG002 - that it rang is all
                dropped.set()

        observer = Observer()
        # Not opening, reading and deleting: that is what we do ourselves all the time.
        telling: list[type[FileSystemEvent]] = [
            DirCreatedEvent,
            DirMovedEvent,
            FileClosedEvent,
            FileCreatedEvent,
            FileModifiedEvent,
            FileMovedEvent,
        ]
        observer.schedule(_Ring(), str(self._root), recursive=True, event_filter=telling)
        try:
            observer.start()
        except OSError:  # no watches or instances left, or the folder is not there yet
            self.refused = True
            return
        self._observer = observer
