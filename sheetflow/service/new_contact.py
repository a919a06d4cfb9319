"""填报人 or 联系电话 on an accepted cover is another than before: the unit is asked once to confirm, and gets its 报送进度.

Which cells those are the form's cover declares. Neither the old nor the new value goes into the mail.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from sheetflow.context import Context
from sheetflow.context.paths import progress_path
from sheetflow.mail.facts import mail_facts, make_mail
from sheetflow.mail.letter_data import Event
from sheetflow.schemas.documents import load_rows
from sheetflow.schemas.forms import Form
from sheetflow.schemas.parsing import Value
from sheetflow.store.records import NewMail, Submission


def ask_to_confirm(context: Context, submission: Submission) -> tuple[NewMail, ...]:
    """Give the mail where an accepted cover names somebody else than the one before; its name is the receipt's.

    The submission is recorded already.
    """
    if submission.outcome != "accepted":
        return ()
    form = context.form(submission.form)
    columns = tuple(filter(None, (form.cover.preparer, form.cover.phone)))
    before = _accepted_before(context, submission) if columns else None
    if before is None:
        return ()
    changed = _changed(
        form, columns, *(_cover(context, form, each) for each in (before, submission))
    )
    if not changed:
        return ()
    unit, period = context.tree[submission.unit_id], context.period(form.key, submission.period)
    data = replace(
        mail_facts(context, unit, submission.form, submission.period),
        number=submission.number,
        receipt=submission.receipt,
        reason="和".join(changed),
        deadline="",
    )
    path = progress_path(context, form, unit, period)
    return make_mail(context, unit, Event.CONTACT, data, f"{submission.receipt}.contact", path)


def _accepted_before(context: Context, submission: Submission) -> Submission | None:
    """Give the unit's workbook of the form that was accepted last before this one, whatever its period.

    One that its superior returned since was asked about when it was accepted.
    """
    which = {"unit_id": submission.unit_id, "form": submission.form}
    accepted = context.store.submissions.find_first_accepted(**which)
    earlier = [
        each
        for each in context.store.submissions.find_submissions(**which)
        if each.receipt in accepted and each.arrival_id < submission.arrival_id
    ]
    return earlier[-1] if earlier else None


def _cover(context: Context, form: Form, submission: Submission) -> Mapping[str, Value]:
    """Give what stands on a submission's cover; nothing of one that was purged."""
    sheet = form.cover_sheet
    for _, text in context.store.contents.iterate_rows([submission], sheet.key):
        for row in load_rows(sheet, text)[:1]:
            return row
    return {}


def _changed(
    form: Form, columns: Iterable[str], before: Mapping[str, Value], now: Mapping[str, Value]
) -> tuple[str, ...]:
    """Name the columns that say something else now, as the form has them.

    One that said nothing then, or says nothing now, is no change.
    """
    return tuple(
        form.cover_sheet.by_key[key].label
        for key in columns
        if before.get(key) and now.get(key) and before[key] != now[key]
    )
