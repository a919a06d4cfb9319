"""The database is strict, private, patient, and can be copied while in use."""

from __future__ import annotations

import datetime as dt
import os
import sqlite3
import stat
import subprocess
import sys
import textwrap
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from sqlalchemy.dialects import postgresql
from sqlalchemy.schema import CreateTable

import sheetflow
from sheetflow.errors import StoreBusyError, StoreError
from sheetflow.store import Store
from sheetflow.store.database import Database
from sheetflow.store.records import Judged
from sheetflow.store.schema import metadata
from sheetflow.store.sqlite import is_temporary

if TYPE_CHECKING:
    from tests.store.conftest import Desk


@pytest.fixture
def desk(file_desk: Desk) -> Desk:
    """An office with a database file: what follows is SQLite's own."""
    return file_desk


@pytest.mark.parametrize(
    ("pragma", "expected"), [("foreign_keys", 1), ("synchronous", 3), ("journal_mode", "delete")]
)
def test_every_connection_is_strict(desk: Desk, pragma: str, expected: object) -> None:
    """A commit outlives a power cut, and no row points to nothing."""
    database = Database(desk.file)
    with database.reading() as connection:
        assert connection.exec_driver_sql(f"PRAGMA {pragma}").scalar() == expected
    database.close()


def test_a_locked_database_is_a_matter_of_waiting(desk: Desk) -> None:
    """A database that another holds is reported as busy, and serves again afterwards."""
    arrival = desk.drop()
    with closing(sqlite3.connect(desk.file, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreBusyError, match="会自动重试"):
            desk.answer(arrival)
        assert desk.store.arrivals.find_unjudged() == (arrival,)
        other.execute("ROLLBACK")
    assert desk.answer(arrival).number == 1


def test_a_reader_elsewhere_delays_a_commit_but_loses_nothing(desk: Desk) -> None:
    """A commit that has to wait for a reader too long is undone whole and succeeds later."""
    arrival = desk.drop()
    with closing(sqlite3.connect(desk.file, isolation_level=None)) as other:
        other.execute("BEGIN")
        other.execute("SELECT * FROM arrivals").fetchone()
        with pytest.raises(StoreBusyError):
            desk.answer(arrival)
        other.execute("ROLLBACK")
    assert desk.answer(arrival).number == 1


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no RLIMIT_FSIZE")
def test_a_full_disk_is_a_matter_of_waiting(desk: Desk) -> None:
    """When the disk has no room the answer is undone whole, and recorded once there is room."""
    desk.drop()
    script = """
        import datetime as dt, os, resource, signal, sys
        from pathlib import Path
        from sheetflow.errors import StoreBusyError
        from sheetflow.store import Store
        from sheetflow.store.records import Judged
        now = dt.datetime(2012, 3, 5, 9, tzinfo=dt.UTC)
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        file = Path(sys.argv[1])
        store = Store(file)
        (arrival,) = store.arrivals.find_unjudged()
        rows = {"visits": os.urandom(200_000).hex()}
        judged = Judged(outcome="accepted", judged_at=now, rows=rows)
        hard = resource.getrlimit(resource.RLIMIT_FSIZE)[1]
        resource.setrlimit(resource.RLIMIT_FSIZE, (file.stat().st_size + 8192, hard))
        try:
            store.outcomes.record_outcome(arrival, "progress", "2012B1", judged)
        except StoreBusyError:
            print("busy", len(store.submissions.find_submissions()))
        resource.setrlimit(resource.RLIMIT_FSIZE, (hard, hard))
        print(store.outcomes.record_outcome(arrival, "progress", "2012B1", judged).number)
        """
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(script), str(desk.file)],
        env=os.environ | {"PYTHONPATH": str(Path(sheetflow.__file__).parents[1])},
        text=True,
        capture_output=True,
        check=True,
        timeout=60,
    )
    assert done.stdout.split() == ["busy", "0", "1"]
    assert desk.store.find_faults() == ()


def test_no_room_in_the_database_is_temporary_and_a_broken_rule_is_not(tmp_path: Path) -> None:
    """Only what may pass by itself is tried again."""
    with closing(sqlite3.connect(tmp_path / "small.db")) as connection:
        connection.execute("CREATE TABLE numbers (number INTEGER UNIQUE, filling BLOB)")
        connection.execute("PRAGMA max_page_count = 4")
        with pytest.raises(sqlite3.OperationalError) as full:
            connection.execute("INSERT INTO numbers VALUES (1, zeroblob(100000))")
        connection.execute("INSERT INTO numbers VALUES (1, NULL)")
        with pytest.raises(sqlite3.IntegrityError) as twice:
            connection.execute("INSERT INTO numbers VALUES (1, NULL)")
    assert is_temporary(full.value)
    assert not is_temporary(twice.value)
    assert not is_temporary(None)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such rights")
