"""Figures over periods and up the chain: nothing is lost, and nothing counted twice."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sheetflow.consolidation.figures import Measured, Merged, add_totals, add_up, unit_figures
from sheetflow.periods import Cadence, Period
from sheetflow.schemas.indicators import Figures, Number, Values
from sheetflow.schemas.sheets import Kind
from tests.county_book import FORM

B1, B2, B3 = (Period.parse(f"2012B{number}") for number in (1, 2, 3))
FLOW, LEDGER, STOCK, MONEY = "S07", "S19", "S01", "S39"


def measured(**figures: Number) -> Figures:
    """Give a unit's measured figures: all 0 but those named."""
    plain = {entry.code: 0 for entry in FORM.indicators if not entry.is_ratio}
    return {**plain, "S68": 1, "S69": 1, **figures}


def shown(period: Period, own: Measured, code: str, *merged: Measured) -> Values:
    """Give one indicator's three figures of a unit that others were merged into after B1."""
    ended = [Merged(measured_, Period.parse("2012B2")) for measured_ in merged]
    return unit_figures(FORM, period, own, ended)[code]


def test_the_codes_are_of_the_kinds_meant() -> None:
    """The examples below stand for a flow, a ledger, a stock and a sum of money."""
    kinds = [FORM.kinds[code] for code in (FLOW, LEDGER, STOCK, MONEY)]
    assert kinds == [Kind.FLOW, Kind.LEDGER, Kind.STOCK, Kind.LEDGER]


def test_flows_add_their_periods() -> None:
    """A visit counts in the period in which it happened, and stays in the total."""
    own = {"2012B1": measured(S07=3), "2012B2": measured(S07=5)}
    assert shown(B1, own, FLOW) == Values(None, 3, 3)
    assert shown(B2, own, FLOW) == Values(3, 5, 8)


_CADENCES = st.sampled_from([each for each in Cadence if each is not Cadence.ONCE])


@given(_CADENCES, st.data())
def test_figures_of_every_cadence_add_up_over_the_year(
    cadence: Cadence, data: st.DataObject
) -> None:
    """Flows are the sum of what was reported since January, books and states what came last."""
    periods = cadence.periods_of(2012)
    figures = data.draw(st.dictionaries(st.sampled_from(periods), st.integers(0, 99)))
    own = {
        str(period): measured(S07=figure, S19=figure, S01=figure)
        for period, figure in figures.items()
    }
    for period in periods:
        so_far = [figures[each] for each in periods if each <= period and each in figures]
        assert shown(period, own, FLOW).total == (sum(so_far) if so_far else None)
        assert shown(period, own, FLOW).current == figures.get(period)
        for code in (LEDGER, STOCK):
            assert shown(period, own, code).total == (so_far[-1] if so_far else None)


def test_ledgers_show_what_the_book_gained() -> None:
    """A ledger holds the whole year: this period is what it gained, which may be negative."""
    own = {"2012B1": measured(S19=10), "2012B2": measured(S19=14), "2012B3": measured(S19=13)}
    assert shown(B1, own, LEDGER) == Values(None, 10, 10)
    assert shown(B2, own, LEDGER) == Values(10, 4, 14)
    assert shown(B3, own, LEDGER) == Values(14, -1, 13)


_ASKED = st.none() | st.integers(0, 99)


@given(st.lists(st.tuples(st.none() | _ASKED.map(lambda figure: (figure,)), _ASKED), min_size=1))
def test_what_books_gained_is_the_rest_of_two_totals(
    units: list[tuple[tuple[int | None] | None, int | None]],
) -> None:
    """However many versions ask for a figure no longer, or not yet: 本期 is 累计 less 上期累计."""
    members = []
    for first, second in units:
        own = {"2012B2": measured(S19=second)}
        if first:
            own["2012B1"] = measured(S19=first[0])
        members.append(unit_figures(FORM, B2, own))
    whole = add_up(FORM, members)[LEDGER]
    assert (whole.current or 0) == (whole.total or 0) - (whole.previous or 0)
    assert (whole.total or 0) == sum(second or 0 for _, second in units)


