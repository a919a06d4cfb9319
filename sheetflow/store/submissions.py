"""Submissions and their judgements: recorded in one commit, numbered, never changed; which counts.

Numbers of receipts are allotted inside the commit that answers a file, so that a crash leaves no
gap. "Latest" is by the order in which files arrived: a file that had to wait never overtakes a newer
one. A judgement is added to those before, the newest counts. Nothing is judged or worded here.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from dataclasses import asdict

from sqlalchemy import ColumnElement, Connection, func, insert, select

from sheetflow.errors import StoreError
from sheetflow.periods import Period
from sheetflow.schemas.book import receipt_of
from sheetflow.store import arrivals as received
from sheetflow.store import mails, publications
from sheetflow.store.database import Database, chunks
from sheetflow.store.records import Arrival, FollowUp, Judged, Submission
from sheetflow.store.schema import (
    arrivals,
    gists,
    judgements,
    measurements,
    named_files,
    sheet_rows,
)
from sheetflow.store.schema import submissions as table

_AS_JUDGED = (
    *("outcome", "form_version", "nil", "late", "judged_at", "must", "verify", "note"),
    *("findings", "explanations"),
)


class Outcomes:
    """The writing side: answers."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def record_outcome(
        self, arrival: Arrival, form: str, period: str, judged: Judged, *, named: str = ""
    ) -> Submission | None:
        """Answer a file: submission, rows, indicators and "judged", or nothing of it.

        `form` and `period` are empty where they are unknown. `named` is what the receipt calls
        the form, empty where it need not name it. A file judged anew keeps its receipt, unless
        its form or period turned out to be another. Give None for a file that somebody has
        judged already: it stays as it is. Raise StoreError for a precheck.
        """
        if arrival.purpose != "submission":
            raise StoreError(f"第{arrival.arrival_id}号来件是预审件，不能登记为报送。")
        with self._database.writing(arrival.unit_id) as connection:
            if not received.close(connection, arrival, "submission", judged.judged_at):
                return None
            known = select(table.c.submission_id).where(
                table.c.arrival_id == arrival.arrival_id,
                table.c.form == form,
                table.c.period == period,
            )
            submission_id = connection.execute(known).scalar()
            if submission_id is None:
                submission_id = _add(connection, arrival, form, period, named)
            judgement_id = _add_judgement(connection, submission_id, judged)
            return read(connection, judgements.c.judgement_id == judgement_id)[0]

    def record_follow_up(self, follow_up: FollowUp, at: dt.datetime) -> None:
        """Queue the mails and set the stale marks that an answer entails."""
        with self._database.writing() as connection:
            mails.queue(connection, follow_up.mails, at)
            publications.mark(connection, follow_up.stale, at)

    def record_reopened(self, receipt: str) -> None:
        """Have a held submission judged anew, nothing decided about it."""
        with self._database.writing() as connection:
            received.reopen(connection, read_receipt(connection, receipt).arrival_id)


def _add(connection: Connection, arrival: Arrival, form: str, period: str, named: str) -> int:
    unit_id = arrival.unit_id
    earlier = select(table.c.form, table.c.receipt, table.c.number).where(
        table.c.unit_id == unit_id, table.c.period == period
    )
    # Older versions numbered all forms of a period in one row: their receipts are not given anew.
    taken = [
        int(row.number)
        for row in connection.execute(earlier)
        if row.form == form or row.receipt == receipt_of(unit_id, period, row.number, named)
    ]
    number = max(taken, default=0) + 1
    added = insert(table).values(
        receipt=receipt_of(unit_id, period, number, named),
        number=number,
        arrival_id=arrival.arrival_id,
        unit_id=unit_id,
        form=form,
        period=period,
    )
    return int(connection.execute(added.returning(table.c.submission_id)).scalar_one())


