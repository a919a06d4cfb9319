"""A warm pool of limited children, and one child as the parent sees it: start, ask, wait, kill.

This module owns who runs what (one thread a child, one queue for all) and the words for a child's
end: one that crashed, used up its processor's time or memory, or fell asleep over its task died of
it; one that was killed, stopped or had no processor did not. It refuses to know what the tasks do.
"""

from __future__ import annotations

import logging
import os
import pickle
import queue
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, BinaryIO, ParamSpec, Self, TypeVar, cast

from sheetflow.children.limits import Limits, Task, is_idle, is_ours
from sheetflow.children.wire import FrameTooLargeError, dumps, loads, read_frame, write_frame
from sheetflow.errors import SheetflowError, UnreadableError, error_of

Arguments = ParamSpec("Arguments")
Value = TypeVar("Value")

_START_SECONDS = 60.0
_END_SECONDS = 5.0
_GRACE_SECONDS = 1.0
_FRAME_SLACK = 4096
_ONE_THREAD = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "MALLOC_ARENA_MAX": "2"}
"""Each would take room for every processor of the machine, out of what a child may use."""
_OUTGREW = "file-outgrew-memory"
_OUTGROWN = {
    "file-timeout": "制作用时过长，已经中止。请把 sheetflow.toml 里 [workers] 的 wall_seconds 调大"
    "（30以上）后重新启动，程序会再做一次。",
    _OUTGREW: "制作需要的内存超过了 sheetflow.toml 里 [workers] 的 memory_mb。"
    "请调大后重新启动，程序会再做一次。",
    "file-killed-reader": "制作时处理进程意外中断，稍后自动重试；一直如此，请把日志交给系统维护人员。",
}
"""What is said where a child died of making what is ours, by the rule code that a file would get."""
_LOG = logging.getLogger("sheetflow")
_KEPT_VARIABLES = (
    *("PATH", "HOME", "LANG", "LC_ALL", "LC_CTYPE", "TZ", "TMPDIR", "TEMP", "TMP"),
    *("SYSTEMROOT", "SYSTEMDRIVE", "USERPROFILE", "APPDATA", "LOCALAPPDATA", "WINDIR"),
    *("MPLCONFIGDIR", "PYTHONDONTWRITEBYTECODE", "PYTHONHASHSEED"),
)


class ChildLostError(UnreadableError):
    """The child died of its task; `reason` is the rule code for the file it had in hand.

    Once says little (its heap may have been another's work): who asked tries again, and counts.
    """


class ChildHinderedError(SheetflowError):
    """The machine took the child away or left it no processor: it says nothing of its task.

    `was_killed` tells that somebody killed it: the system short of memory, an operator.
    """

    def __init__(self, *, was_killed: bool) -> None:
        super().__init__(
            "处理进程被系统中止（多半是内存不足）"
            if was_killed
            else "处理进程停住了，没有分到处理器时间"
        )
        self.was_killed = was_killed


class ChildStartError(SheetflowError):
    """A child could not be started: trouble of this machine, of no file."""


class OutgrownError(SheetflowError):
    """A child died of making what is ours: the limits are too tight, or our program is at fault."""

    def __init__(self, reason: str) -> None:
        super().__init__(_OUTGROWN[reason])
        self.reason = reason


class TaskFailedError(SheetflowError):
    """A task raised what it should not: a fault of ours; the log says which and where."""

    def __init__(self) -> None:
        super().__init__("程序出错，详见日志")


@dataclass(frozen=True, slots=True)
class _Job:
    future: Future[Any]
    task: Task
    arguments: tuple[Any, ...]


