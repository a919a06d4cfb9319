"""The SMTP carrier: one mail, one conversation.

Owns the connection (encryption, login, goodbye, the limits in time) and what a server's digits
and a broken line mean. Refuses to keep the line for the next mail, and to try again by itself.
"""

from __future__ import annotations

import smtplib
import socket
import ssl
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any, Literal

from sheetflow.mail.carriers import Delivery, Outcome, Reason, Refusal
from sheetflow.mail.compose import wire_address

_ACCEPTED = frozenset({250, 251, 252})
_LOGIN_NEEDED = frozenset({530, 534, 535, 538})
_NOT_NOW, _REFUSED = 4, 5
_FULL = frozenset({422, 431, 452, 552})
_TOO_BIG = frozenset({523, 552})


class _TroubleError(Exception):
    """The conversation ended before anybody got the mail."""

    def __init__(self, reason: Reason, outcome: Outcome = Outcome.TEMPORARY) -> None:
        super().__init__(str(reason))
        self.reason = reason
        self.outcome = outcome


@dataclass
class SmtpCarrier:
    """Delivers through the server at `host`:`port`."""

    host: str
    port: int
    security: Literal["none", "starttls", "tls"] = "starttls"
    user: str = ""
    password: str = field(default="", repr=False)
    timeout: float = 30.0
    """Seconds of each wait for the server."""
    total: float = 300.0
    """Seconds of the whole conversation: a server that drips a byte at a time outlasts a wait."""
    context: ssl.SSLContext = field(default_factory=ssl.create_default_context, repr=False)
    """Certificates are checked against the system's, or an office's own authority."""
    knows_repeats = False

    def deliver(self, message: bytes, sender: str, recipients: Sequence[str]) -> Delivery:
        """Send `message` from `sender` to each of `recipients`, in one conversation."""
        wires = {recipient: wire_address(recipient) for recipient in recipients}
        fit = {recipient: wire for recipient, wire in wires.items() if wire is not None}
        refusals = [
            Refusal(each, Outcome.PERMANENT, Reason("address")) for each in wires if each not in fit
        ]
        if fit:
            try:
                with self._conversation(sender) as server:
                    refusals += _hand_over(server, message, fit)
            except _TroubleError as trouble:
                refusals += [Refusal(each, trouble.outcome, trouble.reason) for each in fit]
        refused = {refusal.recipient for refusal in refusals}
        return Delivery(tuple(each for each in fit if each not in refused), tuple(refusals))

    def probe(self, sender: str) -> Reason | None:
        """Go as far as naming `sender`, as for a mail; tell what stands in the way."""
        try:
            with self._conversation(sender):
                return None
        except _TroubleError as trouble:
            return trouble.reason

    @contextmanager
    def _conversation(self, sender: str) -> Iterator[smtplib.SMTP]:
        """Open a conversation for `sender`; raise _TroubleError for whatever goes wrong in it."""
        address = wire_address(sender)
        if address is None:
            raise _TroubleError(Reason("sender"))
        clock = _Clock(self.total)
        try:
            with clock, self._connected(address, clock) as server:
                self._introduce(server)
                code, _ = server.mail(address)
                if code not in _ACCEPTED:
                    outcome, reason = _verdict("sender", code)
                    raise _TroubleError(reason, outcome)
                yield server
        except (OSError, smtplib.SMTPException, UnicodeError) as error:
            reason = Reason("timeout") if clock.struck else _reason_for(error)
            raise _TroubleError(reason) from error

    @contextmanager
    def _connected(self, sender: str, clock: _Clock) -> Iterator[smtplib.SMTP]:
        # The machine's own name stays here; asking the network for it can take long too.
        place = (self.host, self.port, sender.rpartition("@")[2])
        server = (
            _SecureLine(clock, *place, timeout=self.timeout, context=self.context)
            if self.security == "tls"
            else _PlainLine(clock, *place, timeout=self.timeout)
        )
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
            with _blaming("starttls"):
                server.starttls(context=self.context)
            server.ehlo_or_helo_if_needed()
        if self.user:
            with _blaming("login"):
                server.login(self.user, self.password)