def _add_judgement(connection: Connection, submission_id: int, judged: Judged) -> int:
    values = {name: getattr(judged, name) for name in _AS_JUDGED}
    added = insert(judgements).values(submission_id=submission_id, **values)
    judgement_id = connection.execute(added.returning(judgements.c.judgement_id)).scalar_one()
    if judged.outcome == "accepted" or judged.indicators:
        connection.execute(
            insert(measurements).values(
                judgement_id=judgement_id,
                digest=judged.measured_by,
                document=judged.indicators,
                measured_at=judged.judged_at,
            )
        )
    if judged.gist:
        kept = {"digest": judged.gist.digest, "document": judged.gist.document}
        connection.execute(insert(gists).values(judgement_id=judgement_id, **kept))
    documents = [
        {"judgement_id": judgement_id, "sheet": sheet, "document": text}
        for sheet, text in judged.rows.items()
    ]
    if documents:
        connection.execute(insert(sheet_rows), documents)
    if judged.files:
        named = [{"judgement_id": judgement_id, **asdict(file)} for file in judged.files]
        connection.execute(insert(named_files), named)
    return int(judgement_id)


_ACCEPTED: ColumnElement[bool] = judgements.c.outcome == "accepted"


class Submissions:
    """The reading side."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def find_submission(self, receipt: str) -> Submission | None:
        """Return the submission with this receipt."""
        return self._last(table.c.receipt == receipt)

    def find_submissions(
        self,
        unit_id: str | None = None,
        form: str | None = None,
        period: str | None = None,
        *,
        among: Collection[str] | None = None,
    ) -> tuple[Submission, ...]:
        """Return submissions (of a unit, form, period, of units `among` all) in order of arrival."""
        return self._find(*_matching(unit_id=unit_id, form=form, period=period), among=among)

    def find_units(self) -> frozenset[str]:
        """Return the ids of all units that have ever submitted anything."""
        return frozenset(self._database.scalars(select(table.c.unit_id).distinct()))

    def find_latest(
        self, unit_id: str, form: str, period: str, *, before: Arrival | None = None
    ) -> Submission | None:
        """Return the unit's latest submission, whatever came of it, that arrived `before` another.

        `before` makes it the previous attempt of the file in hand.
        """
        earlier = [] if before is None else [table.c.arrival_id < before.arrival_id]
        return self._last(*_matching(unit_id=unit_id, form=form, period=period), *earlier)

    def find_all_latest(self, form: str, period: str) -> dict[str, Submission]:
        """Return the latest submission of each unit, whatever came of it, by unit id."""
        found = self._find(*_matching(form=form, period=period))
        return {submission.unit_id: submission for submission in found}

    def find_repeated(self, arrival: Arrival) -> Submission | None:
        """Return the submission that `arrival` repeats byte for byte, if it is a duplicate.

        It is one only when the unit sent nothing else for that form and period since:
        after A and B, A again is a new submission. Prechecks never count.
        """
        same = table.c.unit_id == arrival.unit_id, arrivals.c.sha256 == arrival.sha256
        for candidate in reversed(self._find(*same)):
            latest = self.find_latest(
                candidate.unit_id, candidate.form, candidate.period, before=arrival
            )
            if latest is not None and latest.receipt == candidate.receipt:
                return candidate
        return None

    def find_accepted(self, unit_id: str, form: str, period: str) -> Submission | None:
        """Return the submission of a unit that counts."""
        return self._last(*_matching(unit_id=unit_id, form=form, period=period), _ACCEPTED)

    def find_all_accepted(
        self, form: str, period: str, *, among: Collection[str] | None = None
    ) -> dict[str, Submission]:
        """Return the submission that counts of each unit (`among` all), by unit id."""
        found = self._find(*_matching(form=form, period=period), _ACCEPTED, among=among)
        return {submission.unit_id: submission for submission in found}

    def find_reporting(
        self, form: str, period: str, among: Collection[str] | None = None
    ) -> frozenset[str]:
        """Return the units (few, of `among`) of which something counts that is no 零报告: nothing else of it is read."""
        query = _NEWEST.with_only_columns(table.c.unit_id, judgements.c.nil)
        if among is not None:
            query = query.where(table.c.unit_id.in_(among))
        found = self._database.rows(query.where(*_matching(form=form, period=period), _ACCEPTED))
        counts = {row.unit_id: not row.nil for row in found}
        return frozenset(unit_id for unit_id, is_some in counts.items() if is_some)

    def find_first_accepted(
        self, unit_id: str | None = None, form: str | None = None, period: str | None = None
    ) -> dict[str, dt.datetime]:
        """Return when each submission was accepted first, by receipt, whatever became of it since."""
        first = func.min(judgements.c.judgement_id)
        accepted = (
            select(first)
            .join(table, table.c.submission_id == judgements.c.submission_id)
            .where(*_matching(unit_id=unit_id, form=form, period=period), _ACCEPTED)
            .group_by(judgements.c.submission_id)
        )
        query = (
            select(table.c.receipt, judgements.c.judged_at)
            .join(table, table.c.submission_id == judgements.c.submission_id)
            .where(judgements.c.judgement_id.in_(accepted))
        )
        return {row.receipt: row.judged_at for row in self._database.rows(query)}

    def find_held(self) -> tuple[Submission, ...]:
        """Return every submission that is held, whatever its unit handed in since."""
        return self._find(judgements.c.outcome == "held")

    def find_history(self, unit_id: str, form: str) -> tuple[Submission, ...]:
        """Return the submissions of a unit that count, one a period, in order of periods."""
        found = self._find(*_matching(unit_id=unit_id, form=form), _ACCEPTED)
        by_period = {submission.period: submission for submission in found}
        return tuple(by_period[period] for period in sorted(by_period, key=Period.parse))

    def find_receipts(self, arrival_id: int) -> tuple[str, ...]:
        """Return the receipts under which one file has been judged."""
        return tuple(
            self._database.scalars(select(table.c.receipt).where(table.c.arrival_id == arrival_id))
        )

    def find_numbers(self, unit_id: str) -> dict[tuple[str, str], int]:
        """Return the last number that a receipt of the unit has had, by form and period."""
        key = table.c.form, table.c.period
        query = select(*key, func.max(table.c.number).label("last")).group_by(*key)
        found = self._database.rows(query.where(table.c.unit_id == unit_id))
        return {(row.form, row.period): row.last for row in found}

    def _find(
        self, *conditions: ColumnElement[bool], among: Collection[str] | None = None
    ) -> tuple[Submission, ...]:
        with self._database.reading() as connection:
            if among is None:
                return read(connection, *conditions)
            found = [
                submission
                for some in chunks(set(among))
                for submission in read(connection, *conditions, table.c.unit_id.in_(some))
            ]
        return tuple(sorted(found, key=lambda each: (each.arrival_id, each.submission_id)))

    def _last(self, *conditions: ColumnElement[bool]) -> Submission | None:
        found = self._find(*conditions)
        return found[-1] if found else None


def read(connection: Connection, *conditions: ColumnElement[bool]) -> tuple[Submission, ...]:
    """Return submissions with their newest judgement, in order of arrival."""
    found = connection.execute(_NEWEST.where(*conditions)).all()
    return tuple(Submission(**row._asdict()) for row in found)


def read_receipt(connection: Connection, receipt: str) -> Submission:
    """Return the submission with this receipt; raise StoreError when there is none."""
    found = read(connection, table.c.receipt == receipt)
    if not found:
        raise StoreError(f"没有编号为 {receipt} 的报送。请核对回执或退回通知上的编号。")
    return found[0]


_UNREAD = frozenset({"submission_id", "explanations", "findings"})
"""What of a judgement is no part of a `Submission`: the large documents stand in `judgements`."""

_later = judgements.alias("later")
_NEWEST = (  # made once: putting a query together costs more than running it
    select(
        table,
        *(column for column in judgements.c if column.name not in _UNREAD),
        arrivals.c.arrived_at,
        arrivals.c.name.label("file_name"),
        arrivals.c.sha256,
        arrivals.c.put_at,
    )
    .join(judgements, judgements.c.submission_id == table.c.submission_id)
    .join(arrivals, arrivals.c.arrival_id == table.c.arrival_id)
    .where(
        judgements.c.judgement_id
        == select(func.max(_later.c.judgement_id))
        .where(_later.c.submission_id == table.c.submission_id)
        .scalar_subquery()
    )
    .order_by(table.c.arrival_id, table.c.submission_id)
)


def _matching(**values: str | None) -> list[ColumnElement[bool]]:
    return [table.c[name] == value for name, value in values.items() if value is not None]