def test_stocks_stand_as_they_are() -> None:
    """A stock is the state at period end, and has no figure of the period itself."""
    own = {"2012B1": measured(S01=7), "2012B2": measured(S01=6)}
    assert shown(B2, own, STOCK) == Values(7, None, 6)


def test_a_unit_without_a_report_is_carried() -> None:
    """Nothing accepted adds nothing to the period; what was last accepted stands."""
    own = {"2012B1": measured(S07=3, S19=10, S01=7)}
    figures = unit_figures(FORM, B3, own)
    assert figures[FLOW] == Values(3, None, 3)
    assert figures[LEDGER] == Values(10, None, 10)
    assert figures[STOCK] == Values(7, None, 7)
    assert figures["S68"].total == 0
    assert figures["S69"].total == 1


def test_a_unit_that_never_reported_has_no_figures() -> None:
    """未报 is not 0: where nothing was ever accepted, there is no figure at all."""
    figures = unit_figures(FORM, B1, {})
    assert {figures[code] for code in (FLOW, LEDGER, STOCK, "S32")} == {Values(None, None, None)}


def test_a_nil_return_is_nought_and_no_gap() -> None:
    """零报告 adds 0 to the period, keeps the books and is not among the active units."""
    own = {"2012B1": measured(S07=3, S19=10), "2012B2": measured(S07=0, S19=10, S68=0)}
    figures = unit_figures(FORM, B2, own)
    assert figures[FLOW] == Values(3, 0, 3)
    assert figures[LEDGER] == Values(10, 0, 10)
    assert figures["S68"].total == 0


def test_a_period_left_out_is_counted_when_the_next_comes() -> None:
    """After a period without a report, the ledger's gain is against what was last accepted."""
    own = {"2012B1": measured(S19=10, S07=1), "2012B3": measured(S19=16, S07=2)}
    assert shown(B3, own, LEDGER) == Values(10, 6, 16)
    assert shown(B3, own, FLOW) == Values(1, 2, 3)


def test_ratios_are_made_from_totals() -> None:
    """A rate is made from the totals of its parts, and is none where there is nothing to divide."""
    own = {"2012B1": measured(S29=1, S19=4), "2012B2": measured(S29=4, S19=5)}
    assert shown(B2, own, "S32") == Values(Decimal("0.25"), None, Decimal("0.8"))
    assert shown(B1, {"2012B1": measured()}, "S32") == Values(None, None, None)


def test_money_is_added_to_the_fen() -> None:
    """Amounts add up exactly, as no float would."""
    own = {"2012B1": measured(S39=Decimal("0.10")), "2012B2": measured(S39=Decimal("0.30"))}
    assert shown(B2, own, MONEY).current == Decimal("0.20")


def test_a_merged_unit_stands_until_its_successor_reports() -> None:
    """What a unit did before it was merged stays; its books stand until they are taken over."""
    old = {"2012B1": measured(S07=2, S19=50, S01=5)}
    own = {"2012B1": measured(S07=3, S19=30, S01=4)}
    assert shown(B2, own, FLOW, old) == Values(5, None, 5)
    assert shown(B2, own, LEDGER, old) == Values(80, None, 80)
    assert shown(B2, own, STOCK, old) == Values(9, None, 9)


def test_books_taken_over_are_no_gain() -> None:
    """The successor's book holds the merged one's rows: only what is new counts as gained."""
    old = {"2012B1": measured(S07=2, S19=50, S01=5)}
    own = {"2012B1": measured(S07=3, S19=30, S01=4), "2012B2": measured(S07=1, S19=85, S01=9)}
    assert shown(B2, own, FLOW, old) == Values(5, 1, 6)
    assert shown(B2, own, LEDGER, old) == Values(80, 5, 85)
    assert shown(B2, own, STOCK, old) == Values(9, None, 9)


def test_a_new_unit_takes_over_the_books_of_the_old() -> None:
    """A unit that did not exist before starts from what its predecessors left."""
    old = {"2012B1": measured(S19=50, S07=2)}
    own = {"2012B2": measured(S19=52, S07=4)}
    assert shown(B2, own, LEDGER, old) == Values(50, 2, 52)
    assert shown(B2, own, FLOW, old) == Values(2, 4, 6)


