"""Whose books a roll-up stands on: of every unit below, or of those directly below with what they hand up.

Up to 200 units below it a unit's papers are made of all of them, read together with their neighbours' as long as
these are not more either. Above that each unit directly below that has others below it stands for them all
(`consolidation.nodes`). What is handed up is kept when the one below is made anew, and made here where it is missing.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from functools import cached_property

from sheetflow.consolidation.accepted import UnitAndPeriod
from sheetflow.consolidation.books import Books, Folded
from sheetflow.consolidation.nodes import digest_of, dump_folded, folded, load_folded, summary_of
from sheetflow.context import Context
from sheetflow.service.books import books_of
from sheetflow.units import Unit

MOST_BELOW = 200
DIRECT, BEYOND = "superior", "beyond"
"""The audiences: who stands directly above, and those further up; 验收 decides what the latter see."""


class Nodes:
    """The books of one pass; those of one scope are kept at a time."""

    def __init__(self, context: Context) -> None:
        self.context = context
        self._scope: Unit | None = None
        self._books: dict[tuple[str, str], Books] = {}
        self._handed_up: set[tuple[Unit, str, str]] = set()

    def books(self, unit: Unit, form: str, period: str, reader: Unit) -> Books:
        """Give what counts in `unit`'s figures up to a period, as `reader` sees it."""
        if self.is_folded(unit):
            return self._folded(unit, form, period, reader)
        scope = self._scope_of(unit)
        if scope != self._scope:
            self._scope, self._books = scope, {}
        if (form, period) not in self._books:
            declared = self.context.form(form)
            self._books[form, period] = books_of(
                self.context, declared, declared.period(period), scope
            )
        return self._books[form, period].read_by(reader)

    def listed(self, books: Books, unit: Unit) -> Books:
        """Give the books of `unit` with all below it, for what lists rows of everybody."""
        if not books.folded:
            return books
        form, period = books.form.key, books.period.period_id
        return replace(books, listed=self.listing(unit, form, period, unit))

    def listing(self, part: Unit, form: str, period: str, reader: Unit) -> Books:
        """Give what `part` and all below it handed in, without figures, as `reader` sees it."""
        declared = self.context.form(form)
        asked = declared.period(period)
        return books_of(self.context, declared, asked, part, is_listing=True).read_by(reader)

    def members(self, unit: Unit, form: str, period: str) -> Collection[str]:
        """Name whoever's submissions may count in `unit`'s figures."""
        if self.is_folded(unit):
            return {each.unit_id for each in self.context.tree.subtree(unit.unit_id)}
        books = self.books(unit, form, period, unit)
        return {member.unit_id for member in books.members(unit)}

    def is_folded(self, unit: Unit) -> bool:
        """Whether too many are below `unit` to read each."""
        return self._below[unit.unit_id] > MOST_BELOW

    def turn(self, unit: Unit) -> tuple[bool, int]:
        """When a unit's papers are made: those nearest to the top first, but who is handed up sums after all others."""
        is_last, rank = self.is_folded(unit), self.context.tree.rank(unit)
        return is_last, -rank if is_last else rank

    def hand_up(self, unit: Unit, form: str, period: str) -> None:
        """Keep what is handed up of `unit` with all below it, where whoever is above reads that; once a pass."""
        above, what = self._above(unit), (unit, form, period)
        if not (above and self.is_folded(above[0]) and self._below[unit.unit_id]):
            return
        if what in self._handed_up:
            return
        self._handed_up.add(what)
        made = {
            audience: self._summary(unit, form, period, audience) for audience in (DIRECT, BEYOND)
        }
        documents = {audience: dump_folded(summary) for audience, summary in made.items()}
        digests = {audience: digest_of(document) for audience, document in documents.items()}
        if self.context.store.nodes.find_digests(unit.unit_id, form, period) != digests:
            self.context.store.nodes.record(
                unit.unit_id,
                form,
                period,
                {audience: (digests[audience], documents[audience]) for audience in documents},
            )

    def _folded(self, unit: Unit, form: str, period: str, reader: Unit) -> Books:
        """Give the books of one who has too many below: its own, those of children that are alone, and sums."""
        context, declared = self.context, self.context.form(form)
        asked = declared.period(period)
        children = context.tree.children(unit.unit_id)
        alone = [child for child in children if not self._below[child.unit_id]]
        many = [child for child in children if self._below[child.unit_id]]
        taken_over = [
            old
            for one in (unit, *alone)
            for old in context.tree.predecessors_on(one.unit_id, asked.last_day)
        ]
        own = books_of(context, declared, asked, unit, only=[unit, *alone, *taken_over]).read_by(
            reader
        )
        audience = DIRECT if reader == unit else BEYOND
        periods = [entry.period_id for entry in asked.year_so_far]
        known = context.store.nodes.find([child.unit_id for child in many], form, periods, audience)
        handed_up: dict[UnitAndPeriod, Folded] = {
            key: load_folded(document) for key, document in known.items()
        }
        for child in many:
            for entry in periods:
                if (child.unit_id, entry) not in handed_up:
                    made = dump_folded(self._summary(child, form, entry, audience))
                    handed_up[child.unit_id, entry] = load_folded(made)
        return folded(own, unit, handed_up)

    def _summary(self, unit: Unit, form: str, period: str, audience: str) -> Folded:
        """Sum up `unit` for whoever is directly above it, or for those further up."""
        above = self._above(unit)
        reader = above[0] if audience == DIRECT or len(above) == 1 else above[1]
        return summary_of(self.books(unit, form, period, reader), unit)

    def _above(self, unit: Unit) -> tuple[Unit, ...]:
        return self.context.tree.chain(unit.unit_id)[1:]

    def _scope_of(self, unit: Unit) -> Unit:
        """Give the highest one at or above `unit` that has not too many below."""
        chain = self.context.tree.chain(unit.unit_id)
        return [each for each in chain if not self.is_folded(each)][-1]

    @cached_property
    def _below(self) -> dict[str, int]:
        """How many units are below each."""
        tree = self.context.tree
        found = dict.fromkeys((unit.unit_id for unit in tree), 0)
        for unit in tree:
            for above in tree.chain(unit.unit_id)[1:]:
                found[above.unit_id] += 1
        return found
