"""The systemd units in ``deploy/`` are what systemd takes, and what they start works."""

from __future__ import annotations

import os
import shlex
import shutil
import signal
import subprocess
import sys
import time
from configparser import ConfigParser
from pathlib import Path

import pytest

from sheetflow.mail.smtp import SmtpCarrier
from tests.programs import needs
from tests.tiny.desk import EAST, Desk

DEPLOY = Path(__file__).parents[2] / "deploy"
UNITS = sorted(path.name for path in DEPLOY.iterdir() if path.suffix in {".service", ".timer"})
PROGRAM = "/opt/sheetflow/bin/sheetflow"
needs_systemd = needs("systemd-analyze", called="systemd")


def unit(name: str) -> ConfigParser:
    """Read a unit; a setting given twice would be an error here."""
    parser = ConfigParser(interpolation=None)
    parser.optionxform = str  # type: ignore[assignment,method-assign]
    parser.read(DEPLOY / name, encoding="utf-8")
    return parser


@needs_systemd
@pytest.mark.parametrize("name", UNITS)
def test_systemd_takes_the_unit(name: str, tmp_path: Path) -> None:
    """`systemd-analyze verify` has nothing to say of it once the program is there."""
    program = tmp_path / "sheetflow"
    program.symlink_to(shutil.which("true") or sys.executable)
    for other in UNITS:
        text = (DEPLOY / other).read_text(encoding="utf-8").replace(PROGRAM, str(program))
        (tmp_path / other).write_text(text, encoding="utf-8")
    told = subprocess.run(
        ["systemd-analyze", "verify", str(tmp_path / name)],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "SYSTEMD_UNIT_PATH": f"{tmp_path}:"},
    )
    assert [line for line in told.stderr.splitlines() if "sheetflow" in line] == []
    assert told.returncode == 0


def test_the_service_is_shut_in() -> None:
    """It writes into its workspace alone, gains no rights, and cannot eat the machine."""
    service = unit("sheetflow.service")["Service"]
    assert service["ProtectSystem"] == "strict"
    assert service["ReadWritePaths"] == "/srv/sheetflow"
    assert service["NoNewPrivileges"] == service["PrivateTmp"] == service["ProtectHome"] == "yes"
    assert service["CapabilityBoundingSet"] == ""
    assert service["MemoryMax"]
    assert service["User"] == "sheetflow"
    assert service["KillMode"] == "mixed"
    slowest = SmtpCarrier("mail.example", 25).total
    assert int(service["TimeoutStopSec"]) > slowest + 30, "a mail in hand may be finished"


def command(name: str, root: Path) -> list[str]:
    """What the unit starts, with this program and that workspace put in."""
    words = shlex.split(unit(name)["Service"]["ExecStart"])
    assert words[0] == PROGRAM
    program = [sys.executable, "-m", "sheetflow"]
    return [*program, *(str(root) if word == "/srv/sheetflow/work" else word for word in words[1:])]


@pytest.mark.skipif(os.name != "posix", reason="systemd sends signals that Windows lacks")
def test_what_the_units_start_works(tmp_path: Path) -> None:
    """The service answers a workbook, is found well, and ends cleanly on SIGTERM."""
    desk = Desk.make(tmp_path / "work", scan_seconds="0.2")
    desk.issue()
    desk.drop(EAST, desk.fill(EAST))
    paths = os.pathsep.join(path for path in sys.path if path)
    environment = {**os.environ, "PYTHONPATH": paths}
    asked = command("sheetflow-health.service", desk.root)
    assert subprocess.run(asked, check=False, env=environment).returncode == 1
    service = subprocess.Popen(command("sheetflow.service", desk.root), env=environment)
    try:
        end = time.monotonic() + 60
        while not list(desk.workspace.outbox.rglob("回执*")) and time.monotonic() < end:
            time.sleep(0.1)
        assert desk.answer(EAST, "回执").is_file()
        assert subprocess.run(asked, check=False, env=environment).returncode == 0
    finally:
        service.send_signal(signal.SIGTERM)
        assert service.wait(60) == 0
    assert subprocess.run(asked, check=False, env=environment).returncode == 1


def test_every_program_named_is_installed_by_the_package() -> None:
    """The units start `sheetflow` and `systemctl`, nothing else."""
    started = {
        shlex.split(unit(name)["Service"]["ExecStart"])[0]
        for name in UNITS
        if unit(name).has_section("Service")
    }
    assert started == {PROGRAM, "/usr/bin/systemctl"}
