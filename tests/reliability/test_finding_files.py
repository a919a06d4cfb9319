"""Promises 4 and 5: every file is found within one scan, and counts once."""

from __future__ import annotations

import os
import subprocess
import time
from collections import Counter
from pathlib import Path

import pytest

from tests.programs import needs_root, needs_strace
from tests.reliability.broken import (
    DUPLICATE_OF_ANY,
    EVENTS_ALONE,
    FORGETS_PENDING_UNLINKS,
    NO_DUPLICATES,
    Broken,
)
from tests.reliability.command_line import command, is_ready, wait_until, watching
from tests.reliability.conftest import Measured
from tests.reliability.scene import NOW, copy_of, take_picture
from tests.reliability.service_process import REPOSITORY, Service, Trace
from tests.tiny.desk import EAST, IN_TIME, TREE, WEST, Desk, sound

pytestmark = [pytest.mark.slow, pytest.mark.reliability, pytest.mark.timeout(600)]

_LOOKS_EVERY = "2"


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """A workspace with its workbooks handed out."""
    desk = Desk.make(tmp_path / "workspace")
    desk.issue()
    return desk


def _outcomes(desk: Desk, unit_id: str) -> list[str]:
    return [entry.outcome for entry in desk.submissions(unit_id)]


# ── promise 4 ─────────────────────────────────────────────────────────────────────────────


@needs_root
@pytest.mark.parametrize("broken", [None, EVENTS_ALONE], ids=["real", "broken"])
def test_a_file_of_which_no_event_tells_is_found_within_one_scan(
    broken: Broken | None, desk: Desk, tmp_path: Path, measured: Measured
) -> None:
    """Written where the watcher cannot hear it, as by another host, a file is taken all the same."""
    package = broken.package(tmp_path / "package") if broken else REPOSITORY
    folder = desk.workspace.inbox_of(TREE[EAST])
    with watching(
        desk.root, IN_TIME, package=package, SHEETFLOW_INTAKE__SCAN_SECONDS=_LOOKS_EVERY
    ) as service:
        wait_until(lambda: is_ready(desk.root), "its watches are set, its first pass is over")
        time.sleep(2)
        subprocess.run(["mount", "-t", "tmpfs", "none", str(folder)], check=True)
        try:
            desk.drop(EAST, desk.fill(EAST))
            if broken:
                time.sleep(8)
                assert _outcomes(desk, EAST) == []
                assert service.poll() is None
            else:
                took = wait_until(lambda: _outcomes(desk, EAST) == ["accepted"], "it is taken", 20)
                measured("seconds until it was answered (scan every 2)", round(took, 1))
        finally:
            subprocess.run(["umount", "-l", str(folder)], check=True)


def test_files_that_came_while_the_service_was_down_are_found_at_its_start(
    desk: Desk, measured: Measured
) -> None:
    """What was dropped overnight is answered when the service is up again."""
    with watching(desk.root, IN_TIME, SHEETFLOW_INTAKE__SCAN_SECONDS=_LOOKS_EVERY):
        wait_until(desk.workspace.health.exists, "the service runs")
    for unit in (EAST, WEST):
        desk.drop(unit, desk.fill(unit))
    with watching(desk.root, IN_TIME, SHEETFLOW_INTAKE__SCAN_SECONDS=_LOOKS_EVERY):
        took = wait_until(
            lambda: Counter(entry.unit_id for entry in desk.submissions()) == {EAST: 1, WEST: 1},
            "both are answered",
            20,
        )
    measured("seconds", round(took, 1))
    assert desk.inbox_files() == []


# ── promise 5 ─────────────────────────────────────────────────────────────────────────────


