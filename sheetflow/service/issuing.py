"""填报 workbooks: handed out to each unit, and again when what they stand on changes."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from concurrent.futures import Future

from sheetflow import __version__
from sheetflow.errors import SheetflowError
from sheetflow.periods import OFFICE_ZONE, Period
from sheetflow.schemas.forms import Form
from sheetflow.service.entailing import WORKBOOK
from sheetflow.service.history import merged_since, past_books
from sheetflow.service.names import workbook_path
from sheetflow.service.office import Office
from sheetflow.service.publishing import basis_of, is_fresh, publish
from sheetflow.store.records import Stale, StaleMark
from sheetflow.units import Unit
from sheetflow.workers.judging import BlankRequest
from sheetflow.writing import write_master


def issue_workbooks(
    office: Office, form: Form, period: Period, units: Iterable[Unit] | None = None
) -> int:
    """Publish the 填报 workbook of every unit (or of `units`) and the master; give how many are new."""
    expected = office.tree.living_on(period.last_day) if units is None else tuple(units)
    office.workspace.ensure_unit_folders(office.tree)
    marks = [
        Stale(unit_id=unit.unit_id, form=form.key, period=period.period_id, what=WORKBOOK)
        for unit in expected
    ]
    publish_master(office, form)
    return publish_workbooks(office, marks)


def publish_master(office: Office, form: Form) -> None:
    """Put the blank master workbook into the workspace's templates."""
    path = office.workspace.templates / f"{office.campaign.title}_{form.title}.xlsx"
    content = write_master(office.campaign, form, office.dress, _START)
    if not path.is_file() or path.read_bytes() != content:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)


_START = dt.datetime(2012, 1, 1, tzinfo=OFFICE_ZONE)


def publish_workbooks(office: Office, marks: Iterable[Stale | StaleMark]) -> int:
    """Publish the workbooks that `marks` name, where what they stand on has changed.

    Raise the first SheetflowError that one of them met, when all others are published.
    """
    due: list[tuple[Stale, str, Future[bytes]]] = []
    settled: list[StaleMark] = []
    for mark in marks:
        request, basis = _request(office, mark)
        path = workbook_path(office, office.form(mark.form), request.unit, request.period)
        if is_fresh(office, path, basis):
            settled += [mark] if isinstance(mark, StaleMark) else []
            continue
        due.append((mark, basis, office.pool.submit("render_blank", request, office.dress)))
    office.store.publications.record_rebuilt(settled)
    faults: list[SheetflowError] = []
    for number, (mark, basis, future) in enumerate(due, start=1):
        unit, period = office.tree[mark.unit_id], Period.parse(mark.period)
        path = workbook_path(office, office.form(mark.form), unit, period)
        try:
            publication = publish(office, path, future.result(), mark, basis)
        except SheetflowError as error:  # the others shall have theirs first
            faults.append(error)
            continue
        cleared = [mark] if isinstance(mark, StaleMark) else []
        office.store.publications.record_rebuilt(cleared, [publication])
        office.say("发放填报表", number, len(due))
    if faults:
        raise faults[0]
    return len(due)


def _request(office: Office, mark: Stale) -> tuple[BlankRequest, str]:
    unit, period = office.tree[mark.unit_id], Period.parse(mark.period)
    form = office.form(mark.form)
    before = {entry.period_id for entry in period.year_so_far} - {period.period_id}
    past = tuple(book for book in past_books(office, form, unit) if book.period in before)
    start = dt.datetime.combine(period.first_day, dt.time(), OFFICE_ZONE)
    times = [
        submission.judged_at
        for member in (unit, *(ended for ended, _ in merged_since(office, unit)))
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
    )
    basis = basis_of(__version__, form.version, request, office.dress.printed)
    return request, basis
