"""Who has very many below adds up what is handed up of each directly below: the same as what all of them handed in."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sheetflow.consolidation.accepted import Accepted, Attempt, UnitAndPeriod
from sheetflow.consolidation.books import Books
from sheetflow.consolidation.consolidate import statistics
from sheetflow.consolidation.nodes import dump_folded, folded, load_folded, summary_of
from sheetflow.consolidation.states import Tally
from sheetflow.masks import MaskPolicy
from sheetflow.periods import OFFICE_ZONE, Period
from sheetflow.schemas.indicators import Ratio
from sheetflow.units import Unit, UnitTree, names_told_apart
from tests.county_book import FORM

SOME = UnitTree.of(
    [
        Unit(unit_id="370000", name="山东省", level="省"),
        *(
            Unit(unit_id=f"370{city}00", name=f"市{city}", level="市", parent="370000")
            for city in (1, 2, 3)
        ),
        *(
            Unit(
                unit_id=f"370{city}0{number}",
                name=f"县{city}{number}",
                level="县",
                parent=f"370{city}00",
            )
            for city in (1, 2, 3)
            for number in (1, 2, 3)
        ),
    ]
)
PROVINCE = SOME["370000"]
PERIODS = [period.period_id for period in FORM.periods_of(2012)[:3]]
SPOTS = [(unit.unit_id, period) for unit in SOME for period in PERIODS]
NOW = dt.datetime(2012, 7, 3, 9, tzinfo=OFFICE_ZONE)


def accepted(spot: UnitAndPeriod, random: Random) -> Accepted:
    """Make up what a unit reported: any figures, some of them not asked for or not told."""
    codes = [each.code for each in FORM.indicators if not isinstance(each.source, Ratio)]
    return Accepted(
        unit_id=spot[0],
        period=spot[1],
        receipt=f"{spot[0]}-{spot[1]}-1",
        figures={code: random.choice([None, random.randint(0, 999)]) for code in codes},
        file_name="报表.xlsx",
        sha256="0",
        accepted_at=NOW,
        late=random.random() < 0.2,
    )


def books_of(spots: set[UnitAndPeriod], seed: int) -> Books:
    """Make up the books of three cities in which these have reported."""
    random = Random(seed)  # noqa: S311 - made-up figures
    return Books(
        form=FORM,
        tree=SOME,
        period=Period.parse(PERIODS[-1]),
        accepted={spot: accepted(spot, random) for spot in sorted(spots)},
        attempts={
            spot: Attempt(outcome="accepted", receipt=f"{spot[0]}-{spot[1]}-1", answered_at=NOW)
            for spot in sorted(spots)
        },
        rows_of=lambda _sheet, _wanted: (),
    )


def as_of(books: Books, period: str) -> Books:
    """The same books as they stood for an earlier period."""
    return replace(books, period=Period.parse(period))


def folded_up(books: Books, unit: Unit, policies: Sequence[MaskPolicy] = ()) -> Books:
    """What `unit` knows where each directly below hands up as one."""
    handed_up = {
        (child.unit_id, period): load_folded(
            dump_folded(summary_of(as_of(books, period), child, policies))
        )
        for child in books.tree.children(unit.unit_id)
        for period in PERIODS
    }
    own = {spot: each for spot, each in books.accepted.items() if spot[0] == unit.unit_id}
    tried = {spot: each for spot, each in books.attempts.items() if spot[0] == unit.unit_id}
    called = names_told_apart(books.tree.subtree(unit.unit_id))
    return folded(replace(books, accepted=own, attempts=tried, called=called), unit, handed_up)


@given(spots=st.sets(st.sampled_from(SPOTS)), seed=st.integers(0, 10**6))
def test_figures_handed_up_as_one_add_up_as_all_of_them(
    spots: set[UnitAndPeriod], seed: int
) -> None:
    """Whoever reported what in which period: totals, columns and counts are those of every single unit."""
    books = books_of(spots, seed)
    straight, by_nodes = (
        statistics(books, PROVINCE),
        statistics(folded_up(books, PROVINCE), PROVINCE),
    )
    assert by_nodes.total == straight.total
    assert [column.values for column in by_nodes.columns] == [
        column.values for column in straight.columns
    ]
    assert [column.state.full for column in by_nodes.columns] == [
        column.state.full for column in straight.columns
    ]
    shown = folded_up(books, PROVINCE)
    counted = Tally.of(map(shown.board_row, shown.expected(PROVINCE)))
    assert counted.told() == Tally.of(map(books.board_row, books.expected(PROVINCE))).told()


@pytest.mark.parametrize("period", PERIODS)
def test_a_row_of_many_says_how_many_are_in(period: str) -> None:
    """The board of such a unit lists those directly below, each with how many of it are in."""
    inside = {spot for spot in SPOTS if spot[0].startswith("3701") and spot[1] == period}
    shown = folded_up(books_of(inside, 1), PROVINCE)
    rows = {
        row.unit.unit_id: row.word
        for row in (
            shown.board_row(unit, Period.parse(period)) for unit in shown.expected(PROVINCE)
        )
    }
    number = len([unit for unit in SOME if unit.unit_id.startswith("3701")])
    assert rows["370100"] == f"已报{number}/{number}"
    assert rows["370200"].startswith("已报0/")
