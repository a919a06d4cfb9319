"""One service at a time in a workspace.

The lock is held on an open file of the local disk, so that the system itself lets go
of it when its holder dies: there is no stale lock to be told from a living one.
"""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Iterator
from pathlib import Path

from sheetflow.errors import WorkspaceError


@contextlib.contextmanager
def held_lock(path: Path) -> Iterator[None]:
    """Hold the lock at `path`; raise WorkspaceError where another process holds it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        if not _try_lock(descriptor):
            holder = (
                os.pread(descriptor, 32, 0).decode("ascii", "replace").strip() if _POSIX else ""
            )
            who = f"（进程号 {holder}）" if holder else ""
            raise WorkspaceError(
                f"另一个 sheetflow 正在这个工作文件夹里运行{who}。"
                "请等它结束；确要停止它，请用 Ctrl+C 或停止对应的服务。"
            )
        if _POSIX:
            os.ftruncate(descriptor, 0)
            os.pwrite(descriptor, str(os.getpid()).encode(), 0)
        yield
    finally:
        os.close(descriptor)


_POSIX = sys.platform != "win32"


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
