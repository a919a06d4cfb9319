"""Conditions on the plain columns of one row.

A condition is one expression with three readings: does it hold for a row (Python),
what is it as an Excel formula (over one cell or a whole range), and how is it said
in Chinese. It refuses anything that needs another row or sheet.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import compress

from sheetflow.schemas.tables import Row, column_of

Refer = Callable[[str], str]
"""Gives a column's cell or range in Excel: ``$F4`` or ``走访记录!$F$4:$F$20003``."""
Labels = Mapping[str, str]


class Condition(ABC):
    """What must hold in a row."""

    @abstractmethod
    def holds(self, row: Row) -> bool:
        """Whether `row` meets the condition; a blank cell meets none but `Not`."""

    def each(self, rows: Iterable[Row]) -> list[bool]:
        """Tell of each of `rows` whether it meets the condition: `holds`, quicker for many rows."""
        return [self.holds(row) for row in rows]

    def among(self, rows: Iterable[Row]) -> list[Row]:
        """Give those of `rows` that meet the condition."""
        listed = rows if isinstance(rows, Sequence) else list(rows)
        return list(compress(listed, self.each(listed)))

    @abstractmethod
    def excel(self, refer: Refer) -> str:
        """Give an Excel expression that is TRUE where the condition holds."""

    @abstractmethod
    def words(self, labels: Labels) -> str:
        """Say the condition in Chinese."""

    @abstractmethod
    def columns(self) -> tuple[str, ...]:
        """The columns looked at."""

    def criteria(self, refer: Refer) -> tuple[tuple[str, str], ...] | None:
        """Give (range, criterion) pairs for COUNTIFS, None where one must use SUMPRODUCT."""
        del refer
        return None

    def __and__(self, other: Condition) -> Condition:
        return Every((self, other))


@dataclass(frozen=True, slots=True)
class Is(Condition):
    """The column's cell is one of `options`."""

    column: str
    options: tuple[str, ...]

    def holds(self, row: Row) -> bool:
        """Whether the cell is one of the options."""
        return row.get(self.column) in self.options

    def each(self, rows: Iterable[Row]) -> list[bool]:
        """Tell of each row whether its cell is one of the options."""
        options = self.options
        return [value in options for value in column_of(rows, self.column)]

    def excel(self, refer: Refer) -> str:
        """Compare with each option."""
        cell = refer(self.column)
        tests = [f'({cell}="{option}")' for option in self.options]
        return tests[0] if len(tests) == 1 else f"(({'+'.join(tests)})>0)"

    def words(self, labels: Labels) -> str:
        """“走访方式”为问卷征询."""
        return f"“{labels[self.column]}”为{'或'.join(self.options)}"

    def columns(self) -> tuple[str, ...]:
        """The one column."""
        return (self.column,)

    def criteria(self, refer: Refer) -> tuple[tuple[str, str], ...] | None:
        """One pair for one option."""
        if len(self.options) != 1:
            return None
        return ((refer(self.column), f'"{self.options[0]}"'),)


@dataclass(frozen=True, slots=True)
class Not(Condition):
    """Another condition does not hold (a blank cell included)."""

    part: Condition

    def holds(self, row: Row) -> bool:
        """Whether the part fails."""
        return not self.part.holds(row)

    def each(self, rows: Iterable[Row]) -> list[bool]:
        """Tell of each row whether the part fails."""
        return [not holds for holds in self.part.each(rows)]

    def excel(self, refer: Refer) -> str:
        """Compare the part's truth with 0."""
        return f"({self.part.excel(refer)}=FALSE)"

    def words(self, labels: Labels) -> str:
        """“当前阶段”不为制定方案."""
        if isinstance(self.part, Is):
            return f"“{labels[self.part.column]}”不为{'或'.join(self.part.options)}"
        return f"不满足{self.part.words(labels)}"

    def columns(self) -> tuple[str, ...]:
        """The columns of the part."""
        return self.part.columns()

    def criteria(self, refer: Refer) -> tuple[tuple[str, str], ...] | None:
        """A pair for each option that must not stand there."""
        if isinstance(self.part, Through):
            return Not(self.part.part).criteria(self.part.refer(refer))
        if not isinstance(self.part, Is):
            return None
        cells = refer(self.part.column)
        return tuple((cells, f'"<>{option}"') for option in self.part.options)


