"""What a child may use, and how a child binds itself to it.

This module owns the numbers and the system calls that set them, on POSIX systems;
Windows has no such limits, there the wall clock alone holds. It refuses to watch
the clock: the parent does that.
"""

from __future__ import annotations

import contextlib
import sys
from dataclasses import dataclass
from pathlib import Path

MIB = 1024**2


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """The limits of one child.

    `address_space`, `resident` and `answer` are bytes: what it may map, what it may keep
    between two tasks, what it may send back. `cpu_seconds` and `wall_seconds` count for
    each task. After `tasks` tasks a child is replaced. `attempts` is how often a task may
    lose its child to a kill from outside before it is given up.
    """

    address_space: int = 2048 * MIB
    resident: int = 384 * MIB
    answer: int = 32 * MIB
    cpu_seconds: int = 20
    wall_seconds: float = 20.0
    tasks: int = 200
    attempts: int = 2


def bind_process(limits: Limits) -> None:
    """Limit the calling process for good: address space, and no core dumps with data in them."""
    if sys.platform == "win32":
        return
    import resource

    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if sys.platform == "linux":  # elsewhere the call is refused or means nothing
        resource.setrlimit(resource.RLIMIT_AS, (limits.address_space, limits.address_space))


def bind_task(limits: Limits) -> None:
    """Grant the calling process `cpu_seconds` more from now on."""
    if sys.platform == "win32":
        return
    import resource

    used = resource.getrusage(resource.RUSAGE_SELF)
    seconds = int(used.ru_utime + used.ru_stime) + limits.cpu_seconds + 1
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, hard))


def resident_bytes() -> int:
    """Tell how much memory the calling process holds now; 0 where the system does not say."""
    if sys.platform != "linux":
        return 0
    with contextlib.suppress(OSError, ValueError, IndexError):
        import resource

        pages = Path("/proc/self/statm").read_text(encoding="ascii").split()[1]
        return int(pages) * resource.getpagesize()
    return 0
