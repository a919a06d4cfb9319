"""Promise 12: readers of the outbox see the old or the new file, never half of one."""

from __future__ import annotations

import hashlib
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pytest

from tests.programs import needs_root
from tests.reliability.broken import NO_TWINS, WRITES_IN_PLACE, Broken
from tests.reliability.command_line import command, watching
from tests.reliability.conftest import Measured
from tests.reliability.scene import NOW, copy_of
from tests.reliability.service_process import REPOSITORY, Service
from tests.tiny.desk import CITY, EAST, IN_TIME, Desk, sound

pytestmark = [pytest.mark.slow, pytest.mark.reliability, pytest.mark.timeout(600)]

_READER = """
import hashlib, sys
from pathlib import Path
place, seen = Path(sys.argv[1]), 0
while not Path(sys.argv[2]).exists():
    try:
        data = place.read_bytes()
    except FileNotFoundError:
        print("gone", flush=True)
        continue
    seen += 1
    print(hashlib.sha256(data).hexdigest(), flush=True)
"""
"""Reads a file over and over, and prints what it saw."""


@contextmanager
def _reading(place: Path, folder: Path) -> Iterator[list[str]]:
    """Have two readers read `place` all the time; the list holds what they saw, afterwards."""
    stop = folder / "stop"
    seen: list[str] = []
    outputs = [folder / f"reader-{number}" for number in range(2)]
    readers: list[subprocess.Popen[bytes]] = []
    for output in outputs:
        with output.open("wb") as target:
            words = [sys.executable, "-c", _READER, str(place), str(stop)]
            readers.append(subprocess.Popen(words, stdout=target))
    try:
        yield seen
    finally:
        stop.touch()
        for reader, output in zip(readers, outputs, strict=True):
            reader.wait(30)
            seen += output.read_text(encoding="ascii").split()


@pytest.mark.parametrize("broken", [None, WRITES_IN_PLACE], ids=["real", "broken"])
def test_a_reader_sees_the_old_or_the_new_file(
    broken: Broken | None, tmp_path: Path, measured: Measured
) -> None:
    """While a consolidated workbook is published again and again, no reader ever sees half of it."""
    package = broken.package(tmp_path / "package") if broken else REPOSITORY
    desk = Desk.make(tmp_path / "workspace")
    desk.issue()
    desk.drop(EAST, desk.fill(EAST, sound(1)))
    command(desk.root, IN_TIME, "run", package=package)
    place = desk.answer(CITY, "汇总表_")
    whole = {hashlib.sha256(place.read_bytes()).hexdigest()}
    with (
        _reading(place, tmp_path) as seen,
        watching(desk.root, IN_TIME, package=package, SHEETFLOW_INTAKE__SCAN_SECONDS="0.2"),
    ):
        for number in range(2, 9):
            desk.drop(EAST, desk.fill(EAST, sound(number, number)), f"{number}.xlsx")
            _wait_for_a_new(place, whole)
    strange = [entry for entry in seen if entry not in whole]
    measured("readings", len(seen))
    measured("versions published", len(whole))
    measured("readings of neither the old nor the new", len(strange))
    assert len(whole) >= 6
    assert bool(strange) is bool(broken)


def _wait_for_a_new(place: Path, known: set[str], seconds: float = 30) -> None:
    """Wait until a version lies there that is none of the known ones, and whole."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        time.sleep(0.1)
        data = place.read_bytes()
        digest = hashlib.sha256(data).hexdigest()
        if digest not in known and _is_whole(place):
            known.add(digest)
            return
    raise AssertionError("no new version was published")


def _is_whole(place: Path) -> bool:
    try:
        with zipfile.ZipFile(place) as archive:
            return archive.testzip() is None
    except zipfile.BadZipFile:
        return False


@contextmanager
def _mounted(place: Path) -> Iterator[None]:
    """Lay the file over itself: the system then refuses to replace it (EBUSY)."""
    subprocess.run(["mount", "--bind", str(place), str(place)], check=True)
    try:
        yield
    finally:
        subprocess.run(["umount", str(place)], check=True)


@contextmanager
def _immutable(place: Path) -> Iterator[None]:
    """Make the file immutable: the system then refuses to replace it (EPERM)."""
    made = subprocess.run(["chattr", "+i", str(place)], check=False, capture_output=True)
    if made.returncode:
        pytest.skip("this file system knows no immutable files")
    try:
        yield
    finally:
        subprocess.run(["chattr", "-i", str(place)], check=True)


@needs_root
@pytest.mark.parametrize("broken", [None, NO_TWINS], ids=["real", "broken"])
@pytest.mark.parametrize("holding", [_mounted, _immutable], ids=["EBUSY", "EPERM"])
def test_a_target_that_is_held_gets_a_twin_for_the_time_being(
    holding: Callable[[Path], AbstractContextManager[None]],
    broken: Broken | None,
    scene: Path,
    tmp_path: Path,
    measured: Measured,
) -> None:
    """The new version lies beside it as …_新 and `status` says so; let go of, it has its name again."""
    package = broken.package(tmp_path / "package") if broken else REPOSITORY
    root = copy_of(scene, tmp_path / "workspace")
    (board,) = (root / "outbox").rglob("上报情况_上游市.xlsx")
    twin = board.with_name("上报情况_上游市_新.xlsx")
    with Service(package) as service:
        with holding(board):
            old = board.read_bytes()
            ended = service.run(root, NOW)
            measured("what was published meanwhile", f"{len([*_receipts(root)])} receipts")
            assert board.read_bytes() == old
            assert twin.exists() is not bool(broken)
            assert len([*_receipts(root)]) == 6
            if broken:
                return
            assert ended.code == 0
            assert (
                "已发布在旁边：9901-上游市/上报情况_上游市_新.xlsx"
                in command(root, NOW, "status").stdout
            )
            new = twin.read_bytes()
            service.run(root, NOW)
            assert twin.read_bytes() == new
        service.run(root, NOW)
    assert board.read_bytes() == new
    assert not twin.exists()
    assert "已发布在旁边" not in command(root, NOW, "status").stdout


def _receipts(root: Path) -> Iterator[Path]:
    return (root / "outbox").rglob("回执_*")
