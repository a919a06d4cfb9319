"""The words of a report: the office's own ones first, those of units below as examples, chosen by rule.

Under each heading stand the reporting unit's own words whole. Of the units below the longest are
quoted that are near-identical to no words chosen before them, one from each branch before a second
from any; ties go by the order of the units. Whom the office names is quoted instead.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import zip_longest
from operator import attrgetter
from types import MappingProxyType

from sheetflow.consolidation.accepted import Accepted
from sheetflow.consolidation.askings import asks, parted
from sheetflow.consolidation.books import Books
from sheetflow.consolidation.gists import are_alike
from sheetflow.consolidation.report_data import Asking, Narrative, Quote
from sheetflow.masks import MaskPolicy
from sheetflow.schemas.columns import Column, Mask
from sheetflow.schemas.parsing import Value
from sheetflow.units import Unit

_SENTENCE_ENDS = re.compile(r"[。！？；][”’）]?")

Quoted = Mapping[str, Sequence[str]]
"""Whom the office wants quoted, by unit id: by heading, under "" those of all headings."""
SetAside = Callable[[str], bool]
"""Whether a sentence is kept out of the report's text, to be listed apart."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wishes:
    """What the office wants of the words: whom to quote, and which sentences to keep out."""

    quoted: Quoted = field(default_factory=lambda: MappingProxyType({}))
    set_aside: SetAside = asks


NO_WISHES = Wishes()


def narratives(
    books: Books,
    unit: Unit,
    named: Mapping[str, str],
    policy: MaskPolicy,
    wishes: Wishes = NO_WISHES,
) -> tuple[Narrative, ...]:
    """Give what stands under each heading of the narrative card, of words the reader may see."""
    card = books.form.narrative
    if card is None:
        return ()
    rows = [(accepted, seen) for accepted, _, seen in _rows(books, unit, card.key, policy)]
    found = []
    for column in card.columns:
        words = [
            _Words(accepted, *parted(text, wishes.set_aside), place)
            for place, (accepted, row) in enumerate(rows)
            if isinstance(text := row.get(column.key), str) and text.strip()
        ]
        found.append(_heading(books, unit, column, words, named, wishes.quoted))
    return tuple(found)


def _heading(
    books: Books,
    unit: Unit,
    column: Column,
    words: Sequence[_Words],
    named: Mapping[str, str],
    quoted: Quoted,
) -> Narrative:
    """Give what stands under one heading; of plans nobody's but the unit's own."""
    spec = books.form.report
    own = next((each for each in words if each.unit == unit.unit_id), None)
    below = [each for each in words if each.unit != unit.unit_id]
    told = [
        each for each in below if spec and len(each.text) >= spec.shortest and not each.accepted.nil
    ]
    wanted = quoted.get(column.label, quoted.get(""))
    if spec is None or column.key in spec.plans:
        chosen, elsewhere = [], bool(told)
    elif wanted is None:
        chosen, elsewhere = _by_rule(books, unit, column, told, own), False
    else:
        chosen = [each for one in wanted for each in below if each.unit == one]
        elsewhere = False
    longest = spec.longest if spec else 0
    return Narrative(
        label=column.label,
        own=own.text if own else "",
        quotes=tuple(
            Quote(named[each.unit], shortened(each.text, longest)) for each in chosen if each.text
        ),
        elsewhere=elsewhere,
        aside=own.aside if own else (),
    )


@dataclass(frozen=True, slots=True)
class _Words:
    """A unit's text under one heading: what is left of it, what was set aside, its place in order."""

    accepted: Accepted
    text: str
    aside: tuple[str, ...]
    place: int

    @property
    def unit(self) -> str:
        return self.accepted.unit_id


def _by_rule(
    books: Books,
    unit: Unit,
    column: Column,
    words: Sequence[_Words],
    own: _Words | None,
) -> list[_Words]:
    """Choose the longest first, one from each branch below before a second from any."""
    most = books.form.report.quotes if books.form.report else 0
    branch_of = _branches(books, unit)
    ranked = sorted(words, key=lambda each: (-len(each.text), each.place))
    known = [own] if own else []
    chosen: list[_Words] = []
    lap: set[str] = set()
    while ranked and len(chosen) < most:
        free = (each for each in ranked if branch_of(each.unit) not in lap)
        found = next(free, None)
        if found is None:
            lap = set()
            continue
        ranked.remove(found)
        if not any(_are_alike(found, other, column.key) for other in (*known, *chosen)):
            chosen.append(found)
            lap.add(branch_of(found.unit))
    return sorted(chosen, key=attrgetter("place"))


