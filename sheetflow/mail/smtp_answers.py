"""Answers: what a mail server said, and what it means for the queue.

Owns the commands that hand a mail over and the reading of three digits and of broken
lines. Refuses to open connections. A fault of the server or of the settings is
TEMPORARY (the mail waits until somebody mends them); only what the server says of this
mail or of one recipient is PERMANENT.
"""

from __future__ import annotations

import smtplib
import socket
import ssl
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Literal

from sheetflow.mail.delivery import Outcome, Reason, Refusal

_ACCEPTED = frozenset({250, 251, 252})
_LOGIN_NEEDED = frozenset({530, 534, 535, 538})
_NOT_NOW, _REFUSED = 4, 5
_FULL = frozenset({422, 431, 452, 552})
_TOO_BIG = frozenset({523, 552})

Step = Literal["sender", "recipient", "message"]


class TroubleError(Exception):
    """The conversation ended before anybody got the mail."""

    def __init__(self, reason: Reason, outcome: Outcome = Outcome.TEMPORARY) -> None:
        super().__init__(str(reason))
        self.reason = reason
        self.outcome = outcome


def name_sender(server: smtplib.SMTP, address: str) -> None:
    """Say who sends (MAIL FROM); raise TroubleError where the server minds."""
    code, _ = server.mail(address)
    if code not in _ACCEPTED:
        outcome, reason = verdict("sender", code)
        raise TroubleError(reason, outcome)


def hand_over(server: smtplib.SMTP, message: bytes, fit: Mapping[str, str]) -> list[Refusal]:
    """Name the recipients and hand `message` over to those the server takes.

    `fit` maps each recipient to its address on the wire. Give a refusal for each one
    who did not get it.
    """
    refusals = []
    for recipient, wire in fit.items():
        code, _ = server.rcpt(wire)
        if code not in _ACCEPTED:
            refusals.append(Refusal(recipient, *verdict("recipient", code)))
    refused = {refusal.recipient for refusal in refusals}
    rest = [recipient for recipient in fit if recipient not in refused]
    if rest:
        code = _send_content(server, message)
        if code not in _ACCEPTED:
            outcome, reason = verdict("message", code)
            refusals += [Refusal(recipient, outcome, reason) for recipient in rest]
    return refusals


def _send_content(server: smtplib.SMTP, message: bytes) -> int:
    try:
        code, _ = server.data(message)
    except smtplib.SMTPDataError as error:  # it said no before the first line
        return error.smtp_code
    return code


def verdict(step: Step, code: int) -> tuple[Outcome, Reason]:
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
def blaming(code: str) -> Iterator[None]:
    """Name `code` as the reason where the server refuses or cannot do what is inside."""
    try:
        yield
    except smtplib.SMTPServerDisconnected:
        raise
    except smtplib.SMTPResponseException as error:
        raise TroubleError(Reason(code, max(error.smtp_code, 0))) from error
    except (smtplib.SMTPException, UnicodeError) as error:
        raise TroubleError(Reason(code)) from error


def reason_for(error: Exception) -> Reason:
    """Name what broke the conversation. smtplib hides a timeout behind “disconnected”."""
    if isinstance(error, smtplib.SMTPServerDisconnected) and isinstance(error.__context__, OSError):
        error = error.__context__
    for kinds, code in _BROKEN:
        if isinstance(error, kinds):
            digits = error.smtp_code if isinstance(error, smtplib.SMTPResponseException) else 0
            return Reason(code, max(digits, 0))
    return Reason("answer")


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
