"""What judgements hold: rows, findings, explanations, and the figures that the rows gave.

This module owns reading these documents, and the figures: one row each time that a judgement
was measured, the newest of which counts; older ones stay, for something may have been published
with them. It refuses to know which submission counts (`submissions`), and to measure. Large
documents are read one by one, each in a short transaction, by judgement: a judgement never
changes, so a reader sees what it began with while others write.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    LargeBinary,
    Row,
    func,
    insert,
    select,
    type_coerce,
    update,
)

from sheetflow.schemas.documents import Indicators, count_rows
from sheetflow.store import submissions
from sheetflow.store.engine import Database, chunks
from sheetflow.store.records import Document, Measurement, Submission
from sheetflow.store.schema import judgements, measurements, sheet_rows, unpacked, unreadable
from sheetflow.store.schema import submissions as submitted

_PACKED_AT_ONCE = 16
_NOTHING = "[]"
"""How a list without entries is kept."""

_PACKED = type_coerce(sheet_rows.c.document, LargeBinary).label("packed")


class Contents:
    """The reading side: the documents of submissions, by their newest judgement."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def find_findings(self, submission: Submission) -> tuple[Document, ...]:
        """Return the findings of a submission's judgement, as they were handed in."""
        return self._documents(submission, judgements.c.findings)

    def find_explanations(self, submission: Submission) -> tuple[Document, ...]:
        """Return the explanations of a submission's judgement, as they were handed in."""
        return self._documents(submission, judgements.c.explanations)

    def find_explained(self, submissions: Iterable[Submission]) -> frozenset[int]:
        """Return which of these judgements (their numbers) have explanations: few of many."""
        number, said = judgements.c.judgement_id, judgements.c.explanations != _NOTHING
        return frozenset(
            found
            for some in chunks(submission.judgement_id for submission in submissions)
            for found in self._database.scalars(select(number).where(number.in_(some), said))
        )

    def find_rows(self, submission: Submission) -> dict[str, str]:
        """Return the JSON text of the rows of all sheets of a submission, by sheet."""
        found = self._rows(submission, sheet_rows.c.document)
        return {row.sheet: row.document for row in found}

    def count_rows(self, submission: Submission) -> dict[str, int]:
        """Return how many rows each sheet of a submission has, by sheet."""
        return {row.sheet: _counted(row.packed) for row in self._rows(submission, _PACKED)}

    def iterate_rows(
        self, submissions: Iterable[Submission], sheet: str
    ) -> Iterator[tuple[Submission, str]]:
        """Give each submission that has rows in `sheet` with their JSON text, in the order given.

        One document is unpacked at a time, and no transaction stays open in between.
        """
        listed = list(submissions)
        for start in range(0, len(listed), _PACKED_AT_ONCE):
            some = listed[start : start + _PACKED_AT_ONCE]
            query = select(sheet_rows.c.judgement_id, _PACKED).where(
                sheet_rows.c.judgement_id.in_([entry.judgement_id for entry in some]),
                sheet_rows.c.sheet == sheet,
            )
            found = {row.judgement_id: row.packed for row in self._database.rows(query)}
            for submission in some:
                if submission.judgement_id in found:
                    yield submission, unpacked(found[submission.judgement_id])

    def _rows(self, submission: Submission, document: ColumnElement[Any]) -> Sequence[Row[Any]]:
        here = sheet_rows.c.judgement_id == submission.judgement_id
        query = select(sheet_rows.c.sheet, document).where(here).order_by(sheet_rows.c.sheet)
        return self._database.rows(query)

    def _documents(
        self, submission: Submission, column: ColumnElement[str]
    ) -> tuple[Document, ...]:
        query = select(column).where(judgements.c.judgement_id == submission.judgement_id)
        return tuple(json.loads(self._database.scalar(query)))


def _counted(packed: bytes) -> int:
    try:
        return count_rows(packed)
    except (zlib.error, ValueError, TypeError) as error:
        raise unreadable() from error


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
        return self._find(judgement_ids, func.max(measurements.c.measurement_id))

    def find_first(self, judgement_ids: Iterable[int]) -> dict[int, Measurement]:
        """Return what judgements gave when they were made, by judgement."""
        return self._find(judgement_ids, func.min(measurements.c.measurement_id))

    def find_then(self, judgement_ids: Sequence[int], judgement_id: int) -> dict[int, Measurement]:
        """Return what counted of judgements when `judgement_id` was made; of later ones their first."""
        first = self.find_first((*judgement_ids, judgement_id))
        until = measurements.c.measurement_id <= first[judgement_id].measurement_id
        return first | self._find(judgement_ids, func.max(measurements.c.measurement_id), until)

    def find_these(self, measurement_ids: Iterable[int]) -> dict[int, Measurement]:
        """Return measurements by their own numbers."""
        found = (each for some in chunks(measurement_ids) for each in self._read(some))
        return {each.measurement_id: each for each in found}

    def find_outdated(self, form: str, digest: str) -> tuple[Submission, ...]:
        """Return the accepted submissions of a form whose figures are not by this declaration."""
        newest = select(func.max(measurements.c.measurement_id)).group_by(
            measurements.c.judgement_id
        )
        up_to_date = select(measurements.c.judgement_id).where(
            measurements.c.measurement_id.in_(newest), measurements.c.digest == digest
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
            for some in chunks(judgement_ids):
                here = measurements.c.digest == "", measurements.c.judgement_id.in_(some)
                connection.execute(update(measurements).where(*here).values(digest=digest))

    def _find(
        self,
        judgement_ids: Iterable[int],
        which: ColumnElement[Any],
        *among: ColumnElement[bool],
    ) -> dict[int, Measurement]:
        found: dict[int, Measurement] = {}
        number = measurements.c.judgement_id
        for some in chunks(judgement_ids):
            chosen = select(which).where(number.in_(some), *among).group_by(number)
            found |= {each.judgement_id: each for each in self._read(chosen)}
        return found

    def _read(self, these: Any) -> Iterator[Measurement]:  # noqa: ANN401 - as `in_` takes it
        query = select(measurements).where(measurements.c.measurement_id.in_(these))
        for row in self._database.rows(query):
            values = row._asdict()
            yield Measurement(figures=json.loads(values.pop("document")), **values)


def add(connection: Connection, measured: Measurement) -> None:
    """Add one measurement within a commit."""
    figures = {code: dict(parts) for code, parts in measured.figures.items()}
    connection.execute(
        insert(measurements).values(
            judgement_id=measured.judgement_id,
            digest=measured.digest,
            document=dump_json(figures),
            measured_at=measured.measured_at,
        )
    )


def dump_json(value: object) -> str:
    """Write a document; NaN and infinity are no JSON: better no commit than one nobody can read."""
    return json.dumps(value, allow_nan=False, separators=(",", ":"))
