"""The terminal: progress bars on a screen, plain lines elsewhere."""

from __future__ import annotations

import logging
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self

from rich.console import Console

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID

SCREEN = Console()
_ERRORS = Console(stderr=True)
_LOG_BYTES, _LOGS_KEPT = 5_000_000, 5


def complain(sentence: str) -> None:
    """Print a sentence on standard error."""
    _ERRORS.print(
        sentence,
        style="red" if _ERRORS.is_terminal else "",
        markup=False,
        highlight=False,
        soft_wrap=True,
    )


def say(sentence: str) -> None:
    """Print a sentence as it is."""
    SCREEN.print(sentence, markup=False, highlight=False, soft_wrap=True)


def say_wrapped(sentence: str) -> None:
    """Print a sentence, broken into lines where a terminal is too narrow for it."""
    SCREEN.print(sentence, markup=False, highlight=False, soft_wrap=not SCREEN.is_terminal)


class Steps:
    """Shows how far each step has come; call it with the step's name, done and total."""

    def __init__(self) -> None:
        self._progress = _bars() if SCREEN.is_terminal else None
        self._tasks: dict[str, TaskID] = {}

    def __enter__(self) -> Self:
        if self._progress:
            self._progress.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._progress:
            self._progress.stop()

    def __call__(self, step: str, done: int, total: int) -> None:
        """Show that `done` of `total` are done in `step`."""
        if self._progress is None:
            if done == total:
                say(f"{step}：{total}")
            return
        if step not in self._tasks:
            self._tasks[step] = self._progress.add_task(step, total=total)
        self._progress.update(self._tasks[step], completed=done, total=total)


def _bars() -> Progress:
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    return Progress(
        TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), console=SCREEN
    )


class _Discreet(logging.Formatter):
    """Formats exceptions as kinds and places in our code; their sentences may quote a cell."""

    def formatException(self, ei: _ErrorInfo) -> str:  # noqa: N802 - the base class's name
        """Name each error of the chain, the first cause first."""
        lines: list[str] = []
        error = ei[1]
        while error is not None:
            frames = traceback.extract_tb(error.__traceback__)
            places = [f"    {frame.filename}:{frame.lineno} {frame.name}" for frame in frames]
            lines = [f"  {type(error).__name__}", *places, *lines]
            error = error.__cause__ or error.__context__
        return "\n".join(lines)


_ErrorInfo = (
    tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]
)


@contextmanager
def logging_to(file: Path) -> Iterator[None]:
    """Write our log to `file`, a bounded number of bytes; never a value of a cell."""
    from logging.handlers import RotatingFileHandler

    file.parent.mkdir(parents=True, exist_ok=True)
    handler = RotatingFileHandler(
        file, maxBytes=_LOG_BYTES, backupCount=_LOGS_KEPT, encoding="utf-8"
    )
    handler.setFormatter(_Discreet("%(asctime)s %(levelname)s %(message)s"))
    logger = logging.getLogger("sheetflow")
    logger.setLevel(logging.INFO)
    logger.addHandler(handler)
    try:
        yield
    finally:
        logger.removeHandler(handler)
        handler.close()
