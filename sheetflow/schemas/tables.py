"""Rows that are asked for the same columns again and again.

A table stays what it is: who gives one away no longer changes its rows, and who is given a
column only reads it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import overload

from sheetflow.schemas.parsing import Value

Row = Mapping[str, Value]


class Table(Sequence[Row]):
    """Rows that cut out each of their columns once, however many ask for it."""

    __slots__ = ("_columns", "_rows")

    def __init__(self, rows: Iterable[Row] = ()) -> None:
        self._rows = tuple(rows)
        self._columns: dict[str, Sequence[Value]] = {}

    def column(self, key: str) -> Sequence[Value]:
        """Give the values of one column from the first row to the last."""
        if key not in self._columns:
            self._columns[key] = [row.get(key) for row in self._rows]
        return self._columns[key]

    @overload
    def __getitem__(self, number: int) -> Row: ...
    @overload
    def __getitem__(self, number: slice) -> Sequence[Row]: ...
    def __getitem__(self, number: int | slice) -> Row | Sequence[Row]:
        return self._rows[number]

    def __iter__(self) -> Iterator[Row]:
        return iter(self._rows)

    def __len__(self) -> int:
        return len(self._rows)


def column_of(rows: Iterable[Row], key: str) -> Sequence[Value]:
    """Give one column of any rows."""
    return rows.column(key) if isinstance(rows, Table) else [row.get(key) for row in rows]
