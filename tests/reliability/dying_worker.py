"""A worker that is killed at a step of its own, with no word to anybody: `python -m tests.reliability.dying_worker STEP …`.

This module owns the steps. The words after the step are those of the command line.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable
from typing import Any

from sheetflow.children import Pool
from sheetflow.cli import main
from sheetflow.dispatching import calls

STEPS = ("as it takes a call", "once it is done", "once it is answered")


def _dying(what: Callable[..., Any], *, after: bool) -> Callable[..., Any]:
    def call(*arguments: Any, **more: Any) -> Any:
        if after:
            what(*arguments, **more)
        os.kill(os.getpid(), signal.SIGKILL)

    return call


def arrange(step: str) -> None:
    """Have this process die at `step`."""
    taking, done, answered = STEPS
    if step == taking:
        calls.find_request = _dying(calls.find_request, after=False)
    elif step == done:
        Pool.call = _dying(Pool.call, after=True)  # type: ignore[method-assign]
    elif step == answered:
        calls.add_answer = _dying(calls.add_answer, after=True)


if __name__ == "__main__":
    arrange(sys.argv[1])
    del sys.argv[1]
    main()
