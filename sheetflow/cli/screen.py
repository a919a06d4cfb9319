"""The terminal: progress bars on a screen, plain lines elsewhere.

Its other end may be closed or full at any time (``watch | head``): what is said then is
lost, and nothing else is. The log has all.
"""

from __future__ import annotations

import codecs
import io
import json
import logging
import os
import re
import sys
import traceback
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from io import TextIOWrapper
from pathlib import Path
from types import TracebackType
from typing import Any

from rich.cells import cell_len
from rich.console import Console
from typer import Abort, Exit

from sheetflow.errors import SheetflowError

_UNBROKEN = re.compile(r"[（“《]*(?:[!-~]+|.)[。，；：、）”》]*", re.DOTALL)
_PHRASES = re.compile(r"（?[^（，、]*[，、]|（?[^（，、]+|（")
_SET_IN = "　　　"
_LOG_BYTES, _LOGS_KEPT = 5_000_000, 5
_LOGGED = {"sheetflow": logging.INFO, "procrastinate": logging.WARNING}
"""Ours, and what the queue of several machines complains about."""
_PRIVATE = 0o600


class _Screen(Console):
    """Goes on in silence once nobody reads, or a full disk takes no more."""

    def print(self, *objects: Any, **looks: Any) -> None:  # noqa: ANN401 - the base class's signature
        """Print as the base class does, or lose it."""
        try:
            super().print(*objects, **looks)
        except OSError:
            self.on_broken_pipe()

    def on_broken_pipe(self) -> None:
        """Say no more, instead of ending the command."""
        self.quiet = True
        with suppress(OSError, ValueError):
            _lead_nowhere(self.file.fileno())


SCREEN = _Screen()
_ERRORS = _Screen(stderr=True)


def open_closed_ends() -> None:
    """Make the three standard streams lead somewhere, where the caller closed them.

    Else the next file that is opened, a database perhaps, would take their place.
    """
    for descriptor in (0, 1, 2):
        try:
            os.fstat(descriptor)
        except OSError:
            _lead_nowhere(descriptor)
    sys.stdout = sys.stdout or _nowhere()
    sys.stderr = sys.stderr or _nowhere()


def _nowhere() -> TextIOWrapper:
    return open(os.devnull, "w", encoding="utf-8")  # noqa: PTH123 - as long as we live


def _lead_nowhere(descriptor: int) -> None:
    nowhere = os.open(os.devnull, os.O_RDWR)
    if nowhere != descriptor:
        os.dup2(nowhere, descriptor)
        os.close(nowhere)


def _print(screen: _Screen, sentence: str, style: str = "") -> None:
    screen.print(sentence, style=style, markup=False, emoji=False, highlight=False, soft_wrap=True)


def complain(sentence: str) -> None:
    """Print a sentence on standard error."""
    _print(_ERRORS, sentence, "red" if _ERRORS.is_terminal else "")


def say(sentence: str) -> None:
    """Print a sentence as it is."""
    _print(SCREEN, sentence)


def is_agreed(question: str) -> bool:
    """Ask until somebody says yes or no; nothing, or no end to type at, is a no."""
    answer = None
    while answer not in {"y", "yes", "是", "n", "no", "否", ""}:
        if answer is not None:
            say("请输入 y（是）或 n（否）。")
        SCREEN.print(f"{question}（y/n）", end="", markup=False, soft_wrap=True)
        try:
            answer = input().strip().casefold()
        except EOFError:
            answer = ""
    return answer in {"y", "yes", "是"}


def say_wrapped(sentence: str) -> None:
    """Print a sentence, on a terminal broken into lines of its width, the later ones set in.

    Chinese may be broken anywhere, a receipt or a command's word not.
    """
    width = SCREEN.width if SCREEN.is_terminal else 0
    for line in _lines(_UNBROKEN.findall(sentence), width):
        say(line)


def in_lines(text: str, width: int) -> str:
    """Break a cell's text into lines of at most `width`, behind its commas and before its brackets alone."""
    return "\n".join(_lines(_PHRASES.findall(text), width, set_in=""))


def _lines(pieces: Iterable[str], width: int, set_in: str = _SET_IN) -> Iterator[str]:
    """Put pieces into lines; without a width, into one."""
    line = ""
    for piece in pieces:
        if width and line.strip() and cell_len(line + piece) > width:
            yield line.rstrip()
            line = set_in
        line += piece if line.strip() or not piece.isspace() else ""
    yield line


def say_json(document: Mapping[str, Any], *, indent: int | None = 2) -> None:
    """Print one JSON object; where the output's code lacks a character, as JSON escapes it."""
    text = json.dumps(document, ensure_ascii=False, indent=indent)
    try:
        text.encode(sys.stdout.encoding or "utf-8")
    except UnicodeEncodeError:
        text = json.dumps(document, indent=indent)
    say(text)


@contextmanager
def steps_shown() -> Iterator[Callable[[str, int, int], None]]:
    """Give what shows how far each step has come: call it with the step's name, done and total."""
    if not SCREEN.is_terminal:
        yield lambda step, done, total: say(f"{step}：{total}") if done == total else None
        return
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn

    columns = TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn()
    tasks: dict[str, TaskID] = {}
    with Progress(*columns, console=SCREEN) as progress:

        def show(step: str, done: int, total: int) -> None:
            if step not in tasks:
                tasks[step] = progress.add_task(step, total=total)
            progress.update(tasks[step], completed=done, total=total)

        yield show


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

    class Private(RotatingFileHandler):
        def _open(self) -> TextIOWrapper:
            flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND
            opened = os.open(self.baseFilename, flags, _PRIVATE)
            return os.fdopen(opened, "a", encoding=self.encoding)

        def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 - the base class's name
            """Lose the line: a full disk is told where people look, with no traceback."""

    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    handler = Private(file, maxBytes=_LOG_BYTES, backupCount=_LOGS_KEPT, encoding="utf-8")
    handler.setFormatter(_Discreet("%(asctime)s %(levelname)s %(message)s"))
    for name, level in _LOGGED.items():
        logging.getLogger(name).setLevel(level)
        logging.getLogger(name).addHandler(handler)
    try:
        yield
    except (SheetflowError, OSError, Exit, Abort):
        raise
    except Exception:
        logging.getLogger("sheetflow").exception("a fault of ours")
        raise
    finally:
        for name in _LOGGED:
            logging.getLogger(name).removeHandler(handler)
        handler.close()


def settle_language() -> None:
    """Go on with UTF-8 file names, and let no character that is printed end a command."""
    if codecs.lookup(sys.getfilesystemencoding()).name != "utf-8" and not sys.flags.utf8_mode:
        _start_again()
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def _start_again() -> None:
    """Replace this program by itself in UTF-8 mode; whatever it starts is in it as well."""
    environment = {**os.environb, b"PYTHONUTF8": b"1"}
    if sys.stdout is not None:  # the mode alone would print UTF-8 on every terminal
        environment[b"PYTHONIOENCODING"] = f"{sys.stdout.encoding}:backslashreplace".encode()
    words = [in_utf8(os.fsencode(word), sys.getfilesystemencoding()) for word in sys.orig_argv[1:]]
    itself = [os.fsencode(sys.executable), b"-X", b"utf8"]
    os.execve(sys.executable, [*itself, *words], environment)  # noqa: S606 - this very program


def in_utf8(word: bytes, locale: str) -> bytes:
    """Give a word of the command line in UTF-8; one that is in neither code stays as it is."""
    for code in ("utf-8", locale):
        try:
            return word.decode(code).encode()
        except UnicodeDecodeError:
            continue
    return word