def test_the_database_and_its_copies_are_for_the_owner_only(desk: Desk, tmp_path: Path) -> None:
    """Nobody else on the machine can read the personal data in the database or its copies."""
    desk.store.backup(tmp_path / "copy.db")
    for file in (desk.file, tmp_path / "copy.db"):
        assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_a_backup_made_while_in_use_is_whole(desk: Desk, tmp_path: Path) -> None:
    """A backup taken in the middle of an unfinished answer opens and holds all that was committed."""
    first = desk.answer(desk.drop("A"))
    target = tmp_path / "备份 1.db"
    target.write_bytes(b"an old backup")

    second = desk.drop("B")
    database = Database(desk.file)
    with database.writing() as connection:
        connection.exec_driver_sql("UPDATE arrivals SET name = 'unfinished'")
        desk.store.backup(target)
    database.close()

    with Store(target) as copied:
        assert copied.submissions.find_submissions() == (first,)
        assert copied.arrivals.find_unjudged() == (second,)
        assert copied.find_faults() == ()
    assert [file.name for file in tmp_path.iterdir() if file.name.endswith(".tmp")] == []


def test_a_backup_that_cannot_be_written_is_said(desk: Desk, tmp_path: Path) -> None:
    """A backup into a folder that is not there is an error, and leaves nothing behind."""
    with pytest.raises(StoreBusyError, match="备份写不到"):
        desk.store.backup(tmp_path / "missing" / "copy.db")


def test_damage_is_found(desk: Desk) -> None:
    """The doctor hears of a damaged database."""
    for number in range(40):
        rows = {"visits": f'["{number * 7919}"]' * 200}
        desk.answer(
            desk.drop(str(number)), Judged(outcome="accepted", judged_at=desk.now, rows=rows)
        )
    assert desk.store.find_faults() == ()
    desk.store.close()
    content = bytearray(desk.file.read_bytes())
    content[20_000:60_000] = bytes(40_000)
    desk.file.write_bytes(content)
    desk.restart()
    assert desk.store.find_faults() != ()


def test_a_file_that_is_no_database_is_said(tmp_path: Path) -> None:
    """A file that is something else is left alone and named."""
    file = tmp_path / "sheetflow.db"
    file.write_bytes(b"not a database at all" * 100)
    with pytest.raises(StoreError, match="不是数据库文件"):
        Store(file)
    assert file.read_bytes() == b"not a database at all" * 100


def test_a_missing_folder_is_said(tmp_path: Path) -> None:
    """A database in a folder that is not there is an error with what to do."""
    with pytest.raises(StoreError, match="不存在"):
        Store(tmp_path / "missing" / "sheetflow.db")


def test_a_time_without_a_zone_is_refused(desk: Desk) -> None:
    """No time gets in of which nobody could say what it means."""
    with pytest.raises(ValueError, match="time zone"):
        desk.store.arrivals.record_acknowledged(
            desk.drop().arrival_id, desk.now.replace(tzinfo=None)
        )


def test_times_of_all_zones_are_in_one_order(desk: Desk) -> None:
    """A retry due in another zone's words is due at the same moment."""
    arrival = desk.drop()
    retry_at = desk.store.arrivals.record_trouble(arrival.arrival_id, "", desk.now)
    assert desk.store.arrivals.find_unjudged(retry_at.astimezone(dt.UTC)) != ()
    earlier = (retry_at - dt.timedelta(microseconds=1)).astimezone(
        dt.timezone(dt.timedelta(hours=-9))
    )
    assert desk.store.arrivals.find_unjudged(earlier) == ()


@pytest.mark.parametrize("table", metadata.sorted_tables, ids=lambda table: str(table.name))
def test_the_tables_could_live_elsewhere(table: object) -> None:
    """Nothing in the schema keeps the data from moving to PostgreSQL."""
    sql = str(CreateTable(table).compile(dialect=postgresql.dialect()))  # type: ignore[arg-type, no-untyped-call] # SQLAlchemy leaves dialects untyped
    assert sql.strip().startswith("CREATE TABLE")


def test_answers_made_together_are_durable_together(desk: Desk) -> None:
    """Nobody sees an answer before all that share its commit are on the disk."""
    first, second = desk.drop("A", "370102"), desk.drop("B", "370103")
    with closing(Store(desk.file)) as other:
        with desk.store.together():
            desk.answer(first)
            assert desk.store.submissions.find_submission("370102-2012B1-1")
            desk.answer(second)
            assert other.submissions.find_submissions() == ()
        assert len(other.submissions.find_submissions()) == 2


def test_one_answer_that_fails_takes_no_other_with_it(desk: Desk) -> None:
    """Of several answers in one commit, one that cannot be recorded leaves no trace, the others stand."""
    good, bad = desk.drop("A", "370102"), desk.drop("B", "370103")
    broken = Judged(
        outcome="accepted", judged_at=desk.now, indicators={"S08": {"current": float("nan")}}
    )
    with desk.store.together():
        with pytest.raises(ValueError, match="not JSON compliant"):
            desk.answer(bad, broken)
        desk.answer(good)
    assert [entry.unit_id for entry in desk.store.submissions.find_submissions()] == ["370102"]
    assert desk.store.arrivals.find_unjudged() == (bad,)


def test_a_power_cut_within_a_shared_commit_leaves_nothing_of_it(desk: Desk) -> None:
    """Where the shared commit does not come about, every one of its files is still to be answered."""
    arrivals = desk.drop("A", "370102"), desk.drop("B", "370103")

    def cut_short() -> None:
        with desk.store.together():
            desk.answer(arrivals[0])
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        cut_short()
    assert desk.store.arrivals.find_unjudged() == arrivals
    assert desk.answer(arrivals[1]).number == 1
