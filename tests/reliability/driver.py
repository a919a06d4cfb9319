"""The service as a process of its own, started quickly and killed at will.

Run as a program: it loads sheetflow once, and for each line on standard input forks a
process that does what the line says, so that a sweep over hundreds of kill points does not
pay for loading hundreds of times. The fork waits for the word ``go``, until which a tracer
may attach. Only the clock is ours: it stands still, so that two runs can be compared byte
by byte.
"""

from __future__ import annotations

import contextlib
import ctypes
import datetime as dt
import importlib
import json
import os
import sys
import traceback
from pathlib import Path
from typing import Any

from sheetflow.context import Clock, open_context
from sheetflow.errors import SheetflowError
from sheetflow.service.one_pass import run_pass

_PR_SET_PTRACER, _ANYBODY = 0x59616D61, ctypes.c_ulong(-1)
_LOADED_LATE = (
    *("chinese_calendar", "docx", "docxtpl", "openpyxl", "xlsxwriter", "python_calamine"),
    *("email.parser", "encodings.idna", "smtplib", "sheetflow.reporting.report"),
)
_REFUSED, _FAULT = 1, 70


class StoppedClock(Clock):
    """A clock that stands still at one moment."""

    def __init__(self, moment: dt.datetime) -> None:
        super().__init__(moment)
        self._moment = super().now()

    def now(self) -> dt.datetime:
        """The one moment."""
        return self._moment


def main() -> None:
    """Serve until standard input ends."""
    for name in _LOADED_LATE:
        importlib.import_module(name)
    while line := _line():
        order = json.loads(line)
        pid = os.fork()
        if not pid:
            _serve(order)
        _tell({"pid": pid})
        _, status = os.waitpid(pid, 0)
        _tell({"code": os.waitstatus_to_exitcode(status)})


def _tell(answer: dict[str, int]) -> None:
    sys.stdout.write(json.dumps(answer) + "\n")
    sys.stdout.flush()


def _line() -> bytes:
    """Read one line without a buffer: what follows it is for the fork."""
    found = b""
    while (byte := os.read(0, 1)) not in {b"", b"\n"}:
        found += byte
    return found


def _serve(order: dict[str, Any]) -> None:
    """Do as ordered, in the fork; never return."""
    # Where the system lets only parents trace, the tracer is a stranger.
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(_PR_SET_PTRACER, _ANYBODY, 0, 0, 0)
    _line()
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    log = os.open(order["log"], os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    os.dup2(log, 1)
    os.dup2(log, 2)
    os.environ.update(order["environ"])
    code = _FAULT
    try:
        code = _pass(Path(order["root"]), dt.datetime.fromisoformat(order["at"]), order["passes"])
    except BaseException:  # noqa: BLE001 - whatever it is, the test reads it in the log
        _note(traceback.format_exc())
    finally:
        os._exit(code)


def _note(text: str) -> None:
    """Write into our own log; its troubles are none of the service's."""
    with contextlib.suppress(OSError):
        os.write(1, f"{text}\n".encode())


def _pass(root: Path, at: dt.datetime, passes: int) -> int:
    try:
        with open_context(root, at) as context:
            context.clock = StoppedClock(at)
            for _ in range(passes):
                report = run_pass(context)
                _note(f"{report}")
    except (SheetflowError, OSError) as error:  # as the command line: a sentence, exit code 1
        _note(f"refused: {error}")
        return _REFUSED
    return 0


if __name__ == "__main__":
    main()
