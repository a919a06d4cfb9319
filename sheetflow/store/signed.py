"""Drafts of reports as they were published, and the reports that offices signed: 定稿 and 正本.

Drafts are never forgotten while their period's originals are kept: a 定稿 may stem from any of
them. Of what was signed the newest that was filed stands, the others are kept beside it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable
from dataclasses import asdict, dataclass, field, replace
from types import MappingProxyType
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, func, insert, select, update

from sheetflow.store import publications
from sheetflow.store.arrivals import close
from sheetflow.store.database import Database
from sheetflow.store.records import Arrival, Document, PublicationKind, Stale
from sheetflow.store.schema import arrivals
from sheetflow.store.schema import report_drafts as drafts
from sheetflow.store.schema import signed_reports as table

SIGNED = "signed"
"""The answer to an arrival that was a 定稿 or 正本."""
PURGED = "purged"
"""Stands in the document of one whose original was taken out for good."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewDraft:
    """What a newly published 情况报告 shows; the caller understands `document`."""

    unit_id: str
    form: str
    period: str
    mark: str
    document: Document


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft(NewDraft):
    """A draft as it was published first."""

    draft_id: int
    published_at: dt.datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class NewSigned:
    """A 定稿 (``final``) or 正本 (``sealed``) that came, and what became of it.

    `outcome` is ``filed``, ``held`` or ``refused``; `form` and `period` are empty where nobody can
    tell them. `draft_id` is the draft that it was compared with, 0 for none. The caller understands
    `document`.
    """

    arrival_id: int
    unit_id: str
    form: str
    period: str
    kind: str
    outcome: str
    draft_id: int = 0
    document: Document = field(default_factory=lambda: MappingProxyType({}))


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedReport(NewSigned):
    """One as it was filed; `again_at` is when the same bytes came once more."""

    report_id: int
    receipt: str
    number: int
    filed_at: dt.datetime
    again_at: dt.datetime | None = None


class SignedReports:
    """What was drafted, and what was signed."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def record_drafts(self, new: Iterable[NewDraft], at: dt.datetime) -> None:
        """Record what drafts show; one that is known stays as it was first published."""
        with self._database.writing() as connection:
            for one in new:
                which = {
                    "unit_id": one.unit_id,
                    "form": one.form,
                    "period": one.period,
                    "mark": one.mark,
                }
                known = select(drafts.c.draft_id).filter_by(**which)
                if connection.execute(known).first() is None:
                    values = which | {"published_at": at, "document": one.document}
                    connection.execute(insert(drafts).values(values))

    def find_draft(self, draft_id: int) -> Draft | None:
        """Return one draft by its number."""
        return self._draft(drafts.c.draft_id == draft_id)

    def find_draft_marked(self, unit_id: str, form: str, period: str, mark: str) -> Draft | None:
        """Return the draft that bears `mark`."""
        return self._draft(*_of(drafts, unit_id, form, period), drafts.c.mark == mark)

    def find_newest_draft(
        self, unit_id: str, form: str, period: str, until: dt.datetime | None = None
    ) -> Draft | None:
        """Return the draft that was published last (up to `until`)."""
        before = [drafts.c.published_at <= until] if until else []
        return self._draft(*_of(drafts, unit_id, form, period), *before)

    def record_signed(
        self,
        arrival: Arrival,
        new: NewSigned,
        stale: Iterable[Stale],
        at: dt.datetime,
        *,
        named: str = "",
    ) -> SignedReport | None:
        """Record what became of a signed report, with what is stale for it, in one commit.

        Its receipt names the form (`named`) where that is not the main one. None where it was answered already.
        """
        with self._database.writing() as connection:
            if not close(connection, arrival, SIGNED, at):
                return None
            which = _of(table, new.unit_id, new.form, new.period)
            same = select(func.max(table.c.number)).where(*which, table.c.kind == new.kind)
            number = (connection.execute(same).scalar() or 0) + 1
            parts = (new.unit_id, new.period, named, new.kind, str(number))
            values = (
                asdict(new)
                | {
                    "receipt": "-".join(part for part in parts if part),
                    "number": number,
                    "filed_at": arrival.arrived_at,  # the same one when it is filed again after a restore
                    "document": new.document,
                }
            )
            added = insert(table).values(values).returning(table.c.report_id)
            report_id = connection.execute(added).scalar_one()
            found = connection.execute(select(table).where(table.c.report_id == report_id)).one()
            _answer(connection, arrival, found.receipt, stale, at)
            return _read(found)

    def record_again(
        self, arrival: Arrival, known: SignedReport, stale: Iterable[Stale], at: dt.datetime
    ) -> bool:
        """Record that the bytes of a filed report came once more; False where that is known."""
        with self._database.writing() as connection:
            if not close(connection, arrival, SIGNED, at):
                return False
            here = table.c.report_id == known.report_id
            connection.execute(update(table).where(here).values(again_at=arrival.arrived_at))
            _answer(connection, arrival, known.receipt, stale, at)
            return True

    def find_by_receipt(self, receipt: str) -> SignedReport | None:
        """Return one by its receipt."""
        return next(iter(self._find(table.c.receipt == receipt)), None)

    def find_signed(
        self, unit_id: str | None = None, form: str | None = None, period: str | None = None
    ) -> tuple[SignedReport, ...]:
        """Return all that came (of a unit, a form, a period), the oldest first."""
        asked = ((table.c.unit_id, unit_id), (table.c.form, form), (table.c.period, period))
        return self._find(*(column == value for column, value in asked if value is not None))

    def record_purged(self, receipts: Iterable[str], periods: Collection[str]) -> None:
        """Take out for good what these said, and what drafts of these periods showed in words.

        That they came stays on record, and the drafts' figures stay.
        """
        with self._database.writing() as connection:
            for one in map(self.find_by_receipt, receipts):
                if one:
                    here = table.c.report_id == one.report_id
                    document = {key: one.document.get(key, "") for key in ("sha256", "why")}
                    document[PURGED] = True
                    connection.execute(update(table).where(here).values(document=document))
            for draft in connection.execute(
                select(drafts).where(drafts.c.period.in_(periods))
            ).all():
                here = drafts.c.draft_id == draft.draft_id
                document = {**draft.document, "blocks": []}
                connection.execute(update(drafts).where(here).values(document=document))

    def _find(self, *conditions: ColumnElement[bool]) -> tuple[SignedReport, ...]:
        query = select(table).where(*conditions).order_by(table.c.report_id)
        return tuple(map(_read, self._database.rows(query)))

    def _draft(self, *conditions: ColumnElement[bool]) -> Draft | None:
        query = select(drafts).where(*conditions).order_by(drafts.c.draft_id.desc()).limit(1)
        return next((Draft(**row._asdict()) for row in self._database.rows(query)), None)


def _of(of: Any, unit_id: str, form: str, period: str) -> list[ColumnElement[bool]]:  # noqa: ANN401 - a table
    return [of.c.unit_id == unit_id, of.c.form == form, of.c.period == period]


def _answer(
    connection: Connection, arrival: Arrival, receipt: str, stale: Iterable[Stale], at: dt.datetime
) -> None:
    """Tie an arrival to its receipt, and mark what is stale for it; its answer names the receipt."""
    here = arrivals.c.arrival_id == arrival.arrival_id
    connection.execute(update(arrivals).where(here).values(answered_receipt=receipt))
    marks = [
        replace(one, why=receipt, receipt=receipt if one.kind is PublicationKind.SIGNED else "")
        for one in stale
    ]
    publications.mark(connection, marks, at)


def _read(row: Row[Any]) -> SignedReport:
    return SignedReport(**row._asdict())
