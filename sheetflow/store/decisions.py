"""What superiors decided, one after the other, each known by its number; and what the calendar did.

Both are only ever added to, but that a purge takes opinions out. A number is decided once: who comes second is told so. What a decision
means, and who may give it, is told elsewhere.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass, fields
from typing import Any

from sqlalchemy import Select, insert, select, update

from sheetflow.errors import StoreError
from sheetflow.schemas.review import Decision, Matter, NewDecision, Verdict
from sheetflow.store import arrivals as received
from sheetflow.store.database import Database, chunks
from sheetflow.store.records import Document
from sheetflow.store.schema import calendar_entries, decisions, purged_arrivals
from sheetflow.store.submissions import read_receipt

PURGED = "（已清理）"
"""Stands for an opinion after the purge of what it was about."""


class Decisions:
    """All decisions about submissions, questions and units."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def record(
        self,
        decision: NewDecision,
        at: dt.datetime,
        *,
        reopen: bool = True,
        others: Collection[int] = (),
    ) -> bool:
        """Record what was decided, and have the submission it is about judged anew, and `others` (arrivals).

        Give False, and change nothing, where its number was decided already. The submission itself is
        not changed: its next judgement hears the decision. One that was purged cannot be judged, and stays
        as it is. Raise StoreError when there is no such receipt,
        or where a doubt is decided of one that is not held.
        """
        with self._database.writing(decision.unit_id) as connection:
            submission = read_receipt(connection, decision.receipt) if decision.receipt else None
            known = select(decisions.c.decision_id).where(decisions.c.number == decision.number)
            if connection.execute(known).first() is not None:
                return False
            if decision.matter is Matter.HELD and submission and submission.outcome != "held":
                raise StoreError(f"{decision.receipt} 不是待确认的报送，不需要放行或驳回。")
            values = {each.name: getattr(decision, each.name) for each in fields(NewDecision)}
            connection.execute(insert(decisions).values(**values, decided_at=at))
            heard = {*others, *([submission.arrival_id] if submission and reopen else [])}
            gone = select(purged_arrivals.c.arrival_id)
            for arrival_id in sorted(heard.difference(connection.scalars(gone) if heard else ())):
                received.reopen(connection, arrival_id)
            return True

    def record_purged(self, receipts: Collection[str], periods: Collection[str]) -> None:
        """Take out for good what was typed of these submissions, and of units in these periods.

        What was decided, by whom and when stays; opinions may name people, as the workbooks did.
        """
        with self._database.writing() as connection:
            of_these = [decisions.c.receipt.in_(some) for some in chunks(set(receipts))]
            of_periods = decisions.c.period.in_(periods) & (decisions.c.receipt == "")
            for condition in (*of_these, of_periods):
                typed = condition & (decisions.c.opinion != "")
                connection.execute(update(decisions).where(typed).values(opinion=PURGED))

    def find(self, number: str) -> Decision | None:
        """Return the decision that bears this number."""
        found = self._find(number=number)
        return found[0] if found else None

    def find_all(
        self,
        *,
        unit_id: str | None = None,
        form: str | None = None,
        period: str | None = None,
        receipt: str | None = None,
        matter: Matter | None = None,
        verdict: Verdict | None = None,
    ) -> tuple[Decision, ...]:
        """Return decisions about a unit, form, period, receipt or matter, or of one verdict, the oldest first.

        With those about a matter come all that take something back: whether one stands is told by both.
        """
        wanted = {"unit_id": unit_id, "form": form, "period": period, "receipt": receipt}
        return self._find(**wanted, matter=matter, verdict=verdict)

    def find_in(
        self,
        periods: Collection[str],
        *,
        matter: Matter | None = None,
        verdict: Verdict | None = None,
    ) -> tuple[Decision, ...]:
        """Return decisions as `find_all` does, those in these periods."""
        return self._find(periods, matter=matter, verdict=verdict)

    def find_given(self, by_unit: str, form: str, period: str) -> tuple[Decision, ...]:
        """Return what a unit has decided of a form and period, the oldest first."""
        return self._find(by_unit=by_unit, form=form, period=period)

    def find_about(self, receipts: Collection[str]) -> dict[str, tuple[Decision, ...]]:
        """Return the decisions about each of these submissions, the oldest first."""
        found: dict[str, tuple[Decision, ...]] = {}
        for some in chunks(set(receipts)):
            query = select(decisions).where(decisions.c.receipt.in_(some))
            for row in self._database.rows(query.order_by(decisions.c.decision_id)):
                decision = _decision(row)
                found[decision.receipt] = (*found.get(decision.receipt, ()), decision)
        return found

    def _find(
        self,
        periods: Collection[str] | None = None,
        matter: Matter | None = None,
        **wanted: Any,  # noqa: ANN401 - values of columns
    ) -> tuple[Decision, ...]:
        conditions = [
            decisions.c[name] == value for name, value in wanted.items() if value is not None
        ]
        if matter is not None:
            conditions.append(decisions.c.matter.in_((matter, Matter.UNDOING)))
        if periods is not None:
            conditions.append(decisions.c.period.in_(periods))
        query = select(decisions).where(*conditions).order_by(decisions.c.decision_id)
        return tuple(_decision(row) for row in self._database.rows(query))


def _decision(row: Any) -> Decision:  # noqa: ANN401 - a row of the table
    values = row._asdict()
    return Decision(
        **{**values, "matter": Matter(values["matter"]), "verdict": Verdict(values["verdict"])}
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class CalendarEntry:
    """Something that the calendar did, or left out because it was no longer sensible.

    `name` is what it is known by, `what` its kind, `due_at` when it was to be done. `document` says to whom
    it went and what was left out.
    """

    name: str
    what: str
    form: str
    period: str
    due_at: dt.datetime
    done_at: dt.datetime
    document: Document


class Calendar:
    """What was done by the calendar, each at most once."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def record(self, entry: CalendarEntry) -> bool:
        """Record what was done; give False, and change nothing, where it was done before."""
        with self._database.writing() as connection:
            known = select(calendar_entries.c.entry_id).where(calendar_entries.c.name == entry.name)
            if connection.execute(known).first() is not None:
                return False
            values = {each.name: getattr(entry, each.name) for each in fields(entry)}
            connection.execute(insert(calendar_entries).values(**values))
            return True

    def find_done(self, names: Collection[str]) -> frozenset[str]:
        """Return which of these were done."""
        column = calendar_entries.c.name
        return frozenset(
            name
            for some in chunks(set(names))
            for name in self._database.scalars(select(column).where(column.in_(some)))
        )

    def find(self, name: str) -> CalendarEntry | None:
        """Return what is known by this name."""
        found = self._entries(select(calendar_entries).where(calendar_entries.c.name == name))
        return found[0] if found else None

    def newest(self) -> dt.datetime | None:
        """Return when something was done last; None where nothing ever was."""
        query = select(calendar_entries).order_by(calendar_entries.c.entry_id.desc()).limit(1)
        found = self._entries(query)
        return found[0].done_at if found else None

    def find_all(self, *, since: dt.datetime | None = None) -> tuple[CalendarEntry, ...]:
        """Return what was done (since a moment), the oldest first."""
        query = select(calendar_entries).order_by(calendar_entries.c.entry_id)
        if since is not None:
            query = query.where(calendar_entries.c.done_at >= since)
        return self._entries(query)

    def _entries(self, query: Select[Any]) -> tuple[CalendarEntry, ...]:
        found = (row._asdict() for row in self._database.rows(query))
        return tuple(
            CalendarEntry(**{key: value for key, value in row.items() if key != "entry_id"})
            for row in found
        )
