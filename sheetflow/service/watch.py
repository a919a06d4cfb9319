"""The same pass for ever: woken by events, by the clock at the latest.

The full scan is the truth; an event only makes it earlier. Trouble of a pass (a full disk,
a busy database, a share that is away) is waited out and shown. SIGTERM and Ctrl+C end the
loop after the file in hand.
"""

from __future__ import annotations

import datetime as dt
import itertools
import math
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

from sheetflow.config.settings import Settings
from sheetflow.config.workspace import Workspace
from sheetflow.consolidation.contents import Identity
from sheetflow.context import LOG, Context
from sheetflow.context.opening import open_store, place_of
from sheetflow.context.running import Pulse, Retry, held_lock, pulse_of
from sheetflow.errors import (
    SheetflowError,
    StoreBusyError,
    TemporaryError,
    WorkspaceError,
    wait_after,
)
from sheetflow.intake.wake import Waker, Watching, choose_watching
from sheetflow.mail.send import Postman, Sent
from sheetflow.service.one_pass import (
    HANDLING,
    PassReport,
    is_behind,
    secure,
    tell_of_failure,
    tidy_up,
    waiting_after,
    work_off,
)
from sheetflow.service.take import A_TURN, look, open_intake, take
from sheetflow.store import Store

_FINISHING = "另一个 sheetflow 还在这个工作文件夹里收尾：它结束以后，这里接着值守。"
_SLICE_SECONDS, _MOMENTS_SECONDS, _OFTEN_ENOUGH = 0.25, 2.0, dt.timedelta(seconds=30)


def watch(
    context: Context,
    is_stopping: Callable[[], bool],
    on_pass: Callable[[PassReport], None] = lambda _report: None,
    on_sent: Callable[[Sent], None] = lambda _sent: None,
) -> None:
    """Serve until `is_stopping` says so, or another campaign is in force: then it is to be opened anew.

    `on_pass` hears of each pass that did something, `on_sent` of mail, in a thread of its own.
    Raise WorkspaceError where another service runs in this workspace.
    """
    every = context.settings.intake.scan_seconds
    context.is_stopping, context.turn = is_stopping, A_TURN
    with (
        held_lock(context.workspace.lock),
        pulse_of(context.workspace.health, every) as pulse,
        _beating(context, pulse),
        Postman(context, on_sent) as postman,
    ):
        context.share_work()  # before anything asks for children
        rounds = _Rounds(context, on_pass, postman)
        rounds.tidy_up()
        context.warm_up(reports=True)
        settings = context.settings
        folders = [unit.folder for unit in context.tree]
        exceptions = {
            folder: Watching(way) for folder, way in settings.folders.watching_exceptions.items()
        }
        watching = choose_watching(
            context.workspace.inbox, folders, Watching(settings.folders.watching), exceptions
        )
        with Waker(context.workspace.inbox, watching, poll_seconds=every) as waker:
            pulse.beat(troubles=rounds.troubles)
            while not (is_stopping() or context.is_outdated):
                pause = min(every, rounds.go())
                pulse.beat(ready=True, troubles=rounds.troubles)
                waker.sleep(pause, is_stopping)
    LOG.info("watch ended")


@contextmanager
def _beating(context: Context, pulse: Pulse) -> Iterator[None]:
    """Let progress within a pass be a sign of life as well."""
    quiet, context.say = context.say, pulse.beating(context.say)
    try:
        yield
    finally:
        context.say = quiet


