"""The store: all that the service remembers, behind plain verbs.

This module owns how the parts are put together. Nothing outside this package
knows SQL; another database program is a URL away.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import Self

from sqlalchemy import select

from sheetflow.errors import StoreBusyError, StoreError
from sheetflow.store.arrivals import Arrivals, Looks
from sheetflow.store.contents import Contents, Measurements
from sheetflow.store.engine import Database, open_database
from sheetflow.store.mails import Mails
from sheetflow.store.migrations import bring_up_to_date
from sheetflow.store.outcomes import Outcomes
from sheetflow.store.publications import Fingerprints, Publications
from sheetflow.store.purges import Purges
from sheetflow.store.schema import metadata, workspace
from sheetflow.store.submissions import Submissions

_AT_ONCE = 16


class Store:
    """An open store; its parts share one database. Close it, or use it in a ``with``."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self.arrivals = Arrivals(database)
        self.looks = Looks(database)
        self.outcomes = Outcomes(database)
        self.submissions = Submissions(database)
        self.contents = Contents(database)
        self.measurements = Measurements(database)
        self.publications = Publications(database)
        self.fingerprints = Fingerprints(database)
        self.mails = Mails(database)
        self.purges = Purges(database)

    @classmethod
    def open(
        cls,
        where: Path | str,
        *,
        busy_timeout: float = 30.0,
        sealed: bool = False,
        begin: Callable[[], None] = lambda: None,
    ) -> Self:
        """Open the database file `where` (or the URL), made or migrated as needed.

        `busy_timeout` is in seconds. One that is `sealed` notices what changed at rest. Before
        one is made where there is none, `begin` is asked, which may raise. Raise StoreError for a file that is newer than this program, damaged or
        not ours, StoreBusyError where trying later may help.
        """
        if isinstance(where, Path) and not where.exists():
            begin()
        database = open_database(where, busy_timeout=busy_timeout, sealed=sealed)
        try:
            bring_up_to_date(database, begin=begin)
        except BaseException:
            database.close()
            raise
        return cls(database)

    @cached_property
    def workspace_id(self) -> str:
        """The id that was given to the workspace when its database was made."""
        return self._database.scalar(select(workspace.c.workspace_id)) or ""

    def record_workspace(self, workspace_id: str) -> None:
        """Let the database be the one of another workspace from now on."""
        with self._database.writing() as connection:
            connection.execute(workspace.update().values(workspace_id=workspace_id))
        self.__dict__.pop("workspace_id", None)

    def together(self) -> AbstractContextManager[None]:
        """Commit all that this thread records within at the end: one wait for the disk.

        Each record within still stands or falls alone; nothing of it is durable before the end.
        Within another one, what is recorded within stands or falls as one.
        """
        return self._database.together()

    def backup(self, target: Path) -> None:
        """Copy the whole database to the file `target` while it is in use; it replaces an old copy."""
        self._database.copy_to(target)

    def compact(self) -> None:
        """Leave no trace of what was deleted; needs the room of the whole database once more."""
        self._database.compact()

    def find_faults(self, *, deep: bool = False) -> tuple[str, ...]:
        """Return what the database's integrity check complains about; empty when sound.

        With `deep`, every row is read as well: a packed document bears a checksum of its own.
        """
        faults = self._database.find_faults()
        return faults or (self._unreadable() if deep else ())

    def _unreadable(self) -> tuple[str, ...]:
        try:
            for table in metadata.sorted_tables:
                with self._database.reading() as connection:
                    for _ in connection.execute(select(table)).yield_per(_AT_ONCE):
                        pass
        except StoreBusyError:
            raise
        except StoreError as error:
            return (str(error),)
        return ()

    def close(self) -> None:
        """Close the database."""
        self._database.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()
