"""What a unit is told when its superior asks about a workbook that was accepted: a mail, once for each question.

The questions are findings of its newest judgement; that they are asked is decided elsewhere.
"""

from __future__ import annotations

from dataclasses import replace

from sheetflow.context import Context
from sheetflow.context.paths import question_path
from sheetflow.findings import ASKED_RULE, open_questions
from sheetflow.mail.facts import mail_facts, make_mail, with_findings
from sheetflow.mail.letter_data import Event
from sheetflow.schemas.book import Judgement
from sheetflow.schemas.documents import load_finding
from sheetflow.store.records import Arrival, NewMail, Submission


def asked_before(
    context: Context, arrival: Arrival, form: str, period: str
) -> frozenset[str] | None:
    """Give the numbers of what was asked of a submission when it was judged last; None where it did not count."""
    for each in context.store.submissions.find_submissions(arrival.unit_id, form, period):
        if each.arrival_id == arrival.arrival_id and each.outcome == "accepted":
            listed = map(load_finding, context.store.contents.find_findings(each))
            return frozenset(entry.number for entry in listed if entry.is_question)
    return None


def mail_of_questions(
    context: Context, submission: Submission, judgement: Judgement
) -> tuple[NewMail, ...]:
    """Tell the unit what its superior asks now about what was accepted, with the copy to answer in."""
    unit = context.tree[submission.unit_id]
    questions = open_questions(judgement.findings, judgement.explanations)
    facts = mail_facts(context, unit, submission.form, submission.period)
    data = replace(
        with_findings(context, facts, replace(judgement, findings=questions)),
        number=submission.number,
        receipt=submission.receipt,
        received=submission.arrived_at.strftime("%Y-%m-%d %H:%M"),
        by=named_above(judgement, ASKED_RULE),
        asked=len(questions),
    )
    message_id = f"{submission.receipt}.{submission.judgement_id}"
    path = question_path(context, submission)
    return make_mail(context, unit, Event.QUERY, data, message_id, path)


def named_above(judgement: Judgement, rule: str) -> str:
    """Name who returned or asks (上游市), by the rule of the finding; empty where that is answered, or nobody did."""
    said = judgement.explanations
    open_ones = (each for each in judgement.findings if each.identity not in said)
    names = (str(each.arguments["by"]) for each in open_ones if each.rule == rule)
    return "、".join(dict.fromkeys(names))
