"""Who else is told of a workbook that is held: the unit that it names, and the one above that decides.

The mails are only computed here. What its sender is told stands in `consequences`.
"""

from __future__ import annotations

from dataclasses import replace

from sheetflow.context import Context
from sheetflow.mail.facts import mail_facts, make_mail
from sheetflow.mail.letter_data import Event
from sheetflow.schemas.book import Judgement
from sheetflow.service.merged_units import who_decides
from sheetflow.store.records import NewMail, Submission
from sheetflow.units import OWN_LEVEL


def tell_named(
    context: Context, submission: Submission, judgement: Judgement
) -> tuple[NewMail, ...]:
    """Tell the unit that a held workbook names, quoting nothing of the file."""
    if judgement.named_unit not in context.tree:
        return ()
    unit = context.tree[judgement.named_unit]
    data = replace(
        mail_facts(context, unit, submission.form, submission.period),
        receipt=submission.receipt,
        received=submission.arrived_at.strftime("%Y-%m-%d %H:%M"),
        other_unit=context.tree[submission.unit_id].name,
    )
    message_id = f"{submission.receipt}.{submission.judgement_id}.named"
    return make_mail(context, unit, Event.IDENTITY, data, message_id)


def tell_superior(
    context: Context, submission: Submission, judgement: Judgement, reason: str
) -> tuple[NewMail, ...]:
    """Tell the unit that decides about its sender that a held workbook waits, and how to decide."""
    sender = context.tree[submission.unit_id]
    superior = who_decides(context, sender.unit_id)
    if superior is None:
        return ()
    own = OWN_LEVEL * context.tree.adds_up(sender, submission.arrived_at.date())
    data = replace(
        mail_facts(context, superior, submission.form, submission.period),
        receipt=submission.receipt,
        received=submission.arrived_at.strftime("%Y-%m-%d %H:%M"),
        other_unit=sender.name + own,
        reason=reason,
        ours=all(finding.rule == "our-fault" for finding in judgement.findings),
        deadline="",
    )
    message_id = f"{submission.receipt}.{submission.judgement_id}.superior"
    return make_mail(context, superior, Event.SUPERIOR, data, message_id)
