"""All that holds for SQLite only: settings, transactions, copies, integrity, the seal of the file.

This module owns every statement that another database program would not understand,
and ``sheetflow.db.seal``: change counter, size and checksum of the file as it was left, so
that a bit that changed at rest is noticed. It refuses to know our tables.

Why so strict: a file leaves the inbox once its commit returned, so a commit must
outlive a power cut. With a DELETE journal, ``synchronous=FULL`` leaves the
journal's removal unsynced (a cut may bring it back and undo the commit);
``EXTRA`` syncs the folder as well. The WAL journal is avoided: SQLite before
3.51.3 has a fault there with several connections.
"""

from __future__ import annotations

import os
import sqlite3
import time
import zlib
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

from sqlalchemy import Connection, Engine, event
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.pool import ConnectionPoolEntry

from sheetflow.durable import sync_folder, write_whole

WRITING = "sheetflow_writing"
"""The execution option of a connection that takes the write lock at once."""

DriverError = sqlite3.Error

_PRIVATE = 0o600
_PRIMARY = 0xFF
_TEMPORARY = frozenset(
    {
        sqlite3.SQLITE_BUSY,
        sqlite3.SQLITE_LOCKED,
        sqlite3.SQLITE_FULL,
        sqlite3.SQLITE_IOERR,
        sqlite3.SQLITE_CANTOPEN,
        sqlite3.SQLITE_READONLY,
        sqlite3.SQLITE_NOMEM,
        sqlite3.SQLITE_PERM,
        sqlite3.SQLITE_PROTOCOL,
    }
)

_DAMAGE = frozenset(
    # A generic error: a table or column that must be there is not.
    {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_ERROR, sqlite3.SQLITE_SCHEMA}
)


_COUNTER = slice(24, 28)
"""Where SQLite counts the transactions that changed the file."""
_CHUNK = 1 << 20
_TRIES, _PAUSE_SECONDS = 3, 0.1


def prepare(engine: Engine) -> None:
    """Make every connection of `engine` strict, and every transaction an explicit one."""

    @event.listens_for(engine, "connect")
    def _settle(connection: DBAPIConnection, _entry: ConnectionPoolEntry) -> None:
        # The driver would otherwise begin transactions when it sees fit.
        connection.isolation_level = None
        with closing(connection.cursor()) as cursor:
            cursor.execute("PRAGMA foreign_keys = ON")
            # Nothing in the file itself may act beyond plain tables.
            cursor.execute("PRAGMA trusted_schema = OFF")
            cursor.execute("PRAGMA journal_mode = DELETE")
            cursor.execute("PRAGMA synchronous = EXTRA")
            # What a purge takes out must not be read from the file's free pages.
            cursor.execute("PRAGMA secure_delete = ON")

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        # A writer that begins as a reader can be refused at its first write,
        # when waiting no longer helps; so writers take the lock at once.
        writing = connection.get_execution_options().get(WRITING)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")


def make_private_file(file: Path) -> None:
    """Create the empty database file readable by its owner only; leave an existing one alone."""
    with suppress(FileExistsError):
        os.close(os.open(file, os.O_CREAT | os.O_EXCL | os.O_WRONLY, _PRIVATE))


def is_temporary(error: BaseException | None) -> bool:
    """Tell whether the same call may succeed later."""
    return _code(error) in _TEMPORARY


def is_damage(error: BaseException | None) -> bool:
    """Tell whether the file is damaged, or no database of ours at all."""
    unread = isinstance(error, sqlite3.OperationalError) and not hasattr(error, "sqlite_errorcode")
    return unread or _code(error) in _DAMAGE  # the driver itself could not read a text


@contextmanager
def without_foreign_keys(connection: Connection) -> Iterator[None]:
    """Switch foreign keys off around a transaction that rebuilds tables.

    SQLite ignores the switch inside a transaction; so it is thrown on the driver's
    connection, before the transaction begins and after it ended.
    """
    driver = _driver(connection)
    driver.execute("PRAGMA foreign_keys = OFF")
    try:
        yield
    finally:
        driver.execute("PRAGMA foreign_keys = ON")


def copy(connection: Connection, to: Path) -> None:
    """Copy the database as it stands to `to`, complete and on the disk, or not at all.

    Never copy the file by other means while it is open: closing a second
    descriptor of it would drop this process's locks.
    """
    unfinished = to.with_name(f".{to.name}.{os.getpid()}.tmp")
    unfinished.unlink(missing_ok=True)
    try:
        make_private_file(unfinished)
        with closing(sqlite3.connect(unfinished)) as target:
            _driver(connection).backup(target)
        with unfinished.open("rb+") as file:
            os.fsync(file.fileno())
        unfinished.replace(to)
        sync_folder(to.parent)
    finally:
        unfinished.unlink(missing_ok=True)


