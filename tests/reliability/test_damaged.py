"""Promise 6: a half-written or damaged .xlsx is never merged."""

from __future__ import annotations

import io
import threading
import time
import zipfile
from collections import Counter
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest

from tests.reliability.broken import CRC_UNCHECKED, Broken
from tests.reliability.command_line import command, is_ready, wait_until, watching
from tests.reliability.conftest import Measured
from tests.reliability.service_process import REPOSITORY
from tests.tiny.desk import ALL, EAST, IN_TIME, NORTH, TREE, WEST, Desk, patrols, sound

pytestmark = [pytest.mark.slow, pytest.mark.reliability, pytest.mark.timeout(600)]

_POINTS = 60
_BLOCK = 512


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """A workspace with its workbooks handed out."""
    desk = Desk.make(tmp_path / "workspace")
    desk.issue()
    return desk


def _whole(desk: Desk, unit_id: str) -> bytes:
    rows = {**sound(), "patrols": patrols(*range(300, 500))}
    return desk.fill(unit_id, rows).read_bytes()


def _stored(data: bytes) -> bytes:
    """The same workbook, packed without compression: damage need not break the packing."""
    target = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(data)) as source,
        zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as packed,
    ):
        for name in source.namelist():
            packed.writestr(name, source.read(name))
    return target.getvalue()


def _damaged(data: bytes) -> Iterator[bytes]:
    """The file cut off, its tail never written, a block in its middle never written."""
    for number in range(1, _POINTS):
        point = len(data) * number // _POINTS
        yield data[:point]
        yield data[:point].ljust(len(data), b"\0")
        yield data[:point] + bytes(_BLOCK) + data[point + _BLOCK :]
    for missing in (1, 2, 4, 21, 22, 23):
        yield data[:-missing]
        yield data[:-missing] + bytes(missing)


def _altered(data: bytes) -> bytes:
    """One digit of one figure is another, and all else is as it was."""
    stored = _stored(data)
    assert stored.count(b"<v>333</v>") == 1
    return stored.replace(b"<v>333</v>", b"<v>933</v>")


@pytest.mark.parametrize("packing", ["deflated", "stored"])
def test_no_cut_or_holed_workbook_is_ever_accepted(
    packing: str, desk: Desk, measured: Measured
) -> None:
    """Cut or never fully copied at any of many points: refused, and the whole one accepted."""
    whole = _whole(desk, EAST) if packing == "deflated" else _stored(_whole(desk, EAST))
    pieces = [piece for piece in _damaged(whole) if piece != whole]
    units = [unit_id for unit_id in ALL if unit_id != EAST]
    for number, piece in enumerate(pieces):
        desk.drop(units[number % len(units)], piece, f"{number}.xlsx")
    desk.drop(EAST, whole)
    outcomes = desk.run().outcomes
    measured("damaged files", len(pieces))
    measured("outcomes", dict(outcomes))
    assert [entry.unit_id for entry in desk.submissions() if entry.outcome == "accepted"] == [EAST]
    # The same bytes may be cut off twice (a tail of zeros): answered once.
    assert outcomes["refused"] > len(pieces) * 0.9


@pytest.mark.parametrize("broken", [None, CRC_UNCHECKED], ids=["real", "broken"])
def test_a_figure_altered_on_its_way_is_noticed(
    broken: Broken | None, desk: Desk, tmp_path: Path, measured: Measured
) -> None:
    """A workbook of which one digit changed in copying is refused: its check sum tells."""
    desk.drop(WEST, _altered(_whole(desk, WEST)))
    package = broken.package(tmp_path / "package") if broken else REPOSITORY
    assert command(desk.root, IN_TIME, "run", package=package).returncode == 0
    (submission,) = desk.submissions(WEST)
    measured("outcome of the altered workbook", submission.outcome)
    assert (submission.outcome != "refused") is bool(broken)


def test_a_workbook_that_is_still_being_copied_is_waited_for(
    desk: Desk, measured: Measured
) -> None:
    """A slow copy over the network is taken when it is whole; one that stalled is sent back."""
    slow, stalled = _whole(desk, EAST), _whole(desk, NORTH)

    def refused() -> bool:
        return any(desk.out(NORTH).rglob("拒收_*"))

    with watching(desk.root, IN_TIME, SHEETFLOW_INTAKE__QUIET_SECONDS="2"):
        wait_until(partial(is_ready, desk.root), "the service is ready")
        copying = threading.Thread(target=_copy, args=(desk, EAST, slow))
        copying.start()
        _copy(desk, NORTH, stalled, lambda: wait_until(refused, "half a file is refused"))
        desk.drop(NORTH, stalled, "再报.xlsx")
        for folder in (desk.out(EAST), desk.out(NORTH)):
            wait_until(partial(_has_receipt, folder), "accepted when whole")
        copying.join()
    outcomes = Counter((entry.unit_id, entry.outcome) for entry in desk.submissions())
    measured("outcomes", dict(outcomes))
    assert outcomes == {(EAST, "accepted"): 1, (NORTH, "refused"): 1, (NORTH, "accepted"): 1}


def _has_receipt(folder: Path) -> bool:
    return any(folder.rglob("回执_*"))


def _copy(
    desk: Desk, unit_id: str, data: bytes, stall: Callable[[], object] = lambda: None
) -> None:
    """Write in ten steps, shorter apart than the quiet period, and `stall` before the last."""
    step = len(data) // 10 + 1
    with (desk.workspace.inbox_of(TREE[unit_id]) / "慢.xlsx").open("wb", buffering=0) as target:
        for start in range(0, len(data), step):
            if start == 9 * step:
                stall()
            target.write(data[start : start + step])
            time.sleep(0.25)
