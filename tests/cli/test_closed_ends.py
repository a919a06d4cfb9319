"""The terminal's other end may be closed, or full: the commands go on, the log has all."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.reliability.command_line import environment, wait_until
from tests.reliability.service_process import REPOSITORY
from tests.tiny.desk import AT, EAST, Desk

pytestmark = pytest.mark.slow

POSIX = pytest.mark.skipif(os.name != "posix", reason="closes descriptors as a shell does")


def _program(desk: Desk, *words: str) -> list[str]:
    at = AT
    return [sys.executable, "-P", "-m", "sheetflow", "-C", str(desk.root), *at, *words]


@POSIX
def test_watch_outlives_whoever_listened(desk: Desk) -> None:
    """`watch | head -1`: head is gone after one line, what is dropped later is served and logged."""
    with subprocess.Popen(
        _program(desk, "watch"),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=environment(REPOSITORY, {"SHEETFLOW_INTAKE__SCAN_SECONDS": "0.3"}),
    ) as service:
        assert service.stdout
        assert service.stderr
        assert "正在值守" in service.stdout.readline().decode()
        service.stdout.close()
        desk.drop(EAST, desk.fill(EAST))
        wait_until(lambda: "accepted" in desk.workspace.log.read_text("utf-8"), "an answer")
        desk.drop(EAST, b"nothing", "又一份.xlsx")
        wait_until(lambda: "refused" in desk.workspace.log.read_text("utf-8"), "another")
        service.terminate()
        said = service.stderr.read().decode()
        assert (service.wait(60), said) == (0, "")


@POSIX
@pytest.mark.parametrize("ends", [(1,), (2,), (0, 1, 2)], ids=str)
def test_a_command_without_its_ends_does_its_work(desk: Desk, ends: tuple[int, ...]) -> None:
    """Started with closed streams, `run` works, and no database takes the place of one."""
    desk.drop(EAST, desk.fill(EAST))
    closed = " ".join(f"{end}>&-" if end else "<&-" for end in ends)
    done = subprocess.run(
        ["/bin/sh", "-c", f'exec "$@" {closed}', "sh", *_program(desk, "run")],
        check=False,
        capture_output=True,
        env=environment(REPOSITORY, {}),
        timeout=120,
    )
    assert (done.returncode, done.stderr) == (0, b"")
    assert desk.states()[EAST] == "accepted"


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="the system has no full device")
@pytest.mark.parametrize("words", [("run",), ("status",), ("status", "--json"), ("doctor",)])
def test_a_full_disk_behind_the_output_changes_no_answer(
    desk: Desk, words: tuple[str, ...]
) -> None:
    """What cannot be written is lost without a traceback, and the exit code is that of the work."""
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(
            _program(desk, *words),
            check=False,
            stdout=full,
            stderr=subprocess.PIPE,
            env=environment(REPOSITORY, {}),
            timeout=120,
        )
    assert (done.returncode, done.stderr) == (0, b"")


def test_what_looks_like_a_picture_is_left_as_it_is(cli: Callable[..., object], desk: Desk) -> None:
    """A name with colons stays what it is, and JSON stays JSON."""
    said = cli("-C", desk.root, "status", "--period", ":a:")
    assert "没有报告期 :a:。" in said.err  # type: ignore[attr-defined] # what the fixture gives
    told = cli("-C", desk.root, "status", "--json")
    assert json.loads(told.out)["period"]  # type: ignore[attr-defined] # likewise
