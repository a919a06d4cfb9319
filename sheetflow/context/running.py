"""The running service: one at a time in a workspace, alive (``state/health``), not ended by trouble.

The system itself lets go of the lock when its holder dies: none is stale. The health file is there
while `watch` runs; anything may read it, and ``doctor --health`` gives an exit code. It refuses to
stop the service for that file's sake: a full disk delays the next beat and nothing else.
"""

from __future__ import annotations

import contextlib
import json
import os
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from sheetflow.config.settings import Settings
from sheetflow.config.workspace import Workspace
from sheetflow.context import LOG, Context, Say
from sheetflow.context.opening import place_of
from sheetflow.dispatching import alone
from sheetflow.durable import make_private_folder, write_whole
from sheetflow.errors import (
    SheetflowError,
    StoreBusyError,
    TemporaryError,
    WorkspaceError,
    describe,
    wait_after,
)

_POSIX = sys.platform != "win32"
_PATIENCE_SECONDS, _PAUSE_SECONDS = 0.5, 0.05
"""Longer than anybody needs who only asks whether the lock is held."""


@contextlib.contextmanager
def held_lock(path: Path) -> Iterator[None]:
    """Hold the lock at `path`; raise WorkspaceError where another process holds it."""
    make_private_folder(path.parent)
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        end = time.monotonic() + _PATIENCE_SECONDS
        while not _try_lock(descriptor):
            if time.monotonic() >= end:
                number = holder_of(path)
                who = f"（进程号 {number}）" if number else ""
                raise WorkspaceError(
                    f"另一个 sheetflow 正在这个工作文件夹里运行{who}。"
                    "请等它结束；确要停止它，请用 Ctrl+C 或停止对应的服务。"
                )
            time.sleep(_PAUSE_SECONDS)
        if _POSIX:
            with contextlib.suppress(OSError):  # a full disk; the lock itself needs no space
                os.ftruncate(descriptor, 0)
                os.pwrite(descriptor, str(os.getpid()).encode(), 0)
        yield
    finally:
        os.close(descriptor)


@contextlib.contextmanager
def alone_in(workspace: Workspace, settings: Settings) -> Iterator[None]:
    """Be the only one who works in the workspace; raise WorkspaceError where another one does, on whatever machine.

    Not every shared volume tells locks from machine to machine: a database that is shared does.
    """
    with alone(place_of(workspace, settings)), held_lock(workspace.lock):
        yield


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


WAITED_OUT = (StoreBusyError, TemporaryError, WorkspaceError)
"""Errors of ours that another time may mend."""


def said_of(context: Context, error: Exception, words: str) -> str:
    """Say in a sentence what ended work that is called `words`."""
    if isinstance(error, SheetflowError):
        return str(error)
    if isinstance(error, OSError):
        return str(TemporaryError.of(error, words, context.workspace.root))
    return "程序出错，详见日志；稍后自动重试。"


class Retry:
    """Does one kind of work again and again, whatever comes in between.

    It is called `name` in the log and `words` in sentences.
    """

    def __init__(self, context: Context, name: str, words: str) -> None:
        self._context, self._name, self._words = context, name, words
        self._failures, self._due = 0, 0.0
        self.troubles: tuple[str, ...] = ()
        """What stood in the way of the last time, in sentences; whole while the next is under way."""

    @property
    def is_due(self) -> bool:
        """Whether no back-off stands in the way."""
        return time.monotonic() >= self._due

    def do(self, work: Callable[[], float]) -> float:
        """Do `work`; give the seconds until it is wanted again, by its own word or by back-off.

        Raise only what no waiting mends: a damaged database, wrong settings.
        """
        try:
            pause = work()
        except Exception as error:
            if isinstance(error, SheetflowError) and not isinstance(error, WAITED_OUT):
                raise
            self.troubles = (said_of(self._context, error, self._words),)
            if isinstance(error, (*WAITED_OUT, OSError)):
                LOG.warning("%s put off: %s", self._name, self.troubles[0])
            else:  # the service outlives a fault of ours
                LOG.error("%s met a fault of ours: %s", self._name, describe(error))
        else:
            self.troubles = ()
            self._failures, self._due = 0, 0.0
            return pause
        self._failures += 1
        wait = wait_after(self._failures).total_seconds()
        # Monotonic: a corrected clock neither hurries nor strands the next try.
        self._due = time.monotonic() + wait
        return wait


