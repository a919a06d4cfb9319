"""Columns of cells as read: what the type of a column makes of each cell, a value or a fault.

Equal cells are read once. This module refuses to know which sheet a column stands in.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache, partial
from types import MappingProxyType
from typing import TypeVar

from sheetflow.lookalikes import fold, shows_nothing
from sheetflow.schemas.cells import CellType, Day, Key, PeriodName, Reference, References
from sheetflow.schemas.columns import Column, Fault
from sheetflow.schemas.options import Choice, Choices
from sheetflow.schemas.parsing import CellFault, Value
from sheetflow.workbook import CellValue

_REPEATING = Choice | Choices | Day | Key | PeriodName | Reference | References
"""Types of which the same few cells come again and again; none is a person's."""


_REMEMBERED = 4096


@cache
def reading(kind: CellType) -> Callable[[CellValue], Value]:
    """Give what reads the cells of a type that are not blank; it raises CellFault."""
    if isinstance(kind, _REPEATING):
        return lru_cache(_REMEMBERED, typed=True)(kind.parse)
    return kind.parse


def reading_in(column: Column) -> Callable[[CellValue], Value]:
    """Give what reads the cells of a column: those of its type, and words in place of numbers."""
    read = reading(column.type)
    return partial(_word_or_else, column.accepts, read) if column.accepts else read


In = TypeVar("In", bound=Hashable)


Out = TypeVar("Out")


_NUMBERS = {bool, int, float}


def each(make: Callable[[In], Out], values: Iterable[In]) -> list[Out]:
    """Make something of each value, of equal ones once."""
    listed = list(values)
    made = {value: make(value) for value in dict.fromkeys(listed)}
    return list(map(made.__getitem__, listed))


@dataclass(frozen=True, slots=True)
class ReadColumn:
    """A column of cells as read; equal cells share one name, in nearly all columns themselves.

    `names` has the name of each cell from top to bottom. Under its name stand the cell (None where
    nobody sees anything in it), its value (None where it is blank or faulty) and its fault.
    """

    names: Sequence[Hashable]
    cells: Mapping[Hashable, CellValue]
    values: Mapping[Hashable, Value]
    faults: Mapping[Hashable, Fault]

    def from_top(self, known: Mapping[Hashable, Out]) -> list[Out]:
        """Give what is `known` of each cell from top to bottom."""
        return list(map(known.__getitem__, self.names))

    def lines(self, told: Mapping[Hashable, Out]) -> list[tuple[int, Out]]:
        """Give each line whose cell's name is in `told`, with what is told of it."""
        if not told:
            return []
        return [(line, told[name]) for line, name in enumerate(self.names) if name in told]


def read_column(column: Column, cells: Sequence[CellValue]) -> ReadColumn:
    """Read one column of many rows: what its type makes of each cell, a value or a fault."""
    read = reading_in(column)
    names = _names(cells)
    distinct = dict(zip(names, cells, strict=True))
    values: dict[Hashable, Value] = {}
    faults: dict[Hashable, Fault] = {}
    for name, cell in distinct.items():
        values[name] = None
        if is_blank(cell):
            distinct[name] = None
            continue
        try:
            values[name] = read(cell)
        except CellFault as fault:
            faults[name] = (fault.rule, MappingProxyType(fault.arguments))
    return ReadColumn(names, distinct, values, faults)


def _word_or_else(
    words: Sequence[str], read: Callable[[CellValue], Value], cell: CellValue
) -> Value:
    """Give the word that stands in place of a number, spaces and look-alikes aside; else read the cell."""
    said = fold(cell) if isinstance(cell, str) else ""
    return next((word for word in words if fold(word) == said), None) or read(cell)


def is_blank(cell: CellValue) -> bool:
    """Whether nothing stands in a cell that anybody sees."""
    return cell is None or (isinstance(cell, str) and shows_nothing(cell))


def _names(cells: Sequence[CellValue]) -> Sequence[Hashable]:
    """Name the cells by themselves, with their kind where 1, 1.0 and TRUE could be mixed up."""
    if any(cell.__class__ in _NUMBERS for cell in set(cells)):
        kinds = set(map(type, cells))
        if len(kinds & _NUMBERS) > 1:
            return list(zip(map(type, cells), cells, strict=True))
    return cells
