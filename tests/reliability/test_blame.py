"""Promise 15: the machine's trouble blames no file, and a file that is to blame blames no other."""

from __future__ import annotations

import datetime as dt
import os
import signal
import sqlite3
import subprocess
import sys
import threading
import time
import zipfile
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

import pytest

from tests.reliability.broken import (
    LIMITS_ARE_FINAL,
    OUR_DEATH_COUNTS,
    POISON_FIRST,
    POISON_FOR_EVER,
    POISONED,
    READER_DIES_OF,
    READER_HOARDS,
    STOPPED_IS_SLOW,
    Broken,
)
from tests.reliability.command_line import command, environment, wait_until
from tests.reliability.conftest import Measured
from tests.reliability.processes import answers_of, children_of, is_alive
from tests.reliability.service_process import REPOSITORY
from tests.tiny.desk import (
    CITY,
    EAST,
    IN_TIME,
    NORTH,
    OTHER_CITY,
    PROVINCE,
    SOUTH,
    WEST,
    Desk,
)

pytestmark = [
    pytest.mark.slow,
    pytest.mark.reliability,
    pytest.mark.timeout(600),
    pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc"),
]

_DEATHS = 5
_LATER = IN_TIME + dt.timedelta(hours=3)
_SHORT = {"SHEETFLOW_WORKERS__WALL_SECONDS": "1"}


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """A workspace with its workbooks handed out, and one reader at a time."""
    desk = Desk.make(tmp_path / "workspace", size="1")
    desk.issue()
    return desk


def _outcomes(desk: Desk) -> list[tuple[str, str]]:
    """Who was answered how, in the order of the answers."""
    found = sorted(desk.submissions(), key=lambda entry: entry.submission_id)
    return [(entry.unit_id, entry.outcome) for entry in found]


def _in_hand(desk: Desk, *, tried: bool = False) -> bool:
    """Whether a file was taken that has no answer yet; one that was tried and put off not if `tried`."""
    put_off = " and retry_at is null" if tried else ""
    query = f"select count(*) from arrivals where judged_at is null{put_off}"  # noqa: S608 - ours
    with closing(sqlite3.connect(desk.workspace.database)) as connection, suppress(sqlite3.Error):
        return bool(connection.execute(query).fetchone()[0])
    return False


@contextmanager
def _stopping_children(pid: int, answers: int = 1) -> Iterator[None]:
    """Stop every child once it gave so many answers, the first that it is ready; in the end they go on."""
    over = threading.Event()

    def stop() -> None:
        while is_alive(pid) and not over.wait(0.005):
            for child in children_of(pid):
                with suppress(ProcessLookupError):
                    if answers_of(child) >= answers:
                        os.kill(child, signal.SIGSTOP)

    thread = threading.Thread(target=stop)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()
        for child in children_of(pid):
            with suppress(ProcessLookupError):
                os.kill(child, signal.SIGCONT)


@contextmanager
def _running(desk: Desk, package: Path, **more: str) -> Iterator[subprocess.Popen[bytes]]:
    moment = IN_TIME.strftime("%Y-%m-%dT%H:%M:%S")
    with subprocess.Popen(
        [sys.executable, "-P", "-m", "sheetflow", "-C", str(desk.root), "--at", moment, "run"],
        env=environment(package, more),
        cwd=package,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ) as process:
        yield process


@pytest.mark.parametrize("broken", [None, OUR_DEATH_COUNTS], ids=["real", "broken"])
def test_the_death_of_the_service_says_nothing_of_a_file(
    broken: Broken | None, desk: Desk, tmp_path: Path, measured: Measured
) -> None:
    """Killed again and again while a sound file is with its reader, the service accepts it in the end."""
    package = broken.package(tmp_path / "package") if broken else REPOSITORY
    desk.drop(EAST, desk.fill(EAST))
    for _ in range(_DEATHS):
        with _running(desk, package) as service, _stopping_children(service.pid):
            wait_until(lambda: _in_hand(desk), "the file was taken")
            wait_until(lambda: bool(children_of(service.pid)), "a reader is there")
            time.sleep(0.5)
            orphans = children_of(service.pid)
            service.kill()
            service.wait()
            for child in orphans:
                with suppress(ProcessLookupError):
                    os.kill(child, signal.SIGKILL)
    said = command(desk.root, _LATER, "run", package=package)
    measured("outcomes", _outcomes(desk))
    assert (_outcomes(desk) == [(EAST, "accepted")]) is not bool(broken), said.stdout + said.stderr


