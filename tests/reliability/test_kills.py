"""Promise 1: killed at any moment, nothing that was dropped is lost or merged twice."""

from __future__ import annotations

import datetime as dt
import os
import re
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from queue import SimpleQueue
from types import MappingProxyType

import pytest

from sheetflow.config.kept_campaigns import Taking, keep_campaign, put_in_force
from sheetflow.config.workspace import Workspace
from tests.programs import needs_strace
from tests.reliability.broken import (
    FORGETS_PENDING_UNLINKS,
    MARK_CLEARED_FIRST,
    NEW_ID_EACH_TIME,
    SENT_BEFORE_SENDING,
    UNLINK_BEFORE_COMMIT,
    Broken,
)
from tests.reliability.conftest import Measured
from tests.reliability.postbox import Postbox
from tests.reliability.scene import NOW, Picture, copy_of, take_picture
from tests.reliability.service_process import CHANGING, REPOSITORY, Service, Trace
from tests.tiny.campaign import CAMPAIGN, CAMPAIGN_NAME

pytestmark = [
    pytest.mark.slow,
    pytest.mark.reliability,
    pytest.mark.alone,
    needs_strace,
    pytest.mark.timeout(1200),
]

_POINTS = 20
_LANES = max(2, os.cpu_count() or 1)
_CALL = re.compile(r"^(\w+)\(")
_TURNING = frozenset({"rename", "unlinkat", "connect"})
"""Both sides of these calls are points: files change their place, mail leaves. The whole sweep takes one of each, in turns."""
_NUMBER = re.compile(r"\.\d+(?=[.@])")


Point = tuple[str, int]
"""A kind of call, and the how-manieth of its kind."""


@dataclass
class Sweep:
    """What a sweep found: how many points killed the service, and what was wrong after which."""

    killed: int = 0
    mails_twice: int = 0
    wrong: dict[Point, list[str]] = field(default_factory=dict)


@dataclass
class Lane:
    """A service, its mail server and a workspace of its own."""

    service: Service
    postbox: Postbox
    root: Path


@contextmanager
def lanes(package: Path, disk: Path, count: int = _LANES) -> Iterator[SimpleQueue[Lane]]:
    """Give `count` lanes in which `package` runs."""
    free: SimpleQueue[Lane] = SimpleQueue()
    with ExitStack() as stack:
        for number in range(count):
            postbox = stack.enter_context(Postbox())
            service = stack.enter_context(Service(package, postbox.settings()))
            root = disk / f"{package.name}-{number}" / "workspace"
            root.parent.mkdir(parents=True, exist_ok=True)
            free.put(Lane(service, postbox, root))
        yield free


