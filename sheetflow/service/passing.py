"""What superiors decided, as books show it: what was let pass, what goes up to whom, what boards say of it.

Where nobody is asked and nothing was decided, nothing is looked up. This module refuses to decide; how a reader
sees it is told by `Books.read_by`.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from sheetflow.consolidation.reviews import (
    Handed,
    Review,
    counting_above,
    excused_until,
    passed_in,
    passing_of,
    questions_of,
)
from sheetflow.consolidation.states import Said
from sheetflow.context import Context
from sheetflow.periods import Period, end_of
from sheetflow.schemas.forms import Form
from sheetflow.schemas.review import Decision, Matter, Passing, Policy, Question, Verdict
from sheetflow.service.deciding import reviews_in
from sheetflow.service.merged_units import tree_for
from sheetflow.service.repeated import repeats_among
from sheetflow.service.scopes import has_many
from sheetflow.store.records import Arrival, Submission
from sheetflow.units import Unit

_A_YEAR = dt.timedelta(days=366)

Reviews = Mapping[str, Review]
"""By unit id."""


def policy_of(context: Context) -> Policy:
    """Say when figures go beyond the unit directly above."""
    return Policy(context.settings.review.policy)


def recent_periods(context: Context, since: dt.datetime) -> frozenset[str]:
    """Name the periods of all forms that somebody may still be about: their last deadline is no year before `since`."""
    found = set[str]()
    for form in context.campaign.forms:
        period, before = form.period_of(context.clock.now().date()), None
        while period != before and context.last_deadline(period) > since - _A_YEAR:
            found.add(period.period_id)
            period, before = form.last_ended(period.first_day), period
    return frozenset(found)


def superior_of(context: Context, unit_id: str, period: Period) -> Unit | None:
    """Give who lets pass what a unit hands up: the one directly above whoever answers for it."""
    tree = context.tree
    answering = tree.successor_on(unit_id, period.last_day) or tree[unit_id]
    return tree[answering.parent] if answering.parent else None


def reviews_of(
    context: Context, form: Form, period: Period, submissions: Iterable[Submission]
) -> Reviews:
    """Give what was decided of each unit's `submissions`; of nobody where nobody is asked or decided."""
    is_asked = policy_of(context) is not Policy.NONE
    decided: dict[str, list[Decision]] = {}
    for decision in context.store.decisions.find_all(form=form.key, period=period.period_id):
        decided.setdefault(decision.unit_id, []).append(decision)
    if not (is_asked or decided):
        return {}
    handed: dict[str, list[Handed]] = {unit_id: [] for unit_id in decided}
    by_unit: dict[str, list[Submission]] = {}
    for each in submissions:
        by_unit.setdefault(each.unit_id, []).append(each)
    for unit_id, entries in by_unit.items():
        repeats = repeats_among(context, entries, passed_in(decided.get(unit_id, ())))
        handed[unit_id] = [_handed(each, repeats.get(each.receipt, "")) for each in entries]
    found: dict[str, Review] = {}
    for unit_id, listed in handed.items():
        if unit_id in context.tree:
            superior = superior_of(context, unit_id, period)
            found[unit_id] = Review(
                unit_id=unit_id,
                superior=superior.unit_id if superior else "",
                handed=tuple(listed),
                decisions=tuple(decided.get(unit_id, ())),
                is_asked=is_asked,
            )
    # What a unit answered stands in its workbooks: those are read only where that can settle anything. Who lets
    # pass is told above, for all alike.
    asking = {unit_id for unit_id, review in found.items() if _waits_for_words(review)}
    read = reviews_in(context, form.key, period.period_id, asking) if asking else {}
    answered = {
        unit_id: replace(found[unit_id], handed=review.handed) for unit_id, review in read.items()
    }
    return {**found, **answered}


def _waits_for_words(review: Review) -> bool:
    """Whether a question is not settled, so that the unit's own words tell how it stands."""
    return any(
        asked.state is not Question.SETTLED and not asked.is_forwarded
        for asked in questions_of(review)
    )


def _handed(submission: Submission, repeats: str) -> Handed:
    return Handed(
        receipt=submission.receipt,
        number=submission.number,
        arrival_id=submission.arrival_id,
        outcome=submission.outcome,
        at=submission.handed_in,
        repeats=repeats,
    )


def passing_by_unit(reviews: Reviews) -> dict[str, Passing]:
    """Tell how the 验收 of what each unit had accepted last stands."""
    return {unit_id: passing_of(review) for unit_id, review in reviews.items()}


