"""Promise 2: a dropped file is durable before it leaves the inbox."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.programs import needs_strace
from tests.reliability.broken import (
    BLOB_UNSYNCED,
    DATABASE_UNSYNCED,
    FOLDER_UNSYNCED,
    JOURNAL_AFTER_UNLINK,
    UNLINK_BEFORE_COMMIT,
    Broken,
)
from tests.reliability.conftest import Measured
from tests.reliability.scene import NOW, copy_of
from tests.reliability.service_process import REPOSITORY, Service, Trace

pytestmark = [pytest.mark.slow, pytest.mark.reliability, needs_strace]

_CALLS = "fsync,fdatasync,rename,unlink,unlinkat"
_STEPS = (
    ("blob synced", re.compile(r"f(?:data)?sync\(\d+<[^>]*/archive/../\.[0-9a-f.]+tmp>\) += 0")),
    (
        "blob in place",
        re.compile(r'rename\("[^"]*\.tmp", "[^"]*/archive/(..)/[0-9a-f]{64}"\) += 0'),
    ),
    ("folder synced", re.compile(r"f(?:data)?sync\(\d+<[^>]*/archive/([0-9a-f]{2})>\) += 0")),
    ("journal synced", re.compile(r"f(?:data)?sync\(\d+<[^>]*/state/journal>\) += 0")),
    ("database synced", re.compile(r"f(?:data)?sync\(\d+<[^>]*/sheetflow\.db>\) += 0")),
    ("committed", re.compile(r'unlink\("[^"]*/sheetflow\.db-journal"\) += 0')),
    ("commit synced", re.compile(r"f(?:data)?sync\(\d+<[^>]*/state>\) += 0")),
    ("removed", re.compile(r"unlinkat\(\d+<[^>]*/inbox/[^>]*>.*\) += 0")),
)
_COMMIT = ("journal synced", "database synced", "committed", "commit synced")


Step = tuple[str, str]
"""What is done, and to which folder of the archive where it is one's."""


def _steps(trace: str) -> Iterator[Step]:
    for line in trace.splitlines():
        for name, pattern in _STEPS:
            if found := pattern.match(line):
                yield name, "".join(found.groups())


def _first_missing(trace: str) -> list[str]:
    """For each file that left the inbox, tell the first step not done before, in order.

    Several files may share a commit: then it stands behind the archiving of all of them.
    """
    missing: list[str] = []
    seen: list[Step] = []
    removed = 0
    for step in _steps(trace):
        if step[0] != "removed":
            if removed:
                seen.clear()
            removed = 0
            seen.append(step)
            continue
        removed += 1
        lacking = _lacking(seen)
        # Each file syncs its folder of the archive, new bytes or not.
        synced = sum(name == "folder synced" for name, _ in seen)
        missing.append(lacking or ("folder synced" if synced < removed else ""))
    return missing


def _lacking(seen: list[Step]) -> str:
    """Tell the first step that is missing behind or before another; nothing where all is well."""
    synced = 0
    for number, (step, folder) in enumerate(seen):
        synced += step == "blob synced"
        if step == "blob in place":
            synced -= 1
            if synced < 0:
                return "blob synced"
            if ("folder synced", folder) not in seen[number:]:
                return "folder synced"
    archiving = [number for number, (step, _) in enumerate(seen) if step not in _COMMIT]
    rest = iter([step for step, _ in seen[max(archiving, default=-1) + 1 :]])
    return next((step for step in _COMMIT if step not in rest), "")


def _trace(package: Path, scene: Path, folder: Path) -> str:
    file = folder / "trace.txt"
    root = copy_of(scene, folder / "workspace")
    with Service(package) as service:
        trace = Trace(("-y", "-s", "300", "-e", f"trace={_CALLS}"), file)
        ended = service.run(root, NOW, trace=trace)
    assert ended.code == 0, ended.log
    return file.read_text(encoding="utf-8")


def test_every_file_is_safe_on_disk_before_it_leaves_the_inbox(
    scene: Path, tmp_path: Path, measured: Measured
) -> None:
    """Blob synced, renamed, folder synced, journal synced, database committed and synced: only then removed."""
    missing = _first_missing(_trace(REPOSITORY, scene, tmp_path))
    measured("files removed in order", len(missing))
    assert missing == [""] * 9


@pytest.mark.parametrize(
    ("broken", "step"),
    [
        (UNLINK_BEFORE_COMMIT, "journal synced"),
        (JOURNAL_AFTER_UNLINK, "journal synced"),
        (BLOB_UNSYNCED, "blob synced"),
        (FOLDER_UNSYNCED, "folder synced"),
        (DATABASE_UNSYNCED, "database synced"),
    ],
    ids=lambda value: getattr(value, "name", None),
)
def test_the_trace_shows_a_step_left_out(
    broken: Broken, step: str, scene: Path, tmp_path: Path, measured: Measured
) -> None:
    """The trace above is able to fail: a version that leaves out a step is seen to."""
    missing = _first_missing(_trace(broken.package(tmp_path / "package"), scene, tmp_path))
    measured(broken.wrong, missing[0])
    assert missing[0] == step
