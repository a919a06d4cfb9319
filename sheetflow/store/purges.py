"""Purges: personal data taken out for good, and the record that it was.

This module owns the one commit that thins the rows and says so. It refuses to decide
what is old enough and which columns are personal (the caller hands in how a document is
thinned), and to touch files.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

from sqlalchemy import Connection, delete, insert, select, update

from sheetflow.store import publications
from sheetflow.store.engine import Database
from sheetflow.store.records import Purge, Stale
from sheetflow.store.schema import judgements, purged_arrivals, sheet_rows, submissions
from sheetflow.store.schema import publications as published
from sheetflow.store.schema import purges as table

Thin = Callable[[str, str, str], str]
"""From form, sheet and JSON text of rows to the text without personal columns."""


class Purges:
    """What was purged, when and by whom."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def record_purge(
        self,
        purge: Purge,
        arrival_ids: Sequence[int],
        thin: Thin,
        *,
        outdated: Iterable[str] = (),
        stale: Sequence[Stale] = (),
        withdrawn: Iterable[str] = (),
    ) -> Purge:
        """Thin the rows of all judgements of these arrivals and record it, in one commit.

        `outdated` are the paths of publications that must be made anew under `stale`, since
        nothing that they stand on tells that the rows were thinned; `withdrawn` are those that
        are taken out of the outbox. Return the purge with its number and its counts.
        """
        with self._database.writing() as connection:
            known = set(connection.execute(select(purged_arrivals.c.arrival_id)).scalars())
            fresh = [arrival_id for arrival_id in arrival_ids if arrival_id not in known]
            documents = sum(_thin(connection, one, thin) for one in arrival_ids)
            added = insert(table).values(
                before=purge.before.isoformat(),
                ordered_by=purge.by,
                purged_at=purge.at,
                originals=len(fresh),
                documents=documents,
            )
            purge_id = connection.execute(added.returning(table.c.purge_id)).scalar_one()
            if fresh:
                connection.execute(
                    insert(purged_arrivals),
                    [{"arrival_id": arrival_id, "purge_id": purge_id} for arrival_id in fresh],
                )
            for path in outdated:
                connection.execute(
                    update(published).where(published.c.path == path).values(basis="")
                )
            for path in withdrawn:
                connection.execute(delete(published).where(published.c.path == path))
            publications.mark(connection, stale, purge.at)
        return replace(purge, purge_id=purge_id, originals=len(fresh), documents=documents)

    def find_purges(self) -> tuple[Purge, ...]:
        """Return all purges, the oldest first."""
        return tuple(
            Purge(
                purge_id=row.purge_id,
                before=dt.date.fromisoformat(row.before),
                by=row.ordered_by,
                at=row.purged_at,
                originals=row.originals,
                documents=row.documents,
            )
            for row in self._database.rows(select(table).order_by(table.c.purge_id))
        )

    def find_purged(self) -> frozenset[int]:
        """Return the arrivals whose original is gone for good."""
        return frozenset(self._database.scalars(select(purged_arrivals.c.arrival_id)))


def _thin(connection: Connection, arrival_id: int, thin: Thin) -> int:
    """Thin the documents of one arrival; one is in memory at a time."""
    query = (
        select(sheet_rows.c.judgement_id, sheet_rows.c.sheet, submissions.c.form)
        .join(judgements, judgements.c.judgement_id == sheet_rows.c.judgement_id)
        .join(submissions, submissions.c.submission_id == judgements.c.submission_id)
        .where(submissions.c.arrival_id == arrival_id)
    )
    thinned = 0
    for judgement_id, sheet, form in connection.execute(query).all():
        same = (sheet_rows.c.judgement_id == judgement_id, sheet_rows.c.sheet == sheet)
        text = connection.execute(select(sheet_rows.c.document).where(*same)).scalar_one()
        fresh = thin(form, sheet, text)
        if fresh != text:
            connection.execute(update(sheet_rows).where(*same).values(document=fresh))
            thinned += 1
    return thinned
