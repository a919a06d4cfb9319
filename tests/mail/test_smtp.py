"""Conversations with real mail servers, good and bad."""

from __future__ import annotations

import datetime as dt
import email
import socket
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from email.policy import SMTP as SMTP_POLICY
from typing import Any

import pytest

from sheetflow.mail.carriers import Outcome, Reason
from sheetflow.mail.compose import Sender, compose
from sheetflow.mail.smtp import SmtpCarrier
from sheetflow.store.records import NewMail

StartServer = Callable[..., Any]
BadServer = Callable[[Callable[[socket.socket], object]], AbstractContextManager[int]]
Certificates = Any
"""What the fixtures in conftest give."""

STARTS = dt.datetime(2012, 3, 5, 9, 0, tzinfo=dt.timezone(dt.timedelta(hours=8)))

SENDER = "report@fl.example"
TO = ("lixia@fl.example", "lixia2@fl.example")
SUBJECT = "【下基层、访妇情、办实事】退回：历下区 2012年1—2月（第2号）"
NAME = "退回_370102-历下区_2012B1_第2号.xlsx"
MESSAGE = compose(
    NewMail(
        message_id="<m1@sheetflow>",
        recipients=TO,
        subject=SUBJECT,
        text="您好！\n.\n..点号开头的行\n",
        html="<p>您好！</p>",
    ),
    Sender(SENDER),
    [(NAME, b"PK\x03\x04" * 5000)],
    STARTS,
)


def carrier(port: int, **settings: Any) -> SmtpCarrier:
    """A carrier to this machine that is not patient."""
    return SmtpCarrier("127.0.0.1", port, **{"security": "none", "timeout": 5.0, **settings})


def test_plain_conversation_delivers_the_same_bytes(start_server: StartServer) -> None:
    """What the server has is what was composed, to everyone who was meant, and nobody else."""
    box = start_server()
    delivery = carrier(box.port).deliver(MESSAGE, SENDER, TO)
    assert (delivery.outcome, delivery.reason) == (Outcome.SENT, None)
    assert delivery.accepted == TO
    (envelope,) = box.envelopes
    assert envelope.mail_from == SENDER
    assert envelope.rcpt_tos == list(TO)
    assert envelope.content == MESSAGE
    read = email.message_from_bytes(MESSAGE, policy=SMTP_POLICY)
    assert read["Subject"] == SUBJECT


def test_starttls_with_login(start_server: StartServer, certificates: Certificates) -> None:
    """With STARTTLS set, password and mail travel encrypted only."""
    box = start_server(tls_context=certificates.server, require_starttls=True, login=True)
    sending = carrier(
        box.port,
        security="starttls",
        user=box.user,
        password=box.password,
        context=certificates.client,
    )
    assert sending.probe(SENDER) is None
    assert sending.deliver(MESSAGE, SENDER, TO).outcome is Outcome.SENT
    assert box.logins == [box.user, box.user]
    assert box.encrypted == [True]


def test_tls_from_the_first_byte(start_server: StartServer, certificates: Certificates) -> None:
    """With TLS set, the whole conversation is encrypted."""
    box = start_server(tls=certificates.server)
    sending = carrier(box.port, security="tls", context=certificates.client)
    assert sending.deliver(MESSAGE, SENDER, TO).outcome is Outcome.SENT
    assert box.envelopes[0].content == MESSAGE


@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_untrusted_certificate_gets_no_mail(
    start_server: StartServer, certificates: Certificates, security: str
) -> None:
    """A server that cannot prove its name gets neither password nor mail."""
    tls = (
        {"tls": certificates.server} if security == "tls" else {"tls_context": certificates.server}
    )
    box = start_server(**tls)
    delivery = carrier(box.port, security=security).deliver(MESSAGE, SENDER, TO)
    assert (delivery.outcome, str(delivery.reason)) == (Outcome.TEMPORARY, "certificate")
    assert box.envelopes == []


def test_no_starttls_offered_means_no_mail(start_server: StartServer) -> None:
    """Nobody on the line can talk us out of encryption."""
    box = start_server()
    sending = carrier(box.port, security="starttls", user=box.user, password=box.password)
    delivery = sending.deliver(MESSAGE, SENDER, TO)
    assert (delivery.outcome, str(delivery.reason)) == (Outcome.TEMPORARY, "starttls")
    assert (box.envelopes, box.logins) == ([], [])


