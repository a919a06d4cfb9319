"""A machine that may not help takes no work, and says why in a sentence."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from sheetflow import __version__
from sheetflow.children import Limits
from sheetflow.config.workspace import Workspace, make_stamp_key
from sheetflow.dispatching import calls, worker
from sheetflow.dispatching.engine import SCHEMA
from sheetflow.errors import WorkspaceError
from sheetflow.store import Store

LIMITS = Limits(cpu_seconds=20)


@pytest.fixture
def space(url: str, tmp_path: Path) -> Workspace:
    """A workspace's folder as it lies on the shared volume."""
    space = Workspace(tmp_path)
    space.state.mkdir()
    with Store(url) as store:
        space.volume.write_text(store.workspace_id, encoding="ascii")
    make_stamp_key(space.stamp_key)
    return space


def says(space: Workspace, url: str) -> list[str]:
    """Have a worker look once; give what it told."""
    told: list[str] = []
    looks = iter([False, True])
    worker.work(space, url, 1, LIMITS, lambda: next(looks, True), told.append)
    return told


def coordinate(url: str, version: str) -> None:
    """Have a coordinator of a version be there."""
    with calls.connected(url) as connection:
        calls.make_tables(connection, SCHEMA)
        calls.be_seen(connection, "main:1", calls.COORDINATOR, children=1, done=0)
        connection.execute("UPDATE dispatched_machines SET version = %s", (version,))


def test_another_version_than_the_coordinator_s_is_refused(url: str, space: Workspace) -> None:
    """What a call means may differ from version to version."""
    coordinate(url, "9.9.9")
    with pytest.raises(WorkspaceError, match=r"主机的程序是9\.9\.9版.*没有取活。请装成同一版"):
        says(space, url)


def test_before_anybody_coordinates_there_is_nothing_to_do(url: str, space: Workspace) -> None:
    """A worker that comes first waits for the coordinator."""
    assert says(space, url) == ["数据库里还没有开始值守：请先在主机上运行 sheetflow watch。"]


def test_a_wrong_clock_is_told(url: str, space: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    """Receipts of a machine whose clock differs by more than a minute would bear wrong times."""
    coordinate(url, __version__)
    late = dt.datetime.now(dt.UTC) + dt.timedelta(minutes=3)
    monkeypatch.setattr(worker, "_now", lambda: late)
    (told,) = says(space, url)
    assert "时钟与数据库差1" in told
    assert "没有取活" in told


def test_a_database_that_does_not_answer_is_waited_for(space: Workspace) -> None:
    """A worker that is started before the database tells so, and goes on asking."""
    assert says(space, "postgresql+psycopg://x@127.0.0.1:1/nothing") == [
        "数据库连不上，正在等它恢复。请检查地址、用户名、密码，以及数据库服务是否在运行。"
    ]
