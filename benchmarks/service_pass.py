"""One pass of the service over a workspace, timed by step; prints one JSON object.

Run as ``python -m benchmarks.service_pass ROOT``, so that its memory is its own.
"""

from __future__ import annotations

import json
import resource
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar, cast

from benchmarks.measuring import DROPPED_AT
from sheetflow.context import open_context
from sheetflow.context.running import held_lock
from sheetflow.mail.send import send_due
from sheetflow.service.one_pass import Rebuilding, judge_and_answer, tidy_up
from sheetflow.service.take import open_intake, take_all
from sheetflow.store.records import Submission
from sheetflow.store.submissions import Outcomes

Out = TypeVar("Out")
_KIB = 1024


def main(root: str) -> None:
    """Do the pass."""
    steps: dict[str, float] = {}

    def timed(name: str, work: Callable[[], Out]) -> Out:
        begun = time.perf_counter()
        try:
            return work()
        finally:
            steps[name] = time.perf_counter() - begun

    with open_context(Path(root), DROPPED_AT) as context, held_lock(context.workspace.lock):
        context.store.outcomes = cast("Outcomes", _Clocked(context.store.outcomes, steps))
        tidy_up(context)
        intake = open_intake(context)
        timed("take", lambda: take_all(context, intake))
        rebuilding = Rebuilding(context)
        outcomes = timed("judge", lambda: judge_and_answer(context, rebuilding))
        rebuilt = timed("publish", rebuilding.finish)
        timed("mail", lambda: send_due(context))
    own = resource.getrusage(resource.RUSAGE_SELF)
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    result = {
        "steps": steps,
        "outcomes": outcomes,
        "published": rebuilt.published,
        "faults": rebuilt.faults,
        "peak_mb": own.ru_maxrss / _KIB,
        "child_peak_mb": children.ru_maxrss / _KIB,
        "cpu": own.ru_utime + own.ru_stime,
        "children_cpu": children.ru_utime + children.ru_stime,
    }
    print(json.dumps(result))


class _Clocked:
    """The store's writing side, with a clock: ``store`` is a part of ``judge``."""

    def __init__(self, outcomes: Outcomes, steps: dict[str, float]) -> None:
        self._outcomes, self._steps = outcomes, steps

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - all else is the store's own
        return getattr(self._outcomes, name)

    def record_outcome(self, *arguments: Any, **named: Any) -> Submission | None:  # noqa: ANN401 - as the store takes them
        """Record an outcome."""
        begun = time.perf_counter()
        try:
            return self._outcomes.record_outcome(*arguments, **named)
        finally:
            self._steps["store"] = self._steps.get("store", 0) + time.perf_counter() - begun


if __name__ == "__main__":
    main(*sys.argv[1:])
