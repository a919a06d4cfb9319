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
from sheetflow.consolidation.handed_up import InBoth
from sheetflow.schemas.indicators import Number, Ratio, Values
from sheetflow.schemas.sheets import Kind
from sheetflow.units import Unit

Pair = tuple[Number, Number]
"""This period's figure and the last one's."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """The two figures that each indicator is compared by.

    `number` is how many report now and are compared; `is_whole`: they, and those they answer for, are
    all that had to report below `unit` in either period, so that nothing need be said of it.
    """

    pairs: Mapping[str, Pair]
    number: int
    is_whole: bool


def compare_periods(
    books: Books, before: Books, unit: Unit, now: Statistics, then: Statistics
) -> Comparison:
    """Compare `unit`'s period with the one before; `now` and `then` are the figures of all."""
    compared = in_both(books, before, unit)
    is_whole = compared.is_all and compared.gone == compared.come
    total, last = now.total, then.total
    if not is_whole:
        total, last = compared.now, compared.then
    pairs = {}
    for indicator in now.indicators:
        code = indicator.code
        counts_units = not indicator.is_ratio and indicator.source.when_absent is not None
        one, two = (now.total, then.total) if counts_units else (total, last)
        by_end = isinstance(indicator.source, Ratio) or books.form.kinds[code] is Kind.STOCK
        pairs[code] = (_figure(one[code], by_end=by_end), _figure(two[code], by_end=by_end))
    return Comparison(pairs, compared.number, is_whole)


def in_both(books: Books, before: Books, unit: Unit) -> InBoth:
    """Add up what `unit` and all below it reported in this period and in the one before."""
    expected, expected_then = books.expected(unit), before.expected(unit)
    alone = [one for one in expected if not books.group(one)]
    ever = (*expected, *expected_then)
    groups = {one.unit_id: group for one in ever if (group := books.group(one))}
    parts = [group.in_both or InBoth(is_all=False) for group in groups.values()]
    were = {one.unit_id: _then(books, before, one) for one in alone}
    both = [
        one
        for one in alone
        if books.for_period(one.unit_id)
        and were[one.unit_id]
        and all(before.for_period(old.unit_id) for old in were[one.unit_id])
    ]
    olds = [old for one in both for old in were[one.unit_id]]
    counted = {old.unit_id for old in olds}
    due = {old.unit_id for old in expected_then if old.unit_id not in groups}
    return InBoth(
        number=len(both) + sum(part.number for part in parts),
        now=add_up(
            books.form,
            [*map(books.own_figures, both), *(part.now for part in parts if part.number)],
        ),
        then=add_up(
            books.form,
            [*map(before.own_figures, olds), *(part.then for part in parts if part.number)],
        ),
        is_all=len(both) == len(alone) and all(part.is_all for part in parts),
        gone=frozenset(due - counted).union(*(part.gone for part in parts)),
        come=frozenset(counted - due).union(*(part.come for part in parts)),
    )


def _figure(values: Values, *, by_end: bool) -> Number:
    return values.total if by_end else values.current


def _then(books: Books, before: Books, unit: Unit) -> list[Unit]:
    """Give who had to report then what `unit` reports now: itself, and who was merged into it since."""
    day = before.period.last_day
    family = (unit, *books.merged_into(unit))
    return [old for old in family if old.exists_on(day) and books.form.is_for(old.level)]
