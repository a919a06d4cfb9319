"""Files that came beside workbooks: what each is, and which of them the cells of a judgement name.

A file is an arrival whose answer is ``file``; its bytes lie in the archive as all others do. What names
it stands with the judgement, in the same commit. This module refuses to tell which file a name means.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from sqlalchemy import ColumnElement, func, insert, select

from sheetflow.schemas.evidence import EvidenceFile, NamedFile
from sheetflow.store import arrivals as received
from sheetflow.store.database import Database, chunks
from sheetflow.store.records import Arrival, Submission
from sheetflow.store.schema import arrivals, judgements, named_files, purged_arrivals, submissions
from sheetflow.store.schema import evidence_files as table

FILE = "file"
"""The answer to an arrival that was a file beside a workbook."""

_NAMED = [column for column in named_files.c if column.name not in {"named_id", "judgement_id"}]
_FILES = (
    select(
        *(arrivals.c.arrival_id, arrivals.c.name, arrivals.c.sha256, arrivals.c.size),
        *(arrivals.c.batch, table.c.kind, table.c.fault, table.c.remark),
    )
    .join(table, table.c.arrival_id == arrivals.c.arrival_id)
    .where(arrivals.c.arrival_id.not_in(select(purged_arrivals.c.arrival_id)))
    .order_by(arrivals.c.arrival_id)
)
"""Those whose original is still there."""


@dataclass(frozen=True, slots=True)
class Unnamed:
    """A file that no workbook of its unit names yet, and when it came."""

    unit_id: str
    arrived_at: dt.datetime
    file: EvidenceFile


class Files:
    """The files beside workbooks."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def record_file(
        self,
        arrival: Arrival,
        look: tuple[str, str, str],
        at: dt.datetime,
        *,
        again: Iterable[Submission] = (),
    ) -> bool:
        """Record that `arrival` is such a file, its kind, fault and remark; False where it is answered.

        The submissions `again` are judged anew, in the same commit.
        """
        with self._database.writing() as connection:
            if not received.close(connection, arrival, FILE, at):
                return False
            told = dict(zip(("kind", "fault", "remark"), look, strict=True))
            connection.execute(insert(table).values(arrival_id=arrival.arrival_id, **told))
            for number in {submission.arrival_id for submission in again}:
                received.reopen(connection, number)
        return True

    def find_files(self, unit_id: str, *, precheck: bool = False) -> tuple[EvidenceFile, ...]:
        """Return what the unit handed in, in order of arrival; with `precheck` what lay in 预审 as well."""
        here = [arrivals.c.unit_id == unit_id]
        if not precheck:
            here.append(arrivals.c.purpose == "submission")
        return self._find(*here)

    def find_named(self, judgement_ids: Iterable[int]) -> Mapping[int, tuple[NamedFile, ...]]:
        """Return what the cells of judgements name, by judgement, in the order of the cells."""
        found: dict[int, list[NamedFile]] = {}
        query = select(named_files.c.judgement_id, *_NAMED).order_by(named_files.c.named_id)
        for some in chunks(judgement_ids):
            for row in self._database.rows(query.where(named_files.c.judgement_id.in_(some))):
                values = row._asdict()
                found.setdefault(values.pop("judgement_id"), []).append(NamedFile(**values))
        return {number: tuple(named) for number, named in found.items()}

    def find_unnamed(self, unit_id: str = "") -> tuple[Unnamed, ...]:
        """Return what came since a unit's last workbook and no cell of its workbooks names, each content once.

        Of all units, those in the order of their ids, or of one.
        """
        book = arrivals.alias()
        last = (
            select(func.max(book.c.batch))
            .where(book.c.unit_id == arrivals.c.unit_id, book.c.answer == "submission")
            .scalar_subquery()
        )
        naming = (
            select(named_files.c.named_id)
            .join(judgements, judgements.c.judgement_id == named_files.c.judgement_id)
            .join(submissions, submissions.c.submission_id == judgements.c.submission_id)
            .where(
                submissions.c.unit_id == arrivals.c.unit_id,
                named_files.c.sha256 == arrivals.c.sha256,
            )
        )
        query = _FILES.add_columns(arrivals.c.unit_id, arrivals.c.arrived_at).where(
            arrivals.c.purpose == "submission",
            arrivals.c.batch > func.coalesce(last, 0),
            ~naming.exists(),
            *([arrivals.c.unit_id == unit_id] if unit_id else []),
        )
        found: dict[tuple[str, str], Unnamed] = {}
        for row in self._database.rows(query):
            values = row._asdict()
            unit, arrived_at = values.pop("unit_id"), values.pop("arrived_at")
            found[unit, values["sha256"]] = Unnamed(unit, arrived_at, EvidenceFile(**values))
        return tuple(sorted(found.values(), key=lambda each: each.unit_id))

    def find_arrivals_naming(self, sha256: Collection[str]) -> Mapping[str, frozenset[int]]:
        """Return the arrivals of all workbooks a cell of which names a file, by that file's hash."""
        found: dict[str, set[int]] = {}
        query = (
            select(named_files.c.sha256, submissions.c.arrival_id)
            .join(judgements, judgements.c.judgement_id == named_files.c.judgement_id)
            .join(submissions, submissions.c.submission_id == judgements.c.submission_id)
        )
        for some in chunks(sha256):
            for row in self._database.rows(query.where(named_files.c.sha256.in_(some))):
                found.setdefault(row.sha256, set()).add(row.arrival_id)
        return {each: frozenset(numbers) for each, numbers in found.items()}

    def _find(self, *conditions: ColumnElement[bool]) -> tuple[EvidenceFile, ...]:
        query = _FILES.where(*conditions)
        return tuple(EvidenceFile(**row._asdict()) for row in self._database.rows(query))
