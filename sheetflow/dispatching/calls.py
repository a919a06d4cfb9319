"""What is asked of other machines and what they answer, as rows; who serves, and since when.

This module owns the tables beside procrastinate's own, and how an answer, good or bad, is packed. It refuses to
know what is asked for.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
import pickle
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, LiteralString

import psycopg
from psycopg import sql
from psycopg.conninfo import make_conninfo
from psycopg.rows import class_row
from psycopg_pool import ConnectionPool

from sheetflow import __version__
from sheetflow.children.pool import (
    ChildHinderedError,
    ChildLostError,
    ChildStartError,
    OutgrownError,
    TaskFailedError,
)
from sheetflow.children.wire import dumps, loads
from sheetflow.errors import SheetflowError, UnreadableError, error_of, parts_of
from sheetflow.schemas.layout import StampKey
from sheetflow.store import connection_words

QUEUE = f"sheetflow-{__version__}"
"""Who is of another version serves another queue: it is never asked."""
ANSWERED = "sheetflow_answered"
"""The channel on which an answer is announced."""
COORDINATOR, WORKER = "coordinator", "worker"
ALIVE = dt.timedelta(seconds=30)
"""Who was not seen for so long is gone."""
_MAKING = "sheetflow dispatching"
_SEAL_BYTES = 32

_TABLES: tuple[LiteralString, ...] = (
    """
    CREATE TABLE IF NOT EXISTS dispatched_calls (
        call_id BIGSERIAL PRIMARY KEY, coordinator TEXT NOT NULL, request BYTEA NOT NULL, answer BYTEA
    )
    """,
    """
    CREATE TABLE IF NOT EXISTS dispatched_machines (
        name TEXT PRIMARY KEY, part TEXT NOT NULL, version TEXT NOT NULL, children INTEGER NOT NULL,
        seen_at TIMESTAMPTZ NOT NULL, done BIGINT NOT NULL, trouble TEXT NOT NULL
    )
    """,
)
_ENGINE_MARK: LiteralString = """
    SELECT obj_description(oid, 'pg_class') FROM pg_class
    WHERE relname = 'procrastinate_jobs' AND relnamespace = current_schema()::regnamespace
    """
_DROP_ENGINE: LiteralString = r"""
    DO $$ DECLARE dropping text; BEGIN
        FOR dropping IN
            SELECT format('TABLE IF EXISTS %s', oid::regclass) FROM pg_class
            WHERE relnamespace = current_schema()::regnamespace AND relkind = 'r' AND relname LIKE 'procrastinate\_%'
            UNION ALL
            SELECT format('FUNCTION IF EXISTS %s', oid::regprocedure) FROM pg_proc
            WHERE pronamespace = current_schema()::regnamespace AND proname LIKE 'procrastinate\_%'
            UNION ALL
            SELECT format('TYPE IF EXISTS %I', typname) FROM pg_type LEFT JOIN pg_class ON pg_class.oid = typrelid
            WHERE typnamespace = current_schema()::regnamespace AND typname LIKE 'procrastinate\_%'
            AND (typtype = 'e' OR relkind = 'c')
        LOOP EXECUTE 'DROP ' || dropping || ' CASCADE'; END LOOP;
    END $$
    """
"""The engine's tables of another version, with all that belongs to them: its jobs only wake up, they hold no truth."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Machine:
    """One process that takes part: the coordinator, or a worker; `trouble` says why it takes no work."""

    name: str
    part: str
    version: str
    children: int
    seen_at: dt.datetime
    done: int
    trouble: str
    is_alive: bool


def conninfo(url: str) -> str:
    """Give a URL as the driver takes it alone: what the store connects by, but that nothing waits for the disk.

    No truth is in what is asked and answered: what a server that breaks down loses of it is asked again.
    """
    words = connection_words(url)
    options = f"{words.pop('options', '')} -c synchronous_commit=off"
    return make_conninfo(**words, options=options.strip())


Open = ConnectionPool[psycopg.Connection[Any]]
"""Connections that stay open."""


def kept_open(url: str, most: int) -> Open:
    """Give connections that stay open between calls, at most so many; one that broke is replaced."""
    return ConnectionPool(
        conninfo(url),
        kwargs={"autocommit": True, "connect_timeout": 10},
        min_size=1,
        max_size=most,
        check=ConnectionPool.check_connection,
        open=True,
    )