def _are_alike(one: _Words, two: _Words, column: str) -> bool:
    sketches = [each.accepted.gist.texts.get(column) for each in (one, two)]
    if sketches[0] is None or sketches[1] is None:
        return one.text == two.text
    return are_alike(sketches[0], sketches[1])


def asked(
    books: Books, unit: Unit, named: Mapping[str, str], policy: MaskPolicy
) -> tuple[Asking, ...]:
    """Give what units ask for in their narratives: a 报告 may say none of it."""
    card = books.form.narrative
    return tuple(
        Asking(named[accepted.unit_id], column.label, sentence)
        for accepted, _, seen in (_rows(books, unit, card.key, policy) if card else ())
        for column in (card.columns if card else ())
        if isinstance(text := seen.get(column.key), str)
        for sentence in parted(text)[1]
    )


def stories(
    books: Books, unit: Unit, named: Mapping[str, str], policy: MaskPolicy
) -> tuple[Quote, ...]:
    """Give the stories to tell, of those that the reader may see whole.

    No words are told twice; the units straight below tell in turns; who begins turns with the period.
    """
    spec = books.form.report
    if spec is None or not spec.story_sheet:
        return ()
    words = [
        Quote(accepted.unit_id, str(seen[spec.story_text]), str(seen[spec.story_title]))
        for accepted, row, seen in _rows(books, unit, spec.story_sheet, policy)
        if (spec.story_where is None or spec.story_where.holds(row))
        and {spec.story_title, spec.story_text} <= seen.keys()
    ]
    return _in_turns(books, unit, words, spec.stories, named)


def shortened(text: str, longest: int) -> str:
    """Cut `text` after the last whole sentence within `longest` characters, and say so."""
    if len(text) <= longest:
        return text
    head = text[:longest]
    ends = [match.end() for match in _SENTENCE_ENDS.finditer(head)]
    return (head[: ends[-1]] if ends else head) + "……"


_Seen = tuple[Accepted, Mapping[str, Value], Mapping[str, Value]]
"""Whose row, the row, and what the reader may see whole of it."""


def _rows(books: Books, unit: Unit, sheet: str, policy: MaskPolicy) -> Iterator[_Seen]:
    plan = [look for look in policy.plan(books.form.by_key[sheet]) if look[1] is Mask.WHOLE]
    standing = [
        found for member in books.counted(unit) if (found := books.for_period(member.unit_id))
    ]
    for accepted, rows in books.rows_of(sheet, standing):
        for row in rows:
            whole = (key for key, _, withheld in plan if not (withheld and withheld.holds(row)))
            yield accepted, row, {key: row.get(key) for key in whole}


def _branches(books: Books, unit: Unit) -> Callable[[str], str]:
    """Give what tells the unit straight below `unit` that a unit is or belongs to."""

    def branch_of(unit_id: str) -> str:
        chain = [entry.unit_id for entry in books.tree.chain(unit_id)]
        return chain[max(chain.index(unit.unit_id) - 1, 0)]

    return branch_of


def _in_turns(
    books: Books, unit: Unit, words: Sequence[Quote], most: int, named: Mapping[str, str]
) -> tuple[Quote, ...]:
    """Choose at most `most`, one from each branch below before a second from any.

    `words` are by unit id; those that an earlier unit has used are left out.
    """
    first: dict[tuple[str, str], Quote] = {}
    for quote in words:
        first.setdefault((quote.title, quote.text), quote)
    distinct = list(first.values())
    branch_of = _branches(books, unit)
    start = len(books.period.year_so_far) * most
    queues = [
        _in_turn(_grouped(branch, attrgetter("unit")), start)
        for branch in _grouped(distinct, lambda quote: branch_of(quote.unit))
    ]
    chosen = sorted(_in_turn(queues, start)[:most], key=distinct.index)
    return tuple(replace(quote, unit=named[quote.unit]) for quote in chosen)


def _grouped(words: Sequence[Quote], by: Callable[[Quote], str]) -> list[list[Quote]]:
    groups: dict[str, list[Quote]] = {}
    for quote in words:
        groups.setdefault(by(quote), []).append(quote)
    return list(groups.values())


def _in_turn(groups: Sequence[list[Quote]], start: int) -> list[Quote]:
    """Give the first of each group, then the second of each …; who begins turns with `start`."""
    begins = start % len(groups) if groups else 0
    laps = zip_longest(*groups[begins:], *groups[:begins])
    return [quote for lap in laps for quote in lap if quote is not None]
