"""Old databases are brought along with a copy kept; newer ones are left alone."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import Connection, inspect

from sheetflow.errors import StoreError
from sheetflow.store import Store
from sheetflow.store.database import Database
from sheetflow.store.migrations import (
    MIGRATIONS,
    Migration,
    bring_up_to_date,
)
from sheetflow.store.sqlite import copy_of_version

if TYPE_CHECKING:
    from tests.store.conftest import Desk

FIRST_SCHEMA = Path(__file__).with_name("schema_v1.sql")
TODAY = 1 + len(MIGRATIONS)
"""The version of a database made by this program."""


@pytest.fixture
def desk(file_desk: Desk) -> Desk:
    """An office with a database file: what follows is SQLite's own."""
    return file_desk


@pytest.fixture
def database(desk: Desk) -> Iterator[Database]:
    """The office's database of today's version, closed by the store and opened bare."""
    desk.answer(desk.drop())
    desk.store.close()
    opened = Database(desk.file)
    yield opened
    opened.close()


def add_column(connection: Connection) -> None:
    """Add a column to the mails."""
    connection.exec_driver_sql("ALTER TABLE mails ADD COLUMN kind TEXT NOT NULL DEFAULT ''")


def rebuild_parent(connection: Connection) -> None:
    """Rebuild a table that others point to, as SQLite wants it."""
    connection.exec_driver_sql("CREATE TABLE anew AS SELECT * FROM arrivals")
    connection.exec_driver_sql("DROP TABLE arrivals")
    connection.exec_driver_sql("ALTER TABLE anew RENAME TO arrivals")
    connection.exec_driver_sql("CREATE UNIQUE INDEX arrival_ids ON arrivals (arrival_id)")


def lose_rows(connection: Connection) -> None:
    """Lose what others point to."""
    connection.exec_driver_sql("DELETE FROM arrivals")


def fail(_connection: Connection) -> None:
    """Break off."""
    raise RuntimeError("power cut")


def step(apply: Any) -> Migration:
    """Make a numbered step of a function."""
    return Migration(str(apply.__doc__), apply)


def beyond(*functions: Any) -> list[Migration]:
    """Give today's steps and further ones."""
    return [*MIGRATIONS, *map(step, functions)]


def version(file: Path) -> int:
    """Read the version as it stands in the file."""
    with closing(sqlite3.connect(file)) as connection:
        return int(connection.execute("SELECT max(version) FROM schema_version").fetchone()[0])


def shape(file: Path) -> dict[str, Any]:
    """Describe all tables so that order does not matter."""
    database = Database(file)
    with database.reading() as connection:
        found = inspect(connection)
        described = {
            table: {
                "columns": sorted(
                    (column["name"], str(column["type"]), column["nullable"])
                    for column in found.get_columns(table)
                ),
                "key": found.get_pk_constraint(table)["constrained_columns"],
                "ties": sorted(
                    (tie["constrained_columns"], tie["referred_table"])
                    for tie in found.get_foreign_keys(table)
                ),
                "indexes": sorted(index["column_names"] for index in found.get_indexes(table)),
                "unique": sorted(
                    unique["column_names"] for unique in found.get_unique_constraints(table)
                ),
                "checks": sorted(check["sqltext"] for check in found.get_check_constraints(table)),
            }
            for table in found.get_table_names()
        }
    database.close()
    return described


def test_an_old_database_is_migrated_and_a_copy_is_kept(desk: Desk, database: Database) -> None:
    """After an upgrade the data is there in the new shape, and the old file lies beside it."""
    bring_up_to_date(database, beyond(add_column, rebuild_parent))
    assert version(desk.file) == TODAY + 2
    with database.reading() as connection:
        kinds = connection.exec_driver_sql("SELECT count(kind) FROM mails").scalar()
        names = connection.exec_driver_sql(
            "SELECT name FROM submissions JOIN arrivals USING (arrival_id)"
        ).all()
    assert (kinds, [tuple(name) for name in names]) == (0, [("活动进展.xlsx",)])
    kept = copy_of_version(desk.file, TODAY)
    assert kept == desk.file.with_name(f"sheetflow.db.v{TODAY}.bak")
    assert version(kept) == TODAY
    with Store(kept) as store:
        assert len(store.submissions.find_submissions()) == 1


def test_only_missing_steps_are_taken(desk: Desk, database: Database) -> None:
    """A database that had the first step gets only the second."""
    bring_up_to_date(database, beyond(add_column))
    bring_up_to_date(database, beyond(add_column, rebuild_parent))
    assert version(desk.file) == TODAY + 2
    assert version(copy_of_version(desk.file, TODAY + 1)) == TODAY + 1


def test_a_migration_that_breaks_off_changes_nothing(desk: Desk, database: Database) -> None:
    """An upgrade that fails leaves the database as it was, usable by the old program."""
    with pytest.raises(RuntimeError, match="power cut"):
        bring_up_to_date(database, beyond(add_column, fail))
    desk.restart()
    assert "kind" not in [name for name, _, _ in shape(desk.file)["mails"]["columns"]]
    assert len(desk.store.submissions.find_submissions()) == 1


def test_a_migration_that_loses_data_is_undone(desk: Desk, database: Database) -> None:
    """An upgrade after which rows point to nothing is refused and undone."""
    with pytest.raises(StoreError, match="已全部撤销"):
        bring_up_to_date(database, beyond(lose_rows))
    desk.restart()
    assert len(desk.store.submissions.find_submissions()) == 1


def test_after_a_migration_foreign_keys_are_on_again(database: Database) -> None:
    """The connection that migrated is as strict as any other afterwards."""
    bring_up_to_date(database, beyond(add_column))
    with database.reading() as one, database.reading() as two, database.reading() as three:
        for connection in (one, two, three):
            assert connection.exec_driver_sql("PRAGMA foreign_keys").scalar() == 1


def test_a_newer_database_is_refused_untouched(desk: Desk, database: Database) -> None:
    """An old program says that it is too old, and leaves the newer database alone."""
    bring_up_to_date(database, beyond(add_column))
    before = desk.file.read_bytes()
    with pytest.raises(
        StoreError, match=rf"更新版本的程序建立（结构版本{TODAY + 1}，本程序只认识到{TODAY}）"
    ):
        Store(desk.file)
    assert desk.file.read_bytes() == before


def test_somebody_elses_database_is_refused(tmp_path: Path) -> None:
    """A database of another program is not filled with our tables."""
    file = tmp_path / "other.db"
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("CREATE TABLE songs (title TEXT)")
    with pytest.raises(StoreError, match="不是本程序的数据库"):
        Store(file)
    assert list(shape(file)) == ["songs"]


def test_a_migrated_database_equals_a_new_one(desk: Desk, tmp_path: Path) -> None:
    """A workspace of the first version ends in the same tables as one made today."""
    old = tmp_path / "old.db"
    with closing(sqlite3.connect(old)) as connection:
        connection.executescript(FIRST_SCHEMA.read_text(encoding="utf-8"))
    with Store(old):
        assert shape(old) == shape(desk.file)
