"""The one clock of a command: it may start elsewhere, and ticks on from there."""

from __future__ import annotations

import datetime as dt
import time

from sheetflow.periods import OFFICE_ZONE


class Clock:
    """Gives the office's time; `start` sets it, else the machine's time is taken."""

    def __init__(self, start: dt.datetime | None = None) -> None:
        self._shift = dt.timedelta()
        if start is not None:
            aware = start if start.tzinfo else start.replace(tzinfo=OFFICE_ZONE)
            self._shift = aware - dt.datetime.now(OFFICE_ZONE)

    def now(self) -> dt.datetime:
        """The present moment, in the office's zone, to the second."""
        return (dt.datetime.now(OFFICE_ZONE) + self._shift).replace(microsecond=0)

    @staticmethod
    def monotonic() -> float:
        """Seconds for waiting, that no change of the date disturbs."""
        return time.monotonic()

    @staticmethod
    def on_disk() -> float:
        """The machine's own time, which stamps files."""
        return time.time()
