"""The queue: procrastinate, behind as little as we need of it; another engine is another module like this one."""

from __future__ import annotations

import asyncio
import datetime as dt
import logging
from collections.abc import Callable
from contextlib import suppress

from procrastinate import App, PsycopgConnector, SyncPsycopgConnector
from procrastinate.jobs import DeleteJobCondition
from procrastinate.retry import RetryStrategy
from procrastinate.schema import SchemaManager

from sheetflow.dispatching.calls import ALIVE, QUEUE, conninfo

SCHEMA = SchemaManager.get_schema()
"""What makes the engine's tables."""
_TASK = "sheetflow.call"
_SWEEP_SECONDS, _AGAIN_SECONDS = 10, 1
_LOG = logging.getLogger("sheetflow")


class Sender:
    """Queues calls."""

    def __init__(self, url: str) -> None:
        # One connection: calls are queued one after the other.
        connector = SyncPsycopgConnector(conninfo=conninfo(url), min_size=1, max_size=1)
        self._app = App(connector=connector).open()
        self._queue = self._app.configure_task(_TASK, queue=QUEUE)

    def queue(self, call_id: int) -> None:
        """Have somebody do a call."""
        self._queue.defer(call_id=call_id)

    def close(self) -> None:
        """Close the connection."""
        self._app.close()


class Server:
    """Does calls, so many at a time, until it is stopped.

    `do` is called in a thread of its own for each call; one that raises is called again. Jobs of a worker that was not
    seen for half a minute are queued again. Who stops it has `is_stopped` say so before.
    """

    def __init__(
        self,
        url: str,
        name: str,
        at_once: int,
        do: Callable[[int], None],
        is_stopped: Callable[[], bool],
    ) -> None:
        connector = PsycopgConnector(conninfo=conninfo(url), min_size=1, max_size=4)
        self._app, self._name, self._at_once = App(connector=connector), name, at_once
        self._is_stopped = is_stopped
        self._loop: asyncio.AbstractEventLoop | None = None
        self._working: asyncio.Task[None] | None = None

        @self._app.task(name=_TASK, queue=QUEUE, retry=RetryStrategy(wait=_AGAIN_SECONDS))
        def call(call_id: int) -> None:
            do(call_id)

    def serve(self) -> None:
        """Serve until `stop`; what is in hand is finished first. Raise what the database raises."""
        asyncio.run(self._serve())

    def stop(self) -> None:
        """End `serve`, from another thread."""
        if self._loop and self._working:
            with suppress(RuntimeError):  # it ended by itself, and its loop is closed
                self._loop.call_soon_threadsafe(self._working.cancel)

    async def _serve(self) -> None:
        async with self._app.open_async():
            self._loop = asyncio.get_running_loop()
            self._working = asyncio.create_task(
                self._app.run_worker_async(
                    queues=[QUEUE],
                    name=self._name,
                    concurrency=self._at_once,
                    install_signal_handlers=False,
                    delete_jobs=DeleteJobCondition.ALWAYS,
                    stalled_worker_timeout=ALIVE.total_seconds(),
                )
            )
            if self._is_stopped():  # before there was anything to cancel
                self._working.cancel()
            sweeping = asyncio.create_task(self._sweep())
            try:
                await self._working
            except asyncio.CancelledError:
                _LOG.info("%s: serves no longer", self._name)
            finally:
                sweeping.cancel()

    async def _sweep(self) -> None:
        """Queue again what a worker has in hand that is gone."""
        manager = self._app.job_manager
        while True:
            await asyncio.sleep(_SWEEP_SECONDS)
            try:
                stalled = await manager.get_stalled_jobs(
                    queue=QUEUE, seconds_since_heartbeat=ALIVE.total_seconds()
                )
                for job in stalled:
                    await manager.retry_job(job, retry_at=dt.datetime.now(dt.UTC))
                    _LOG.warning("call %s: queued again, its worker is gone", job.task_kwargs)
            except Exception:  # noqa: BLE001 - the next sweep may find the database again
                _LOG.exception("stalled calls were not looked for")
