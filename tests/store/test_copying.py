"""A workspace's database moves from a file to a server and back, whole and counted."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import psycopg
import pytest
from sqlalchemy import make_url

from sheetflow.errors import StoreError
from sheetflow.store import Store, connection_words
from sheetflow.store.copying import copy_database
from sheetflow.store.records import FollowUp, Judged, NewMail, PublicationKind, Stale, Submission
from tests.postgres import Cluster, next_schema

if TYPE_CHECKING:
    from tests.store.conftest import Desk


def fill(desk: Desk) -> None:
    """Have three units answered, one with mail and marks, one held."""

    def follow_up(submission: Submission) -> FollowUp:
        mail = NewMail(
            message_id=f"<{submission.receipt}@x>", recipients=("张@x",), subject="回", text="文"
        )
        mark = Stale(unit_id="370100", form="progress", period="2012B1", kind=PublicationKind.BOARD)
        return FollowUp(mails=[mail], stale=[mark])

    judged = Judged(
        outcome="accepted",
        judged_at=desk.now,
        rows={"visits": '[[1,"走访"]]'},
        indicators={"S01": {"measured": 3}},
    )
    desk.answer(desk.drop(), judged, follow_up=follow_up)
    desk.answer(desk.drop("B", "370103"), "held")
    desk.answer(desk.drop("C", "370104"))


def everything(store: Store) -> dict[str, object]:
    """Give all that a store tells of what was filled in."""
    entries = store.submissions.find_submissions()
    return {
        "id": store.workspace_id,
        "arrivals": store.arrivals.find_all(),
        "submissions": entries,
        "rows": [store.contents.find_rows(entry) for entry in entries],
        "figures": store.measurements.find_indicators(entries[:1]),
        "mails": store.mails.find_mails(),
        "stale": store.publications.find_stale(),
    }


def test_a_database_moves_to_a_server_whole(
    file_desk: Desk, postgres: Cluster, tmp_path: Path
) -> None:
    """What a file held stands on the server, numbers go on from there, and a backup of it is a file again."""
    fill(file_desk)
    before = everything(file_desk.store)
    place = postgres.url(next_schema())
    with Store(place) as moved:
        counts = copy_database(file_desk.store, moved)
        assert (counts["arrivals"], counts["submissions"], counts["mails"]) == (3, 3, 1)
        assert everything(moved) == before
        file_desk.store.close()
        file_desk.place, file_desk.store = place, moved
        assert file_desk.answer(file_desk.drop("D")).number == 2
        after = everything(moved)
        moved.backup(tmp_path / "copy.db")
    with Store(tmp_path / "copy.db") as copy:
        assert everything(copy) == after


def test_a_database_that_holds_something_is_not_written_over(desk: Desk, postgres: Cluster) -> None:
    """Who gives the wrong place is told, and both sides are as they were."""
    fill(desk)
    with Store(postgres.url(next_schema())) as other:
        other.publications.record_stale(
            [Stale(unit_id="370100", form="progress", period="2012B1", kind=PublicationKind.BOARD)],
            desk.now,
        )
        known = other.workspace_id
        with pytest.raises(StoreError, match="已经有内容，没有复制"):
            copy_database(desk.store, other)
        assert (other.workspace_id, other.arrivals.find_all()) == (known, ())


def test_a_server_that_forgets_with_the_power_is_doubted(postgres: Cluster) -> None:
    """The tests' own server does not wait for the disk: whoever looks after an office reads what to switch on."""
    with Store(postgres.url(next_schema())) as store:
        (told,) = store.find_doubts()
    assert "fsync 没有打开" in told[0]
    assert "设为 on" in told[1]


def test_a_file_has_nothing_to_be_doubted(file_desk: Desk) -> None:
    """What counts is set with every connection."""
    assert file_desk.store.find_doubts() == ()


def test_a_database_without_chinese_or_of_somebody_else_is_a_sentence(postgres: Cluster) -> None:
    """Whoever made it as a server does by default reads how to make one that serves."""
    place = postgres.url(next_schema())
    with psycopg.connect(**connection_words(place), autocommit=True) as connection:
        connection.execute(
            "CREATE DATABASE plain ENCODING 'SQL_ASCII' LC_COLLATE 'C' LC_CTYPE 'C' TEMPLATE template0"
        )
        connection.execute("CREATE ROLE guest LOGIN")
    with pytest.raises(StoreError, match=r"编码是 SQL_ASCII.*-E UTF8"):
        Store(place.replace("/sheetflow?", "/plain?"))
    guest = make_url(place).set(username="guest", query={"host": str(postgres.folder)})
    with pytest.raises(StoreError, match=r"不让这个用户建表.*OWNER TO"):
        Store(guest.render_as_string())
