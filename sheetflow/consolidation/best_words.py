"""What is handed up of the words of a unit and all below it: the best, so that nobody above reads all of them.

Which are the best is told by the rule by which reports quote. This module refuses to quote.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from operator import attrgetter

from sheetflow.consolidation.askings import asks
from sheetflow.consolidation.books import Books
from sheetflow.consolidation.handed_up import Told, Words
from sheetflow.consolidation.report_words import shortened
from sheetflow.consolidation.telling import (
    HeardWords,
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
from sheetflow.units import Unit

MOST_TOLD = 20
"""So many texts under a heading, stories and sentences that ask are handed up of a unit with all below it."""


def best_words(books: Books, unit: Unit, policies: Sequence[MaskPolicy]) -> Words:
    """Choose what is handed up of the words of `unit` and all below it, of those that all `policies` show whole."""
    spec, card = books.form.report, books.form.narrative
    if spec is None:
        return Words()
    quotes = {}
    rows = seen_rows(books, unit, card.key, policies) if card else []
    for key in shown_whole(card, policies) if card else ():
        told = [each for each in heard_words(books, unit, key, rows, asks) if is_told(books, each)]
        chosen: list[HeardWords] = []
        most = 1 if key in spec.plans else MOST_TOLD
        for each in longest_first(told):
            if len(chosen) < most and not any(sound_alike(each, other) for other in chosen):
                chosen.append(each)
        quotes[key] = tuple(
            Told(
                unit=each.unit,
                text=shortened(each.text, spec.longest),
                length=each.length,
                sketch=each.sketch or b"",
                place=place,
            )
            for place, each in enumerate(sorted(chosen, key=attrgetter("place")))
        )
    asking = [replace(each, place=n) for n, each in enumerate(all_asked(books, unit, policies))]
    beyond = sum(words.all_asked - len(words.asked) for _, words in groups_of(books, unit))
    return Words(
        quotes=quotes,
        stories=_best_stories(books, unit, policies),
        asked=tuple(_owned(books, each) for each in asking[:MOST_TOLD]),
        all_asked=len(asking) + beyond,
    )


def _best_stories(books: Books, unit: Unit, policies: Sequence[MaskPolicy]) -> tuple[Told, ...]:
    most = books.form.report.stories if books.form.report else 0
    start = len(books.period.year_so_far) * most
    listed = all_stories(books, unit, policies)
    queues = grouped(listed, attrgetter("branch" if books.folded else "unit"))
    turns = in_turn([turning(queue, start) for queue in queues], start)[:MOST_TOLD]
    return tuple(
        _owned(books, replace(each.told, place=listed.index(each), turn=turn))
        for turn, each in enumerate(turns)
    )


def _owned(books: Books, told: Told) -> Told:
    """Say of words whether they are those of a unit's 本级 alone; of what is handed up that is known."""
    is_handed_up = told.unit not in books.tree or told.is_own
    return told if is_handed_up else replace(told, is_own=books.adds_up(books.tree[told.unit]))
