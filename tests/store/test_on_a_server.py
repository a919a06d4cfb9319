"""What only a server does: two write at once, a line goes dead, a table is larger than the memory."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import psycopg
import pytest
from sqlalchemy import Connection, event, inspect

from sheetflow.errors import StoreBusyError
from sheetflow.store import Store
from sheetflow.store.copying import copy_database
from tests.postgres import next_schema

if TYPE_CHECKING:
    from pathlib import Path

    from tests.postgres import Cluster
    from tests.store.conftest import Desk


def test_who_records_what_another_just_did_is_to_try_again(server_desk: Desk) -> None:
    """A command beside `watch` that is second ends neither of them: trying again it sees the other's row."""
    desk = server_desk
    with Store(desk.place, busy_timeout=30) as other, ThreadPoolExecutor(1) as thread:
        with desk.store.together():
            desk.store.fingerprints.record({"units": "new"})
            second = thread.submit(other.fingerprints.record, {"units": "new"})
            time.sleep(0.3)
        with pytest.raises(StoreBusyError, match="请稍后再试"):
            second.result(30)
        other.fingerprints.record({"units": "new"})
    assert desk.store.fingerprints.find("units") == "new"


def test_what_is_copied_or_looked_at_is_never_whole_in_memory(
    server_desk: Desk, tmp_path: Path
) -> None:
    """The server keeps what was not read yet: a table of a whole country's rows fits no memory."""
    store, cursors = server_desk.store, list[tuple[str, bool]]()

    @event.listens_for(store.program.reader, "after_cursor_execute")
    def _note(_: Connection, cursor: Any, statement: str, *_rest: object) -> None:
        cursors.append((statement, isinstance(cursor, psycopg.ServerCursor)))

    server_desk.drop()
    assert store.find_faults(deep=True) == ()
    with Store(tmp_path / "copy.db") as copy:
        copy_database(store, copy)
    read = [held for statement, held in cursors if "\nFROM arrivals" in statement]
    assert read[-2:] == [True, True]


def test_a_dead_line_is_noticed_within_half_a_minute(postgres: Cluster) -> None:
    """Where a machine lost its power, neither who waits for it nor the server waits for hours."""
    with Store(postgres.url(next_schema())) as store:
        engine = store.program.reader
        _, asked = engine.dialect.create_connect_args(engine.url)
        assert {name: int(asked[name]) for name in asked if name.startswith(("keep", "tcp"))} == {
            "keepalives_idle": 10,
            "keepalives_interval": 5,
            "keepalives_count": 3,
            "tcp_user_timeout": 25000,
        }
        with store.reading() as connection:
            query = "SELECT name FROM pg_settings WHERE name ~ '^tcp_' AND source = 'session'"
            assert len(connection.exec_driver_sql(query).all()) == 4


def test_a_password_in_the_url_s_query_is_not_told(postgres: Cluster) -> None:
    """What sentences call the database holds no password, wherever in the URL it stands."""
    with Store(f"{postgres.url(next_schema())}&password=geheim") as store:
        assert "geheim" not in store.place
        assert "search_path" in store.place


def test_copies_of_a_former_structure_are_told(postgres: Cluster) -> None:
    """What a migration kept beside holds personal values still: a purge names it, and no other schema."""
    schema = next_schema()
    with Store(postgres.url(schema)) as store:
        assert store.kept_copies() == ()
        with store.writing() as connection:
            connection.exec_driver_sql("CREATE TABLE dispatched_calls (request BYTEA)")
            store.program.keep_copy(connection, 7)
        assert store.kept_copies() == (f"数据库里的 schema {schema}_v7",)
        tables = inspect(store.program.reader).get_table_names(f"{schema}_v7")
        assert ("arrivals" in tables, "dispatched_calls" in tables) == (True, False)