@dataclass(frozen=True)
class Undisturbed:
    """The run that every other one must equal in the end, and its calls in order."""

    picture: Picture
    mails: frozenset[str]
    calls: tuple[str, ...]

    def points(self, count: int, turning_calls: frozenset[str]) -> list[Point]:
        """Calls to be killed at: `count` evenly spread, and both sides of each of `turning_calls`; of all kinds, one in turns."""
        total = len(self.calls)
        spread = {number * total // count for number in range(count)}
        turns = [number for number, call in enumerate(self.calls) if call in turning_calls]
        turning = {
            number + side
            for place, number in enumerate(turns)
            for side in ((place % 2,) if turning_calls == _TURNING else (0, 1))
        }
        met: Counter[str] = Counter()
        numbered: list[Point] = []
        for call in self.calls:
            met[call] += 1
            numbered.append((call, met[call]))
        return [numbered[number] for number in sorted(spread | turning) if number < total]


Lay = Callable[[Path], object]
"""Lays the scene at a place, instead of what is there."""


def run_undisturbed(lane: Lane, lay: Lay, at: dt.datetime) -> Undisturbed:
    """Run once without any kill, traced; once before, so that nothing is compiled meanwhile."""
    file = lane.root.parent / "trace.txt"
    for _ in range(2):
        lay(lane.root)
        lane.postbox.mails.clear()
        ended = lane.service.run(lane.root, at, trace=Trace(("-e", f"trace={CHANGING}"), file))
        assert ended.code == 0, ended.log
    calls = [found[1] for found in map(_CALL.match, file.read_text("utf-8").splitlines()) if found]
    return Undisturbed(take_picture(lane.root), _ids(lane.postbox), tuple(calls))


def _ids(postbox: Postbox) -> frozenset[str]:
    return frozenset(_NUMBER.sub("", each) for each in postbox.by_id())


def sweep(
    package: Path,
    lay: Lay,
    disk: Path,
    count: int,
    turning_calls: frozenset[str] = _TURNING,
    at: dt.datetime = NOW,
) -> Sweep:
    """Kill `package` at `count` points or more, restart it, and compare; stop at the first red."""
    found = Sweep()
    with lanes(package, disk) as free, ThreadPoolExecutor(_LANES) as threads:
        lane = free.get()
        undisturbed = run_undisturbed(lane, lay, at)
        free.put(lane)

        def kill(point: Point) -> None:
            if found.wrong:
                return
            lane = free.get()
            try:
                lay(lane.root)
                _kill_at(lane, at, undisturbed, point, found)
            finally:
                free.put(lane)

        for done in [
            threads.submit(kill, point) for point in undisturbed.points(count, turning_calls)
        ]:
            done.result()
    return found


def _kill_at(
    lane: Lane, at: dt.datetime, undisturbed: Undisturbed, point: Point, found: Sweep
) -> None:
    lane.postbox.mails.clear()
    first = lane.service.run(lane.root, at, trace=Trace.kill(*point))
    found.killed += first.was_killed
    second = lane.service.run(lane.root, at)
    wrong = [] if second.code == 0 else [f"the restart ended with {second.code}: {second.log}"]
    wrong += undisturbed.picture.differences(take_picture(lane.root))
    mails = lane.postbox.by_id()
    if lost := undisturbed.mails - _ids(lane.postbox):
        wrong.append(f"never sent: {sorted(lost)}")
    # A Message-ID is the mail's name for ever: sent twice, it must be the very same mail.
    wrong += [f"{each} in two shapes" for each, bytes_ in mails.items() if len(set(bytes_)) > 1]
    if len(mails) > len(undisturbed.mails):
        wrong.append(f"{len(mails)} Message-IDs for {len(undisturbed.mails)} mails")
    found.mails_twice += sum(len(bytes_) - 1 for bytes_ in mails.values())
    if wrong:
        found.wrong[point] = wrong


def test_a_service_killed_at_any_call_loses_nothing_and_merges_nothing_twice(
    scene: Path, quick_disk: Path, measured: Measured
) -> None:
    """Wherever the power fails, after the restart all is as if nothing had happened."""
    started = time.monotonic()
    found = sweep(REPOSITORY, partial(copy_of, scene), quick_disk, _POINTS)
    measured("killed", found.killed)
    measured("mails_twice", found.mails_twice)
    measured("seconds", round(time.monotonic() - started))
    assert not found.wrong, dict(list(found.wrong.items())[:3])
    assert found.killed >= 60


def with_a_new_campaign(scene: Path, root: Path) -> None:
    """Lay the scene just after a campaign workbook was taken into use, before any pass."""
    folder = Workspace(copy_of(scene, root)).campaigns
    newer = replace(CAMPAIGN, title="河道巡查（新）", rules=MappingProxyType({}))
    digest = keep_campaign(folder, newer, {}, b"its workbook")
    day = f"{NOW:%Y-%m-%d}"
    taking = Taking(digest=digest, at=day, workbook="0" * 64, instead_of=CAMPAIGN_NAME)
    put_in_force(folder, taking)


def test_a_kill_between_taking_a_campaign_into_use_and_publishing_loses_nothing(
    scene: Path, quick_disk: Path, measured: Measured
) -> None:
    """A campaign that is in force is shown everywhere in the end, wherever the pass after it was killed."""
    lay = partial(with_a_new_campaign, scene)
    found = sweep(REPOSITORY, lay, quick_disk, 12, frozenset())
    measured("killed", found.killed)
    assert not found.wrong, dict(list(found.wrong.items())[:3])
    assert found.killed >= 10


@pytest.mark.parametrize(
    ("broken", "call"),
    [
        (UNLINK_BEFORE_COMMIT, "unlinkat"),
        (FORGETS_PENDING_UNLINKS, "unlinkat"),
        (MARK_CLEARED_FIRST, "rename"),
        (SENT_BEFORE_SENDING, "connect"),
        (NEW_ID_EACH_TIME, "connect"),
    ],
    ids=lambda value: getattr(value, "name", None),
)
def test_the_sweep_notices(
    broken: Broken, call: str, scene: Path, quick_disk: Path, tmp_path: Path, measured: Measured
) -> None:
    """The sweep above is able to fail: a version with this fault does not pass it."""
    lay = partial(copy_of, scene)
    found = sweep(broken.package(tmp_path), lay, quick_disk, 0, frozenset({call}))
    measured(broken.wrong, found.wrong)
    assert found.wrong
