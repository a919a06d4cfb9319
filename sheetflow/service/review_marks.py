"""Which 审核单 show something of a unit: those of whoever is above it.

Marks are only computed here; whoever records what they follow from records them in the same commit.
"""

from __future__ import annotations

from collections.abc import Iterable

from sheetflow.consolidation.attention import FEWEST_PEERS
from sheetflow.context import Context
from sheetflow.periods import Period
from sheetflow.schemas.review import Policy
from sheetflow.service.scopes import read_together
from sheetflow.store.records import PublicationKind, Stale, Submission

_DOUBLED = 16
"""No level has as many units as peers doubled so often."""
_MOST_ASKED = 500
"""Of so many units the store is asked by name."""


def has_reviews(context: Context) -> bool:
    """Whether superiors are asked to let pass what is accepted: else nobody gets a 审核单."""
    return Policy(context.settings.review.policy) is not Policy.NONE


def review_marks(
    context: Context, unit_id: str, form: str, periods: Iterable[Period], why: str = ""
) -> list[Stale]:
    """Mark the 审核单 of whoever is directly above a unit today, or above who answers for it."""
    return _marks(context, unit_id, form, periods, why, 1)


def all_review_marks(
    context: Context, unit_id: str, form: str, periods: Iterable[Period], why: str = ""
) -> list[Stale]:
    """Mark the 审核单 of everybody above: a decision may be about what somebody further up asked."""
    return _marks(context, unit_id, form, periods, why, None)


def peer_marks(context: Context, submission: Submission, period: Period) -> list[Stale]:
    """Mark the 审核单 of everybody above units of the level, once peers tell another thing (重点核对).

    That is when a unit's first workbook makes them 8, 16, 32 …: a median hardly moves in between, and at the
    deadline all sheets are made once more. What counts must be recorded already.
    """
    tree, form = context.tree, submission.form
    if not has_reviews(context) or submission.nil or submission.outcome != "accepted":
        return []
    unit = tree[submission.unit_id]
    reader = tree[unit.parent] if unit.parent else unit
    peers = {one.unit_id for one in read_together(tree, reader) if one.level == unit.level}
    among = None if len(peers) > _MOST_ASKED else peers
    reporting = context.store.submissions.find_reporting(form, period.period_id, among)
    count = len(peers & reporting)
    if count not in (FEWEST_PEERS << doubled for doubled in range(_DOUBLED)):
        return []
    why = f"同级已有{count}个单位报送"
    marks = (review_marks(context, one, form, [period], why) for one in sorted(peers))
    return [*dict.fromkeys(mark for some in marks for mark in some)]


def _marks(
    context: Context,
    unit_id: str,
    form: str,
    periods: Iterable[Period],
    why: str,
    levels: int | None,
) -> list[Stale]:
    tree = context.tree
    if not has_reviews(context) or unit_id not in tree:
        return []
    today = context.clock.now().date()
    heir = tree.successor_on(unit_id, today) or tree[unit_id]
    superiors = dict.fromkeys(
        superior.unit_id
        for one in (tree[unit_id], heir)
        for superior in tree.chain(one.unit_id)[1:][:levels]
    )
    return [
        Stale(
            unit_id=superior,
            form=form,
            period=period.period_id,
            kind=PublicationKind.REVIEW,
            why=why,
        )
        for period in periods
        for superior in superiors
    ]
