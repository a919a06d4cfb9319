"""What is stale: the marks under which publications are made again, after whatever happened.

A submission makes its answer stale, and what everyone above publishes (`stale_after`); a
publication that is to be made again for another reason has its own mark (`mark_of`,
`answers_by_path`). Changed declarations are found by `changes`, a changed list of units by
`follow_units`: both set these marks.
"""

from __future__ import annotations

from sheetflow.context import Context
from sheetflow.context.paths import answer_path, precheck_path
from sheetflow.periods import Period
from sheetflow.store.records import Publication, PublicationKind, Stale, Submission
from sheetflow.units import Unit


def answers_by_path(context: Context) -> dict[str, Stale]:
    """Give, by its path in the outbox, the mark under which each answer can be made again."""
    purged = context.store.purges.find_purged()
    found: dict[str, Stale] = {}
    for submission in context.store.submissions.find_submissions():
        if submission.unit_id not in context.tree:
            continue
        if submission.outcome == "returned" and submission.arrival_id in purged:
            continue
        found[context.relative(answer_path(context, submission))] = Stale(
            unit_id=submission.unit_id,
            form=submission.form,
            period=submission.period,
            kind=PublicationKind.ANSWER,
            receipt=submission.receipt,
            why=submission.receipt,
        )
    for arrival in context.store.arrivals.find_all():
        gone = arrival.unit_id not in context.tree or arrival.arrival_id in purged
        if arrival.answer != "precheck" or gone:
            continue
        head = context.store.arrivals.find_answer_document(arrival.arrival_id)[0]
        unit, period = context.tree[arrival.unit_id], str(head["period"])
        form = str(head["form"])
        path = context.relative(precheck_path(context, unit, form, period, arrival.arrival_id))
        found[path] = Stale(
            unit_id=unit.unit_id,
            form=form,
            period=period,
            kind=PublicationKind.ANSWER,
            precheck=arrival.arrival_id,
        )
    return found


def mark_of(entry: Publication, why: str = "") -> Stale | None:
    """Give the mark under which a roll-up or a 填报 workbook can be made again."""
    try:
        Period.parse(entry.period)
    except ValueError:
        return None
    return Stale(
        unit_id=entry.unit_id, form=entry.form, period=entry.period, kind=entry.kind, why=why
    )


def stale_after(context: Context, submission: Submission) -> list[Stale]:
    """Name what stands on a submission: its answer, and what everyone above publishes."""
    form, period = submission.form, submission.period
    marks = [
        Stale(
            unit_id=submission.unit_id,
            form=form,
            period=period,
            kind=PublicationKind.ANSWER,
            receipt=submission.receipt,
            why=submission.receipt,
        )
    ]
    if not period:
        return marks + _boards_that_list(context, submission)
    begun = context.period(form, period)
    if begun.first_day > submission.arrived_at.date():
        return marks  # a period that is not begun has nothing above it yet
    # Cumulative figures of later periods stand on it.
    periods = [begun, *begun.rest_of_year] if submission.outcome == "accepted" else [begun]
    marks += [
        Stale(
            unit_id=unit.unit_id,
            form=form,
            period=later.period_id,
            kind=kind,
            why=submission.receipt,
        )
        for later in periods
        for unit in _above(context, _answering(context, submission.unit_id, later))
        for kind in (PublicationKind.CONSOLIDATED, PublicationKind.REPORT, PublicationKind.BOARD)
    ]
    marks += [
        Stale(
            unit_id=_answering(context, submission.unit_id, later).unit_id,
            form=form,
            period=later.period_id,
            kind=PublicationKind.WORKBOOK,
            why=submission.receipt,
        )
        for later in periods[1:]
    ]
    return marks


def _boards_that_list(context: Context, submission: Submission) -> list[Stale]:
    """Mark the boards above a workbook of no known period that is held, or no longer is.

    Those are the boards that people look at then: of the period that is due, and of the current
    one. A board that shows nothing yet is not made for it.
    """
    if submission.outcome == "refused":
        return []
    form = context.form(submission.form)
    day = submission.arrived_at.date()
    return [
        Stale(
            unit_id=unit.unit_id,
            form=form.key,
            period=period.period_id,
            kind=PublicationKind.BOARD,
            why=submission.receipt,
        )
        for period in dict.fromkeys((form.last_ended(day), form.period_of(day)))
        for unit in _above(context, context.tree[submission.unit_id])
    ]


def _above(context: Context, unit: Unit) -> list[Unit]:
    """The units that publish what `unit` reports: those on its chain with others below them."""
    return [
        entry for entry in context.tree.chain(unit.unit_id) if context.tree.children(entry.unit_id)
    ]


def _answering(context: Context, unit_id: str, period: Period) -> Unit:
    """The unit that answers for the books of `unit_id` in `period`: itself, or its successor."""
    heir = context.tree.successor_on(unit_id, period.last_day)
    return heir or context.tree[unit_id]
