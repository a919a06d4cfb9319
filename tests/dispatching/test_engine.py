"""The queue loses no call, and who serves it ends when it is told to."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest
from procrastinate import App
from procrastinate.exceptions import ConnectorException

from sheetflow import __version__
from sheetflow.dispatching import calls
from sheetflow.dispatching.engine import SCHEMA, Sender, Server
from sheetflow.dispatching.far_pool import FarPool
from tests.dispatching.test_far_pool import KEY, LIMITS, until


@pytest.fixture
def sender(url: str) -> Sender:
    """A queue that is new."""
    with calls.connected(url) as connection:
        calls.make_tables(connection, SCHEMA)
    return Sender(url)


def serving(server: Server) -> threading.Thread:
    """Have it serve in a thread of its own."""
    thread = threading.Thread(target=server.serve, daemon=True)
    thread.start()
    return thread


def test_a_call_that_met_an_error_is_done_again(url: str, sender: Sender) -> None:
    """A job is deleted when it ends: one that ends with an error may not, and is told of until it is done."""
    begun: list[int] = []

    def do(call_id: int) -> None:
        begun.append(call_id)
        if len(begun) == 1:
            raise ValueError

    server = Server(url, "one", 1, do, lambda: False)
    thread = serving(server)
    sender.queue(7)
    with calls.connected(url) as connection:
        until(lambda: calls.count_waiting(connection).again == 1, 30)
    until(lambda: begun == [7, 7], 30)
    server.stop()
    thread.join(30)
    assert not thread.is_alive()
    sender.close()


def test_who_is_stopped_while_it_begins_ends(
    url: str, sender: Sender, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else the pool would wait for it for ever."""
    sender.close()
    opening, may_open, is_stopped = threading.Event(), threading.Event(), threading.Event()
    whole: Callable[..., Any] = App.open_async

    @asynccontextmanager
    async def slow(app: App) -> AsyncIterator[App]:
        opening.set()
        await asyncio.to_thread(may_open.wait, 30)
        async with whole(app):
            yield app

    monkeypatch.setattr(App, "open_async", slow)
    server = Server(url, "one", 1, lambda _call: None, is_stopped.is_set)
    thread = serving(server)
    assert opening.wait(30)
    is_stopped.set()
    server.stop()
    may_open.set()
    thread.join(30)
    assert not thread.is_alive()


def test_who_ended_by_itself_may_be_stopped(url: str) -> None:
    """The database ended it, and then somebody ends the program."""
    server = Server(url, "one", 1, lambda _call: None, lambda: False)
    with pytest.raises(ConnectorException):  # there are no tables: as good as any
        server.serve()
    server.stop()


def test_only_calls_of_our_version_count_as_waiting(url: str, sender: Sender) -> None:
    """What a coordinator of an older version left is nobody's, and the next one does away with it."""
    sender.queue(7)
    sender.close()
    jobs = "SELECT count(*) FROM procrastinate_jobs"
    with calls.connected(url) as connection:
        assert calls.count_waiting(connection).number == 1
        connection.execute("UPDATE procrastinate_jobs SET queue_name = 'sheetflow-0.0.1'")
        assert calls.count_waiting(connection).number == 0
        FarPool(url, KEY, 0, LIMITS).close()
        assert connection.execute(jobs).fetchall() == [(0,)]


def test_who_comes_back_under_its_name_is_seen_as_it_is_now(
    url: str, sender: Sender, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In a container the name and the number of the process stay the same over an upgrade."""
    sender.close()
    with calls.connected(url) as connection:
        with monkeypatch.context() as older:
            older.setattr(calls, "__version__", "0.0.1")
            calls.be_seen(connection, "main:1", calls.WORKER, children=1, done=0)
        calls.be_seen(connection, "main:1", calls.COORDINATOR, children=2, done=0)
        (machine,) = calls.find_machines(connection)
    assert (machine.version, machine.part) == (__version__, calls.COORDINATOR)
