"""PostgreSQL: a database that many machines share, in a schema of its own server.

This module owns all that only PostgreSQL would understand. Its driver (psycopg) is imported with the
first database that a URL names.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, LiteralString, TypeGuard

from sqlalchemy import (
    URL,
    Connection,
    Table,
    create_engine,
    event,
    func,
    inspect,
    make_url,
    select,
    text,
)
from sqlalchemy.exc import ArgumentError

from sheetflow.errors import StoreBusyError, StoreError
from sheetflow.store.column_types import read_json
from sheetflow.store.program import busy, damaged, refused
from sheetflow.store.schema import metadata

DRIVER = "postgresql+psycopg"
NO_DRIVER = "这台电脑没有装 PostgreSQL 的驱动：请运行 pip install sheetflow[machines]。"
_TEMPORARY = ("08", "53", "57", "40001", "40P01", "55P03", "25006", "23505")
"""Connections, want of room, shutdown; commits that met; locks; a server that only reads now; what another recorded
a moment ago, which the next try sees."""
_DAMAGE = ("XX001", "XX002", "42P01", "42703")
"""Broken pages and indexes; a table or column that must be there is not."""
_FORBIDDEN = "42501"
_ENCODING = "UTF8"
_REBUILDING = "the structure"
_KEEPING = ("fsync", "full_page_writes")
_OLDEST = 130_000
_MOST_APART = dt.timedelta(minutes=1)
_PATIENCE = {
    "connect_timeout": "10",
    "keepalives_idle": "10",
    "keepalives_interval": "5",
    "keepalives_count": "3",
    "tcp_user_timeout": "25000",
    "client_encoding": "utf8",
}
"""A line whose other end lost its power is dead within half a minute, not after hours; a URL may say otherwise."""
SOON_MISSED: tuple[LiteralString, ...] = (
    "SET tcp_keepalives_idle = 10",
    "SET tcp_keepalives_interval = 5",
    "SET tcp_keepalives_count = 3",
    "SET tcp_user_timeout = 25000",
)
"""The same on the server's side: what a machine held that is gone is let go of."""
_QUEUE = ("dispatched_", "procrastinate_")
"""What several machines ask each other lies beside the store; nothing of it is worth a copy."""
_SECRET = ("password", "sslpassword")
_AT_CONNECTING = (
    *SOON_MISSED,
    # A file leaves the inbox once its commit returned, so a commit must outlive a power cut.
    "SET synchronous_commit = on",
    "SET TIME ZONE 'UTC'",
)


def is_url(place: Path | str) -> TypeGuard[str]:
    """Whether a place is no file but a URL."""
    return isinstance(place, str) and "://" in place


