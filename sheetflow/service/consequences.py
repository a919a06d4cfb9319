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
from sheetflow.schemas.book import Judgement, Outcome
from sheetflow.service.marks import stale_after
from sheetflow.store.records import Arrival, FollowUp, NewMail, PublicationKind, Stale, Submission


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
