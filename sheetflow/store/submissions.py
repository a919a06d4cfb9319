"""Reading submissions: which one counts, what it says, what was decided about it.

This module owns the questions that judging, consolidation and status ask. It refuses to write.
"Latest" is by the order in which the files arrived, not by the order in which they were judged: a
file that had to wait never overtakes a newer one. An accepted submission is one whose newest
judgement accepts it.
"""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import ColumnElement, Connection, func, select

from sheetflow.errors import StoreError
from sheetflow.periods import Period
from sheetflow.store.engine import Database
from sheetflow.store.records import Arrival, Decision, Submission, Waiver
from sheetflow.store.schema import arrivals, decisions, judgements, waivers
from sheetflow.store.schema import submissions as table

_AT_ONCE = 500
"""How many units one query names; every database program takes that many."""


class Submissions:
    """The reading side: submissions, decisions and waivers."""

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
        return self._last(*_matching(unit_id=unit_id, form=form, period=period), _accepted())

    def find_all_accepted(
        self, form: str, period: str, *, among: Collection[str] | None = None
    ) -> dict[str, Submission]:
        """Return the submission that counts of each unit (`among` all), by unit id."""
        found = self._find(*_matching(form=form, period=period), _accepted(), among=among)
        return {submission.unit_id: submission for submission in found}

    def find_held(self) -> tuple[Submission, ...]:
        """Return every submission that is held, whatever its unit handed in since."""
        return self._find(judgements.c.outcome == "held")

    def find_history(self, unit_id: str, form: str) -> tuple[Submission, ...]:
        """Return the submissions of a unit that count, one a period, in order of periods."""
        found = self._find(*_matching(unit_id=unit_id, form=form), _accepted())
        by_period = {submission.period: submission for submission in found}
        return tuple(by_period[period] for period in sorted(by_period, key=Period.parse))

    def find_numbers(self, unit_id: str) -> dict[tuple[str, str], int]:
        """Return the last number that a receipt of the unit has had, by form and period."""
        query = (
            select(table.c.form, table.c.period, func.max(table.c.number).label("last"))
            .where(table.c.unit_id == unit_id)
            .group_by(table.c.form, table.c.period)
        )
        return {(row.form, row.period): row.last for row in self._database.rows(query)}

    def find_decisions(self, arrival_id: int | None = None) -> tuple[Decision, ...]:
        """Return what was decided (about the submissions of one file); the last one counts."""
        by_whom = decisions.c.decided_by.label("by"), decisions.c.decided_at.label("at")
        query = (
            select(table.c.receipt, decisions.c.verdict, decisions.c.why, *by_whom)
            .join(decisions, decisions.c.submission_id == table.c.submission_id)
            .where(*([] if arrival_id is None else [table.c.arrival_id == arrival_id]))
            .order_by(decisions.c.decision_id)
        )
        return tuple(Decision(**row._asdict()) for row in self._database.rows(query))

    def find_waivers(self, unit_id: str | None = None) -> tuple[Waiver, ...]:
        """Return all waivers (of a unit), the oldest first."""
        by_whom = waivers.c.given_by.label("by"), waivers.c.given_at.label("at")
        query = (
            select(table.c.receipt, waivers.c.rule, waivers.c.why, *by_whom)
            .join(waivers, waivers.c.submission_id == table.c.submission_id)
            .where(*_matching(unit_id=unit_id))
            .order_by(waivers.c.waiver_id)
        )
        return tuple(Waiver(**row._asdict()) for row in self._database.rows(query))

    def _find(
        self, *conditions: ColumnElement[bool], among: Collection[str] | None = None
    ) -> tuple[Submission, ...]:
        few = among is not None and len(among) <= _AT_ONCE
        listed = [table.c.unit_id.in_(sorted(among))] if among is not None and few else []
        with self._database.reading() as connection:
            found = read(connection, *conditions, *listed)
        if among is None or few:
            return found
        return tuple(submission for submission in found if submission.unit_id in among)

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
"""What of a judgement is no part of a `Submission`: the large documents stand in `contents`."""

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


def _accepted() -> ColumnElement[bool]:
    accepted: ColumnElement[bool] = judgements.c.outcome == "accepted"
    return accepted
