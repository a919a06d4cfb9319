"""The pool of children of an office with several machines: what is submitted is done by whoever is free.

It is used as `children.Pool` is. The coordinator serves its own queue, too, so that work goes on when no
worker is there. What the database does not take or tell just now is tried again until the pool is closed.
"""

from __future__ import annotations

import logging
import os
import queue
import socket
import threading
import time
import uuid
from collections.abc import Callable
from concurrent.futures import Future, InvalidStateError
from contextlib import suppress
from typing import Any

import psycopg

from sheetflow.children import ChildHinderedError, Limits, Pool
from sheetflow.children.wire import dumps
from sheetflow.dispatching import calls
from sheetflow.dispatching.engine import SCHEMA, Sender
from sheetflow.dispatching.worker import Hands
from sheetflow.schemas.layout import StampKey

_LOG = logging.getLogger("sheetflow")
_AGAIN_SECONDS, _LOOK_SECONDS = 1.0, 2.0


class FarPool(Pool):
    """Children on this machine, `size` of them, and on every other that serves the database at `url` and has the `key`."""

    def __init__(
        self, url: str, key: StampKey, size: int, limits: Limits
    ) -> None:  # its threads are others
        self._url, self._key, self._own = url, key, uuid.uuid4().hex
        self.name = f"{socket.gethostname()}:{os.getpid()}"
        self._to_send: queue.SimpleQueue[tuple[Future[Any], bytes] | None] = queue.SimpleQueue()
        self._waiting: dict[int, Future[Any]] = {}
        self._open: set[Future[Any]] = set()
        self._lock, self._is_closed, self._everybody = threading.Lock(), False, size
        with calls.connected(url) as connection:
            calls.make_tables(connection, SCHEMA)
            calls.forget_others(connection, self._own)
            calls.be_seen(connection, self.name, calls.COORDINATOR, children=size, done=0)
        sender = Sender(url)
        self._hands = Hands(url, self.name, size, limits, lambda: key)
        self._threads = [
            threading.Thread(target=self._send, args=(sender,), name="calls", daemon=True),
            threading.Thread(target=self._receive, name="answers", daemon=True),
        ]
        if size:
            self._threads.append(
                threading.Thread(target=self._hands.serve, name="hands", daemon=True)
            )
        for thread in self._threads:
            thread.start()

    @property
    def size(self) -> int:
        """How many children there are, on all machines."""
        return self._everybody

    def submit(self, task: Callable[..., Any], *arguments: Any, **named: Any) -> Future[Any]:  # noqa: ANN401 - as `Pool`
        """Queue a task, as `Pool.submit` does."""
        if named:
            raise TypeError("arguments go by position")
        future: Future[Any] = Future()
        with self._lock:
            if self._is_closed:
                raise RuntimeError("the pool is closed")
            request = calls.sealed(self._key, dumps((task, arguments)))
            self._to_send.put((future, request))
            self._open.add(future)
        future.add_done_callback(self._open.discard)
        return future

    def close(self, *, cancel: bool = True) -> None:  # noqa: ARG002 - as `Pool`
        """End the pool, and let go of what is not answered yet: who waits for it hears so."""
        with self._lock:
            self._is_closed = True
        self._to_send.put(None)
        self._hands.stop()
        for thread in self._threads:
            thread.join()
        for future in list(self._open):
            _let_go(future)
        with suppress(psycopg.Error), calls.connected(self._url) as connection:
            calls.forget_calls(connection, self._own)
            calls.leave(connection, self.name)

    def _send(self, sender: Sender) -> None:
        """Queue one call after the other; one that the database does not take is tried again."""
        with calls.kept_open(self._url, 1) as open_:
            while (asked := self._to_send.get()) is not None:
                future, request = asked
                call_id = None
                if not future.set_running_or_notify_cancel():
                    continue
                while not self._is_closed:
                    try:
                        if call_id is None:
                            with open_.connection() as connection:
                                call_id = calls.add_call(connection, self._own, request)
                            self._waiting[call_id] = future
                        sender.queue(call_id)
                        break
                    except Exception as error:  # noqa: BLE001 - the engine has errors of its own
                        _LOG.warning("a call waits to be queued: %s", type(error).__name__)
                        time.sleep(_AGAIN_SECONDS)
        sender.close()

    def _receive(self) -> None:
        """Pass on answers as they come."""
        while not self._is_closed:
            try:
                with calls.connected(self._url) as connection:
                    connection.execute(f"LISTEN {calls.ANSWERED}")
                    looked = -_LOOK_SECONDS
                    while not self._is_closed:
                        self._settle(calls.take_answers(connection, self._own))
                        if time.monotonic() - looked >= _LOOK_SECONDS:
                            self._look(connection)
                            looked = time.monotonic()
                        for _ in connection.notifies(timeout=_LOOK_SECONDS, stop_after=1):
                            break
            except Exception as error:  # noqa: BLE001 - who waits would wait for ever
                _LOG.warning("answers are waited for: %s", type(error).__name__)
                time.sleep(_AGAIN_SECONDS)

    def _settle(self, answers: dict[int, bytes]) -> None:
        for call_id, answer in answers.items():
            future = self._waiting.pop(call_id, None)
            if future is None:
                continue
            try:
                future.set_result(calls.unpacked(answer))
            except Exception as error:  # noqa: BLE001 - the future carries it to who asked
                future.set_exception(error)

    def _look(self, connection: psycopg.Connection[Any]) -> None:
        """Be seen, see who else serves, and let go of calls whose rows are gone: nobody will answer them."""
        children, done = self._hands.size, self._hands.done
        calls.be_seen(connection, self.name, calls.COORDINATOR, children=children, done=done)
        self._count(calls.find_machines(connection))
        for call_id in set(self._waiting) - calls.find_calls(connection, self._own):
            _LOG.warning("call %d is lost", call_id)
            _let_go(self._waiting.pop(call_id))

    def _count(self, machines: list[calls.Machine]) -> None:
        serving = (each for each in machines if each.is_alive and not each.trouble)
        self._everybody = max(1, sum(each.children for each in serving))


def _let_go(future: Future[Any]) -> None:
    with suppress(InvalidStateError):  # it ended meanwhile
        future.set_exception(ChildHinderedError(was_killed=False))