_BEAT_SECONDS = 5.0
_SILENT_SECONDS = 180.0
"""The longest that one step may take: a file's wall clock, a report's pictures."""
_MOST_TROUBLES = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    """What the running service last said of itself."""

    pid: int
    started: float
    at: float
    every: float
    ready: bool = False
    troubles: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether the service is well, and in a sentence why."""

    is_well: bool
    sentence: str


class Pulse:
    """Beats into the file: at every pass, and at progress within a long one."""

    def __init__(self, path: Path, every: float, now: Callable[[], float] = time.time) -> None:
        self._path, self._now = path, now
        moment = now()
        self._health = Health(pid=os.getpid(), started=moment, at=moment, every=every)
        self._last = 0.0

    def beat(self, *, ready: bool = False, troubles: Iterable[str] | None = None) -> None:
        """Say that all is well now; `ready` after the first pass and from then on.

        `troubles` replace those of the last pass, where given.
        """
        known = self._health
        told = known.troubles if troubles is None else tuple(troubles)[:_MOST_TROUBLES]
        self._health = replace(known, at=self._now(), ready=known.ready or ready, troubles=told)
        self._last = time.monotonic()
        text = json.dumps(asdict(self._health))
        try:
            write_whole(self._path, text.encode("ascii"), is_durable=False)
        except OSError:
            # On a full disk the room of the old file is the only one left.
            with contextlib.suppress(OSError):
                self._path.write_text(text, encoding="ascii")

    def beating(self, say: Say) -> Say:
        """Give `say` so that it beats besides, every few seconds."""

        def told(step: str, done: int, total: int) -> None:
            if time.monotonic() - self._last >= _BEAT_SECONDS:
                self.beat()
            say(step, done, total)

        return told


@contextlib.contextmanager
def pulse_of(path: Path, every: float) -> Iterator[Pulse]:
    """Keep the health file at `path` while the service runs, and remove it at its end."""
    pulse = Pulse(path, every)
    pulse.beat()
    try:
        yield pulse
    finally:
        with contextlib.suppress(OSError):
            path.unlink(missing_ok=True)


def read_health(path: Path) -> Health | None:
    """Read the file; None where there is none, or where it says nothing."""
    try:
        said = json.loads(path.read_text(encoding="ascii"))
        return Health(**{**said, "troubles": tuple(said.get("troubles", ()))})
    except (OSError, ValueError, TypeError, AttributeError):
        return None


def check_health(workspace: Workspace, now: float) -> Verdict:
    """Judge the service of `workspace` at the machine's time `now`."""
    if not is_held(workspace.lock):
        return Verdict(is_well=False, sentence="没有正在值守的服务。请启动它（sheetflow watch）。")
    health = read_health(workspace.health)
    if health is None:
        return Verdict(
            is_well=False, sentence="有别的 sheetflow 命令正在运行，但没有值守的服务。请稍后再看。"
        )
    age = max(0, round(now - health.at))
    if age > health.every + _SILENT_SECONDS:
        return Verdict(
            is_well=False,
            sentence=f"值守的服务（进程号 {health.pid}）已有{age}秒没有动静。请重新启动它。",
        )
    trouble = health.troubles[0] if health.troubles else ""
    doing = "正在值守" if health.ready else "正在等待" if trouble else "正在处理启动前的来件"
    said = f"服务{doing}（进程号 {health.pid}，{age}秒前有动静）。{trouble}"
    return Verdict(is_well=True, sentence=said)
