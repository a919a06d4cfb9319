"""Keys outside their own book: shown, and taken over, with their unit before them.

This module owns the merged form of a key (``370102-X0001``). Names that serve as keys
stay as they are.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from sheetflow.schemas.cells import Key
from sheetflow.schemas.columns import Column
from sheetflow.schemas.forms import Form
from sheetflow.schemas.parsing import Value
from sheetflow.schemas.sheets import Sheet

SEPARATOR = "-"


def with_unit(form: Form, sheet: Sheet, unit_id: str, row: Mapping[str, Value]) -> dict[str, Value]:
    """Give the row with its key, and the keys it points to, in their merged form."""
    return merge_keys(key_columns(form, sheet), unit_id, row)


def key_columns(form: Form, sheet: Sheet) -> tuple[str, ...]:
    """The columns that hold numbered keys."""
    return tuple(column.key for column in sheet.columns if holds_keys(form, column))


def merge_keys(columns: Iterable[str], unit_id: str, row: Mapping[str, Value]) -> dict[str, Value]:
    """Give the row with the keys in `columns` in their merged form."""
    shown = dict(row)
    for column in columns:
        if shown.get(column) is not None:
            shown[column] = merged(unit_id, shown[column])
    return shown


def holds_keys(form: Form, column: Column) -> bool:
    """Whether the column's cells are numbered keys, its own or those of other rows."""
    if isinstance(column.type, Key):
        return True
    target = form.by_key[column.refers_to].key_column if column.refers_to else None
    return target is not None and isinstance(target.type, Key)


def merged(unit_id: str, key: Value) -> Value:
    """Put the unit before a key that bears none yet: X0001 of 370102 is 370102-X0001."""
    if isinstance(key, tuple):
        return tuple(str(merged(unit_id, part)) for part in key)
    if not isinstance(key, str) or SEPARATOR in key:
        return key
    return f"{unit_id}{SEPARATOR}{key}"
