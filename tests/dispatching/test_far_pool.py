"""Work is done by whoever is free, on any machine, once: an answer for each call, whatever ends meanwhile."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from sheetflow.children import Limits
from sheetflow.dispatching import calls
from sheetflow.dispatching.engine import SCHEMA
from sheetflow.dispatching.far_pool import FarPool
from sheetflow.errors import UnreadableError
from sheetflow.store import Store
from tests.children import odd_tasks
from tests.postgres import Cluster

ROOT = Path(__file__).parents[2]
LIMITS = Limits(cpu_seconds=20)


def until(is_so: Callable[[], object], seconds: float = 60) -> None:
    """Wait until something is so."""
    end = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < end, "it never came"
        time.sleep(0.05)


@contextmanager
def helping(url: str, folder: Path, size: int = 1) -> Iterator[subprocess.Popen[bytes]]:
    """Have another process serve meanwhile, on a volume that is the workspace's."""
    script = (
        "import sys; from pathlib import Path; from sheetflow.children import Limits;"
        "from sheetflow.config.workspace import Workspace; from sheetflow.dispatching.worker import work;"
        "work(Workspace(Path(sys.argv[1])), sys.argv[2], int(sys.argv[3]), Limits(cpu_seconds=20),"
        " lambda: False, lambda told: print(told, flush=True))"
    )
    with Store(url) as store:
        (folder / "state").mkdir(parents=True, exist_ok=True)
        (folder / "state" / "volume").write_text(store.workspace_id, encoding="ascii")
    with subprocess.Popen(
        [sys.executable, "-c", script, str(folder), url, str(size)],
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        cwd=ROOT,
        stdout=subprocess.PIPE,
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def machines(url: str) -> list[calls.Machine]:
    """Who takes part."""
    with calls.connected(url) as connection:
        return calls.find_machines(connection)


def test_calls_are_answered_though_nobody_helps(url: str) -> None:
    """The coordinator alone does all of it: values, and errors as the children met them."""
    with FarPool(url, 2, LIMITS) as pool:
        asked = [pool.submit(odd_tasks.echo, 2 * number) for number in range(20)]
        assert [future.result(60) for future in asked] == [2 * number for number in range(20)]
        with pytest.raises(UnreadableError) as caught:
            pool.submit(odd_tasks.refuse).result(60)
        assert (caught.value.reason, caught.value.details["cell"]) == ("file-far-cell", "XFD1")
    with calls.connected(url) as connection:
        assert calls.find_request(connection, 1) is None


def test_another_machine_does_a_part_of_the_work(url: str, tmp_path: Path) -> None:
    """With a helper, calls that take their time are done by both, each once."""
    with FarPool(url, 1, LIMITS) as pool, helping(url, tmp_path):
        until(lambda: len([each for each in machines(url) if not each.trouble]) == 2)
        asked = [pool.submit(odd_tasks.wait_and_answer, 0.1, number) for number in range(30)]
        assert [future.result(60) for future in asked] == [bytes(number) for number in range(30)]
        until(lambda: sum(each.done for each in machines(url)) == 30)
        assert all(each.done > 5 for each in machines(url))
        until(lambda: pool.size == 2)


def test_a_helper_killed_with_work_in_hand_costs_time_alone(url: str, tmp_path: Path) -> None:
    """What it had in hand is done by another once it was not seen for half a minute."""
    with FarPool(url, 1, LIMITS) as pool, helping(url, tmp_path, size=2) as helper:
        until(lambda: len(machines(url)) == 2)
        asked: list[Future[Any]] = [
            pool.submit(odd_tasks.wait_and_answer, 1.0, number) for number in range(6)
        ]
        time.sleep(1.5)
        os.kill(helper.pid, signal.SIGKILL)
        assert [future.result(120) for future in asked] == [bytes(number) for number in range(6)]


def test_a_helper_without_the_volume_takes_no_work_and_says_so(url: str, tmp_path: Path) -> None:
    """Who has not the originals before it would fail at every one."""
    with FarPool(url, 1, LIMITS) as pool, helping(url, tmp_path) as helper:
        (tmp_path / "state" / "volume").unlink()
        until(lambda: any("共享盘没有挂好" in each.trouble for each in machines(url)))
        assert pool.submit(odd_tasks.echo, 8).result(60) == 8
        assert [each.done for each in machines(url) if each.part == calls.WORKER] == [0]
        assert helper.stdout
        assert "没有取活" in helper.stdout.readline().decode()


def test_the_database_may_be_restarted_meanwhile(postgres: Cluster, url: str) -> None:
    """Calls that were queued are answered when the server is back."""
    with FarPool(url, 1, LIMITS) as pool:
        asked = [pool.submit(odd_tasks.wait_and_answer, 0.2, number) for number in range(10)]
        asked[1].result(60)
        postgres.stop()
        time.sleep(1)
        postgres.start()
        assert [future.result(120) for future in asked] == [bytes(number) for number in range(10)]


def test_the_engine_s_tables_of_another_version_are_made_anew(url: str) -> None:
    """Tables that another version of the engine made, with what it left in them, are replaced, and work goes on."""
    with calls.connected(url) as connection:
        connection.execute(
            SCHEMA.replace("procrastinate_fetch_job_v2", "procrastinate_fetch_job_v1")
        )
        connection.execute(
            "INSERT INTO procrastinate_jobs (queue_name, task_name) VALUES ('q', 't')"
        )
    for _ in range(2):
        with FarPool(url, 1, LIMITS) as pool:
            assert pool.submit(odd_tasks.echo, 8).result(60) == 8
    with calls.connected(url) as connection:
        found = connection.execute("SELECT count(*), max(id) > 1 FROM procrastinate_jobs")
        assert found.fetchone() == (0, None)
        (numbered,) = connection.execute("SELECT last_value FROM procrastinate_jobs_id_seq")
        assert numbered == (2,), "the second time they were left alone"
