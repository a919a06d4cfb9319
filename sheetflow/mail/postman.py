"""Sends the mail of a running service beside its passes: a slow server delays mail and nothing else.

This module owns the thread; how a mail is sent, `send` knows. A pass calls the postman when its publications lie in the outbox; what is
queued after the call waits for the next one, for its attachments may not lie there yet.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace
from typing import Self

from sheetflow.context import LOG, Context, say_nothing
from sheetflow.context.retry import Retry
from sheetflow.errors import describe
from sheetflow.mail.send import Sent, Unrecorded, send_due


class Postman:
    """Goes whenever it is called, while one is `with` it.

    `on_sent` hears, in its thread, of each round that did something. What ended the thread is
    raised at the next call, or at the end.
    """

    def __init__(self, context: Context, on_sent: Callable[[Sent], None]) -> None:
        self._is_ending = False
        # The same store and settings, but nobody looks on: a pass may tell of its own progress.
        self._context = replace(context, say=say_nothing, is_stopping=self._is_stopping)
        self._ask_office = context.is_stopping
        self._on_sent = on_sent
        self._retry = Retry(context, "mail", "发送邮件")
        self._called = threading.Event()
        self._newest = 0
        self._unrecorded: Unrecorded = {}
        self._failure: BaseException | None = None
        self._thread = threading.Thread(target=self._serve, name="postman", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        """Begin nothing more; wait for the conversation in hand, which is bounded as a whole."""
        self._is_ending = True
        self._called.set()
        self.join()
        if kind is None:
            self.check()

    @property
    def troubles(self) -> tuple[str, ...]:
        """What stood in the way of the last round, in sentences."""
        return self._retry.troubles

    def call(self) -> None:
        """Have all sent that is queued and due now; after trouble, not before its back-off is over.

        Raise what ended the thread.
        """
        self.check()
        self._newest = self._context.store.mails.newest_id()
        self._called.set()

    def join(self, seconds: float | None = None) -> None:
        """Wait for the thread's end, which comes of the end of the `with` or of what no waiting mends."""
        self._thread.join(seconds)

    def check(self) -> None:
        """Raise what ended the thread: what no waiting mends (a damaged database, a lost terminal)."""
        if self._failure:
            raise self._failure

    def _is_stopping(self) -> bool:
        return self._is_ending or self._ask_office()

    def _serve(self) -> None:
        while self._called.wait():
            self._called.clear()
            if self._is_stopping():
                return
            if not self._retry.is_due:
                continue
            try:
                self._retry.do(self._send)
            except BaseException as failure:  # noqa: BLE001 - it is raised to who calls
                LOG.error("mail ended: %s", describe(failure))
                self._failure = failure
                return

    def _send(self) -> float:
        sent = send_due(
            self._context, newest=self._newest, unrecorded=self._unrecorded, is_served=True
        )
        if sent.handled:
            self._on_sent(sent)
        return 0.0
