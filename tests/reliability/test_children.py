"""Promises 1 and 7 for the children: one that is killed costs nothing but its own file, at worst."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from tests.reliability.broken import KILLED_IS_GUILTY, Broken
from tests.reliability.conftest import Measured
from tests.reliability.processes import answers_of, children_of, is_alive
from tests.reliability.scene import NOW, Picture, copy_of, essence_of, take_picture
from tests.reliability.service_process import REPOSITORY, Service

pytestmark = [
    pytest.mark.slow,
    pytest.mark.reliability,
    pytest.mark.timeout(900),
]

_MOMENTS = 8
_STOPPED_SECONDS = 0.3
"""Long enough for the service to hand the next file to a child that no longer moves."""


@pytest.fixture(scope="module")
def undisturbed(scene: Path, quick_disk: Path) -> tuple[Picture, float]:
    """The run in which no child is killed, and how long it takes."""
    root = copy_of(scene, quick_disk / "children" / "undisturbed")
    with Service() as service:
        service.run(root, NOW)
        copy_of(scene, root)
        started = time.monotonic()
        assert service.run(root, NOW).code == 0
        took = time.monotonic() - started
    return take_picture(root), took


def _killing_at_work(answers: int, killed: list[int]) -> Callable[[int], None]:
    """Kill a child over its next file, once it has written so often.

    It is stopped first: whatever it was given meanwhile, or has in hand, is lost with it.
    """

    def meanwhile(pid: int) -> None:
        while is_alive(pid):
            for child in children_of(pid):
                if answers_of(child) >= answers:
                    with suppress(ProcessLookupError):
                        os.kill(child, signal.SIGSTOP)
                        time.sleep(_STOPPED_SECONDS)
                        os.kill(child, signal.SIGKILL)
                        killed.append(child)
                    return
            time.sleep(0.001)

    return meanwhile


def _killing_once(after: float, killed: list[int]) -> Callable[[int], None]:
    """Kill every child that is there at one moment."""

    def meanwhile(pid: int) -> None:
        time.sleep(after)
        for child in children_of(pid):
            with suppress(ProcessLookupError):
                os.kill(child, signal.SIGKILL)
                killed.append(child)

    return meanwhile


def _killing_always(pause: float, killed: list[int]) -> Callable[[int], None]:
    """Kill every child as soon as it has lived for a while."""

    def meanwhile(pid: int) -> None:
        born: dict[int, float] = {}
        while is_alive(pid):
            now = time.monotonic()
            for child in children_of(pid):
                if now - born.setdefault(child, now) > pause:
                    with suppress(ProcessLookupError):
                        os.kill(child, signal.SIGKILL)
                        killed.append(child)
            time.sleep(0.01)

    return meanwhile


def _moments(took: float, killed: list[int]) -> Iterator[tuple[str, Callable[[int], None]]]:
    """When to kill: at moments of the clock, and with so many answers given."""
    for number in range(_MOMENTS):
        after = took * 1.2 * number / _MOMENTS
        yield f"after {after:.2f} s", _killing_once(after, killed)
        yield f"after {number} answers", _killing_at_work(number + 1, killed)


@pytest.mark.parametrize("broken", [None, KILLED_IS_GUILTY], ids=["real", "broken"])
def test_a_child_killed_at_any_moment_costs_nothing(
    broken: Broken | None,
    scene: Path,
    undisturbed: tuple[Picture, float],
    quick_disk: Path,
    tmp_path: Path,
    measured: Measured,
) -> None:
    """Killed once, by the system short of memory, a child costs its file another try and no more."""
    picture, took = undisturbed
    package = broken.package(tmp_path) if broken else REPOSITORY
    root = quick_disk / f"children-{bool(broken)}" / "workspace"
    root.parent.mkdir()
    killed: list[int] = []
    wrong: list[str] = []
    with Service(package) as service:
        for moment, killing in _moments(took, killed):
            copy_of(scene, root)
            ended = service.run(root, NOW, meanwhile=killing)
            again = service.run(root, NOW.replace(hour=23))
            if (ended.code, again.code) != (0, 0):
                wrong.append(ended.log + again.log)
            expected, found = essence_of(picture), essence_of(take_picture(root))
            wrong += [f"{moment}: {name}" for name in found if found[name] != expected[name]]
    measured("children killed", len(killed))
    measured("wrong", sorted({entry.partition(":")[0] for entry in wrong}))
    assert len(killed) >= _MOMENTS // 2
    assert bool(wrong) is bool(broken)


def test_children_that_are_always_killed_end_in_answers_not_in_a_loop(
    scene: Path, undisturbed: tuple[Picture, float], quick_disk: Path, measured: Measured
) -> None:
    """If every child dies over its work, every file still has its final state, and the service lives."""
    root = copy_of(scene, quick_disk / "always" / "workspace")
    killed: list[int] = []
    _, undisturbed_seconds = undisturbed
    with Service() as service:
        started = time.monotonic()
        killing = _killing_always(undisturbed_seconds / 4, killed)
        ended = service.run(root, NOW, meanwhile=killing)
        took = time.monotonic() - started
    picture = take_picture(root)
    measured("children killed", len(killed))
    measured("seconds", round(took, 1))
    measured("outcomes", sorted(str(row[1]) for row in picture.tables["judgements"]))
    assert ended.code == 0, ended.log
    assert len(killed) >= 2
    assert picture.inbox == ()
    assert took < 120
    with Service() as service:  # whoever was put off is served when the killing has stopped
        assert service.run(root, NOW.replace(hour=23), passes=2).code == 0
    after = take_picture(root)
    assert all(row[8] for row in after.tables["arrivals"]), "every file is answered"
    assert not after.tables["stale"]
