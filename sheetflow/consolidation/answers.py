"""Who answered what: on the card that says who reports, beside 填报声明, with a word in place of a number.

This module owns that the counts of units add up: every unit that had to report chose one of the options,
left the cell blank, or has nothing accepted. What is counted is declared.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from sheetflow.consolidation.books import Books
from sheetflow.schemas.filings import FILING_LABEL, Filing, asking_sheets, worded_columns
from sheetflow.schemas.options import Choice
from sheetflow.units import Unit

BLANK, MISSING = "未答", "未接收"
"""What is counted beside the options: accepted without an answer, and nothing accepted."""


@dataclass(frozen=True, slots=True)
class Answers:
    """How many units gave each answer to one question of a sheet: `counts` are those of each group of units.

    Of words in place of numbers rows are counted as well: then nothing `adds_up` to the units.
    """

    sheet: str
    label: str
    words: tuple[str, ...]
    counts: tuple[tuple[int, ...], ...]
    """By group, in its order; of each group by word."""
    adds_up: bool = True

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
        given = [_answers(books, group, column.key) for group in groups]
        others = {answer for group in given for answer in group} - {*options, BLANK, MISSING}
        words = (*options, *sorted(others), BLANK, MISSING)
        counts = tuple(tuple(group[word] for word in words) for group in given)
        found.append(Answers(form.cover_sheet.title, column.label, words, counts))
    return tuple(found)


def count_filings(books: Books, groups: Sequence[Sequence[Unit]]) -> tuple[Answers, ...]:
    """Count what the sheets that ask say of themselves, over the units of each group that fill them."""
    found, words = [], (*(each.value for each in Filing), BLANK, MISSING)
    for sheet in asking_sheets(books.form):
        given = [
            [_filing(books, member, sheet.key) for member in group if sheet.is_for(member.level)]
            for group in groups
        ]
        counts = tuple(tuple(group.count(word) for word in words) for group in given)
        found.append(Answers(sheet.title, FILING_LABEL, words, counts))
    return tuple(found)


def count_worded(books: Books, groups: Sequence[Sequence[Unit]]) -> tuple[Answers, ...]:
    """Count, by column, in how many rows of how many units a word stands in place of a number."""
    found = []
    for sheet, column in worded_columns(books.form):
        words = [words for word in column.accepts for words in (f"{word}（行）", f"{word}（单位）")]
        counts = []
        for group in groups:
            rows = [
                [_rows_worded(books, member, (sheet.key, column.key, word)) for member in group]
                for word in column.accepts
            ]
            counts.append(tuple(n for each in rows for n in (sum(each), sum(map(bool, each)))))
        found.append(Answers(sheet.title, column.label, tuple(words), tuple(counts), adds_up=False))
    return tuple(found)


def groups_below(books: Books, unit: Unit) -> dict[str, tuple[Unit, ...]]:
    """Give who had to report, by unit id: `unit` alone, and each unit straight below with all below it."""
    own = tuple(entry for entry in books.expected(unit) if entry == unit)
    below = {child.unit_id: books.expected(child) for child in books.tree.children(unit.unit_id)}
    return {unit_id: group for unit_id, group in ({unit.unit_id: own} | below).items() if group}


def _filing(books: Books, unit: Unit, sheet: str) -> str:
    standing = books.for_period(unit.unit_id)
    return standing.gist.filings.get(sheet, BLANK) if standing else MISSING


def _rows_worded(books: Books, unit: Unit, which: tuple[str, str, str]) -> int:
    standing = books.for_period(unit.unit_id)
    return standing.gist.worded.get(which, 0) if standing else 0


def _answers(books: Books, units: Sequence[Unit], column: str) -> Counter[str]:
    """Count the answers of these units, and those that are handed up as counts."""
    found = Counter[str]()
    for unit in units:
        if group := books.group(unit):
            found.update(group.answers.get(column, {}))
        else:
            found[_answer(books, unit, column)] += 1
    return found


def _answer(books: Books, unit: Unit, column: str) -> str:
    standing = books.for_period(unit.unit_id)
    return standing.gist.answers.get(column, BLANK) if standing else MISSING
