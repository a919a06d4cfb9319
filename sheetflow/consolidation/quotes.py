"""Whose words a report quotes, and which stories it tells: chosen by rule, not by taste.

A quote is long enough to say something and cut after a sentence where it is too long; nobody is
quoted with words that another has used. The units straight below take turns, each before a second
from any, and who begins turns with the period and the heading. What is chosen stands in
administrative order.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from typing import TypeVar

from sheetflow.consolidation.accepted import Accepted, Books
from sheetflow.consolidation.report_data import Narrative, Quote, Story
from sheetflow.masks import MaskPolicy
from sheetflow.schemas.columns import Mask
from sheetflow.schemas.parsing import Value
from sheetflow.schemas.reports import ReportSpec
from sheetflow.units import Unit

Words = TypeVar("Words", str, tuple[str, str])
"""A text, or a story's title and text."""

Entry = TypeVar("Entry")

_SENTENCE_ENDS = re.compile(r"[。！？；][”’）]?")
_CUT = "……"


def narratives(
    books: Books, unit: Unit, spec: ReportSpec, named: Mapping[str, str], policy: MaskPolicy
) -> tuple[Narrative, ...]:
    """Give the quotes under each heading of the narrative card, of words the reader may see."""
    rows = [(accepted, seen) for accepted, _, seen in _rows(books, unit, spec.narrative, policy)]
    found = []
    for number, column in enumerate(books.form.by_key[spec.narrative].columns):
        texts = [
            (accepted.unit_id, shortened(text, spec.longest))
            for accepted, row in rows
            if isinstance(text := row.get(column.key), str) and len(text) >= spec.shortest
        ]
        chosen = _spread(books, unit, _distinct(texts), spec.quotes, number)
        quotes = tuple(Quote(named[unit_id], text) for unit_id, text in chosen)
        found.append(Narrative(key=column.key, label=column.label, quotes=quotes))
    return tuple(found)


def stories(
    books: Books, unit: Unit, spec: ReportSpec, named: Mapping[str, str], policy: MaskPolicy
) -> tuple[Story, ...]:
    """Give the stories to tell, of those that the reader may see whole."""
    if not spec.story_sheet:
        return ()
    texts = [
        (accepted.unit_id, (str(seen[spec.story_title]), str(seen[spec.story_text])))
        for accepted, row, seen in _rows(books, unit, spec.story_sheet, policy)
        if (spec.story_where is None or spec.story_where.holds(row))
        and {spec.story_title, spec.story_text} <= seen.keys()
    ]
    chosen = _spread(books, unit, _distinct(texts), spec.stories, 0)
    return tuple(
        Story(unit=named[unit_id], title=title, text=text) for unit_id, (title, text) in chosen
    )


def shortened(text: str, longest: int) -> str:
    """Cut `text` after the last whole sentence within `longest` characters, and say so."""
    if len(text) <= longest:
        return text
    head = text[:longest]
    ends = [match.end() for match in _SENTENCE_ENDS.finditer(head)]
    return (head[: ends[-1]] if ends else head) + _CUT


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


def _distinct(texts: Sequence[tuple[str, Words]]) -> list[tuple[str, Words]]:
    """Leave out words that an earlier unit has used."""
    first: dict[Words, str] = {}
    for unit_id, text in texts:
        first.setdefault(text, unit_id)
    return [(unit_id, text) for text, unit_id in first.items()]


def _spread(
    books: Books, unit: Unit, texts: Sequence[tuple[str, Words]], most: int, turn: int
) -> list[tuple[str, Words]]:
    """Choose at most `most`, one from each branch below before a second from any."""
    branches: dict[str, list[tuple[str, Words]]] = {}
    for unit_id, text in texts:
        chain = [entry.unit_id for entry in books.tree.chain(unit_id)]
        branch = chain[max(chain.index(unit.unit_id) - 1, 0)]
        branches.setdefault(branch, []).append((unit_id, text))
    if not branches:
        return []
    start = len(books.period.year_so_far) * most + turn
    queues = [_units_in_turn(texts, start) for texts in _turned(list(branches.values()), start)]
    return sorted(islice(_laps(queues), most), key=texts.index)


def _units_in_turn(texts: Sequence[tuple[str, Words]], start: int) -> list[tuple[str, Words]]:
    """Put one text of each unit before a second of any; who begins turns with `start`."""
    by_unit: dict[str, list[tuple[str, Words]]] = {}
    for entry in texts:
        by_unit.setdefault(entry[0], []).append(entry)
    return list(_laps(_turned(list(by_unit.values()), start)))


def _turned(listed: list[Entry], start: int) -> list[Entry]:
    place = start % len(listed)
    return listed[place:] + listed[:place]


def _laps(queues: Sequence[Sequence[Entry]]) -> Iterator[Entry]:
    """Give the first of each queue, then the second of each, and so on."""
    for lap in range(max(map(len, queues), default=0)):
        yield from (queue[lap] for queue in queues if lap < len(queue))