class _Rounds:
    """Pass after pass: trouble of one puts off the next, and ends nothing (promise 3)."""

    def __init__(
        self, context: Context, on_pass: Callable[[PassReport], None], postman: Postman
    ) -> None:
        self._context, self._on_pass, self._postman = context, on_pass, postman
        self._intake = open_intake(context)
        self._retry = Retry(context, "pass", HANDLING)
        self._is_tidy = False
        self._noticed: tuple[str, ...] = ()
        self._told: tuple[str, ...] = ()
        self._waiting: set[Identity] = set()

    @property
    def troubles(self) -> tuple[str, ...]:
        """What stands in the way, in sentences."""
        return (*self._retry.troubles, *self._told, *self._postman.troubles)

    def tidy_up(self) -> None:
        """Make the workspace ready; where that is refused, the first pass tries again."""
        self._retry.do(self._tidy_up)

    def go(self) -> float:
        """Do one pass; give the seconds until the next one is wanted.

        Raise only what no waiting mends: a damaged database, wrong settings.
        """
        pause = self._retry.do(self._pass)
        if self._retry.troubles:
            with suppress(SheetflowError, OSError):
                tell_of_failure(self._context, self._retry.troubles)
                self._postman.call()
        return pause

    def _tidy_up(self) -> float:
        self._is_tidy = False
        self._noticed += tidy_up(self._context)
        self._is_tidy = True
        return 0.0

    def _pass(self) -> float:
        context, intake = self._context, self._intake
        if not context.workspace.settings_file.is_file():
            # A volume that went away: nothing is begun anew in the empty folder on which it lay.
            raise TemporaryError("打开工作文件夹", str(context.workspace.root), "ENOENT")
        before, self._told = self._told, ()
        mended = secure(context)
        tree = context.tree
        context.reread_units()
        if self._intake.seen.hindered:  # perhaps the way is free now
            context.workspace.ensure_unit_folders(context.tree, context.is_attaching)
        if not self._is_tidy or context.tree is not tree:
            self._tidy_up()
        intake.taken = 0
        observation = take(context, intake, look(context, intake).files)
        report = work_off(context, intake)
        self._postman.call()
        report.troubles += (context.units_trouble,) if context.units_trouble else ()
        report.mended = (*mended, *self._noticed, *report.mended)
        self._noticed = ()
        report.waiting = waiting_after(context, intake)
        self._told = (*report.troubles, *report.templates)
        known, self._waiting = self._waiting, {each.identity for each in report.waiting}
        is_new = report.mended or (self._told and self._told != before) or self._waiting - known
        if report.taken or report.published or report.outcomes or is_new:
            self._on_pass(report)
        if is_behind(context, intake):
            return 0.0
        return math.inf if observation.next_look is None else observation.next_look


class StoppedError(SheetflowError):
    """Somebody stopped the service while it waited to begin."""


def wait_for_store(
    workspace: Workspace,
    settings: Settings,
    is_stopping: Callable[[], bool],
    tell: Callable[[str], None],
) -> Store:
    """Open the store; one that cannot be had just now is waited for as `watch` waits.

    That is under the lock, with a pulse that says why; `tell` hears of each new trouble.
    Raise StoppedError once `is_stopping` says so, WorkspaceError where another service runs.
    """
    try:
        return _open_soon(workspace, settings)
    except StoreBusyError as busy:
        trouble = busy
    every = settings.intake.scan_seconds
    with held_lock(workspace.lock), pulse_of(workspace.health, every) as pulse:
        told = ""
        for failures in itertools.count(1):
            LOG.warning("start put off: %s", trouble)
            pulse.beat(troubles=(str(trouble),))
            if told != str(trouble):
                told = str(trouble)
                tell(told)
            _sleep(wait_after(failures, most=_OFTEN_ENOUGH).total_seconds(), is_stopping)
            if is_stopping():
                raise StoppedError("等待期间已停止。")
            try:
                return _open_soon(workspace, settings)
            except StoreBusyError as busy:
                trouble = busy
    raise AssertionError("never")


def wait_for_lock(
    workspace: Workspace, is_stopping: Callable[[], bool], tell: Callable[[str], None]
) -> None:
    """Wait while who led before finishes what it has in hand, or a volume knows not yet that it is gone.

    `tell` hears of it.
    """
    for tries in itertools.count():
        try:
            with held_lock(workspace.lock):
                return
        except WorkspaceError:
            if is_stopping():
                return
            if not tries:
                LOG.warning("the lock is waited for: it is held still")
                tell(_FINISHING)
        _sleep(_MOMENTS_SECONDS, is_stopping)


def _open_soon(workspace: Workspace, settings: Settings) -> Store:
    """Open the store, or fail within moments: SQLite waits deaf to every signal."""
    open_store(workspace, settings, busy_timeout=_MOMENTS_SECONDS).close()
    return Store(place_of(workspace, settings), sealed=True)


def _sleep(seconds: float, is_stopping: Callable[[], bool]) -> None:
    end = time.monotonic() + seconds
    while not is_stopping() and (left := end - time.monotonic()) > 0:
        time.sleep(min(left, _SLICE_SECONDS))


@contextmanager
def stop_on_signals() -> Iterator[Callable[[], bool]]:
    """Turn SIGTERM and SIGINT into a flag: the file in hand is finished first."""
    stopping = threading.Event()
    previous = {
        number: signal.signal(number, lambda *_: stopping.set())
        for number in (signal.SIGTERM, signal.SIGINT)
    }
    try:
        yield stopping.is_set
    finally:
        for number, handler in previous.items():
            signal.signal(number, handler)
