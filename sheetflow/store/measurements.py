"""What accepted workbooks measured, by the declaration that they were measured with.

This module owns these figures: one row each time that a judgement was measured, the newest
of which counts. Older ones stay, for something may have been published with them. It refuses
to measure.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Connection, Select, func, insert, select, update

from sheetflow.schemas.documents import Indicators
from sheetflow.store import submissions
from sheetflow.store.engine import Database
from sheetflow.store.records import Submission
from sheetflow.store.schema import judgements
from sheetflow.store.schema import measurements as table
from sheetflow.store.schema import submissions as submitted

_AT_ONCE = 500
"""How many judgements one query names; every database program takes that many."""


@dataclass(frozen=True, slots=True)
class Measurement:
    """What a judgement's rows gave, by the declaration with this digest.

    The digest is empty where an older version measured them: nobody knows by what.
    """

    judgement_id: int
    digest: str
    figures: Indicators
    measured_at: dt.datetime
    measurement_id: int = 0


class Measurements:
    """The measured figures of all judgements."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def find_indicators(self, accepted: Iterable[Submission]) -> dict[str, Indicators]:
        """Return the figures that count of submissions by receipt; rows are not touched."""
        receipts = {submission.judgement_id: submission.receipt for submission in accepted}
        newest = self.find_newest(receipts)
        return {receipts[judgement_id]: found.figures for judgement_id, found in newest.items()}

    def find_newest(self, judgement_ids: Iterable[int]) -> dict[int, Measurement]:
        """Return the measurements that count of judgements, by judgement."""
        return self._find(judgement_ids, func.max(table.c.measurement_id))

    def find_first(self, judgement_ids: Iterable[int]) -> dict[int, Measurement]:
        """Return what judgements gave when they were made, by judgement."""
        return self._find(judgement_ids, func.min(table.c.measurement_id))

    def find_then(self, judgement_ids: Sequence[int], judgement_id: int) -> dict[int, Measurement]:
        """Return what counted of judgements when `judgement_id` was made; of later ones their first."""
        first = self.find_first((*judgement_ids, judgement_id))
        until = table.c.measurement_id <= first[judgement_id].measurement_id
        return first | self._find(judgement_ids, func.max(table.c.measurement_id), until)

    def find_these(self, measurement_ids: Iterable[int]) -> dict[int, Measurement]:
        """Return measurements by their own numbers."""
        listed = sorted(measurement_ids)
        found: dict[int, Measurement] = {}
        for some in _chunks(listed):
            with self._database.reading() as connection:
                query = select(table).where(table.c.measurement_id.in_(some))
                found.update((each.measurement_id, each) for each in _read(connection, query))
        return found

    def find_outdated(self, form: str, digest: str) -> tuple[Submission, ...]:
        """Return the accepted submissions of a form whose figures are not by this declaration."""
        newest = (
            select(table.c.judgement_id, func.max(table.c.measurement_id).label("last"))
            .group_by(table.c.judgement_id)
            .subquery()
        )
        up_to_date = (
            select(table.c.judgement_id)
            .join(newest, newest.c.last == table.c.measurement_id)
            .where(table.c.digest == digest)
        )
        with self._database.reading() as connection:
            return submissions.read(
                connection,
                submitted.c.form == form,
                judgements.c.outcome == "accepted",
                judgements.c.judgement_id.not_in(up_to_date),
            )

    def record(self, measured: Sequence[Measurement]) -> None:
        """Add what judgements give now; it counts from now on."""
        with self._database.writing() as connection:
            for each in measured:
                add(connection, each)

    def record_taken_over(self, digest: str, judgement_ids: Iterable[int]) -> None:
        """Record that what an older version measured of these was measured by this declaration."""
        with self._database.writing() as connection:
            for some in _chunks(sorted(judgement_ids)):
                here = table.c.digest == "", table.c.judgement_id.in_(some)
                connection.execute(update(table).where(*here).values(digest=digest))

    def _find(
        self, judgement_ids: Iterable[int], which: object, *among: ColumnElement[bool]
    ) -> dict[int, Measurement]:
        listed = sorted(judgement_ids)
        found: dict[int, Measurement] = {}
        for some in _chunks(listed):
            chosen = (
                select(which)  # type: ignore[call-overload]
                .where(table.c.judgement_id.in_(some), *among)
                .group_by(table.c.judgement_id)
            )
            with self._database.reading() as connection:
                query = select(table).where(table.c.measurement_id.in_(chosen))
                found.update((each.judgement_id, each) for each in _read(connection, query))
        return found


def add(connection: Connection, measured: Measurement) -> None:
    """Add one measurement within a commit."""
    # NaN and infinity are no JSON: better no commit than a document nobody can read.
    document = json.dumps(
        {code: dict(parts) for code, parts in measured.figures.items()},
        allow_nan=False,
        separators=(",", ":"),
    )
    connection.execute(
        insert(table).values(
            judgement_id=measured.judgement_id,
            digest=measured.digest,
            document=document,
            measured_at=measured.measured_at,
        )
    )


def _chunks(listed: Sequence[int]) -> Iterator[Sequence[int]]:
    return (listed[start : start + _AT_ONCE] for start in range(0, len(listed), _AT_ONCE))


def _read(connection: Connection, query: Select[tuple[object, ...]]) -> Iterator[Measurement]:
    for row in connection.execute(query).mappings():
        yield Measurement(
            judgement_id=row["judgement_id"],
            digest=row["digest"],
            figures=json.loads(row["document"]),
            measured_at=row["measured_at"],
            measurement_id=row["measurement_id"],
        )
