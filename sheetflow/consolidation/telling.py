"""The words that are told: texts under headings, stories, and what asks for something, as certain readers see them.

Of units that stand for all below them those that are handed up. This module refuses to choose.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from operator import attrgetter, itemgetter

from sheetflow.consolidation.accepted import Accepted
from sheetflow.consolidation.askings import parted
from sheetflow.consolidation.books import Books
from sheetflow.consolidation.gists import are_alike
from sheetflow.consolidation.handed_up import Told, Words
from sheetflow.masks import MaskPolicy
from sheetflow.schemas.columns import Mask
from sheetflow.schemas.parsing import Value
from sheetflow.schemas.sheets import Sheet
from sheetflow.units import Unit

SetAside = Callable[[str], bool]
"""Whether a sentence is kept out of the report's text, to be listed apart."""


Seen = tuple[Accepted, Mapping[str, Value], Mapping[str, Value]]
"""Whose row, the row, and what the reader may see whole of it."""


Place = tuple[int, int]
"""A place in order: the unit's, and among what is handed up of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HeardWords:
    """A unit's text under one heading: what is left of it, what was set aside, its place in order.

    `branch` is the unit straight below the reporting one that it is or belongs to.
    """

    unit: str
    text: str
    aside: tuple[str, ...] = ()
    length: int
    sketch: bytes | None
    place: Place
    branch: str
    is_nil: bool = False


@dataclass(frozen=True, slots=True)
class Story:
    """A story, its place in order, and the unit straight below that it comes from; `is_in_turn` where it was handed up."""

    told: Told
    place: Place
    branch: str
    is_in_turn: bool = False

    @property
    def unit(self) -> str:
        """Whose it is."""
        return self.told.unit


def heard_words(
    books: Books, unit: Unit, column: str, rows: Sequence[Seen], set_aside: SetAside
) -> list[HeardWords]:
    """Give the words under one heading of everybody, and of what is handed up the best, in order."""
    places, branch_of = _places(books, unit, rows), _branches(books, unit)
    found = []
    for (accepted, _, row), place in zip(rows, places, strict=True):
        if isinstance(text := row.get(column), str) and text.strip():
            left, aside = parted(text, set_aside)
            found.append(
                HeardWords(
                    unit=accepted.unit_id,
                    text=left,
                    aside=aside,
                    length=len(left),
                    sketch=accepted.gist.texts.get(column),
                    place=place,
                    branch=branch_of(accepted.unit_id),
                    is_nil=accepted.nil,
                )
            )
    for (number, branch), words in groups_of(books, unit):
        found += [
            HeardWords(
                unit=each.unit,
                text=each.text,
                length=each.length,
                sketch=each.sketch or None,
                place=(number, each.place),
                branch=branch,
            )
            for each in words.quotes.get(column, ())
        ]
    return sorted(found, key=attrgetter("place"))


def is_told(books: Books, words: HeardWords) -> bool:
    """Whether there is enough of it to be quoted."""
    spec = books.form.report
    return spec is not None and words.length >= spec.shortest and not words.is_nil


def longest_first(words: Iterable[HeardWords]) -> list[HeardWords]:
    """Give words in the order in which they are chosen."""
    return sorted(words, key=lambda each: (-each.length, each.place))


def sound_alike(one: HeardWords, two: HeardWords) -> bool:
    """Whether two are near-identical."""
    if one.sketch is None or two.sketch is None:
        return one.text == two.text
    return are_alike(one.sketch, two.sketch)


def all_asked(books: Books, unit: Unit, policies: Sequence[MaskPolicy]) -> list[Told]:
    """Give the sentences that ask for something, in order."""
    card = books.form.narrative
    rows = seen_rows(books, unit, card.key, policies) if card else []
    found = [
        (place, Told(unit=accepted.unit_id, title=column.label, text=sentence))
        for (accepted, _, seen), place in zip(rows, _places(books, unit, rows), strict=True)
        for column in (card.columns if card else ())
        if isinstance(text := seen.get(column.key), str)
        for sentence in parted(text)[1]
    ]
    for (number, _), words in groups_of(books, unit):
        found += [((number, each.place), each) for each in words.asked]
    return [each for _, each in sorted(found, key=itemgetter(0))]


def all_stories(books: Books, unit: Unit, policies: Sequence[MaskPolicy]) -> list[Story]:
    """Give the stories in order; of those that are told twice the first."""
    spec = books.form.report
    if spec is None or not spec.story_sheet:
        return []
    rows, branch_of = seen_rows(books, unit, spec.story_sheet, policies), _branches(books, unit)
    found = [
        Story(
            Told(
                unit=accepted.unit_id,
                text=str(seen[spec.story_text]),
                title=str(seen[spec.story_title]),
            ),
            place,
            branch_of(accepted.unit_id),
        )
        for (accepted, row, seen), place in zip(rows, _places(books, unit, rows), strict=True)
        if (spec.story_where is None or spec.story_where.holds(row))
        and {spec.story_title, spec.story_text} <= seen.keys()
    ]
    whole = shown_whole(books.form.by_key[spec.story_sheet], policies)
    for (number, branch), words in groups_of(books, unit):
        if {spec.story_title, spec.story_text} <= {*whole}:
            found += [
                Story(each, (number, each.place), branch, is_in_turn=True) for each in words.stories
            ]
    first: dict[tuple[str, str], Story] = {}
    for each in sorted(found, key=attrgetter("place")):
        first.setdefault((each.told.title, each.told.text), each)
    return list(first.values())


def turning(queue: list[Story], start: int) -> list[Story]:
    """Give the stories of one branch in the order of its units' turns."""
    if queue[0].is_in_turn:
        return sorted(queue, key=lambda each: each.told.turn)
    return in_turn(grouped(queue, attrgetter("unit")), start)


