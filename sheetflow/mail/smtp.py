"""The SMTP carrier: one mail, one conversation.

Owns the connection: encryption, login, goodbye and the limits in time. Refuses to keep
it for the next mail, to try again by itself, and to judge answers (`answers` does).
"""

from __future__ import annotations

import smtplib
import socket
import ssl
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Literal

from sheetflow.mail.compose import wire_address
from sheetflow.mail.delivery import (
    Delivery,
    Outcome,
    Reason,
    Refusal,
    TroubleError,
    blaming,
    hand_over,
    name_sender,
    reason_for,
)

Security = Literal["none", "starttls", "tls"]


class SmtpCarrier:
    """Delivers through the server at `host`:`port`.

    `timeout` bounds each wait for the server, `total` the whole conversation (a server
    that drips a byte at a time outlasts the first), both in seconds. `context` is for
    tests and for offices with a certificate authority of their own; without it
    certificates are checked against the system's.
    """

    knows_repeats = False

    def __init__(  # noqa: PLR0913 - these are the settings of a mail server, all by name
        self,
        host: str,
        port: int,
        *,
        security: Security = "starttls",
        user: str = "",
        password: str = "",
        timeout: float = 30.0,
        total: float = 300.0,
        context: ssl.SSLContext | None = None,
    ) -> None:
        self.host = host
        self.port = port
        self.security = security
        self.user = user
        self.timeout = timeout
        self.total = total
        self._password = password
        self._context = context or ssl.create_default_context()

    def deliver(self, message: bytes, sender: str, recipients: Sequence[str]) -> Delivery:
        """Send `message` from `sender` to each of `recipients`, in one conversation."""
        wires = {recipient: wire_address(recipient) for recipient in recipients}
        refusals = [
            Refusal(recipient, Outcome.PERMANENT, Reason("address"))
            for recipient, wire in wires.items()
            if wire is None
        ]
        fit = {recipient: wire for recipient, wire in wires.items() if wire is not None}
        if fit:
            try:
                with self._conversation(sender) as server:
                    refusals += hand_over(server, message, fit)
            except TroubleError as trouble:
                refusals += [Refusal(each, trouble.outcome, trouble.reason) for each in fit]
        refused = {refusal.recipient for refusal in refusals}
        return Delivery.of([each for each in fit if each not in refused], refusals)

    def probe(self, sender: str) -> Reason | None:
        """Go as far as naming `sender`, as for a mail; tell what stands in the way."""
        try:
            with self._conversation(sender):
                return None
        except TroubleError as trouble:
            return trouble.reason

    @contextmanager
    def _conversation(self, sender: str) -> Iterator[smtplib.SMTP]:
        """Open a conversation for `sender`; raise TroubleError for whatever goes wrong in it."""
        address = wire_address(sender)
        if address is None:
            raise TroubleError(Reason("sender"))
        clock = _Clock(self.total)
        try:
            with clock, self._connected(address, clock) as server:
                self._introduce(server)
                name_sender(server, address)
                yield server
        except (OSError, smtplib.SMTPException, UnicodeError) as error:
            reason = Reason("timeout") if clock.struck else reason_for(error)
            raise TroubleError(reason) from error

    @contextmanager
    def _connected(self, sender: str, clock: _Clock) -> Iterator[smtplib.SMTP]:
        # The machine's own name stays here; asking the network for it can take long too.
        hello = sender.rpartition("@")[2]
        if self.security == "tls":
            server: smtplib.SMTP = _SecureLine(
                clock, self.host, self.port, hello, timeout=self.timeout, context=self._context
            )
        else:
            server = _PlainLine(clock, self.host, self.port, hello, timeout=self.timeout)
        try:
            yield server
        finally:
            # What came before the goodbye decides, not whether it was answered.
            with suppress(OSError, smtplib.SMTPException):
                server.quit()
            server.close()

    def _introduce(self, server: smtplib.SMTP) -> None:
        server.ehlo_or_helo_if_needed()
        if self.security == "starttls":
            with blaming("starttls"):
                server.starttls(context=self._context)
            server.ehlo_or_helo_if_needed()
        if self.user:
            with blaming("login"):
                server.login(self.user, self._password)


class _Clock:
    """Hangs up on a conversation that has lasted `seconds`, whatever it is waiting for."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self.struck = False
        self.server: smtplib.SMTP | None = None
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def __enter__(self) -> None:
        self._thread.start()

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def _watch(self) -> None:
        if self._over.wait(self.seconds):
            return
        self.struck = True
        # Again and again: the line may be between two sockets (before TLS, and after).
        while not self._over.wait(0.1):
            line = self.server.sock if self.server else None
            if line is not None:
                with suppress(OSError):
                    # Past the TLS layer, which belongs to the thread that is talking.
                    socket.socket.shutdown(line, socket.SHUT_RDWR)


class _PlainLine(smtplib.SMTP):
    """A conversation that a clock can end from its first byte on."""

    def __init__(self, clock: _Clock, host: str, port: int, hello: str, *, timeout: float) -> None:
        clock.server = self
        super().__init__(host, port, hello, timeout)


class _SecureLine(smtplib.SMTP_SSL):
    """The same, encrypted from its first byte on."""

    def __init__(
        self,
        clock: _Clock,
        host: str,
        port: int,
        hello: str,
        *,
        timeout: float,
        context: ssl.SSLContext,
    ) -> None:
        clock.server = self
        super().__init__(host, port, hello, timeout=timeout, context=context)