def test_wrong_password_waits_for_the_operator(
    start_server: StartServer, certificates: Certificates
) -> None:
    """A changed password holds mail up but throws none away, and the reason names no secret."""
    box = start_server(tls_context=certificates.server, login=True)
    for user, password, digits in ((box.user, "wrong", 535), (box.user, "密码", 0), ("", "", 530)):
        sending = carrier(
            box.port,
            security="starttls",
            user=user,
            password=password,
            context=certificates.client,
        )
        assert sending.probe(SENDER) == Reason("login", digits)
        delivery = sending.deliver(MESSAGE, SENDER, TO)
        assert (delivery.outcome, delivery.again) == (Outcome.TEMPORARY, TO)
    assert Reason("login", 535).words == ("邮件服务器没有接受用户名或密码，请检查邮件设置（535）。")
    assert box.envelopes == []


@pytest.mark.parametrize("step", ["MAIL", "RCPT", "DATA"])
def test_not_now_then_yes(start_server: StartServer, step: str) -> None:
    """A server that is busy gets the mail at the next attempt."""
    box = start_server()
    box.answers = {step: ["451 4.3.0 try <lixia@fl.example> later"] * (2 if step == "RCPT" else 1)}
    first = carrier(box.port).deliver(MESSAGE, SENDER, TO)
    assert (first.outcome, first.reason) == (Outcome.TEMPORARY, Reason("busy", 451))
    assert first.again == TO
    second = carrier(box.port).deliver(MESSAGE, SENDER, first.again)
    assert second.outcome is Outcome.SENT
    assert [envelope.content for envelope in box.envelopes] == [MESSAGE]


@pytest.mark.parametrize(
    ("step", "reply", "outcome", "reason"),
    [
        ("RCPT", "550 5.1.1 no such user lixia", Outcome.PERMANENT, "recipient:550"),
        ("DATA", "554 5.7.1 looks like spam", Outcome.PERMANENT, "message:554"),
        ("DATA", "552 5.3.4 too big", Outcome.PERMANENT, "size:552"),
        ("MAIL", "552 5.3.4 too big", Outcome.PERMANENT, "size:552"),
        ("RCPT", "552 5.2.2 mailbox full", Outcome.TEMPORARY, "full:552"),
        ("MAIL", "550 5.7.1 not your address", Outcome.TEMPORARY, "sender:550"),
        ("RCPT", "421 4.3.2 going down", Outcome.TEMPORARY, "busy:421"),
        ("DATA", "299 what", Outcome.TEMPORARY, "answer:299"),
    ],
)
def test_refusals(
    start_server: StartServer, step: str, reply: str, outcome: Outcome, reason: str
) -> None:
    """What the server says of this mail is final; what a person can mend is tried again."""
    box = start_server()
    box.answers = {step: [reply] * 2}
    delivery = carrier(box.port).deliver(MESSAGE, SENDER, TO)
    assert (delivery.outcome, str(delivery.reason)) == (outcome, reason)
    assert box.envelopes == []
    assert delivery.reason is not None
    assert "lixia" not in delivery.reason.words
    assert delivery.reason.words.endswith("）。")


def test_one_of_several_is_refused(start_server: StartServer) -> None:
    """The others get their mail at once; the result names who did not, and why."""
    box = start_server()
    box.answers = {TO[0]: ["550 5.1.1 unknown"]}
    delivery = carrier(box.port).deliver(MESSAGE, SENDER, (*TO, "张三@fl.example"))
    assert delivery.outcome is Outcome.SENT
    assert delivery.accepted == TO[1:]
    assert {each.recipient: str(each.reason) for each in delivery.refusals} == {
        TO[0]: "recipient:550",
        "张三@fl.example": "address",
    }
    assert box.envelopes[0].rcpt_tos == [TO[1]]