def _hand_over(server: smtplib.SMTP, message: bytes, fit: Mapping[str, str]) -> list[Refusal]:
    """Name the recipients and hand `message` over to those the server takes.

    `fit` maps each recipient to its address on the wire. Give a refusal for each one
    who did not get it.
    """
    refusals = []
    for recipient, wire in fit.items():
        code, _ = server.rcpt(wire)
        if code not in _ACCEPTED:
            refusals.append(Refusal(recipient, *_verdict("recipient", code)))
    refused = {refusal.recipient for refusal in refusals}
    rest = [recipient for recipient in fit if recipient not in refused]
    if rest:
        try:
            code, _ = server.data(message)
        except smtplib.SMTPDataError as error:  # it said no before the first line
            code = error.smtp_code
        if code not in _ACCEPTED:
            refusals += [Refusal(recipient, *_verdict("message", code)) for recipient in rest]
    return refusals


def _verdict(step: Literal["sender", "recipient", "message"], code: int) -> tuple[Outcome, Reason]:
    """Judge the three digits that the server answered to `step` with."""
    outcome = Outcome.TEMPORARY
    if code in _LOGIN_NEEDED:
        word = "login"
    elif step == "recipient" and code in _FULL:
        # RFC 5321, 4.5.3.1.10: 552 for a recipient is what 452 should have been.
        word = "full"
    elif step != "recipient" and code in _TOO_BIG:
        outcome, word = Outcome.PERMANENT, "size"
    elif code // 100 == _REFUSED:
        word = step
        if step != "sender":  # that one is a setting, which somebody can mend
            outcome = Outcome.PERMANENT
    else:
        word = "busy" if code // 100 == _NOT_NOW else "answer"
    return outcome, Reason(word, max(code, 0))


@contextmanager
def _blaming(code: str) -> Iterator[None]:
    """Name `code` as the reason where the server refuses or cannot do what is inside."""
    try:
        yield
    except smtplib.SMTPServerDisconnected:
        raise
    except (smtplib.SMTPException, UnicodeError) as error:
        raise _TroubleError(Reason(code, _digits(error))) from error


def _digits(error: Exception) -> int:
    return max(error.smtp_code, 0) if isinstance(error, smtplib.SMTPResponseException) else 0


_BROKEN: tuple[tuple[type[Exception] | tuple[type[Exception], ...], str], ...] = (
    (ssl.SSLCertVerificationError, "certificate"),
    ((ssl.SSLEOFError, ssl.SSLZeroReturnError), "dropped"),
    (ssl.SSLError, "tls"),
    (TimeoutError, "timeout"),
    ((socket.gaierror, UnicodeError), "host"),
    (smtplib.SMTPConnectError, "greeting"),
    (smtplib.SMTPServerDisconnected, "dropped"),
    (smtplib.SMTPException, "answer"),
    ((ConnectionResetError, BrokenPipeError, ConnectionAbortedError), "dropped"),
    (OSError, "connect"),
)
"""Which exception means what, the narrowest first."""


def _reason_for(error: Exception) -> Reason:
    """Name what broke the conversation. smtplib hides a timeout behind “disconnected”."""
    if isinstance(error, smtplib.SMTPServerDisconnected) and isinstance(error.__context__, OSError):
        error = error.__context__
    code = next((code for kinds, code in _BROKEN if isinstance(error, kinds)), "answer")
    return Reason(code, _digits(error))


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

    def __init__(self, clock: _Clock, *place: Any, **options: Any) -> None:  # noqa: ANN401 - smtplib's own
        clock.server = self
        super().__init__(*place, **options)


class _SecureLine(_PlainLine, smtplib.SMTP_SSL):
    """The same, encrypted from its first byte on."""