def groups_of(books: Books, unit: Unit) -> list[tuple[tuple[int, str], Words]]:
    """Give the words of those that stand for all below them, each with its place and id."""
    return [
        ((number, one.unit_id), group.words)
        for number, one in enumerate(books.counted(unit))
        if (group := books.group(one))
    ]


def _places(books: Books, unit: Unit, rows: Sequence[Seen]) -> list[Place]:
    """Give the places of rows: their own order, or among those that stand for all below them that of the units."""
    if not books.folded:
        return [(number, 0) for number in range(len(rows))]
    order = {one.unit_id: number for number, one in enumerate(books.counted(unit))}
    return [
        (order.get(accepted.unit_id, len(order)), number)
        for number, (accepted, _, _) in enumerate(rows)
    ]


def seen_rows(books: Books, unit: Unit, sheet: str, policies: Sequence[MaskPolicy]) -> list[Seen]:
    """Give the rows of a sheet that count for the period, as all `policies` show them."""
    shown = shown_whole(books.form.by_key[sheet], policies)
    standing = [
        found for member in books.counted(unit) if (found := books.for_period(member.unit_id))
    ]
    return [
        (accepted, row, {key: row.get(key) for key, when in shown.items() if not when(row)})
        for accepted, rows in books.rows_of(sheet, standing)
        for row in rows
    ]


def shown_whole(
    sheet: Sheet, policies: Sequence[MaskPolicy]
) -> dict[str, Callable[[Mapping[str, Value]], bool]]:
    """Give the columns that all `policies` show whole, each with what withholds it from a row."""
    plans = [
        {key: withheld for key, mask, withheld in policy.plan(sheet) if mask is Mask.WHOLE}
        for policy in policies
    ]

    def withholds(key: str) -> Callable[[Mapping[str, Value]], bool]:
        conditions = [found for plan in plans if (found := plan[key])]
        return lambda row: any(each.holds(row) for each in conditions)

    return {
        key: withholds(key)
        for key in (plans[0] if plans else ())
        if all(key in plan for plan in plans)
    }


def _branches(books: Books, unit: Unit) -> Callable[[str], str]:
    """Give what tells the unit straight below `unit` that a unit is or belongs to."""

    def branch_of(unit_id: str) -> str:
        chain = [entry.unit_id for entry in books.tree.chain(unit_id)]
        return chain[max(chain.index(unit.unit_id) - 1, 0)]

    return branch_of


def grouped(words: Sequence[Story], by: Callable[[Story], str]) -> list[list[Story]]:
    """Put together what has the same."""
    groups: dict[str, list[Story]] = {}
    for quote in words:
        groups.setdefault(by(quote), []).append(quote)
    return list(groups.values())


def in_turn(groups: Sequence[list[Story]], start: int) -> list[Story]:
    """Give the first of each group, then the second of each …; who begins turns with `start`."""
    begins = start % len(groups) if groups else 0
    laps = zip_longest(*groups[begins:], *groups[:begins])
    return [quote for lap in laps for quote in lap if quote is not None]
