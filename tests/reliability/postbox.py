"""A real mail server of this machine that keeps what it took, and misbehaves as told.

This module owns the server's side of the conversation. It refuses to know what the mail
should say.
"""

from __future__ import annotations

import asyncio
import email.parser
import email.policy
import hashlib
import threading
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from email.message import EmailMessage
from types import TracebackType
from typing import Any, Self

from aiosmtpd.smtp import SMTP, Envelope, Session

Manner = Callable[["Postbox", Envelope], str | None]
"""What to answer to the end of DATA; None to take the mail."""


@dataclass
class Postbox:
    """A server on 127.0.0.1:`port`; `mails` holds what it took, in order."""

    manner: Manner | None = None
    to_each: Callable[[str], str | None] | None = None
    """What to answer to a recipient's address; None to take it."""
    greeting_seconds: float = 0.0
    mails: list[bytes] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    """The address of every RCPT, in order."""
    served: list[str] = field(default_factory=list)
    """The address of every recipient of every mail that was taken."""
    attempts: int = 0
    calls: int = 0
    port: int = 0

    def settings(self) -> dict[str, str]:
        """The settings under which the service sends its mail here, as environment."""
        return {
            "SHEETFLOW_MAIL__HOST": "127.0.0.1",
            "SHEETFLOW_MAIL__PORT": str(self.port),
            "SHEETFLOW_MAIL__SECURITY": "none",
            "SHEETFLOW_MAIL__TIMEOUT_SECONDS": "1",
        }

    def messages(self) -> list[EmailMessage]:
        """What it took, parsed."""
        parser = email.parser.BytesParser(EmailMessage, policy=email.policy.default)
        return [parser.parsebytes(data) for data in self.mails]

    def by_id(self) -> dict[str, list[str]]:
        """The digests of everything taken under one Message-ID."""
        found: dict[str, list[str]] = defaultdict(list)
        for message, data in zip(self.messages(), self.mails, strict=True):
            found[str(message["Message-ID"])].append(hashlib.sha256(data).hexdigest())
        return found

    async def handle_RCPT(  # noqa: N802 - the name and the arguments of aiosmtpd
        self,
        _server: SMTP,
        _session: Session,
        envelope: Envelope,
        address: str,
        _options: list[str],
    ) -> str:
        """Answer a recipient's address."""
        self.asked.append(address)
        answer = self.to_each(address) if self.to_each else None
        if answer is None:
            envelope.rcpt_tos.append(address)
        return answer or "250 OK"

    async def handle_DATA(  # noqa: N802 - the name that aiosmtpd looks for
        self, server: SMTP, _session: Session, envelope: Envelope
    ) -> str:
        """Answer the end of DATA."""
        self.attempts += 1
        answer = self.manner(self, envelope) if self.manner else None
        if answer == "drop":
            assert isinstance(server.transport, asyncio.Transport)
            server.transport.abort()
            return "451 never heard"
        if answer is not None:
            return answer
        assert isinstance(envelope.original_content, bytes)
        self.mails.append(envelope.original_content)
        self.served += envelope.rcpt_tos
        return "250 OK"

    def __enter__(self) -> Self:
        self._loop = asyncio.new_event_loop()
        box = self

        class Slow(SMTP):
            """A server that takes its time to greet."""

            async def _handle_client(self) -> None:
                box.calls += 1
                await asyncio.sleep(box.greeting_seconds)
                await super()._handle_client()

        self._server = self._loop.run_until_complete(
            self._loop.create_server(
                lambda: Slow(self, loop=self._loop, hostname="mail.example"), "127.0.0.1", self.port
            )
        )
        self.port = self._server.sockets[0].getsockname()[1]
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        asyncio.run_coroutine_threadsafe(self._stop(), self._loop).result(10)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
        self._loop.close()

    async def _stop(self) -> None:
        self._server.close()
        await self._server.wait_closed()
        rest: list[asyncio.Task[Any]] = [
            task for task in asyncio.all_tasks() if task is not asyncio.current_task()
        ]
        for task in rest:
            task.cancel()
        await asyncio.gather(*rest, return_exceptions=True)
        await asyncio.sleep(0.05)  # lets closed and dropped transports go


def refusing(answer: str) -> Manner:
    """Answer every mail with `answer`."""
    return lambda _box, _envelope: answer
