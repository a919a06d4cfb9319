"""The grammar, and what makes an expression of a text that follows it.

This module alone knows lark, and is imported when the first text is read: who only judges workbooks
never pays for it.
"""

from __future__ import annotations

from decimal import Decimal

from lark import Lark, Token, Transformer

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
from sheetflow.schemas.language.marks import ALIASES, FAR, LABEL, NO_MORE, STRING, TITLE, WORD

GRAMMAR = rf"""
?start: either
?either: both | both (_OR both)+
?both: neg | neg (_AND neg)+
?neg: compared | NOT neg -> negated
?compared: sum | sum SIGN sum -> operation
?sum: term | sum (PLUS | MINUS) term -> operation
?term: factor | term TIMES factor -> operation
?factor: atom | MINUS factor -> minus
?atom: NUMBER -> number
    | STRING -> text
    | TRUTH -> truth
    | OWN -> own
    | (WORD | TITLE) -> name
    | LABEL (_DOT LABEL)* -> cell
    | (WORD | TITLE) LABEL (_DOT LABEL)* -> scoped_cell
    | _LBRACE STRING (_COMMA STRING)* _RBRACE -> options
    | WORD _LPAR [either (_COMMA either)*] _RPAR -> call
    | _LPAR either _RPAR

_OR.3: /或|or{NO_MORE}/i
_AND.3: /且|and{NO_MORE}/i
NOT.3: /非|not{NO_MORE}/i
TRUTH.3: /(真|假|true|false){NO_MORE}/i
OWN.3: /本栏{NO_MORE}/
SIGN: ">=" | "<=" | "<>" | "=" | "<" | ">" | "≥" | "≤" | "≠"
PLUS: "+"
MINUS: "-"
TIMES: "*" | "/"
NUMBER: /[0-9]+(\.[0-9]+)?( *%)?/
STRING: /{STRING}/
LABEL: /{LABEL}/
TITLE: /{TITLE}/
WORD: /{WORD}/
_LPAR: "("
_RPAR: ")"
_LBRACE: "{{"
_RBRACE: "}}"
_COMMA: ","
_DOT: "."
%ignore " "
"""

_SIGNS = {"≥": ">=", "≤": "<=", "≠": "<>"}
_SCOPES = {"上期": Scope.BEFORE, "本行": Scope.LOOKED_AT}


class _Made(Transformer[Token, Expression]):
    """Makes an expression of each part of a text as soon as it is read."""

    def either(self, parts: list[Expression]) -> Expression:
        return Joined("或", tuple(parts), at=_at(parts[0]))

    def both(self, parts: list[Expression]) -> Expression:
        return Joined("且", tuple(parts), at=_at(parts[0]))

    def negated(self, parts: tuple[Token, Expression]) -> Expression:
        return Not(parts[1], at=_at(parts[0]))

    def minus(self, parts: tuple[Token, Expression]) -> Expression:
        return Minus(parts[1], at=_at(parts[0]))

    def operation(self, parts: tuple[Expression, Token, Expression]) -> Expression:
        left, sign, right = parts
        return Operation(_SIGNS.get(sign, str(sign)), left, right, at=_at(left))

    def number(self, parts: list[Token]) -> Expression:
        digits = parts[0].rstrip("% ")
        value = Decimal(digits) if "." in digits else int(digits)
        if parts[0].endswith("%"):
            value = Decimal(digits).scaleb(-2)
        return Literal(value, at=_at(parts[0]))

    def text(self, parts: list[Token]) -> Expression:
        return Literal(str(parts[0][1:-1]), at=_at(parts[0]))

    def truth(self, parts: list[Token]) -> Expression:
        return Literal(parts[0].upper() in {"真", "TRUE"}, at=_at(parts[0]))

    def own(self, parts: list[Token]) -> Expression:
        return OwnCell(at=_at(parts[0]))

    def name(self, parts: list[Token]) -> Expression:
        return Name(_bare(parts[0]), at=_at(parts[0]))

    def cell(self, parts: list[Token]) -> Expression:
        column, *through = map(_bare, parts)
        return Cell(column, FAR.join(through), at=_at(parts[0]))

    def scoped_cell(self, parts: list[Token]) -> Expression:
        column, *through = map(_bare, parts[1:])
        scope = _SCOPES.get(str(parts[0]), Scope.ROW)
        card = "" if scope is not Scope.ROW else _bare(parts[0])
        return Cell(column, FAR.join(through), scope, card, at=_at(parts[0]))

    def options(self, parts: list[Token]) -> Expression:
        return Options(tuple(str(part[1:-1]) for part in parts), at=_at(parts[0]) - 1)

    def call(self, parts: list[Expression | Token]) -> Expression:
        word, *arguments = parts
        name = ALIASES.get(str(word).upper(), str(word))
        given = tuple(each for each in arguments if isinstance(each, Expression))
        return Call(name, given, at=_at(word))


def _bare(token: Token) -> str:
    """Take the brackets off a label or a title."""
    return str(token if token.type == "WORD" else token[1:-1]).strip()


def _at(part: Expression | Token) -> int:
    if isinstance(part, Token):
        return (part.start_pos or 0) + 1
    return int(getattr(part, "at", 0))


READER = Lark(GRAMMAR, parser="lalr", transformer=_Made(), maybe_placeholders=False)
"""Reads a text with half-width marks; raises what lark raises of a text that does not follow."""
