"""The rows of all units, as one level sees them.

Flows bring this period's rows; ledgers and stocks each unit's last accepted book.
Keys are shown with their unit (``370102-X0001``), personal columns masked. Where the
declaration says so, rows are listed at the first level only and summed above.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal

from sheetflow.consolidation.accepted import Accepted, Books
from sheetflow.consolidation.tables import DetailRow, DetailSheet
from sheetflow.masks import MaskPolicy
from sheetflow.schemas.cells import Text
from sheetflow.schemas.columns import Mask
from sheetflow.schemas.habits import Value
from sheetflow.schemas.indicators import plain
from sheetflow.schemas.sheets import Kind, RollUp, Sheet
from sheetflow.units import Level, Unit


def detail_sheets(books: Books, unit: Unit, policy: MaskPolicy) -> tuple[DetailSheet, ...]:
    """Give every sheet whose rows go up to `unit`."""
    sheets = [
        sheet
        for sheet in books.form.sheets
        if sheet.is_table and sheet.kind is not Kind.ANSWER and sheet.roll_up is not RollUp.NONE
    ]
    return tuple(_detail_sheet(books, unit, policy, sheet) for sheet in sheets)


def sources(books: Books, unit: Unit, sheet: Sheet | None = None) -> list[Accepted]:
    """The submissions whose rows stand in `unit`'s workbook for that sheet, in order."""
    found: list[Accepted] = []
    for member in books.expected(unit):
        own = books.for_period(member.unit_id)
        if sheet is not None and not sheet.is_book:
            found += [own] if own else []
            continue
        standing = books.latest(member.unit_id)
        if own is None:
            heirs = (books.latest(old.unit_id) for old in books.merged_into(member))
            found += [book for book in heirs if book]
        found += [standing] if standing else []
    return found


def _detail_sheet(books: Books, unit: Unit, policy: MaskPolicy, sheet: Sheet) -> DetailSheet:
    summed = sheet.roll_up is RollUp.SUMMED or (
        sheet.roll_up is RollUp.LISTED and unit.level is Level.PROVINCE
    )
    columns = tuple(
        replace(column, type=Text(column.type.limit if isinstance(column.type, Text) else 50))
        if policy.mask_of(sheet, column) is not Mask.WHOLE
        else column
        for column in policy.columns(sheet)
    )

    def rows() -> Iterator[DetailRow]:
        submissions = sources(books, unit, sheet)
        for accepted, values in books.rows_of(sheet.key, submissions):
            shown = [_summed(sheet, values)] if summed and values else values
            for row in shown:
                yield _detail_row(books, policy, sheet, accepted, row)

    return DetailSheet(sheet, columns, rows)


def _detail_row(
    books: Books, policy: MaskPolicy, sheet: Sheet, accepted: Accepted, row: Mapping[str, Value]
) -> DetailRow:
    chain = {entry.level: entry.name for entry in books.tree.chain(accepted.unit_id)}
    seen = policy.see(sheet, row)
    for column in sheet.columns:
        if column.key in seen and (column.is_key or column.refers_to):
            seen[column.key] = with_unit(accepted.unit_id, seen[column.key], column.label)
    return DetailRow(
        city=chain.get(Level.CITY, ""),
        county=chain.get(Level.COUNTY, ""),
        receipt=accepted.receipt,
        values=seen,
    )


def with_unit(unit_id: str, value: Value, label: str = "") -> Value:
    """Show a key with its unit: X0001 of 370102 is 370102-X0001; names stay as they are."""
    del label
    if isinstance(value, tuple):
        return tuple(str(with_unit(unit_id, part)) for part in value)
    if not isinstance(value, str) or "-" in value or not value[-1:].isdigit():
        return value
    return f"{unit_id}-{value}"


def _summed(sheet: Sheet, rows: Sequence[Mapping[str, Value]]) -> dict[str, Value]:
    """Add a unit's rows to one; what is no number says how many rows it stands for."""
    totals: dict[str, Value] = {}
    for column in sheet.columns:
        if column.is_key:
            totals[column.key] = f"（{len(rows)}行合计）"
            continue
        numbers = [value for row in rows if isinstance(value := row.get(column.key), int | Decimal)]
        totals[column.key] = plain(sum(numbers)) if column.type.numeric and numbers else None
    return totals
