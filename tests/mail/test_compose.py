"""The bytes of a mail."""

from __future__ import annotations

import datetime as dt
import email
from email.message import EmailMessage
from email.policy import SMTP

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sheetflow.errors import MailError
from sheetflow.mail.compose import Sender, check_bytes, compose, wire_address
from sheetflow.mail.letter_data import clean_header
from sheetflow.store.records import NewMail

SUBJECT = "【下基层、访妇情、办实事】退回：历下区 2012年1—2月（第2号）"
NAME = "退回_370102-历下区_2012B1_第2号.xlsx"
DATE = dt.datetime(2012, 3, 5, 9, 0, tzinfo=dt.timezone(dt.timedelta(hours=8)))
SENDER = Sender("report@fl.example", "济南市妇联 活动办")
SHEET = bytes(range(256)) * 40


def mail(subject: str = SUBJECT, *recipients: str) -> NewMail:
    """Draw a mail."""
    return NewMail(
        message_id="<370102.2012B1.2@sheetflow>",
        recipients=recipients or ("lixia@fl.example",),
        subject=subject,
        text="您好！\n\n有2处要改。\n",
        html="<p>您好！</p>\n",
    )


def read(written: bytes) -> EmailMessage:
    """Read the bytes as a mail program does."""
    message = email.message_from_bytes(written, policy=SMTP)
    assert isinstance(message, EmailMessage)
    return message


def test_everything_arrives_as_written() -> None:
    """Subject, sender, both bodies and the attachment are read back exactly."""
    message = read(compose(mail(), SENDER, [(NAME, SHEET)], DATE))
    assert message["Subject"] == SUBJECT
    assert message["From"].addresses[0].display_name == "济南市妇联 活动办"
    assert message["To"] == "lixia@fl.example"
    assert message["Message-ID"] == "<370102.2012B1.2@sheetflow>"
    assert message["Date"].datetime == DATE
    bodies = [message.get_body([kind]) for kind in ("plain", "html")]
    assert [body.get_content().replace("\r\n", "\n") for body in bodies if body] == [
        mail().text,
        mail().html,
    ]
    (attachment,) = message.iter_attachments()
    assert attachment.get_filename() == NAME
    assert attachment.get_content() == SHEET
    assert attachment.get_content_type().endswith("spreadsheetml.sheet")


def test_attachment_name_stands_in_both_ways() -> None:
    """The Chinese name is one RFC 2231 piece, and an encoded word for older programs."""
    written = compose(mail(), SENDER, [(NAME, SHEET)], DATE)
    assert b"filename*=utf-8''%E9%80%80%E5%9B%9E_370102-" in written
    assert b"filename*0" not in written
    part = next(iter(read(written).iter_attachments()))
    assert part["Content-Type"].params["name"] == NAME


def test_all_bytes_are_short_ascii_lines() -> None:
    """No server on the way has a reason to re-encode the mail."""
    written = compose(mail("题" * 150), SENDER, [(NAME, SHEET)], DATE)
    assert written.isascii()
    assert max(map(len, written.split(b"\r\n"))) <= 998
    assert written.count(b"\n") == written.count(b"\r\n")
    assert max(len(line) for line in written.split(b"\r\n") if line.startswith(b"Subject")) <= 76


def test_same_mail_has_the_same_bytes() -> None:
    """A mail sent twice is the same mail twice."""
    first = compose(mail(), SENDER, [(NAME, SHEET)], DATE)
    assert first == compose(mail(), SENDER, [(NAME, SHEET)], DATE)


@pytest.mark.parametrize(
    "evil",
    [
        "=?utf-8?q?R=0D=0ABcc:_v@e.com?=",
        "退回\r\nBcc: v@e.com",
        "退回\nBcc: v@e.com\n\nbody",
        "退回\u2028Bcc: v@e.com",
        "=\u200b?utf-8?q?R=0D=0ABcc:_v@e.com?=",
        "=\x00?utf-8?b?Ug0KQmNjOnZAZS5jb20=?=",
    ],
)
def test_no_text_becomes_a_header(evil: str) -> None:
    """Nobody can add a recipient through a unit's name, a sender's name or a file's name."""
    message = read(
        compose(mail(evil), Sender("report@fl.example", evil), [(f"{evil}.xlsx", b"")], DATE)
    )
    assert set(message.keys()) == {
        *("From", "To", "Subject", "Date", "Message-ID", "Auto-Submitted"),
        *("MIME-Version", "Content-Type"),
    }
    assert message["To"] == "lixia@fl.example"


