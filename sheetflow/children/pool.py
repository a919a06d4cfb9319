"""A warm pool of limited children.

This module owns who runs what: one thread a child, one queue for all. It refuses
to know what the tasks do; a task's end, good or bad, is its future's.
"""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass
from types import TracebackType
from typing import Any, ParamSpec, Self, TypeVar

from sheetflow.children.limits import Limits, Task
from sheetflow.children.process import Child, ChildHinderedError, ChildLostError, OutgrownError

Arguments = ParamSpec("Arguments")
Value = TypeVar("Value")


@dataclass(frozen=True, slots=True)
class _Job:
    future: Future[Any]
    task: Task
    arguments: tuple[Any, ...]


class Pool:
    """Children that run functions (see `tasks`), `size` at a time.

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

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close(cancel=error is not None)

    def _serve(self) -> None:
        """Keep one child and give it one job after the other."""
        child = self._next(None)
        while (job := self._jobs.get()) is not None:
            if job.future.set_running_or_notify_cancel():
                child = self._run(child, job)
        if child is not None:
            child.end()

    def _run(self, child: Child | None, job: _Job) -> Child | None:
        """Run one job; return the child for the next one."""
        for attempt in range(1, self._limits.attempts + 1):
            try:
                if child is None or child.is_spent:
                    _end(child)
                    child = None
                    child = Child(self._limits)
                child.wait_until_ready()
                job.future.set_result(child.run(job.task, job.arguments))
            except (ChildLostError, OutgrownError, ChildHinderedError) as error:
                _end(child)
                child = None
                killed = isinstance(error, ChildHinderedError) and error.was_killed
                if killed and attempt < self._limits.attempts:
                    continue
                job.future.set_exception(error)
            except Exception as error:  # noqa: BLE001 - the future carries it to who asked
                job.future.set_exception(error)
            break
        return child if child is not None and not child.is_spent else self._next(child)

    def _next(self, child: Child | None) -> Child | None:
        """End a child and start the next one before it is needed."""
        _end(child)
        try:
            return Child(self._limits)
        except Exception:  # noqa: BLE001 - the next job tries again and carries the error
            return None


def _end(child: Child | None) -> None:
    if child is not None:
        child.end()
