"""An expression as text: what it is printed to is read as the same.

This module owns brackets, spaces and quotes; what a thing is called stands in the expression (`names`).
"""

from __future__ import annotations

from decimal import Decimal

from sheetflow.errors import DeclarationError
from sheetflow.schemas.expressions import (
    Call,
    Cell,
    Expression,
    Joined,
    Literal,
    Minus,
    Name,
    Not,
    Operation,
    Options,
    OwnCell,
    Scope,
)
from sheetflow.schemas.language.marks import is_plain, quoted

_EITHER, _BOTH, _NOT, _COMPARED, _SUM, _TERM, _FACTOR, _ATOM = range(8)
"""How closely the parts of an expression hold together, the loosest first."""

_HOLDS = {"或": _EITHER, "且": _BOTH, "+": _SUM, "-": _SUM, "*": _TERM, "/": _TERM}
_SCOPES = {Scope.BEFORE: "上期", Scope.LOOKED_AT: "本行"}


def show(expression: Expression) -> str:  # noqa: PLR0911 - one for each kind
    """Print an expression; raise DeclarationError for a text that no quotes can hold."""
    match expression:
        case Joined(word, parts):
            level = _HOLDS[word]
            return f" {word} ".join(_within(part, level + 1) for part in parts)
        case Not(part):
            return f"非 {_within(part, _NOT)}"
        case Operation(sign, left, right) if sign in _HOLDS:
            level = _HOLDS[sign]
            return f"{_within(left, level)}{sign}{_within(right, level + 1)}"
        case Operation(sign, left, right):
            return f"{_within(left, _SUM)}{sign}{_within(right, _SUM)}"
        case Minus(part):
            return f"-{_within(part, _FACTOR)}"
        case Call(function, arguments):
            return f"{function}({', '.join(map(show, arguments))})"
    return _atom(expression)


def named(title: str) -> str:
    """Write the name of a sheet or of an indicator, in 《》 where it is no plain word."""
    return title if is_plain(title) else f"《{title}》"


def in_quotes(text: str) -> str:
    """Write a text in quotes; raise DeclarationError where none can hold it."""
    written = quoted(text)
    if written is None:
        raise DeclarationError(f"“{text}”里两种引号都有，写不进式子：请改掉一种引号。")
    return written


def _within(part: Expression, least: int) -> str:
    return show(part) if _level(part) >= least else f"({show(part)})"


def _level(expression: Expression) -> int:
    match expression:
        case Joined(word, _) | Operation(word, _, _) if word in _HOLDS:
            return _HOLDS[word]
        case Operation():
            return _COMPARED
        case Not():
            return _NOT
        case Minus():
            return _FACTOR
    return _ATOM


def _atom(expression: Expression) -> str:  # noqa: PLR0911 - one for each kind
    match expression:
        case Literal(bool(value)):
            return "真" if value else "假"
        case Literal(str(value)):
            return in_quotes(value)
        case Literal(value):
            return format(value, "f") if isinstance(value, Decimal) else str(value)
        case Options(words):
            return f"{{{','.join(map(in_quotes, words))}}}"
        case Cell(column, of, scope, card):
            front = _SCOPES.get(scope, named(card) if card else "")
            return f"{front}[{column}]" + (f".[{of}]" if of else "")
        case OwnCell():
            return "本栏"
        case Name(name):
            return named(name)
    raise NotImplementedError
