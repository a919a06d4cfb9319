"""One service at a time in a workspace.

The lock is held on an open file of the local disk, so that the system itself lets go
of it when its holder dies: there is no stale lock to be told from a living one. It holds the
holder's number, which the `filelock` package does not tell: whom to stop stands in our sentence.
"""

from __future__ import annotations

import contextlib
import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from sheetflow.durable import make_private_folder
from sheetflow.errors import WorkspaceError

_POSIX = sys.platform != "win32"
_PATIENCE_SECONDS, _PAUSE_SECONDS = 0.5, 0.05
"""Longer than anybody needs who only asks whether the lock is held."""


@contextlib.contextmanager
def held_lock(path: Path) -> Iterator[None]:
    """Hold the lock at `path`; raise WorkspaceError where another process holds it."""
    make_private_folder(path.parent)
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        if not _lock_soon(descriptor):
            number = holder_of(path)
            who = f"（进程号 {number}）" if number else ""
            raise WorkspaceError(
                f"另一个 sheetflow 正在这个工作文件夹里运行{who}。"
                "请等它结束；确要停止它，请用 Ctrl+C 或停止对应的服务。"
            )
        if _POSIX:
            with contextlib.suppress(OSError):  # a full disk; the lock itself needs no space
                os.ftruncate(descriptor, 0)
                os.pwrite(descriptor, str(os.getpid()).encode(), 0)
        yield
    finally:
        os.close(descriptor)


def is_held(path: Path) -> bool:
    """Tell whether a process holds the lock at `path` now, without keeping it."""
    try:
        descriptor = os.open(path, os.O_RDWR)
    except FileNotFoundError:
        return False
    try:
        return not _try_lock(descriptor)
    finally:
        os.close(descriptor)


def holder_of(path: Path) -> str:
    """Give the number of the process that took the lock last; empty where nobody can tell."""
    try:
        # Windows lets nobody read what is locked.
        return path.read_text("ascii", "replace").strip() if _POSIX else ""
    except OSError:
        return ""


def _lock_soon(descriptor: int) -> bool:
    end = time.monotonic() + _PATIENCE_SECONDS
    while not _try_lock(descriptor):
        if time.monotonic() >= end:
            return False
        time.sleep(_PAUSE_SECONDS)
    return True


def _try_lock(descriptor: int) -> bool:
    try:
        if sys.platform == "win32":
            import msvcrt

            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True
