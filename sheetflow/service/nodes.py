"""Whose books a roll-up stands on: of every unit below, or of those directly below with what they hand up.

Up to 200 units below it a unit's papers are made of all of them, read together with their neighbours' as long as
these are not more either. Above that each unit directly below that has others below it stands for them all
(`consolidation.nodes`). What is handed up is kept when the one below is made anew, and made here where it is missing.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Sequence
from dataclasses import replace

from sheetflow.consolidation.accepted import UnitAndPeriod
from sheetflow.consolidation.books import Books
from sheetflow.consolidation.handed_up import Folded
from sheetflow.consolidation.nodes import (
    digest_of,
    dump_folded,
    folded,
    is_readable,
    lasting,
    load_folded,
    summary_of,
)
from sheetflow.context import Context
from sheetflow.service.books import books_of
from sheetflow.service.publish import ROLL_UPS
from sheetflow.service.scopes import has_many, scope_of
from sheetflow.store.records import Document, PublicationKind, Stale
from sheetflow.units import Unit, names_told_apart

DIRECT, BEYOND = "direct", "beyond"
"""The audiences: who stands directly above, and those further up; 验收 decides what the latter see."""
_WHY = "所属单位上报的数字有变动"


class Nodes:
    """The books of one pass; those of one scope are kept at a time.

    Who `keeps` stores what is handed up, for the next pass.
    """

    def __init__(self, context: Context, *, keeps: bool = False) -> None:
        self.context, self._keeps = context, keeps
        self._scope: Unit | None = None
        self._books: dict[tuple[str, str], Books] = {}
        self._handed_up: set[tuple[Unit, str, str]] = set()
        self._names: dict[str, str] = {}
        self._folds: dict[str, bool] = {}

    def books(self, unit: Unit, form: str, period: str, reader: Unit) -> Books:
        """Give what counts in `unit`'s figures up to a period, as `reader` sees it."""
        if self.is_folded(unit):
            return self._folded(unit, form, period, reader)
        scope = scope_of(self.context.tree, unit)
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

    def quoting(self, books: Books, unit: Unit, named: Collection[str] = ()) -> Books:
        """Give the books of `unit` with what its report reads of those further down.

        That are the rows that it lists, the words of whom the office has `named`, and what they are called.
        """
        if not books.folded:
            return books
        period, told = books.period, {*named}
        for (_, entry), group in books.folded.items():
            told |= group.words.units if entry == period.period_id else set()
        below = {each.unit_id: each for each in self.context.tree.subtree(unit.unit_id)}
        names = names_told_apart(below.values())
        books = replace(books, called={one: names[one] for one in sorted(told & below.keys())})
        if books.form.report and books.form.report.tables:
            return self.listed(books, unit)
        if not named:
            return books
        only = [below[one] for one in named if one in below]
        beside = books_of(
            self.context, books.form, period, unit, only=only, is_listing=True
        ).read_by(unit)
        return replace(books, listed=beside)

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
        if unit.unit_id not in self._folds:
            self._folds[unit.unit_id] = has_many(self.context.tree, unit)
        return self._folds[unit.unit_id]

    def turn(self, unit: Unit) -> tuple[bool, int]:
        """When a unit's papers are made: those nearest to the top first, but who is handed up sums after all others."""
        is_last, rank = self.is_folded(unit), self.context.tree.rank(unit)
        return is_last, -rank if is_last else rank

    def hand_up(self, unit: Unit, form: str, period: str, *, is_wanted: bool) -> None:
        """Keep what is handed up of `unit` with all below it, where whoever is above reads that; once a pass.

        What was never kept nor `is_wanted` is let be. Where it is another than before, whoever is above is marked.
        """
        above, what = self._above(unit), (unit, form, period)
        is_read = above and self.is_folded(above[0]) and self._has_any(unit)
        if not is_read or what in self._handed_up:
            return
        known = self.context.store.nodes.find_digests(unit.unit_id, form, period)
        if known or is_wanted:
            made = self._documents(unit, form, period)
            digests = {audience: digest_of(document) for audience, document in made.items()}
            if digests != known:
                stays = {*map(lasting, known.values())} == {*map(lasting, digests.values())}
                kinds = (PublicationKind.BOARD,) if stays else ROLL_UPS
                with self.context.store.together():
                    self._record(unit, form, period, made)
                    self._mark(above[0], form, period, kinds)
        self._handed_up.add(what)

    def names(self, unit: Unit) -> str:
        """Give what stands for who is below `unit`, and what they are called."""
        if unit.unit_id not in self._names:
            below = map(self.names, self.context.tree.children(unit.unit_id))
            own = (unit.unit_id, unit.name, unit.level, unit.valid_from, unit.valid_to)
            told = repr((own, unit.successor, *below))
            self._names[unit.unit_id] = hashlib.sha256(told.encode()).hexdigest()
        return self._names[unit.unit_id]

    def _documents(self, unit: Unit, form: str, period: str) -> dict[str, Document]:
        """Sum up `unit` for each audience."""
        audiences = (DIRECT, BEYOND) if len(self._above(unit)) > 1 else (DIRECT,)
        return {
            audience: dump_folded(self._summary(unit, form, period, audience))
            for audience in audiences
        }

    def _record(self, unit: Unit, form: str, period: str, made: dict[str, Document]) -> None:
        kept = {audience: (digest_of(document), document) for audience, document in made.items()}
        self.context.store.nodes.record(unit.unit_id, form, period, kept)

    def _mark(self, unit: Unit, form: str, period: str, kinds: Sequence[PublicationKind]) -> None:
        """Mark what `unit` publishes of the period and later ones, but for what is marked and yet to be made."""
        context, asked = self.context, self.context.form(form).period(period)
        known = context.store.publications.find_marked(unit.unit_id, form)
        marks = [
            Stale(unit_id=unit.unit_id, form=form, period=when.period_id, kind=kind, why=_WHY)
            for when in (asked, *asked.rest_of_year)
            for kind in kinds
            if (when.period_id, kind.value) not in known
        ]
        context.store.publications.record_stale(marks, context.clock.now())

    def _folded(self, unit: Unit, form: str, period: str, reader: Unit) -> Books:
        """Give the books of one who has too many below: its own, those of children that are alone, and sums."""
        context, declared = self.context, self.context.form(form)
        asked = declared.period(period)
        children = context.tree.children(unit.unit_id)
        alone = [child for child in children if not self._has_any(child)]
        many = [child for child in children if self._has_any(child)]
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
            key: load_folded(document) for key, document in known.items() if is_readable(document)
        }
        for child in many:
            for entry in periods:
                if (child.unit_id, entry) not in handed_up:
                    made = self._documents(child, form, entry)
                    if self._keeps:
                        self._record(child, form, entry, made)
                    handed_up[child.unit_id, entry] = load_folded(made[audience])
        return folded(own, unit, handed_up)

    def _summary(self, unit: Unit, form: str, period: str, audience: str) -> Folded:
        """Sum up `unit` for whoever is directly above it, or for those further up."""
        above = self._above(unit)
        reader = above[0] if audience == DIRECT or len(above) == 1 else above[1]
        readers = above[:1] if audience == DIRECT else above[1:]
        policies = [self.context.policy(each.level) for each in readers]
        return summary_of(self.books(unit, form, period, reader), unit, policies)

    def _above(self, unit: Unit) -> tuple[Unit, ...]:
        return self.context.tree.chain(unit.unit_id)[1:]

    def _has_any(self, unit: Unit) -> bool:
        """Whether anybody is below `unit`."""
        return bool(self.context.tree.children(unit.unit_id))
