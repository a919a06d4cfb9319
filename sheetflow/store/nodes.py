"""What is handed up of a unit with all below it, for those who have too many below to read each.

One document a unit, form, period and audience, in the place of the one before. What it says is told elsewhere.
"""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import delete, insert, select

from sheetflow.store.database import Database, chunks
from sheetflow.store.records import Document
from sheetflow.store.schema import node_figures as table

Whose = tuple[str, str]
"""A unit and a period."""


class Nodes:
    """The newest of each."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def record(
        self, unit_id: str, form: str, period: str, documents: dict[str, tuple[str, Document]]
    ) -> None:
        """Keep what is handed up from now on: digest and document by audience."""
        which = {"unit_id": unit_id, "form": form, "period": period}
        rows = [
            {**which, "audience": audience, "digest": digest, "document": document}
            for audience, (digest, document) in documents.items()
        ]
        with self._database.writing(unit_id) as connection:
            connection.execute(delete(table).filter_by(**which))
            if rows:
                connection.execute(insert(table), rows)

    def find(
        self, units: Collection[str], form: str, periods: Collection[str], audience: str
    ) -> dict[Whose, Document]:
        """Return what these units hand up for these periods, by unit and period."""
        wanted = select(table.c.unit_id, table.c.period, table.c.document).where(
            table.c.form == form, table.c.period.in_(periods), table.c.audience == audience
        )
        return {
            (row.unit_id, row.period): row.document
            for some in chunks(set(units))
            for row in self._database.rows(wanted.where(table.c.unit_id.in_(some)))
        }

    def forget(self, periods: Collection[str] = ()) -> None:
        """Drop what is handed up for these periods; without any, all of it. It is made anew where it is wanted."""
        with self._database.writing() as connection:
            gone = delete(table)
            connection.execute(gone.where(table.c.period.in_(periods)) if periods else gone)

    def find_digests(self, unit_id: str, form: str, period: str) -> dict[str, str]:
        """Return the digest of what a unit hands up, by audience."""
        query = select(table.c.audience, table.c.digest)
        rows = self._database.rows(query.filter_by(unit_id=unit_id, form=form, period=period))
        return {row.audience: row.digest for row in rows}