def compact(connection: Connection) -> None:
    """Write the whole file anew, so that nothing of what was deleted is left in it."""
    _driver(connection).execute("VACUUM")


def find_faults(connection: Connection) -> tuple[str, ...]:
    """Return what SQLite's own checks of pages, indexes and foreign keys complain about."""
    lines = [str(row[0]) for row in connection.exec_driver_sql("PRAGMA integrity_check")]
    return (*(line for line in lines if line != "ok"), *broken_ties(connection))


_PLAIN = ("CREATE TABLE ", "CREATE INDEX ", "CREATE UNIQUE INDEX ")
"""How SQLite itself begins what it notes of a plain table or index, however it was typed."""


def find_strangers(file: Path) -> tuple[str, ...]:
    """Name what in the database `file` could act by itself: triggers, views, virtual tables.

    Nothing of it is woken by looking. A file that is no database has none.
    """
    if not file.is_file():
        return ()
    uri = f"{file.absolute().as_uri()}?mode=ro"
    try:
        with closing(sqlite3.connect(uri, uri=True)) as connection:
            connection.execute("PRAGMA trusted_schema = OFF")
            found = connection.execute("SELECT type, name, sql FROM sqlite_master").fetchall()
            tables = [name for kind, name, _ in found if kind == "table"]
            made_up = connection.execute(
                "SELECT DISTINCT tables.name FROM sqlite_master AS tables,"
                " pragma_table_xinfo(tables.name) AS columns"
                " WHERE tables.type = 'table' AND columns.hidden != 0"
            ).fetchall()
    except sqlite3.Error:
        return ()
    strange = [
        str(name)
        for kind, name, sql in found
        if kind not in {"table", "index"} or not (sql is None or str(sql).startswith(_PLAIN))
    ]
    return (*strange, *(str(name) for (name,) in made_up if name in tables))


def broken_ties(connection: Connection) -> tuple[str, ...]:
    """Name each row that points to nothing, as ``table 17 -> parent``."""
    rows = connection.exec_driver_sql("PRAGMA foreign_key_check")
    return tuple(f"{row[0]} {row[1]} -> {row[2]}" for row in rows)


def _seal_of(file: Path) -> Path:
    return file.with_name(f"{file.name}.seal")


def seal(file: Path) -> None:
    """Write down what the database `file` looks like now; where it cannot be told or kept, nothing.

    Never call it while this process has the file open: closing a second descriptor of it would
    drop the process's locks.
    """
    with suppress(OSError):
        looked = _look(file)
        if looked is None or _sealed(file) == looked:
            return
        write_whole(_seal_of(file), looked.encode("ascii"), is_durable=False)


def is_seal_broken(file: Path) -> bool:
    """Tell whether `file` was changed otherwise than by a transaction since it was sealed.

    SQLite's own check sees its structure alone: a flipped letter in a name passes it. A seal
    with another counter says nothing (others wrote since, or the power failed).
    """
    with suppress(OSError):
        kept = _sealed(file)
        for _ in range(_TRIES if kept else 0):
            looked = _look(file)
            if looked is None or looked.split()[0] != kept.split()[0] or looked == kept:
                return False
            time.sleep(_PAUSE_SECONDS)  # somebody may be in the middle of writing
        return bool(kept)
    return False


def _sealed(file: Path) -> str:
    try:
        return _seal_of(file).read_text("ascii")
    except (FileNotFoundError, UnicodeDecodeError):
        return ""


def _look(file: Path) -> str | None:
    """Give counter, size and checksum; None while somebody writes, or after a crash."""
    unfinished = file.with_name(f"{file.name}-journal")
    if unfinished.exists():
        return None
    with file.open("rb") as source:
        head = source.read(_COUNTER.stop)
        check, size = zlib.crc32(head), len(head)
        while chunk := source.read(_CHUNK):
            check, size = zlib.crc32(chunk, check), size + len(chunk)
        source.seek(0)
        again = source.read(_COUNTER.stop)
    if unfinished.exists() or again != head:
        return None
    return f"{head[_COUNTER].hex()} {size} {check:08x}\n"


def _code(error: BaseException | None) -> int:
    return int(getattr(error, "sqlite_errorcode", 0)) & _PRIMARY


def _driver(connection: Connection) -> sqlite3.Connection:
    driver = connection.connection.driver_connection
    if not isinstance(driver, sqlite3.Connection):
        raise TypeError("not a connection to SQLite")
    return driver
