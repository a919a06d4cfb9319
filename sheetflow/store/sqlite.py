"""SQLite: a database that is one file, its checks, its copies, and its seal.

``sheetflow.db.seal`` holds change counter, size and checksum of the file as it was left, so that a
bit that changed at rest is noticed. This module owns all that only SQLite would understand.
"""

from __future__ import annotations

import os
import sqlite3
import time
import zlib
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

from sqlalchemy import URL, Connection, Table, create_engine, event
from sqlalchemy.engine.interfaces import DBAPIConnection

from sheetflow.durable import sync_folder, write_whole
from sheetflow.errors import RESTORE, StoreBusyError, StoreDamagedError, StoreError
from sheetflow.store.column_types import read_json
from sheetflow.store.program import busy, damaged

_OPEN: Counter[Path] = Counter()
"""How often this process has each file open."""

_PRIVATE = 0o600
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
_PLAIN = ("CREATE TABLE ", "CREATE INDEX ", "CREATE UNIQUE INDEX ")
"""How SQLite itself begins what it notes of a plain table or index, however it was typed."""

_COUNTER = slice(24, 28)
"""Where SQLite counts the transactions that changed the file."""
_CHUNK = 1 << 20
_TRIES, _PAUSE_SECONDS = 3, 0.1

_WRITING = "sheetflow_writing"
"""The execution option of a connection that takes the write lock at once."""


class SqliteFile:
    """A database file, open.

    `busy_timeout` is how many seconds to wait for another writer. One that is `sealed` is held
    against what the last one left, and leaves its own seal. The file is made when missing. Raise
    StoreError where its folder is missing, StoreBusyError where it cannot be made just now,
    StoreDamagedError where it changed at rest.
    """

    quotes_values = False

    def __init__(self, file: Path, busy_timeout: float, *, sealed: bool) -> None:
        if file.exists() and not file.is_file():
            raise StoreDamagedError(f"数据库的位置 {file} 上不是文件。请移走它。{RESTORE}")
        if sealed and not _OPEN[file] and _is_seal_broken(file):
            raise damaged(file)
        try:
            _make_private_file(file)
        except FileNotFoundError as error:
            folder = file.parent
            raise StoreError(f"数据库的文件夹 {folder} 不存在。请先建立，或改正路径。") from error
        except OSError as error:
            raise StoreBusyError(f"数据库文件 {file} 建不了：请检查文件夹和权限。") from error
        self.place, self._file = str(file), file
        self.reader = create_engine(
            URL.create("sqlite", database=str(file)),
            hide_parameters=True,  # they may hold personal values
            connect_args={"timeout": busy_timeout},
            json_deserializer=read_json,
        )
        event.listen(self.reader, "connect", _make_strict)
        event.listen(self.reader, "begin", _begin)
        self.writer = self.reader.execution_options(**{_WRITING: True})
        self._is_sealed, self._is_closed = sealed, False
        self._found = _found(file)
        _OPEN[file] += 1

    def check_place(self) -> None:
        """Raise StoreDamagedError where the file was moved away or exchanged."""
        if _found(self._file) != self._found:  # nobody would ever see again what is written
            raise StoreDamagedError(f"数据库 {self.place} 被移走或换掉了，没有继续。{RESTORE}")

    def lock(self, connection: Connection, name: str) -> None:
        """Do nothing: who writes is alone."""

    def meaning(self, error: BaseException | None) -> StoreError | None:
        """Tell what may pass, and what is damage."""
        if is_temporary(error):
            return busy(self.place)
        # Without a code the driver itself could not read a text.
        unread = isinstance(error, sqlite3.OperationalError) and not _code(error)
        return damaged(self.place) if unread or _code(error) in _DAMAGE else None

    @contextmanager
    def rebuilding(self) -> Iterator[Connection]:
        """Open a writing transaction in which tables may be rebuilt; its ties are checked last."""
        with self.writer.connect() as connection:
            driver = connection.connection
            driver.execute("PRAGMA foreign_keys = OFF")  # within a transaction it would do nothing
            try:
                with connection.begin():
                    yield connection
                    if broken := _broken_ties(connection):
                        raise StoreError(f"数据库升级后数据不完整（{broken[0]}），已全部撤销。")
            finally:
                driver.execute("PRAGMA foreign_keys = ON")

    def backup(self, target: Path) -> None:
        """Copy the file while it is in use; replace an old copy."""
        # Never copied by other means: closing a second descriptor drops this process's locks.
        with (
            whole_copy(target) as draft,
            self.reader.connect() as connection,
            closing(sqlite3.connect(draft)) as copy,
        ):
            connection.connection.backup(copy)

    def keep_copy(self, connection: Connection, version: int) -> None:
        """Copy the file beside itself."""
        del connection
        self.backup(copy_of_version(self._file, version))

    def kept_copies(self) -> Iterator[str]:
        """Give nothing: its copies are files beside it."""
        yield from ()

    def begin_after(self, connection: Connection, table: Table, key: str) -> None:
        """Do nothing: SQLite counts on from the highest number by itself."""

    def compact(self) -> None:
        """Write the file anew; needs the room of the whole database once more."""
        with self.reader.connect() as connection:
            connection.connection.execute("VACUUM")

    def broken_pages(self) -> Iterator[str]:
        """Give what SQLite's checks of pages, indexes and ties complain about."""
        with self.reader.begin() as connection:
            lines = [str(row[0]) for row in connection.exec_driver_sql("PRAGMA integrity_check")]
            yield from (line for line in lines if line != "ok")
            yield from _broken_ties(connection)

    def doubts(self) -> Iterator[tuple[str, str]]:
        """Give nothing: every connection sets what counts."""
        yield from ()

    def close(self) -> None:
        """Close all connections; the last one of this process seals the file, where that is wanted."""
        self.reader.dispose()
        if self._is_closed:
            return
        self._is_closed = True
        _OPEN[self._file] -= 1
        if self._is_sealed and not _OPEN[self._file]:
            _seal(self._file)


