"""What superiors were offered to look at, and whose whole workbooks they drew.

A draw is only ever added to. What deserves a look is told elsewhere.
"""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import ColumnElement, delete, insert, select

from sheetflow.store.database import Database
from sheetflow.store.records import Document
from sheetflow.store.schema import drawn_samples, offered_looks

Seen = tuple[tuple[tuple[str, str, str, str], ...], dict[tuple[str, str, str], Document]]
"""What was drawn (by whom, form, period, unit), and what was offered by unit, form and period."""


class Attention:
    """What each unit was offered and drew, by form and period."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def find_offered(self, unit_id: str, form: str, period: str) -> Document:
        """Return what a unit was offered, by number; nothing where it never was."""
        query = select(offered_looks.c.document).where(*_here(unit_id, form, period))
        found: Document | None = self._database.scalar(query)
        return found or {}

    def record_offered(self, unit_id: str, form: str, period: str, offered: Document) -> None:
        """Keep what a unit is offered from now on, in the place of what it was."""
        values = {"unit_id": unit_id, "form": form, "period": period, "document": offered}
        with self._database.writing() as connection:
            connection.execute(delete(offered_looks).where(*_here(unit_id, form, period)))
            connection.execute(insert(offered_looks).values(**values))

    def find_everything(self) -> Seen:
        """Return all that was ever drawn, in order, and all that is kept of what was offered."""
        drawn = self._database.rows(select(drawn_samples).order_by(drawn_samples.c.draw_id))
        offered = self._database.rows(select(offered_looks))
        return (
            tuple((row.by_unit, row.form, row.period, row.unit_id) for row in drawn),
            {(row.unit_id, row.form, row.period): row.document for row in offered},
        )

    def take_over(self, seen: Seen) -> None:
        """Add what another store knew, but for what stands here already."""
        drawn, offered = seen
        for by_unit, form, period, unit_id in drawn:
            if (period, unit_id) not in self.find_drawn(by_unit, form):
                self.record_drawn(by_unit, form, period, [unit_id])
        for where, document in offered.items():
            self.record_offered(*where, {**document, **self.find_offered(*where)})

    def find_drawn(self, by_unit: str, form: str) -> tuple[tuple[str, str], ...]:
        """Return the period and the id of every unit that a unit drew, in that order."""
        here = drawn_samples.c.by_unit == by_unit, drawn_samples.c.form == form
        query = select(drawn_samples.c.period, drawn_samples.c.unit_id).where(*here)
        rows = self._database.rows(query.order_by(drawn_samples.c.draw_id))
        return tuple((row.period, row.unit_id) for row in rows)

    def record_drawn(self, by_unit: str, form: str, period: str, units: Iterable[str]) -> None:
        """Add the units that were drawn."""
        values = {"by_unit": by_unit, "form": form, "period": period}
        rows = [{**values, "unit_id": unit_id} for unit_id in units]
        if rows:
            with self._database.writing() as connection:
                connection.execute(insert(drawn_samples), rows)


def _here(unit_id: str, form: str, period: str) -> tuple[ColumnElement[bool], ...]:
    columns = offered_looks.c
    return columns.unit_id == unit_id, columns.form == form, columns.period == period
