"""The runs that the table shows: a cold province, one resubmission, one check, growth."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks.measuring import DROPPED_AT, Measured, run_module
from benchmarks.province import (
    CAMPAIGN,
    Province,
    Size,
    drop,
    make_province,
    make_workspace,
    restamped,
)
from sheetflow.children.judge_task import JudgeRequest, dump_book, judge_request
from sheetflow.config.workspace import Workspace
from sheetflow.reading import read_workbook

_CHECKS = 5
_IDLE_SECONDS = 2.0
_GLANCE_SECONDS = 0.002
_NOBODY_ELSE = 9_999
"""A copy's number that no other has: changed workbooks report people of their own."""


@dataclass(frozen=True, slots=True)
class Bench:
    """Where the benchmark works, and on how much."""

    size: Size
    folder: Path

    def province(self) -> Province:
        """The input, made where it is not there yet."""
        return make_province(self.size, self.folder / "input")

    @property
    def root(self) -> Path:
        """The workspace."""
        return self.folder / "workspace"


@dataclass(frozen=True, slots=True)
class Cold:
    """One round: the naive script, the floor and the service over the same files."""

    naive: Measured
    floor: Measured
    ours: Measured
    told: dict[str, Any]


def run_cold(bench: Bench) -> Cold:
    """Run all three one after the other."""
    province = bench.province()
    files = _only_these(bench, province)
    naive = run_module("benchmarks.naive", str(files), str(bench.folder / "naive.xlsx"))
    floor = run_module("benchmarks.floor", str(files), str(bench.folder / "floor.xlsx"))
    ours, told = run_service(bench, province)
    return Cold(naive, floor, ours, told)


def run_service(bench: Bench, province: Province) -> tuple[Measured, dict[str, Any]]:
    """Run the service alone over a fresh workspace."""
    drop(make_workspace(bench.root, province.tree), province)
    os.sync()  # the copies made here are not the service's to write
    measured = run_module("benchmarks.service_pass", str(bench.root))
    told: dict[str, Any] = json.loads(measured.printed)
    if set(told["outcomes"]) != {"accepted"} or told["faults"]:
        raise RuntimeError(f"not everything was accepted and published: {told}")
    return measured, told


def run_batches(bench: Bench, batch: int) -> Iterator[dict[str, Any]]:
    """Serve the input in batches within one process; give what each one says of itself."""
    province = bench.province()
    make_workspace(bench.root, province.tree)
    yield from serve_batches(bench.root, batch, [*province.files.items()])


def serve_batches(
    root: Path, batch: int, files: Sequence[tuple[str | Path, ...]], url: str = "", at: str = ""
) -> Iterator[dict[str, Any]]:
    """Serve files of a workspace in batches within one process, its database at `url`; see `service_batches`."""
    words = [sys.executable, "-m", "benchmarks.service_batches", str(root), str(batch), at]
    listed = "".join("\t".join(map(str, each)) + "\n" for each in files)
    environ = os.environ | ({"SHEETFLOW_STORE__URL": url} if url else {})
    with subprocess.Popen(
        words,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        encoding="utf-8",
        env=environ,
    ) as process:
        if process.stdin and process.stdout:
            process.stdin.write(listed)
            process.stdin.close()
            for line in process.stdout:
                told: dict[str, Any] = json.loads(line)
                if set(told["outcomes"]) != {"accepted"} or told["troubles"]:
                    raise RuntimeError(f"not everything was accepted and published: {told}")
                yield told
    if process.returncode:
        raise RuntimeError("the service ended early")


def _only_these(bench: Bench, province: Province) -> Path:
    """Link the wanted workbooks into one folder, since others may lie beside them."""
    folder = bench.folder / "dropped"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for file in province.files.values():
        (folder / file.name).symlink_to(file)
    return folder


@dataclass(frozen=True, slots=True)
class Answered:
    """Seconds until a resubmission's last file was published.

    `dropped` counts from the drop, `taken` from when the file left the inbox: it was found
    stable, archived and recorded just before.
    """

    dropped: float
    taken: float


def run_one(bench: Bench, times: int = 5) -> list[Answered]:
    """Drop changed workbooks into a running `watch`, one after the other."""
    province = bench.province()
    units = list(province.files)
    with _watching(bench.root) as watch:
        return [
            _answered(watch, bench, province, units[number], units[number + 1])
            for number in range(times)
        ]


def _answered(
    watch: subprocess.Popen[str], bench: Bench, province: Province, unit_id: str, model: str
) -> Answered:
    unit = province.tree[unit_id]
    changed = bench.folder / "changed.xlsx"
    restamped((province.tree[model], province.files[model]), (unit, changed), _NOBODY_ELSE)
    target = Workspace(bench.root).inbox_of(unit) / "changed.xlsx"
    begun = time.time()
    changed.replace(target)
    while target.exists():
        time.sleep(_GLANCE_SECONDS)
    taken = time.time()
    while watch.stdout and "收取来件1份" not in watch.stdout.readline():
        pass
    files = (file for file in Workspace(bench.root).outbox.rglob("*") if file.is_file())
    published = max(file.stat().st_ctime for file in files)
    time.sleep(_IDLE_SECONDS)
    return Answered(published - begun, published - taken)


@contextmanager
def _watching(root: Path) -> Iterator[subprocess.Popen[str]]:
    at = f"{DROPPED_AT:%Y-%m-%dT%H:%M}"
    words = [sys.executable, "-um", "sheetflow", "-C", str(root), "--at", at, "watch"]
    process = subprocess.Popen(words, stdout=subprocess.PIPE, text=True, encoding="utf-8")
    try:
        if process.stdout:
            process.stdout.readline()
        time.sleep(_IDLE_SECONDS)
        yield process
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait()


def run_check(bench: Bench) -> float:
    """Check one county's workbook; the median of some runs, interpreter start included."""
    province = bench.province()
    file = str(next(iter(province.files.values())))
    at = f"{DROPPED_AT:%Y-%m-%dT%H:%M}"
    words = ("sheetflow", "-C", str(bench.root), "--at", at, "check", file)
    run_module(*words)
    return median(run_module(*words).seconds for _ in range(_CHECKS))


def measure_reading(province: Province) -> dict[str, float]:
    """Give the processor seconds of ``read`` and ``validate``, one after the other in one process.

    The service itself does both in children side by side; here each second has one owner.
    """
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