def going_up(
    context: Context,
    reviews: Reviews,
    until: Mapping[str, dt.datetime],
    passed: dt.datetime | None,
) -> dict[str, str]:
    """Give the receipt of what counts beyond each unit's superior; empty where nothing does.

    `until` are everybody's own deadlines; `passed` is the last one that is known to be over.
    """
    policy, found = policy_of(context), dict[str, str]()
    for unit_id, review in reviews.items():
        due = until.get(review.superior)
        is_due = bool(due and passed and due <= passed)
        counting = counting_above(review, policy, is_due=is_due)
        found[unit_id] = counting.receipt if counting else ""
    return found


def counting_for(
    context: Context, form: Form, period: Period, reader: Unit, passed: dt.datetime | None
) -> dict[str, Submission]:
    """Give the submission of each unit below `reader` that counts for it, by unit id.

    Who has too many below is given those directly below: what others handed in, these have.
    """
    tree = tree_for(context, form)
    children = tree.children(reader.unit_id)
    among_all = children if has_many(tree, reader) else tree.subtree(reader.unit_id)
    below = (*among_all, *tree.succeeded)
    heirs = {
        unit.unit_id: tree.successor_on(unit.unit_id, period.last_day) or unit for unit in below
    }
    chains = {one: tree.chain(heir.unit_id)[1:] for one, heir in heirs.items()}
    known = {unit.unit_id for unit in among_all}
    among = [
        one for one, chain in chains.items() if reader in chain and heirs[one].unit_id in known
    ]
    tried = context.store.submissions.find_submissions(
        form=form.key, period=period.period_id, among=among
    )
    found = {one.unit_id: one for one in tried if one.outcome == "accepted"}
    reviews = reviews_of(context, form, period, tried)
    superiors = {review.superior for review in reviews.values()}
    until = {one: context.deadline(tree[one], form, period) for one in superiors if one in tree}
    up = going_up(context, reviews, until, passed)
    by_receipt = {one.receipt: one for one in tried}
    for unit_id in [one for one in found if reader in chains[one][1:]]:
        receipt = up.get(unit_id, found[unit_id].receipt)
        if receipt:
            found[unit_id] = by_receipt[receipt]
        else:
            del found[unit_id]
    return found


def said_of(
    context: Context, reviews: Reviews, submissions: Iterable[Submission]
) -> dict[str, Said]:
    """Give what boards say of superiors' decisions, of whom there are any, and of what came in time for that."""
    found: dict[str, Said] = {}
    by_unit: dict[str, list[Submission]] = {}
    for each in submissions:
        by_unit.setdefault(each.unit_id, []).append(each)
    for unit_id, review in reviews.items():
        if review.decisions:
            said = Said(
                returned_by=_returned_by(context, review),
                questions=sum(
                    asked.state is Question.OPEN and not asked.is_forwarded
                    for asked in questions_of(review)
                ),
                excused_until=excused_until(review),
                mending=returned_in_time(review, by_unit.get(unit_id, ())),
            )
            if said != Said():
                found[unit_id] = said
    return found


def returned_in_time(review: Review, submissions: Iterable[Submission]) -> bool:
    """Whether a superior returned what had come in time, or with leave: what mends it is not late (退回修改)."""
    day = excused_until(review)
    return any(
        not each.late or (day is not None and each.handed_in <= end_of(day))
        for each in submissions
        if each.receipt in review.returned
    )


def was_excused(context: Context, arrival: Arrival, form: str, period: str) -> bool:
    """Whether the unit had leave to be late (缓报) when this came in; leave that came later is told by `books`."""
    found = context.store.decisions.find_all(
        unit_id=arrival.unit_id, form=form, period=period, matter=Matter.UNIT
    )
    noted = [each for each in found if each.decided_at <= arrival.arrived_at]
    until = excused_until(Review(unit_id=arrival.unit_id, decisions=noted)) if noted else None
    return until is not None and (arrival.put_at or arrival.arrived_at) <= end_of(until)


def _returned_by(context: Context, review: Review) -> str:
    """Name who returned the unit's newest workbook; an administrator speaks for the superior."""
    newest = review.newest
    if newest is None or newest.receipt not in review.returned:
        return ""
    given = [
        each.by_unit
        for each in review.stands
        if each.verdict is Verdict.RETURN and each.receipt == newest.receipt
    ]
    named: Sequence[str] = [one for one in (*reversed(given), review.superior) if one]
    return next((context.tree[one].name for one in named if one in context.tree), "上级")
