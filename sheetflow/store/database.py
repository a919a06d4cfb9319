"""The database: transactions, and queries that are one, whichever program keeps it.

This module owns the way from a driver's errors to ours. What the tables hold it refuses to know, and
what only one database program would understand stands in `sqlite` and `postgresql`.
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import Connection, Row, select
from sqlalchemy.exc import SQLAlchemyError, StatementError
from sqlalchemy.sql import Executable

from sheetflow.errors import StoreBusyError, StoreError
from sheetflow.store.postgresql import PostgresServer, is_url
from sheetflow.store.program import Program, refused
from sheetflow.store.schema import metadata
from sheetflow.store.sqlite import SqliteFile

_AT_ONCE = 500
"""How many values one query names; every database program takes that many."""
_ROWS_AT_ONCE = 16

Listed = TypeVar("Listed", str, int)


class _Own(threading.local):
    together: Connection | None = None


class Database:
    """An open database: reading sees one moment, writing is all or nothing.

    It is a file (SQLite, made when missing), or what a URL names (PostgreSQL). `busy_timeout` is how many
    seconds to wait for another writer. A file that is `sealed` is held against what the last one left, and
    leaves its own seal.
    Raise StoreError where the place is wrong, StoreBusyError where it cannot be opened just
    now, StoreDamagedError where it changed at rest.
    """

    def __init__(
        self,
        place: Path | str,
        *,
        busy_timeout: float = 30.0,
        sealed: bool = False,
    ) -> None:
        self.program: Program
        if is_url(place):
            self.program = PostgresServer(place, busy_timeout)
        else:
            self.program = SqliteFile(Path(place), busy_timeout, sealed=sealed)
        self._own = _Own()

    @property
    def place(self) -> str:
        """What sentences call the database; it holds no password."""
        return self.program.place

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """Open a short reading transaction."""
        with self._translated():
            if (together := self._own.together) is not None:
                yield together
            else:
                with self.program.reader.begin() as connection:
                    yield connection

    @contextmanager
    def writing(self, *locked: str) -> Iterator[Connection]:
        """Open a writing transaction: committed and on the disk at the end, or nothing of it.

        Whoever else writes what bears one of the names `locked` waits until it has ended.
        """
        with self._translated():
            if (together := self._own.together) is not None:
                with together.begin_nested():
                    yield self._locked(together, locked)
                return
            self.program.check_place()
            with self.program.writer.begin() as connection:
                yield self._locked(connection, locked)

    @contextmanager
    def together(self) -> Iterator[None]:
        """Commit all that this thread records within at the end: one wait for the disk.

        Each record within still stands or falls alone; nothing of it is durable before the end.
        Within another one, what is recorded within stands or falls as one.
        """
        outer = self._own.together
        with self.writing() as connection:
            self._own.together = connection
            try:
                yield
            finally:
                self._own.together = outer

    @contextmanager
    def rebuilding(self) -> Iterator[Connection]:
        """Open a writing transaction in which tables may be rebuilt; its ties are checked last."""
        with self._translated(), self.program.rebuilding() as connection:
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

    def compact(self) -> None:
        """Leave no trace of what was deleted; needs the room of the whole database once more."""
        with self._translated():
            self.program.compact()

    def kept_copies(self) -> tuple[str, ...]:
        """Give what sentences call the copies of former structures within the database."""
        with self._translated():
            return tuple(self.program.kept_copies())

    def find_faults(self, *, deep: bool = False) -> tuple[str, ...]:
        """Return what the program's own checks of pages, indexes and ties complain about; empty when sound.

        With `deep`, every row is read as well: a packed document bears a checksum of its own.
        """
        try:
            with self._translated():
                faults = tuple(self.program.broken_pages())
            for table in metadata.sorted_tables if deep and not faults else ():
                streamed = select(table).execution_options(yield_per=_ROWS_AT_ONCE)
                with self.reading() as connection:
                    for _ in connection.execute(streamed):
                        pass
        except StoreBusyError:
            raise
        except StoreError as error:
            # A damaged file may not even let itself be checked.
            return (str(error),)
        return faults

    def find_doubts(self) -> tuple[tuple[str, str], ...]:
        """Give what of the program's own settings puts data at risk, each with its remedy."""
        with self._translated():
            return tuple(self.program.doubts())

    def close(self) -> None:
        """Close all connections."""
        self.program.close()

    def _locked(self, connection: Connection, names: Iterable[str]) -> Connection:
        for name in sorted(names):
            self.program.lock(connection, name)
        return connection

    @contextmanager
    def _translated(self) -> Iterator[None]:
        try:
            yield
        except (SQLAlchemyError, sqlite3.Error) as error:  # copies run on the driver's own
            cause = error.orig if isinstance(error, StatementError) else error
            if isinstance(cause, ValueError):  # what cannot be kept is one record's fault
                raise cause from None
            told = self.program.meaning(cause) or refused(self.place)
            raise told from None if self.program.quotes_values else error


def chunks(values: Iterable[Listed]) -> Iterator[list[Listed]]:
    """Give the values in order, so many at a time as one query may name."""
    listed = sorted(values)
    return (listed[start : start + _AT_ONCE] for start in range(0, len(listed), _AT_ONCE))
