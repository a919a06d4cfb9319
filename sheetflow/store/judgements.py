"""What judgements hold: rows, findings, explanations, figures; and how a purge thins them.

Figures are one row each time that a judgement was measured, the newest counts; older ones stay, for
something may have been published with them. A judgement never changes, so its large documents are
read one by one, each in a short transaction. Refused are measuring, and which columns are personal.
"""

from __future__ import annotations

import datetime as dt
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    LargeBinary,
    Row,
    delete,
    func,
    insert,
    select,
    type_coerce,
    update,
)

from sheetflow.findings import ASKED_RULE, RETURNED_RULE
from sheetflow.schemas.documents import Indicators, count_rows, find_filing
from sheetflow.store import publications, submissions
from sheetflow.store.column_types import unpacked, unreadable
from sheetflow.store.database import Database, chunks
from sheetflow.store.decisions import PURGED
from sheetflow.store.records import Document, KeptGist, Measurement, Purge, Stale, Submission
from sheetflow.store.schema import (
    gists,
    judgements,
    measurements,
    purged_arrivals,
    purges,
    sheet_rows,
)
from sheetflow.store.schema import publications as published
from sheetflow.store.schema import submissions as submitted

_PACKED_AT_ONCE = 16

_PACKED = type_coerce(sheet_rows.c.document, LargeBinary).label("packed")

Thin = Callable[[str, str, str], str]
"""From form, sheet and JSON text of rows to the text without personal columns."""

Said = tuple[tuple[Document, ...], tuple[Document, ...]]
"""The findings of a judgement, and what was said of them."""