@needs_strace
@pytest.mark.parametrize("broken", [None, FORGETS_PENDING_UNLINKS], ids=["real", "broken"])
def test_a_file_that_could_not_be_removed_yet_is_finished_silently(
    broken: Broken | None, scene: Path, quick_disk: Path, tmp_path: Path, measured: Measured
) -> None:
    """Open in Excel while it is received, seen at every scan since: one receipt, one mail."""
    package = broken.package(tmp_path) if broken else REPOSITORY
    root = copy_of(scene, quick_disk / f"pending-{bool(broken)}" / "workspace")
    with Service(package) as service:
        for _ in range(3):
            service.run(root, NOW, trace=Trace.fail("unlinkat", "EBUSY", "1+"))
        assert len(take_picture(root).inbox) == 9
        service.run(root, NOW)
    picture = take_picture(root)
    measured("arrivals of 9 files, and 2 before", len(picture.tables["arrivals"]))
    assert picture.inbox == ()
    assert (len(picture.tables["arrivals"]) == 11) is not bool(broken)


@pytest.mark.parametrize("broken", [None, NO_DUPLICATES], ids=["real", "broken"])
def test_the_same_bytes_again_change_nothing(
    broken: Broken | None, desk: Desk, tmp_path: Path, measured: Measured
) -> None:
    """Dropped again and again, under any name, a workbook is answered: already received."""
    package = broken.package(tmp_path / "package") if broken else REPOSITORY
    book = desk.fill(EAST)
    for name in ("一.xlsx", "二.xlsx", "三.xlsx"):
        desk.drop(EAST, book, name)
        command(desk.root, IN_TIME, "run", package=package)
        before = desk.publications()
    desk.drop(EAST, book, "四.xlsx")
    command(desk.root, IN_TIME, "run", package=package)
    outcomes = _outcomes(desk, EAST)
    measured("submissions after 4 drops of the same bytes", len(outcomes))
    assert (outcomes == ["accepted"]) is not bool(broken)
    if not broken:
        assert desk.publications() == before
        told = [str(mail["Subject"]) for mail in desk.mails(EAST)]
        assert len(told) == 4
        assert sum("第1号" in subject for subject in told) == 4


@pytest.mark.parametrize("broken", [None, DUPLICATE_OF_ANY], ids=["real", "broken"])
def test_going_back_to_an_earlier_version_is_a_new_submission(
    broken: Broken | None, desk: Desk, tmp_path: Path, measured: Measured
) -> None:
    """A, then B, then A again: A counts, for it is the unit's last word; a precheck never counts."""
    package = broken.package(tmp_path / "package") if broken else REPOSITORY
    first = desk.fill(EAST, sound(100), name="a.xlsx").read_bytes()
    second = desk.fill(EAST, sound(200), name="b.xlsx").read_bytes()
    for content, folder in ((first, ""), (second, ""), (first, "预审"), (first, "")):
        desk.drop(EAST, content, "报.xlsx", folder)
        command(desk.root, IN_TIME, "run", package=package)
    found = desk.submissions(EAST)
    measured("submissions after A, B, A", len(found))
    assert ([entry.number for entry in found] == [1, 2, 3]) is not bool(broken)
    if not broken:
        assert found[0].sha256 == found[2].sha256 != found[1].sha256


def test_a_storm_of_events_and_scans_counts_every_file_once(desk: Desk, measured: Measured) -> None:
    """Touched, renamed, opened and copied about while the service looks: one submission."""
    book = desk.fill(EAST).read_bytes()
    folder = desk.workspace.inbox_of(TREE[EAST])
    with watching(desk.root, IN_TIME, SHEETFLOW_INTAKE__QUIET_SECONDS="1"):
        wait_until(desk.workspace.health.exists, "the service runs")
        for number in range(40):
            temporary = folder / f"~$报表{number}.tmp"
            temporary.write_bytes(book)
            temporary.replace(folder / "报表.xlsx")
            os.utime(folder / "报表.xlsx")
            (folder / "报表.xlsx").read_bytes()
            time.sleep(0.03)
        wait_until(lambda: _outcomes(desk, EAST) == ["accepted"], "it is taken")
        time.sleep(2)
    measured("submissions", len(_outcomes(desk, EAST)))
    assert _outcomes(desk, EAST) == ["accepted"]
    assert len(desk.mails(EAST)) == 1
