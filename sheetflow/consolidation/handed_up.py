"""What is handed up of a unit with all below it as if it were one: sums and counts, what they compare with, its best words, as plain values.

It refuses to make or to use any of it: `nodes` makes it, books and reports use it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from sheetflow.consolidation.accepted import (
    Making,
)
from sheetflow.consolidation.states import BoardRow, Tally
from sheetflow.schemas.indicators import Number, Values


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Folded:
    """What is handed up of a unit with all below it as if it were one, for one period (`consolidation.nodes`).

    `values` are by indicator code; `newest` is when something of it was answered last, `as_of` likewise of the
    whole year so far, `digest` stands for all that it was made of. `former` and `former_current` are the codes of
    figures that are 按原口径. `levels` is the `tally` by level; `has_any`: something was accepted for the very period,
    `is_filled`: this year more than nil returns. `in_both` is None in the first period of a year. `counted` is of how
    many figures may stand in it, whether or not they must report, `is_in`: of somebody something of the very period.
    `findings` are how many there are (强制性, 核实性, 提示性, 已说明), `answers` how many answered what
    (`consolidation.answers`), `declared` what the unit states as its own totals. What was `made` otherwise was
    measured last by this `measurement` (0: nothing was).
    """

    values: Mapping[str, Values]
    tally: Tally
    newest: dt.datetime | None = None
    carried: bool = False
    former: frozenset[str] = frozenset()
    former_current: frozenset[str] = frozenset()
    digest: str = field(default="", compare=False)
    levels: Mapping[str, Tally] = field(default_factory=lambda: MappingProxyType({}))
    answers: Mapping[str, Mapping[str, int]] = field(default_factory=lambda: MappingProxyType({}))
    has_any: bool = False
    is_filled: bool = False
    in_both: InBoth | None = None
    words: Words = field(default_factory=Words)
    as_of: dt.datetime | None = None
    counted: int = 1
    is_in: bool = False
    findings: tuple[int, int, int, int] = (0, 0, 0, 0)
    declared: tuple[tuple[str, Number], ...] = ()
    measurement: int = 0
    made: Mapping[str, Making] = field(default_factory=lambda: MappingProxyType({}))
    row: BoardRow | None = None
    """How the unit itself stands, where nobody else there must report: then it is no group."""