class Contents:
    """The documents of submissions, by their newest judgement."""

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
        number, said = judgements.c.judgement_id, judgements.c.explanations != []
        return frozenset(
            found
            for some in chunks(submission.judgement_id for submission in submissions)
            for found in self._database.scalars(select(number).where(number.in_(some), said))
        )

    def find_said(self, submissions: Iterable[Submission]) -> dict[int, Said]:
        """Return the findings and the explanations of these judgements, by their numbers."""
        number = judgements.c.judgement_id
        query = select(number, judgements.c.findings, judgements.c.explanations)
        return {
            row.judgement_id: (tuple(row.findings), tuple(row.explanations))
            for some in chunks(submission.judgement_id for submission in submissions)
            for row in self._database.rows(query.where(number.in_(some)))
        }

    def find_rows(self, submission: Submission) -> dict[str, str]:
        """Return the JSON text of the rows of all sheets of a submission, by sheet."""
        found = self._rows(submission, sheet_rows.c.document)
        return {row.sheet: row.document for row in found}

    def count_rows(self, submission: Submission) -> dict[str, int]:
        """Return how many rows each sheet of a submission has, by sheet."""
        found = self._rows(submission, _PACKED)
        try:
            return {row.sheet: count_rows(row.packed) for row in found}
        except (zlib.error, ValueError, TypeError) as error:
            raise unreadable() from error

    def find_filings(self, submission: Submission) -> dict[str, str]:
        """Return what those sheets of a submission that were asked say of themselves (填报声明), by sheet."""
        found = self._rows(submission, _PACKED)
        try:
            said = {row.sheet: find_filing(row.packed) for row in found}
        except (zlib.error, ValueError, TypeError) as error:
            raise unreadable() from error
        return {sheet: word for sheet, word in said.items() if word}

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
        self, submission: Submission, column: ColumnElement[Any]
    ) -> tuple[Document, ...]:
        query = select(column).where(judgements.c.judgement_id == submission.judgement_id)
        return tuple(self._database.scalar(query))


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

    def find_last(self, receipt: str) -> Indicators:
        """Return what a submission gave when it was accepted last; nothing where it never was."""
        own = (
            select(func.max(measurements.c.measurement_id))
            .join(judgements, judgements.c.judgement_id == measurements.c.judgement_id)
            .join(submitted, submitted.c.submission_id == judgements.c.submission_id)
            .where(submitted.c.receipt == receipt)
        )
        return next((each.figures for each in self._read(own)), {})

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
        rows = [
            {
                "judgement_id": each.judgement_id,
                "digest": each.digest,
                "document": each.figures,
                "measured_at": each.measured_at,
            }
            for each in measured
        ]
        if rows:
            with self._database.writing() as connection:
                connection.execute(insert(measurements), rows)

    def record_taken_over(self, digest: str, judgement_ids: Iterable[int]) -> None:
        """Record that what an older version measured of these was measured by this declaration."""
        with self._database.writing() as connection:
            for some in chunks(judgement_ids):
                here = measurements.c.digest == "", measurements.c.judgement_id.in_(some)
                connection.execute(update(measurements).where(*here).values(digest=digest))

    def _find(
        self, judgement_ids: Iterable[int], which: ColumnElement[Any], *among: ColumnElement[bool]
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
            yield Measurement(figures=values.pop("document"), **values)


class Gists:
    """What the cards of accepted submissions say in short."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def find(self, judgement_ids: Iterable[int], digest: str) -> dict[int, Document]:
        """Return those made by this declaration, by judgement."""
        found: dict[int, Document] = {}
        for some in chunks(judgement_ids):
            here = gists.c.judgement_id.in_(some), gists.c.digest == digest
            query = select(gists.c.judgement_id, gists.c.document).where(*here)
            found |= {row.judgement_id: row.document for row in self._database.rows(query)}
        return found

    def find_lacking(self, form: str, digest: str) -> tuple[Submission, ...]:
        """Return the accepted submissions of a form that have none by this declaration."""
        known = select(gists.c.judgement_id).where(gists.c.digest == digest)
        with self._database.reading() as connection:
            return submissions.read(
                connection,
                submitted.c.form == form,
                judgements.c.outcome == "accepted",
                judgements.c.judgement_id.not_in(known),
            )

    def record(self, made: Mapping[int, KeptGist]) -> None:
        """Keep what was made anew, by judgement."""
        rows = [
            {"judgement_id": number, "digest": gist.digest, "document": gist.document}
            for number, gist in made.items()
        ]
        if rows:
            with self._database.writing() as connection:
                for some in chunks(made):
                    connection.execute(delete(gists).where(gists.c.judgement_id.in_(some)))
                connection.execute(insert(gists), rows)


class Purges:
    """What personal data was taken out for good, when and by whom."""

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

        What superiors said of them goes out of their findings too: opinions may name people.
        `outdated` are the paths of publications that must be made anew under `stale`, since
        nothing that they stand on tells that the rows were thinned; `withdrawn` are those that
        are taken out of the outbox. Return the purge with its number and its counts.
        """
        with self._database.writing() as connection:
            known = set(connection.execute(select(purged_arrivals.c.arrival_id)).scalars())
            fresh = [arrival_id for arrival_id in arrival_ids if arrival_id not in known]
            documents = sum(_thin(connection, one, thin) for one in arrival_ids)
            for one in arrival_ids:
                _thin_heard(connection, one)
            added = insert(purges).values(
                before=purge.before.isoformat(),
                ordered_by=purge.by,
                purged_at=purge.at,
                originals=len(fresh),
                documents=documents,
            )
            purge_id = connection.execute(added.returning(purges.c.purge_id)).scalar_one()
            if fresh:
                rows = [{"arrival_id": one, "purge_id": purge_id} for one in fresh]
                connection.execute(insert(purged_arrivals), rows)
            for path in outdated:
                here = published.c.path == path
                connection.execute(update(published).where(here).values(basis=""))
            for path in withdrawn:
                connection.execute(delete(published).where(published.c.path == path))
            publications.mark(connection, stale, purge.at)
        return replace(purge, purge_id=purge_id, originals=len(fresh), documents=documents)

    def find_purges(self) -> tuple[Purge, ...]:
        """Return all purges, the oldest first."""
        named = purges.c.ordered_by.label("by"), purges.c.purged_at.label("at")
        counts = purges.c.originals, purges.c.documents
        query = select(purges.c.purge_id, purges.c.before, *named, *counts)
        rows = self._database.rows(query.order_by(purges.c.purge_id))
        return tuple(
            Purge(**row._asdict() | {"before": dt.date.fromisoformat(row.before)}) for row in rows
        )

    def find_purged(self) -> frozenset[int]:
        """Return the arrivals whose original is gone for good."""
        return frozenset(self._database.scalars(select(purged_arrivals.c.arrival_id)))


def _thin(connection: Connection, arrival_id: int, thin: Thin) -> int:
    """Thin the documents of one arrival; one is in memory at a time."""
    query = (
        select(sheet_rows.c.judgement_id, sheet_rows.c.sheet, submitted.c.form)
        .join(judgements, judgements.c.judgement_id == sheet_rows.c.judgement_id)
        .join(submitted, submitted.c.submission_id == judgements.c.submission_id)
        .where(submitted.c.arrival_id == arrival_id)
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


def _thin_heard(connection: Connection, arrival_id: int) -> None:
    """Take what superiors said out of the findings of one arrival; that they said something stays."""
    query = (
        select(judgements.c.judgement_id, judgements.c.findings)
        .join(submitted, submitted.c.submission_id == judgements.c.submission_id)
        .where(submitted.c.arrival_id == arrival_id)
    )
    for number, findings in connection.execute(query).all():
        thinned = [_without_words(finding) for finding in findings]
        if thinned != list(findings):
            here = judgements.c.judgement_id == number
            connection.execute(update(judgements).where(here).values(findings=thinned))


def _without_words(finding: Document) -> Document:
    if finding["rule"] not in {ASKED_RULE, RETURNED_RULE}:
        return finding
    return {**finding, "arguments": {**finding["arguments"], "said": PURGED}}
