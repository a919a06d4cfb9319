"""A machine that serves: it takes calls from the queue, has its own limited children do them, and answers.

It takes no work where it must not: of another version, without the volume on which the originals lie, or with a clock that is
wrong. It writes nothing but answers.
"""

from __future__ import annotations

import datetime as dt
import logging
import os
import pickle
import socket
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import Any, TypeVar

import psycopg

from sheetflow import __version__
from sheetflow.children import Limits, Pool
from sheetflow.config.workspace import Workspace, read_stamp_key
from sheetflow.dispatching import calls
from sheetflow.dispatching.engine import Server
from sheetflow.errors import WorkspaceError, describe
from sheetflow.schemas.layout import StampKey

Value = TypeVar("Value")

_LOG = logging.getLogger("sheetflow")
_MOST_APART = dt.timedelta(minutes=1)
_AGAIN_SECONDS, _LOOK_SECONDS = 1.0, 5.0


class Hands:
    """Children that do calls of the queue; `done` counts them."""

    def __init__(
        self, url: str, name: str, size: int, limits: Limits, key: Callable[[], StampKey | None]
    ) -> None:
        self._url, self._key, self.name, self.size, self.done = url, key, name, size, 0
        self._limits, self._is_stopped = limits, threading.Event()
        self._server: Server | None = None

    def serve(self) -> None:
        """Serve until `stop`; a database that is gone is waited for."""
        at_once = self.size + 1  # one more is fetched, so that no child waits for the database
        with Pool(self.size, self._limits) as pool, calls.kept_open(self._url, at_once) as open_:
            while not self._is_stopped.is_set():
                self._server = Server(
                    self._url,
                    self.name,
                    at_once,
                    lambda call_id: self._do(pool, open_, call_id),
                    self._is_stopped.is_set,
                )
                try:
                    self._server.serve()
                except Exception as error:  # noqa: BLE001 - the engine has errors of its own
                    _LOG.warning("the queue is waited for: %s", type(error).__name__)
                    self._is_stopped.wait(_AGAIN_SECONDS)

    def stop(self) -> None:
        """End `serve` once what is in hand is done."""
        self._is_stopped.set()
        if self._server:
            self._server.stop()

    def _do(self, pool: Pool, open_: calls.Open, call_id: int) -> None:
        """Do one call and answer it; who is stopped before it could has it done by another."""
        request = self._told(open_, lambda told: calls.find_request(told, call_id))
        if request is None:
            return
        try:
            bare = calls.opened(self._key(), request)
        except (WorkspaceError, PermissionError) as error:
            _LOG.warning("call %d is left to another: %s", call_id, describe(error))
            raise
        try:
            task, arguments = pickle.loads(bare)  # noqa: S301 - sealed by the coordinator
            answer = calls.packed_value(pool.call(task, *arguments))
        except Exception as error:  # noqa: BLE001 - who asked hears of it
            answer = calls.packed_error(error)
        self._told(open_, lambda told: calls.add_answer(told, call_id, answer))
        self.done += 1

    def _told(self, open_: calls.Open, what: Callable[[psycopg.Connection[Any]], Value]) -> Value:
        """Tell the database something, or ask; one that is away is waited for until `stop`."""
        while True:
            try:
                with open_.connection() as connection:
                    return what(connection)
            except psycopg.Error as error:
                _LOG.warning("a call waits for the database: %s", type(error).__name__)
                if self._is_stopped.wait(_AGAIN_SECONDS):
                    raise


def work(
    workspace: Workspace,
    url: str,
    size: int,
    limits: Limits,
    is_stopping: Callable[[], bool],
    tell: Callable[[str], None],
) -> None:
    """Serve the database at `url` until `is_stopping`; `tell` hears of each new trouble.

    Raise WorkspaceError where this program is of another version than the coordinator's.
    """
    key = partial(read_stamp_key, workspace.stamp_key)
    hands = Hands(url, f"{socket.gethostname()}:{os.getpid()}", size, limits, key)
    serving: threading.Thread | None = None
    told = ""
    try:
        while not is_stopping():
            trouble = _trouble(workspace, url, hands)
            if trouble and trouble != told:
                tell(trouble)
            told = trouble
            if trouble and serving:
                hands.stop()
                serving.join()
                serving = None
            if not trouble and serving is None:
                hands = Hands(url, hands.name, size, limits, key)
                serving = threading.Thread(target=hands.serve, name="hands")
                serving.start()
            _pause(is_stopping)
    finally:
        hands.stop()
        if serving:
            serving.join()
        with suppress(psycopg.Error), calls.connected(url) as connection:
            calls.leave(connection, hands.name)


def _trouble(workspace: Workspace, url: str, hands: Hands) -> str:
    """Say why this machine may take no work now, and note that it is there."""
    try:
        with calls.connected(url) as connection:
            trouble = (
                _clock_trouble(connection)
                or _volume_trouble(connection, workspace)
                or _key_trouble(workspace)
            )
            _check_version(connection)
            calls.be_seen(
                connection,
                hands.name,
                calls.WORKER,
                children=hands.size,
                done=hands.done,
                trouble=trouble,
            )
            return trouble
    except psycopg.errors.UndefinedTable:
        return "数据库里还没有开始值守：请先在主机上运行 sheetflow watch。"
    except psycopg.Error:
        return "数据库连不上，正在等它恢复。请检查地址、用户名、密码，以及数据库服务是否在运行。"


def _clock_trouble(connection: psycopg.Connection[Any]) -> str:
    row = connection.execute("SELECT now()").fetchone()
    apart = abs(_now() - row[0]) if row else dt.timedelta()
    if apart <= _MOST_APART:
        return ""
    return f"这台电脑的时钟与数据库差{round(apart.total_seconds())}秒，没有取活。请把时钟对准。"


def _now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)


def _volume_trouble(connection: psycopg.Connection[Any], workspace: Workspace) -> str:
    row = connection.execute("SELECT workspace_id FROM workspace").fetchone()
    with suppress(OSError):
        if row and workspace.volume.read_text(encoding="ascii").strip() == row[0]:
            return ""
    return f"共享盘没有挂好：{workspace.volume} 不在，或者是另一个工作文件夹的，没有取活。请挂好后再看。"


def _key_trouble(workspace: Workspace) -> str:
    try:
        if read_stamp_key(workspace.stamp_key):
            return ""
    except WorkspaceError as error:
        return f"{error}这台电脑没有取活。"
    return f"{workspace.stamp_key} 不在，没有取活。请在主机上重新启动 sheetflow watch。"


def _check_version(connection: psycopg.Connection[Any]) -> None:
    known = [each for each in calls.find_machines(connection) if each.part == calls.COORDINATOR]
    others = {each.version for each in known if each.is_alive} - {__version__}
    if others:
        raise WorkspaceError(
            f"主机的程序是{'、'.join(sorted(others))}版，这台电脑的是{__version__}版，没有取活。请装成同一版。"
        )


def _pause(is_stopping: Callable[[], bool]) -> None:
    end = time.monotonic() + _LOOK_SECONDS
    while not is_stopping() and time.monotonic() < end:
        time.sleep(0.1)
