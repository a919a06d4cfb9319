"""发放: the 填报 workbooks of units, each in its own outbox folder; and the letter that tells of them.

What units get depends on what is accepted; a workbook that stands on nothing new is not made again. This
module refuses to lay what offices edit (templates, the guide).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from functools import partial

from sheetflow.context import Context
from sheetflow.context.paths import SAMPLE_NAME, workbook_path
from sheetflow.errors import SheetflowError
from sheetflow.mail.facts import FormPeriod, facts_of_several, mail_facts, make_mail, own_deadline
from sheetflow.mail.letter_data import Event
from sheetflow.periods import Period, moment_in_words
from sheetflow.schemas.forms import Form
from sheetflow.schemas.schedule import is_urgent
from sheetflow.service.answer import begin_workbook
from sheetflow.service.books import books_of
from sheetflow.service.changes import declared_grounds
from sheetflow.service.follow_units import follow_units
from sheetflow.service.page_marks import page_mark
from sheetflow.service.publish import Attempts, SideBySide, is_published
from sheetflow.service.review_marks import review_marks
from sheetflow.service.unit_progress import make_progress_pages
from sheetflow.store.records import Document, NewMail, PublicationKind, Stale
from sheetflow.units import Unit

_AT_ONCE = 16
"""So many workbooks wait for the disk together."""

REMINDED = "reminded"
"""In a document of the calendar: who was told that something is asked of it, as [unit, form, period]."""


def issue_to(context: Context, form: Form, period: Period, units: Iterable[Unit]) -> int:
    """Publish the 填报 workbook of each of `units` that fills the form; give how many are new.

    Raise the first SheetflowError that one of them met, when all others are published.
    """
    new, errors = issue_what_can_be(context, form, period, units)
    if errors:
        raise errors[0]
    return new


def issue_what_can_be(
    context: Context, form: Form, period: Period, units: Iterable[Unit]
) -> tuple[int, Sequence[SheetflowError]]:
    """Publish these workbooks as far as may be; give how many are new, and what the others met.

    What could not be made stays marked, with the reason, and is made by the first pass that can.
    """
    context.workspace.ensure_unit_folders(context.tree, context.is_attaching)
    follow_units(context)
    _keep_grounds(context)
    context.ensure_stamp_key()
    expected = [unit for unit in units if form.is_for(unit.level)]
    marks = [
        Stale(
            unit_id=unit.unit_id,
            form=form.key,
            period=period.period_id,
            kind=PublicationKind.WORKBOOK,
        )
        for unit in expected
    ]
    attempts = Attempts(context)
    workbooks = SideBySide(attempts, "发放填报表", _AT_ONCE, partial(begin_workbook, context))
    workbooks.begin(marks)
    workbooks.finish()
    _keep_failed(context, attempts)
    pages = Attempts(context)
    reviews = (review_marks(context, unit.unit_id, form.key, [period]) for unit in expected)
    follows = [page_mark(mark, PublicationKind.PROGRESS) for mark in marks]
    follows += dict.fromkeys(mark for found in reviews for mark in found)
    context.store.publications.record_stale(follows, context.clock.now())
    make_progress_pages(context, pages)
    new = sum(not path.name.startswith(SAMPLE_NAME) for path in attempts.paths)
    return new, (*attempts.errors, *pages.errors)


def _keep_failed(context: Context, attempts: Attempts) -> None:
    """Mark those that were not made, and keep why: a mark with its trouble is tried again."""
    if not attempts.failed:
        return
    store = context.store.publications
    why = {(one.unit_id, one.form, one.period): said for one, said in attempts.failed.items()}
    with context.store.together():
        store.record_stale(attempts.failed, context.clock.now())
        store.record_troubles(
            {
                mark.mark_id: why[which]
                for mark in store.find_stale(PublicationKind.WORKBOOK)
                if (which := (mark.unit_id, mark.form, mark.period)) in why
            }
        )


def issue_lacking(
    context: Context, form: Form, period: Period, units: Iterable[Unit]
) -> Sequence[SheetflowError]:
    """Publish the workbooks of those of `units` to whom none was ever handed out; give what some met."""
    lacking = [
        unit
        for unit in units
        if not is_published(context, workbook_path(context, form, unit, period))
    ]
    return issue_what_can_be(context, form, period, lacking)[1] if lacking else ()


def _keep_grounds(context: Context) -> None:
    """Keep what is issued first stands on: what changes before the first pass is seen by it, too."""
    known = context.store.fingerprints.find_all()
    new = {each.name: each.digest for each in declared_grounds(context) if each.name not in known}
    if new:
        context.store.fingerprints.record(new)


def announce(context: Context, opened: Sequence[FormPeriod]) -> Document:
    """Queue one mail to each unit that fills any of these and is not in yet; give who gets one.

    None says that there is time where a unit's own deadline is over: that is for 催报 to say. It encloses the unit's workbooks, or says where they lie.
    """
    now = context.clock.now()
    by_unit: dict[str, list[FormPeriod]] = {}
    for form, period in opened:
        books = books_of(context, form, period)
        for unit in (unit for root in context.tree.roots for unit in books.expected(root)):
            row = books.board_row(unit)
            if not row.state.is_in and not (row.deadline and now > row.deadline):
                by_unit.setdefault(unit.unit_id, []).append((form, period))
    mails: list[NewMail] = []
    for unit_id, asked in by_unit.items():
        unit = context.tree[unit_id]
        form, period = asked[0]
        name = f"issued.{unit_id}.{form.key}.{period.period_id}"
        data = mail_facts(context, unit, form.key, period.period_id)
        if len(asked) > 1:
            lines = [asked_words(context, unit, each) for each in asked]
            data = facts_of_several(context, unit, asked, lines)
        data = replace(
            data,
            urgent=is_urgent_for(context, unit, asked),
            prefilled=any(when != one.periods_of(when.last_day.year)[0] for one, when in asked),
        )
        made = (workbook_path(context, one, unit, when) for one, when in asked)
        paths = [path for path in made if is_published(context, path)]
        mails += make_mail(context, unit, Event.ISSUED, data, name, *paths)
    context.store.mails.record_mails(mails, now)
    return {
        "mailed": [mail.unit_id for mail in mails],
        REMINDED: [
            [unit_id, form.key, period.period_id]
            for unit_id, asked in by_unit.items()
            for form, period in asked
        ],
    }


def asked_words(context: Context, unit: Unit, asked: FormPeriod) -> str:
    """Name one of several things that are asked of a unit, and by when: 2012年《河道名录》：4月5日前报送."""
    form, period = asked
    until = moment_in_words(own_deadline(context, unit, form, period), "")
    return f"{period.label}《{form.title}》：{until}前报送"


def is_urgent_for(context: Context, unit: Unit, asked: Collection[FormPeriod]) -> bool:
    """Whether any of what is asked of a unit is due by the clock (加急)."""
    return any(is_urgent(own_deadline(context, unit, *each)) for each in asked)
