"""What a carrier is, what became of a mail in our own words, and the folder that takes mail.

No server or library is quoted: it may hold addresses, and nobody here reads English. A fault of the
server or of the settings is TEMPORARY; only what is said of this mail or one recipient is PERMANENT.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Sequence
from dataclasses import dataclass
from email.parser import BytesHeaderParser
from email.policy import compat32
from email.utils import parsedate_to_datetime
from enum import StrEnum
from pathlib import Path
from typing import Protocol

from sheetflow.durable import sync_folder


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
    """The result of one attempt: who has it, and of each one else why not."""

    accepted: tuple[str, ...] = ()
    refusals: tuple[Refusal, ...] = ()

    @property
    def outcome(self) -> Outcome:
        """TEMPORARY: try those in `again`; PERMANENT: nobody has it and another try ends the same."""
        if self.again:
            return Outcome.TEMPORARY
        return Outcome.SENT if self.accepted else Outcome.PERMANENT

    @property
    def reason(self) -> Reason | None:
        """Why somebody has to wait, else why somebody never gets it; None where all have it."""
        refusals = sorted(self.refusals, key=lambda each: each.outcome is Outcome.PERMANENT)
        if refusals:
            return refusals[0].reason
        return None if self.accepted else Reason("nobody")

    @property
    def again(self) -> tuple[str, ...]:
        """The recipients to try again."""
        return tuple(self.reasons(Outcome.TEMPORARY))

    def reasons(self, outcome: Outcome) -> dict[str, str]:
        """Say of each recipient with this outcome why."""
        return {
            each.recipient: each.reason.words for each in self.refusals if each.outcome is outcome
        }


class Carrier(Protocol):
    """Whoever takes a composed mail: a server, or a folder."""

    knows_repeats: bool
    """Whether a mail that is handed over twice is there once."""

    def deliver(self, message: bytes, sender: str, recipients: Sequence[str]) -> Delivery:
        """Hand `message` over once; failures are the answer, never an exception."""
        ...


class MaildirCarrier:
    """Puts mail into the Maildir at `path`, making it when it is missing."""

    knows_repeats = True

    def __init__(self, path: Path) -> None:
        self.path = path

    def deliver(self, message: bytes, sender: str, recipients: Sequence[str]) -> Delivery:
        """Write `message` to ``tmp``, make it durable and move it to ``new``.

        `sender` is not needed: it stands in the message. A full or read-only disk is a
        TEMPORARY trouble.
        """
        del sender
        try:
            self._write(message)
        except OSError:
            disk = Reason("disk")
            return Delivery(
                refusals=tuple(Refusal(each, Outcome.TEMPORARY, disk) for each in recipients)
            )
        return Delivery(tuple(recipients))

    def remove(self, message_id: str) -> int:
        """Remove the mail with this Message-ID; give how many files that were."""
        mark = f".{_digest(message_id)}.sheetflow"
        found = [
            path
            for folder in ("new", "cur")
            if (self.path / folder).is_dir()
            for path in (self.path / folder).iterdir()
            if mark in path.name
        ]
        for path in found:
            path.unlink(missing_ok=True)
        return len(found)

    def _write(self, message: bytes) -> None:
        for folder in (self.path, *(self.path / name for name in ("tmp", "new", "cur"))):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        name = _name(message)
        if (self.path / "new" / name).exists() or any((self.path / "cur").glob(f"{name}*")):
            return
        draft = self.path / "tmp" / name
        flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | getattr(os, "O_BINARY", 0)
        with os.fdopen(os.open(draft, flags, 0o600), "wb") as file:
            # Maildir holds the system's own line ends; all bodies are base64, so none is harmed.
            file.write(message.replace(b"\r\n", b"\n"))
            file.flush()
            os.fsync(file.fileno())
        draft.replace(self.path / "new" / name)
        sync_folder(self.path / "new")


def _name(message: bytes) -> str:
    """Name the file by the mail's date, so that a listing is in order, and its Message-ID."""
    headers = BytesHeaderParser(policy=compat32).parsebytes(message)
    seconds = int(parsedate_to_datetime(headers["Date"]).timestamp())
    return f"{seconds}.{_digest(str(headers['Message-ID']))}.sheetflow"


def _digest(message_id: str) -> str:
    return hashlib.sha256(message_id.encode()).hexdigest()[:24]