@contextmanager
def connected(url: str) -> Iterator[psycopg.Connection[Any]]:
    """Open a connection of which each statement stands for itself."""
    with psycopg.connect(conninfo(url), autocommit=True, connect_timeout=10) as connection:
        yield connection


def make_tables(connection: psycopg.Connection[Any], engine_schema: LiteralString) -> None:
    """Make the tables where they are missing, the engine's anew where another version of it made them."""
    made_by = f"sheetflow {hashlib.sha256(engine_schema.encode()).hexdigest()}"
    with connection.transaction():
        connection.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", (_MAKING,))
        for statement in _TABLES:
            connection.execute(statement)
        if connection.execute(_ENGINE_MARK).fetchone() == (made_by,):
            return
        connection.execute(_DROP_ENGINE)
        connection.execute(engine_schema)
        mark = sql.SQL("COMMENT ON TABLE procrastinate_jobs IS {}").format(made_by)
        connection.execute(mark)


def _is_there(connection: psycopg.Connection[Any], table: str) -> bool:
    (row,) = connection.execute("SELECT to_regclass(%s) IS NOT NULL", (table,))
    return bool(row[0])


def sealed(key: StampKey, request: bytes) -> bytes:
    """Put before a request what proves whose it is: whoever does it runs what it says."""
    return key.seal(request) + request


def opened(key: StampKey | None, request: bytes) -> bytes:
    """Give a request without its seal; raise PermissionError where that is not of this key."""
    seal, bare = request[:_SEAL_BYTES], request[_SEAL_BYTES:]
    if key is None or not hmac.compare_digest(seal, key.seal(bare)):
        raise PermissionError("it does not bear the seal of this workspace")
    return bare


def add_call(connection: psycopg.Connection[Any], coordinator: str, request: bytes) -> int:
    """Keep what is asked; give its number."""
    query = "INSERT INTO dispatched_calls (coordinator, request) VALUES (%s, %s) RETURNING call_id"
    (row,) = connection.execute(query, (coordinator, request))
    return int(row[0])


def find_request(connection: psycopg.Connection[Any], call_id: int) -> bytes | None:
    """Give what is asked; None where nobody waits for it any longer."""
    query = "SELECT request FROM dispatched_calls WHERE call_id = %s AND answer IS NULL"
    row = connection.execute(query, (call_id,), binary=True).fetchone()
    return None if row is None else bytes(row[0])


def add_answer(connection: psycopg.Connection[Any], call_id: int, answer: bytes) -> None:
    """Keep an answer, the first one, and announce it."""
    with connection.transaction():
        connection.execute(
            "UPDATE dispatched_calls SET answer = %s WHERE call_id = %s AND answer IS NULL",
            (answer, call_id),
        )
        connection.execute("SELECT pg_notify(%s, '')", (ANSWERED,))


def take_answers(connection: psycopg.Connection[Any], coordinator: str) -> dict[int, bytes]:
    """Give the answers that came for a coordinator, by number, and forget them."""
    query = (
        "DELETE FROM dispatched_calls WHERE coordinator = %s AND answer IS NOT NULL"
        " RETURNING call_id, answer"
    )
    found = connection.execute(query, (coordinator,), binary=True)
    return {row[0]: bytes(row[1]) for row in found}


def find_calls(connection: psycopg.Connection[Any], coordinator: str) -> set[int]:
    """Give the numbers of what a coordinator asked and has not heard of."""
    query = "SELECT call_id FROM dispatched_calls WHERE coordinator = %s"
    return {row[0] for row in connection.execute(query, (coordinator,))}


def forget_calls(connection: psycopg.Connection[Any], coordinator: str) -> None:
    """Forget what a coordinator asked who ends: nobody waits for it."""
    connection.execute("DELETE FROM dispatched_calls WHERE coordinator = %s", (coordinator,))


def forget_others(connection: psycopg.Connection[Any], coordinator: str) -> None:
    """Forget what others asked who are gone, and what they queued for another version."""
    connection.execute("DELETE FROM dispatched_calls WHERE coordinator != %s", (coordinator,))
    connection.execute("DELETE FROM procrastinate_jobs WHERE queue_name != %s", (QUEUE,))


