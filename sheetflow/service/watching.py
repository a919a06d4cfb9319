"""The same pass for ever: woken by events, by the clock at the latest.

The full scan is the truth; an event only makes it earlier. SIGTERM and Ctrl+C end the
loop after the file in hand.
"""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from sheetflow.intake.wake import Waker, Watching, choose_watching
from sheetflow.service.health import pulse_of
from sheetflow.service.lock import held_lock
from sheetflow.service.office import LOG, Office
from sheetflow.service.running import PassReport, tidy_up, work_off
from sheetflow.service.taking import look, open_intake, take


def watch(
    office: Office,
    is_stopping: Callable[[], bool],
    on_pass: Callable[[PassReport], None] = lambda _report: None,
) -> None:
    """Serve until `is_stopping` says so; `on_pass` hears of each pass that did something.

    Raise WorkspaceError where another service runs in this workspace.
    """
    with held_lock(office.workspace.lock), pulse_of(office) as pulse:
        tidy_up(office)
        intake = open_intake(office)
        settings = office.settings
        folders = [unit.folder for unit in office.tree]
        exceptions = {
            folder: Watching(way) for folder, way in settings.folders.watching_exceptions.items()
        }
        watching = choose_watching(
            office.workspace.inbox, folders, Watching(settings.folders.watching), exceptions
        )
        scan_seconds = settings.intake.scan_seconds
        with Waker(office.workspace.inbox, watching, poll_seconds=scan_seconds) as waker:
            while not is_stopping():
                observation = take(office, intake, look(office, intake).files)
                report = work_off(office, intake)
                pulse.beat(ready=True)
                if report.taken or report.published or report.outcomes:
                    on_pass(report)
                intake.taken = 0
                pause = scan_seconds
                if observation.next_look is not None:
                    pause = min(pause, observation.next_look)
                waker.sleep(pause, is_stopping)
    LOG.info("watch ended")


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
