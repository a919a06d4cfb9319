"""Real mail servers on this machine, each good or bad in its own way."""

from __future__ import annotations

import asyncio
import datetime as dt
import ipaddress
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID


@dataclass
class Postbox:
    """What a server got, and what it answers: `answers` maps a step to its next replies."""

    answers: dict[str, list[str]] = field(default_factory=dict)
    envelopes: list[Envelope] = field(default_factory=list)
    logins: list[str] = field(default_factory=list)
    encrypted: list[bool] = field(default_factory=list)
    port: int = 0
    user: str = "report@fl.example"
    password: str = "correct horse"  # noqa: S105 - known to this test server only

    def _next(self, step: str) -> str | None:
        replies = self.answers.get(step)
        return replies.pop(0) if replies else None

    async def handle_MAIL(  # noqa: N802 - the name that aiosmtpd looks for
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """Answer MAIL FROM."""
        if reply := self._next("MAIL"):
            return reply
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 OK"

    async def handle_RCPT(  # noqa: N802
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: Any
    ) -> str:
        """Answer RCPT TO, for one address or for the next one."""
        if reply := self._next(address) or self._next("RCPT"):
            return reply
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(  # noqa: N802
        self, _server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        """Answer the end of DATA; keep what was accepted."""
        if reply := self._next("DATA"):
            return reply
        self.envelopes.append(envelope)
        self.encrypted.append(session.ssl is not None)
        return "250 OK"

    def authenticate(
        self, _server: SMTP, _session: Session, _envelope: Envelope, _kind: str, data: Any
    ) -> AuthResult:
        """Check a login."""
        assert isinstance(data, LoginPassword)
        self.logins.append(data.login.decode())
        good = (data.login.decode(), data.password.decode()) == (self.user, self.password)
        return AuthResult(success=good, handled=False)


@dataclass(frozen=True)
class Certificates:
    """One certificate for 127.0.0.1, as a server shows it and as a client trusts it."""

    server: ssl.SSLContext
    client: ssl.SSLContext


@pytest.fixture(scope="session")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Certificates:
    """Sign a certificate for this run."""
    folder = tmp_path_factory.mktemp("certificates")
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = dt.datetime.now(dt.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]),
            critical=False,
        )
        .sign(key, hashes.SHA256())
    )
    pem = folder / "server.pem"
    pem.write_bytes(
        certificate.public_bytes(serialization.Encoding.PEM)
        + key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    server = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    server.load_cert_chain(pem)
    return Certificates(server, ssl.create_default_context(cafile=str(pem)))


StartServer = Callable[..., Postbox]
Behaviour = Callable[[socket.socket], object]
BadServer = Callable[[Behaviour], AbstractContextManager[int]]


@pytest.fixture
def start_server() -> Iterator[StartServer]:
    """Give a function that starts an aiosmtpd server; all are stopped at the end."""
    with ExitStack() as stack:

        def start(*, tls: ssl.SSLContext | None = None, **options: Any) -> Postbox:
            postbox = Postbox()
            if options.pop("login", False):
                options |= {"authenticator": postbox.authenticate, "auth_required": True}
            stack.enter_context(_serving(postbox, tls, options))
            return postbox

        yield start


@contextmanager
def _serving(
    postbox: Postbox, tls: ssl.SSLContext | None, options: dict[str, Any]
) -> Iterator[None]:
    loop = asyncio.new_event_loop()

    def protocol() -> SMTP:
        return SMTP(postbox, loop=loop, hostname="mail.example", **options)

    server = loop.run_until_complete(loop.create_server(protocol, "127.0.0.1", 0, ssl=tls))
    postbox.port = server.sockets[0].getsockname()[1]
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    try:
        yield
    finally:
        asyncio.run_coroutine_threadsafe(_stop(server), loop).result(5)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(5)
        loop.close()


async def _stop(server: asyncio.Server) -> None:
    server.close()
    await server.wait_closed()
    rest = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
    for task in rest:
        task.cancel()
    await asyncio.gather(*rest, return_exceptions=True)
    await asyncio.sleep(0)  # lets closed transports go


@pytest.fixture
def bad_server() -> BadServer:
    """Give a function that serves one connection by hand, as badly as it is told."""
    return _badly_serving


@contextmanager
def _badly_serving(behaviour: Behaviour) -> Iterator[int]:
    """Serve one connection by hand with `behaviour`; give the port."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(10)

        def serve() -> None:
            line, _ = listener.accept()
            with line:
                line.settimeout(10)
                behaviour(line)

        thread = threading.Thread(target=serve)
        thread.start()
        yield listener.getsockname()[1]
        thread.join(10)


@pytest.fixture
def maildir(tmp_path: Path) -> Path:
    """A Maildir that does not exist yet."""
    return tmp_path / "state" / "mail"
