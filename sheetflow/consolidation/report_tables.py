"""The rows that a report may list, unit by unit, as its reader sees them: a card is one row.

Of a gathered sheet those are listed that are handed up, in the order that their unit gave them. This
module refuses to word a cell.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sheetflow.consolidation.books import Books
from sheetflow.consolidation.detail_rows import rows_seen, sources, whose
from sheetflow.consolidation.report_data import TableRow, TableRows
from sheetflow.masks import MaskPolicy
from sheetflow.schemas.parsing import Value
from sheetflow.schemas.sheets import Sheet
from sheetflow.units import Unit


def report_tables(
    books: Books, unit: Unit, named: Mapping[str, str], policy: MaskPolicy
) -> tuple[TableRows, ...]:
    """Give the sheets that the form lets its report list, in the order of the form."""
    listed = books.form.report.tables if books.form.report else ()
    sheets = (sheet for sheet in books.form.sheets if sheet.key in listed)
    return tuple(_table(books, unit, named, policy, sheet) for sheet in sheets)


def _table(
    books: Books, unit: Unit, named: Mapping[str, str], policy: MaskPolicy, sheet: Sheet
) -> TableRows:
    columns = policy.columns(sheet)
    rows = []
    for accepted, values in books.rows_of(sheet.key, sources(books, unit, sheet)):
        source = whose(books.tree, accepted.unit_id, accepted.receipt)
        ranked = _handed_up(sheet, values)
        rows += [
            TableRow(
                unit=named[accepted.unit_id],
                own=accepted.unit_id == unit.unit_id,
                cells={column.label: row.values.get(column.key) for column in columns},
            )
            for row in rows_seen(books.form, policy, sheet, source, ranked)
        ]
    labels = tuple(column.label for column in columns)
    return TableRows(title=sheet.title, labels=labels, rows=tuple(rows))


def _handed_up(sheet: Sheet, rows: Sequence[Mapping[str, Value]]) -> Sequence[Mapping[str, Value]]:
    """Give the rows that go up, in their order, where the sheet ranks them; else all."""
    order = sheet.gathered.order if sheet.gathered else ""
    if not order:
        return rows
    placed = [(place, row) for row in rows if isinstance(place := row.get(order), int)]
    return [row for _, row in sorted(placed, key=lambda each: each[0])]
