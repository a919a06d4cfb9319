"""Killed at any moment, a 审核单 is decided exactly once, whole, and answered once."""

from __future__ import annotations

import os
from functools import partial
from pathlib import Path

import pytest

from tests.programs import needs_strace
from tests.reliability.conftest import Measured
from tests.reliability.scene import NOW, copy_of
from tests.reliability.service_process import REPOSITORY
from tests.reliability.test_kills import sweep
from tests.tiny.desk import CITY, EAST, IN_TIME, NORTH, OTHER_CITY, SOUTH, WEST, Desk
from tests.tiny.officer import Officer

pytestmark = [
    pytest.mark.slow,
    pytest.mark.reliability,
    pytest.mark.alone,
    needs_strace,
    pytest.mark.timeout(1200),
]

_FILE_TIME = 1_330_000_000


def test_a_review_sheet_is_decided_once_wherever_the_service_is_killed(
    tmp_path: Path, quick_disk: Path, measured: Measured, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two cities let pass, return and ask, with a scan and a county's newer workbook: the end is undisturbed."""
    monkeypatch.delenv("SHEETFLOW_REVIEW__POLICY")
    desk = Desk.make(tmp_path / "scene", sender='"sheetflow@mail.example"')
    desk.issue()
    for unit_id in (EAST, WEST, SOUTH, NORTH):
        desk.drop(unit_id, desk.fill(unit_id))
    desk.run(IN_TIME)
    city, other = Officer(desk, CITY), Officer(desk, OTHER_CITY)
    drops = [
        city.signs().says(EAST, "同意").says(WEST, "退回", "里程请核对").drops(),
        other.says(NORTH, "请核实", "第一段是哪一天？").says(SOUTH, "办结").drops(),
        desk.drop(CITY, b"%PDF-1.4 scanned", f"签批_{EAST}-2012Q1-1-验1.pdf"),
        desk.drop(SOUTH, desk.fill(SOUTH, name="又改.xlsx"), "又改.xlsx"),
    ]
    for number, path in enumerate(drops):
        os.utime(path, (_FILE_TIME + number, _FILE_TIME + number))
    found = sweep(REPOSITORY, partial(copy_of, desk.root), quick_disk, 16, frozenset(), NOW)
    measured("killed", found.killed)
    assert not found.wrong, dict(list(found.wrong.items())[:3])
    assert found.killed >= 12
