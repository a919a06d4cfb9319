"""Whether the service lives and gets on: a small file that `watch` touches all the time.

``state/health`` is one JSON object: ``pid``, ``started`` and ``at`` (the machine's own
seconds), ``ready`` (the first pass is over), ``every`` (seconds between two looks) and
``troubles`` (sentences: what is being tried again). It is there while `watch` runs, and may
be read by anything; ``doctor --health`` turns it into an exit code. This module refuses to
stop the service for the file's sake: a full disk delays the next beat and nothing else.
"""

from __future__ import annotations

import contextlib
import json
import os
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from sheetflow.config.workspace import Workspace
from sheetflow.context import Say
from sheetflow.context.lock import is_held
from sheetflow.durable import write_whole

_BEAT_SECONDS = 5.0
_PATIENCE_SECONDS = 180.0
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
        self._write(json.dumps(asdict(self._health)))

    def _write(self, text: str) -> None:
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
    if age > health.every + _PATIENCE_SECONDS:
        return Verdict(
            is_well=False,
            sentence=f"值守的服务（进程号 {health.pid}）已有{age}秒没有动静。请重新启动它。",
        )
    trouble = health.troubles[0] if health.troubles else ""
    doing = "正在值守" if health.ready else "正在等待" if trouble else "正在处理启动前的来件"
    said = f"服务{doing}（进程号 {health.pid}，{age}秒前有动静）。{trouble}"
    return Verdict(is_well=True, sentence=said)
