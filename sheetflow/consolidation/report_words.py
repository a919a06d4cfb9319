"""The words of a report: the office's own ones first, those of units below as examples, chosen by rule.

Under each heading stand the reporting unit's own words whole. Of the units below the longest are
quoted that are near-identical to no words chosen before them, one from each branch before a second
from any; ties go by the order of the units. Whom the office names is quoted instead.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from operator import attrgetter
from types import MappingProxyType

from sheetflow.consolidation.askings import asks
from sheetflow.consolidation.books import Books
from sheetflow.consolidation.report_data import Asking, Narrative, Quote
from sheetflow.consolidation.telling import (
    HeardWords,
    SetAside,
    all_asked,
    all_stories,
    grouped,
    groups_of,
    heard_words,
    in_turn,
    is_told,
    longest_first,
    seen_rows,
    shown_whole,
    sound_alike,
    turning,
)
from sheetflow.masks import MaskPolicy
from sheetflow.schemas.columns import Column
from sheetflow.schemas.sheets import Sheet
from sheetflow.units import Unit

_SENTENCE_ENDS = re.compile(r"[。！？；][”’）]?")


Quoted = Mapping[str, Sequence[str]]
"""Whom the office wants quoted, by unit id: by heading, under "" those of all headings."""


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
    rows = seen_rows(books, unit, card.key, [policy])
    heard = {
        key: heard_words(books, unit, key, rows, wishes.set_aside)
        for key in shown_whole(card, [policy])
    }
    beside = _read_beside(books, unit, card, policy, wishes)
    found = []
    for column in card.columns:
        words = heard.get(column.key, [])
        wanted = wishes.quoted.get(column.label, wishes.quoted.get(""))
        chosen = None
        if wanted is not None:
            known = {each.unit: each for each in (*words, *beside.get(column.key, ()))}
            chosen = [known[one] for one in wanted if one in known and one != unit.unit_id]
        found.append(_heading(books, unit, column, words, chosen, named))
    return tuple(found)


def _heading(
    books: Books,
    unit: Unit,
    column: Column,
    words: Sequence[HeardWords],
    wanted: Sequence[HeardWords] | None,
    named: Mapping[str, str],
) -> Narrative:
    """Give what stands under one heading; of plans nobody's but the unit's own."""
    spec = books.form.report
    own = next((each for each in words if each.unit == unit.unit_id), None)
    told = [each for each in words if each.unit != unit.unit_id and is_told(books, each)]
    chosen, elsewhere = wanted, False
    if spec is None or column.key in spec.plans:
        chosen, elsewhere = [], bool(told)
    elif wanted is None:
        chosen = _by_rule(books, told, own)
    longest = spec.longest if spec else 0
    return Narrative(
        label=column.label,
        own=own.text if own else "",
        quotes=tuple(
            Quote(named[each.unit], shortened(each.text, longest))
            for each in chosen or ()
            if each.text
        ),
        elsewhere=elsewhere,
        aside=own.aside if own else (),
    )


def _read_beside(
    books: Books, unit: Unit, card: Sheet, policy: MaskPolicy, wishes: Wishes
) -> Mapping[str, list[HeardWords]]:
    """Give by column the words of whom the office names, where these are read beside what is handed up."""
    if not (books.listed and wishes.quoted):
        return {}
    rows = seen_rows(books.listed, unit, card.key, [policy])
    return {
        key: heard_words(books.listed, unit, key, rows, wishes.set_aside)
        for key in shown_whole(card, [policy])
    }


def _by_rule(books: Books, words: Sequence[HeardWords], own: HeardWords | None) -> list[HeardWords]:
    """Choose the longest first, one from each branch below before a second from any."""
    most = books.form.report.quotes if books.form.report else 0
    ranked = longest_first(words)
    known = [own] if own else []
    chosen: list[HeardWords] = []
    lap: set[str] = set()
    while ranked and len(chosen) < most:
        free = (each for each in ranked if each.branch not in lap)
        found = next(free, None)
        if found is None:
            lap = set()
            continue
        ranked.remove(found)
        if not any(sound_alike(found, other) for other in (*known, *chosen)):
            chosen.append(found)
            lap.add(found.branch)
    return sorted(chosen, key=attrgetter("place"))


def asked(
    books: Books, unit: Unit, named: Mapping[str, str], policy: MaskPolicy
) -> tuple[Asking, ...]:
    """Give what units ask for in their narratives: a 报告 may say none of it."""
    found = [
        Asking(named[each.unit], each.title, each.text) for each in all_asked(books, unit, [policy])
    ]
    heading = books.form.narrative.title if books.form.narrative else ""
    for (_, branch), words in groups_of(books, unit):
        if more := words.all_asked - len(words.asked):
            name = books.tree[branch].name
            found.append(Asking(name, heading, f"另有{more}条请求事项，见{name}的内部附件。"))
    return tuple(found)


def stories(
    books: Books, unit: Unit, named: Mapping[str, str], policy: MaskPolicy
) -> tuple[Quote, ...]:
    """Give the stories to tell, of those that the reader may see whole.

    No words are told twice; the units straight below tell in turns; who begins turns with the period.
    """
    spec = books.form.report
    if spec is None or not spec.story_sheet:
        return ()
    start = len(books.period.year_so_far) * spec.stories
    queues = grouped(all_stories(books, unit, [policy]), attrgetter("branch"))
    turns = in_turn([turning(queue, start) for queue in queues], start)
    chosen = sorted(turns[: spec.stories], key=attrgetter("place"))
    return tuple(Quote(named[each.told.unit], each.told.text, each.told.title) for each in chosen)


def shortened(text: str, longest: int) -> str:
    """Cut `text` after the last whole sentence within `longest` characters, and say so."""
    if len(text) <= longest:
        return text
    head = text[:longest]
    ends = [match.end() for match in _SENTENCE_ENDS.finditer(head)]
    return (head[: ends[-1]] if ends else head) + "……"
