"""Promise 13: one unit's trouble is its own, whatever stands where its folders were."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.reliability.broken import ONE_FOLDER_STOPS_ALL, Broken
from tests.reliability.command_line import command, wait_until, watching
from tests.reliability.conftest import Measured
from tests.reliability.service_process import REPOSITORY
from tests.tiny.desk import EAST, FIRST, IN_TIME, TREE, WEST, Desk

pytestmark = [pytest.mark.slow, pytest.mark.reliability, pytest.mark.timeout(600)]


def _file(place: Path) -> None:
    place.write_bytes(b"in the way")


def _link(place: Path) -> None:
    place.symlink_to(place.parent / "nowhere")


KINDS: dict[str, Callable[[Path], None]] = {"file": _file, "link": _link, "pipe": os.mkfifo}
PLACES = ("folder", "precheck", "answers")


def _place(desk: Desk, name: str) -> Path:
    space, unit = desk.workspace, TREE[EAST]
    places = {
        "folder": space.inbox_of(unit),
        "precheck": space.precheck_of(unit),
        "answers": space.outbox_of(unit),
    }
    return places[name]


@pytest.mark.parametrize("broken", [None, ONE_FOLDER_STOPS_ALL], ids=["real", "broken"])
def test_what_stands_in_one_units_place_stops_no_other(
    broken: Broken | None, tmp_path: Path, measured: Measured
) -> None:
    """With anything in the place of one unit's folders, the other one is answered by `run` and `watch`."""
    package = broken.package(tmp_path / "package") if broken else REPOSITORY
    unserved: list[str] = []
    for kind, put in KINDS.items():
        for name in PLACES:
            desk = Desk.make(tmp_path / kind / name / "workspace", size="1")
            desk.issue()
            place = _place(desk, name)
            shutil.rmtree(place)
            put(place)
            desk.drop(WEST, desk.fill(WEST))
            command(desk.root, IN_TIME, "run", package=package)
            if [entry.outcome for entry in desk.submissions(WEST)] != ["accepted"]:
                unserved.append(f"{kind} {name}")
    measured("unserved", unserved)
    assert bool(unserved) is bool(broken)


def test_watch_makes_a_folder_again_once_the_way_is_free(tmp_path: Path) -> None:
    """What stands in the way goes, the folder comes back by itself, and the next drop is served."""
    desk = Desk.make(tmp_path / "workspace", size="1")
    desk.issue()
    sound = desk.fill(EAST)
    place = desk.workspace.inbox_of(TREE[EAST])
    shutil.rmtree(place)
    _file(place)
    with watching(desk.root, IN_TIME):
        wait_until(lambda: "东岸县" in command(desk.root, IN_TIME, "status").stdout, "it is shown")
        place.unlink()
        wait_until(place.is_dir, "the folder is there again")
        desk.drop(EAST, sound)
        wait_until(lambda: any(desk.out(EAST, FIRST).glob("回执_*")), "the drop is answered")
