"""The books of a unit and of those about which it decides: no figure of anybody further down is read.

By these its lists for the telephone are made, and where it has too many below, its 审核单, on the way out and on the way back.
"""

from __future__ import annotations

from dataclasses import replace

from sheetflow.consolidation.books import Books
from sheetflow.context import Context
from sheetflow.periods import Period
from sheetflow.schemas.forms import Form
from sheetflow.service.books import books_of
from sheetflow.service.deciding import decided_by
from sheetflow.service.merged_units import tree_for
from sheetflow.service.scopes import has_many
from sheetflow.units import Unit, UnitTree


def reviewing_books(context: Context, form: Form, period: Period, unit: Unit) -> Books:
    """Give the books by which a 审核单 of `unit` is answered: those by which it was made."""
    if has_many(context.tree, unit):
        return direct_books(context, form, period, unit)
    return books_of(context, form, period, unit).read_by(unit)


def direct_books(context: Context, form: Form, period: Period, unit: Unit) -> Books:
    """Give what `unit` itself, those directly below it and all about which it decides today handed in, as it reads that.

    The tree has beside them whoever tells that one of them adds up others, so that it is named and drawn as that.
    """
    tree, day = tree_for(context, form), period.last_day
    direct = {
        one.unit_id: one for one in (unit, *tree.children(unit.unit_id), *decided_by(context, unit))
    }
    for one in list(direct.values()):
        direct |= {old.unit_id: old for old in tree.predecessors_on(one.unit_id, day)}
    books = books_of(context, form, period, unit, only=direct.values()).read_by(unit)
    given = context.store.decisions.find_given(unit.unit_id, form.key, period.period_id)
    named = {*direct, *(each.unit_id for each in given if each.unit_id in tree)}
    below = (_first_below(tree, tree[one], form, period) for one in sorted(named))
    return replace(books, tree=tree.only([*named, *(one.unit_id for one in below if one)]))


def _first_below(tree: UnitTree, unit: Unit, form: Form, period: Period) -> Unit | None:
    """Give the first one below `unit` that reports: because of it `unit` itself is its 本级 alone."""
    for child in tree.children(unit.unit_id):
        if child.exists_on(period.last_day):
            first = child if form.is_for(child.level) else _first_below(tree, child, form, period)
            if first:
                return first
    return None
