"""What a unit is told when its superior takes back a return or a question (撤销): once, where it was told of that.

This module refuses to take anything back: that is a decision like any other.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from sheetflow.context import Context
from sheetflow.findings import open_questions
from sheetflow.mail.facts import mail_facts, make_mail
from sheetflow.mail.letter_data import Event
from sheetflow.schemas.book import Judgement, Outcome
from sheetflow.schemas.documents import load_finding
from sheetflow.schemas.review import HEARD, Decision, Verdict
from sheetflow.store.records import Arrival, NewMail, Submission


def taken_back(context: Context, arrival: Arrival, form: str, period: str) -> tuple[Decision, ...]:
    """Give what was said of this very file, told to its unit when it was judged last, and taken back since."""
    if not arrival.turn:
        return ()
    tried = context.store.submissions.find_submissions(arrival.unit_id, form, period)
    this = next((each for each in tried if each.arrival_id == arrival.arrival_id), None)
    if this is None:
        return ()
    found = map(load_finding, context.store.contents.find_findings(this))
    told = {each.arguments[HEARD] for each in found if HEARD in each.arguments}
    about = context.store.decisions.find_about([this.receipt]).get(this.receipt, ())
    undone = {each.about for each in about if each.verdict is Verdict.UNDO}
    return tuple(each for each in about if each.number in told & undone)


def mail_of_taken_back(
    context: Context, submission: Submission, judgement: Judgement, gone: Sequence[Decision]
) -> tuple[NewMail, ...]:
    """Tell the unit what need not be mended or answered any longer; nothing of what is returned all the same."""
    if not gone or judgement.outcome is not Outcome.ACCEPTED:
        return ()
    unit = context.tree[submission.unit_id]
    tree = context.tree
    by = [tree[each.by_unit].name if each.by_unit in tree else "" for each in gone]
    data = replace(
        mail_facts(context, unit, submission.form, submission.period),
        number=submission.number,
        receipt=submission.receipt,
        by="、".join(filter(None, dict.fromkeys(by))),
        reason="和".join(dict.fromkeys(each.verdict.label for each in gone)),
        passed=any(each.verdict is Verdict.RETURN for each in gone),
        asked=len(open_questions(judgement.findings, judgement.explanations)),
    )
    message_id = f"{submission.receipt}.{submission.judgement_id}.undone"
    return make_mail(context, unit, Event.UNDONE, data, message_id)
