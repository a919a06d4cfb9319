"""What everything published stands on besides data, as it was when that was last looked at.

This module owns one text for each such thing: a digest, or the list of units itself. It
refuses to compare and to tell what shows what.
"""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import delete, insert, select

from sheetflow.store.engine import Database
from sheetflow.store.schema import fingerprints as table


class Fingerprints:
    """The fingerprints by name."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def find_all(self) -> dict[str, str]:
        """Return every fingerprint that was ever recorded, by name."""
        with self._database.reading() as connection:
            found = connection.execute(select(table.c.name, table.c.document))
            return {row.name: row.document for row in found}

    def find(self, name: str) -> str | None:
        """Return one fingerprint; None where none was recorded."""
        query = select(table.c.document).where(table.c.name == name)
        with self._database.reading() as connection:
            return connection.execute(query).scalar()

    def record(self, documents: Mapping[str, str]) -> None:
        """Record these fingerprints in the place of older ones.

        Whoever does so marks what shows a difference in the same commit.
        """
        with self._database.writing() as connection:
            for name, document in documents.items():
                connection.execute(delete(table).where(table.c.name == name))
                connection.execute(insert(table).values(name=name, document=document))
