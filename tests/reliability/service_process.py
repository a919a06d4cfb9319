"""Starts the service's process, has it traced or hit by strace, and waits for its end.

This module owns the child process of `driver` and the words for strace. It refuses to
know what the service should have done.
"""

from __future__ import annotations

import datetime as dt
import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

REPOSITORY = Path(__file__).resolve().parents[2]

CHANGING = (
    "openat,write,pwrite64,fsync,fdatasync,rename,renameat,renameat2,"
    "unlink,unlinkat,mkdir,mkdirat,ftruncate,chmod,fchmod,connect"
)
"""Where a process may be killed: calls that open or change files, and those that call servers."""


@dataclass(frozen=True)
class Ended:
    """How a run of the service ended: its exit code (negative: the signal), and its words."""

    code: int
    log: str

    @property
    def was_killed(self) -> bool:
        """Whether the kill found it still running."""
        return self.code == -signal.SIGKILL


@dataclass(frozen=True)
class Trace:
    """What strace is told: its options, and where it writes what it saw."""

    options: Sequence[str]
    file: Path = Path(os.devnull)

    @classmethod
    def kill(cls, call: str, number: int) -> Trace:
        """SIGKILL on entering the `number`-th `call` of the service itself.

        strace counts each kind of call by itself.
        """
        return cls(("-e", f"trace={call}", "-e", f"inject={call}:signal=KILL:when={number}"))

    @classmethod
    def fail(cls, call: str, errno: str, when: str, path: Path | None = None) -> Trace:
        """Let the `when`-th (``3``, ``3+``, ``3..7``) `call` of the service fail with `errno`.

        With `path`, only calls on exactly that file or folder.
        """
        only = ("-P", str(path)) if path else ()
        return cls((*only, "-e", f"trace={call}", "-e", f"inject={call}:error={errno}:when={when}"))


class Service:
    """One process of `driver`, for many runs; `package` holds the sheetflow to run."""

    def __init__(self, package: Path = REPOSITORY, environ: dict[str, str] | None = None) -> None:
        paths = dict.fromkeys((str(package), str(REPOSITORY)))
        self._environ = environ or {}
        self._process = subprocess.Popen(
            [sys.executable, "-P", "-m", "tests.reliability.driver"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=os.environ | {"PYTHONPATH": os.pathsep.join(paths)},
            cwd=package,
        )

    def run(
        self,
        root: Path,
        at: dt.datetime,
        *,
        trace: Trace | None = None,
        passes: int = 1,
        meanwhile: Callable[[int], object] | None = None,
    ) -> Ended:
        """Run the service once in the workspace at `root`, under strace where `trace` is given.

        `meanwhile` is called with its process id, in a thread, while it runs.
        """
        log = root.parent / f"{root.name}.log"
        log.unlink(missing_ok=True)
        order = {
            "root": str(root),
            "at": at.isoformat(),
            "passes": passes,
            "environ": self._environ,
            "log": str(log),
        }
        self._tell(json.dumps(order))
        pid = self._hear()["pid"]
        with _traced(pid, trace), _beside(meanwhile, pid):
            self._tell("go")
            code = self._hear()["code"]
        return Ended(code, log.read_text(encoding="utf-8") if log.exists() else "")

    def _tell(self, line: str) -> None:
        assert self._process.stdin
        self._process.stdin.write(line.encode() + b"\n")
        self._process.stdin.flush()

    def _hear(self) -> dict[str, int]:
        assert self._process.stdout
        found: dict[str, int] = json.loads(self._process.stdout.readline())
        return found

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for stream in (self._process.stdin, self._process.stdout):
            if stream:
                stream.close()
        self._process.wait(30)


@contextmanager
def _beside(meanwhile: Callable[[int], object] | None, pid: int) -> Iterator[None]:
    if meanwhile is None:
        yield
        return
    thread = threading.Thread(target=meanwhile, args=(pid,))
    thread.start()
    yield
    thread.join(60)


@contextmanager
def _traced(pid: int, trace: Trace | None) -> Iterator[None]:
    if trace is None:
        yield
        return
    with subprocess.Popen(
        ["strace", "-p", str(pid), "-o", str(trace.file), *trace.options],
        stderr=subprocess.PIPE,
    ) as tracer:
        assert tracer.stderr
        heard = tracer.stderr.readline()
        assert b"attached" in heard, heard
        yield
        tracer.stderr.read()
