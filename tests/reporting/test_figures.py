"""How numbers are worded."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from sheetflow.consolidation.group_state import GroupState
from sheetflow.consolidation.report_data import Figure, FigureKind, Number
from sheetflow.consolidation.states import BoardRow, State
from sheetflow.reporting import template_values as figures
from sheetflow.units import Unit


def _figure(kind: FigureKind = FigureKind.SUM, unit: str = "件", **values: Any) -> Figure:
    return Figure(code="A1", label="指标", unit=unit, kind=kind, **values)


def _state(state: State, *, carried: bool = False) -> GroupState:
    unit = Unit(unit_id="1", name="单位", level="县")
    return GroupState.of([BoardRow(unit=unit, state=state, carried=carried)], alone=True)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0, "0"),
        (1234567, "1234567"),
        (12.5, "12.5"),
        (Decimal("0.10"), "0.1"),
        (-3, "-3"),
        (100, "100"),
    ],
)
def test_counts_are_half_width_arabic(value: Number, text: str) -> None:
    """A count reads as the county typed it: no separators, no idle zeros."""
    assert figures.plain(value) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [(123456, "12.35万元"), (10000, "1.00万元"), (0, "0元"), (49.9, "49.9元"), (12345, "1.23万元")],
)
def test_money_is_in_ten_thousands(value: Number, text: str) -> None:
    """Money reads as 万元 with two decimals, and never rounds a small sum to nothing."""
    assert figures.ten_thousand_yuan(value) == text


def test_what_is_measured_finely_is_told_so() -> None:
    """A sum of thousandths keeps them in the prose; what has fewer reads as before."""
    finely = _figure(unit="公顷", decimals=3, total=Decimal("0.125"))
    assert figures.written(finely, Decimal("0.125")) == "0.125"
    assert figures.written(finely, Decimal("0.500")) == "0.5"
    assert figures.written(_figure(), Decimal("12.50")) == "12.5"


def test_percentages_have_one_decimal() -> None:
    """A rate reads with one decimal, halves up, and — without a denominator."""
    assert figures.percent(0.42749) == "42.7%"
    assert figures.share(1, 8) == "12.5%"
    assert figures.share(3, 0) == "—"
    assert figures.share(None, 8) == "—"


@pytest.mark.parametrize(
    ("now", "before", "text"),
    [
        (225, 200, "增长12.5%"),
        (194, 200, "下降3.0%"),
        (200, 200, "持平"),
        (100_001, 100_000, "基本持平"),
        (35, 0, "增加35件"),
        (0, 0, "持平"),
        (5, -2, "增加7件"),
        (0, 40, "减少40件"),
    ],
)
def test_changes_are_said_in_words(now: int, before: int, text: str) -> None:
    """The report says how a figure moved, without a percentage of nothing."""
    assert figures.change(_figure(current=now, previous_current=before)) == text


def test_rates_move_by_points_and_stocks_by_their_state() -> None:
    """A rate moves by 百分点, and a stock compares the states at both period ends."""
    rate = _figure(FigureKind.RATIO, "%", total=0.427, previous_total=0.401)
    stock = _figure(FigureKind.STOCK, total=110, previous_total=100, current=1, previous_current=9)
    assert figures.change(rate) == "提高2.6个百分点"
    assert figures.change(stock) == "增长10.0%"
    assert figures.change(_figure(current=5)) == "—"


@pytest.mark.parametrize(
    ("value", "state", "current", "text"),
    [
        (0, _state(State.ACCEPTED), True, "0"),
        (None, _state(State.ACCEPTED), True, ""),
        (0, _state(State.NIL), True, "0"),
        (0, _state(State.MISSING), True, ""),
        (0, _state(State.RETURNED), False, ""),
        (0, _state(State.RETURNED, carried=True), True, ""),
        (12, _state(State.RETURNED, carried=True), False, "12"),
    ],
)
def test_blank_zero_and_missing_differ(
    value: Number | None, state: GroupState, *, current: bool, text: str
) -> None:
    """In the table by unit a 0 is no blank, and who is not in has no figures but those that stand."""
    assert figures.cell(_figure(), value, state, current=current) == text


def test_what_cannot_be_told_is_a_dash() -> None:
    """A ratio without denominator and the 本期 of a stock are —, in table and prose."""
    ratio, stock = _figure(FigureKind.RATIO), _figure(FigureKind.STOCK)
    assert figures.cell(ratio, None, _state(State.ACCEPTED), current=False) == "—"
    assert figures.cell(stock, 5, _state(State.ACCEPTED), current=True) == "—"
    assert figures.written_or_why_not(ratio, None, current=False) == "—"
    assert figures.written_or_why_not(_figure(), None, current=True) == "未报"
