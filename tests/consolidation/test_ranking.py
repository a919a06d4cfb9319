"""The order that judges' scores make: means, ties, quotas, and what lacks a score."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sheetflow.consolidation.ranking import PENDING, mean, places, propose

_GRADES = ("一等奖", "二等奖", "三等奖")
_REST = "未获奖"

_score_lists = st.lists(
    st.lists(st.integers(0, 100), min_size=5, max_size=5), min_size=1, max_size=12
)
_quotas = st.lists(st.integers(0, 5), min_size=3, max_size=3)


def _by_hand(
    scores: Mapping[str, Sequence[int]], quotas: Sequence[int]
) -> dict[str, tuple[int, str]]:
    """Rank entries as somebody with a pocket calculator would: trimmed sums, then one seat after another."""
    sums = {key: sum(sorted(given)[1:-1]) for key, given in scores.items()}
    seats = [grade for grade, quota in zip(_GRADES, quotas, strict=True) for _ in range(quota)]
    seats += [_REST] * len(sums)
    order = sorted(sums, key=lambda key: -sums[key])
    found = {}
    for key in order:
        same = [place for place, other in enumerate(order) if sums[other] == sums[key]]
        grades = {seats[place] for place in same}
        found[key] = (same[0] + 1, grades.pop() if len(grades) == 1 else PENDING)
    return found


def _ranked(
    scores: Mapping[str, Sequence[int]], quotas: Sequence[int]
) -> dict[str, tuple[int, str]]:
    place_of = places({key: mean(given, 5) for key, given in scores.items()})
    proposed = propose(place_of, list(zip(_GRADES, quotas, strict=True)), _REST)
    return {key: (place_of[key], proposed[key]) for key in scores}


@settings(max_examples=300)
@given(_score_lists, _quotas)
def test_the_order_is_what_an_independent_few_lines_give(
    scores: list[list[int]], quotas: list[int]
) -> None:
    """Five judges' scores give the places and grades that trimming, adding and counting seats give."""
    named = {f"N{number:03}": given for number, given in enumerate(scores, start=1)}
    assert _ranked(named, quotas) == _by_hand(named, quotas)


@given(_score_lists, _quotas, st.randoms())
def test_nobody_gains_by_standing_earlier_or_by_the_order_of_judges(
    scores: list[list[int]], quotas: list[int], chance: Random
) -> None:
    """Entries and judges in any order come to the same places and grades."""
    named = {f"N{number:03}": given for number, given in enumerate(scores, start=1)}
    shuffled = list(named)
    chance.shuffle(shuffled)
    turned = {key: chance.sample(named[key], 5) for key in shuffled}
    assert _ranked(turned, quotas) == _ranked(named, quotas)


@pytest.mark.parametrize(
    ("scores", "expected"),
    [
        ([80, 90], Fraction(85)),
        ([80, 90, 100, 70], Fraction(85)),
        ([100, 60, 70, 80, 90], Fraction(80)),
        ([100, 100, 100, 0, 100], Fraction(100)),
        ([81, 82, 84, 80, 100, 0], Fraction(327, 4)),
        ([], None),
    ],
)
def test_from_five_judges_up_the_extremes_are_left_out(
    scores: list[int], expected: Fraction | None
) -> None:
    """One highest and one lowest score go from five judges up, and all count below that."""
    assert mean(scores, 5) == expected


def test_a_tie_across_a_quota_is_left_to_people() -> None:
    """Where the last first prize would go to one of two that tie, neither is proposed for it."""
    scores = {
        "N001": Fraction(90),
        "N002": Fraction(85),
        "N003": Fraction(85),
        "N004": Fraction(80),
    }
    place_of = places({**scores, "N005": None})
    assert place_of == {"N001": 1, "N002": 2, "N003": 2, "N004": 4}
    assert propose(place_of, [("一等奖", 2), ("二等奖", 1), ("三等奖", 1)], _REST) == {
        "N001": "一等奖",
        "N002": PENDING,
        "N003": PENDING,
        "N004": "三等奖",
    }


def test_a_quota_that_nobody_said_proposes_nothing_from_there_on() -> None:
    """What is above the first quota that is not said is proposed, the rest waits for it."""
    place_of = {"N001": 1, "N002": 2, "N003": 3}
    grades: list[tuple[str, int | None]] = [("一等奖", 1), ("二等奖", None), ("三等奖", 1)]
    assert propose(place_of, grades, _REST) == {"N001": "一等奖", "N002": "", "N003": ""}
