"""One service over many batches: what a running `watch` holds on to when a country reports.

Run as ``python -m benchmarks.service_batches ROOT BATCH [AT]``, with a line ``unit id, tab, path``
for each file on standard input; a third path, once a batch, is what the batch's first unit hands in again by
itself. Prints one JSON object a batch.
"""

from __future__ import annotations

import datetime as dt
import json
import resource
import shutil
import sys
import time
from collections.abc import Iterable
from pathlib import Path

from benchmarks.measuring import DROPPED_AT
from sheetflow.context import open_context
from sheetflow.context.running import held_lock
from sheetflow.mail.send import send_due
from sheetflow.service.one_pass import PassReport, tidy_up, work_off
from sheetflow.service.take import open_intake, take_all

_KIB = 1024
_STATUS = Path("/proc/self/statm")
_PAGE = resource.getpagesize()


def main(root: str, batch: str, at: str = "") -> None:
    """Drop so many files at a time, and do a pass over them."""
    waiting = [line.rstrip("\n").split("\t") for line in sys.stdin]
    moment = dt.datetime.fromisoformat(at) if at else DROPPED_AT
    with open_context(Path(root), moment) as context, held_lock(context.workspace.lock):
        tidy_up(context)
        intake = open_intake(context)

        def serve(files: Iterable[tuple[str, str]]) -> tuple[float, PassReport]:
            """Have these be dropped; give the seconds of the pass, and what came of it."""
            for unit_id, name in files:
                inbox = context.workspace.inbox_of(context.tree[unit_id])
                shutil.copyfile(name, inbox / Path(name).name)
            begun = time.perf_counter()
            take_all(context, intake)
            report = work_off(context, intake)
            send_due(context)
            return time.perf_counter() - begun, report

        for start in range(0, len(waiting), int(batch)):
            some = waiting[start : start + int(batch)]
            seconds, report = serve((line[0], line[1]) for line in some)
            again = [(line[0], line[2]) for line in some if len(line) > len(("unit", "path"))]
            told = {
                "counties": start + int(batch),
                "seconds": seconds,
                "again": serve(again)[0] if again else 0.0,
                "outcomes": report.outcomes,
                "troubles": report.troubles,
                "now_mb": int(_STATUS.read_text().split()[1]) * _PAGE / _KIB**2,
                "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / _KIB,
            }
            print(json.dumps(told), flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
