"""A unit with very many below it sees each one directly below as one: its figures and counts are those of all there.

`summary_of` makes what such a unit is handed up of one below and one period; `folded` gives `Books` in which that one
stands as a unit without anybody below. Every sum comes out as if each member had been read. This module refuses to
store anything, and to say when a unit has too many below.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from sheetflow.consolidation.accepted import Books, Folded, UnitAndPeriod
from sheetflow.consolidation.figures import add_up
from sheetflow.consolidation.states import Tally
from sheetflow.units import Unit, UnitTree


def summary_of(books: Books, unit: Unit) -> Folded:
    """Sum up `unit` and all below it as the reader of the books sees them, for the books' own period."""
    members = books.counted(unit)
    rows = [books.board_row(member) for member in books.expected(unit)]
    answered = [row.answered_at for row in rows if row.answered_at]
    is_any = any(entry.former or entry.made for entry in books.accepted.values()) or books.folded

    def former(*, current: bool) -> frozenset[str]:
        some = members if is_any else ()
        return frozenset[str]().union(*(books.former(one, current=current) for one in some))

    return Folded(
        values=add_up(books.form, [books.own_figures(member) for member in members]),
        tally=Tally.of(rows),
        newest=max(answered, default=None),
        carried=any(row.carried for row in rows),
        former=former(current=False),
        former_current=former(current=True),
    )


def folded(books: Books, unit: Unit, handed_up: Mapping[UnitAndPeriod, Folded]) -> Books:
    """Give the books of `unit` in which each one directly below stands for all below it.

    `books` hold what `unit` itself handed in, and nothing of others.
    """
    tree = _pruned(books.tree, unit)
    children = {child.unit_id for child in tree.children(unit.unit_id)}
    return replace(
        books,
        tree=tree,
        folded={key: each for key, each in handed_up.items() if key[0] in children},
    )


def _pruned(tree: UnitTree, unit: Unit) -> UnitTree:
    """Give the tree of `unit`, those above it, and those directly below it."""
    kept: Sequence[Unit] = (*tree.chain(unit.unit_id), *tree.children(unit.unit_id))
    here = {each.unit_id for each in kept}
    return UnitTree.of(
        [each if each.successor in here else replace(each, successor=None) for each in kept],
        levels=tree.levels,
    )