def test_one_of_several_must_wait(start_server: StartServer) -> None:
    """Only the one that must wait is tried again, so that nobody gets it twice."""
    box = start_server()
    box.answers = {TO[1]: ["450 4.2.0 greylisted"]}
    first = carrier(box.port).deliver(MESSAGE, SENDER, TO)
    assert (first.outcome, first.accepted, first.again) == (Outcome.TEMPORARY, TO[:1], TO[1:])
    assert carrier(box.port).deliver(MESSAGE, SENDER, first.again).outcome is Outcome.SENT
    assert [envelope.rcpt_tos for envelope in box.envelopes] == [[TO[0]], [TO[1]]]


def test_nobody_to_send_to_is_no_conversation() -> None:
    """A unit whose only address is broken is shown as such; no server is asked."""
    delivery = carrier(9).deliver(MESSAGE, SENDER, ["张三@fl.example"])
    assert (delivery.outcome, str(delivery.reason)) == (Outcome.PERMANENT, "address")
    assert str(carrier(9).deliver(MESSAGE, SENDER, []).reason) == "nobody"


def test_no_server_there() -> None:
    """A server that is switched off delays the mail."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    delivery = carrier(port).deliver(MESSAGE, SENDER, TO)
    assert (delivery.outcome, str(delivery.reason)) == (Outcome.TEMPORARY, "connect")
    unknown = SmtpCarrier("no-such-host.invalid", 25, security="none", timeout=5)
    assert str(unknown.probe(SENDER)) == "host"


def test_server_that_greets_with_no(bad_server: BadServer) -> None:
    """A server that lets nobody in is tried again."""
    with bad_server(lambda line: line.sendall(b"554 no service\r\n")) as port:
        delivery = carrier(port).deliver(MESSAGE, SENDER, TO)
    assert (delivery.outcome, str(delivery.reason)) == (Outcome.TEMPORARY, "greeting:554")


def test_silent_server(bad_server: BadServer) -> None:
    """A server that never answers costs one timeout, not the service."""
    with bad_server(lambda line: line.recv(1) and None) as port:
        before = time.monotonic()
        delivery = carrier(port, timeout=0.3).deliver(MESSAGE, SENDER, TO)
    assert (delivery.outcome, str(delivery.reason)) == (Outcome.TEMPORARY, "timeout")
    assert time.monotonic() - before < 3


def test_dripping_server(bad_server: BadServer) -> None:
    """A server that sends a byte now and then cannot hold the service for ever."""

    def drip(line: socket.socket) -> None:
        try:
            for _ in range(100):
                line.sendall(b"2")
                time.sleep(0.1)
        except OSError:
            return

    with bad_server(drip) as port:
        before = time.monotonic()
        delivery = carrier(port, timeout=1.0, total=0.5).deliver(MESSAGE, SENDER, TO)
    assert (delivery.outcome, str(delivery.reason)) == (Outcome.TEMPORARY, "timeout")
    assert time.monotonic() - before < 3


def _until_data(line: socket.socket) -> None:
    line.sendall(b"220 mail.example\r\n")
    asked = b""
    while not asked.startswith(b"data"):
        asked = line.recv(1000).lower()
        line.sendall(b"354 go on\r\n" if asked.startswith(b"data") else b"250 OK\r\n")


def test_line_dropped_in_the_middle_of_the_mail(bad_server: BadServer) -> None:
    """A mail that got halfway through is sent again."""

    def drop(line: socket.socket) -> None:
        _until_data(line)
        line.recv(1000)

    with bad_server(drop) as port:
        delivery = carrier(port).deliver(MESSAGE * 50, SENDER, TO)
    assert (delivery.outcome, str(delivery.reason)) == (Outcome.TEMPORARY, "dropped")
    assert delivery.again == TO


def test_line_dropped_after_the_yes(bad_server: BadServer) -> None:
    """A mail the server has taken is not sent twice because of a rude goodbye."""

    def take_and_go(line: socket.socket) -> None:
        _until_data(line)
        got = b""
        while not got.endswith(b"\r\n.\r\n"):
            got += line.recv(100_000)
        line.sendall(b"250 OK\r\n")

    with bad_server(take_and_go) as port:
        assert carrier(port).deliver(MESSAGE, SENDER, TO).outcome is Outcome.SENT
