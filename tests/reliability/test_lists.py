"""Promise 14 for the list of units: one that cannot be used delays only itself."""

from __future__ import annotations

import sys
from contextlib import suppress
from pathlib import Path

import pytest

from sheetflow.config.units_workbook import write_units
from tests.context.test_units_in_force import far
from tests.reliability.broken import LIST_IN_OUR_OWN_PROCESS, Broken
from tests.reliability.command_line import command, is_ready, wait_until, watching
from tests.reliability.conftest import Measured
from tests.reliability.service_process import REPOSITORY
from tests.tiny.desk import EAST, FIRST, IN_TIME, TREE, WEST, Desk, tree_of

pytestmark = [
    pytest.mark.slow,
    pytest.mark.reliability,
    pytest.mark.timeout(600),
    pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc"),
]

_MOST_MIB = 300
_FAR = [(1_048_576, column) for column in range(1, 201)]


def _most_memory(pid: int) -> int:
    """The most memory that a process held so far, in MiB; 0 where it is gone."""
    with suppress(OSError, IndexError):
        text = Path(f"/proc/{pid}/status").read_text(encoding="ascii")
        return int(text.partition("VmHWM:")[2].split()[0]) // 1024
    return 0


@pytest.mark.parametrize("broken", [None, LIST_IN_OUR_OWN_PROCESS], ids=["real", "broken"])
def test_a_stray_cell_in_the_list_stops_nobody(
    broken: Broken | None, tmp_path: Path, measured: Measured
) -> None:
    """Saved while `watch` runs, it is named; files are answered; and a mended list is taken by itself."""
    package = broken.package(tmp_path / "package") if broken else REPOSITORY
    desk = Desk.make(tmp_path / "workspace", size="1")
    desk.issue()
    sound = desk.fill(EAST)
    spoiled = far(desk.workspace.units_file.read_bytes(), *_FAR)
    with watching(desk.root, IN_TIME, package=package) as service:
        wait_until(lambda: is_ready(desk.root), "the service is ready")
        desk.workspace.units_file.write_bytes(spoiled)
        desk.drop(EAST, sound)
        if broken:
            wait_until(
                lambda: service.poll() is not None or _most_memory(service.pid) > _MOST_MIB,
                "the service is gone, or far too large",
                seconds=120,
            )
            service.kill()
            return
        wait_until(lambda: any(desk.out(EAST, FIRST).glob("回执_*")), "the drop is answered")
        told = "units.xlsx 单元格 A1048576 有内容，离名单太远"
        assert told in command(desk.root, IN_TIME, "status").stdout
        assert told in command(desk.root, IN_TIME, "doctor").stdout
        fewer = tree_of([unit for unit in TREE if unit.unit_id != WEST])
        write_units(desk.workspace.units_file, fewer)
        wait_until(
            lambda: "没有采用" not in command(desk.root, IN_TIME, "status").stdout, "it is mended"
        )
        measured("most memory", _most_memory(service.pid))
        assert service.poll() is None
        assert _most_memory(service.pid) < _MOST_MIB


def test_every_command_says_it_in_a_sentence(tmp_path: Path) -> None:
    """Whatever is asked with such a list, it is answered, and nobody sees a crash."""
    desk = Desk.make(tmp_path / "workspace", size="1")
    sound = desk.workspace.units_file.read_bytes()
    desk.workspace.units_file.write_bytes(far(sound, (1_048_576, 16_384)))
    for words in (
        ("templates", "--period", FIRST),
        ("run",),
        ("status",),
        ("doctor",),
        ("remind", "--period", FIRST),
    ):
        said = command(desk.root, IN_TIME, *words)
        assert said.returncode in {0, 1}, words
        assert "XFD1048576" in said.stdout + said.stderr, words
        assert "Traceback" not in said.stdout + said.stderr, words
    given = tmp_path / "given.xlsx"
    given.write_bytes(far(sound, (1_048_576, 16_384)))
    said = command(desk.root, IN_TIME, "init", str(tmp_path / "other"), "--units", str(given))
    assert (said.returncode, "XFD1048576" in said.stderr) == (1, True)
