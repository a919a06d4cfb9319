"""From a ranked list to the papers that are printed: whose each is, what it gets, how its original is called.

It refuses to find files: texts and names of units are handed in.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from sheetflow.consolidation.judged_papers import (
    NO_FILE_FAULT,
    JudgedPaper,
    JudgedPapers,
    PaperText,
    names_in,
)
from sheetflow.consolidation.ranking import RankedList

_UNSAFE = re.compile(r'[\x00-\x1f\x7f\\/:*?"<>|]+')
_LONGEST_NAME = 60


def papers_of(
    ranked: RankedList,
    names: Mapping[str, Sequence[str]],
    found: Mapping[str, tuple[str, PaperText]],
) -> tuple[JudgedPaper, ...]:
    """Give the papers of a ranked list, each with the grade that was decided, else the proposed one.

    `names` are by unit all that a reader would know it by (`JudgedPaper.names`), `found` by number what
    the unit called the file that was found for a paper, and what that says. The first column of authors
    holds their names; what else is said of them is no name.
    """
    return tuple(
        JudgedPaper(
            number=row.number,
            title=row.title,
            authors=names_in(row.authors[0]) if row.authors else (),
            unit=row.unit,
            names=tuple(names.get(row.unit_id, (row.unit,))),
            rank=row.place or None,
            award=row.award or row.proposed,
            file_name=name,
            text=text,
        )
        for row in ranked.rows
        for name, text in (found.get(row.number, ("", PaperText(fault=NO_FILE_FAULT))),)
    )


def names_of_originals(judged: JudgedPapers) -> Iterator[tuple[str, JudgedPaper]]:
    """Give each paper with the name that its original has in the zip: its number in the volume, and its title."""
    ordered = [paper for _, papers in judged.by_grade() for paper in papers]
    for number, paper in enumerate(ordered, start=1):
        if paper.file_name:
            _, dot, letters = paper.file_name.rpartition(".")
            ending = _UNSAFE.sub("_", dot + letters.lower())
            title = _UNSAFE.sub("_", paper.title)[:_LONGEST_NAME].strip(" .")
            yield f"{number:02} {title}{ending}", paper
