"""Whoever asks for several machines where there is one, or none answers, reads a sentence."""

from __future__ import annotations

import datetime as dt
import re
import sys
from pathlib import Path

import pytest

from sheetflow import dispatching
from sheetflow.dispatching.calls import Machine, Queued
from tests.cli.conftest import Cli
from tests.tiny.desk import Desk

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Windows stays with one machine")

NOWHERE = "postgresql+psycopg://x@127.0.0.1:1/nothing"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """An office on one machine."""
    return Desk.make(tmp_path / "work").root


@pytest.fixture
def bare(monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine on which nothing for several machines is installed."""
    for name in [each for each in sys.modules if re.match(r"psycopg|procrastinate", each)]:
        monkeypatch.delitem(sys.modules, name)
    for name in ("calls", "engine", "far_pool", "lead", "worker"):
        monkeypatch.delitem(sys.modules, f"sheetflow.dispatching.{name}", raising=False)
    monkeypatch.setitem(sys.modules, "psycopg", None)
    monkeypatch.setitem(sys.modules, "procrastinate", None)


@pytest.mark.usefixtures("bare")
def test_one_machine_needs_nothing_to_say_so(root: Path, cli: Cli) -> None:
    """A plain installation with a file has no driver, and answers without."""
    assert "只有这一台电脑" in cli("-C", root, "status", "--machines").out
    found = cli("-C", root, "worker")
    assert (found.code, "用不着 worker" in found.err) == (1, True)


@pytest.mark.usefixtures("bare")
@pytest.mark.parametrize("words", [("watch",), ("worker",), ("status", "--machines"), ("run",)])
def test_a_driver_that_is_missing_is_named(
    words: tuple[str, ...], root: Path, cli: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who wrote a URL and did not install what it takes reads what to install."""
    monkeypatch.setenv("SHEETFLOW_STORE__URL", NOWHERE)
    found = cli("-C", root, *words)
    assert (found.code, "pip install sheetflow[machines]" in found.err) == (1, True)


def test_a_database_that_is_away_is_told(
    root: Path, cli: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who asks which machines serve while the database is down reads that it is."""
    monkeypatch.setenv("SHEETFLOW_STORE__URL", NOWHERE)
    found = cli("-C", root, "status", "--machines")
    assert (found.code, "连不上" in found.err) == (1, True)


def test_when_a_machine_was_seen_is_told_by_the_office_s_clock(
    root: Path, cli: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The server tells moments in its own zone; whoever reads them has another clock on the wall."""
    monkeypatch.setenv("SHEETFLOW_STORE__URL", NOWHERE)
    seen = dt.datetime(2012, 3, 5, 1, 2, 3, tzinfo=dt.UTC)
    gone = Machine(
        name="b:7",
        part="worker",
        version="1",
        children=2,
        seen_at=seen,
        done=3,
        trouble="",
        is_alive=False,
    )
    monkeypatch.setattr(dispatching, "who_serves", lambda _: ([gone], Queued(0, 0, 0)))
    assert "03-05 09:02:03，已经不在" in cli("-C", root, "status", "--machines").out


@pytest.mark.parametrize(
    ("queued", "told"),
    [
        (Queued(0, 0, 0), "排队等着处理的：0件。"),
        (Queued(3, 7, 0), "排队等着处理的：3件，最早的等了7秒。"),
        (Queued(3, 7, 1), "排队等着处理的：3件，最早的等了7秒，其中1件没有做完，重新排的队。"),
    ],
)
def test_what_waits_is_told(
    queued: Queued, told: str, root: Path, cli: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The administrator sees how long the queue is, how old, and whether a helper left something undone."""
    monkeypatch.setenv("SHEETFLOW_STORE__URL", NOWHERE)
    monkeypatch.setattr(dispatching, "who_serves", lambda _: ([], queued))
    assert told in cli("-C", root, "status", "--machines").out


def test_a_helper_keeps_a_log_of_its_own(
    root: Path, cli: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What hindered it is found on the shared volume afterwards, too."""
    monkeypatch.setenv("SHEETFLOW_STORE__URL", NOWHERE)
    monkeypatch.setattr("socket.gethostname", lambda: "b")
    monkeypatch.setattr(
        "sheetflow.dispatching.worker.work", lambda *given: given[-1]("数据库连不上。")
    )
    assert cli("-C", root, "worker").code == 0
    assert "数据库连不上" in (root / "state" / "worker-b.log").read_text(encoding="utf-8")
