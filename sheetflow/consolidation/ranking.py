"""From judges' scores to an order: what each entry has, its place, which grade the quotas propose.

Exact: means are fractions, so that a tie is one. From `trimmed_from` scores up an entry's highest and lowest
are left out. An entry has a score only when all its judges have scored it: those on the list who are
not excused (回避). Entries that tie have the same place, and as many places after it stay empty; where the quota
of a grade ends among them, none of them is proposed for it: that is for people to decide (并列待定).
This module refuses to decide who is excused, and to round.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from fractions import Fraction
from types import MappingProxyType

from sheetflow.schemas.conditions import Row
from sheetflow.schemas.forms import Form
from sheetflow.schemas.indicators import Number, plain
from sheetflow.schemas.options import Choice
from sheetflow.schemas.parsing import Value

PENDING = "并列待定"
"""What stands for a grade where its quota ends among entries that tie."""

Excused = Mapping[str, Collection[str]]
"""The judges who must not score an entry, by the entry's number."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Judge:
    """One on the list of judges; `unit` is what is written there."""

    key: str
    name: str
    unit: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RankedRow:
    """An entry as it was judged.

    `number` is the one that judges know it by (N001), `entry` its own with its unit before it. `given` is
    what each judge gave, by the judge's key; `lacking` are the judges whose score is not there yet, `excused`
    those who give none. `score` is None until all have scored it, and then `place` is 0. `proposed` is
    empty where nothing can be proposed, `PENDING` where a tie is in the way.
    """

    number: str
    entry: str
    title: str
    given: Mapping[str, Number] = field(default_factory=lambda: MappingProxyType({}))
    lacking: tuple[str, ...] = ()
    excused: tuple[str, ...] = ()
    score: Fraction | None = None
    place: int = 0
    is_tied: bool = False
    proposed: str = ""
    award: str = ""
    reason: str = ""
    unit_id: str = ""
    unit: str = ""
    authors: tuple[str, ...] = ()
    """What the columns say that name the authors, in their order: names, posts."""
    file_names: tuple[str, ...] = ()
    """How the cell calls the entry's files."""
    is_handed_up: bool = True
    """Whether it still is among what was handed up."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RankedList:
    """All entries by place, those without a score after them by number.

    `grades` are the grades with their quotas (None: not said), the best first; `rest` is what the others get.
    """

    title: str
    unit: str
    period: str
    judges: tuple[Judge, ...]
    grades: tuple[tuple[str, int | None], ...]
    rest: str
    rows: tuple[RankedRow, ...]

    @property
    def is_scored(self) -> bool:
        """Whether any entry has a score."""
        return any(row.score is not None for row in self.rows)

    @property
    def is_decided(self) -> bool:
        """Whether the grade of every entry was decided: what is listed is no proposal any longer."""
        return bool(self.rows) and all(row.award for row in self.rows)


def mean(scores: Iterable[Number], trimmed_from: int) -> Fraction | None:
    """Give the mean of scores, from `trimmed_from` up without one highest and one lowest; None of none."""
    listed = sorted(Fraction(score) for score in scores if score is not None)
    if len(listed) >= trimmed_from > 2:  # noqa: PLR2004 - of two, none would be left
        listed = listed[1:-1]
    return sum(listed, Fraction()) / len(listed) if listed else None


def trimmed(given: Mapping[str, Number], trimmed_from: int) -> tuple[str, ...]:
    """Give whose scores are left out: one of the lowest and one of the highest, by key."""
    listed = sorted((Fraction(score), key) for key, score in given.items() if score is not None)
    if not len(listed) >= trimmed_from > 2:  # noqa: PLR2004 - as above
        return ()
    return listed[0][1], listed[-1][1]


def shown_score(score: Fraction | None) -> Decimal | None:
    """Give a score as people see it: two decimals, halves up. What ties is told by the exact ones."""
    if score is None:
        return None
    hundredths = int(score * 100 + Fraction(1, 2))
    return Decimal(hundredths) / 100


def places(scores: Mapping[str, Fraction | None]) -> dict[str, int]:
    """Give the place of everything that has a score: 1 + how many have a higher one."""
    having = [score for score in scores.values() if score is not None]
    return {
        key: 1 + sum(other > score for other in having)
        for key, score in scores.items()
        if score is not None
    }


def propose(
    place_of: Mapping[str, int], grades: Sequence[tuple[str, int | None]], rest: str
) -> dict[str, str]:
    """Give the grade that each place gets by the quotas, `rest` below them; `PENDING` where a tie is cut.

    Where a quota is not said, nothing from there on can be proposed.
    """
    together: dict[int, int] = {}
    for place in place_of.values():
        together[place] = together.get(place, 0) + 1
    proposed = dict.fromkeys(together, rest)
    first = 1
    for grade, quota in grades:
        if quota is None:
            proposed |= {place: "" for place in together if place >= first}
            break
        last = first + quota - 1
        for place, count in together.items():
            if first <= place and place + count - 1 <= last:
                proposed[place] = grade
            elif place <= last < place + count - 1:
                proposed[place] = PENDING
        first = last + 1
    return {key: proposed[place] for key, place in place_of.items()}


def ranked_rows(
    form: Form, rows: Mapping[str, Sequence[Row]], excused: Excused
) -> tuple[RankedRow, ...]:
    """Rank what stands in a workbook of a form with judging; `rows` are by sheet.

    Of a score that stands twice the last counts here; that it does is somebody's finding.
    """
    spec = form.judging
    if spec is None:
        raise ValueError(f"nothing is judged in {form.key}")
    number = key_of(form, spec.entries)
    judges = [str(row[key_of(form, spec.judges)]) for row in rows.get(spec.judges, ())]
    given: dict[str, dict[str, Number]] = {}
    for row in rows.get(spec.scores, ()):
        judge, total = str(row.get(spec.judge)), _total(row.get(name) for name in spec.criteria)
        if total is not None and judge in judges:
            given.setdefault(str(row.get(spec.entry)), {})[judge] = total
    judged: dict[str, RankedRow] = {}
    for row in rows.get(spec.entries, ()):
        called = str(row.get(number))
        away = tuple(judge for judge in judges if judge in excused.get(called, ()))
        theirs = given.get(called, {})
        counted = {
            judge: theirs[judge] for judge in judges if judge in theirs and judge not in away
        }
        lacking = tuple(each for each in judges if each not in away and each not in counted)
        score = None if lacking else mean(counted.values(), spec.trimmed_from)
        judged[called] = RankedRow(
            number=called,
            entry=_text(row.get(entry_column(form))),
            title=_text(row.get(spec.title)),
            given=MappingProxyType(counted),
            lacking=lacking,
            excused=away,
            score=score,
            award=_text(row.get(spec.award)),
            reason=_text(row.get(spec.reason)),
        )
    return _placed(judged.values(), quotas_of(form, rows), rest_of(form))


def _placed(
    judged: Iterable[RankedRow], grades: Sequence[tuple[str, int | None]], rest: str
) -> tuple[RankedRow, ...]:
    listed = {row.number: row for row in judged}
    place_of = places({key: row.score for key, row in listed.items()})
    proposed = propose(place_of, grades, rest)
    taken = list(place_of.values())
    found = [
        replace(
            row,
            place=place_of.get(key, 0),
            is_tied=taken.count(place_of.get(key, 0)) > 1,
            proposed=proposed.get(key, ""),
        )
        for key, row in listed.items()
    ]
    return tuple(sorted(found, key=lambda row: (not row.place, row.place, row.number)))


def quotas_of(form: Form, rows: Mapping[str, Sequence[Row]]) -> tuple[tuple[str, int | None], ...]:
    """Give the grades with their quotas, as the card of a workbook says them; None: not said."""
    spec = form.judging
    if spec is None:
        return ()
    card: Row = next(iter(rows.get(spec.quotas, ())), {})
    said = ((grade, card.get(column)) for grade, column in spec.grades)
    return tuple((grade, quota if isinstance(quota, int) else None) for grade, quota in said)


def rest_of(form: Form) -> str:
    """Give the word for those who get no grade: the last option of the column for grades."""
    spec = form.judging
    kind = form.by_key[spec.entries].by_key[spec.award].type if spec else None
    return kind.options[-1] if isinstance(kind, Choice) else ""


def key_of(form: Form, sheet: str) -> str:
    """Give the column of a sheet that names its rows, empty for none."""
    column = form.by_key[sheet].key_column
    return column.key if column else ""


def entry_column(form: Form) -> str:
    """Give the column of the judged sheet that holds entries' codes, empty for none."""
    gathered = form.judging and form.by_key[form.judging.entries].gathered
    return gathered.entry if gathered else ""


def _total(numbers: Iterable[Value]) -> Number:
    """Add up what a judge gave for each thing asked; None where one of them is not there."""
    total: int | Decimal = 0
    for number in numbers:
        if not isinstance(number, int | Decimal):
            return None
        total += number
    return plain(total)


def _text(value: Value) -> str:
    return value if isinstance(value, str) else ""
