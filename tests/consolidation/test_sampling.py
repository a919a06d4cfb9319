"""本期抽查单位: the draw is fair, and whoever doubts it can repeat it."""

from __future__ import annotations

import hashlib

from hypothesis import given
from hypothesis import strategies as st

from sheetflow.consolidation.sampling import draw

UNITS = [f"3701{number:02}" for number in range(1, 13)]


@given(
    st.integers(1, 12),
    st.lists(st.text("0123456789abcdef", min_size=8, max_size=8), min_size=1, max_size=30),
)
def test_nobody_is_drawn_again_until_all_have_had_a_turn(count: int, seeds: list[str]) -> None:
    """Period after period two others come, whatever the seeds are, and everybody once before anybody twice."""
    units = UNITS[:count]
    drawn: list[str] = []
    for seed in seeds:
        found = draw(seed, units, drawn)
        assert len(set(found)) == len(found) == min(2, count)
        drawn += found
        turns = [drawn.count(unit) for unit in units]
        assert max(turns) - min(turns) <= 1


@given(st.permutations(UNITS), st.lists(st.sampled_from(UNITS), max_size=12, unique=True))
def test_the_draw_can_be_repeated_by_hand(units: list[str], earlier: list[str]) -> None:
    """Those whose SHA-256 behind the printed seed is smallest are drawn, in whatever order they are listed."""
    waiting = set(UNITS) - set(earlier)
    expected = sorted(
        waiting, key=lambda unit: hashlib.sha256(f"7f3a09c2{unit}".encode()).hexdigest()
    )
    assert list(draw("7f3a09c2", units, earlier))[: len(expected)] == expected[:2]


def test_who_was_drawn_stays() -> None:
    """A unit that comes in later takes a free place, and never somebody else's."""
    first = draw("seed", ["370101"], [])
    assert first == ("370101",)
    both = draw("seed", ["370101", "370102", "370103"], [], first)
    assert both[0] == "370101"
    assert len(both) == 2
    assert draw("another", UNITS, [], both) == both


def test_who_has_reported_for_the_first_time_is_not_drawn_twice_in_a_row() -> None:
    """A unit that comes to the list late has one turn as all others, not all those that it missed."""
    drawn = ["a", "b", "c", "d", "a", "b"]
    found = draw("seed", ["a", "b", "c", "d", "new"], drawn)
    later = draw("seed", ["a", "b", "c", "d", "new"], [*drawn, *found])
    assert {*found, *later} >= {"c", "d", "new"}
