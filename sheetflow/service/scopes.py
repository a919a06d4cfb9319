"""Who is read together: everybody below one who has few below, and those directly below one who has very many.

This module refuses to read anything of anybody.
"""

from __future__ import annotations

from collections.abc import Iterable

from sheetflow.units import Unit, UnitTree

MOST_BELOW = 200


def has_many(tree: UnitTree, unit: Unit) -> bool:
    """Whether too many are below `unit` to read each. It counts no further than that."""
    waiting, found = [unit], 0
    while waiting and found <= MOST_BELOW:
        below = tree.children(waiting.pop().unit_id)
        found += len(below)
        waiting += below
    return found > MOST_BELOW


def scope_of(tree: UnitTree, unit: Unit) -> Unit:
    """Give the highest one at or above `unit` that has not too many below; `unit` where it has too many itself."""
    few = [each for each in tree.chain(unit.unit_id) if not has_many(tree, each)]
    return few[-1] if few else unit


def read_together(tree: UnitTree, unit: Unit) -> Iterable[Unit]:
    """Give those beside whom `unit` reads those below it: all units, unless too many are below the top."""
    if not has_many(tree, tree.chain(unit.unit_id)[-1]):
        return tree
    if has_many(tree, unit):
        return (unit, *tree.children(unit.unit_id))
    return tree.subtree(scope_of(tree, unit).unit_id)
