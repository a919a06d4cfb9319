"""Work is done by whoever is free, on any machine, once: an answer for each call, whatever ends meanwhile."""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest

from sheetflow.children import ChildHinderedError, Limits
from sheetflow.dispatching import calls
from sheetflow.dispatching.engine import SCHEMA, Sender
from sheetflow.dispatching.far_pool import FarPool
from sheetflow.errors import UnreadableError
from sheetflow.schemas.layout import StampKey
from sheetflow.store import Store
from tests.children import odd_tasks
from tests.postgres import Cluster

ROOT = Path(__file__).parents[2]
LIMITS = Limits(cpu_seconds=20)
SECRET = bytes(range(32))
KEY = StampKey(SECRET)


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
        (folder / "state" / "stamp.key").write_text(SECRET.hex(), encoding="ascii")
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
    with FarPool(url, KEY, 2, LIMITS) as pool:
        asked = [pool.submit(odd_tasks.echo, 2 * number) for number in range(20)]
        assert [future.result(60) for future in asked] == [2 * number for number in range(20)]
        with pytest.raises(UnreadableError) as caught:
            pool.submit(odd_tasks.refuse).result(60)
        assert (caught.value.reason, caught.value.details["cell"]) == ("file-far-cell", "XFD1")
    with calls.connected(url) as connection:
        assert calls.find_request(connection, 1) is None


def test_another_machine_does_a_part_of_the_work(url: str, tmp_path: Path) -> None:
    """With a helper, calls that take their time are done by both, each once."""
    with FarPool(url, KEY, 1, LIMITS) as pool, helping(url, tmp_path):
        until(lambda: len([each for each in machines(url) if not each.trouble]) == 2)
        asked = [pool.submit(odd_tasks.wait_and_answer, 0.1, number) for number in range(30)]
        assert [future.result(60) for future in asked] == [bytes(number) for number in range(30)]
        until(lambda: sum(each.done for each in machines(url)) == 30)
        assert all(each.done > 5 for each in machines(url))
        until(lambda: pool.size == 2)


def test_a_helper_without_the_volume_takes_no_work_and_says_so(url: str, tmp_path: Path) -> None:
    """Who has not the originals before it would fail at every one."""
    with FarPool(url, KEY, 1, LIMITS) as pool, helping(url, tmp_path) as helper:
        (tmp_path / "state" / "volume").unlink()
        until(lambda: any("共享盘没有挂好" in each.trouble for each in machines(url)))
        assert pool.submit(odd_tasks.echo, 8).result(60) == 8
        assert [each.done for each in machines(url) if each.part == calls.WORKER] == [0]
        assert helper.stdout
        assert "没有取活" in helper.stdout.readline().decode()


def test_the_database_may_be_restarted_meanwhile(postgres: Cluster, url: str) -> None:
    """Calls that were queued are answered when the server is back."""
    with FarPool(url, KEY, 1, LIMITS) as pool:
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
        with FarPool(url, KEY, 1, LIMITS) as pool:
            assert pool.submit(odd_tasks.echo, 8).result(60) == 8
    with calls.connected(url) as connection:
        found = connection.execute("SELECT count(*), max(id) > 1 FROM procrastinate_jobs")
        assert found.fetchone() == (0, None)
        (numbered,) = connection.execute("SELECT last_value FROM procrastinate_jobs_id_seq")
        assert numbered == (2,), "the second time they were left alone"


def once_too_many(what: Callable[..., Any], error: Exception) -> Callable[..., Any]:
    """Let something be done, and have it fail the first time all the same."""
    failed: list[Exception] = []

    def call(*arguments: Any) -> Any:
        value = what(*arguments)
        if not failed:
            failed.append(error)
            raise error
        return value

    return call


def kept(url: str) -> int:
    """How many calls are kept."""
    with calls.connected(url) as connection:
        ((number,),) = connection.execute("SELECT count(*) FROM dispatched_calls")
        return int(number)


