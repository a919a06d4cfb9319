"""What is ours alone stays so: whatever the umask, whoever made the folder, after a restore."""

from __future__ import annotations

import os
import shutil
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from sheetflow.cli.screen import logging_to
from sheetflow.context import open_context
from sheetflow.service.back_up import back_up
from sheetflow.service.one_pass import run_pass
from sheetflow.upkeep.restore import restore
from tests.tiny.desk import EAST, IN_TIME, NEXT_DAY, Desk, sound

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(os.name != "posix", reason="rights are told by mode bits"),
]


@pytest.fixture(autouse=True, params=[0, 0o022, 0o077], ids=oct)
def umask(request: pytest.FixtureRequest) -> Iterator[None]:
    """The umask that the service was started with."""
    before = os.umask(request.param)
    yield
    os.umask(before)


def _open_to_others(desk: Desk) -> list[str]:
    state = desk.workspace.state
    return [
        str(path.relative_to(desk.root))
        for path in (state, *state.rglob("*"))
        if stat.S_IMODE(path.stat().st_mode) & 0o077
    ]


def _serve(desk: Desk) -> tuple[str, ...]:
    with open_context(desk.root, IN_TIME) as context, logging_to(context.workspace.log):
        return run_pass(context).mended


def test_everything_made_in_state_is_private(desk: Desk) -> None:
    """Somebody deleted the empty state folder: all that comes of the next files is ours alone."""
    shutil.rmtree(desk.workspace.state)
    desk.drop(EAST, desk.fill(EAST, sound(*range(100, 180))))
    desk.drop(EAST, desk.fill(EAST), folder="预审")
    (told,) = _serve(desk)
    assert "stamp.key" in told  # the key went with it
    names = {path.name for path in desk.workspace.state.iterdir()}
    assert names >= {
        "sheetflow.db",
        "sheetflow.log",
        "stamp.key",
        "archive",
        "mail",
        "pieces",
        "lock",
    }
    assert desk.mails(EAST)
    assert _open_to_others(desk) == []


def test_an_opened_state_is_closed_and_that_is_said_once(desk: Desk) -> None:
    """Whoever opens the state folder finds it closed after the next pass, with all in it."""
    desk.drop(EAST, desk.fill(EAST))
    _serve(desk)
    for path in (desk.workspace.state, *desk.workspace.state.rglob("*")):
        path.chmod(0o755 if path.is_dir() else 0o644)
    (told,) = _serve(desk)
    assert "已经关好" in told
    assert _open_to_others(desk) == []
    assert _serve(desk) == ()


def test_a_restored_state_is_private(desk: Desk, tmp_path: Path) -> None:
    """After a restore into a new folder everything is private, and stays so with the next pass."""
    desk.drop(EAST, desk.fill(EAST))
    _serve(desk)
    desk.ask(lambda context: back_up(context, tmp_path / "b.zip"), NEXT_DAY)
    restore(tmp_path / "new", tmp_path / "b.zip")
    again = Desk(tmp_path / "new")
    _serve(again)
    assert _open_to_others(again) == []


def test_what_units_fetch_is_not_closed(desk: Desk) -> None:
    """Only the state folder is ours alone: what is published follows the umask as ever."""
    desk.drop(EAST, desk.fill(EAST))
    _serve(desk)
    mask = os.umask(0)
    os.umask(mask)
    assert stat.S_IMODE(desk.answer(EAST, "回执").stat().st_mode) == 0o666 & ~mask
