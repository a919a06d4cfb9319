"""The words that a report quotes: narratives and stories, chosen by rule, not by taste.

Long enough to say something, nobody quoted with words that another has used, the units straight
below in turns; who begins turns with the period.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import zip_longest
from operator import attrgetter

from sheetflow.consolidation.accepted import Accepted, Books
from sheetflow.consolidation.report_data import Narrative, Quote
from sheetflow.masks import MaskPolicy
from sheetflow.schemas.columns import Mask
from sheetflow.schemas.forms import ReportSpec
from sheetflow.schemas.parsing import Value
from sheetflow.units import Unit

_SENTENCE_ENDS = re.compile(r"[。！？；][”’）]?")


def narratives(
    books: Books, unit: Unit, spec: ReportSpec, named: Mapping[str, str], policy: MaskPolicy
) -> tuple[Narrative, ...]:
    """Give the quotes under each heading of the narrative card, of words the reader may see."""
    rows = [(accepted, seen) for accepted, _, seen in _rows(books, unit, spec.narrative, policy)]
    found = []
    for number, column in enumerate(books.form.by_key[spec.narrative].columns):
        words = [
            Quote(accepted.unit_id, shortened(text, spec.longest))
            for accepted, row in rows
            if isinstance(text := row.get(column.key), str) and len(text) >= spec.shortest
        ]
        chosen = _chosen(books, unit, words, spec.quotes, number, named)
        found.append(Narrative(label=column.label, quotes=chosen))
    return tuple(found)


def stories(
    books: Books, unit: Unit, spec: ReportSpec, named: Mapping[str, str], policy: MaskPolicy
) -> tuple[Quote, ...]:
    """Give the stories to tell, of those that the reader may see whole."""
    if not spec.story_sheet:
        return ()
    words = [
        Quote(accepted.unit_id, str(seen[spec.story_text]), str(seen[spec.story_title]))
        for accepted, row, seen in _rows(books, unit, spec.story_sheet, policy)
        if (spec.story_where is None or spec.story_where.holds(row))
        and {spec.story_title, spec.story_text} <= seen.keys()
    ]
    return _chosen(books, unit, words, spec.stories, 0, named)


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


def _chosen(
    books: Books,
    unit: Unit,
    words: Sequence[Quote],
    most: int,
    turn: int,
    named: Mapping[str, str],
) -> tuple[Quote, ...]:
    """Choose at most `most`, one from each branch below before a second from any.

    `words` are by unit id; those that an earlier unit has used are left out.
    """
    first: dict[tuple[str, str], Quote] = {}
    for quote in words:
        first.setdefault((quote.title, quote.text), quote)
    distinct = list(first.values())

    def branch_of(quote: Quote) -> str:
        chain = [entry.unit_id for entry in books.tree.chain(quote.unit)]
        return chain[max(chain.index(unit.unit_id) - 1, 0)]

    start = len(books.period.year_so_far) * most + turn
    queues = [
        _in_turn(_grouped(branch, attrgetter("unit")), start)
        for branch in _grouped(distinct, branch_of)
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
