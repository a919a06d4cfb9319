"""What a child may use, and how a child binds itself to it.

A task is limited by the processor's time, which no busy, stopped or sleeping machine uses up for it; the
wall clock, which the parent watches, only ends the wait for a child that gets nowhere. Windows has no such
limits, there the wall clock alone holds.
"""

from __future__ import annotations

import contextlib
import signal
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

MIB = 1024**2

Task = Callable[..., Any]
"""A function that a child runs: of a module's top level, so that it can be named to the child."""
_Task = TypeVar("_Task", bound=Task)
_IS_OURS, _PREPARE = "is_ours", "prepare"


def makes_ours(task: _Task) -> _Task:
    """Mark a task that makes what is ours: no file of somebody's is judged by its end."""
    setattr(task, _IS_OURS, True)
    return task


def prepared_by(prepare: Task) -> Callable[[_Task], _Task]:
    """Have `prepare` called with a task's arguments first; its time does not count as the task's."""

    def mark(task: _Task) -> _Task:
        setattr(task, _PREPARE, prepare)
        return task

    return mark


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """The limits of one child.

    `address_space`, `resident` and `answer` are bytes: what it may map, what it may keep
    between two tasks, what it may send back. `cpu_seconds` is the processor's time for a task
    on somebody's file, `own_seconds` for one that `makes_ours`; each is
    waited for `patience` times as long by the wall clock. After `tasks` tasks a child is
    replaced. `attempts` is how often a task may lose its child to a kill from outside before
    that is passed on.
    """

    address_space: int = 2048 * MIB
    resident: int = 384 * MIB
    answer: int = 32 * MIB
    cpu_seconds: float = 20.0
    own_seconds: float = 30.0
    patience: float = 3.0
    tasks: int = 200
    attempts: int = 2

    def seconds_for(self, task: Task) -> float:
        """Tell how much of the processor's time `task` may use."""
        return max(self.cpu_seconds, self.own_seconds) if is_ours(task) else self.cpu_seconds


def is_ours(task: Task | None) -> bool:
    """Whether a task makes what is ours."""
    return bool(getattr(task, _IS_OURS, False))


def prepare(task: Task, arguments: tuple[object, ...]) -> None:
    """Do what a task wants done before its own time begins; what fails there, it meets itself."""
    with contextlib.suppress(Exception):
        getattr(task, _PREPARE, lambda *_: None)(*arguments)


def bind_process(limits: Limits) -> None:
    """Limit the calling process for good: address space, and no core dumps with data in them."""
    if sys.platform == "win32":
        return
    import resource

    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if sys.platform == "linux":  # elsewhere the call is refused or means nothing
        resource.setrlimit(resource.RLIMIT_AS, (limits.address_space, limits.address_space))
        with contextlib.suppress(OSError):  # where memory runs out, the service is spared
            Path("/proc/self/oom_score_adj").write_text("900", encoding="ascii")


def bind_task(seconds: float) -> None:
    """End the calling process, by a signal, once it has used the processor for `seconds` more.

    0 seconds: stop counting, the task is done.
    """
    if sys.platform != "win32":
        signal.setitimer(signal.ITIMER_PROF, seconds)


def is_idle(pid: int) -> bool:
    """Whether no thread of a process runs, wants to run, is stopped, or waits for the disk.

    False where the system does not say.
    """
    states = set()
    with contextlib.suppress(OSError):
        for thread in Path(f"/proc/{pid}/task").iterdir():
            states.add((thread / "stat").read_bytes().rpartition(b")")[2].split()[0])
    return states == {b"S"}


def resident_bytes() -> int:
    """Tell how much memory the calling process holds now; 0 where the system does not say."""
    if sys.platform != "linux":
        return 0
    with contextlib.suppress(OSError, ValueError, IndexError):
        import resource

        pages = Path("/proc/self/statm").read_text(encoding="ascii").split()[1]
        return int(pages) * resource.getpagesize()
    return 0