def empty(connection: psycopg.Connection[Any]) -> None:
    """Leave nothing of any call, also where deleted rows lay."""
    if _is_there(connection, "dispatched_calls"):
        connection.execute("TRUNCATE dispatched_calls")


def be_seen(
    connection: psycopg.Connection[Any],
    name: str,
    part: str,
    *,
    children: int,
    done: int,
    trouble: str = "",
) -> None:
    """Note that somebody takes part; who is long gone is forgotten after a day."""
    connection.execute(
        "INSERT INTO dispatched_machines (name, part, version, children, seen_at, done, trouble)"
        " VALUES (%s, %s, %s, %s, now(), %s, %s)"
        " ON CONFLICT (name) DO UPDATE SET part = excluded.part, version = excluded.version,"
        " children = excluded.children, seen_at = excluded.seen_at, done = excluded.done,"
        " trouble = excluded.trouble",
        (name, part, __version__, children, done, trouble),
    )
    connection.execute("DELETE FROM dispatched_machines WHERE seen_at < now() - INTERVAL '1 day'")


def leave(connection: psycopg.Connection[Any], name: str) -> None:
    """Note that somebody takes part no longer."""
    connection.execute("DELETE FROM dispatched_machines WHERE name = %s", (name,))


def find_machines(connection: psycopg.Connection[Any]) -> list[Machine]:
    """Give who takes part, the coordinator first; nobody where none ever began."""
    if not _is_there(connection, "dispatched_machines"):
        return []
    query = (
        "SELECT *, seen_at > now() - %s AS is_alive FROM dispatched_machines ORDER BY part, name"
    )
    with connection.cursor(row_factory=class_row(Machine)) as cursor:
        return cursor.execute(query, (ALIVE,)).fetchall()


@dataclass(frozen=True, slots=True)
class Queued:
    """How many calls nobody has begun, for how many seconds the oldest has waited, and how many were begun before in vain."""

    number: int
    seconds: int
    again: int


def count_waiting(connection: psycopg.Connection[Any]) -> Queued:
    """Count what waits in our version's queue."""
    if not _is_there(connection, "procrastinate_jobs"):
        return Queued(0, 0, 0)
    query = (
        "SELECT count(*), coalesce(extract(epoch FROM now() - min(at)), 0)::int,"
        " count(*) FILTER (WHERE attempts > 0)"
        " FROM procrastinate_jobs JOIN procrastinate_events ON job_id = procrastinate_jobs.id"
        " WHERE status = 'todo' AND type = 'deferred' AND queue_name = %s"
    )
    (row,) = connection.execute(query, (QUEUE,))
    return Queued(*row)


def packed_value(value: object) -> bytes:
    """Pack what a call came to."""
    return dumps(("value", value))


def packed_error(error: Exception) -> bytes:  # noqa: PLR0911 - a way for each
    """Pack what a call met."""
    match error:
        case ChildLostError():
            return dumps(("lost", error.reason))
        case OutgrownError():
            return dumps(("outgrown", error.reason))
        case UnreadableError():
            return dumps(("unreadable", (error.reason, dict(error.details))))
        case ChildHinderedError():
            return dumps(("hindered", error.was_killed))
        case ChildStartError():
            return dumps(("start", str(error)))
        case TaskFailedError():
            return dumps(("failed", None))
        case SheetflowError():
            return dumps(("error", parts_of(error)))
        case OSError():
            return dumps(("trouble", (error.errno, error.strerror)))
    return dumps(("failed", None))


def unpacked(answer: bytes) -> Any:  # noqa: ANN401 - the task's own
    """Give what a call came to, or raise what it met."""
    try:
        state, body = loads(answer)
    except pickle.UnpicklingError as error:
        raise TaskFailedError from error
    match state:
        case "value":
            return body
        case "lost":
            raise ChildLostError(body)
        case "outgrown":
            raise OutgrownError(body)
        case "unreadable":
            raise UnreadableError(body[0], **body[1])
        case "hindered":
            raise ChildHinderedError(was_killed=body)
        case "start":
            raise ChildStartError(body)
        case "error":
            raise error_of(*body)
        case "trouble":
            raise OSError(*body)
    raise TaskFailedError