@dataclass(frozen=True, slots=True)
class Filled(Condition):
    """The column's cell is not blank."""

    column: str

    def holds(self, row: Row) -> bool:
        """Whether anything stands in the cell."""
        return row.get(self.column) not in {None, ""}

    def each(self, rows: Iterable[Row]) -> list[bool]:
        """Tell of each row whether anything stands in the cell."""
        return [value not in {None, ""} for value in column_of(rows, self.column)]

    def excel(self, refer: Refer) -> str:
        """Compare with the empty text."""
        return f'({refer(self.column)}<>"")'

    def words(self, labels: Labels) -> str:
        """“转化的帮扶措施”已填写."""
        return f"“{labels[self.column]}”已填写"

    def columns(self) -> tuple[str, ...]:
        """The one column."""
        return (self.column,)

    def criteria(self, refer: Refer) -> tuple[tuple[str, str], ...] | None:
        """One pair: not blank."""
        return ((refer(self.column), '"<>"'),)


@dataclass(frozen=True, slots=True)
class AtLeast(Condition):
    """The column's number is at least another column's number, or a fixed one."""

    column: str
    other: str | int

    def holds(self, row: Row) -> bool:
        """Whether both are numbers and the first is not the smaller one."""
        left = row.get(self.column)
        right = row.get(self.other) if isinstance(self.other, str) else self.other
        return (
            isinstance(left, int | Decimal) and isinstance(right, int | Decimal) and left >= right
        )

    def excel(self, refer: Refer) -> str:
        """Ask ISNUMBER on both sides, so that blank rows never count."""
        left = refer(self.column)
        if not isinstance(self.other, str):
            return f"(ISNUMBER({left})*({left}>={self.other})>0)"
        right = refer(self.other)
        return f"(ISNUMBER({left})*ISNUMBER({right})*({left}>={right})>0)"

    def words(self, labels: Labels) -> str:
        """“已落实经费”不小于“妇女人数”."""
        other = f"“{labels[self.other]}”" if isinstance(self.other, str) else str(self.other)
        return f"“{labels[self.column]}”不小于{other}"

    def columns(self) -> tuple[str, ...]:
        """Both columns."""
        return (self.column, self.other) if isinstance(self.other, str) else (self.column,)


@dataclass(frozen=True, slots=True)
class Every(Condition):
    """All of several conditions."""

    parts: tuple[Condition, ...]

    def holds(self, row: Row) -> bool:
        """Whether every part holds."""
        return all(part.holds(row) for part in self.parts)

    def among(self, rows: Iterable[Row]) -> list[Row]:
        """Sift the rows part by part."""
        left = rows
        for part in self.parts:
            left = part.among(left)
        return list(left)

    def excel(self, refer: Refer) -> str:
        """Multiply the parts."""
        return f"({'*'.join(part.excel(refer) for part in self.parts)}>0)"

    def words(self, labels: Labels) -> str:
        """Join the parts by 且."""
        return "且".join(part.words(labels) for part in self.parts)

    def columns(self) -> tuple[str, ...]:
        """The columns of all parts."""
        return tuple(column for part in self.parts for column in part.columns())

    def criteria(self, refer: Refer) -> tuple[tuple[str, str], ...] | None:
        """The pairs of all parts, None where one part has none."""
        pairs: list[tuple[str, str]] = []
        for part in self.parts:
            found = part.criteria(refer)
            if found is None:
                return None
            pairs += found
        return tuple(pairs)


@dataclass(frozen=True, slots=True)
class Through(Condition):
    """A condition on the row to which the reference in `by` points.

    Its columns are the lookups shown beside the sheet's own, named ``need.status``; a
    row is given their values by whoever reads it together with the other sheet.
    """

    by: str
    part: Condition

    def holds(self, row: Row) -> bool:
        """Whether the row pointed to meets the part."""
        return self.part.holds({name: row.get(f"{self.by}.{name}") for name in self.part.columns()})

    def each(self, rows: Iterable[Row]) -> list[bool]:
        """Ask the part about all rows pointed to at once."""
        names = [(name, f"{self.by}.{name}") for name in self.part.columns()]
        return self.part.each({name: row.get(spot) for name, spot in names} for row in rows)

    def excel(self, refer: Refer) -> str:
        """Ask the lookups."""
        return self.part.excel(self.refer(refer))

    def words(self, labels: Labels) -> str:
        """Say the part; `labels` name the lookups too."""
        return self.part.words({name: labels[f"{self.by}.{name}"] for name in self.part.columns()})

    def columns(self) -> tuple[str, ...]:
        """The lookups."""
        return tuple(f"{self.by}.{name}" for name in self.part.columns())

    def criteria(self, refer: Refer) -> tuple[tuple[str, str], ...] | None:
        """The part's pairs over the lookups."""
        return self.part.criteria(self.refer(refer))

    def refer(self, refer: Refer) -> Refer:
        """Give what finds the lookup of a column."""
        return lambda column: refer(f"{self.by}.{column}")


def where(column: str, *options: str) -> Condition:
    """Declare that `column` holds one of `options`."""
    return Is(column, options)
