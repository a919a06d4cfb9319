"""What must hold whatever comes in, in whatever order: down to the bytes of the workbook."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sheetflow.consolidation.accepted import Accepted, Attempt, UnitAndPeriod
from sheetflow.consolidation.books import Books
from sheetflow.consolidation.consolidate import consolidate, statistics
from sheetflow.consolidation.figures import add_up
from sheetflow.masks import MaskPolicy
from sheetflow.schemas.book import Outcome
from sheetflow.units import THREE_LEVELS, Unit
from sheetflow.writing.consolidated.consolidated_workbook import write_consolidated
from tests.consolidation.desk import TREE, Desk
from tests.county_book import CAMPAIGN, FORM

PERIOD = "2012B2"
PROVINCE = TREE["370000"]
COUNTIES = ("370102", "370103", "370202")
SPOTS = [(unit_id, period) for unit_id in COUNTIES for period in ("2012B1", PERIOD)]


@pytest.fixture(scope="module")
def books() -> Books:
    """Three counties in two periods."""
    desk = Desk()
    for unit_id, period in SPOTS:
        assert desk.submit(unit_id, period).outcome is Outcome.ACCEPTED
    return desk.books(PERIOD)


def chosen(books: Books, spots: list[UnitAndPeriod]) -> Books:
    """The same books with just these submissions, in this order."""
    accepted: Mapping[UnitAndPeriod, Accepted] = {spot: books.accepted[spot] for spot in spots}
    attempts: Mapping[UnitAndPeriod, Attempt] = {spot: books.attempts[spot] for spot in spots}
    return replace(books, accepted=accepted, attempts=attempts)


def written(books: Books, unit: Unit) -> bytes:
    """A unit's consolidated workbook."""
    return write_consolidated(
        consolidate(CAMPAIGN, books, unit, MaskPolicy(THREE_LEVELS, unit.level))
    )


@given(order=st.permutations(SPOTS))
@settings(max_examples=5, deadline=None)
def test_the_order_of_arrival_does_not_matter(books: Books, order: list[UnitAndPeriod]) -> None:
    """However the same submissions come in, the province's workbook has the same bytes."""
    assert written(chosen(books, order), PROVINCE) == written(books, PROVINCE)


@given(taken=st.sets(st.sampled_from(SPOTS), min_size=1))
@settings(max_examples=5, deadline=None)
def test_taking_away_and_adding_again_changes_nothing(
    books: Books, taken: set[UnitAndPeriod]
) -> None:
    """Submissions that are taken away and come back leave no trace."""
    left = chosen(books, [spot for spot in SPOTS if spot not in taken])
    again = replace(
        left,
        accepted={**left.accepted, **{spot: books.accepted[spot] for spot in taken}},
        attempts={**left.attempts, **{spot: books.attempts[spot] for spot in taken}},
    )
    assert written(left, PROVINCE) != written(books, PROVINCE)
    assert written(again, PROVINCE) == written(books, PROVINCE)


@given(spots=st.lists(st.sampled_from(SPOTS), unique=True))
@settings(max_examples=30, deadline=None)
def test_by_way_of_the_cities_equals_straight(books: Books, spots: list[UnitAndPeriod]) -> None:
    """Whatever is in, county→city→province gives every figure that county→province gives."""
    some = chosen(books, spots)
    straight = add_up(FORM, [some.own_figures(unit) for unit in some.expected(PROVINCE)])
    cities = [statistics(some, city).total for city in TREE.children(PROVINCE.unit_id)]
    by_way = add_up(FORM, [some.own_figures(PROVINCE), *cities])
    assert by_way == straight == statistics(some, PROVINCE).total
