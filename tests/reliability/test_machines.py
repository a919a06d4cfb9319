"""Promise 1 on several machines: whoever is killed, each file has one receipt and one answer, and the end is the same."""

from __future__ import annotations

import datetime as dt
import os
import shutil
import signal
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from sheetflow.dispatching import calls
from sheetflow.store import Store
from tests.postgres import Cluster, cluster, next_schema, programs
from tests.programs import COMPLETE
from tests.reliability import dying_worker
from tests.reliability.command_line import command, environment, program, wait_until, watching
from tests.reliability.conftest import Measured
from tests.reliability.scene import NOW, dropped_bytes, essence_of, take_picture
from tests.reliability.service_process import REPOSITORY

pytestmark = [
    pytest.mark.slow,
    pytest.mark.reliability,
    pytest.mark.timeout(600),
]


@pytest.fixture(scope="module")
def postgres() -> Iterator[Cluster]:
    """A PostgreSQL server."""
    if programs() is None and not COMPLETE:
        pytest.skip("PostgreSQL (initdb) is not installed")
    with cluster() as made:
        yield made


@pytest.fixture
def shared(scene: Path, postgres: Cluster, tmp_path: Path) -> tuple[Path, str]:
    """The scene, its database moved to the server: the root and the URL."""
    root, url = tmp_path / "workspace", postgres.url(next_schema())
    shutil.copytree(scene, root, symlinks=True)
    done = command(root, NOW, "store", "copy", "--to", url)
    assert done.returncode == 0, done.stderr
    (root / "state" / "sheetflow.db").unlink()
    return root, url


@contextmanager
def helping(root: Path, url: str, step: str = "") -> Iterator[subprocess.Popen[bytes]]:
    """Have a worker serve meanwhile; one that is killed at a `step` of its own, where it names one."""
    words = program(root, NOW)
    if step:
        words[words.index("sheetflow")] = dying_worker.__name__
        words.insert(words.index(dying_worker.__name__) + 1, step)
    with subprocess.Popen(
        [*words, "worker", "--size", "1"],
        env=environment(REPOSITORY, {"SHEETFLOW_STORE__URL": url}),
        cwd=REPOSITORY,
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def settled(root: Path, url: str) -> bool:
    """Whether every file has its answer, published and told."""
    with Store(url) as store:
        return (
            not dropped_bytes(root)
            and not store.arrivals.find_unjudged()
            and not store.publications.find_stale()
            and not store.mails.count_queued()
        )


def in_a_file(root: Path, url: str) -> Path:
    """Bring the database back into a file, for the picture."""
    done = command(root, NOW, "store", "copy", "--to", str(root / "state" / "sheetflow.db"),
                   SHEETFLOW_STORE__URL=url)  # fmt: skip
    assert done.returncode == 0, done.stderr
    return root


def machines(url: str) -> list[calls.Machine]:
    """Who takes part and is there."""
    with calls.connected(url) as connection:
        return [each for each in calls.find_machines(connection) if each.is_alive]


def hold_back(root: Path) -> Path:
    """Take the files out of the inbox, until `drop`; give where they lie."""
    kept = root.with_name("later")
    return (root / "inbox").rename(kept)


def drop(kept: Path, root: Path) -> None:
    """Drop them again, where a person would."""
    for file in sorted(each for each in kept.rglob("*") if each.is_file()):
        place = root / "inbox" / file.relative_to(kept)
        place.parent.mkdir(parents=True, exist_ok=True)
        file.rename(place)


@pytest.fixture(scope="module")
def undisturbed(scene: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[str]]:
    """What one machine with a file makes of the scene."""
    root = tmp_path_factory.mktemp("alone") / "workspace"
    shutil.copytree(scene, root, symlinks=True)
    done = command(root, NOW, "run", SHEETFLOW_MAIL__SENDER="sheetflow@mail.example")
    assert done.returncode == 0, done.stderr
    return essence_of(take_picture(root))


@pytest.mark.parametrize("whom", ["nobody", "the coordinator", "the database"])
def test_whoever_is_killed_every_file_has_its_answer_once(
    whom: str,
    shared: tuple[Path, str],
    postgres: Cluster,
    undisturbed: dict[str, list[str]],
    measured: Measured,
) -> None:
    """Two coordinators, one of them standing by, and a worker: one dies in the middle of it, or the server does."""
    root, url = shared
    kept = hold_back(root)
    with watching(root, NOW, SHEETFLOW_STORE__URL=url) as first, helping(root, url):
        wait_until(lambda: len(machines(url)) == 2, "both are there")
        drop(kept, root)
        with watching(root, NOW, SHEETFLOW_STORE__URL=url):
            if whom == "the coordinator":
                os.kill(first.pid, signal.SIGKILL)
            elif whom == "the database":
                postgres.stop()
                postgres.start()
            took = wait_until(lambda: settled(root, url), "everything is answered", 180)
            measured(f"{whom} killed: seconds until all was answered", round(took))
            assert calls.COORDINATOR in [each.part for each in machines(url)]
            if whom == "nobody":
                wait_until(lambda: all(each.done for each in machines(url)), "both did a part")
    assert essence_of(take_picture(in_a_file(root, url))) == undisturbed


def test_workers_that_are_killed_at_any_step_are_not_missed(
    shared: tuple[Path, str], undisturbed: dict[str, list[str]], measured: Measured
) -> None:
    """Whatever workers had in hand when they died, each at a step of its own, is done by another, once."""
    root, url = shared
    kept = hold_back(root)
    with ExitStack() as stack:
        stack.enter_context(
            watching(root, NOW, SHEETFLOW_STORE__URL=url, SHEETFLOW_WORKERS__SIZE="1")
        )
        dying = [stack.enter_context(helping(root, url, step)) for step in dying_worker.STEPS]
        wait_until(lambda: len(machines(url)) == 1 + len(dying), "all are there")
        drop(kept, root)
        took = wait_until(lambda: settled(root, url), "everything is answered", 180)
        measured("all workers killed: seconds until all was answered", round(took))
        assert [each.poll() for each in dying] == [-signal.SIGKILL] * len(dying)
    assert essence_of(take_picture(in_a_file(root, url))) == undisturbed


def test_backup_and_purge_run_while_a_worker_does(shared: tuple[Path, str], tmp_path: Path) -> None:
    """Who keeps the office backs up and purges without stopping the machines that help."""
    root, url = shared

    def done(*words: str, at: dt.datetime = NOW) -> None:
        ended = command(root, at, *words, SHEETFLOW_STORE__URL=url)
        assert ended.returncode == 0, ended.stdout + ended.stderr

    with helping(root, url) as worker:
        with watching(root, NOW, SHEETFLOW_STORE__URL=url):
            wait_until(lambda: len(machines(url)) == 2, "both are there")
            wait_until(lambda: settled(root, url), "everything is answered", 180)
        before = take_picture(in_a_file(root, url))
        done("backup", str(tmp_path / "备份.zip"))
        later = NOW + dt.timedelta(days=60)
        done("reject", "990201-2012Q1-1", "--why", "放错了", at=later)
        done("run", at=later)
        done("purge", "--before", "2012-04-01", "--yes", at=later)
        assert worker.poll() is None
    restored = command(tmp_path / "again", NOW, "restore", str(tmp_path / "备份.zip"))
    assert restored.returncode == 0, restored.stderr
    assert take_picture(tmp_path / "again").archive == before.archive
    assert set(take_picture(root).archive) < set(before.archive)