def test_books_taken_over_before_are_counted_once() -> None:
    """Once taken over, the merged unit's book is part of the successor's own last figure."""
    old = {"2012B1": measured(S19=50)}
    own = {"2012B2": measured(S19=85), "2012B3": measured(S19=90)}
    assert shown(B3, own, LEDGER, old) == Values(85, 5, 90)


def test_a_merged_unit_is_no_longer_expected() -> None:
    """A unit that has ended is neither expected nor active in later periods."""
    old = {"2012B1": measured()}
    own = {"2012B2": measured()}
    assert shown(B2, own, "S69", old).total == 1
    assert shown(B2, own, "S68", old).total == 1
    assert shown(B2, {}, "S69", old).total == 1
    assert shown(B2, {}, "S68", old).total == 0


def test_books_that_become_one_are_added_with_their_rates() -> None:
    """The 累计 of two books taken over together are their sums, rates made from the sums."""
    totals = add_totals(FORM, [{"S19": 10, "S29": 5}, {"S19": 30, "S29": 5, "S01": 3}])
    assert (totals["S19"], totals["S29"], totals["S01"]) == (40, 10, 3)
    assert totals["S32"] == Decimal("0.25")
    assert totals["S07"] is None


CODES = [entry.code for entry in FORM.indicators if not entry.is_ratio]
NUMBERS = st.one_of(
    st.none(), st.integers(-50, 10**6), st.integers(0, 10**8).map(lambda fen: Decimal(fen) / 100)
)


@st.composite
def units(draw: st.DrawFn) -> Mapping[str, Values]:
    """Draw a unit's figures: some there, some not."""
    few = draw(st.sets(st.sampled_from(CODES), max_size=8)) | {"S19", "S29", "S52", "S53"}
    nothing = Values(None, None, None)
    return {
        code: Values(draw(NUMBERS), draw(NUMBERS), draw(NUMBERS)) if code in few else nothing
        for code in CODES
    }


@given(
    st.lists(units(), min_size=2, max_size=6).flatmap(
        lambda u: st.tuples(st.just(u), st.permutations(u))
    )
)
def test_order_does_not_matter(
    both: tuple[list[Mapping[str, Values]], list[Mapping[str, Values]]],
) -> None:
    """In whichever order workbooks come in, the sum is the same."""
    assert add_up(FORM, both[0]) == add_up(FORM, both[1])


@given(st.lists(st.lists(units(), min_size=1, max_size=3), min_size=1, max_size=3))
def test_by_way_of_the_city_is_the_same_as_straight(
    cities: list[list[Mapping[str, Values]]],
) -> None:
    """County to city to province gives the same figures, rates included, as county to province."""
    straight = add_up(FORM, [county for city in cities for county in city])
    stepwise = add_up(FORM, [add_up(FORM, city) for city in cities])
    assert stepwise == straight


@given(st.lists(units(), max_size=4))
def test_sums_are_those_of_the_figures_there(members: list[Mapping[str, Values]]) -> None:
    """A sum is the sum of what is there, and nothing where nothing is."""
    total = add_up(FORM, members)["S19"].total
    given_ = [member["S19"].total for member in members if member["S19"].total is not None]
    assert total == (sum(given_) if given_ else None)


def test_rates_above_are_never_averaged() -> None:
    """A small county's rate does not weigh as much as a large one's."""
    nothing = {code: Values(None, None, None) for code in CODES}
    large = {**nothing, "S29": Values(None, None, 90), "S19": Values(None, None, 100)}
    small = {**nothing, "S29": Values(None, None, 0), "S19": Values(None, None, 10)}
    assert add_up(FORM, [large, small])["S32"].total == Decimal(90) / Decimal(110)


@pytest.mark.parametrize("code", ["S68", "S69"])
def test_units_are_counted_up_the_chain(code: str) -> None:
    """How many units must report, and how many did, is a sum of ones."""
    reported = unit_figures(FORM, B1, {"2012B1": measured()})
    silent = unit_figures(FORM, B1, {})
    totals = {"S68": 1, "S69": 2}
    assert add_up(FORM, [reported, silent])[code].total == totals[code]