@pytest.mark.parametrize("step", ["find_request", "add_answer"])
def test_a_call_outlives_a_database_that_is_away_at_either_end_of_it(
    step: str, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A job that ended with an error would be gone, its call never answered, and the coordinator would wait for ever."""

    def away(*_: object) -> None:
        raise psycopg.OperationalError

    whole, times = getattr(calls, step), iter([away, away])

    def twice_away(*given: Any) -> Any:
        return next(times, whole)(*given)

    monkeypatch.setattr(calls, step, twice_away)
    with FarPool(url, KEY, 1, LIMITS) as pool:
        assert pool.submit(odd_tasks.echo, 3).result(30) == 3


def test_a_coordinator_that_ends_leaves_the_calls_of_the_next_one(url: str) -> None:
    """Who lost only its lead ends when another one coordinates already."""
    first = FarPool(url, KEY, 0, LIMITS)
    with FarPool(url, KEY, 1, LIMITS) as second:
        asked = second.submit(odd_tasks.wait_and_answer, 2.0, 5)
        until(lambda: kept(url))
        first.close()
        assert asked.result(30) == bytes(5)


def test_a_call_whose_row_is_gone_is_let_go_of(url: str) -> None:
    """Nobody will answer it: who asked hears that, and asks again."""
    with FarPool(url, KEY, 0, LIMITS) as pool:
        asked = pool.submit(odd_tasks.echo, 5)
        until(lambda: kept(url))
        with calls.connected(url) as connection:
            connection.execute("DELETE FROM dispatched_calls")
        with pytest.raises(ChildHinderedError):
            asked.result(30)


def test_a_call_that_is_queued_twice_is_heard_once(
    url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The database took the job and could not say so: the call stays one, and leaves nothing behind."""
    monkeypatch.setattr(Sender, "queue", once_too_many(Sender.queue, RuntimeError()))
    with FarPool(url, KEY, 1, LIMITS) as pool:
        assert pool.submit(odd_tasks.echo, 3).result(30) == 3
        assert pool.submit(odd_tasks.echo, 4).result(30) == 4
        assert kept(url) == 0


def test_whatever_answers_meet_the_next_ones_are_heard(
    url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Answers are waited for in one thread: without it the coordinator would wait for ever."""
    monkeypatch.setattr(calls, "take_answers", once_too_many(calls.take_answers, ValueError()))
    with FarPool(url, KEY, 1, LIMITS) as pool:
        assert pool.submit(odd_tasks.echo, 3).result(30) == 3


def test_whoever_waits_when_the_pool_ends_hears_of_it(
    url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither what is queued nor what waits to be is left without an end."""

    def away(*_: object) -> None:
        raise psycopg.OperationalError

    pool = FarPool(url, KEY, 0, LIMITS)
    asked = [pool.submit(odd_tasks.echo, 1)]
    until(lambda: kept(url))
    monkeypatch.setattr(Sender, "queue", away)
    asked += [pool.submit(odd_tasks.echo, number) for number in (2, 3)]
    until(lambda: kept(url) == 2)
    pool.close()
    for future in asked:
        with pytest.raises(ChildHinderedError):
            future.result(1)
    assert kept(url) == 0


class Touching:
    """Makes a file where it is unpickled."""

    def __init__(self, trace: Path) -> None:
        self._trace = trace

    def __reduce__(self) -> tuple[Callable[[Path], None], tuple[Path]]:
        return Path.touch, (self._trace,)


def test_what_does_not_bear_our_seal_is_not_opened(url: str, tmp_path: Path) -> None:
    """To unpickle is to run: who may write to a table may not thereby run programs on our machines."""
    forged = pickle.dumps(Touching(tmp_path / "trace"))
    other = calls.sealed(StampKey(b"another"), forged)
    with FarPool(url, KEY, 1, LIMITS) as pool, closing(Sender(url)) as sender:
        with calls.connected(url) as connection:
            for request in (forged, bytes(32) + forged, other):
                sender.queue(calls.add_call(connection, "somebody", request))
        assert pool.submit(odd_tasks.echo, 3).result(30) == 3
        time.sleep(2)
        assert not list(tmp_path.iterdir())
