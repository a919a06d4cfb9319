"""Who answered what: on the card that says who reports, beside 填报声明, with a word in place of a number.

This module owns that the counts of units add up: every unit that had to report chose one of the options,
left the cell blank, or has nothing accepted. What is counted is declared.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from sheetflow.consolidation.accepted import Accepted
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
        given = [_given(books, group, column.key, _answer) for group in groups]
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
            _given(books, group, f"{sheet.key}.", _filing, is_for=sheet.is_for) for group in groups
        ]
        counts = tuple(tuple(group[word] for word in words) for group in given)
        found.append(Answers(sheet.title, FILING_LABEL, words, counts))
    return tuple(found)


def count_worded(books: Books, groups: Sequence[Sequence[Unit]]) -> tuple[Answers, ...]:
    """Count, by column, in how many rows of how many units a word stands in place of a number."""
    found = []
    for sheet, column in worded_columns(books.form):
        words = [words for word in column.accepts for words in (f"{word}（行）", f"{word}（单位）")]
        counts = []
        for group in groups:
            given = _worded(books, group, sheet.key, column.key, column.accepts)
            counts.append(tuple(given[word] for word in words))
        found.append(Answers(sheet.title, column.label, tuple(words), tuple(counts), adds_up=False))
    return tuple(found)


def groups_below(books: Books, unit: Unit) -> dict[str, tuple[Unit, ...]]:
    """Give who had to report, by unit id: `unit` alone, and each unit straight below with all below it."""
    own = tuple(entry for entry in books.expected(unit) if entry == unit)
    below = {child.unit_id: books.expected(child) for child in books.tree.children(unit.unit_id)}
    return {unit_id: group for unit_id, group in ({unit.unit_id: own} | below).items() if group}


def answers_handed_up(books: Books, unit: Unit) -> dict[str, dict[str, int]]:
    """Count all that is asked in any version over `unit` and all below it, by what `_given` and `_worded` look up."""
    form = books.form.spanning(range(1, books.form.version + 1))
    books, group = replace(books, form=form), books.expected(unit)
    found = {
        column.key: _given(books, group, column.key, _answer) for column in form.counted_answers
    }
    for sheet in asking_sheets(form):
        found[f"{sheet.key}."] = _given(books, group, f"{sheet.key}.", _filing, is_for=sheet.is_for)
    for sheet, column in worded_columns(form):
        which = f"{sheet.key}.{column.key}"
        found[which] = _worded(books, group, sheet.key, column.key, column.accepts)
    return {which: dict(given) for which, given in found.items()}


def _given(
    books: Books,
    group: Sequence[Unit],
    asked: str,
    answer: Callable[[Accepted, str], str],
    is_for: Callable[[str], bool] = bool,
) -> Counter[str]:
    """Count who of a group gave which answer, of those whose level it `is_for`."""
    given = Counter[str]()
    for member in group:
        if (counted := _handed_up(books, member, asked)) is not None:
            given.update(counted)
        elif is_for(member.level):
            standing = books.for_period(member.unit_id)
            given[answer(standing, asked) if standing else MISSING] += 1
    return given


def _worded(
    books: Books, group: Sequence[Unit], sheet: str, column: str, accepts: Sequence[str]
) -> Counter[str]:
    """Count in how many rows, and of how many of a group, each word stands."""
    given = Counter[str]()
    for member in group:
        if (counted := _handed_up(books, member, f"{sheet}.{column}")) is not None:
            given.update(counted)
        elif standing := books.for_period(member.unit_id):
            for word in accepts:
                rows = standing.gist.worded.get((sheet, column, word), 0)
                given.update({f"{word}（行）": rows, f"{word}（单位）": int(rows > 0)})
    return given


def _handed_up(books: Books, unit: Unit, asked: str) -> Mapping[str, int] | None:
    group = books.group(unit)
    return group.answers.get(asked, {}) if group else None


def _filing(standing: Accepted, asked: str) -> str:
    return standing.gist.filings.get(asked.rstrip("."), BLANK)


def _answer(standing: Accepted, asked: str) -> str:
    return standing.gist.answers.get(asked, BLANK)
