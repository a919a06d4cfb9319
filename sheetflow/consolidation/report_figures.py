"""The figures of a finished report, as plain values: what each is, where it stands, what it is made of.

It refuses to find or to word them: the report is filled and its sentences are read elsewhere.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from sheetflow.consolidation.report_data import Number, Way


def exact(value: Number) -> Decimal:
    """Give `value` as people see it: the float 0.1 is 0.1."""
    return value if isinstance(value, Decimal) else Decimal(str(value))


@dataclass(frozen=True, slots=True)
class Made:
    """What a share or a comparison was reckoned from, and how."""

    way: Way
    one: Number | None
    two: Number | None

    @property
    def value(self) -> Number | None:
        """What it comes to; None where there is none."""
        if self.one is None or self.two is None:
            return None
        one, two = exact(self.one), exact(self.two)
        if self.way is Way.DIFFERENCE:
            return one - two
        if not two:
            return None
        return (one if self.way is Way.SHARE else one - two) / two


@dataclass(frozen=True, slots=True)
class UsedFigure:
    """One figure as it stands in the report; `value` None where a word stands instead.

    `name` is what the template calls it, `text` how it is printed, `source` where it comes from in
    words.
    """

    name: str
    code: str
    label: str
    unit: str
    period: str
    value: Number | None
    measure: str
    text: str
    made: Made | None = None
    source: str = ""


@dataclass(frozen=True, slots=True)
class Standing:
    """A figure where it stands: from `start` to `end` of its sentence."""

    start: int
    end: int
    used: UsedFigure


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence of the prose with the figures in it, or a row of a table that holds figures.

    `part` are the headings above it. A row's `text` are its cells, one after the other.
    """

    part: str
    text: str
    figures: tuple[Standing, ...]
    is_table: bool = False


def once_each(sentences: tuple[Sentence, ...]) -> tuple[UsedFigure, ...]:
    """Give the figures that stand in `sentences` in their order, each way of writing one once."""
    found: dict[tuple[str, str, str], UsedFigure] = {}
    for sentence in sentences:
        for each in sentence.figures:
            found.setdefault((each.used.name, each.used.unit, each.used.text), each.used)
    return tuple(found.values())
