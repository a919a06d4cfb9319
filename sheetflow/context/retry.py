"""Work that trouble puts off and does not end (promise 3).

This module owns what counts as trouble that passes, and the sentences that `status` and the
health file show meanwhile. It refuses to sleep: it says how long to wait.
"""

from __future__ import annotations

from collections.abc import Callable

from sheetflow.context import LOG, Context
from sheetflow.errors import (
    SheetflowError,
    StoreBusyError,
    TemporaryError,
    WorkspaceError,
    describe,
    wait_after,
)


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
        return self._context.clock.monotonic() >= self._due

    def do(self, work: Callable[[], float]) -> float:
        """Do `work`; give the seconds until it is wanted again, by its own word or by back-off.

        Raise only what no waiting mends: a damaged database, wrong settings.
        """
        try:
            pause = work()
        except (StoreBusyError, TemporaryError, WorkspaceError) as trouble:
            LOG.warning("%s put off: %s", self._name, trouble)
            self.troubles = (str(trouble),)
        except OSError as error:
            said = str(TemporaryError.of(error, self._words, self._context.workspace.root))
            LOG.warning("%s put off: %s", self._name, said)
            self.troubles = (said,)
        except SheetflowError:
            raise
        except Exception as error:  # noqa: BLE001 - the service outlives a fault of ours
            LOG.error("%s met a fault of ours: %s", self._name, describe(error))
            self.troubles = ("程序出错，详见日志；稍后自动重试。",)
        else:
            self.troubles = ()
            self._failures, self._due = 0, 0.0
            return pause
        self._failures += 1
        wait = wait_after(self._failures).total_seconds()
        # Monotonic: a corrected clock neither hurries nor strands the next try.
        self._due = self._context.clock.monotonic() + wait
        return wait
