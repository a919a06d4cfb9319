"""How entries that units handed in are judged: who judges, what each gave, what comes of it.

This module owns the shape of that part of a form. Scores become an order in `consolidation.ranking`; it
refuses to know any campaign.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Judging:
    """The sheets and columns of a form in which its unit has entries judged, all by key.

    `entries` is the sheet with a row for each entry, gathered from what was handed up; its key is the number
    under which judges know it. `title` is the column there that names it, `score`, `rank` and `proposed`
    are printed by the service; `award` is the grade that was decided, `reason` why it is another than the
    proposed one. `judges` is the sheet of judges, `judge_unit` its column that says in which unit a judge
    works. `scores` has a row for each judge and entry, in the columns `judge` and `entry`; the numbers in
    `criteria` are added up. `quotas` is the card whose columns (of `grades`: grade and column, the best
    first) say how many get each grade; who gets none has the last option of `award`. From `trimmed_from`
    judges up the highest and the lowest score are left out. `authors` and `file` are columns of the listed
    sheet that say who wrote an entry and in which file. `called` is what papers call what is judged (优秀调研报告).
    """

    entries: str
    title: str
    score: str
    rank: str
    proposed: str
    award: str
    reason: str
    judges: str
    judge_unit: str
    scores: str
    judge: str
    entry: str
    criteria: tuple[str, ...]
    quotas: str
    grades: tuple[tuple[str, str], ...]
    authors: tuple[str, ...] = ()
    file: str = ""
    trimmed_from: int = 5
    called: str = ""
