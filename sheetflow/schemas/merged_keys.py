"""Keys as merged books show them: with their unit before them (370102-X0001), wherever they stand.

This module owns which columns hold such keys. It refuses to look for the rows that they name.
"""

from __future__ import annotations

from collections.abc import Mapping

from sheetflow.schemas.cells import Key, Reference, References
from sheetflow.schemas.columns import Column
from sheetflow.schemas.forms import Form
from sheetflow.schemas.parsing import Value
from sheetflow.schemas.sheets import Kind, Sheet

_SEPARATOR = "-"


def with_unit(form: Form, sheet: Sheet, unit_id: str, row: Mapping[str, Value]) -> dict[str, Value]:
    """Give the row with its key, and the keys it points to, in their merged form."""
    columns = key_columns(form, sheet)
    return {**row, **{key: merged(unit_id, row[key]) for key in columns if row.get(key)}}


def key_columns(form: Form, sheet: Sheet) -> tuple[str, ...]:
    """The columns that hold numbered keys, the rows' own or those of other rows.

    So are keys in other forms' books. A plain number that a flow's rows bear is no key beyond its sheet.
    """
    return tuple(column.key for column in sheet.columns if _is_keyed(form, sheet, column))


def _is_keyed(form: Form, sheet: Sheet, column: Column) -> bool:
    if column.refers_to:
        target = form.by_key[column.refers_to].key_column
        return target is not None and isinstance(target.type, Key)
    if isinstance(column.type, Key):
        return bool(column.type.letter) or sheet.kind is not Kind.FLOW
    return isinstance(column.type, Reference | References)


def merged(unit_id: str, key: Value) -> Value:
    """Put the unit before a key that bears none yet: X0001 of 370102 is 370102-X0001."""
    if isinstance(key, tuple):
        return tuple(str(merged(unit_id, part)) for part in key)
    if not isinstance(key, str) or _SEPARATOR in key:
        return key
    return f"{unit_id}{_SEPARATOR}{key}"
