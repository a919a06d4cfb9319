"""A flood of answers to one unit becomes one mail, whenever its files came and whatever the clock does."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from sheetflow.context import Clock, Context, open_context
from sheetflow.mail.facts import gather_floods
from sheetflow.mail.send import send_due
from sheetflow.store.records import Mail, NewMail
from tests.tiny.desk import EAST, IN_TIME, Desk

_SINGLY = 8


@pytest.fixture
def context(tmp_path: Path) -> Iterator[Context]:
    """An office on duty at IN_TIME."""
    desk = Desk.make(tmp_path / "work", sender='"office@mail.example"')
    with open_context(desk.root, IN_TIME) as context:
        yield context


def _answer(context: Context, numbers: Sequence[int]) -> None:
    """Queue the mails of answers with these numbers."""
    mails = [
        NewMail(
            message_id=f"<{number}@x>",
            recipients=("east@mail.example",),
            subject=f"【来件】第{number}号",
            text="",
            html="",
            attachments=(),
            unit_id=EAST,
            receipt=f"{EAST}-0-{number}",
        )
        for number in numbers
    ]
    context.store.mails.record_mails(mails, context.clock.now())


def _later(context: Context, seconds: float) -> None:
    """Let the office's clock stand so many seconds after its beginning."""
    context.clock = Clock(IN_TIME + dt.timedelta(seconds=seconds))


def _gathered(context: Context) -> list[Mail]:
    return [mail for mail in context.store.mails.find_mails() if not mail.receipt]


def test_a_flood_over_many_passes_ends_in_one_mail(context: Context) -> None:
    """Files that come for a minute are told together, not once for every pass that took some."""
    for start in range(0, 60, 6):
        _later(context, start)
        _answer(context, range(start, start + 6))
        send_due(context, is_served=True)
    assert len(context.store.mails.find_mails("sent")) == _SINGLY
    for seconds in range(60, 120, 3):
        _later(context, seconds)
        send_due(context, is_served=True)
    (told,) = _gathered(context)
    assert len(context.store.mails.find_mails("sent")) == _SINGLY + 1
    assert all(f"{EAST}-0-{number}" in told.text for number in range(_SINGLY, 60))


def test_a_flood_without_end_is_told_of_now_and_then(context: Context) -> None:
    """Where files keep coming, what waits is told after a spell all the same."""
    for start in range(0, 1260, 15):
        _later(context, start)
        _answer(context, range(start, start + 3))
        send_due(context, is_served=True)
    assert 1 <= len(_gathered(context)) <= 3


def test_a_clock_set_back_ends_the_wait(context: Context) -> None:
    """What waits to be told together does not wait until the clock is where it was."""
    _answer(context, range(40))
    gather_floods(context, is_served=True)
    _later(context, -86_400 * 365)
    send_due(context, is_served=True)
    assert len(_gathered(context)) == 1
    _later(context, -86_400 * 365 + 1)
    send_due(context, is_served=True)
    assert not context.store.mails.find_mails("queued")
