"""Mail as files, where no server is set."""

from __future__ import annotations

import datetime as dt
import email
import mailbox
from email.message import EmailMessage
from email.policy import default
from pathlib import Path

import pytest

from sheetflow.mail.carriers import MaildirCarrier, Outcome
from sheetflow.mail.compose import Sender, compose
from sheetflow.store.records import NewMail

STARTS = dt.datetime(2012, 3, 5, 9, 0, tzinfo=dt.timezone(dt.timedelta(hours=8)))

SUBJECT = "【下基层、访妇情、办实事】退回：历下区 2012年1—2月（第2号）"
NAME = "退回_370102-历下区_2012B1_第2号.xlsx"
SHEET = bytes(range(256)) * 100 + b"\r\n\r\n"
TO = ("lixia@fl.example",)


def message(number: int) -> bytes:
    """Compose a mail with its own Message-ID."""
    mail = NewMail(
        message_id=f"<m{number}@sheetflow>",
        recipients=TO,
        subject=SUBJECT,
        text="您好！\n请修改。\n",
        html="<p>您好！</p>\n",
    )
    return compose(mail, Sender("report@fl.example", "妇联"), [(NAME, SHEET)], STARTS)


def test_any_mail_program_reads_it(maildir: Path) -> None:
    """Without a server, the mail lies in a folder that mail programs open, complete."""
    delivery = MaildirCarrier(maildir).deliver(message(1), "report@fl.example", TO)
    assert (delivery.outcome, delivery.accepted) == (Outcome.SENT, TO)
    box = mailbox.Maildir(maildir, create=False)
    (key,) = box.keys()
    read = email.message_from_bytes(box.get_bytes(key), policy=default)
    assert isinstance(read, EmailMessage)
    assert read["Subject"] == SUBJECT
    bodies = [read.get_body([kind]) for kind in ("plain", "html")]
    assert [body.get_content().replace("\r\n", "\n") for body in bodies if body] == [
        "您好！\n请修改。\n",
        "<p>您好！</p>\n",
    ]
    (attachment,) = read.iter_attachments()
    assert (attachment.get_filename(), attachment.get_content()) == (NAME, SHEET)


def test_delivered_again_it_lies_there_once(maildir: Path) -> None:
    """After a crash between delivering and noting it, nobody finds two copies."""
    sending = MaildirCarrier(maildir)
    for number in (1, 2, 1):
        assert sending.deliver(message(number), "", TO).outcome is Outcome.SENT
    assert len(list((maildir / "new").iterdir())) == 2
    read = next((maildir / "new").iterdir())
    read.rename(maildir / "cur" / f"{read.name}:2,S")
    for number in (1, 2):
        sending.deliver(message(number), "", TO)
    assert [len(list((maildir / name).iterdir())) for name in ("new", "cur")] == [1, 1]
    assert list((maildir / "tmp").iterdir()) == []


def test_a_draft_left_by_a_crash_is_no_mail(maildir: Path) -> None:
    """Half a mail in tmp is replaced by the whole one."""
    sending = MaildirCarrier(maildir)
    sending.deliver(message(1), "", TO)
    (whole,) = (maildir / "new").iterdir()
    content = whole.read_bytes()
    whole.rename(maildir / "tmp" / whole.name)
    (maildir / "tmp" / whole.name).write_bytes(b"Subject: ha")
    assert len(mailbox.Maildir(maildir, create=False)) == 0
    sending.deliver(message(1), "", TO)
    assert whole.read_bytes() == content


def test_a_folder_that_cannot_be_written_is_tried_again(tmp_path: Path) -> None:
    """Trouble with the disk delays the mail."""
    (tmp_path / "mail").write_text("a file where the folder should be")
    delivery = MaildirCarrier(tmp_path / "mail").deliver(message(1), "", TO)
    assert (delivery.outcome, str(delivery.reason)) == (Outcome.TEMPORARY, "disk")
    assert delivery.again == TO


@pytest.mark.parametrize("ends", [b"\r\n", b"\n"])
def test_line_ends_are_the_systems(maildir: Path, ends: bytes) -> None:
    """However the mail was handed in, programs on this machine see plain lines."""
    MaildirCarrier(maildir).deliver(message(1).replace(b"\r\n", ends), "", TO)
    (file,) = (maildir / "new").iterdir()
    assert b"\r" not in file.read_bytes()


def test_a_purged_mail_is_gone_wherever_it_was_read(maildir: Path) -> None:
    """Removed by its Message-ID, a mail goes whether it was read or not, and no other does."""
    carrier = MaildirCarrier(maildir)
    assert carrier.remove("<m1@sheetflow>") == 0
    for number in (1, 2, 3):
        carrier.deliver(message(number), "", TO)
    box = mailbox.Maildir(maildir, create=False)
    for key in list(box.keys()):
        read = box[key]
        if read["Message-ID"] == "<m2@sheetflow>":
            read.set_subdir("cur")
            read.set_flags("S")
            box[key] = read
    assert [carrier.remove(f"<m{number}@sheetflow>") for number in (1, 2, 2)] == [1, 1, 0]
    (left,) = [path for folder in ("new", "cur") for path in (maildir / folder).iterdir()]
    assert b"<m3@sheetflow>" in left.read_bytes()
