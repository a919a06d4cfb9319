"""A workspace that somebody has damaged: each command says what is wrong, never a traceback."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.tiny.desk import AT, EAST, Desk

Cli = Callable[..., Any]


def _file_instead(folder: Path) -> None:
    shutil.rmtree(folder)
    folder.write_text("x", encoding="utf-8")


def _damage(desk: Desk, what: str) -> None:
    places = desk.workspace
    match what:
        case "no units":
            places.units_file.unlink()
        case "units are rubbish":
            places.units_file.write_bytes(b"rubbish")
        case "units are a folder":
            places.units_file.unlink()
            places.units_file.mkdir()
        case "database is rubbish":
            places.database.write_bytes(b"rubbish " * 1000)
        case "state is a file":
            _file_instead(places.state)
        case "inbox is a file":
            _file_instead(places.inbox)
        case "outbox is a file":
            _file_instead(places.outbox)
        case "settings are a folder":
            places.settings_file.unlink()
            places.settings_file.mkdir()
        case "settings are no text":
            places.settings_file.write_bytes(b"\xff\xfe\x00\x01")


@pytest.mark.parametrize(
    "what",
    [
        "no units",
        "units are rubbish",
        "units are a folder",
        "database is rubbish",
        "state is a file",
        "inbox is a file",
        "outbox is a file",
        "settings are a folder",
        "settings are no text",
    ],
)
def test_damage_is_told_in_a_sentence(cli: Cli, desk: Desk, what: str) -> None:
    """Whatever is broken in the workspace, run ends with 1 and says which file or folder it is."""
    _damage(desk, what)
    said = cli("-C", desk.root, "run")
    assert said.code == 1
    told = said.err + said.out
    assert "Traceback" not in told
    assert sum("一" <= char <= "鿿" for char in told) > 8
    assert any(name in told for name in ("units.xlsx", "sheetflow", "state", "inbox", "outbox"))


def test_missing_folders_come_back(cli: Cli, desk: Desk) -> None:
    """A unit's folder that somebody deleted is made again, and the service goes on."""
    shutil.rmtree(desk.workspace.inbox)
    shutil.rmtree(desk.workspace.outbox)
    assert cli("-C", desk.root, "run").code == 0
    desk.issue()
    desk.drop(EAST, desk.fill(EAST))
    assert cli("-C", desk.root, *AT, "run").code == 0
