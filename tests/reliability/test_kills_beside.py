"""Killed at any moment, a drop with files beside its workbook is answered exactly once, and nothing is lost."""

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
from tests.tiny.attached_desk import AttachedDesk, paper, pdf
from tests.tiny.desk import IN_TIME, WEST

pytestmark = [
    pytest.mark.slow,
    pytest.mark.reliability,
    pytest.mark.alone,
    needs_strace,
    pytest.mark.timeout(1200),
]

_FILE_TIME = 1_330_000_000


def test_a_drop_with_files_is_answered_once_wherever_the_service_is_killed(
    tmp_path: Path, quick_disk: Path, measured: Measured
) -> None:
    """New papers with their list, and a paper that comes after a return: the end is that of a run undisturbed."""
    desk = AttachedDesk.begun(tmp_path / "scene", sender='"sheetflow@mail.example"')
    desk.hand_in("西段.pdf", unit_id=WEST)
    desk.run(IN_TIME)
    drops = [
        desk.hand_in("一段.docx", "二段.pdf", "三段.pdf"),
        desk.attach("一段.docx", paper("一段")),
        desk.attach("二段.pdf", pdf("二段"), into=""),
        desk.attach("没人提到.pdf", pdf("没人提到")),
        desk.attach("西段.pdf", pdf("西段"), unit_id=WEST),
    ]
    for number, path in enumerate(drops):
        os.utime(path, (_FILE_TIME + number, _FILE_TIME + number))
    lay = partial(copy_of, desk.root)
    found = sweep(REPOSITORY, lay, quick_disk, 12, frozenset({"unlinkat"}), NOW)
    measured("killed", found.killed)
    assert not found.wrong, dict(list(found.wrong.items())[:3])
    assert found.killed >= 12