@pytest.mark.parametrize("broken", [None, STOPPED_IS_SLOW], ids=["real", "broken"])
def test_a_reader_that_does_not_move_says_nothing_of_its_file(
    broken: Broken | None, desk: Desk, tmp_path: Path, measured: Measured
) -> None:
    """A file whose reader was stopped for longer than it may take is tried again, and accepted."""
    package = broken.package(tmp_path / "package") if broken else REPOSITORY
    desk.drop(EAST, desk.fill(EAST))
    with _running(desk, package, **_SHORT) as service:
        wait_until(lambda: _in_hand(desk), "the file was taken")
        # Not before it has loaded what it needs, which is ours, and waited for longer.
        with _stopping_children(service.pid, answers=2):
            wait_until(lambda: not _in_hand(desk, tried=True), "the file was tried", 60)
        service.wait(120)
    put_off = command(desk.root, IN_TIME, "status", package=package).stdout
    said = command(desk.root, _LATER, "run", package=package)
    measured("outcomes", _outcomes(desk))
    if broken:
        assert _outcomes(desk) == [(EAST, "refused")]
        return
    assert "停住" in put_off
    assert _outcomes(desk) == [(EAST, "accepted")], said.stdout + said.stderr


@pytest.mark.parametrize("broken", [None, LIMITS_ARE_FINAL], ids=["real", "broken"])
def test_a_refusal_for_want_of_memory_or_a_reader_does_not_last(
    broken: Broken | None, desk: Desk, tmp_path: Path, measured: Measured
) -> None:
    """Bytes that were refused for what our reader met are judged anew when they come again, and count."""
    deadly = POISONED.package(tmp_path / "deadly")
    package = broken.package(tmp_path / "package") if broken else REPOSITORY
    drops = {
        EAST: _with_remark(desk.fill(EAST), READER_DIES_OF),
        WEST: _with_remark(desk.fill(WEST), READER_HOARDS),
    }
    for name in ("一.xlsx", "二.xlsx", "三.xlsx"):
        for unit_id, content in drops.items():
            desk.drop(unit_id, content, name)
        command(desk.root, IN_TIME, "run", package=deadly if name == "一.xlsx" else package)
        measured(name, _outcomes(desk))
        if name == "一.xlsx":
            assert sorted(_outcomes(desk)) == [(EAST, "refused"), (WEST, "refused")]
    after = sorted(_outcomes(desk)[2:])
    assert (after == [(EAST, "accepted"), (WEST, "accepted")]) is not bool(broken)


def _with_remark(file: Path, remark: bytes) -> bytes:
    """Give a sound workbook that holds these bytes."""
    with zipfile.ZipFile(file, "a") as package:
        package.comment = remark
    return file.read_bytes()


@pytest.mark.parametrize(
    "broken", [None, POISON_FIRST, POISON_FOR_EVER], ids=["real", "first", "ever"]
)
def test_a_poisonous_file_is_refused_and_holds_up_no_other(
    broken: Broken | None, desk: Desk, tmp_path: Path, measured: Measured
) -> None:
    """A file of which every reader dies ends in 拒收 after some tries, when the others are answered."""
    package = (broken or POISONED).package(tmp_path / "package")
    poison = _with_remark(desk.fill(EAST), READER_DIES_OF)
    desk.drop(EAST, poison, "一.xlsx")
    desk.drop(EAST, desk.fill(EAST), "二.xlsx")
    sound = (WEST, SOUTH, NORTH, CITY, OTHER_CITY, PROVINCE)
    for unit in sound:
        desk.drop(unit, desk.fill(unit))
    try:
        patience = 20 if broken is POISON_FOR_EVER else 60
        said = command(desk.root, IN_TIME, "run", package=package, timeout=patience)
    except subprocess.TimeoutExpired:
        assert broken is POISON_FOR_EVER
        return
    outcomes = _outcomes(desk)
    measured("in order", outcomes)
    others = sorted((unit, "accepted") for unit in sound)
    last = [(EAST, "refused"), (EAST, "accepted")]
    assert sorted(outcomes) == sorted(others + last), said.stdout + said.stderr
    assert (sorted(outcomes[: len(sound)]) == others) is not bool(broken)
    if not broken:
        assert outcomes[len(sound) :] == last, "the unit's later file waits for its earlier one"
