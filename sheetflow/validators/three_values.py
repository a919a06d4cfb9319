"""True, false and unknown after Kleene, and figures of which only the bounds are known.

None is unknown: what cannot be read, is blank, or resolves to nothing. Columns come in and go out whole,
one value for each row. This module refuses to know rows, sheets and books.
"""

from __future__ import annotations

import datetime as dt
import operator
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, DecimalException
from types import MappingProxyType
from typing import Any

from sheetflow.lookalikes import plain, without_unseen
from sheetflow.schemas.parsing import Value

ENDLESS = Decimal("Infinity")


@dataclass(frozen=True, slots=True)
class Span:
    """A figure that lies somewhere from `low` to `high`."""

    low: int | Decimal
    high: int | Decimal

    @property
    def exact(self) -> Span | int | Decimal:
        """Itself, or the figure where there is no doubt."""
        return self.low if self.low == self.high else self


Known = Value | Span
"""What a term comes to in a row; None where that is unknown."""
Truth = bool | None
Figure = int | Decimal | Span


def both(columns: Sequence[Sequence[Truth]]) -> Sequence[Truth]:
    """Join columns of truths by 且: false beats unknown."""
    first, *others = columns
    for other in others:
        first = [
            False if a is False or b is False else None if a is None or b is None else True
            for a, b in zip(first, other, strict=True)
        ]
    return first


def either(columns: Sequence[Sequence[Truth]]) -> Sequence[Truth]:
    """Join columns of truths by 或: true beats unknown."""
    return negated(both([negated(column) for column in columns]))


def negated(column: Iterable[Truth]) -> list[Truth]:
    """Say 非 of each; unknown stays."""
    return [None if truth is None else not truth for truth in column]


_BETWEEN = re.compile(r"[\W_]+")


_BARE = re.compile("[0-9A-Z一-鿿]+")


def folded(text: str) -> str:
    """Give a text without what does not tell names and numbers apart: spaces, marks, width, case."""
    if _BARE.fullmatch(text):
        return text.casefold()
    bare = _BETWEEN.sub("", without_unseen(plain(text))).casefold()
    return bare or text


def same(left: Known, right: Known) -> Truth:
    """Whether two values are one; values of other kinds cannot be compared."""
    if left is None or right is None:
        return None
    if isinstance(left, str) and isinstance(right, str):
        return left == right or folded(left) == folded(right)
    if isinstance(left, tuple) and isinstance(right, tuple):
        return set(left) == set(right)
    if isinstance(left, Span) or isinstance(right, Span):
        return both([[ordered("<=", left, right)], [ordered(">=", left, right)]])[0]
    numbers = isinstance(left, int | Decimal) and isinstance(right, int | Decimal)
    return left == right if numbers or type(left) is type(right) else None


_SIGNS: Mapping[str, Callable[[Any, Any], bool]] = MappingProxyType(
    {"<": operator.lt, ">": operator.gt, "<=": operator.le, ">=": operator.ge}
)


def ordered(sign: str, left: Known, right: Known) -> Truth:
    """Compare two figures or two dates; what has bounds alone is told where they tell it."""
    compare = _SIGNS[sign]
    if isinstance(left, dt.date) and isinstance(right, dt.date):
        return compare(left, right)
    a, b = span_of(left), span_of(right)
    if a is None or b is None:
        return None
    least, most = (a.low, b.high), (a.high, b.low)
    told = {compare(*least), compare(*most)}
    return told.pop() if len(told) == 1 else None


def compared(sign: str, left: Sequence[Known], right: Sequence[Known]) -> Sequence[Truth]:
    """Compare two columns, row by row."""
    compare = _SIGNS[sign]
    try:  # nearly always all are of one kind
        return [
            None if a is None or b is None else compare(a, b)
            for a, b in zip(left, right, strict=True)
        ]
    except TypeError:
        return [ordered(sign, a, b) for a, b in zip(left, right, strict=True)]


def span_of(value: Known) -> Span | None:
    """Give the bounds of a figure; None of what is none."""
    if isinstance(value, Span):
        return value
    return Span(value, value) if isinstance(value, int | Decimal) else None


def reckoned(sign: str, left: Known, right: Known) -> Known:
    """Reckon with two figures, or with dates and days; unknown where that makes no sense."""
    if isinstance(left, dt.date) or isinstance(right, dt.date):
        return _in_days(sign, left, right)
    if sign != "/" and isinstance(left, int | Decimal) and isinstance(right, int | Decimal):
        return _OPERATIONS[sign](left, right)
    a, b = span_of(left), span_of(right)
    if a is None or b is None or (sign == "/" and b.low <= 0 <= b.high):
        return None
    ends = [(x, y) for x in (a.low, a.high) for y in (b.low, b.high)]
    try:
        results = [_OPERATIONS[sign](x, y) for x, y in ends]
    except DecimalException:  # nothing times without end
        return None
    return Span(min(results), max(results)).exact


_OPERATIONS: Mapping[str, Callable[[int | Decimal, int | Decimal], int | Decimal]] = (
    MappingProxyType(
        {
            "+": operator.add,
            "-": operator.sub,
            "*": operator.mul,
            "/": lambda above, below: Decimal(above) / below,
        }
    )
)


def _in_days(sign: str, left: Known, right: Known) -> Known:
    """Reckon with dates: the days between two, or the day some days on."""
    if isinstance(left, dt.date) and isinstance(right, dt.date):
        return (left - right).days if sign == "-" else None
    day, days = (left, right) if isinstance(left, dt.date) else (right, left)
    if not isinstance(day, dt.date) or not isinstance(days, int) or sign not in {"+", "-"}:
        return None
    if sign == "-" and day is right:
        return None
    try:
        return day + dt.timedelta(days=days if sign == "+" else -days)
    except OverflowError:
        return None
