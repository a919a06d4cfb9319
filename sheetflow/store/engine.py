"""Opening the database, its transactions, and queries that are one.

This module owns the engine, reading and writing transactions, and the way from a
database program's errors to ours. It refuses to know any table. What holds for
SQLite only stands in `sqlite`.
"""

from __future__ import annotations

import json
import threading
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import URL, Connection, Engine, Row, create_engine, make_url
from sqlalchemy.exc import IntegrityError, OperationalError, SQLAlchemyError, StatementError
from sqlalchemy.sql import Executable

from sheetflow.errors import RESTORE, StoreBusyError, StoreDamagedError, StoreError
from sheetflow.store import sqlite
from sheetflow.store.schema import unreadable

_OPEN: Counter[Path | None] = Counter()
"""How often this process has each file open."""

_AT_ONCE = 500
"""How many values one query names; every database program takes that many."""

Listed = TypeVar("Listed", str, int)


def chunks(values: Iterable[Listed]) -> Iterator[list[Listed]]:
    """Give the values in order, so many at a time as one query may name."""
    listed = sorted(values)
    return (listed[start : start + _AT_ONCE] for start in range(0, len(listed), _AT_ONCE))


class Database:
    """An open database: reading sees one moment, writing is all or nothing."""

    def __init__(self, engine: Engine, file: Path | None, *, sealed: bool = False) -> None:
        self._is_sealed, self._is_closed = sealed, False
        self._engine = engine
        self._writer = engine.execution_options(**{sqlite.WRITING: True})
        self._own = threading.local()
        self.file = file
        """The database file; None where the database is not a file."""
        self._place = _place(file)
        _OPEN[file] += 1

    @property
    def name(self) -> str:
        """What to call it in a sentence, without a password."""
        return str(self.file or self._engine.url.render_as_string(hide_password=True))

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """Open a short reading transaction; writers wait at commit until it ends."""
        if (together := self._together) is not None:
            with self._translated():
                yield together
            return
        with self._translated(), self._engine.connect() as connection, connection.begin():
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """Open a writing transaction: committed and on the disk at the end, or nothing of it."""
        if (together := self._together) is not None:
            with self._translated(), together.begin_nested():
                yield together
            return
        self._check_place()
        with self._translated(), self._writer.connect() as connection, connection.begin():
            yield connection

    def rows(self, query: Executable) -> Sequence[Row[Any]]:
        """Give the rows of one query."""
        with self.reading() as connection:
            return connection.execute(query).all()

    def scalars(self, query: Executable) -> Sequence[Any]:
        """Give the first column of one query's rows."""
        with self.reading() as connection:
            return connection.execute(query).scalars().all()

    def scalar(self, query: Executable) -> Any:  # noqa: ANN401 - what the column holds
        """Give the first column of one query's first row, None where there is none."""
        with self.reading() as connection:
            return connection.execute(query).scalar()

    def _check_place(self) -> None:
        """Refuse to write into a file that was taken away: nobody would ever see it again."""
        if self.file is not None and _place(self.file) != self._place:
            raise StoreDamagedError(f"数据库 {self.name} 被移走或换掉了，没有继续。{RESTORE}")

    @contextmanager
    def together(self) -> Iterator[None]:
        """Make one transaction of all that this thread reads and writes within: one wait for disk.

        Each writing within is still all or nothing by itself; none is on the disk before the
        end. What must not be known before it is durable has to wait for the end as well.
        Within another one it is one more thing that is all or nothing.
        """
        outer = self._together
        with self.writing() as connection:
            self._own.together = connection
            try:
                yield
            finally:
                self._own.together = outer

    @property
    def _together(self) -> Connection | None:
        found: Connection | None = getattr(self._own, "together", None)
        return found

    @contextmanager
    def rebuilding(self) -> Iterator[Connection]:
        """Open a writing transaction in which tables may be rebuilt; its ties are checked last."""
        if self.file is None:
            with self.writing() as connection:
                yield connection
            return
        with (
            self._translated(),
            self._writer.connect() as connection,
            sqlite.without_foreign_keys(connection),
            connection.begin(),
        ):
            yield connection
            if broken := sqlite.broken_ties(connection):
                raise StoreError(f"数据库升级后数据不完整（{broken[0]}），已全部撤销。")

    def copy_to(self, target: Path) -> None:
        """Copy the whole database to a file while it is in use; replace `target` at once."""
        if self.file is None:
            raise StoreError(f"数据库 {self.name} 请用该数据库自带的工具备份。")
        try:
            with self._translated(), self._engine.connect() as connection:
                sqlite.copy(connection, target)
        except OSError as error:
            raise StoreBusyError(f"数据库备份写不到 {target}：请检查磁盘空间和权限。") from error

    def compact(self) -> None:
        """Give back the space of what was deleted, and leave no trace of it in the file."""
        if self.file is not None:
            with self._translated(), self._engine.connect() as connection:
                sqlite.compact(connection)

    def find_faults(self) -> tuple[str, ...]:
        """Return what the database's own integrity check complains about; empty when sound."""
        if self.file is None:
            return ()
        try:
            with self.reading() as connection:
                return sqlite.find_faults(connection)
        except StoreBusyError:
            raise
        except StoreError as error:
            # A damaged file may not even let itself be checked.
            return (str(error),)

    def close(self) -> None:
        """Close all connections; the last one of this process seals the file, where that is wanted."""
        self._engine.dispose()
        if self._is_closed:
            return
        self._is_closed = True
        _OPEN[self.file] -= 1
        if self._is_sealed and self.file and not _OPEN[self.file]:
            sqlite.seal(self.file)

    @contextmanager
    def _translated(self) -> Iterator[None]:
        try:
            yield
        except (SQLAlchemyError, sqlite.DriverError) as error:  # copies run on the driver's own
            raise self._ours(error) from error

    def _ours(self, error: Exception) -> StoreError:
        cause = error.orig if isinstance(error, StatementError) else error
        # Elsewhere two writers may take one number, or the line may break: the next try mends it.
        elsewhere = self.file is None and isinstance(error, (OperationalError, IntegrityError))
        if elsewhere or sqlite.is_temporary(cause):
            return StoreBusyError(
                f"数据库 {self.name} 暂时不能读写（被占用、没有权限或磁盘已满）。"
                "值守的服务会自动重试，其他命令请稍后再试。"
            )
        if sqlite.is_damage(cause):
            return damaged(self.name)
        return StoreError(f"数据库 {self.name} 拒绝了这次操作。请运行 doctor 检查。")


