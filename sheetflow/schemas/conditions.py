"""Rows, and conditions on the plain columns of one row.

A condition is one expression with three readings: does it hold for a row (Python),
what is it as an Excel formula (over one cell or a whole range), and how is it said
in Chinese. It refuses anything that needs another row or sheet.
"""

from __future__ import annotations

import datetime as dt
import operator
import re
import typing
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from itertools import chain, compress, repeat
from types import MappingProxyType, UnionType
from typing import ClassVar

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


Other = str | int | Decimal
"""What a number is compared with: another column by key, or a number."""

_SIGNS = MappingProxyType({">=": "不小于", ">": "大于", "<": "小于", "<=": "不大于", "=": "等于"})
_COMPARE: Mapping[str, Callable[[typing.Any, typing.Any], bool]] = MappingProxyType(
    {">=": operator.ge, ">": operator.gt, "<": operator.lt, "<=": operator.le, "=": operator.eq}
)

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

    def each(  # noqa: PLR0911 - one for each kind
        self, rows: Sequence[Row]
    ) -> list[bool]:
        """Tell of each of `rows` whether it meets the condition."""
        match self:
            case Is(column, options):
                return [value in options for value in column_of(rows, column)]
            case Filled(column):
                return [value not in {None, ""} for value in column_of(rows, column)]
            case AtLeast(column, other) | Compared(column, _, other):
                return _compared(rows, column, self.sign, other)
            case Not(part):
                return [not holds for holds in part.each(rows)]
            case Every(parts):
                return list(map(all, zip(*(part.each(rows) for part in parts), strict=True)))
            case Any(parts):
                return list(map(any, zip(*(part.each(rows) for part in parts), strict=True)))
            case Through(by, part):
                names = [(name, f"{by}.{name}") for name in part.columns()]
                return part.each([{name: row.get(shown) for name, shown in names} for row in rows])
        raise NotImplementedError

    def columns(self) -> tuple[str, ...]:
        """The columns looked at."""
        match self:
            case Is(column) | Filled(column):
                return (column,)
            case AtLeast(column, other) | Compared(column, _, other):
                return (column, other) if isinstance(other, str) else (column,)
            case Not(part):
                return part.columns()
            case Every(parts) | Any(parts):
                return tuple(chain.from_iterable(part.columns() for part in parts))
            case Through(by, part):
                return tuple(f"{by}.{name}" for name in part.columns())
        raise NotImplementedError

    def words(  # noqa: C901 - one for each kind
        self, labels: Mapping[str, str]
    ) -> str:
        """Say the condition in Chinese; `labels` name the columns, and lookups too."""
        match self:
            case Is(column, options):
                said = f"“{labels[column]}”为{'或'.join(options)}"
            case Filled(column):
                said = f"“{labels[column]}”已填写"
            case AtLeast(column, other) | Compared(column, _, other):
                said = f"“{labels[column]}”{_SIGNS[self.sign]}{_other(other, labels)}"
            case Not(Is(column, options)):
                said = f"“{labels[column]}”不为{'或'.join(options)}"
            case Not(Compared(column, "=", other)):
                said = f"“{labels[column]}”不等于{_other(other, labels)}"
            case Not(Through(by, part)):
                said = Through(by, Not(part)).words(labels)
            case Not(part):
                said = f"不满足{_within(part, labels, Every | Any)}"
            case Every(parts):
                said = "且".join(_within(part, labels, Any) for part in parts)
            case Any(parts):
                said = "或".join(_within(part, labels, Every) for part in parts)
            case Through(by, part):
                said = part.words({name: labels[f"{by}.{name}"] for name in part.columns()})
            case _:
                raise NotImplementedError
        return said

    def excel(  # noqa: PLR0911 - one for each kind
        self, refer: Refer
    ) -> str:
        """Give an Excel expression that is TRUE where the condition holds."""
        match self:
            case Is(column, options):
                tests = [_equals(refer(column), option) for option in options]
                return tests[0] if len(tests) == 1 else f"(({'+'.join(tests)})>0)"
            case Filled(column):
                return f'({refer(column)}<>"")'
            case AtLeast(column, other) | Compared(column, _, other):
                return self._numeric(refer, column, self.sign, other)
            case Not(part):
                return f"({part.excel(refer)}=FALSE)"
            case Every(parts):
                return f"({'*'.join(part.excel(refer) for part in parts)}>0)"
            case Any(parts):
                return f"(({'+'.join(part.excel(refer) for part in parts)})>0)"
            case Through(by, part):
                return part.excel(lambda column: refer(f"{by}.{column}"))
        raise NotImplementedError

    def _numeric(self, refer: Refer, column: str, sign: str, other: Other) -> str:
        """Compare in Excel: ISNUMBER on both sides, so that blank rows never count."""
        numbers = "*".join(f"ISNUMBER({refer(name)})" for name in self.columns())
        beside = (
            refer(other)
            if isinstance(other, str)
            else format(other, "f" if isinstance(other, Decimal) else "")
        )
        return f"({numbers}*({refer(column)}{sign}{beside})>0)"

    def criteria(  # noqa: PLR0911 - one for each kind
        self, refer: Refer
    ) -> tuple[tuple[str, str], ...] | None:
        """Give (range, criterion) pairs for COUNTIFS, None where one must use SUMPRODUCT."""
        match self:
            case Is(column, (option,)) if _is_plain(option):
                return ((refer(column), _criterion(option)),)
            case Filled(column):
                return ((refer(column), '"<>"'),)
            case Not(Is(column, options)) if all(map(_is_plain, options)):
                return tuple((refer(column), _criterion(option, "<>")) for option in options)
            case Not(Through(by, part)):
                return Through(by, Not(part)).criteria(refer)
            case Every(parts):
                found = [part.criteria(refer) for part in parts]
                return None if None in found else tuple(chain(*filter(None, found)))
            case Through(by, Is() | Not(Is()) as part):
                return part.criteria(lambda column: refer(f"{by}.{column}"))
        return None  # "<>" would count a formula that shows nothing, too

    def __and__(self, other: Condition) -> Condition:
        return Every((self, other))

    def __or__(self, other: Condition) -> Condition:
        return Any((self, other))


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
    """The column's number or date is at least another column's, or a fixed number."""

    column: str
    other: Other
    sign: ClassVar[str] = ">="