class Pool:
    """Children that run functions (the modules with `task` in their names), `size` at a time.

    The children start at once and stay. Arguments and results are pickled; results may
    hold plain values and the types that `wire` lists.
    """

    def __init__(self, size: int, limits: Limits | None = None) -> None:
        self._limits = limits or Limits()
        self._jobs: queue.SimpleQueue[_Job | None] = queue.SimpleQueue()
        self._lock = threading.Lock()
        self._is_closed = False
        self._threads = [
            threading.Thread(target=self._serve, name=f"child-{number}", daemon=True)
            for number in range(size)
        ]
        for thread in self._threads:
            thread.start()

    @property
    def size(self) -> int:
        """How many children there are."""
        return len(self._threads)

    def submit(
        self,
        task: Callable[Arguments, Value],
        *arguments: Arguments.args,
        **named: Arguments.kwargs,
    ) -> Future[Value]:
        """Queue a task and return its future; arguments go by position only.

        The future raises UnreadableError (ChildLostError where the child died of the task,
        OutgrownError where that was ours), ChildHinderedError, ChildStartError, OSError as
        the task met it, an error of ours as the task raised it, or TaskFailedError for a
        fault of ours.
        """
        if named:
            raise TypeError("arguments go by position")
        job = _Job(Future(), task, arguments)
        with self._lock:
            if self._is_closed:
                raise RuntimeError("the pool is closed")
            self._jobs.put(job)
        return job.future

    def call(
        self,
        task: Callable[Arguments, Value],
        *arguments: Arguments.args,
        **named: Arguments.kwargs,
    ) -> Value:
        """Run a task and return its value; raise what `submit` says."""
        return self.submit(task, *arguments, **named).result()

    def close(self, *, cancel: bool = False) -> None:
        """End the pool: finish what is queued (with `cancel`, only what is in hand)."""
        with self._lock:
            self._is_closed = True
            with suppress(queue.Empty):
                while cancel:
                    if job := self._jobs.get_nowait():
                        job.future.cancel()
            for _ in self._threads:
                self._jobs.put(None)
        for thread in self._threads:
            thread.join()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, _kind: object, error: object, _trace: object) -> None:
        self.close(cancel=error is not None)

    def _serve(self) -> None:
        """Keep one child and give it one job after the other."""
        child = self._ready(None)
        while (job := self._jobs.get()) is not None:
            if job.future.set_running_or_notify_cancel():
                child = self._ready(self._run(child, job))
        if child is not None:
            child.end()

    def _ready(self, child: Child | None) -> Child | None:
        """Start the next child before it is needed; where that fails, the next job carries the error."""
        with suppress(Exception):
            return self._fresh(child)
        return None

    def _fresh(self, child: Child | None) -> Child:
        """Give a child that can serve: `child`, or a new one in its place."""
        if child is not None:
            if not child.is_spent:
                return child
            child.end()
        return Child(self._limits)

    def _run(self, child: Child | None, job: _Job) -> Child | None:
        """Run one job; give the child that did it."""
        for attempt in range(1, self._limits.attempts + 1):
            try:
                child = self._fresh(child)
                child.wait_until_ready()
                job.future.set_result(child.run(job.task, job.arguments))
            except ChildHinderedError as error:
                if error.was_killed and attempt < self._limits.attempts:
                    continue
                job.future.set_exception(error)
            except Exception as error:  # noqa: BLE001 - the future carries it to who asked
                job.future.set_exception(error)
            break
        return child


