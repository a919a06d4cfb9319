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
from concurrent.futures import Future
from contextlib import suppress
from typing import Any

import psycopg

from sheetflow.children import Limits, Pool
from sheetflow.children.wire import dumps
from sheetflow.dispatching import calls
from sheetflow.dispatching.engine import SCHEMA, Sender
from sheetflow.dispatching.worker import Hands

_LOG = logging.getLogger("sheetflow")
_AGAIN_SECONDS, _LOOK_SECONDS = 1.0, 2.0


class FarPool(Pool):
    """Children on this machine, `size` of them, and on every other that serves the database at `url`."""

    def __init__(self, url: str, size: int, limits: Limits) -> None:  # its threads are others
        self._url, self._own = url, uuid.uuid4().hex
        self.name = f"{socket.gethostname()}:{os.getpid()}"
        self._to_send: queue.SimpleQueue[tuple[Future[Any], bytes] | None] = queue.SimpleQueue()
        self._waiting: dict[int, Future[Any]] = {}
        self._lock, self._is_closed, self._everybody = threading.Lock(), False, size
        with calls.connected(url) as connection:
            calls.make_tables(connection, SCHEMA)
            calls.forget_calls(connection, self._own)
            calls.be_seen(connection, self.name, calls.COORDINATOR, children=size, done=0)
        sender = Sender(url)
        self._hands = Hands(url, self.name, size, limits)
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
            self._to_send.put((future, dumps((task, arguments))))
        return future

    def close(self, *, cancel: bool = False) -> None:
        """End the pool: wait for what is queued (with `cancel`, let go of it)."""
        while not cancel and (self._waiting or not self._to_send.empty()):
            time.sleep(0.01)
        with self._lock:
            self._is_closed = True
        self._to_send.put(None)
        self._hands.stop()
        for thread in self._threads:
            thread.join()
        for future in list(self._waiting.values()):
            future.cancel()
        with suppress(psycopg.Error), calls.connected(self._url) as connection:
            calls.forget_calls(connection, "")
            calls.leave(connection, self.name)

    def _send(self, sender: Sender) -> None:
        """Queue one call after the other; one that the database does not take is tried again."""
        with calls.kept_open(self._url, 1) as open_:
            while (asked := self._to_send.get()) is not None:
                future, request = asked
                if not future.set_running_or_notify_cancel():
                    continue
                while not self._is_closed:
                    try:
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
                    while not self._is_closed:
                        self._settle(calls.take_answers(connection, self._own))
                        calls.be_seen(
                            connection,
                            self.name,
                            calls.COORDINATOR,
                            children=self._hands.size,
                            done=self._hands.done,
                        )
                        self._count(calls.find_machines(connection))
                        for _ in connection.notifies(timeout=_LOOK_SECONDS, stop_after=1):
                            break
            except psycopg.Error as error:
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

    def _count(self, machines: list[calls.Machine]) -> None:
        serving = (each for each in machines if each.is_alive and not each.trouble)
        self._everybody = max(1, sum(each.children for each in serving))
