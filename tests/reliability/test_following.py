"""Promises 12 and 13: one unit's outbox is its own trouble, and edits of units.xlsx reach every file."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from sheetflow.config.units_workbook import write_units
from tests.programs import needs_strace
from tests.reliability.broken import (
    FOLLOWS_FOLDERS,
    FORGETS_THE_LIST,
    OLD_NAMES_STAY,
    Broken,
)
from tests.reliability.conftest import Measured
from tests.reliability.scene import NOW, copy_of, take_picture
from tests.reliability.service_process import REPOSITORY, Service, Trace
from tests.tiny.desk import CITY, EAST, FIRST, TREE, WEST, tree_of

pytestmark = [pytest.mark.slow, pytest.mark.reliability, pytest.mark.timeout(900)]

_POINTS = 15
_NAMES = {EAST: "新东县", CITY: "新上市"}


def rename(root: Path) -> None:
    """Give a county and its city other names, as somebody does in Excel."""
    units = [replace(unit, name=_NAMES.get(unit.unit_id, unit.name)) for unit in TREE]
    write_units(root / "units.xlsx", tree_of(units))


@pytest.mark.parametrize("broken", [None, FORGETS_THE_LIST, OLD_NAMES_STAY])
def test_a_new_name_is_on_every_file_and_no_old_one_stays(
    broken: Broken | None, published: Path, tmp_path: Path, measured: Measured
) -> None:
    """After one pass every file under an old name is there once, under the new one."""
    package = broken.package(tmp_path / "package") if broken else REPOSITORY
    root = copy_of(published, tmp_path / "work")
    rename(root)
    with Service(package) as service:
        assert service.run(root, NOW).code == 0
    files = [path.name for path in (root / "outbox").rglob("*") if path.is_file()]
    old = [name for name in files if "东岸县" in name or "上游市" in name]
    measured("files under an old name", len(old))
    assert bool(old) is bool(broken)


@needs_strace
def test_killed_while_it_follows_the_list_it_ends_the_same(
    published: Path, quick_disk: Path, measured: Measured
) -> None:
    """Killed at any rename or removal of the pass that follows, the next one leaves what an undisturbed one does."""
    root = quick_disk / "followed" / "work"
    root.parent.mkdir(exist_ok=True)
    trace = root.parent / "trace.txt"
    with Service() as service:
        copy_of(published, root)
        rename(root)
        assert service.run(root, NOW, trace=Trace(("-e", "trace=rename,unlink"), trace)).code == 0
        undisturbed = take_picture(root)
        calls = [line.partition("(")[0] for line in trace.read_text("utf-8").splitlines()]
        points = [
            (call, calls[: number + 1].count(call))
            for number, call in enumerate(calls)
            if call in {"rename", "unlink"}
        ]
        chosen = points[:: max(1, len(points) // _POINTS)]
        wrong = []
        for call, number in chosen:
            copy_of(published, root)
            rename(root)
            assert service.run(root, NOW, trace=Trace.kill(call, number)).was_killed
            assert service.run(root, NOW).code == 0
            picture = take_picture(root)
            wrong += [(call, number, *undisturbed.differences(picture)[:2])] * (
                picture.outbox != undisturbed.outbox
            )
    measured("killed", f"{len(chosen)} points, wrong {len(wrong)}")
    assert wrong == []


@pytest.mark.parametrize(
    ("thing", "broken"), [("link", None), ("file", None), ("link", FOLLOWS_FOLDERS)]
)
def test_one_units_outbox_stops_nobody(
    thing: str, broken: Broken | None, scene: Path, tmp_path: Path
) -> None:
    """Others are answered and nothing is written through a link; once the way is free the answer is there."""
    package = broken.package(tmp_path / "package") if broken else REPOSITORY
    root, elsewhere = copy_of(scene, tmp_path / "work"), tmp_path / "elsewhere"
    elsewhere.mkdir()
    folder = root / "outbox" / "990101-东岸县" / FIRST
    shutil.rmtree(folder)
    if thing == "link":
        folder.symlink_to(elsewhere)
    else:
        folder.write_bytes(b"in the way")
    with Service(package) as service:
        ended = service.run(root, NOW)
        assert any(elsewhere.iterdir()) is bool(broken)
        if broken:
            return
        assert ended.code == 0
        assert list((root / "outbox" / f"{WEST}-西岸县" / FIRST).glob("*_第1号.xlsx"))
        folder.unlink()
        assert service.run(root, NOW).code == 0
    assert len(list(folder.glob("回执_*"))) == 2