class Child:
    """A child process with its limits; used by one thread at a time."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._served = self._resident = 0
        self._is_ready = self._expired = self._was_idle = False
        self._task: Task | None = None
        self._killing = threading.Lock()
        self._process = _started()
        self._requests = cast("BinaryIO", self._process.stdin)
        self._answers = cast("BinaryIO", self._process.stdout)
        try:
            write_frame(self._requests, dumps(limits))
        except OSError as error:
            self.end()
            raise ChildStartError("无法启动处理表格的子进程。请检查内存与系统限制。") from error

    @property
    def is_spent(self) -> bool:
        """Whether the child is dead, has grown too large, or has served its number."""
        return (
            self._process.poll() is not None
            or self._expired
            or self._resident > self._limits.resident
            or self._served >= self._limits.tasks
        )

    def wait_until_ready(self) -> None:
        """Wait for the child to be bound to its limits; raise ChildStartError if it is not."""
        if self._is_ready:
            return
        try:
            state, body = self._received(_START_SECONDS)
        except (ChildLostError, ChildHinderedError) as error:
            self.end()
            raise ChildStartError("处理表格的子进程启动后即退出。请检查安装。") from error
        if state != "ready":
            self.end()
            _LOG.error("a child could not be limited: %s", body)
            raise ChildStartError("处理表格的子进程无法装入程序。请检查安装。")
        self._is_ready = True

    def run(self, task: Task, arguments: tuple[Any, ...]) -> Any:  # noqa: ANN401 - the task's own
        """Run `task` and return its value.

        Raise UnreadableError (ChildLostError if the child died of it, OutgrownError if the task
        was ours), ChildHinderedError, OSError as the task met it, an error of ours as the task
        raised it, or TaskFailedError.
        """
        self._served += 1
        self._task = task
        try:
            write_frame(self._requests, dumps((task, arguments)))
        except OSError as error:
            raise self._lost() from error
        limits = self._limits
        state, body = self._received(limits.seconds_for(task) * limits.patience)
        match state, body:
            case "value", _:
                return body
            case "unreadable", (reason, _) if reason == _OUTGREW:
                self._expired = True  # perhaps by what former tasks left in it
                raise self._death(reason)
            case "unreadable", (reason, details):
                raise UnreadableError(reason, **details)
            case "trouble", _:
                raise OSError(*body)
            case "error", _:
                raise error_of(*body)
        _LOG.error("task %s met a fault of ours: %s", task.__name__, body)
        raise TaskFailedError

    def end(self) -> None:
        """End the child, at once; it is idle, or nobody waits for it any more."""
        for stream in (self._requests, self._answers):
            with suppress(OSError):  # what still lay in the buffer for a dead child
                stream.close()
        try:
            self._process.wait(_END_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def _received(self, seconds: float) -> tuple[str, Any]:
        """Wait for one answer; at the end of `seconds` the child is killed."""
        answered = threading.Event()
        threading.Thread(target=self._watch, args=(seconds, answered), daemon=True).start()
        try:
            frame = read_frame(self._answers, self._limits.answer + _FRAME_SLACK)
            state, body, self._resident = loads(frame)
        except (EOFError, OSError) as error:
            raise self._lost() from error
        except (FrameTooLargeError, pickle.UnpicklingError) as error:
            self._process.kill()
            self._expired = True
            raise self._death("file-killed-reader") from error
        finally:
            with self._killing:
                answered.set()
        return state, body

    def _watch(self, seconds: float, answered: threading.Event) -> None:
        """Kill the child that has not answered in time; never while it has the next task."""
        # Grace: perhaps it was we who stood still, and the answer is on its way.
        if answered.wait(seconds) or answered.wait(_GRACE_SECONDS):
            return
        with self._killing:
            if not answered.is_set():
                self._was_idle = os.name != "posix" or is_idle(self._process.pid)
                self._expired = True
                self._process.kill()

    def _lost(self) -> ChildLostError | OutgrownError | ChildHinderedError:
        """Say what ended the child."""
        code = self._process.wait()
        if self._expired:
            # One that waits for nothing will not be done by waiting; one that could not go on may.
            idle = self._was_idle
            return self._death("file-timeout") if idle else ChildHinderedError(was_killed=False)
        if os.name == "posix" and code == -signal.SIGPROF:
            return self._death("file-timeout")
        if os.name == "posix" and code == -signal.SIGKILL:
            return ChildHinderedError(was_killed=True)
        return self._death("file-killed-reader")

    def _death(self, reason: str) -> ChildLostError | OutgrownError:
        return OutgrownError(reason) if is_ours(self._task) else ChildLostError(reason)


def _started() -> subprocess.Popen[bytes]:
    """Start a child in a session of its own, with nothing of our environment it need not know.

    The environment may hold the mail password; the child reads foreign files.
    """
    paths = [path or os.getcwd() for path in sys.path]  # noqa: PTH109 - as sys.path means ''
    environment = {name: os.environ[name] for name in _KEPT_VARIABLES if name in os.environ}
    environment |= {"PYTHONPATH": os.pathsep.join(paths), "PYTHONUTF8": "1", **_ONE_THREAD}
    try:
        return subprocess.Popen(
            [sys.executable, "-P", "-m", "sheetflow.children.child"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=environment,
            start_new_session=True,  # which Windows knows by another name
            creationflags=getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0),
        )
    except OSError as error:
        raise ChildStartError("无法启动处理表格的子进程。请检查内存与系统限制。") from error
