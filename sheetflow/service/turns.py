"""Turns: however much one unit drops, the others are served meanwhile (promise 18).

This module owns how many of each unit's things make a turn. It refuses to change their order.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from typing import TypeVar

Thing = TypeVar("Thing")

A_TURN = 16
"""So many files of a unit are taken, judged and answered in one pass of `watch`."""


def first_of_each(
    things: Iterable[Thing], whose: Callable[[Thing], str], most: int | None
) -> list[Thing]:
    """Give the first `most` things of each unit, all where `most` is None, in their order."""
    if most is None:
        return list(things)
    counts: Counter[str] = Counter()
    chosen: list[Thing] = []
    for thing in things:
        unit_id = whose(thing)
        counts[unit_id] += 1
        if counts[unit_id] <= most:
            chosen.append(thing)
    return chosen
