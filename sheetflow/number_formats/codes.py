"""Takes a format code apart: its sections, and the section that applies to a value."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from types import MappingProxyType

_TOKEN = re.compile(
    r"""
    "(?P<quoted>[^"]*)"?
    | [\\!](?P<escaped>.?)
    | _(?P<gap>.?)
    | \*(?P<fill>.?)
    | \[(?P<bracket>[^\]]*)\]?
    | (?P<section>;)
    | (?P<general>general|G/通用格式)
    | (?P<noon>上午/下午|am/pm|a/p)
    | (?P<exponent>e[+-])
    | (?P<date>y+|m+|d+|h+|s+|e+|g+|b+|a{3,4})
    | (?P<digit>[0\#?])
    | (?P<point>\.)
    | (?P<comma>,)
    | (?P<percent>%)
    | (?P<text>@)
    | (?P<literal>.)
    """,
    re.VERBOSE | re.IGNORECASE | re.DOTALL,
)
_CONDITION = re.compile(r"(<=|>=|<>|<|>|=)\s*(-?\d+(?:\.\d+)?)")
_ELAPSED = re.compile(r"h+|m+|s+", re.IGNORECASE)
_HOLDS: Mapping[str, Callable[[Decimal, Decimal], bool]] = MappingProxyType(
    {"<": operator.lt, "<=": operator.le, ">": operator.gt}
    | {">=": operator.ge, "=": operator.eq, "<>": operator.ne}
)
_MOST_SECTIONS = 4
_LONGEST = 255
"""Office programs take no longer code."""

Token = tuple[str, str]
"""What a piece of a code is (the names of `_TOKEN`; every literal is one), and its text."""


@dataclass(frozen=True, slots=True)
class Section:
    """One section of a code: the values it is for, if it says so, and its pieces."""

    condition: tuple[str, Decimal] | None
    tokens: tuple[Token, ...]

    def has(self, *kinds: str) -> bool:
        """Whether a piece of one of these kinds stands in it."""
        return any(kind in kinds for kind, _ in self.tokens)

    @property
    def shape(self) -> str:
        """A letter for each piece: 0 a place, G for General, p a word with a point, x other words."""
        named = {"digit": "0", "general": "G", "point": ".", "comma": ","}
        return "".join(
            named.get(kind, "p" if kind == "literal" and "." in text else "x")
            for kind, text in self.tokens
        )

    @property
    def literal(self) -> str:
        """The words of the section, run together."""
        return "".join(text for kind, text in self.tokens if kind == "literal")

    def holds(self, value: Decimal) -> bool:
        """Whether `value` meets the section's condition; False where it has none."""
        if self.condition is None:
            return False
        sign, limit = self.condition
        return _HOLDS[sign](value, limit)


GENERAL = Section(None, (("general", ""),))
AS_TYPED = Section(None, (("text", "@"),))


@lru_cache(maxsize=512)
def sections_of(code: str) -> tuple[Section, ...]:
    """Take a code apart; a code of more sections than there can be says nothing."""
    sections: list[Section] = []
    condition: tuple[str, Decimal] | None = None
    tokens: list[Token] = []
    for match in _TOKEN.finditer(code[:_LONGEST]):
        kind = match.lastgroup or "literal"
        text = match[kind]
        if kind == "section":
            sections.append(Section(condition, tuple(tokens)))
            condition, tokens = None, []
        elif kind == "bracket":
            if found := _CONDITION.fullmatch(text.strip()):
                condition = (found[1], Decimal(found[2]))
            elif _ELAPSED.fullmatch(text):
                tokens.append(("date", text))
            elif text.startswith("$"):
                tokens.append(("literal", text[1:].partition("-")[0]))
        elif kind in ("quoted", "escaped", "literal"):
            tokens.append(("literal", text))
        elif kind not in ("gap", "fill"):
            tokens.append((kind, text))
    sections.append(Section(condition, tuple(tokens)))
    return tuple(sections) if len(sections) <= _MOST_SECTIONS else (GENERAL,)


def section_for(code: str, value: Decimal | None) -> Section:
    """Give the section that applies to a number, or to a text (None)."""
    sections = sections_of(code)
    numeric = sections[: _MOST_SECTIONS - 1]
    if len(sections) < _MOST_SECTIONS and sections[-1].has("text"):
        numeric = sections[:-1]
    if value is None:
        return sections[-1] if len(numeric) < len(sections) else AS_TYPED
    if not numeric:  # a code for texts alone shows a number as if it were one
        as_number = {"text": ("general", "")}
        return Section(None, tuple(as_number.get(token[0], token) for token in sections[-1].tokens))
    if any(section.condition for section in numeric[:2]):
        met = (section for section in numeric[:2] if section.holds(value))
        return next(met, next((last for last in reversed(numeric) if not last.condition), GENERAL))
    sign = 0 if value > 0 else 1 if value < 0 else 2
    return numeric[sign] if sign < len(numeric) else numeric[0]
