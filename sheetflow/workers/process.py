"""One child as the parent sees it: start, ask, wait within the wall clock, kill.

This module owns the child's life and the words for its ends. It refuses to decide
what happens next: the pool replaces children.
"""

from __future__ import annotations

import contextlib
import os
import pickle
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping
from typing import Any, BinaryIO, cast

from sheetflow.errors import SheetflowError, UnreadableError
from sheetflow.workers.limits import Limits
from sheetflow.workers.wire import FrameTooLargeError, dumps, loads, read_frame, write_frame

_START_SECONDS = 60.0
_END_SECONDS = 5.0
_FRAME_SLACK = 4096
_KEPT_VARIABLES = (
    *("PATH", "HOME", "LANG", "LC_ALL", "LC_CTYPE", "TZ", "TMPDIR", "TEMP", "TMP"),
    *("SYSTEMROOT", "SYSTEMDRIVE", "USERPROFILE", "APPDATA", "LOCALAPPDATA", "WINDIR"),
    *("MPLCONFIGDIR", "PYTHONDONTWRITEBYTECODE", "PYTHONHASHSEED"),
)


class ChildLostError(UnreadableError):
    """The child did not live to answer; `reason` is the rule code for the file it had in hand.

    `from_outside` tells that somebody else killed it (the system short of memory, an
    operator): the only end that says little about the file.
    """

    def __init__(self, reason: str, *, from_outside: bool = False) -> None:
        super().__init__(reason)
        self.from_outside = from_outside


class ChildStartError(SheetflowError):
    """A child could not be started: trouble of this machine, of no file."""


class TaskFailedError(SheetflowError):
    """A task raised what it should not: a fault of ours, named without any value."""


class Child:
    """A child process with its limits; used by one thread at a time."""

    def __init__(self, tasks_module: str, limits: Limits) -> None:
        self._limits = limits
        self._served = self._resident = 0
        self._is_ready = self._expired = False
        self._process = _started()
        self._requests = cast("BinaryIO", self._process.stdin)
        self._answers = cast("BinaryIO", self._process.stdout)
        try:
            write_frame(self._requests, dumps((tasks_module, limits)))
        except OSError as error:
            self.end()
            raise ChildStartError("无法启动处理表格的子进程。请检查内存与系统限制。") from error

    @property
    def pid(self) -> int:
        """The process id."""
        return self._process.pid

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
        """Wait for the child to have loaded its tasks; raise ChildStartError if it has not."""
        if self._is_ready:
            return
        try:
            state, body = self._received(_START_SECONDS)
        except ChildLostError as error:
            self.end()
            raise ChildStartError("处理表格的子进程启动后即退出。请检查安装。") from error
        if state != "ready":
            self.end()
            raise ChildStartError(f"处理表格的子进程无法装入程序（{body}）。请检查安装。")
        self._is_ready = True

    def run(self, task: str, arguments: tuple[Any, ...]) -> Any:  # noqa: ANN401 - the task's own
        """Run `task` and return its value.

        Raise UnreadableError (ChildLostError if the child died of it), OSError as the task
        met it, or TaskFailedError.
        """
        self._served += 1
        try:
            write_frame(self._requests, dumps((task, arguments)))
        except OSError as error:
            raise self._lost() from error
        state, body = self._received(self._limits.wall_seconds)
        if state == "value":
            return body
        if state == "unreadable":
            reason, details = body
            raise UnreadableError(reason, **details)
        if state == "trouble":
            raise OSError(*body)
        raise TaskFailedError(f"子进程任务 {task} 出错：{body}")

    def end(self) -> None:
        """End the child, at once; it is idle, or nobody waits for it any more."""
        for stream in (self._requests, self._answers):
            with contextlib.suppress(OSError):  # what still lay in the buffer for a dead child
                stream.close()
        try:
            self._process.wait(_END_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def _received(self, seconds: float) -> tuple[str, Any]:
        """Wait for one answer; at the end of `seconds` the child is killed."""
        timer = threading.Timer(seconds, self._expire)
        timer.daemon = True
        timer.start()
        try:
            frame = read_frame(self._answers, self._limits.answer + _FRAME_SLACK)
            state, body, self._resident = loads(frame)
        except (EOFError, OSError) as error:
            raise self._lost() from error
        except (FrameTooLargeError, pickle.UnpicklingError) as error:
            self._process.kill()
            raise ChildLostError("file-killed-reader") from error
        finally:
            timer.cancel()
        return state, body

    def _expire(self) -> None:
        self._expired = True
        self._process.kill()

    def _lost(self) -> ChildLostError:
        """Say what ended the child."""
        code = self._process.wait()
        if self._expired or (os.name == "posix" and code == -signal.SIGXCPU):
            return ChildLostError("file-timeout")
        killed = os.name == "posix" and code == -signal.SIGKILL
        return ChildLostError("file-killed-reader", from_outside=killed)


def _started() -> subprocess.Popen[bytes]:
    """Start a child in a session of its own, with nothing of our environment it need not know.

    The environment may hold the mail password; the child reads foreign files.
    """
    paths = [path or os.getcwd() for path in sys.path]  # noqa: PTH109 - as sys.path means ''
    environment = {name: os.environ[name] for name in _KEPT_VARIABLES if name in os.environ}
    environment |= {"PYTHONPATH": os.pathsep.join(paths), "PYTHONUTF8": "1"}
    options: Mapping[str, Any] = (
        {"start_new_session": True}
        if os.name == "posix"
        else {"creationflags": getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0)}
    )
    popen: Callable[..., subprocess.Popen[bytes]] = subprocess.Popen
    try:
        return popen(
            [sys.executable, "-P", "-m", "sheetflow.workers.child"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=environment,
            **options,
        )
    except OSError as error:
        raise ChildStartError("无法启动处理表格的子进程。请检查内存与系统限制。") from error
