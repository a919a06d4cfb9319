"""What a unit handed in, as plain values: what counts of it, what became of it, and how figures were made then.

The service takes these from the store; `consolidation.books` asks them.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from types import MappingProxyType

from sheetflow.consolidation.gists import Gist
from sheetflow.consolidation.states import HandedIn
from sheetflow.periods import Period
from sheetflow.schemas.forms import Form
from sheetflow.schemas.indicators import Figures, Indicator, Ratio
from sheetflow.schemas.parsing import Value
from sheetflow.schemas.review import Passing
from sheetflow.schemas.sheets import Kind
from sheetflow.units import Unit

Making = tuple[str, ...]
"""How a figure is made from measured ones: how it adds up over periods; of a ratio, its parts."""


@dataclass(frozen=True, slots=True)
class ExplanationRow:
    """One answer to a 核实性 finding, gone up with the data."""

    unit: Unit
    receipt: str
    number: str
    place: str
    wrong: str
    explanation: str
    about: tuple[str, str] = field(default=("", ""), repr=False)
    """The sheet and the column of the finding, by their keys: what the place says in words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Accepted:
    """A unit's accepted submission that counts for one period.

    `judgement` numbers the judgement that it stands on: a submission may be judged anew.
    `handed_in` is when the file came in. `figures` are by the measurement of that number, done
    at `measured_at`; `former` are the codes of those that are not by the declaration in force
    (按原口径), or that it asks for and nobody measured. `made` says of those that were
    made otherwise from measured ones how.
    """

    unit_id: str
    period: str
    receipt: str
    figures: Figures
    file_name: str
    sha256: str
    accepted_at: dt.datetime
    handed_in: dt.datetime | None = None
    nil: bool = False
    late: bool = False
    explanations: tuple[ExplanationRow, ...] = ()
    judgement: int = 0
    measurement: int = 0
    measured_at: dt.datetime | None = None
    former: tuple[str, ...] = ()
    made: Mapping[str, Making] = field(default_factory=lambda: MappingProxyType({}), repr=False)
    must: int = 0
    verify: int = 0
    note: int = 0
    version: int = field(default=0, repr=False)
    """Of the form, 0 where nobody knows. It follows from the judgement: nothing else stands on it."""
    gist: Gist = field(default=Gist(), repr=False)
    """What its cards say in short; of the books' own period only. It follows from the judgement."""
    passing: Passing = field(default=Passing.NONE, repr=False)
    """How the 验收 of the unit directly above stands."""
    files: str = field(default="", repr=False)
    """How many files its cells name, and how many of them are missing: 3件，缺1件. It follows from that, too."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """A unit's newest submission for one period, whatever became of it.

    `last` is the outcome of the very last one that was not refused, where that is another one.
    """

    outcome: str
    receipt: str
    answered_at: dt.datetime
    late: bool = False
    must: int = 0
    verify: int = 0
    note: int = 0
    last: str = ""
    first_in: HandedIn | None = field(default=None, repr=False)
    """The unit's first workbook for the period, and its newest; nothing is added up by them."""
    latest_in: HandedIn | None = field(default=None, repr=False)


UnitAndPeriod = tuple[str, str]
RowsOf = Callable[
    [str, Sequence[Accepted]], Iterable[tuple[Accepted, Sequence[Mapping[str, Value]]]]
]
"""Gives the rows of one sheet for each of these submissions, in order, one at a time."""


@dataclass(frozen=True, slots=True)
class Matters:
    """What the rows of a submission say of whom, row by row.

    `digests` stand for the persons, `keys` are the rows' merged keys, `words` the matters.
    """

    digests: Sequence[str] = ()
    keys: Sequence[str] = ()
    words: Sequence[str] = ()


def made_by(form: Form) -> dict[str, Making]:
    """Give how each figure of a form is made from what is measured."""
    return {one.code: (form.kinds[one.code].value, *parts_of(one)) for one in form.indicators}


def parts_of(indicator: Indicator) -> tuple[str, ...]:
    """Give the codes of what a ratio divides; of others nothing."""
    source = indicator.source
    return (source.numerator, source.denominator) if isinstance(source, Ratio) else ()


def made_then(period: Period, accepted: Mapping[UnitAndPeriod, Accepted]) -> Mapping[str, Making]:
    """Give what was made otherwise when this very period was measured last.

    Of what is measured anew there is nothing: these are of a period that is closed (原口径).
    """
    kept = [entry for (_, name), entry in accepted.items() if name == period.period_id]
    others = [entry for entry in kept if entry.made]
    return max(others, key=lambda entry: entry.measurement).made if others else {}


def with_making(form: Form, made: Mapping[str, Making]) -> Form:
    """Give the form with these figures made so, ratios where it still has the parts."""
    known: dict[str, Indicator] = {}
    for one in form.indicators:
        kind, *parts = made.get(one.code, (form.kinds[one.code].value, *parts_of(one)))
        there = all(part in known and not known[part].is_ratio for part in parts)
        if one.is_ratio and parts and there:
            known[one.code] = replace(one, source=Ratio(*parts))
        elif not (one.is_ratio or parts or kind == form.kinds[one.code].value):
            known[one.code] = replace(one, by=Kind(kind))
        else:
            known[one.code] = one
    indicators = tuple(known.values())
    return form if indicators == form.indicators else replace(form, indicators=indicators)
