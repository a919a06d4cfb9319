"""Processor seconds for reading and validating a province, in one process.

The service itself does both in children side by side; here each second has one owner.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

from benchmarks.moments import DROPPED_AT
from benchmarks.province import CAMPAIGN, Province
from sheetflow.children.judge_task import JudgeRequest, dump_book, judge_request
from sheetflow.reading import read_workbook


def measure_reading(province: Province) -> dict[str, float]:
    """Give the seconds of ``read`` and ``validate``."""
    seconds = {"read": 0.0, "validate": 0.0}

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
            working_days=dict.fromkeys(province.tree.levels.names, 2),
        )
        with clocked("validate"):
            judgement, _ = judge_request(request, raw)
            if judgement.book is None:
                raise RuntimeError(f"{file} was not recognised")
            dump_book(judgement.book)
    return seconds
