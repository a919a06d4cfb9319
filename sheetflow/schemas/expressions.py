"""Expressions of the declaration language, as values: what `language` reads, checks and prints.

In a declaration they name sheets and columns by key, figures by code; as they are read from text, and
before they are printed, by what people call them. This module owns the shape alone.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum


class Scope(StrEnum):
    """Whose cell is meant: of the row, of the row in the last accepted period, of the row looked at."""

    ROW = "row"
    BEFORE = "before"
    LOOKED_AT = "looked_at"


class Expression:
    """One of the kinds below. `at` is where it begins in its text, from 1; 0 where there is none."""

    @property
    def parts(self) -> tuple[Expression, ...]:
        """The expressions that it consists of."""
        match self:
            case Call(_, parts) | Joined(_, parts):
                return parts
            case Operation(_, left, right):
                return (left, right)
            case Not(part) | Minus(part):
                return (part,)
        return ()

    def each(self) -> Iterator[Expression]:
        """Give it and all that stands in it, from left to right."""
        yield self
        for part in self.parts:
            yield from part.each()


def _at() -> int:
    return field(default=0, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Literal(Expression):
    """A number, a text or a truth."""

    value: int | Decimal | str | bool
    at: int = _at()


@dataclass(frozen=True, slots=True)
class Options(Expression):
    """Several texts: ``{"在办","已办结"}``."""

    words: tuple[str, ...]
    at: int = _at()


@dataclass(frozen=True, slots=True)
class Cell(Expression):
    """A cell: ``[column]``, ``[column].[of]`` through a reference, ``card[column]``."""

    column: str
    of: str = ""
    scope: Scope = Scope.ROW
    card: str = ""
    at: int = _at()


@dataclass(frozen=True, slots=True)
class OwnCell(Expression):
    """本栏: the cell that a rule points to, each in turn."""

    at: int = _at()


@dataclass(frozen=True, slots=True)
class Name(Expression):
    """A sheet or an indicator by name, as its place tells."""

    name: str
    at: int = _at()


@dataclass(frozen=True, slots=True)
class Call(Expression):
    """A function of the language with its arguments."""

    function: str
    arguments: tuple[Expression, ...] = ()
    at: int = _at()


@dataclass(frozen=True, slots=True)
class Not(Expression):
    """非."""

    part: Expression
    at: int = _at()


@dataclass(frozen=True, slots=True)
class Minus(Expression):
    """A number's negative."""

    part: Expression
    at: int = _at()


@dataclass(frozen=True, slots=True)
class Joined(Expression):
    """Two or more truths joined by 且 or 或 (`word`)."""

    word: str
    joined: tuple[Expression, ...]
    at: int = _at()


@dataclass(frozen=True, slots=True)
class Operation(Expression):
    """Two expressions with a sign between them: = <> < > <= >= + - * /."""

    sign: str
    left: Expression
    right: Expression
    at: int = _at()
