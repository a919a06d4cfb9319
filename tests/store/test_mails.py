"""Mail is sent at least once, later if need be, and never silently dropped."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import pytest

from sheetflow.errors import StoreError
from sheetflow.store.records import Attachment, NewMail

if TYPE_CHECKING:
    from tests.store.conftest import Desk


def mail(message_id: str = "<370102-2012B1-1@x>") -> NewMail:
    """Make a mail with everything on it."""
    return NewMail(
        message_id=message_id,
        recipients=("lixia@example.cn", "second@example.cn"),
        subject="历下区 2012年1—2月 退回 第1号",
        text="您好",
        html="<p>您好</p>",
        attachments=(Attachment("退回.xlsx", "370102-历下区/2012B1/退回.xlsx"),),
        unit_id="370102",
        receipt="370102-2012B1-1",
    )


def test_a_mail_comes_back_as_it_was_queued(desk: Desk) -> None:
    """Recipients, texts, attachments and the Message-ID survive a restart unchanged."""
    desk.store.mails.record_mails([mail()], desk.now)
    desk.restart()
    (queued,) = desk.store.mails.find_due(desk.now)
    for name in ("message_id", "recipients", "subject", "text", "html", "attachments"):
        assert getattr(queued, name) == getattr(mail(), name)
    assert (queued.state, queued.attempts, queued.unit_id) == ("queued", 0, "370102")


def test_a_mail_is_queued_once(desk: Desk) -> None:
    """The same event told twice is one mail."""
    desk.store.mails.record_mails([mail(), mail()], desk.now)
    desk.store.mails.record_mails([mail()], desk.now)
    assert len(desk.store.mails.find_mails()) == 1


def test_a_sent_mail_is_not_due_again(desk: Desk) -> None:
    """What a server took is on record and is not sent again."""
    desk.store.mails.record_mails([mail("<1@x>"), mail("<2@x>")], desk.now)
    first, second = desk.store.mails.find_due(desk.now)
    desk.store.mails.record_mail_sent(first.mail_id, desk.now)
    assert [due.message_id for due in desk.store.mails.find_due(desk.now)] == ["<2@x>"]
    (sent,) = desk.store.mails.find_mails("sent")
    assert (sent.sent_at, sent.attempts) == (desk.now, 1)
    assert [due.mail_id for due in desk.store.mails.find_due(desk.now, limit=1)] == [second.mail_id]


def test_an_unreachable_server_delays_a_mail_ever_longer(desk: Desk) -> None:
    """A mail that could not be sent is tried again after 1, 2, 4 … minutes, hourly in the end."""
    mails = desk.store.mails
    mails.record_mails([mail()], desk.now)
    (queued,) = mails.find_due(desk.now)
    waits = []
    for _ in range(8):
        retry_at = mails.record_mail_failed(queued.mail_id, "邮件服务器连不上", desk.now)
        assert retry_at is not None
        assert mails.find_due(retry_at - dt.timedelta(seconds=1)) == ()
        (due,) = mails.find_due(retry_at)
        assert due.trouble == "邮件服务器连不上"
        waits.append((retry_at - desk.now) // dt.timedelta(minutes=1))
    assert waits == [1, 2, 4, 8, 16, 32, 60, 60]
    mails.record_mail_sent(queued.mail_id, desk.now)
    assert mails.find_mails("sent")[0].trouble == ""


def test_mails_put_off_wait_as_if_they_had_been_tried_and_come_first(desk: Desk) -> None:
    """What waits for the server's sake waits longer each time, and goes before the one that failed."""
    mails = desk.store.mails
    mails.record_mails([mail("<1@x>"), mail("<2@x>"), mail("<3@x>")], desk.now)
    waits = []
    for _ in range(3):
        failed, *others = mails.find_due(desk.now)
        retry_at = mails.record_mail_failed(failed.mail_id, "邮件服务器连不上", desk.now)
        mails.record_mails_put_off([one.mail_id for one in others], "邮件服务器连不上", desk.now)
        assert retry_at is not None
        assert mails.find_due(desk.now) == ()
        waits.append((retry_at - desk.now).total_seconds())
        desk.now = retry_at
        assert [due.mail_id for due in mails.find_due(desk.now)][-1] == failed.mail_id
        assert {due.trouble for due in mails.find_due(desk.now)} == {"邮件服务器连不上"}
    assert waits == [60, 120, 240]


def test_a_permanent_error_holds_the_mail_until_somebody_looks(desk: Desk) -> None:
    """A refused address is held with its reason, and goes out once the address is mended."""
    mails = desk.store.mails
    mails.record_mails([mail()], desk.now)
    (queued,) = mails.find_due(desk.now)
    assert (
        mails.record_mail_failed(queued.mail_id, "没有这个收件人", desk.now, permanent=True) is None
    )
    assert mails.find_due(desk.now + dt.timedelta(days=365)) == ()
    (held,) = mails.find_mails("held")
    assert held.trouble == "没有这个收件人"
    mails.record_mail_requeued(held.mail_id, desk.now, ("right@example.cn",))
    (due,) = mails.find_due(desk.now)
    assert (due.recipients, due.message_id) == (("right@example.cn",), queued.message_id)


def test_an_unknown_mail_is_said_in_a_sentence(desk: Desk) -> None:
    """Reporting on a mail that is not there names it."""
    with pytest.raises(StoreError, match="第5号邮件"):
        desk.store.mails.record_mail_sent(5, desk.now)


def test_what_was_queued_before_is_known(desk: Desk) -> None:
    """A reminder that went out today is recognised, sent or not, and none besides."""
    desk.store.mails.record_mails([mail("<a@x>"), mail("<b@x>")], desk.now)
    (first, _) = desk.store.mails.find_due(desk.now)
    desk.store.mails.record_mail_sent(first.mail_id, desk.now)
    assert desk.store.mails.find_known(["<a@x>", "<b@x>", "<c@x>"]) == {"<a@x>", "<b@x>"}


def test_a_clock_set_back_holds_no_mail_up(desk: Desk) -> None:
    """What was queued or put off in a time that is yet to come is sent now, not then."""
    mails, ahead = desk.store.mails, desk.now + dt.timedelta(days=365)
    mails.record_mails([mail("<tried@x>"), mail("<untried@x>")], ahead)
    tried, untried = mails.find_mails()
    mails.record_mail_failed(tried.mail_id, "邮件服务器连不上", ahead)
    assert {due.mail_id for due in mails.find_due(desk.now)} == {tried.mail_id, untried.mail_id}


def test_a_long_round_asks_nobody_twice(desk: Desk) -> None:
    """Seen from the beginning of a round, what was put off in it for the longest time is not due."""
    mails, late = desk.store.mails, desk.now + dt.timedelta(minutes=50)
    mails.record_mails([mail()], desk.now)
    (queued,) = mails.find_due(desk.now)
    for _ in range(9):
        mails.record_mail_failed(queued.mail_id, "邮件服务器连不上", late)
    assert mails.find_due(desk.now) == ()
