"""Each file of a folder is a delivery of its own, however much it looks like another."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from sheetflow.context import open_context
from sheetflow.context.opening import open_store
from sheetflow.errors import StoreBusyError
from sheetflow.intake.sighting import FOLDER, identity_of, key_of
from sheetflow.service.receive import receive
from sheetflow.service.take import look, open_intake, take_all
from sheetflow.store.records import Arrival, NewArrival
from tests.tiny.desk import EAST, IN_TIME, Desk

if TYPE_CHECKING:
    from sheetflow.context import Context
    from sheetflow.intake.sighting import Sighting


def lying(desk: Desk) -> Sighting:
    """Look at the one file of the inbox."""
    (sighting,) = desk.ask(lambda context: look(context, open_intake(context)).files)
    return sighting


def deliveries(desk: Desk) -> tuple[Arrival, ...]:
    """All that was ever received."""
    return desk.ask(lambda context: context.store.arrivals.find_all())


def test_a_file_just_like_one_that_has_left_is_received(desk: Desk) -> None:
    """With the same name, bytes, time and (a system gives it again) inode, it is a new drop all the same."""
    book = desk.fill(EAST)
    desk.drop(EAST, book)
    desk.run(IN_TIME)
    desk.drop(EAST, book)
    (first,) = deliveries(desk)
    same = key_of(identity_of(lying(desk)), first.sha256)
    Path(f"{desk.workspace.database}.seal").unlink()
    with closing(sqlite3.connect(desk.workspace.database)) as connection, connection:
        connection.execute("UPDATE arrivals SET source_key = ?", (same,))
    desk.run(IN_TIME)
    assert [each.answer for each in deliveries(desk)] == ["submission", "duplicate"]
    assert desk.inbox_files() == []


def test_moved_out_of_the_precheck_folder_it_is_submitted(desk: Desk) -> None:
    """A precheck that could not be removed yet, moved up by the clerk, is the submission that she means."""
    place = desk.drop(EAST, desk.fill(EAST), folder="预审")
    desk.run(IN_TIME)
    (precheck,) = deliveries(desk)
    book = desk.drop(
        EAST, desk.workspace.archive / precheck.sha256[:2] / precheck.sha256, place.name
    )
    found = lying(desk)
    pending = key_of(identity_of(found).replace("/submission/", "/precheck/"), precheck.sha256)
    Path(f"{desk.workspace.database}.seal").unlink()
    with closing(sqlite3.connect(desk.workspace.database)) as connection, connection:
        connection.execute("UPDATE arrivals SET source_key = ?, acknowledged_at = NULL", (pending,))
    desk.run(IN_TIME)
    assert [each.answer for each in deliveries(desk)] == ["precheck", "submission"]
    assert not book.exists()


class Post:
    """A source that is no folder: it keeps what it gave until that is acknowledged."""

    def __init__(self, context: Context) -> None:
        self.context, self.kept, self.let_go = context, True, list[str]()

    def acknowledge(self, arrival: Arrival) -> bool:
        """Note what may go; whoever asks has committed it and noted it in the journal."""
        assert self.context.store.arrivals.find_arrival(arrival.arrival_id) == arrival
        assert arrival.source_key.encode() in self.context.workspace.journal.read_bytes()
        self.let_go.append(arrival.source_key)
        return not self.kept


def letter(context: Context, key: str) -> NewArrival:
    """A delivery by another way than a folder."""
    return NewArrival(
        source="post",
        source_key=key,
        unit_id=EAST,
        purpose="submission",
        name="来信.xlsx",
        sha256="0" * 64,
        size=1,
        arrived_at=context.clock.now(),
    )


def test_every_source_is_acknowledged_after_the_commit_and_a_key_counts_once(desk: Desk) -> None:
    """What another source could not let go of is the same delivery when it comes again, and no folder's."""

    def twice(context: Context) -> None:
        post = Post(context)
        receive(context, post.acknowledge, [letter(context, "1"), letter(context, "2")])
        take_all(context, open_intake(context))  # no file lies there: they are not a folder's
        assert [each.source_key for each in context.store.arrivals.find_pending("post")] == [
            "1",
            "2",
        ]
        assert context.store.arrivals.find_pending(FOLDER) == ()
        post.kept = False
        receive(context, post.acknowledge, [letter(context, "1"), letter(context, "3")])
        assert post.let_go == ["1", "2", "1", "3"]
        assert [each.source_key for each in context.store.arrivals.find_pending("post")] == ["2"]

    desk.ask(twice)
    assert [each.source_key for each in deliveries(desk)] == ["1", "2", "3"]


def test_nothing_is_acknowledged_where_the_commit_failed(desk: Desk) -> None:
    """A database that is busy keeps every source's hold, and what was noted is received first afterwards."""

    def busy(context: Context) -> None:
        post = Post(context)
        post.kept = False
        with closing(sqlite3.connect(desk.workspace.database)) as other:
            other.execute("BEGIN IMMEDIATE")
            with pytest.raises(StoreBusyError):
                receive(context, post.acknowledge, [letter(context, "1")])
            other.rollback()
        assert (post.let_go, context.noted) == ([], True)
        receive(context, post.acknowledge, [letter(context, "2")])
        assert post.let_go == ["2"]

    with open_context(
        desk.root,
        IN_TIME,
        open_store=lambda space, settings: open_store(space, settings, busy_timeout=0.2),
    ) as context:
        busy(context)
    assert [each.source_key for each in deliveries(desk)] == ["1", "2"]
