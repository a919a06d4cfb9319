"""What consolidated workbooks stood on when they were published, and what was corrected since.

This module owns the two tables. Of a workbook only the last publication is kept, its
corrections for ever. It refuses to compare anything.
"""

from __future__ import annotations

import json
from dataclasses import astuple

from sqlalchemy import ColumnElement, Connection, Table, delete, insert, select

from sheetflow.store.records import Document, Issued, PublishedSource
from sheetflow.store.schema import corrections, published_standings


def record(connection: Connection, issued: Issued) -> None:
    """Keep what the workbook stands on now, and add what was corrected."""
    spot = {"unit_id": issued.unit_id, "form": issued.form, "period": issued.period}
    sources = json.dumps([astuple(source) for source in issued.sources])
    connection.execute(delete(published_standings).where(*_at(published_standings, *spot.values())))
    connection.execute(insert(published_standings).values(**spot, document=sources))
    for document in issued.corrected:
        text = json.dumps(document, ensure_ascii=False)
        connection.execute(insert(corrections).values(**spot, document=text))


def read_sources(
    connection: Connection, unit_id: str, form: str, period: str
) -> tuple[PublishedSource, ...]:
    """Return what the last published workbook stood on; nothing where none was."""
    query = select(published_standings.c.document).where(
        *_at(published_standings, unit_id, form, period)
    )
    text = connection.execute(query).scalar()
    return tuple(PublishedSource(*entry) for entry in json.loads(text or "[]"))


def read_corrections(
    connection: Connection, unit_id: str, form: str, period: str
) -> tuple[Document, ...]:
    """Return all corrections of a workbook, the oldest first."""
    query = (
        select(corrections.c.document)
        .where(*_at(corrections, unit_id, form, period))
        .order_by(corrections.c.correction_id)
    )
    return tuple(json.loads(text) for text in connection.execute(query).scalars())


def _at(table: Table, unit_id: str, form: str, period: str) -> tuple[ColumnElement[bool], ...]:
    return table.c.unit_id == unit_id, table.c.form == form, table.c.period == period
