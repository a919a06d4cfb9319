"""Delivery: what a mail server said, and what became of a mail, in our own words.

Owns the outcomes and the reasons; when to try again is the queue's. Refuses to quote a
server or a library: what a server says may hold addresses, and nobody here reads English. A
fault of the server or of the settings is TEMPORARY (the mail waits until somebody mends them);
only what the server says of this mail or of one recipient is PERMANENT.
"""

from __future__ import annotations

import smtplib
import socket
import ssl
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal, Protocol


class Outcome(StrEnum):
    """Whether to strike the mail off the queue, to try again, or to hold and show it."""

    SENT = "sent"
    TEMPORARY = "temporary"
    PERMANENT = "permanent"


_WORDS = {
    "host": "找不到邮件服务器，请检查邮件设置中的服务器名称和网络",
    "connect": "连不上邮件服务器，请检查网络、服务器名称和端口",
    "timeout": "邮件服务器很久没有回答",
    "dropped": "与邮件服务器的连接中途断了",
    "greeting": "邮件服务器现在不接受连接",
    "starttls": "邮件服务器不提供加密连接（STARTTLS），请检查邮件设置",
    "certificate": "邮件服务器的证书不可信，请检查服务器名称和证书",
    "tls": "与邮件服务器建立加密连接失败，请检查端口和加密方式",
    "login": "邮件服务器没有接受用户名或密码，请检查邮件设置",
    "sender": "邮件服务器没有接受发件地址",
    "recipient": "邮件服务器没有接受收件地址",
    "address": "收件地址的格式不对，请在单位名单中改正",
    "nobody": "没有收件地址",
    "message": "邮件服务器没有接受邮件内容",
    "size": "邮件超过了服务器允许的大小，可在设置中改为不带附件",
    "full": "收件人的邮箱满了，或者服务器空间不足",
    "busy": "邮件服务器暂时不收，稍后再试",
    "answer": "邮件服务器的回答看不懂",
    "disk": "邮件不能写入本机的邮件文件夹，请检查磁盘空间和权限",
}


_OF_THE_SERVER = frozenset(
    {"host", "connect", "timeout", "greeting", "starttls", "certificate", "tls", "login"}
)
"""What the next mail would meet as well, and mostly after as long a wait."""


@dataclass(frozen=True, slots=True)
class Reason:
    """Why an attempt failed: our own `code`, and the server's three digits (0: none)."""

    code: str
    smtp_code: int = 0

    @property
    def words(self) -> str:
        """Say it to the operator: the words, the digits, no more."""
        digits = f"（{self.smtp_code}）" if self.smtp_code else ""
        return f"{_WORDS[self.code]}{digits}。"

    @property
    def is_of_the_server(self) -> bool:
        """Whether other mails need not be tried just now: the fault is most likely not this one's."""
        return self.code in _OF_THE_SERVER

    def __str__(self) -> str:
        return f"{self.code}:{self.smtp_code}" if self.smtp_code else self.code


@dataclass(frozen=True, slots=True)
class Refusal:
    """One recipient who did not get the mail in this attempt; `outcome` is never SENT."""

    recipient: str
    outcome: Outcome
    reason: Reason


@dataclass(frozen=True, slots=True)
class Delivery:
    """The result of one attempt.

    SENT: somebody has it and nobody is left to try; `refusals` name those who never get
    it. TEMPORARY: try again, with the recipients in `again` only. PERMANENT: nobody of
    this attempt has it and another would end the same.
    """

    outcome: Outcome
    reason: Reason | None = None
    accepted: tuple[str, ...] = ()
    refusals: tuple[Refusal, ...] = ()

    @property
    def again(self) -> tuple[str, ...]:
        """The recipients to try again."""
        return self._refused(Outcome.TEMPORARY)

    @property
    def failed(self) -> tuple[str, ...]:
        """The recipients to whom it cannot be delivered."""
        return self._refused(Outcome.PERMANENT)

    def _refused(self, outcome: Outcome) -> tuple[str, ...]:
        return tuple(refused.recipient for refused in self.refusals if refused.outcome is outcome)

    def reasons(self, outcome: Outcome) -> dict[str, str]:
        """Say of each recipient with this outcome why."""
        return {
            each.recipient: each.reason.words for each in self.refusals if each.outcome is outcome
        }

    @classmethod
    def of(cls, accepted: Sequence[str], refusals: Sequence[Refusal]) -> Delivery:
        """Sum up what became of each recipient."""
        temporary = [each for each in refusals if each.outcome is Outcome.TEMPORARY]
        if temporary:
            outcome = Outcome.TEMPORARY
        else:
            outcome = Outcome.SENT if accepted else Outcome.PERMANENT
        reasons = [each.reason for each in [*temporary, *refusals]]
        if not reasons and not accepted:
            reasons = [Reason("nobody")]
        return cls(outcome, reasons[0] if reasons else None, tuple(accepted), tuple(refusals))


class Carrier(Protocol):
    """Whoever takes a composed mail: a server, or a folder."""

    knows_repeats: bool
    """Whether a mail that is handed over twice is there once."""

    def deliver(self, message: bytes, sender: str, recipients: Sequence[str]) -> Delivery:
        """Hand `message` over once; failures are the answer, never an exception."""
        ...


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
