"""The postman: mail of a running service, beside its passes."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from pathlib import Path
from queue import SimpleQueue

import pytest

from sheetflow.errors import StoreError
from sheetflow.service import Office, open_office
from sheetflow.service.postman import postman_of
from sheetflow.service.sending import Sent
from sheetflow.store import NewMail, Store
from tests.tiny.desk import IN_TIME, Desk

_SOON = 30.0


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    """An office whose database is waited for but a moment."""
    desk = Desk.make(tmp_path / "work")
    with open_office(desk.root, IN_TIME) as office:
        office.store.close()
        office.store = Store.open(office.workspace.database, busy_timeout=0.1)
        yield office


def _queue(office: Office, name: str) -> None:
    mail = NewMail(
        message_id=f"<{name}@mail.example>",
        recipients=("a@mail.example",),
        subject=name,
        text=name,
    )
    office.store.mails.record_mails([mail], office.clock.now())


def _states(office: Office) -> dict[str, str]:
    return {mail.subject: mail.state for mail in office.store.mails.find_mails()}


def test_what_is_queued_after_the_call_waits_for_the_next_one(office: Office) -> None:
    """A mail queued while others are being sent is left alone: its attachments may not lie there."""
    _queue(office, "first")
    told: SimpleQueue[Sent] = SimpleQueue()
    first = threading.Event()

    def queue_another() -> bool:
        if threading.current_thread().name == "postman" and not first.is_set():
            first.set()
            _queue(office, "second")
        return False

    office.is_stopping = queue_another
    with postman_of(office, told.put) as postman:
        postman.call()
        assert told.get(timeout=_SOON).sent == 1
        assert _states(office) == {"first": "sent", "second": "queued"}
        postman.call()
        assert told.get(timeout=_SOON).sent == 1
    assert _states(office) == {"first": "sent", "second": "sent"}


def test_a_database_held_while_mail_goes_out_is_shown_and_the_next_call_sends(
    office: Office,
) -> None:
    """Trouble of a round stands in the health file's sentences until a later round has none."""
    _queue(office, "notice")
    told: SimpleQueue[Sent] = SimpleQueue()
    held = threading.Event()
    holder = sqlite3.connect(
        office.workspace.database, isolation_level=None, check_same_thread=False
    )

    def hold() -> bool:
        if threading.current_thread().name == "postman" and not held.is_set():
            holder.execute("BEGIN EXCLUSIVE")
            held.set()
        return False

    office.is_stopping = hold
    with postman_of(office, told.put) as postman:
        postman.call()
        assert held.wait(_SOON)
        while not postman.troubles:
            threading.Event().wait(0.02)
        assert "被占用" in postman.troubles[0]
        holder.close()
        postman.call()
        assert told.get(timeout=_SOON).sent == 1
        assert _states(office) == {"notice": "sent"}
    assert postman.troubles == ()


def test_what_no_waiting_mends_reaches_who_calls(office: Office) -> None:
    """A database damaged while mail goes out ends the service with its sentence, not the thread alone."""
    _queue(office, "notice")
    damaged = threading.Event()

    def damage() -> bool:
        if threading.current_thread().name == "postman" and not damaged.is_set():
            with sqlite3.connect(office.workspace.database) as other:
                other.execute("DROP TABLE mails")
            other.close()
            damaged.set()
        return False

    office.is_stopping = damage
    with postman_of(office, lambda _sent: None) as postman:
        postman.call()
        assert damaged.wait(_SOON)
        postman.join(_SOON)
        with pytest.raises(StoreError, match="拒绝了这次操作"):
            postman.call()
