"""Looks: when a scan last left nothing lying in a unit's folder.

A file that appears later was put there since. This module owns that one value for all
units, and one apart for each whose folder could not be seen or emptied. It refuses to
look itself.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field

from sqlalchemy import delete, insert, select

from sheetflow.store.engine import Database
from sheetflow.store.schema import looks as table

_ALL = ""


@dataclass(frozen=True, slots=True)
class Looked:
    """When each unit's folder was last seen with nothing left in it; None: never."""

    at: dt.datetime | None = None
    apart: dict[str, dt.datetime | None] = field(default_factory=dict)

    def of(self, unit_id: str) -> dt.datetime | None:
        """When that unit's was."""
        return self.apart.get(unit_id, self.at)

    def again(self, at: dt.datetime, but: Iterable[str]) -> Looked:
        """After a further look: at all folders `but` those that were not seen, or hold something."""
        return Looked(at, {unit_id: self.of(unit_id) for unit_id in but})

    def is_news_after(self, last: Looked, pause: dt.timedelta) -> bool:
        """Whether it is `pause` later than `last`, or tells of other folders."""
        if self.at is None or last.at is None or self.apart.keys() != last.apart.keys():
            return True
        return abs(self.at - last.at) >= pause


class Looks:
    """The last look that was recorded."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def record_look(self, looked: Looked) -> None:
        """Record a look in place of the one before."""
        rows = [{"unit_id": _ALL, "looked_at": looked.at}]
        rows += [{"unit_id": unit_id, "looked_at": at} for unit_id, at in looked.apart.items()]
        with self._database.writing() as connection:
            connection.execute(delete(table))
            connection.execute(insert(table), rows)

    def find_look(self) -> Looked:
        """Return the last look; one that was never, where nobody has looked yet."""
        with self._database.reading() as connection:
            rows = connection.execute(select(table.c.unit_id, table.c.looked_at)).all()
        found = {row.unit_id: row.looked_at for row in rows}
        return Looked(found.pop(_ALL, None), found)