@dataclass(frozen=True, slots=True)
class Compared(Condition):
    """The column's number or date stands in that relation (``< > <= =``) to another column's, or to a number."""

    column: str
    sign: str
    other: Other


@dataclass(frozen=True, slots=True)
class Not(Condition):
    """Another condition does not hold (a blank cell included)."""

    part: Condition


@dataclass(frozen=True, slots=True)
class Every(Condition):
    """All of several conditions."""

    parts: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class Any(Condition):
    """At least one of several conditions."""

    parts: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class Through(Condition):
    """A condition on the row to which the reference in `by` points, by lookups: ``need.status``."""

    by: str
    part: Condition


def _compared(rows: Sequence[Row], column: str, sign: str, other: Other) -> list[bool]:
    """Compare numbers with numbers and days with days; what is neither meets nothing."""
    meets = _COMPARE[sign]
    beside = column_of(rows, other) if isinstance(other, str) else repeat(other)
    return [
        (
            (isinstance(value, int | Decimal) and isinstance(least, int | Decimal))
            or (isinstance(value, dt.date) and isinstance(least, dt.date))
        )
        and meets(value, least)
        for value, least in zip(column_of(rows, column), beside, strict=False)
    ]


def _other(other: Other, labels: Mapping[str, str]) -> str:
    return f"“{labels[other]}”" if isinstance(other, str) else str(other)


def _within(part: Condition, labels: Mapping[str, str], kinds: type | UnionType) -> str:
    """Say a part, in brackets where it would run into what stands around it."""
    said = part.words(labels)
    return f"（{said}）" if isinstance(part, kinds) else said


_LONGEST_CRITERION = 120
"""So that all its characters may be escaped, and it is no longer than Excel takes."""


def _is_plain(option: str) -> bool:
    """Whether Excel's = and its criteria mean this very word.

    They know no capitals, and make a number or a day of digits.
    """
    same_in_capitals = option.lower() == option.upper() and len(option) <= _LONGEST_CRITERION
    return same_in_capitals and not any(map(str.isdigit, option))


def _equals(cell: str, option: str) -> str:
    word = option.replace('"', '""')
    return f'({cell}="{word}")' if _is_plain(option) else f'EXACT({cell}&"","{word}")'


def _criterion(option: str, sign: str = "") -> str:
    """Write a word as a criterion that means itself: ``*``, ``?`` and ``~`` are no wildcards in it."""
    word = re.sub(r"([*?~])", r"~\1", option).replace('"', '""')
    if not sign and word.startswith(("=", "<", ">")):
        sign = "="
    return f'"{sign}{word}"'


def where(column: str, *options: str) -> Condition:
    """Declare that `column` holds one of `options`."""
    return Is(column, options)
