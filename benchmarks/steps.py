"""Processor seconds by step, for a province, in one process and one after the other.

The service itself reads, validates and renders in children side by side; here each second
has one owner.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks.province import CAMPAIGN, DROPPED_AT, Province, drop, make_workspace
from sheetflow.reading import read_workbook
from sheetflow.service import open_office
from sheetflow.service.lock import held_lock
from sheetflow.service.rebuilding import rebuild
from sheetflow.service.running import tidy_up
from sheetflow.service.sending import send_due
from sheetflow.service.taking import open_intake, take_all
from sheetflow.units import Level
from sheetflow.workers.judging import JudgeRequest, dump_book, judge_request


def measure_steps(province: Province, root: Path) -> Counter[str]:
    """Give the seconds of each step."""
    seconds: Counter[str] = Counter()

    @contextmanager
    def clocked(step: str) -> Iterator[None]:
        begun = time.process_time()
        try:
            yield
        finally:
            seconds[step] += time.process_time() - begun

    for unit_id, file in province.files.items():
        with clocked("read"):
            raw = read_workbook(file.read_bytes())
        request = JudgeRequest(
            path=str(file),
            campaign=CAMPAIGN,
            unit=province.tree[unit_id],
            tree=province.tree,
            now=DROPPED_AT,
            working_days=dict.fromkeys(Level, 2),
        )
        with clocked("validate"):
            judgement, _ = judge_request(request, raw)
            if judgement.book is None:
                raise RuntimeError(f"{file} was not recognised")
            dump_book(judgement.book)
    return seconds
