"""Who answered what on the card that says who reports, counted over all that had to report.

This module owns that the counts add up: every unit that had to report chose one of the options,
left the cell blank, or has nothing accepted. Which columns are counted is declared.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sheetflow.consolidation.accepted import Books
from sheetflow.schemas.cells import Choice
from sheetflow.units import Unit

BLANK, MISSING = "未答", "未接收"
"""What is counted beside the options: accepted without an answer, and nothing accepted."""


@dataclass(frozen=True, slots=True)
class Answers:
    """How many units gave each answer to one question of a sheet: `counts` are those of each group of units."""

    sheet: str
    label: str
    words: tuple[str, ...]
    counts: tuple[tuple[int, ...], ...]
    """By group, in its order; of each group by word."""

    @property
    def total(self) -> dict[str, int]:
        """How many gave each answer, all groups together."""
        sums = [sum(numbers) for numbers in zip(*self.counts, strict=True)] if self.counts else []
        return dict(zip(self.words, sums or [0] * len(self.words), strict=True))


def count_answers(books: Books, groups: Sequence[Sequence[Unit]]) -> tuple[Answers, ...]:
    """Count the answers to each counted question in each group of units that had to report."""
    found, form = [], books.form
    for column in form.counted_answers:
        options = column.type.options if isinstance(column.type, Choice) else ()
        given = [[_answer(books, member, column.key) for member in group] for group in groups]
        others = {answer for group in given for answer in group} - {*options, BLANK, MISSING}
        words = (*options, *sorted(others), BLANK, MISSING)
        counts = tuple(tuple(group.count(word) for word in words) for group in given)
        found.append(Answers(form.cover_sheet.title, column.label, words, counts))
    return tuple(found)


def groups_below(books: Books, unit: Unit) -> dict[str, tuple[Unit, ...]]:
    """Give who had to report, by unit id: `unit` alone, and each unit straight below with all below it."""
    own = tuple(entry for entry in books.expected(unit) if entry == unit)
    below = {child.unit_id: books.expected(child) for child in books.tree.children(unit.unit_id)}
    return {unit_id: group for unit_id, group in ({unit.unit_id: own} | below).items() if group}


def _answer(books: Books, unit: Unit, column: str) -> str:
    standing = books.for_period(unit.unit_id)
    return standing.gist.answers.get(column, BLANK) if standing else MISSING
