"""Which page links to a publication, and so is made again where that lies elsewhere: the board, a unit's own page.

Marks are only computed here; `publish` records them with what they follow from.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from sheetflow.store.records import Arrival, Publication, PublicationKind, Stale, Submission

LINKED = (PublicationKind.CONSOLIDATED, PublicationKind.REPORT)
"""What the board links to."""
_OF_A_UNIT = (PublicationKind.ANSWER, PublicationKind.WORKBOOK)
"""What a unit's own page 报送进度 links to."""


def linking_to(mark: Stale) -> list[Stale]:
    """Give the mark of the page that links to what `mark` names, where there is one."""
    if mark.kind in LINKED:
        return [page_mark(mark, PublicationKind.BOARD)]
    if mark.kind in _OF_A_UNIT and mark.period and not mark.precheck:
        return [page_mark(mark, PublicationKind.PROGRESS)]
    return []


def lists_beside(board: Stale, published: Iterable[Publication]) -> list[Stale]:
    """Give the marks of a superior's lists for the telephone: they lie beside a `board` that says something else now."""
    return [
        replace(page_mark(board, entry.kind), period=entry.period)
        for entry in published
        if entry.kind is PublicationKind.CALLS and entry.form == board.form
    ]


def page_mark(mark: Stale, kind: PublicationKind) -> Stale:
    """Give the mark of a page of the same unit, form and period as `mark`."""
    return Stale(unit_id=mark.unit_id, form=mark.form, period=mark.period, kind=kind, why=mark.why)


def answer_mark(submission: Submission) -> Stale:
    """Give the mark for the answer to a submission."""
    return Stale(
        unit_id=submission.unit_id,
        form=submission.form,
        period=submission.period,
        kind=PublicationKind.ANSWER,
        receipt=submission.receipt,
        why=submission.receipt,
    )


def precheck_mark(arrival: Arrival, form: str, period: str) -> Stale:
    """Give the mark for the marked copy of a precheck."""
    return Stale(
        unit_id=arrival.unit_id,
        form=form,
        period=period,
        kind=PublicationKind.ANSWER,
        precheck=arrival.arrival_id,
    )
