"""Figures over periods and up the chain: what a unit reports, and what a subtree adds up to.

Flows add their periods, ledgers and stocks stand as last accepted, ratios are made
from parts at every level. A unit with nothing accepted in a period adds nothing to
本期; its last 累计 and 期末数 stand.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from sheetflow.periods import Period
from sheetflow.schemas.forms import Form
from sheetflow.schemas.indicators import Figures, Number, Ratio, Values, plain
from sheetflow.schemas.sheets import Kind

Measured = Mapping[str, Figures]
"""What one unit's accepted workbooks measured, by period id, then by code."""


@dataclass(frozen=True, slots=True)
class UnitFigures:
    """One unit's own figures for a period; `carried` where nothing was accepted in it."""

    values: Mapping[str, Values]
    carried: bool


@dataclass(frozen=True, slots=True)
class Merged:
    """What a unit that has ended measured, and the first period for which its heir answers."""

    measured: Measured
    since: Period


def unit_figures(
    form: Form, period: Period, own: Measured, merged: Sequence[Merged] = ()
) -> UnitFigures:
    """Give one unit's figures for `period`, counting those of units merged into it.

    What `merged` units did in earlier periods stays done. Their books stand until a
    workbook of the unit itself has taken them over, and are never counted beside it.
    """
    now = own.get(period.period_id)
    earlier = _earlier(period, own, merged)
    before = _standing(period.previous, own, merged) if period.previous else []
    standing = _standing(period, own, merged)
    values: dict[str, Values] = {}
    for indicator in form.indicators:
        code, kind = indicator.code, form.kinds[indicator.code]
        if indicator.is_ratio:
            continue
        if indicator.source.when_absent is not None:
            # A unit has it whether it reports or not; an ended unit has none.
            absent = indicator.source.when_absent
            values[code] = Values(None, None, absent if now is None else now.get(code))
        elif kind is Kind.FLOW:
            previous = _total(figures.get(code) for figures in earlier)
            current = None if now is None else now.get(code)
            values[code] = Values(previous, current, _total((previous, current)))
        elif indicator.source.draws_on:
            values[code] = _book(code, kind, now, before, standing)
        else:  # what counts units has no part of a unit that is none any longer
            values[code] = _book(code, kind, now, before[:1], standing[:1])
    return UnitFigures(_with_ratios(form, values), carried=now is None)


def _earlier(period: Period, own: Measured, merged: Sequence[Merged]) -> list[Figures]:
    """The unit's figures of each period before, then those of units merged into it."""
    before = [entry.period_id for entry in period.year_so_far[:-1]]
    return [
        measured[entry]
        for measured in (own, *(other.measured for other in merged))
        for entry in before
        if entry in measured
    ]


def _standing(period: Period, own: Measured, merged: Sequence[Merged]) -> list[Figures]:
    """The unit's last figures up to `period`, then those of books not taken over by then."""
    last = _last(period, own)
    standing: list[Figures] = [own[last.period_id] if last else {}]
    for other in merged:
        theirs = _last(period, other.measured)
        if theirs and (last is None or last < other.since):
            standing.append(other.measured[theirs.period_id])
    return standing


def _last(period: Period, measured: Measured) -> Period | None:
    so_far = reversed(period.year_so_far)
    return next((entry for entry in so_far if entry.period_id in measured), None)


def _book(
    code: str,
    kind: Kind,
    now: Figures | None,
    before: Sequence[Figures],
    standing: Sequence[Figures],
) -> Values:
    total = _total(figures.get(code) for figures in standing)
    # Of what a version does not ask for any longer, nothing is left to go on from.
    previous = None if total is None else _total(figures.get(code) for figures in before)
    gained = None
    if kind is Kind.LEDGER and now is not None and total is not None:
        gained = plain(total - (previous or 0))
    return Values(previous, gained, total)


def add_up(form: Form, members: Iterable[Mapping[str, Values]]) -> dict[str, Values]:
    """Add the figures of several units; ratios are made from the sums."""
    listed = list(members)
    values = {
        indicator.code: Values(
            _total(member[indicator.code].previous for member in listed),
            _total(member[indicator.code].current for member in listed),
            _total(member[indicator.code].total for member in listed),
        )
        for indicator in form.indicators
        if not indicator.is_ratio
    }
    return _with_ratios(form, values)


def add_totals(form: Form, books: Sequence[Figures]) -> dict[str, Number]:
    """Add the 累计 and 期末数 of several books that become one; ratios are made from the sums."""
    members = [
        {entry.code: Values(None, None, book.get(entry.code)) for entry in form.indicators}
        for book in books
    ]
    return {code: values.total for code, values in add_up(form, members).items()}


def _with_ratios(form: Form, values: dict[str, Values]) -> dict[str, Values]:
    """Put every ratio in its place, made from its parts."""
    complete: dict[str, Values] = {}
    for indicator in form.indicators:
        if isinstance(indicator.source, Ratio):
            above = values[indicator.source.numerator]
            below = values[indicator.source.denominator]
            previous = Ratio.quotient(above.previous, below.previous)
            total = Ratio.quotient(above.total, below.total)
            complete[indicator.code] = Values(previous, None, total)
        else:
            complete[indicator.code] = values[indicator.code]
    return complete


def _total(numbers: Iterable[Number]) -> Number:
    """Add what is there; None where nothing is (which is not 0)."""
    given = [number for number in numbers if number is not None]
    return plain(sum(given)) if given else None
