"""What is handed up of a unit with all below it beside its sums: what they compare with, as plain values.

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
