"""What stands in the way of one unit's folder is that unit's trouble: shown, and nobody else's."""

from __future__ import annotations

import os
import shutil
import socket
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from sheetflow.context import open_context
from sheetflow.intake.sighting import FOLDER
from sheetflow.service.one_pass import run_pass
from sheetflow.service.status import standing
from sheetflow.service.take import Intake, open_intake, take_all
from tests.programs import needs_root
from tests.tiny.desk import AT, EAST, IN_TIME, NEXT_DAY, TREE, WEST, Desk

pytestmark = pytest.mark.slow

Cli = Callable[..., Any]
Way = Callable[[Path], None]


def _gone(place: Path) -> None:
    shutil.rmtree(place)


def _file(place: Path) -> None:
    _gone(place)
    place.write_bytes(b"in the way")


def _dangling(place: Path) -> None:
    _gone(place)
    place.symlink_to(place.parent / "nowhere")


def _link(place: Path) -> None:
    elsewhere = place.parent.parent.parent / "elsewhere"
    place.rename(elsewhere)
    place.symlink_to(elsewhere)


def _fifo(place: Path) -> None:
    _gone(place)
    os.mkfifo(place)


def _socket(place: Path) -> None:
    _gone(place)
    here = os.getcwd()  # noqa: PTH109 - a socket's path may be no longer than 108 bytes
    os.chdir(place.parent)
    try:
        with socket.socket(socket.AF_UNIX) as listener:
            listener.bind(place.name)
    finally:
        os.chdir(here)


WAYS = [_file, _dangling, _link, _fifo, _socket]


@pytest.fixture(params=WAYS, ids=lambda way: way.__name__)
def way(request: pytest.FixtureRequest) -> Way:
    """Something that may stand in the place of a folder."""
    found: Way = request.param
    return found


def _told(desk: Desk, unit_id: str) -> list[str]:
    """What `status` shows of a unit's trouble."""
    found = desk.ask(standing)
    return [entry.message for entry in found.waiting if entry.unit_id == unit_id]


def test_a_folder_in_trouble_stops_no_other_unit(cli: Cli, desk: Desk, way: Way) -> None:
    """Whatever stands where a unit's folder was, the others are served; three places show it, and mend."""
    place = desk.workspace.inbox_of(TREE[EAST])
    way(place)
    desk.drop(WEST, desk.fill(WEST))
    said = cli("-C", desk.root, *AT, "run")
    assert said.code == 0, said.out + said.err
    assert f"注意：{EAST} 东岸县 报送文件夹的位置上是别的东西" in said.out
    assert desk.states()[WEST] == "accepted"
    (told,) = _told(desk, EAST)
    assert told.startswith(f"{EAST} 东岸县 报送文件夹的位置上")
    assert f"{EAST} 东岸县 报送文件夹的位置上" in cli("-C", desk.root, "doctor").out
    place.unlink()
    assert "报送文件夹的位置上" not in cli("-C", desk.root, "run").out
    desk.drop(EAST, desk.fill(EAST))
    assert desk.run(NEXT_DAY).outcomes == {"accepted": 1}
    assert _told(desk, EAST) == []


def test_something_in_the_place_of_precheck_leaves_ordinary_drops(
    cli: Cli, desk: Desk, way: Way
) -> None:
    """Whatever stands where 预审 was, it is shown and not taken, and the unit's own drops count."""
    place = desk.workspace.precheck_of(TREE[EAST])
    way(place)
    for unit_id in (EAST, WEST):
        desk.drop(unit_id, desk.fill(unit_id))
    said = cli("-C", desk.root, *AT, "run")
    assert said.code == 0, said.out + said.err
    assert f"注意：{EAST} 东岸县 报送文件夹里的“预审”不是文件夹" in said.out
    assert (desk.states()[EAST], desk.states()[WEST]) == ("accepted", "accepted")
    assert os.path.lexists(place)
    (told,) = _told(desk, EAST)
    assert "预审" in told
    place.unlink()
    assert desk.run(NEXT_DAY).notices == ()
    assert place.is_dir()


@needs_root
def test_a_folder_without_rights_is_named_and_served_later(open_desk: Desk) -> None:
    """A service that may not look into one folder says so by unit, and takes its files afterwards."""
    desk = open_desk
    place = desk.workspace.inbox_of(TREE[EAST])
    place.chmod(0o000)

    intake = _take_as_nobody(desk)
    (trouble,) = intake.hindered
    assert (trouble.unit_id, trouble.is_ours, intake.taken) == (EAST, False, 1)
    assert "没有权限" in trouble.sentence
    assert intake.troubles == []
    place.chmod(0o777)
    intake = _take_as_nobody(desk)
    assert (intake.hindered, intake.taken) == ([], 1)


def _take_as_nobody(desk: Desk) -> Intake:
    """Take what lies there as an account without rights of its own; its children could not start."""
    with open_context(desk.root, IN_TIME) as context:
        intake = open_intake(context)
        os.seteuid(65_534)
        try:
            take_all(context, intake)
        finally:
            os.seteuid(0)
        return intake


@pytest.fixture
def open_desk() -> Iterator[Desk]:
    """A workspace that an account without rights can come to, with a file from each of two units."""
    # Not below pytest's own folder, which other runs close to everybody else.
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        desk = Desk.make(Path(folder) / "workspace")
        desk.issue()
        for unit_id in (EAST, WEST):
            desk.drop(unit_id, desk.fill(unit_id))
        for path in (desk.root, *desk.root.rglob("*")):
            os.chown(path, 65_534, 65_534)
        yield desk


@needs_root
@pytest.mark.parametrize("way", [_gone, *WAYS], ids=lambda way: way.__name__)
def test_a_folder_that_is_away_is_no_removed_file(open_desk: Desk, way: Way) -> None:
    """A received file whose folder is away still waits to be removed: back again, it is no new drop."""
    desk, place = open_desk, open_desk.workspace.inbox_of(TREE[EAST])
    for folder in (place.parent, place):
        os.chown(folder, 0, 0)  # so that nothing is removed from it, nor made in it
    intake = _take_as_nobody(desk)
    assert ["移不走" in trouble.sentence for trouble in intake.hindered] == [True]
    assert not any(trouble.is_ours for trouble in intake.hindered)
    aside = place.rename(desk.root / "aside")
    place.mkdir()
    way(place)
    _take_as_nobody(desk)
    if os.path.lexists(place):
        place.unlink()
    aside.rename(place)
    os.chown(place, 65_534, 65_534)
    _take_as_nobody(desk)
    assert desk.inbox_files() == []
    assert len(desk.ask(lambda context: context.store.arrivals.find_all())) == len((EAST, WEST))
    assert desk.ask(lambda context: context.store.arrivals.find_pending(FOLDER)) == ()


def test_one_refused_file_makes_no_pass_fail(desk: Desk) -> None:
    """The pass that met a unit's trouble gives it as a notice with the unit's name."""
    desk.workspace.inbox_of(TREE[EAST]).joinpath("进去").mkdir()
    with_fifo = desk.workspace.inbox_of(TREE[WEST])
    os.mkfifo(with_fifo / "管.xlsx")
    report = desk.ask(run_pass, IN_TIME)
    assert not report.is_failed
    assert {notice[: len(EAST)] for notice in report.notices} == {EAST, WEST}
