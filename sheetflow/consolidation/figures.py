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
from sheetflow.schemas.indicators import Figures, Indicator, Number, Ratio, Values, plain
from sheetflow.schemas.sheets import Kind

Measured = Mapping[str, Figures]
"""What one unit's accepted workbooks measured, by period id, then by code."""


@dataclass(frozen=True, slots=True)
class UnitFigures:
    """One unit's own figures for a period; `carried` where nothing was accepted in it."""

    values: Mapping[str, Values]
    carried: bool


def unit_figures(
    form: Form, period: Period, own: Measured, merged: Sequence[Measured] = ()
) -> UnitFigures:
    """Give one unit's figures for `period`, counting those of units merged into it.

    What `merged` units did in earlier periods stays done; their books have been taken
    over once the unit itself has reported for `period`, and stand until then.
    """
    taken_over = period.period_id in own
    values: dict[str, Values] = {}
    for indicator in form.indicators:
        if indicator.is_ratio:
            continue
        kind = form.kind_of(indicator.code)
        mine = _over_periods(indicator, kind, period, own)
        for other in merged:
            if kind is Kind.FLOW or not taken_over:
                mine = _plus(mine, _over_periods(indicator, kind, period, other, past=True))
        values[indicator.code] = mine
    return UnitFigures(_with_ratios(form, values), not taken_over)


def _over_periods(
    indicator: Indicator, kind: Kind, period: Period, measured: Measured, *, past: bool = False
) -> Values:
    code = indicator.code
    so_far = [entry.period_id for entry in period.year_so_far if entry.period_id in measured]
    reported = bool(so_far) and so_far[-1] == period.period_id
    before = so_far[:-1] if reported else so_far
    absent = indicator.source.when_absent
    if absent is not None:
        now = measured[period.period_id].get(code) if reported else None if past else absent
        return Values(None, None, now)
    now = measured[period.period_id].get(code) if reported else None
    if kind is Kind.FLOW:
        previous = _total(measured[entry].get(code) for entry in before)
        return Values(previous, now, _total((previous, now)))
    previous = measured[before[-1]].get(code) if before else None
    if kind is Kind.LEDGER:
        gained = None if now is None else plain(now - (previous or 0))
        return Values(previous, gained, now if reported else previous)
    return Values(previous, None, now if reported else previous)


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


def _with_ratios(form: Form, values: dict[str, Values]) -> dict[str, Values]:
    """Put every ratio in its place, made from its parts."""
    complete: dict[str, Values] = {}
    for indicator in form.indicators:
        if isinstance(indicator.source, Ratio):
            above = values[indicator.source.numerator]
            below = values[indicator.source.denominator]
            complete[indicator.code] = Values(
                _divide(above.previous, below.previous), None, _divide(above.total, below.total)
            )
        else:
            complete[indicator.code] = values[indicator.code]
    return complete


def _divide(above: Number, below: Number) -> Number:
    return Ratio.quotient(above, below)


def _total(numbers: Iterable[Number]) -> Number:
    """Add what is there; None where nothing is (which is not 0)."""
    given = [number for number in numbers if number is not None]
    return plain(sum(given)) if given else None


def _plus(first: Values, second: Values) -> Values:
    return Values(
        _total((first.previous, second.previous)),
        _total((first.current, second.current)),
        _total((first.total, second.total)),
    )
