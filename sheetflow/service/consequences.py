"""What an answer entails: the mail to queue, and the publications that are now stale (`marks`).

Everything here only computes; whoever records the answer records this in the same commit.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from typing import TypedDict

from sheetflow.context import Context
from sheetflow.context.paths import answer_path, precheck_path
from sheetflow.findings import Round
from sheetflow.mail.facts import mail_facts, make_mail, quotable_name, with_findings
from sheetflow.mail.letter_data import Event
from sheetflow.periods import Period
from sheetflow.schemas.book import Judgement, Outcome
from sheetflow.store.records import (
    Arrival,
    FollowUp,
    NewMail,
    Publication,
    PublicationKind,
    Stale,
    Submission,
)
from sheetflow.units import Unit


@dataclass(frozen=True, slots=True)
class Before:
    """What stood before a judgement: what counts for its unit and period, and a decision.

    `compared` tells what became of the last attempt's findings.
    """

    compared: Round | None = None
    standing: Submission | None = None
    released: bool = False


def look_before(
    context: Context, arrival: Arrival, judgement: Judgement, compared: Round | None
) -> Before:
    """Look up what stood before the judgement is recorded."""
    store = context.store.submissions
    standing = (
        store.find_accepted(arrival.unit_id, judgement.form, judgement.period)
        if judgement.period
        else None
    )
    decisions = store.find_decisions(arrival.arrival_id)
    released = bool(decisions) and decisions[-1].verdict == "release"
    return Before(compared, standing, released)


_NOTHING = Before()


def entail(
    context: Context, submission: Submission, judgement: Judgement, before: Before = _NOTHING
) -> FollowUp:
    """Give the mails and the stale marks that an outcome entails."""
    return FollowUp(
        mails=(
            *_mail(context, submission, judgement, before),
            *_tell_named(context, submission, judgement),
            *_tell_superior(context, submission, judgement),
        ),
        stale=tuple(stale_after(context, submission)),
    )


def _mail(
    context: Context, submission: Submission, judgement: Judgement, before: Before
) -> tuple[NewMail, ...]:
    unit = context.tree[submission.unit_id]
    facts = mail_facts(context, unit, submission.form, submission.period)
    data = replace(
        with_findings(context, facts, judgement),
        number=submission.number,
        receipt=submission.receipt,
        received=_time(submission.arrived_at),
        progress=before.compared,
        reason=_reason(context, judgement),
        late=submission.late,
        nil=submission.nil,
        file_name=quotable_name(submission.file_name)
        if judgement.outcome is Outcome.REFUSED
        else "",
        **_changed(submission, before),
    )
    message_id = f"{submission.receipt}.{submission.judgement_id}"
    path = answer_path(context, submission)
    return make_mail(context, unit, Event(submission.outcome), data, message_id, path)


class _Changed(TypedDict):
    corrects: str
    overtaken: str
    released: bool


def _changed(submission: Submission, before: Before) -> _Changed:
    """Say what an accepted submission takes the place of, or what stands in spite of it."""
    standing, corrects, overtaken = before.standing, "", ""
    if standing and submission.outcome == "accepted":
        if standing.arrival_id < submission.arrival_id:
            corrects = f"第{standing.number}号"
        elif standing.arrival_id > submission.arrival_id:
            overtaken = f"第{standing.number}号"
    return _Changed(corrects=corrects, overtaken=overtaken, released=before.released)


def _time(moment: dt.datetime) -> str:
    return moment.strftime("%Y-%m-%d %H:%M")


def _reason(context: Context, judgement: Judgement) -> str:
    """Why something is held or refused, in one sentence."""
    if judgement.outcome in {Outcome.HELD, Outcome.REFUSED} and judgement.findings:
        return context.campaign.catalogue.wrong(judgement.findings[0])
    return ""


def _tell_named(
    context: Context, submission: Submission, judgement: Judgement
) -> tuple[NewMail, ...]:
    """Tell the unit that a held workbook names, quoting nothing of the file."""
    named = judgement.named_unit
    if judgement.outcome is not Outcome.HELD or named not in context.tree:
        return ()
    unit = context.tree[named]
    data = replace(
        mail_facts(context, unit, submission.form, submission.period),
        receipt=submission.receipt,
        received=_time(submission.arrived_at),
        other_unit=context.tree[submission.unit_id].name,
    )
    message_id = f"{submission.receipt}.{submission.judgement_id}.named"
    return make_mail(context, unit, Event.IDENTITY, data, message_id)


def _tell_superior(
    context: Context, submission: Submission, judgement: Judgement
) -> tuple[NewMail, ...]:
    """Tell the unit above that a held workbook waits for its decision, and how to give it."""
    sender = context.tree[submission.unit_id]
    if judgement.outcome is not Outcome.HELD or not sender.parent:
        return ()
    superior = context.tree[sender.parent]
    data = replace(
        mail_facts(context, superior, submission.form, submission.period),
        receipt=submission.receipt,
        received=_time(submission.arrived_at),
        other_unit=sender.name,
        reason=_reason(context, judgement),
        ours=all(finding.rule == "our-fault" for finding in judgement.findings),
        deadline="",
    )
    message_id = f"{submission.receipt}.{submission.judgement_id}.superior"
    return make_mail(context, superior, Event.SUPERIOR, data, message_id)


def entail_duplicate(context: Context, arrival: Arrival, repeated: Submission) -> FollowUp:
    """Give the mail that says: already received."""
    unit = context.tree[arrival.unit_id]
    path = answer_path(context, repeated)
    data = replace(
        mail_facts(context, unit, repeated.form, repeated.period),
        number=repeated.number,
        receipt=repeated.receipt,
        received=_time(repeated.arrived_at),
        reason=Outcome(repeated.outcome).label,
        file_place=f"{path.parent.name}/{path.name}",
    )
    message_id = f"{repeated.receipt}.again.{arrival.arrival_id}"
    return FollowUp(mails=make_mail(context, unit, Event.DUPLICATE, data, message_id))


def entail_precheck(context: Context, arrival: Arrival, judgement: Judgement) -> FollowUp:
    """Give the mail and the mark for the marked copy of a precheck."""
    unit = context.tree[arrival.unit_id]
    path = precheck_path(context, unit, judgement.form, judgement.period, arrival.arrival_id)
    facts = mail_facts(context, unit, judgement.form, judgement.period)
    data = replace(
        with_findings(context, facts, judgement),
        received=_time(arrival.arrived_at),
        passed=judgement.outcome is Outcome.ACCEPTED,
    )
    mark = Stale(
        unit_id=unit.unit_id,
        form=judgement.form,
        period=judgement.period,
        kind=PublicationKind.ANSWER,
        precheck=arrival.arrival_id,
    )
    name = f"precheck-{arrival.arrival_id}"
    mails = make_mail(context, unit, Event.PRECHECK, data, name, path)
    # Without a receipt it would not be known as an answer.
    return FollowUp(mails=[replace(mail, receipt=name) for mail in mails], stale=(mark,))


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
