"""What judgements hold: rows, findings, explanations.

This module owns reading these documents. It refuses to know which submission counts
(`submissions`) and what rows give (`measurements`). Large ones are read one by one, each in a short transaction, by judgement:
a judgement never changes, so a reader sees what it began with while others write.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterable, Iterator

from sqlalchemy import ColumnElement, LargeBinary, select, type_coerce

from sheetflow.schemas.documents import count_rows
from sheetflow.store.columns import unpacked, unreadable
from sheetflow.store.engine import Database
from sheetflow.store.records import Document, Submission
from sheetflow.store.schema import judgements, sheet_rows

_AT_ONCE = 500
"""How many judgements one query names; every database program takes that many."""

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
        ids = [submission.judgement_id for submission in submissions]
        found: set[int] = set()
        for start in range(0, len(ids), _AT_ONCE):
            query = select(judgements.c.judgement_id).where(
                judgements.c.judgement_id.in_(ids[start : start + _AT_ONCE]),
                judgements.c.explanations != _NOTHING,
            )
            with self._database.reading() as connection:
                found.update(connection.execute(query).scalars())
        return frozenset(found)

    def find_rows(self, submission: Submission) -> dict[str, str]:
        """Return the JSON text of the rows of all sheets of a submission, by sheet."""
        query = (
            select(sheet_rows.c.sheet, sheet_rows.c.document)
            .where(sheet_rows.c.judgement_id == submission.judgement_id)
            .order_by(sheet_rows.c.sheet)
        )
        with self._database.reading() as connection:
            return {row.sheet: row.document for row in connection.execute(query)}

    def count_rows(self, submission: Submission) -> dict[str, int]:
        """Return how many rows each sheet of a submission has, by sheet."""
        query = (
            select(sheet_rows.c.sheet, _PACKED)
            .where(sheet_rows.c.judgement_id == submission.judgement_id)
            .order_by(sheet_rows.c.sheet)
        )
        with self._database.reading() as connection:
            return {row.sheet: _counted(row.packed) for row in connection.execute(query)}

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
            with self._database.reading() as connection:
                found = {row.judgement_id: row.packed for row in connection.execute(query)}
            for submission in some:
                if submission.judgement_id in found:
                    yield submission, unpacked(found[submission.judgement_id])

    def _documents(
        self, submission: Submission, column: ColumnElement[str]
    ) -> tuple[Document, ...]:
        query = select(column).where(judgements.c.judgement_id == submission.judgement_id)
        with self._database.reading() as connection:
            return tuple(json.loads(connection.execute(query).scalar_one()))


def _counted(packed: bytes) -> int:
    try:
        return count_rows(packed)
    except (zlib.error, ValueError, TypeError) as error:
        raise unreadable() from error
