"""Many rows column by column: each distinct value is looked at once.

Most of what stands in a column comes again and again. Nothing is remembered from one call to
the next that the caller does not keep.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import TypeVar

from sheetflow.lookalikes import shows_nothing
from sheetflow.schemas.columns import Column, Fault, reading
from sheetflow.schemas.parsing import CellFault, Value
from sheetflow.workbook import CellValue

In = TypeVar("In", bound=Hashable)
Out = TypeVar("Out")

_NUMBERS = {bool, int, float}


def each(make: Callable[[In], Out], values: Iterable[In], made: dict[In, Out]) -> list[Out]:
    """Make something of each value, of equal ones once; `made` holds what was made before."""
    listed = list(values)
    for value in dict.fromkeys(listed):
        if value not in made:
            made[value] = make(value)
    return list(map(made.__getitem__, listed))


@dataclass(frozen=True, slots=True)
class ReadColumn:
    """A column of cells as read; equal cells share one name, in nearly all columns themselves.

    `names` has the name of each cell from top to bottom. Under its name stand the cell
    (`cells`: None where nobody sees anything in it), its value (`values`: None where it is
    blank or faulty) and its fault.
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
    read = reading(column.type)
    names = _names(cells)
    distinct = dict(zip(names, cells, strict=True))
    values: dict[Hashable, Value] = {}
    faults: dict[Hashable, Fault] = {}
    for name, cell in distinct.items():
        values[name] = None
        if cell is None:
            continue
        if isinstance(cell, str) and shows_nothing(cell):
            distinct[name] = None
            continue
        try:
            values[name] = read(cell)
        except CellFault as fault:
            faults[name] = (fault.rule, MappingProxyType(fault.arguments))
    return ReadColumn(names, distinct, values, faults)


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
