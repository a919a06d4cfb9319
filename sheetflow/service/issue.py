"""填报 workbooks: handed out to each unit, and again when what they stand on changes."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from functools import partial
from pathlib import Path

from sheetflow.children.workbook_tasks import BlankRequest, render_blank
from sheetflow.context import Context
from sheetflow.context.paths import workbook_path
from sheetflow.context.templates import report_place
from sheetflow.durable import replace_file
from sheetflow.periods import OFFICE_ZONE, Period
from sheetflow.schemas.forms import Form
from sheetflow.service.books import declared
from sheetflow.service.follow_units import follow_units
from sheetflow.service.publish import Attempts, Made, Making, Order, SideBySide, basis_of, is_fresh
from sheetflow.service.unit_history import merged_since, past_books
from sheetflow.store.records import PublicationKind, Stale
from sheetflow.units import Unit
from sheetflow.writing import write_master


def issue_workbooks(
    context: Context, form: Form, period: Period, units: Iterable[Unit] | None = None
) -> int:
    """Publish the 填报 workbook of every unit (or of `units`) and the master; give how many are new.

    Units of a level that does not fill the form get none.

    Raise the first SheetflowError that one of them met, when all others are published.
    """
    wanted = context.tree.living_on(period.last_day) if units is None else units
    expected = [unit for unit in wanted if form.is_for(unit.level)]
    context.workspace.ensure_unit_folders(context.tree)
    follow_units(context)
    context.ensure_stamp_key()
    marks = [
        Stale(
            unit_id=unit.unit_id,
            form=form.key,
            period=period.period_id,
            kind=PublicationKind.WORKBOOK,
        )
        for unit in expected
    ]
    publish_master(context, form)
    attempts = Attempts(context)
    workbooks = SideBySide(attempts, "发放填报表", _AT_ONCE)
    workbooks.begin(marks, partial(begin_workbook, context))
    workbooks.finish()
    if attempts.errors:
        raise attempts.errors[0]
    return attempts.published


def publish_master(context: Context, form: Form) -> None:
    """Put the blank master workbook into the workspace's templates."""
    path = context.workspace.templates / f"{context.campaign.title}_{form.title}.xlsx"
    content = write_master(context.campaign, form, context.dress, _START)
    if not path.is_file() or path.read_bytes() != content:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)


def lay_report_template(context: Context, form: Form) -> None:
    """Put a plain Word template of another form than the main one where offices edit them.

    One that is there stays as it is; the main form's came with the workspace.
    """
    other = context.campaign.other_form(form.key)
    if other is None or other.report is None:
        return
    from sheetflow.reporting.report import plain_template

    path = context.workspace.templates.joinpath(*report_place(other.title))
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        replace_file(path, plain_template(form))


_START = dt.datetime(2012, 1, 1, tzinfo=OFFICE_ZONE)
_AT_ONCE = 16
"""So many workbooks wait for the disk together."""


def begin_workbook(context: Context, mark: Stale) -> Making | None:
    """Begin the workbook that `mark` names; None where what it stands on has not changed."""
    request, basis = _request(context, mark)
    path = _path(context, mark)
    if is_fresh(context, path, basis):
        return None
    work = context.pool.submit(render_blank, request, context.dress)
    return Making(work, lambda: Made((Order(path, work.result(), mark, basis),)))


def _path(context: Context, mark: Stale) -> Path:
    unit, period = context.tree[mark.unit_id], context.period(mark.form, mark.period)
    return workbook_path(context, context.form(mark.form), unit, period)


def _request(context: Context, mark: Stale) -> tuple[BlankRequest, str]:
    unit, period = context.tree[mark.unit_id], context.period(mark.form, mark.period)
    form = context.form(mark.form)
    before = {entry.period_id for entry in period.year_so_far} - {period.period_id}
    past = tuple(book for book in past_books(context, form, unit) if book.period in before)
    start = dt.datetime.combine(period.first_day, dt.time(), OFFICE_ZONE)
    times = [
        submission.judged_at
        for member in (unit, *(ended for ended, _ in merged_since(context, form, unit)))
        for submission in context.store.submissions.find_history(member.unit_id, form.key)
        if submission.period in before
    ]
    request = BlankRequest(
        campaign=context.settings.campaign,
        form=form.key,
        unit=unit,
        period=period,
        past=past,
        stamp=max([start, *times]),
        alone=not context.tree.children(unit.unit_id),
        token=context.token_for(form.key, unit.unit_id, period.period_id),
    )
    # Said only where the level does not say it: who adds up others is above the lowest level.
    odd = ["alone"] if request.alone and unit.level != context.campaign.levels.lowest.name else []
    basis = basis_of(
        declared(context, form, PublicationKind.WORKBOOK), request, context.dress.printed, *odd
    )
    return request, basis