def _place(file: Path | None) -> tuple[int, int] | None:
    """Tell a file from another of its name; None where there is none."""
    try:
        found = file.stat() if file else None
    except OSError:
        return None
    return (found.st_dev, found.st_ino) if found else None


def damaged(name: str) -> StoreDamagedError:
    """Say that the database called `name` cannot be gone on with."""
    return StoreDamagedError(f"数据库 {name} 已损坏，或不是数据库文件。{RESTORE}")


def read_json(text: str) -> Any:  # noqa: ANN401 - JSON is anything
    """Read a column of JSON; what is none was damaged."""
    try:
        return json.loads(text)
    except (ValueError, TypeError) as error:
        raise unreadable() from error


def open_database(
    where: Path | str, *, busy_timeout: float = 30.0, sealed: bool = False
) -> Database:
    """Open the database in the file `where` (made when missing), or at the URL `where`.

    `busy_timeout` is how many seconds to wait for another writer. One that is `sealed` is held
    against what the last one left, and leaves its own seal. Parameters never
    stand in error texts: they may hold personal values. Raise StoreError where the
    folder is missing, StoreBusyError where the file cannot be made just now.
    """
    url = make_url(where) if isinstance(where, str) else URL.create("sqlite", database=str(where))
    if url.get_backend_name() != "sqlite":
        return Database(create_engine(url, hide_parameters=True), None)
    if not url.database or url.database == ":memory:":
        raise StoreError("数据库必须是磁盘上的一个文件。")
    file = Path(url.database)
    if file.exists() and not file.is_file():
        raise StoreDamagedError(f"数据库的位置 {file} 上不是文件。请移走它。{RESTORE}")
    if sealed and not _OPEN[file] and sqlite.is_seal_broken(file):
        raise damaged(str(file))
    try:
        sqlite.make_private_file(file)
    except FileNotFoundError as error:
        raise StoreError(f"数据库的文件夹 {file.parent} 不存在。请先建立，或改正路径。") from error
    except OSError as error:
        raise StoreBusyError(f"数据库文件 {file} 建不了：请检查文件夹和权限。") from error
    engine = create_engine(
        url,
        hide_parameters=True,
        connect_args={"timeout": busy_timeout},
        json_deserializer=read_json,
    )
    sqlite.prepare(engine)
    return Database(engine, file, sealed=sealed)
