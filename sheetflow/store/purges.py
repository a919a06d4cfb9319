"""Purges: personal data taken out for good, and the record that it was.

This module owns the one commit that thins the rows and says so. It refuses to decide
what is old enough and which columns are personal (the caller hands in how a document is
thinned), and to touch files.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

from sqlalchemy import Connection, insert, select, update

from sheetflow.store import publications
from sheetflow.store.engine import Database
from sheetflow.store.records import Purge, Stale
from sheetflow.store.schema import judgements, purged_arrivals, sheet_rows, submissions
from sheetflow.store.schema import publications as published
from sheetflow.store.schema import purges as table

Thin = Callable[[str, str, str], str]
"""From form, sheet and JSON text of rows to the text without personal columns."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PurgeWork:
    """What one purge takes: whole arrivals, how their rows are thinned, what shows them.

    `outdated` are the paths of publications that must be made anew under `stale`, since
    nothing that they stand on tells that the rows were thinned; `withdrawn` are those that
    are taken out of the outbox.
    """

    arrival_ids: Sequence[int]
    thin: Thin
    outdated: Iterable[str] = ()
    stale: Sequence[Stale] = ()
    withdrawn: Iterable[str] = ()


class Purges:
    """What was purged, when and by whom."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def record_purge(self, purge: Purge, work: PurgeWork) -> Purge:
        """Thin the rows of all judgements of these arrivals and record it, in one commit.

        Return the purge with its number and its counts.
        """
        with self._database.writing() as connection:
            purge_id = _add(connection, purge)
            originals = _mark(connection, purge_id, work.arrival_ids)
            documents = sum(_thin(connection, one, work.thin) for one in work.arrival_ids)
            for path in work.outdated:
                connection.execute(
                    update(published).where(published.c.path == path).values(basis="")
                )
            for path in work.withdrawn:
                connection.execute(published.delete().where(published.c.path == path))
            publications.mark(connection, work.stale, purge.at)
            connection.execute(
                update(table)
                .where(table.c.purge_id == purge_id)
                .values(originals=originals, documents=documents)
            )
        return replace(purge, purge_id=purge_id, originals=originals, documents=documents)

    def find_purges(self) -> tuple[Purge, ...]:
        """Return all purges, the oldest first."""
        query = select(table).order_by(table.c.purge_id)
        with self._database.reading() as connection:
            return tuple(
                Purge(
                    purge_id=row.purge_id,
                    before=dt.date.fromisoformat(row.before),
                    by=row.ordered_by,
                    at=row.purged_at,
                    originals=row.originals,
                    documents=row.documents,
                )
                for row in connection.execute(query)
            )

    def find_purged(self) -> frozenset[int]:
        """Return the arrivals whose original is gone for good."""
        with self._database.reading() as connection:
            return frozenset(connection.execute(select(purged_arrivals.c.arrival_id)).scalars())


def _add(connection: Connection, purge: Purge) -> int:
    added = (
        insert(table)
        .values(
            before=purge.before.isoformat(),
            ordered_by=purge.by,
            purged_at=purge.at,
            originals=0,
            documents=0,
        )
        .returning(table.c.purge_id)
    )
    return int(connection.execute(added).scalar_one())


def _mark(connection: Connection, purge_id: int, arrival_ids: Sequence[int]) -> int:
    known = set(connection.execute(select(purged_arrivals.c.arrival_id)).scalars())
    fresh = [arrival_id for arrival_id in arrival_ids if arrival_id not in known]
    if fresh:
        connection.execute(
            insert(purged_arrivals),
            [{"arrival_id": arrival_id, "purge_id": purge_id} for arrival_id in fresh],
        )
    return len(fresh)


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
