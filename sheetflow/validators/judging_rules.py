"""What holds of entries that are judged: who may score what, once, and what was decided of them.

What comes of the scores is worked out elsewhere and handed in here. This module refuses to rank.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from sheetflow.findings import Finding
from sheetflow.schemas.book import Book, BookRow, BookSheet, JudgingContext
from sheetflow.schemas.catalogue import GENERAL
from sheetflow.schemas.judging import Judging
from sheetflow.schemas.parsing import Value
from sheetflow.units import units_meant


@dataclass(frozen=True, slots=True, kw_only=True)
class Worked:
    """What the service works out of a workbook's rows, by the number of each entry.

    `excused` are the judges who may not score it, `proposed` the grade, `printed` what stands in cells
    that the service prints, `quotas` how many get each grade.
    """

    excused: Mapping[str, Collection[str]]
    proposed: Mapping[str, str]
    printed: Mapping[str, Mapping[str, Value]]
    quotas: tuple[tuple[str, int | None], ...]


def check_judging(book: Book, context: JudgingContext, worked: Worked) -> Iterator[Finding]:
    """Find scores that do not count, and decisions that want a reason."""
    spec = book.form.judging
    if spec is None:
        return
    if judges := book.sheets.get(spec.judges):
        yield from _check_units(judges, context, spec)
    if scores := book.sheets.get(spec.scores):
        yield from _check_scores(scores, spec, worked)
    if entries := book.sheets.get(spec.entries):
        if _is_sound(book, spec):
            yield from _check_reasons(entries, spec, worked)
            yield from _check_printed(entries, worked)
        yield from _check_quotas(entries, spec, worked)


def _check_units(found: BookSheet, context: JudgingContext, spec: Judging) -> Iterator[Finding]:
    for row in found.rows:
        typed = row[spec.judge_unit]
        if isinstance(typed, str) and not units_meant(typed, context.tree):
            yield GENERAL["judging-unit-unknown"].at(found.place(row, spec.judge_unit))


def _check_scores(found: BookSheet, spec: Judging, worked: Worked) -> Iterator[Finding]:
    first: dict[tuple[Value, Value], BookRow] = {}
    for row in found.rows:
        judge, entry = row[spec.judge], row[spec.entry]
        if judge is None or entry is None:
            continue
        place = found.place(row, spec.judge)
        if first.setdefault((judge, entry), row) is not row:
            cell = found.cell(first[judge, entry].number, spec.judge)
            yield GENERAL["judging-score-twice"].at(place, first_cell=cell)
        elif judge in worked.excused.get(str(entry), ()):
            yield GENERAL["judging-own-unit"].at(place, judge=str(judge), entry=str(entry))


def _is_sound(book: Book, spec: Judging) -> bool:
    """Whether all that scores are worked out of could be read."""
    asked = (spec.quotas, spec.judges, spec.entries, spec.scores)
    sheets = [book.sheets.get(key) for key in asked]
    return all(found and not any(row.faulty for row in found.rows) for found in sheets)


def _check_reasons(found: BookSheet, spec: Judging, worked: Worked) -> Iterator[Finding]:
    """Find grades other than the proposed ones that nobody gives a reason for."""
    naming = found.sheet.key_column
    for row in found.rows:
        award = row[spec.award]
        proposed = worked.proposed.get(str(row[naming.key]), "") if naming else ""
        if award is not None and award != proposed and row[spec.reason] is None:
            place = found.place(row, spec.reason)
            shown = f"“{proposed}”" if proposed else "无（没有得分或名额）"
            labels = found.sheet.labels
            yield GENERAL["judging-reason"].at(
                place,
                award=str(award),
                proposed=shown,
                decided=labels[spec.award],
                suggested=labels[spec.proposed],
            )


def _check_printed(found: BookSheet, worked: Worked) -> Iterator[Finding]:
    """Find results that were changed by hand, or printed before scores were; blank ones say nothing."""
    naming = found.sheet.key_column
    for row in found.rows if naming else ():
        results = worked.printed.get(str(row[naming.key]), {}) if naming else {}
        for key, value in results.items():
            if row[key] is not None and row[key] != value:
                shown = "空白" if value is None else str(value)
                yield GENERAL["gathered-printed"].at(found.place(row, key), printed=shown)


def _check_quotas(found: BookSheet, spec: Judging, worked: Worked) -> Iterator[Finding]:
    given = Counter(row[spec.award] for row in found.rows)
    for grade, quota in worked.quotas:
        if quota is not None and given[grade] > quota:
            last = [row for row in found.rows if row[spec.award] == grade][-1]
            place = found.place(last, spec.award)
            yield GENERAL["judging-over-quota"].at(
                place, grade=grade, count=given[grade], quota=quota
            )
