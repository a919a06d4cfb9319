"""What a unit is told of a workbook that is returned after all: in one letter, by the newest it has to mend.

A return makes two workbooks be judged anew where the unit has a later one to mend, and one of them may have
been told of already, in a mail that nobody has sent yet. This module refuses to word a letter.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

from sheetflow.consolidation.reviews import OWN
from sheetflow.context import Context
from sheetflow.schemas.book import Outcome
from sheetflow.store.records import FollowUp, Submission


def record_told(
    context: Context, submission: Submission, follow_up: FollowUp, at: dt.datetime
) -> None:
    """Record what an outcome entails; a letter of a return takes the place of those that nobody has sent yet."""
    store = context.store
    untold: tuple[int, ...] = ()
    if submission.outcome == Outcome.RETURNED:
        untold = store.mails.find_untold(submission.unit_id, submission.receipt)
        if _is_told_by_next(context, submission):
            follow_up = replace(follow_up, mails=())
    store.outcomes.record_follow_up(follow_up, at)
    for mail in follow_up.mails[:1] if untold else ():
        store.mails.record_gathered(untold, mail, at)


def _is_told_by_next(context: Context, submission: Submission) -> bool:
    """Whether a later workbook to mend is being judged anew, so that its letter tells of this one's return."""
    if submission.outcome != Outcome.RETURNED or not submission.period:
        return False
    store = context.store
    own = [
        each
        for each in store.submissions.find_submissions(
            submission.unit_id, submission.form, submission.period
        )
        if each.outcome in OWN
    ]
    last = own[-1]
    is_later = last.arrival_id > submission.arrival_id and last.outcome == Outcome.RETURNED
    return is_later and store.arrivals.find_arrival(last.arrival_id).judged_at is None