# Both spaces and ASCII between Chinese: where the standard library's folding loses a space.
_TRICKY = st.text(st.sampled_from('ab 1=?_.,:;<>"@()[]\\【】下基层、—（）𠮷é\r\n'), max_size=160)


@settings(max_examples=60, deadline=None)
@given(_TRICKY | st.text(max_size=160))
def test_any_subject_survives(text: str) -> None:
    """Whatever a unit is called, its subject is read as it was meant."""
    message = read(compose(mail(text), Sender("a@b.cn", text), [(text, b"x")], DATE))
    assert message["Subject"] == clean_header(text)


def test_several_recipients_and_a_hopeless_one() -> None:
    """One broken address in the list of units does not keep the others from their mail."""
    many = [f"unit{number}@fl-of-a-very-long-name.example" for number in range(9)]
    message = read(compose(mail(SUBJECT, *many, "张三@fl.example"), SENDER, [], DATE))
    assert [address.addr_spec for address in message["To"].addresses] == many
    nobody = read(compose(mail(SUBJECT, "张三@fl.example"), SENDER, [], DATE))
    assert nobody["To"] == "undisclosed-recipients:;"


@pytest.mark.parametrize(
    ("address", "wire"),
    [
        (" li@fl.example ", "li@fl.example"),
        ("li@妇联.中国", "li@xn--gvsw61g.xn--fiqs8s"),
        ("张三@fl.example", None),
        ("li@fl.example>\r\nRCPT TO:<x@y.z", None),
        ("li..li@fl.example", None),
        ("li", None),
        ("", None),
        ("li@" + "a" * 70 + ".cn", None),
    ],
)
def test_addresses_on_the_wire(address: str, wire: str | None) -> None:
    """An address that could end a command or that no server takes never leaves the house."""
    assert wire_address(address) == wire


@pytest.mark.parametrize(
    ("changed", "sender", "date"),
    [
        ("<a b@c>", SENDER, DATE),
        ("<a@c>\r\nBcc: x@y.z", SENDER, DATE),
        ("<a@c>", Sender("nobody"), DATE),
        ("<a@c>", SENDER, DATE.replace(tzinfo=None)),
    ],
)
def test_wrong_settings_are_said(changed: str, sender: Sender, date: dt.datetime) -> None:
    """What cannot stand in a header is an error in our own words, not a broken mail."""
    broken = NewMail(message_id=changed, recipients=(), subject="", text="", html="")
    with pytest.raises(MailError, match="没有发出"):
        compose(broken, sender, [], date)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"To: ", b"Bcc: v@e.com\r\nTo: "),
        (b"lixia@fl.example", b"v@e.com"),
        (b"\r\nTo: lixia@fl.example", b""),
        (b"Subject: ", b"Subject: =?utf-8?b?5oCl?= "),
        (b"Date: Mon, 05", b"Date: Tue, 06"),
        (b"PHA+", b"PGI+"),
        (b"AAECAwQF", b"AAECAwQG"),
        (b"%E9%80%80", b"%E9%80%81"),
    ],
)
def test_bytes_that_say_something_else_are_not_sent(old: bytes, new: bytes) -> None:
    """Should the library ever write another mail than the one meant, it stays in the house."""
    written = compose(mail(), SENDER, [(NAME, SHEET)], DATE)
    check_bytes(written, mail(), SENDER, [(NAME, SHEET)], DATE)
    assert old in written
    with pytest.raises(MailError, match="没有发出"):
        check_bytes(written.replace(old, new, 1), mail(), SENDER, [(NAME, SHEET)], DATE)


def test_long_attachment_name_keeps_its_extension() -> None:
    """A name too long for one line is shortened, and still opens in Excel."""
    message = read(compose(mail(), SENDER, [("\U00020bb7" * 400 + ".xlsx", b"x")], DATE))
    (attachment,) = message.iter_attachments()
    name = attachment.get_filename()
    assert name is not None
    assert len(name) <= 80
    assert name.endswith(".xlsx")


def test_attachment_can_be_saved_anywhere() -> None:
    """A name that a system forbids is written so that the file can be saved."""
    message = read(compose(mail(), SENDER, [('..\\a/b:"<c>".xlsx', b"x")], DATE))
    (attachment,) = message.iter_attachments()
    assert attachment.get_filename() == ".._a_b___c__.xlsx"
