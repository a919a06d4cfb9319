"""填报 workbooks: handed out to each unit, and again when what they stand on changes."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from functools import partial
from pathlib import Path

from sheetflow.children.tasks.workbooks import BlankRequest, render_blank
from sheetflow.context.context import Office
from sheetflow.context.paths import workbook_path
from sheetflow.context.stamps import ensure_stamp_key, token_for
from sheetflow.context.templates import report_place
from sheetflow.durable import replace_file
from sheetflow.periods import OFFICE_ZONE, Period
from sheetflow.schemas.forms import Form
from sheetflow.service.books import merged_since, past_books
from sheetflow.service.changes import declared
from sheetflow.service.follow_units import follow_units
from sheetflow.service.making import Made, Making, SideBySide
from sheetflow.service.publish import Attempts, Order, basis_of, is_fresh
from sheetflow.store.records import PublicationKind, Stale
from sheetflow.units import Unit
from sheetflow.writing import write_master


def issue_workbooks(
    office: Office, form: Form, period: Period, units: Iterable[Unit] | None = None
) -> int:
    """Publish the 填报 workbook of every unit (or of `units`) and the master; give how many are new.

    Units of a level that does not fill the form get none.

    Raise the first SheetflowError that one of them met, when all others are published.
    """
    wanted = office.tree.living_on(period.last_day) if units is None else units
    expected = [unit for unit in wanted if form.is_for(unit.level)]
    office.workspace.ensure_unit_folders(office.tree)
    follow_units(office)
    ensure_stamp_key(office)
    marks = [
        Stale(
            unit_id=unit.unit_id,
            form=form.key,
            period=period.period_id,
            kind=PublicationKind.WORKBOOK,
        )
        for unit in expected
    ]
    publish_master(office, form)
    attempts = Attempts(office)
    workbooks = SideBySide(attempts, "发放填报表", _AT_ONCE)
    workbooks.begin(marks, partial(begin_workbook, office))
    workbooks.finish()
    if attempts.errors:
        raise attempts.errors[0]
    return attempts.published


def publish_master(office: Office, form: Form) -> None:
    """Put the blank master workbook into the workspace's templates."""
    path = office.workspace.templates / f"{office.campaign.title}_{form.title}.xlsx"
    content = write_master(office.campaign, form, office.dress, _START)
    if not path.is_file() or path.read_bytes() != content:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)


def lay_report_template(office: Office, form: Form) -> None:
    """Put a plain Word template of another form than the main one where offices edit them.

    One that is there stays as it is; the main form's came with the workspace.
    """
    other = office.campaign.other_form(form.key)
    if other is None or other.report is None:
        return
    from sheetflow.reporting.plain import plain_template

    path = office.workspace.templates.joinpath(*report_place(other.title))
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        replace_file(path, plain_template(form))


_START = dt.datetime(2012, 1, 1, tzinfo=OFFICE_ZONE)
_AT_ONCE = 16
"""So many workbooks wait for the disk together."""


def begin_workbook(office: Office, mark: Stale) -> Making | None:
    """Begin the workbook that `mark` names; None where what it stands on has not changed."""
    request, basis = _request(office, mark)
    path = _path(office, mark)
    if is_fresh(office, path, basis):
        return None
    work = office.pool.submit(render_blank, request, office.dress)
    return Making(work, lambda: Made((Order(path, work.result(), mark, basis),)))


def _path(office: Office, mark: Stale) -> Path:
    unit, period = office.tree[mark.unit_id], office.period(mark.form, mark.period)
    return workbook_path(office, office.form(mark.form), unit, period)


def _request(office: Office, mark: Stale) -> tuple[BlankRequest, str]:
    unit, period = office.tree[mark.unit_id], office.period(mark.form, mark.period)
    form = office.form(mark.form)
    before = {entry.period_id for entry in period.year_so_far} - {period.period_id}
    past = tuple(book for book in past_books(office, form, unit) if book.period in before)
    start = dt.datetime.combine(period.first_day, dt.time(), OFFICE_ZONE)
    times = [
        submission.judged_at
        for member in (unit, *(ended for ended, _ in merged_since(office, form, unit)))
        for submission in office.store.submissions.find_history(member.unit_id, form.key)
        if submission.period in before
    ]
    request = BlankRequest(
        campaign=office.settings.campaign,
        form=form.key,
        unit=unit,
        period=period,
        past=past,
        stamp=max([start, *times]),
        alone=not office.tree.children(unit.unit_id),
        token=token_for(office, form.key, unit.unit_id, period.period_id),
    )
    # Said only where the level does not say it: who adds up others is above the lowest level.
    odd = ["alone"] if request.alone and unit.level != office.campaign.levels.lowest.name else []
    basis = basis_of(
        declared(office, form, PublicationKind.WORKBOOK), request, office.dress.printed, *odd
    )
    return request, basis
