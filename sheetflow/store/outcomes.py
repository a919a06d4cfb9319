"""Submissions and their judgements: recorded in one commit, numbered, never changed.

This module owns the commit that answers a file, and the numbers of receipts: allotted inside
it, so that a crash leaves no gap; mails and marks that name the receipt go in the same commit
(`Store.together`). A submission may be judged more than once: each judgement is added, the newest
counts. It refuses to judge and to word anything; reading stands in `submissions`.
"""

from __future__ import annotations

import datetime as dt

from sqlalchemy import Connection, insert, select

from sheetflow.errors import StoreError
from sheetflow.schemas.book import receipt_of
from sheetflow.store import arrivals, contents, mails, publications, submissions
from sheetflow.store.engine import Database
from sheetflow.store.records import (
    Arrival,
    Decision,
    FollowUp,
    Judged,
    Measurement,
    Submission,
    Waiver,
)
from sheetflow.store.schema import decisions, judgements, sheet_rows, waivers
from sheetflow.store.schema import submissions as table

_AS_JUDGED = ("outcome", "form_version", "nil", "late", "judged_at", "must", "verify", "note")


class Outcomes:
    """The writing side: answers, decisions, waivers."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def record_outcome(
        self,
        arrival: Arrival,
        form: str,
        period: str,
        judged: Judged,
        *,
        named: str = "",
    ) -> Submission | None:
        """Answer a file: submission, rows, indicators and "judged", or nothing of it.

        `form` and `period` are empty where they are unknown. `named` is what the receipt calls
        the form, empty where it need not name it. A file judged anew keeps its receipt, unless
        its form or period turned out to be another. Give None for a file that somebody has
        judged already: it stays as it is. Raise StoreError for a precheck.
        """
        if arrival.purpose != "submission":
            raise StoreError(f"第{arrival.arrival_id}号来件是预审件，不能登记为报送。")
        with self._database.writing() as connection:
            if not arrivals.close(connection, arrival, "submission", judged.judged_at):
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
            return submissions.read(connection, judgements.c.judgement_id == judgement_id)[0]

    def record_follow_up(self, follow_up: FollowUp, at: dt.datetime) -> None:
        """Queue the mails and set the stale marks that an answer entails."""
        with self._database.writing() as connection:
            mails.queue(connection, follow_up.mails, at)
            publications.mark(connection, follow_up.stale, at)

    def record_decision(self, decision: Decision) -> None:
        """Record what was decided about a held submission, and have it judged anew.

        The submission itself is not changed: its next judgement hears the decision. Raise
        StoreError when there is no such receipt, or when it is not held.
        """
        with self._database.writing() as connection:
            submission = submissions.read_receipt(connection, decision.receipt)
            if submission.outcome != "held":
                raise StoreError(f"{decision.receipt} 不是挂起的报送，不需要放行或驳回。")
            connection.execute(
                insert(decisions).values(
                    submission_id=submission.submission_id,
                    verdict=decision.verdict,
                    why=decision.why,
                    decided_by=decision.by,
                    decided_at=decision.at,
                )
            )
            arrivals.reopen(connection, submission.arrival_id)

    def record_reopened(self, receipt: str) -> None:
        """Have a held submission judged anew, nothing decided about it."""
        with self._database.writing() as connection:
            submission = submissions.read_receipt(connection, receipt)
            arrivals.reopen(connection, submission.arrival_id)

    def record_waiver(self, waiver: Waiver) -> None:
        """Record that a finding is waived for one submission, and have it judged anew.

        Raise StoreError when there is no such receipt; a rule waived already stays so.
        """
        with self._database.writing() as connection:
            submission = submissions.read_receipt(connection, waiver.receipt)
            known = select(waivers.c.waiver_id).where(
                waivers.c.submission_id == submission.submission_id,
                waivers.c.rule == waiver.rule,
            )
            if connection.execute(known).first() is not None:
                return
            connection.execute(
                insert(waivers).values(
                    submission_id=submission.submission_id,
                    rule=waiver.rule,
                    why=waiver.why,
                    given_by=waiver.by,
                    given_at=waiver.at,
                )
            )
            arrivals.reopen(connection, submission.arrival_id)


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
    added = insert(judgements).values(
        submission_id=submission_id,
        findings=contents.dump_json([dict(finding) for finding in judged.findings]),
        explanations=contents.dump_json([dict(explanation) for explanation in judged.explanations]),
        **{name: getattr(judged, name) for name in _AS_JUDGED},
    )
    added = added.returning(judgements.c.judgement_id)
    judgement_id = int(connection.execute(added).scalar_one())
    if judged.outcome == "accepted":
        figures = Measurement(judgement_id, judged.measured_by, judged.indicators, judged.judged_at)
        contents.add(connection, figures)
    documents = [
        {"judgement_id": judgement_id, "sheet": sheet, "document": text}
        for sheet, text in judged.rows.items()
    ]
    if documents:
        connection.execute(insert(sheet_rows), documents)
    return judgement_id
