"""What one unit's next judgement hears of its superiors: returns, questions, and what was let pass.

Gathered from the store for `children.judge_task`; how decisions stand with submissions is told by
`consolidation.reviews` alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal

from sheetflow.children.judge_task import FormAndPeriod
from sheetflow.consolidation.heard_over import over_of
from sheetflow.consolidation.reviews import Handed, Review, heard_of
from sheetflow.context import Context
from sheetflow.schemas.book import RowsBySheet
from sheetflow.schemas.documents import load_figures, load_rows
from sheetflow.schemas.indicators import plain
from sheetflow.schemas.review import Decision, Heard, Matter, Verdict, standing
from sheetflow.service.deciding import reviews_in
from sheetflow.units import Unit


@dataclass(slots=True)
class Hearing:
    """What judging hears, by form and period: each field is as in `JudgeRequest`."""

    heard: dict[FormAndPeriod, tuple[Heard, ...]] = field(default_factory=dict)
    passed: dict[FormAndPeriod, str] = field(default_factory=dict)
    mending: set[FormAndPeriod] = field(default_factory=set)
    standing_rows: dict[FormAndPeriod, RowsBySheet] = field(default_factory=dict)


_NEW = "0"
"""What stands for the receipt of a submission that has none yet."""


def hearing_of(context: Context, unit: Unit, arrival_id: int = 0) -> Hearing:
    """Give what judging an arrival of the unit hears; 0 for what is newer than all of them."""
    found = Hearing()
    given = context.store.decisions.find_all(unit_id=unit.unit_id)
    decisions = standing(given)
    # What was taken back is heard, too: an answer may be on its way.
    said = [each for each in given if each.verdict in {Verdict.RETURN, Verdict.QUERY}]
    for form, period in sorted({(each.form, each.period) for each in said}):
        if form in context.campaign.by_key and period:
            review = reviews_in(context, form, period, {unit.unit_id})[unit.unit_id]
            _hear(context, (form, period), *_with_this(context, review, arrival_id), found)
    for refused in decisions:
        if refused.matter is Matter.WAIVER and refused.verdict is Verdict.DISAGREE:
            _hear_refused(context, unit, refused, arrival_id, found)
    found.passed = _passed(context, unit, decisions, arrival_id)
    return found


def _hear_refused(
    context: Context, unit: Unit, refused: Decision, arrival_id: int, found: Hearing
) -> None:
    """Hear that a finding was not let pass, when judging just the submission that asked for it."""
    about = context.store.submissions.find_submission(refused.receipt)
    if about is None or about.arrival_id != arrival_id:
        return
    tree, by = context.tree, refused.by_unit or unit.parent or ""
    heard = Heard(
        number=refused.number,
        receipt=refused.receipt,
        verdict=refused.verdict,
        by=tree[by].name if by in tree else "上级",
        opinion=refused.opinion,
        about=refused.about,
    )
    which = (about.form, about.period)
    found.heard[which] = (*found.heard.get(which, ()), heard)


def _passed(
    context: Context, unit: Unit, decisions: Iterable[Decision], arrival_id: int
) -> dict[FormAndPeriod, str]:
    """Name by form and period the superior that let something pass which came before the arrival."""
    agreed = {
        each.receipt: each
        for each in decisions
        if each.matter is Matter.PASSING and each.verdict is Verdict.AGREE
    }
    if not agreed:
        return {}
    above = context.tree[unit.parent].name if unit.parent else "上级"
    return {
        (entry.form, entry.period): context.tree[by].name if by in context.tree else above
        for entry in context.store.submissions.find_submissions(unit_id=unit.unit_id)
        if entry.receipt in agreed and (not arrival_id or entry.arrival_id < arrival_id)
        for by in [agreed[entry.receipt].by_unit]
    }


def _with_this(context: Context, review: Review, arrival_id: int) -> tuple[Review, Handed]:
    """Give the review with the submission that is judged: it may have no receipt yet."""
    for each in review.handed:
        if each.arrival_id == arrival_id:
            return review, each
    number = arrival_id or 1 + max((each.arrival_id for each in review.handed), default=0)
    at = context.clock.now()
    this = Handed(receipt=_NEW, number=0, arrival_id=number, outcome="", at=at)
    return replace(review, handed=(*review.handed, this)), this


def _hear(
    context: Context, which: FormAndPeriod, review: Review, this: Handed, found: Hearing
) -> None:
    names = {unit.unit_id: unit.name for unit in context.tree}
    heard, over = heard_of(review, this.receipt, names), over_of(review, this.receipt, names)
    if heard or over:
        found.heard[which] = (
            *(_with_figures(context, this, each, _unaware(review, each)) for each in heard),
            *over,
        )
    before = [each for each in review.in_order if each.arrival_id < this.arrival_id]
    counted = [
        each for each in before if each.receipt in review.returned or each.outcome == "accepted"
    ]
    if counted and counted[-1].receipt in review.returned:
        found.mending.add(which)
    elif counted and (over or any(each.verdict is Verdict.QUERY for each in heard)):
        found.standing_rows[which] = _rows(context, which[0], counted[-1].receipt)


def _unaware(review: Review, heard: Heard) -> tuple[str, ...]:
    """Give the receipt that was returned, and those that came behind it before it was: they mend nothing of it."""
    given = {each.number: each.decided_at for each in review.stands}
    about, at = review.by_receipt[heard.receipt], given[heard.number]
    behind = [each for each in review.in_order if each.arrival_id > about.arrival_id]
    is_return = heard.verdict is Verdict.RETURN
    return (about.receipt, *(each.receipt for each in behind if is_return and each.at < at))


def _with_figures(context: Context, this: Handed, heard: Heard, unaware: Sequence[str]) -> Heard:
    """Add what the unit had handed in by then: of what came later it is asked whether that changed."""
    proposed = heard.proposed
    if proposed is not None:
        heard = replace(heard, proposed=plain(Decimal(str(proposed))))
    if this.receipt in unaware:
        return heard
    kept = map(context.store.measurements.find_last, reversed(unaware))
    measured = load_figures(next(filter(None, kept), {}))
    figures = measured if not heard.about else {heard.about: measured.get(heard.about)}
    if heard.about and heard.about not in measured:
        figures = {}
    return replace(heard, figures=figures)


def _rows(context: Context, form: str, receipt: str) -> RowsBySheet:
    submission = context.store.submissions.find_submission(receipt)
    documents = context.store.contents.find_rows(submission) if submission else {}
    declared = context.form(form).by_key
    return {
        key: load_rows(declared[key], text) for key, text in documents.items() if key in declared
    }
