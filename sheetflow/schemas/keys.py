"""Keys outside their own book: shown, and taken over, with their unit before them.

This module owns the merged form of a key (``370102-X0001``). Names that serve as keys
stay as they are.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from sheetflow.schemas.cells import Key
from sheetflow.schemas.forms import Form
from sheetflow.schemas.parsing import Value
from sheetflow.schemas.sheets import Sheet

SEPARATOR = "-"


def with_unit(form: Form, sheet: Sheet, unit_id: str, row: Mapping[str, Value]) -> dict[str, Value]:
    """Give the row with its key, and the keys it points to, in their merged form."""
    return merge_keys(key_columns(form, sheet), unit_id, row)


def key_columns(form: Form, sheet: Sheet) -> tuple[str, ...]:
    """The columns that hold numbered keys, the rows' own or those of other rows."""
    named = {
        column.key: form.by_key[column.refers_to].key_column if column.refers_to else column
        for column in sheet.columns
    }
    return tuple(key for key, column in named.items() if column and isinstance(column.type, Key))


def merge_keys(columns: Iterable[str], unit_id: str, row: Mapping[str, Value]) -> dict[str, Value]:
    """Give the row with the keys in `columns` in their merged form."""
    keys = {column: merged(unit_id, row[column]) for column in columns if row.get(column)}
    return {**row, **keys}


def merged(unit_id: str, key: Value) -> Value:
    """Put the unit before a key that bears none yet: X0001 of 370102 is 370102-X0001."""
    if isinstance(key, tuple):
        return tuple(str(merged(unit_id, part)) for part in key)
    if not isinstance(key, str) or SEPARATOR in key:
        return key
    return f"{unit_id}{SEPARATOR}{key}"
