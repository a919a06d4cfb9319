"""Sends the mail of a running service beside its passes: a slow server delays mail and nothing else.

This module owns the thread; how a mail is sent, `send` knows. A pass calls the postman when its publications lie in the outbox; what is
queued after the call waits for the next one, for its attachments may not lie there yet.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace

from sheetflow.context import LOG, Office, say_nothing
from sheetflow.context.retry import Retry
from sheetflow.errors import describe
from sheetflow.mail.send import Sent, Unrecorded, send_due


class Postman:
    """Goes whenever it is called, until its end; use `postman_of`."""

    def __init__(self, office: Office, on_sent: Callable[[Sent], None]) -> None:
        self._is_ending = False
        # The same store and settings, but nobody looks on: a pass may tell of its own progress.
        self._office = replace(office, say=say_nothing, is_stopping=self._is_stopping)
        self._ask_office = office.is_stopping
        self._on_sent = on_sent
        self._retry = Retry(office, "mail", "发送邮件")
        self._called = threading.Event()
        self._newest = 0
        self._unrecorded: Unrecorded = {}
        self._failure: BaseException | None = None
        self._thread = threading.Thread(target=self._serve, name="postman", daemon=True)
        self._thread.start()

    @property
    def troubles(self) -> tuple[str, ...]:
        """What stood in the way of the last round, in sentences."""
        return self._retry.troubles

    def call(self) -> None:
        """Have all sent that is queued and due now; after trouble, not before its back-off is over.

        Raise what ended the thread.
        """
        self.check()
        self._newest = self._office.store.mails.newest_id()
        self._called.set()

    def join(self, seconds: float | None = None) -> None:
        """Wait for the thread's end, which comes of `end` or of what no waiting mends."""
        self._thread.join(seconds)

    def end(self) -> None:
        """Begin nothing more; wait for the conversation in hand, which is bounded as a whole."""
        self._is_ending = True
        self._called.set()
        self.join()

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
            self._office, newest=self._newest, unrecorded=self._unrecorded, is_served=True
        )
        if sent.handled:
            self._on_sent(sent)
        return 0.0


@contextmanager
def postman_of(office: Office, on_sent: Callable[[Sent], None]) -> Iterator[Postman]:
    """Have a postman meanwhile; `on_sent` hears, in its thread, of each round that did something.

    Raise at the end what ended the thread.
    """
    postman = Postman(office, on_sent)
    try:
        yield postman
    finally:
        postman.end()
    postman.check()
