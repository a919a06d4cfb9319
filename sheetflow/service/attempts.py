"""The unit's attempts before: how the last one compares, what was decided of it, whether one was in time or returned.

For what follows from a judgement (`service.consequences`); it refuses to judge, and to say what a unit hears.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable

from sheetflow.children.judge_task import FormAndPeriod
from sheetflow.consolidation.reviews import OWN
from sheetflow.context import Context
from sheetflow.findings import Finding, Said
from sheetflow.rounds import Round, compare_rounds
from sheetflow.schemas.documents import load_explanations, load_finding
from sheetflow.schemas.review import Decision, Matter, Verdict, standing
from sheetflow.store.records import Arrival, Submission

Found = tuple[Iterable[Finding], Said]
"""Findings, and what is said of them."""


def last_decision(context: Context, arrival: Arrival) -> Decision | None:
    """Give what was decided last about a file that was held, if anything was."""
    receipts = context.store.submissions.find_receipts(arrival.arrival_id)
    about = context.store.decisions.find_about(receipts)
    decided = standing(each for listed in about.values() for each in listed)
    held = [each for each in decided if each.matter is Matter.HELD]
    return held[-1] if held else None


def was_in_time(context: Context, arrival: Arrival, form: str, period: str) -> bool:
    """Whether the unit had something accepted in time before: then this is a correction, not late.

    What a superior returned since was accepted then: what mends it (退回修改) is not late either.
    """
    returned = returned_receipts(
        context.store.decisions.find_all(unit_id=arrival.unit_id, form=form, period=period)
    )
    return any(
        (entry.outcome == "accepted" or entry.receipt in returned)
        and not entry.late
        and entry.arrival_id < arrival.arrival_id
        for entry in context.store.submissions.find_submissions(
            unit_id=arrival.unit_id, form=form, period=period
        )
    )


def returned_receipts(decisions: Iterable[Decision]) -> frozenset[str]:
    """Give what a superior returned, by decisions that were not taken back."""
    return frozenset(each.receipt for each in standing(decisions) if each.verdict is Verdict.RETURN)


def mended_by(
    submissions: Iterable[Submission], returned: Collection[str]
) -> dict[str, Submission]:
    """Give by receipt which of those `returned` by a superior a submission mends (退回修改): it is no 更正.

    That is what came after it for the same form and period, until something was accepted.
    """
    found: dict[str, Submission] = {}
    counted: dict[tuple[str, str, str], Submission] = {}
    for entry in sorted(submissions, key=lambda entry: entry.arrival_id):
        which = entry.unit_id, entry.form, entry.period
        before = counted.get(which)
        if before and before.receipt in returned:
            found[entry.receipt] = before
        if entry.outcome == "accepted" or entry.receipt in returned:
            counted[which] = entry
    return found


def mended(context: Context, submission: Submission) -> Submission | None:
    """Give what a superior returned and the unit mends by this one; None where it mends nothing."""
    unit_id, form, period = submission.unit_id, submission.form, submission.period
    given = context.store.decisions.find_all(unit_id=unit_id, form=form, period=period)
    returned = returned_receipts(given)
    if not returned:
        return None
    tried = context.store.submissions.find_submissions(unit_id=unit_id, form=form, period=period)
    return mended_by(tried, returned).get(submission.receipt)


def last_round(
    context: Context, arrival: Arrival, form_and_period: FormAndPeriod, found: Found
) -> Round | None:
    """Compare what is `found` with the attempt before `arrival`, if that one was returned.

    What was held or refused in between is nobody's attempt at mending.
    """
    store, (form, period), (now, settled) = context.store, form_and_period, found
    tried = [
        entry
        for entry in store.submissions.find_submissions(
            unit_id=arrival.unit_id, form=form, period=period
        )
        if entry.arrival_id < arrival.arrival_id and entry.outcome in OWN
    ]
    last = max(tried, key=lambda entry: entry.arrival_id, default=None)
    if last is None or last.outcome != "returned":
        return None
    said = load_explanations(store.contents.find_explanations(last))
    told = map(load_finding, store.contents.find_findings(last))
    return compare_rounds([entry for entry in told if entry.identity not in said], now, settled)
