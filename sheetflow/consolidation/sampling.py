"""本期抽查单位: whose whole workbook is looked at in a period, drawn by a seed that is printed.

Whoever doubts a draw can repeat it: of those who have not had a turn, the ones whose unit_id behind the
seed has the smallest SHA-256 are drawn. None is drawn again until all have had a turn. This module
refuses to make the seed and to remember what was drawn.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Sequence

DRAWN_A_PERIOD = 2


def draw(
    seed: str,
    candidates: Collection[str],
    earlier: Sequence[str],
    drawn: Sequence[str] = (),
) -> tuple[str, ...]:
    """Draw from `candidates` until two are `drawn` for this period, where there are so many.

    `earlier` are those of other periods, in the order in which they were drawn.
    """
    found = list(drawn)
    while len(found) < DRAWN_A_PERIOD and set(candidates) - set(found):
        left = set(candidates) - set(found)
        # Once nobody is left who has not had a turn, everybody's next turn begins.
        pool = left - had_a_turn([*earlier, *found]) or left
        found.append(min(pool, key=lambda unit_id: _lot(seed, unit_id)))
    return tuple(found)


def had_a_turn(drawn: Sequence[str]) -> set[str]:
    """Give who has had a turn since the last one that came for a second time."""
    had: set[str] = set()
    for unit_id in drawn:
        if unit_id in had:
            had = set()
        had.add(unit_id)
    return had


def _lot(seed: str, unit_id: str) -> str:
    return hashlib.sha256(f"{seed}{unit_id}".encode()).hexdigest()
