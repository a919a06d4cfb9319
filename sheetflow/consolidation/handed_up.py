"""What is handed up of a unit with all below it beside its sums: what they compare with, its best words, as plain values.

It refuses to make or to use any of it: `nodes` makes it, books and reports use it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from sheetflow.schemas.indicators import Values


@dataclass(frozen=True, slots=True, kw_only=True)
class InBoth:
    """The units that reported in a period and in the one before, added up in either (`consolidation.comparison`).

    `is_all`: everybody who had to report did in both. `gone` had to report then and nobody of these answers for
    them now, `come` are those that these answer for and that were counted elsewhere then.
    """

    number: int = 0
    now: Mapping[str, Values] = field(default_factory=lambda: MappingProxyType({}))
    then: Mapping[str, Values] = field(default_factory=lambda: MappingProxyType({}))
    is_all: bool = True
    gone: frozenset[str] = frozenset()
    come: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What a unit told: a text to quote, a story with its `title`, or a sentence that asks under its heading.

    Texts come cut; `length` is that of the whole, `sketch` tells which are alike (`consolidation.gists`). `place`
    and `turn` are its places in the order of units and among those that tell in turns. `is_own`: others below the
    unit report too.
    """

    unit: str
    text: str
    title: str = ""
    length: int = 0
    sketch: bytes = b""
    place: int = 0
    turn: int = 0
    is_own: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """The best words of a unit and all below it: those to quote by column, stories, and what asks for something.

    `all_asked` is how many sentences ask; only the first of them are told.
    """

    quotes: Mapping[str, tuple[Told, ...]] = field(default_factory=lambda: MappingProxyType({}))
    stories: tuple[Told, ...] = ()
    asked: tuple[Told, ...] = ()
    all_asked: int = 0

    @property
    def units(self) -> frozenset[str]:
        """Whose words they are."""
        told = (*(each for some in self.quotes.values() for each in some), *self.stories)
        return frozenset(each.unit for each in (*told, *self.asked))
