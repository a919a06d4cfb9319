"""What people see on a real terminal of 80 columns."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from rich.cells import cell_len

from tests.tiny.desk import AT, EAST, FIRST, NEXT_DAY, NORTH, WEST, Desk, patrols, sound

if sys.platform == "win32":
    pytest.skip("Windows has no pseudo-terminals here", allow_module_level=True)

import pty
import re

pytestmark = pytest.mark.slow

_CONTROL = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")


def _read(terminal: int) -> bytes:
    try:
        return os.read(terminal, 65_536)
    except OSError:  # how Linux says that the other side is gone
        return b""


def _seen(desk: Desk, *words: str) -> list[str]:
    """Run a command on a terminal of 80 columns; give the lines that stand there at the end."""
    environment = {
        **os.environ,
        "PYTHONPATH": str(Path(__file__).parents[2]),
        "COLUMNS": "80",
        "LINES": "50",
        "TERM": "xterm-256color",
    }
    arguments = [sys.executable, "-m", "sheetflow", "-C", str(desk.root), *words]
    terminal, theirs = pty.openpty()
    with subprocess.Popen(
        arguments, env=environment, stdin=theirs, stdout=theirs, stderr=theirs, close_fds=True
    ):
        os.close(theirs)
        chunks = list(iter(lambda: _read(terminal), b""))
    os.close(terminal)
    text = _CONTROL.sub("", b"".join(chunks).decode("utf-8"))
    return [line.rsplit("\r", 1)[-1] for line in text.replace("\r\n", "\n").split("\n")]


def test_tables_fit_and_lose_nothing(tmp_path: Path) -> None:
    """No line is wider than the terminal, and receipt numbers and brackets stand in full."""
    desk = Desk.make(tmp_path / "work")
    desk.issue()
    odd = {**sound(), "patrols": [{**patrols(1)[0], "metres": "[red]约5[/red]\\"}]}
    file = desk.fill(NORTH, odd)
    desk.drop(NORTH, file)
    desk.drop(WEST, desk.fill(EAST))
    checked = _seen(desk, *AT, "check", str(file))
    _seen(desk, *AT, "run")
    status = _seen(desk, "status")
    assert max(map(cell_len, (*checked, *status))) <= 80
    assert f"990202-{FIRST}-1" in "\n".join(status)
    assert "待确认" in "\n".join(status)
    cells = [re.split("[│┃]", line) for line in checked if line.startswith(("│", "┃"))]
    columns = ["".join(map(str.strip, column)) for column in zip(*cells, strict=True)]
    assert any("[red]约5[/red]\\" in column for column in columns)


def test_a_receipt_and_a_word_are_never_broken(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However much is to be said of a unit, its receipt stands in one line, and no line begins with a comma."""
    monkeypatch.setenv("SHEETFLOW_REVIEW__POLICY", "by_deadline")
    desk = Desk.make(tmp_path / "work")
    desk.issue()
    for metres in (500, 600):
        desk.drop(WEST, desk.fill(WEST, sound(metres)))
        desk.run(NEXT_DAY)
    desk.drop(WEST, desk.fill(EAST))
    desk.run(NEXT_DAY)
    status = _seen(desk, "status")
    (line,) = [each for each in status if "西岸县" in each and "已接收" in each]
    assert f"990102-{FIRST}-2" in line
    assert not [each for each in status if each.strip().startswith(("，", "、", "）"))]
    assert max(map(cell_len, status)) <= 80