@contextmanager
def whole_copy(target: Path) -> Iterator[Path]:
    """Give an empty private file to be filled: it becomes `target`, complete and on the disk, or nothing does."""
    draft = target.with_name(f".{target.name}.{os.getpid()}.tmp")
    try:
        draft.unlink(missing_ok=True)
        _make_private_file(draft)
        yield draft
        with draft.open("rb+") as file:
            os.fsync(file.fileno())
        draft.replace(target)
        sync_folder(target.parent)
    except OSError as error:
        raise StoreBusyError(f"数据库备份写不到 {target}：请检查磁盘空间和权限。") from error
    finally:
        with suppress(OSError):
            draft.unlink(missing_ok=True)


def copy_of_version(file: Path, version: int) -> Path:
    """Name the copy that is made before a database of `version` is migrated."""
    return file.with_name(f"{file.name}.v{version}.bak")


def is_temporary(error: BaseException | None) -> bool:
    """Tell whether the same call may succeed later."""
    return _code(error) in _TEMPORARY


def find_strangers(file: Path) -> tuple[str, ...]:
    """Name what in the database `file` could act by itself: triggers, views, virtual tables.

    Nothing of it is woken by looking. A file that is no database has none.
    """
    uri = f"{file.absolute().as_uri()}?mode=ro"
    try:
        with closing(sqlite3.connect(uri, uri=True)) as connection:
            connection.execute("PRAGMA trusted_schema = OFF")
            found = connection.execute("SELECT type, name, sql FROM sqlite_master").fetchall()
            made_up = connection.execute(
                "SELECT DISTINCT tables.name FROM sqlite_master AS tables,"
                " pragma_table_xinfo(tables.name) AS columns"
                " WHERE tables.type = 'table' AND columns.hidden != 0"
            ).fetchall()
    except sqlite3.Error:
        return ()
    strange = [
        name
        for kind, name, sql in found
        if kind not in {"table", "index"} or not (sql is None or str(sql).startswith(_PLAIN))
    ]
    return (*map(str, strange), *(str(name) for (name,) in made_up))


def _make_strict(connection: DBAPIConnection, _entry: object) -> None:
    # The driver would otherwise begin transactions when it sees fit.
    connection.isolation_level = None
    with closing(connection.cursor()) as cursor:
        cursor.execute("PRAGMA foreign_keys = ON")
        # Nothing in the file itself may act beyond plain tables.
        cursor.execute("PRAGMA trusted_schema = OFF")
        # A file leaves the inbox once its commit returned, so a commit must outlive a power cut.
        # FULL leaves the journal's removal unsynced: a cut may bring it back and undo the commit.
        # The WAL journal has a fault before SQLite 3.51.3, with several connections.
        cursor.execute("PRAGMA journal_mode = DELETE")
        cursor.execute("PRAGMA synchronous = EXTRA")
        # What a purge takes out must not be read from the file's free pages.
        cursor.execute("PRAGMA secure_delete = ON")


def _begin(connection: Connection) -> None:
    # A writer that begins as a reader can be refused at its first write, when waiting no longer
    # helps; so writers take the lock at once.
    writing = connection.get_execution_options().get(_WRITING)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")


def _make_private_file(file: Path) -> None:
    """Create the empty file readable by its owner only; leave an existing one alone."""
    with suppress(FileExistsError):
        os.close(os.open(file, os.O_CREAT | os.O_EXCL | os.O_WRONLY, _PRIVATE))


def _found(file: Path) -> tuple[int, int] | None:
    """Tell a file from another of its name; None where there is none."""
    with suppress(OSError):
        found = file.stat()
        return found.st_dev, found.st_ino
    return None


def _broken_ties(connection: Connection) -> tuple[str, ...]:
    """Name each row that points to nothing, as ``table 17 -> parent``."""
    rows = connection.exec_driver_sql("PRAGMA foreign_key_check")
    return tuple(f"{row[0]} {row[1]} -> {row[2]}" for row in rows)


def _seal_of(file: Path) -> Path:
    return file.with_name(f"{file.name}.seal")


def _seal(file: Path) -> None:
    """Write down what the database `file` looks like now; where it cannot be told or kept, nothing.

    Never while this process has the file open: closing a second descriptor of it would drop the
    process's locks.
    """
    with suppress(OSError):
        looked = _look(file)
        if looked is not None and _sealed(file) != looked:
            write_whole(_seal_of(file), looked.encode("ascii"), is_durable=False)


def _is_seal_broken(file: Path) -> bool:
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
    seal = _seal_of(file)
    return seal.read_text("ascii", errors="replace") if seal.exists() else ""


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
    return int(getattr(error, "sqlite_errorcode", 0)) & 0xFF
