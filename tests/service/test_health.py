"""Whether the service is well, told by a file and an exit code; one service at a time."""

from __future__ import annotations

import datetime as dt
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from sheetflow.context import Context, open_context
from sheetflow.context.running import (
    Pulse,
    Verdict,
    check_health,
    held_lock,
    holder_of,
    is_held,
    read_health,
)
from sheetflow.errors import WorkspaceError
from sheetflow.service import watch as watching
from sheetflow.service.one_pass import PassReport
from sheetflow.service.watch import wait_for_lock, watch
from tests.tiny.desk import EAST, FIRST, IN_TIME, Desk

SLEEP = 0.02


def verdict(desk: Desk, ahead: float = 0.0) -> Verdict:
    """Ask, some seconds later."""
    now = dt.datetime.now(dt.UTC).timestamp()
    return check_health(desk.workspace, now + ahead)


@contextmanager
def serving(desk: Desk) -> Iterator[None]:
    """Have the service run, and wait for its first pass."""
    stopping, passed = threading.Event(), threading.Event()

    def is_stopping() -> bool:
        health = read_health(desk.workspace.health)
        if health and health.ready:
            passed.set()
        return stopping.is_set()

    def told(_report: PassReport) -> None:
        """Nobody listens."""

    def serve() -> None:
        with open_context(desk.root, IN_TIME) as context:
            watch(context, is_stopping, told)

    service = threading.Thread(target=serve)
    service.start()
    try:
        assert passed.wait(30)
        yield
    finally:
        stopping.set()
        service.join()


def test_a_running_service_is_well_and_a_stopped_one_is_not(tmp_path: Path) -> None:
    """While `watch` runs the verdict is good, and it leaves no file behind that says so."""
    desk = Desk.make(tmp_path / "work")
    assert not verdict(desk).is_well
    with serving(desk):
        health = read_health(desk.workspace.health)
        assert health is not None
        assert health.ready
        assert verdict(desk).is_well
        assert "正在值守" in verdict(desk).sentence
        # It says what an outsider needs, in seconds that anybody can compare.
        assert json.loads(desk.workspace.health.read_text())["every"] == 60
    assert not verdict(desk).is_well
    assert not desk.workspace.health.exists()


def test_a_service_that_hangs_is_found_out(tmp_path: Path) -> None:
    """Without a sign of life for long the service is not well, though it holds the lock."""
    desk = Desk.make(tmp_path / "work")
    with serving(desk):
        assert verdict(desk, ahead=120).is_well
        late = verdict(desk, ahead=600)
    assert not late.is_well
    assert "没有动静" in late.sentence


def test_long_work_beats_too(tmp_path: Path) -> None:
    """In a pass of many files progress itself is a sign of life, and is shown all the same."""
    path = tmp_path / "health"
    moments = iter([100.0, 100.0, 900.0])
    pulse = Pulse(path, 60, lambda: next(moments))
    pulse.beat()
    shown: list[str] = []
    say = pulse.beating(lambda step, done, total: shown.append(f"{step}{done}/{total}"))
    say("审核", 1, 2)  # too soon for another beat
    pulse._last = 0.0  # noqa: SLF001 - as if some seconds had gone by
    say("审核", 2, 2)
    health = read_health(path)
    assert health is not None
    assert (health.at, health.ready) == (900.0, False)
    assert shown == ["审核1/2", "审核2/2"]


def test_a_dead_service_is_not_well_whatever_its_file_says(tmp_path: Path) -> None:
    """Killed outright, a service leaves its file; the lock tells that nobody is there."""
    desk = Desk.make(tmp_path / "work")
    Pulse(desk.workspace.health, 60).beat(ready=True)
    assert not verdict(desk).is_well


def test_a_full_disk_does_not_stop_the_service_for_the_files_sake(tmp_path: Path) -> None:
    """Where the file cannot be written, the service goes on."""
    health = tmp_path / "no" / "such" / "folder"
    Pulse(health, 60).beat()
    assert read_health(health) is None


def test_a_broken_file_says_nothing(tmp_path: Path) -> None:
    """Half a file is no health."""
    (tmp_path / "health").write_text('{"pid": 1')
    assert read_health(tmp_path / "health") is None


def test_one_service_at_a_time(tmp_path: Path) -> None:
    """A second service is refused with the number of the first; asking does not get in its way."""
    desk = Desk.make(tmp_path / "work")
    with serving(desk):
        assert is_held(desk.workspace.lock)
        number = holder_of(desk.workspace.lock)
        with pytest.raises(WorkspaceError, match=f"进程号 {number}"):
            desk.run()
    assert not is_held(desk.workspace.lock)


def test_asking_for_the_holder_never_keeps_a_service_from_starting(tmp_path: Path) -> None:
    """Who only asks holds the lock for a moment: a start at that moment waits for it."""
    path, taken = tmp_path / "lock", threading.Event()

    def ask() -> None:
        with held_lock(path):
            taken.set()
            threading.Event().wait(10 * SLEEP)

    asker = threading.Thread(target=ask)
    asker.start()
    assert taken.wait(10)
    with held_lock(path):
        pass
    asker.join()


def test_watch_serves_while_it_beats(tmp_path: Path) -> None:
    """A file dropped while the service runs is answered."""
    desk = Desk.make(tmp_path / "work", scan_seconds="0.2")
    desk.issue()
    file = desk.fill(EAST)
    with serving(desk):
        desk.drop(EAST, file)
        waiting = threading.Event()
        for _ in range(500):
            if list(desk.out(EAST, FIRST).glob("回执*")):
                break
            waiting.wait(SLEEP)
    assert desk.answer(EAST, "回执").is_file()


def test_who_leads_waits_for_the_lock_of_who_led(tmp_path: Path) -> None:
    """Where the last one finishes its pass, or a share tells late that it is gone, the next one does not give up."""
    space, told, looks = Desk.make(tmp_path / "work").workspace, list[str](), iter([False, True])
    with held_lock(space.lock):
        wait_for_lock(space, lambda: next(looks, True), told.append)
    assert told == ["另一个 sheetflow 还在这个工作文件夹里收尾：它结束以后，这里接着值守。"]
    wait_for_lock(space, lambda: False, told.append)
    assert len(told) == 1


def test_other_machines_are_asked_from_the_first_child_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What an upgrade has measured anew at the start is work for all: children of one's own would stay for good."""
    order = list[str]()
    monkeypatch.setattr(Context, "share_work", lambda _: order.append("share"))

    def tidied(_: Context) -> tuple[str, ...]:
        order.append("tidy")
        return ()

    monkeypatch.setattr(watching, "tidy_up", tidied)
    with serving(Desk.make(tmp_path / "work")):
        assert order == ["share", "tidy"]
