"""The postman: mail of a running service, beside its passes."""

from __future__ import annotations

import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from queue import SimpleQueue

import pytest
from aiosmtpd.smtp import Envelope

from sheetflow.context import Context, open_context
from sheetflow.errors import StoreError
from sheetflow.mail.send import Postman, Sent
from sheetflow.store import Store
from sheetflow.store.records import NewMail
from tests.reliability.postbox import Postbox
from tests.tiny.desk import IN_TIME, Desk

pytestmark = pytest.mark.slow

_SOON = 30.0


@pytest.fixture
def context(tmp_path: Path) -> Iterator[Context]:
    """An office whose database is waited for but a moment; its mail goes into a Maildir."""
    with _open(Desk.make(tmp_path / "work")) as context:
        yield context


@contextmanager
def _open(desk: Desk) -> Iterator[Context]:
    with open_context(desk.root, IN_TIME) as context:
        context.store.close()
        context.store = Store(context.workspace.database, busy_timeout=0.1)
        yield context


@contextmanager
def _somebody_elses(context: Context) -> Iterator[sqlite3.Connection]:
    """Another program's connection to the database."""
    place = context.workspace.database
    connection = sqlite3.connect(place, isolation_level=None, check_same_thread=False)
    try:
        yield connection
    finally:
        connection.close()


def _wait_until(is_so: Callable[[], object]) -> None:
    end = time.monotonic() + _SOON
    while not is_so():
        assert time.monotonic() < end
        time.sleep(0.02)


def _call_until(postman: Postman, is_so: Callable[[], object]) -> None:
    """Call as passes do, until the back-off is over and it is so."""

    def called() -> object:
        postman.call()
        return is_so()

    _wait_until(called)


def _queue(context: Context, name: str) -> None:
    mail = NewMail(
        message_id=f"<{name}@mail.example>",
        recipients=("a@mail.example",),
        subject=name,
        text=name,
    )
    context.store.mails.record_mails([mail], context.clock.now())


def _states(context: Context) -> dict[str, str]:
    return {mail.subject: mail.state for mail in context.store.mails.find_mails()}


def test_what_is_queued_after_the_call_waits_for_the_next_one(context: Context) -> None:
    """A mail queued while others are being sent is left alone: its attachments may not lie there."""
    _queue(context, "first")
    told: SimpleQueue[Sent] = SimpleQueue()
    first = threading.Event()

    def queue_another() -> bool:
        if threading.current_thread().name == "postman" and not first.is_set():
            first.set()
            _queue(context, "second")
        return False

    context.is_stopping = queue_another
    with Postman(context, told.put) as postman:
        postman.call()
        assert told.get(timeout=_SOON).sent == 1
        assert _states(context) == {"first": "sent", "second": "queued"}
        postman.call()
        assert told.get(timeout=_SOON).sent == 1
    assert _states(context) == {"first": "sent", "second": "sent"}


def test_a_database_held_while_mail_goes_out_is_shown_and_the_next_call_sends(
    context: Context,
) -> None:
    """Trouble of a round stands in the health file's sentences until a later round has none."""
    _queue(context, "notice")
    told: SimpleQueue[Sent] = SimpleQueue()
    rounds: list[tuple[str, ...]] = []
    with _somebody_elses(context) as holder:

        def hold() -> bool:
            if threading.current_thread().name == "postman":
                if not rounds:
                    holder.execute("BEGIN EXCLUSIVE")
                rounds.append(postman.troubles)
            return False

        context.is_stopping = hold
        with Postman(context, told.put) as postman:
            postman.call()
            _wait_until(lambda: postman.troubles)
            assert "被占用" in postman.troubles[0]
            holder.execute("ROLLBACK")
            _call_until(postman, lambda: not told.empty())
            assert told.get().sent == 1
            assert any(rounds[1:]), "it was still said while the last round was under way"
            assert postman.troubles == ()
    assert _states(context) == {"notice": "sent"}


def test_a_mail_that_is_gone_is_not_sent_again_because_the_database_cannot_be_written(
    tmp_path: Path,
) -> None:
    """Told by nobody that it took the mail, the server is not handed it again with every round."""
    with Postbox() as box:
        settings = {"host": '"127.0.0.1"', "port": str(box.port), "security": '"none"'}
        desk = Desk.make(tmp_path / "work", **settings, sender='"office@mail.example"')
        with _open(desk) as context, _somebody_elses(context) as holder:
            _queue(context, "notice")

            def take_and_hold(_box: Postbox, _envelope: Envelope) -> None:
                holder.execute("BEGIN IMMEDIATE")

            box.manner = take_and_hold
            with Postman(context, lambda _sent: None) as postman:
                postman.call()
                _wait_until(lambda: postman.troubles)
                box.manner = None
                end = time.monotonic() + 3
                _call_until(postman, lambda: time.monotonic() > end)
                assert "被占用" in postman.troubles[0]
                holder.execute("ROLLBACK")
                _call_until(postman, lambda: _states(context) == {"notice": "sent"})
            assert len(box.mails) == 1


def _serve_once(
    context: Context, on_sent: Callable[[Sent], None], end: type[BaseException]
) -> None:
    """Call a postman whose thread is to end, and hear of it at the next call; raise it at last."""
    with Postman(context, on_sent) as postman:
        postman.call()
        postman.join(_SOON)
        with pytest.raises(end):
            postman.call()


@pytest.mark.parametrize("end", [SystemExit(1), KeyboardInterrupt()], ids=repr)
def test_whatever_ends_the_thread_reaches_who_calls(context: Context, end: BaseException) -> None:
    """A terminal that is gone ends the service as before, not its mail alone in silence."""
    _queue(context, "notice")

    def lose(_sent: Sent) -> None:
        raise end

    with pytest.raises(type(end)):
        _serve_once(context, lose, type(end))


def test_what_no_waiting_mends_reaches_who_calls(context: Context) -> None:
    """A database damaged while mail goes out ends the service with its sentence, not the thread alone."""
    _queue(context, "notice")
    damaged = threading.Event()

    def damage() -> bool:
        if threading.current_thread().name == "postman" and not damaged.is_set():
            with sqlite3.connect(context.workspace.database) as other:
                other.execute("DROP TABLE mails")
            other.close()
            damaged.set()
        return False

    context.is_stopping = damage
    with pytest.raises(StoreError, match=r"拒绝了这次操作|已损坏"):
        _serve_once(context, lambda _sent: None, StoreError)
    assert damaged.is_set()
