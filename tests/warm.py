"""Children that serve one workspace after the other: starting them is a good part of a small test.

What a child does never depends on what it did before: the service, too, keeps its children.
"""

from __future__ import annotations

import atexit
import datetime as dt
import hashlib
import os
import queue
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import Future, wait
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path
from typing import Any

from sheetflow.children import Limits, Pool
from sheetflow.config.units_file import KeptUnits, keep_units
from sheetflow.config.workspace import Workspace
from sheetflow.context import Context, open_context
from sheetflow.durable import make_private_folder
from sheetflow.units import UnitTree

_TELLING = ("LANG", "LC_ALL", "LC_CTYPE", "TZ", "TMPDIR", "HOME", "PYTHONHASHSEED")
"""What a child knows of the environment in which it was started."""


class WarmPool(Pool):
    """A pool that outlives who closes it: what is queued then is let go, what is in hand finished."""

    def __init__(self, size: int, limits: Limits) -> None:
        super().__init__(size, limits)
        self._given: list[Future[Any]] = []
        atexit.register(super().close)

    def submit(self, task: Callable[..., Any], *arguments: Any, **named: Any) -> Future[Any]:
        """Queue a task as any pool does."""
        future = super().submit(task, *arguments, **named)
        self._given.append(future)
        return future

    def close(self, *, cancel: bool = False) -> None:
        """Let go of whoever used it."""
        with suppress(queue.Empty):
            while cancel:
                if job := self._jobs.get_nowait():
                    job.future.cancel()
        wait(self._given)
        self._given.clear()


def start_warm(size: int, limits: Limits) -> Pool:
    """Give the children that were started before in the same surroundings, or start them."""
    told = tuple(os.environ.get(name, "") for name in _TELLING)
    return _started(size, limits, (*sys.path, str(Path.cwd())), told)


@cache
def _started(size: int, limits: Limits, *_surroundings: tuple[str, ...]) -> Pool:
    return WarmPool(size, limits)


def keep_list(workspace: Workspace, tree: UnitTree) -> None:
    """Have the list that a new workspace was made with in force at once, read by no child."""
    make_private_folder(workspace.state)
    sha256 = hashlib.sha256(workspace.units_file.read_bytes()).hexdigest()
    keep_units(workspace.kept_units, KeptUnits(sha256, tree))


@contextmanager
def open_warm(root: Path, at: dt.datetime | None = None) -> Iterator[Context]:
    """Open the workspace at `root` as every command does, with children that are warm already."""
    with open_context(root, at, start_pool=start_warm) as context:
        yield context
