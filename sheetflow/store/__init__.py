"""What the service remembers, behind plain verbs: arrivals, submissions, mails, publications.

Open it as a `Store`; what goes in and out are the values of `records`. Nothing outside this
package knows SQL.
"""

from collections.abc import Callable
from functools import cached_property
from pathlib import Path
from typing import Self

from sqlalchemy import select

from sheetflow.store.arrivals import Arrivals, Looks
from sheetflow.store.attention import Attention
from sheetflow.store.copying import copy_database
from sheetflow.store.database import Database
from sheetflow.store.decisions import Calendar, Decisions
from sheetflow.store.files import Files
from sheetflow.store.judgements import Contents, Gists, Measurements, Purges
from sheetflow.store.mails import Mails
from sheetflow.store.migrations import bring_up_to_date
from sheetflow.store.nodes import Nodes
from sheetflow.store.postgresql import (
    NO_DRIVER,
    SOON_MISSED,
    connection_words,
    is_url,
    told_of,
    with_password,
)
from sheetflow.store.publications import Fingerprints, Publications
from sheetflow.store.schema import workspace
from sheetflow.store.signed import SignedReports
from sheetflow.store.sqlite import SqliteFile, find_strangers, whole_copy
from sheetflow.store.submissions import Outcomes, Submissions

__all__ = [
    "NO_DRIVER",
    "SOON_MISSED",
    "Store",
    "connection_words",
    "find_strangers",
    "told_of",
    "with_password",
]


class Store(Database):
    """The open database with its parts, made or migrated as needed. Close it, or use a ``with``.

    Before one is made where there is none, `begin` is asked, which may raise. Raise StoreError
    for a file that is newer than this program, damaged or not ours, StoreBusyError where trying
    later may help.
    """

    def __init__(
        self,
        place: Path | str,
        *,
        busy_timeout: float = 30.0,
        sealed: bool = False,
        begin: Callable[[], None] = lambda: None,
    ) -> None:
        if not is_url(place) and not Path(place).exists():
            begin()
        super().__init__(place, busy_timeout=busy_timeout, sealed=sealed)
        try:
            bring_up_to_date(self, begin=begin)
        except BaseException:
            self.close()
            raise
        self.arrivals = Arrivals(self)
        self.looks = Looks(self)
        self.outcomes = Outcomes(self)
        self.submissions = Submissions(self)
        self.decisions = Decisions(self)
        self.calendar = Calendar(self)
        self.attention = Attention(self)
        self.contents = Contents(self)
        self.measurements = Measurements(self)
        self.gists = Gists(self)
        self.purges = Purges(self)
        self.publications = Publications(self)
        self.fingerprints = Fingerprints(self)
        self.mails = Mails(self)
        self.signed = SignedReports(self)
        self.files = Files(self)
        self.nodes = Nodes(self)

    @cached_property
    def workspace_id(self) -> str:
        """The id that was given to the workspace when its database was made."""
        return self.scalar(select(workspace.c.workspace_id)) or ""

    def record_workspace(self, workspace_id: str) -> None:
        """Let the database be the one of another workspace from now on."""
        with self.writing() as connection:
            connection.execute(workspace.update().values(workspace_id=workspace_id))
        self.__dict__.pop("workspace_id", None)

    def backup(self, target: Path) -> None:
        """Copy the whole database to the file `target` while it is in use; replace an old copy.

        It comes about complete and on the disk, or not at all; it is a file, whichever program this one is of.
        """
        with self._translated():
            if isinstance(self.program, SqliteFile):
                self.program.backup(target)
                return
            with whole_copy(target) as draft, Store(draft) as copy:
                copy_database(self, copy)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
