"""Rows, and conditions on the plain columns of one row.

A condition is one expression with three readings: does it hold for a row (Python),
what is it as an Excel formula (over one cell or a whole range), and how is it said
in Chinese. It refuses anything that needs another row or sheet.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from itertools import chain, compress, repeat

from sheetflow.schemas.parsing import Value

Row = Mapping[str, Value]


class Table(tuple[Row, ...]):  # noqa: SLOT001 - it remembers
    """Rows that cut out each of their columns once, however many ask for it."""

    @cached_property
    def _columns(self) -> dict[str, Sequence[Value]]:
        return {}

    def column(self, key: str) -> Sequence[Value]:
        """Give the values of one column from the first row to the last."""
        if key not in self._columns:
            self._columns[key] = [row.get(key) for row in self]
        return self._columns[key]


def column_of(rows: Iterable[Row], key: str) -> Sequence[Value]:
    """Give one column of any rows."""
    return rows.column(key) if isinstance(rows, Table) else [row.get(key) for row in rows]


Refer = Callable[[str], str]
"""Gives a column's cell or range in Excel: ``$F4`` or ``走访记录!$F$4:$F$20003``."""


class Condition:
    """What must hold in a row: one of the kinds below, each reading of all in one place."""

    def holds(self, row: Row) -> bool:
        """Whether `row` meets the condition; a blank cell meets none but `Not`."""
        return self.each((row,))[0]

    def among(self, rows: Iterable[Row]) -> list[Row]:
        """Give those of `rows` that meet the condition."""
        listed = rows if isinstance(rows, Sequence) else list(rows)
        return list(compress(listed, self.each(listed)))

    def each(self, rows: Sequence[Row]) -> list[bool]:
        """Tell of each of `rows` whether it meets the condition."""
        match self:
            case Is(column, options):
                return [value in options for value in column_of(rows, column)]
            case Filled(column):
                return [value not in {None, ""} for value in column_of(rows, column)]
            case AtLeast(column, other):
                least = column_of(rows, other) if isinstance(other, str) else repeat(other)
                pairs = zip(column_of(rows, column), least, strict=False)
                return [
                    isinstance(value, int | Decimal)
                    and isinstance(least, int | Decimal)
                    and value >= least
                    for value, least in pairs
                ]
            case Not(part):
                return [not holds for holds in part.each(rows)]
            case Every(parts):
                return list(map(all, zip(*(part.each(rows) for part in parts), strict=True)))
            case Through(by, part):
                names = [(name, f"{by}.{name}") for name in part.columns()]
                return part.each([{name: row.get(shown) for name, shown in names} for row in rows])
        raise NotImplementedError

    def columns(self) -> tuple[str, ...]:
        """The columns looked at."""
        match self:
            case Is(column) | Filled(column):
                return (column,)
            case AtLeast(column, other):
                return (column, other) if isinstance(other, str) else (column,)
            case Not(part):
                return part.columns()
            case Every(parts):
                return tuple(chain.from_iterable(part.columns() for part in parts))
            case Through(by, part):
                return tuple(f"{by}.{name}" for name in part.columns())
        raise NotImplementedError

    def words(self, labels: Mapping[str, str]) -> str:
        """Say the condition in Chinese; `labels` name the columns, and lookups too."""
        match self:
            case Is(column, options):
                said = f"“{labels[column]}”为{'或'.join(options)}"
            case Filled(column):
                said = f"“{labels[column]}”已填写"
            case AtLeast(column, other):
                least = f"“{labels[other]}”" if isinstance(other, str) else str(other)
                said = f"“{labels[column]}”不小于{least}"
            case Not(Is(column, options)):
                said = f"“{labels[column]}”不为{'或'.join(options)}"
            case Not(Through(by, part)):
                said = Through(by, Not(part)).words(labels)
            case Not(part):
                said = f"不满足{part.words(labels)}"
            case Every(parts):
                said = "且".join(part.words(labels) for part in parts)
            case Through(by, part):
                said = part.words({name: labels[f"{by}.{name}"] for name in part.columns()})
            case _:
                raise NotImplementedError
        return said

    def excel(self, refer: Refer) -> str:
        """Give an Excel expression that is TRUE where the condition holds."""
        match self:
            case Is(column, options):
                tests = [f'({refer(column)}="{option}")' for option in options]
                return tests[0] if len(tests) == 1 else f"(({'+'.join(tests)})>0)"
            case Filled(column):
                return f'({refer(column)}<>"")'
            case AtLeast(column, other):
                # ISNUMBER on both sides, so that blank rows never count.
                numbers = "*".join(f"ISNUMBER({refer(name)})" for name in self.columns())
                least = refer(other) if isinstance(other, str) else other
                return f"({numbers}*({refer(column)}>={least})>0)"
            case Not(part):
                return f"({part.excel(refer)}=FALSE)"
            case Every(parts):
                return f"({'*'.join(part.excel(refer) for part in parts)}>0)"
            case Through(by, part):
                return part.excel(lambda column: refer(f"{by}.{column}"))
        raise NotImplementedError

    def criteria(  # noqa: PLR0911 - one for each kind
        self, refer: Refer
    ) -> tuple[tuple[str, str], ...] | None:
        """Give (range, criterion) pairs for COUNTIFS, None where one must use SUMPRODUCT."""
        match self:
            case Is(column, (option,)):
                return ((refer(column), f'"{option}"'),)
            case Filled(column):
                return ((refer(column), '"<>"'),)
            case Not(Is(column, options)):
                return tuple((refer(column), f'"<>{option}"') for option in options)
            case Not(Through(by, part)):
                return Not(part).criteria(lambda column: refer(f"{by}.{column}"))
            case Every(parts):
                found = [part.criteria(refer) for part in parts]
                return None if None in found else tuple(chain(*filter(None, found)))
            case Through(by, part):
                return part.criteria(lambda column: refer(f"{by}.{column}"))
        return None

    def __and__(self, other: Condition) -> Condition:
        return Every((self, other))


@dataclass(frozen=True, slots=True)
class Is(Condition):
    """The column's cell is one of `options`."""

    column: str
    options: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Filled(Condition):
    """The column's cell is not blank."""

    column: str


@dataclass(frozen=True, slots=True)
class AtLeast(Condition):
    """The column's number is at least another column's number, or a fixed one."""

    column: str
    other: str | int


@dataclass(frozen=True, slots=True)
class Not(Condition):
    """Another condition does not hold (a blank cell included)."""

    part: Condition


@dataclass(frozen=True, slots=True)
class Every(Condition):
    """All of several conditions."""

    parts: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class Through(Condition):
    """A condition on the row to which the reference in `by` points, by lookups: ``need.status``."""

    by: str
    part: Condition


def where(column: str, *options: str) -> Condition:
    """Declare that `column` holds one of `options`."""
    return Is(column, options)
