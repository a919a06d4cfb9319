"""What several machines are worth: the same workbooks judged by one and by two workers, each with a processor of its own.

A temporary PostgreSQL runs on a socket. A worker and its child are pinned to one core; the coordinator, which only
asks here, and the server take what is left of both, as they would on two machines that are alike.
"""

from __future__ import annotations

import os
import secrets
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from benchmarks.measuring import DROPPED_AT
from benchmarks.postgresql import cluster
from benchmarks.province import CAMPAIGN, Province
from sheetflow.children import Limits, Pool
from sheetflow.children.judge_task import JudgeRequest, judge_file, warm_up
from sheetflow.dispatching import calls
from sheetflow.dispatching.far_pool import FarPool
from sheetflow.schemas.layout import StampKey
from sheetflow.store import Store

_LIMITS = Limits(cpu_seconds=60)
_TICKS = os.sysconf("SC_CLK_TCK")
_CHILD = b"sheetflow.children.child"
_WORKER = (
    "import sys; from pathlib import Path; from sheetflow.children import Limits;"
    "from sheetflow.config.workspace import Workspace; from sheetflow.dispatching.worker import work;"
    "work(Workspace(Path(sys.argv[1])), sys.argv[2], 1, Limits(cpu_seconds=60), lambda: False, print)"
)


@dataclass(frozen=True, slots=True)
class Run:
    """One way through the workbooks: wall seconds, processor seconds of the children that judge, and of all else."""

    seconds: float
    children: float
    others: float


def compare(province: Province, rounds: int) -> Iterator[str]:
    """Give a table: the pool of this machine, one worker, two workers, round by round."""
    requests = [
        JudgeRequest(
            path=str(file),
            campaign=CAMPAIGN,
            unit=province.tree[unit_id],
            tree=province.tree,
            now=DROPPED_AT,
            working_days=dict.fromkeys(province.tree.levels.names, 2),
        )
        for unit_id, file in province.files.items()
    ]
    yield f"{len(requests)} workbooks"
    yield "| round | pool of one s | one worker s | two workers s | efficiency | overhead, processor |"
    yield "|---|---|---|---|---|---|"
    for number in range(1, rounds + 1):
        alone = _here(requests)
        one, two = _far(requests, 1), _far(requests, 2)
        efficiency = one.seconds / two.seconds / 2
        # Within one run: between two, a shared machine drifts by more than what is asked.
        overhead = (one.others - alone.others) / one.children
        yield (
            f"| {number} | {alone.seconds:.1f} | {one.seconds:.1f} | {two.seconds:.1f} "
            f"| {efficiency:.2f} | {overhead:+.1%} |"
        )


def _here(requests: Sequence[JudgeRequest]) -> Run:
    """Judge all by a pool of one child, pinned to a core."""
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {min(before)})
    try:
        with Pool(1, _LIMITS) as pool:
            os.sched_setaffinity(0, before)
            pool.call(warm_up, CAMPAIGN)
            return _timed(pool, requests, [os.getpid()])
    finally:
        os.sched_setaffinity(0, before)


def _far(requests: Sequence[JudgeRequest], workers: int) -> Run:
    """Judge all by so many workers, each pinned to a core of its own."""
    cores = sorted(os.sched_getaffinity(0))
    with ExitStack() as stack:
        folder = Path(tempfile.mkdtemp(prefix="sheetflow-machines-"))
        stack.callback(shutil.rmtree, folder, ignore_errors=True)
        url, server = stack.enter_context(cluster(folder))
        with Store(url) as store:
            (folder / "work" / "state").mkdir(parents=True)
            (folder / "work" / "state" / "volume").write_text(store.workspace_id, encoding="ascii")
            key = secrets.token_bytes(32)
            (folder / "work" / "state" / "stamp.key").write_text(key.hex(), encoding="ascii")
        pool = stack.enter_context(FarPool(url, StampKey(key), 0, _LIMITS))
        helping = [
            stack.enter_context(_worker(folder / "work", url, cores[number % len(cores)]))
            for number in range(workers)
        ]
        _wait_for(url, workers)
        for done in [pool.submit(warm_up, CAMPAIGN) for _ in range(4 * workers)]:
            done.result()
        return _timed(pool, requests, [server, os.getpid(), *helping])


def _timed(pool: Pool, requests: Sequence[JudgeRequest], whose: Sequence[int]) -> Run:
    before, begun = _processor(whose), time.perf_counter()
    for done in [pool.submit(judge_file, request) for request in requests]:
        done.result()
    seconds, after = time.perf_counter() - begun, _processor(whose)
    children, others = (now - then for now, then in zip(after, before, strict=True))
    return Run(seconds, children, others)


def _wait_for(url: str, workers: int) -> None:
    while True:
        with calls.connected(url) as connection:
            found = calls.find_machines(connection)
        if sum(each.part == calls.WORKER and not each.trouble for each in found) == workers:
            return
        time.sleep(0.1)


@contextmanager
def _worker(root: Path, url: str, core: int) -> Iterator[int]:
    """Have a worker serve meanwhile, on one core; give its number."""
    words = ["taskset", "-c", str(core), sys.executable, "-c", _WORKER, str(root), url]
    with subprocess.Popen(words, stdout=subprocess.DEVNULL) as process:
        try:
            yield process.pid
        finally:
            process.terminate()
            process.wait()


def _processor(pids: Iterable[int]) -> tuple[float, float]:
    """Give the processor seconds of the children among these processes and all below them, and those of all others."""
    children = others = 0.0
    for pid in {below for one in pids for below in _family(one)}:
        try:
            told = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
            is_child = _CHILD in Path(f"/proc/{pid}/cmdline").read_bytes()
        except OSError:  # it ended meanwhile
            continue
        seconds = sum(map(int, told[11:13])) / _TICKS
        children, others = children + seconds * is_child, others + seconds * (not is_child)
    return children, others


def _family(pid: int) -> Iterator[int]:
    """Give a process and all below it."""
    yield pid
    try:
        threads = list(
            Path(f"/proc/{pid}/task").iterdir()
        )  # a child is listed by the thread that made it
        listed = [(thread / "children").read_text(encoding="ascii") for thread in threads]
    except OSError:
        return
    for child in " ".join(listed).split():
        yield from _family(int(child))
