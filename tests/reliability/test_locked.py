"""Promise 3 where another program holds the database: it is waited out, and nobody ends."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from sheetflow.context.running import read_health
from tests.reliability.command_line import is_ready, wait_until, watching
from tests.reliability.conftest import Measured
from tests.reliability.scene import NOW
from tests.tiny.desk import EAST, FIRST, Desk

pytestmark = [pytest.mark.slow, pytest.mark.reliability]

_LONGER_THAN_WE_WAIT = 33.0
"""Seconds; the store waits 30 for another writer."""


def _is_alive(root: Path) -> bool:
    return read_health(root / "state" / "health") is not None


@pytest.mark.parametrize("moment", [_is_alive, is_ready])
def test_a_locked_database_is_waited_out(
    desk_with_drop: Desk, measured: Measured, moment: Callable[[Path], bool]
) -> None:
    """Somebody holds the database for longer than we wait: the service goes on afterwards."""
    root = desk_with_drop.root
    with watching(root, NOW) as service:
        wait_until(lambda: moment(root), "the service has come so far")
        with _held_database(root):
            desk_with_drop.drop(EAST, desk_with_drop.fill(EAST, name="锁着.xlsx"))
            time.sleep(_LONGER_THAN_WE_WAIT)
            assert service.poll() is None
        took = wait_until(lambda: _is_answered(desk_with_drop), "it is answered")
    measured("seconds until it was answered", round(took, 1))


def test_a_service_started_on_a_locked_database_begins_once_it_is_free(
    desk_with_drop: Desk, measured: Measured
) -> None:
    """Somebody holds the database when the machine starts: the service begins when it is free."""
    root = desk_with_drop.root
    desk_with_drop.drop(EAST, desk_with_drop.fill(EAST, name="锁着.xlsx"))
    with ExitStack() as stack:
        with _held_database(root):
            service = stack.enter_context(watching(root, NOW))
            time.sleep(_LONGER_THAN_WE_WAIT)
            assert service.poll() is None
        took = wait_until(lambda: _is_answered(desk_with_drop), "it is answered")
    measured("seconds until it was answered", round(took, 1))


@contextmanager
def _held_database(root: Path) -> Iterator[None]:
    """Hold the database as another program would that does not let go."""
    holder = sqlite3.connect(root / "state" / "sheetflow.db", isolation_level=None)
    try:
        holder.execute("BEGIN EXCLUSIVE")
        yield
    finally:
        holder.close()


def _is_answered(desk: Desk) -> bool:
    return any(desk.out(EAST, FIRST).glob("回执_*"))


@pytest.fixture
def desk_with_drop(tmp_path: Path) -> Desk:
    """A workspace with its workbooks handed out."""
    desk = Desk.make(tmp_path / "workspace", size="1")
    desk.issue()
    desk.run()
    return desk
