"""What a report compares this period with: the last one, over the units that reported in both (同口径).

A nil return is a report; what is 沿用 is none. A unit that has taken others over since is compared with
what they and it reported then. What counts units themselves (应报, 已报) is compared as a whole.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sheetflow.consolidation.books import Books
from sheetflow.consolidation.contents import Statistics
from sheetflow.consolidation.figures import add_up
from sheetflow.schemas.indicators import Number, Ratio, Values
from sheetflow.schemas.sheets import Kind
from sheetflow.units import Unit

Pair = tuple[Number, Number]
"""This period's figure and the last one's."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """The two figures that each indicator is compared by.

    `units` are those that report now and are compared; `is_whole`: they, and those they answer for, are
    all that had to report below `unit` in either period, so that nothing need be said of it.
    """

    pairs: Mapping[str, Pair]
    units: tuple[Unit, ...]
    is_whole: bool


def compare_periods(
    books: Books, before: Books, unit: Unit, now: Statistics, then: Statistics
) -> Comparison:
    """Compare `unit`'s period with the one before; `now` and `then` are the figures of all."""
    were = {one.unit_id: _then(books, before, one) for one in books.expected(unit)}
    both = tuple(
        one
        for one in books.expected(unit)
        if books.for_period(one.unit_id)
        and were[one.unit_id]
        and all(before.for_period(old.unit_id) for old in were[one.unit_id])
    )
    olds = [old for one in both for old in were[one.unit_id]]
    is_whole = len(both) == len(were) and set(olds) == set(before.expected(unit))
    total, last = now.total, then.total
    if not is_whole:
        total = add_up(books.form, [books.own_figures(one) for one in both])
        last = add_up(books.form, [before.own_figures(old) for old in olds])
    pairs = {}
    for indicator in now.indicators:
        code = indicator.code
        counts_units = not indicator.is_ratio and indicator.source.when_absent is not None
        one, two = (now.total, then.total) if counts_units else (total, last)
        by_end = isinstance(indicator.source, Ratio) or books.form.kinds[code] is Kind.STOCK
        pairs[code] = (_figure(one[code], by_end=by_end), _figure(two[code], by_end=by_end))
    return Comparison(pairs, both, is_whole)


def _figure(values: Values, *, by_end: bool) -> Number:
    return values.total if by_end else values.current


def _then(books: Books, before: Books, unit: Unit) -> list[Unit]:
    """Give who had to report then what `unit` reports now: itself, and who was merged into it since."""
    day = before.period.last_day
    family = (unit, *books.merged_into(unit))
    return [old for old in family if old.exists_on(day) and books.form.is_for(old.level)]