class PostgresServer:
    """A database on a server, open.

    Raise StoreError where the URL is none, or the driver is missing; whether the server answers is seen with the
    first transaction.
    """

    quotes_values = True

    def __init__(self, url: str, busy_timeout: float) -> None:
        parts = parsed(url)
        told = parts.set(password=None).difference_update_query(_SECRET)
        self.place = told.render_as_string()
        try:
            self.reader = create_engine(
                _patient(parts),
                hide_parameters=True,  # they may hold personal values
                isolation_level="REPEATABLE READ",
                pool_pre_ping=True,  # the server may have been restarted
                json_deserializer=read_json,
            )
        except ImportError as error:
            raise StoreError(NO_DRIVER) from error
        waiting = f"SET lock_timeout = {round(busy_timeout * 1000)}"
        event.listen(self.reader, "connect", lambda made, _: _prepare(made, waiting, self.place))
        self.writer = self.reader.execution_options(isolation_level="READ COMMITTED")

    def check_place(self) -> None:
        """Do nothing: a server does not get lost unnoticed."""

    def lock(self, connection: Connection, name: str) -> None:
        """Have whoever else locks `name` wait until this transaction ends."""
        key = "hashtextextended(current_schema() || ':' || :name, 0)"
        connection.execute(text(f"SELECT pg_advisory_xact_lock({key})"), {"name": name})

    def meaning(self, error: BaseException | None) -> StoreError | None:
        """Tell what may pass, and what is damage."""
        from psycopg import InterfaceError, OperationalError

        state = getattr(error, "sqlstate", None) or ""
        if isinstance(error, OperationalError | InterfaceError) and not state:
            return StoreBusyError(
                f"数据库 {self.place} 连不上。请检查地址、用户名、密码、库名，以及数据库服务是否在运行；"
                "值守的服务会自动重试。"
            )
        if state.startswith(_TEMPORARY):
            return busy(self.place)
        if state == _FORBIDDEN:
            return StoreError(
                f"数据库 {self.place} 不让这个用户建表。请由数据库管理员把库交给它：ALTER DATABASE 库名 OWNER TO 用户名。"
            )
        return damaged(self.place) if state in _DAMAGE else None

    @contextmanager
    def rebuilding(self) -> Iterator[Connection]:
        """Open a writing transaction in which tables may be rebuilt: one process at a time."""
        with self.writer.begin() as connection:
            self.lock(connection, _REBUILDING)
            yield connection

    def keep_copy(self, connection: Connection, version: int) -> None:
        """Copy all tables of the store into a schema beside, within the transaction that changes them."""
        schema = connection.execute(text("SELECT current_schema()")).scalar_one()
        beside = f"{schema}_v{version}"
        connection.execute(text(f'DROP SCHEMA IF EXISTS "{beside}" CASCADE'))
        connection.execute(text(f'CREATE SCHEMA "{beside}"'))
        for name in inspect(connection).get_table_names():
            if name.startswith(_QUEUE):
                continue
            connection.execute(text(f'CREATE TABLE "{beside}"."{name}" AS TABLE "{name}"'))

    def kept_copies(self) -> Iterator[str]:
        """Give the schemas that hold the tables as they were before a structure changed."""
        query = text(
            "SELECT nspname FROM pg_namespace"
            " WHERE nspname ~ ('^' || current_schema() || '_v[0-9]+$') ORDER BY nspname"
        )
        with self.reader.connect() as connection:
            for name in connection.execute(query).scalars():
                yield f"数据库里的 schema {name}"

    def begin_after(self, connection: Connection, table: Table, key: str) -> None:
        """Number further rows from the highest number on."""
        last = connection.execute(select(func.max(table.c[key]))).scalar()
        if last is not None:
            sequence = func.pg_get_serial_sequence(table.name, key)
            connection.execute(select(func.setval(sequence, last)))

    def compact(self) -> None:
        """Write the tables anew; needs their room once more."""
        names = ", ".join(table.name for table in metadata.sorted_tables)
        with self.reader.connect() as connection:
            outside = connection.execution_options(isolation_level="AUTOCOMMIT")
            outside.execute(text(f"VACUUM (FULL) {names}"))

    def broken_pages(self) -> Iterator[str]:
        """Give nothing: a server checks its pages when it reads them, and its ties when they are made."""
        yield from ()

    def doubts(self) -> Iterator[tuple[str, str]]:
        """Give switches that let a power cut undo commits, and a server that is too old."""
        with self.reader.connect() as connection:
            for name in _KEEPING:
                if connection.execute(text(f"SHOW {name}")).scalar_one() != "on":
                    yield (
                        f"数据库服务的 {name} 没有打开：断电会丢掉已经收下的报送。",
                        f"请在 postgresql.conf 里把 {name} 设为 on，再重启数据库服务。",
                    )
            number = int(connection.execute(text("SHOW server_version_num")).scalar_one())
            if number < _OLDEST:
                yield (
                    f"数据库服务是 {number // 10_000} 版，太旧。",
                    "请换成 PostgreSQL 13 或更新。",
                )
            apart = abs(
                connection.execute(select(func.now())).scalar_one() - dt.datetime.now(dt.UTC)
            )
            if apart > _MOST_APART:
                yield (
                    f"数据库服务的时钟与这台电脑差{round(apart.total_seconds())}秒。",
                    "请把两台电脑的时钟对准。",
                )

    def close(self) -> None:
        """Close all connections."""
        self.reader.dispose()


def parsed(url: str) -> URL:
    """Read a URL; raise StoreError where it is none, or names another program."""
    try:
        found = make_url(url)
    except (ArgumentError, ValueError) as error:
        raise StoreError(
            "[store] url 写得不对，应当像 postgresql+psycopg://用户@主机/库名。"
        ) from error
    if found.drivername not in {DRIVER, "postgresql"}:
        raise StoreError(
            f"[store] url 写的是“{found.drivername}”，只能用 PostgreSQL：{DRIVER}://用户@主机/库名。"
        )
    return found.set(drivername=DRIVER)


def told_of(url: str, error: Exception) -> StoreError:
    """Say what an error of the driver means to whoever asks the server at `url` without a store."""
    server = PostgresServer(url, 0)
    return server.meaning(error) or refused(server.place)


def connection_words(url: str) -> dict[str, Any]:
    """Give what the driver connects by, as the store itself does."""
    from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg

    _, words = PGDialect_psycopg().create_connect_args(_patient(parsed(url)))  # type: ignore[no-untyped-call] # SQLAlchemy leaves dialects untyped
    words.pop("context", None)
    return dict(words)


def _patient(url: URL) -> URL:
    return url.set(query={**_PATIENCE, **url.query})


def with_password(url: str, password: str) -> str:
    """Give a URL with a password that stands elsewhere, if there is one."""
    found = parsed(url)
    return (found.set(password=password) if password else found).render_as_string(
        hide_password=False
    )


def _prepare(made: Any, waiting: str, place: str) -> None:  # noqa: ANN401 - the driver's own connection
    encoding = made.info.parameter_status("server_encoding")
    if encoding != _ENCODING:
        raise StoreError(
            f"数据库 {place} 的编码是 {encoding}，存不好中文。请另建一个：createdb -O 用户名 -E UTF8 -T template0 库名。"
        )
    with closing(made.cursor()) as cursor:
        for statement in (*_AT_CONNECTING, waiting):
            cursor.execute(statement)
    made.commit()
