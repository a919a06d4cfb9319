"""What is stale is made again, bottom up, and only then: answers, workbooks, roll-ups, reports.

A mark is cleared only in the commit that records the new file, so a crash in between
makes the same file once more.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path

from sheetflow import __version__
from sheetflow.consolidation.accepted import Books
from sheetflow.consolidation.boards import board_data
from sheetflow.consolidation.report import report_data
from sheetflow.consolidation.workbook import consolidate, newest
from sheetflow.errors import SheetflowError, TemporaryError
from sheetflow.periods import Period
from sheetflow.reporting import ReportOptions, render_report
from sheetflow.service import answering
from sheetflow.service.entailing import ANSWER, BOARD, CONSOLIDATED, REPORT, WORKBOOK
from sheetflow.service.history import books_of
from sheetflow.service.issuing import publish_workbooks
from sheetflow.service.letterheads import letter_of
from sheetflow.service.names import (
    board_path,
    consolidated_path,
    report_path,
    workbook_path,
)
from sheetflow.service.office import LOG, Office
from sheetflow.service.publishing import basis_of, is_fresh, is_published, publish
from sheetflow.store.records import Publication, StaleMark
from sheetflow.units import Unit
from sheetflow.wording.board_html import render_board_html
from sheetflow.writing.board import write_board
from sheetflow.writing.board_page import board_page
from sheetflow.writing.consolidated import write_consolidated


def rebuild(office: Office) -> int:
    """Make everything stale again; give how many files were published.

    Trouble of the disk leaves the mark for the next pass.
    """
    published = _rebuild_answers(office)
    published += _rebuild_workbooks(office)
    return published + _Rollups(office).rebuild()


def _marks(office: Office, *kinds: str) -> list[StaleMark]:
    return [
        mark
        for mark in office.store.publications.stale_marks
        if mark.what.partition(":")[0] in kinds
    ]


def _rebuild_answers(office: Office) -> int:
    marks = _marks(office, ANSWER)
    most = 4 * office.pool_size
    done = 0
    for start in range(0, len(marks), most):  # a few at a time: memory stays flat
        batch = [(mark, answering.prepare(office, mark)) for mark in marks[start : start + most]]
        for mark, answer in batch:
            publications = _attempt(office, mark, answer.publish) if answer else []
            if answer and not publications:
                continue
            office.store.publications.record_rebuilt([mark], publications)
            done += len(publications)
            office.say("答复", min(start + most, len(marks)), len(marks))
    return done


def _attempt(
    office: Office, mark: StaleMark, make: Callable[[Office], Publication]
) -> list[Publication]:
    """Make one publication; trouble is logged and the mark stays."""
    try:
        return [make(office)]
    except TemporaryError as trouble:
        LOG.warning("unit %s: %s not published yet: %s", mark.unit_id, mark.what, trouble.code)
    except SheetflowError:
        LOG.exception("unit %s: %s could not be made", mark.unit_id, mark.what)
    return []


def _rebuild_workbooks(office: Office) -> int:
    """Issue again those 填报 workbooks that have been handed out and stand on something new."""
    due: list[StaleMark] = []
    idle: list[StaleMark] = []
    for mark in _marks(office, WORKBOOK):
        unit, period = office.tree[mark.unit_id], Period.parse(mark.period)
        path = workbook_path(office, office.form(mark.form), unit, period)
        (due if is_published(office, path) else idle).append(mark)
    office.store.publications.record_rebuilt(idle)
    return publish_workbooks(office, due)


class _Rollups:
    """The files of everyone above, for one pass: books are gathered once a period."""

    def __init__(self, office: Office) -> None:
        self.office = office
        self._books: dict[tuple[str, str], Books] = {}

    def books(self, form: str, period: str) -> Books:
        """What is accepted up to `period`."""
        if (form, period) not in self._books:
            office = self.office
            self._books[form, period] = books_of(office, office.form(form), Period.parse(period))
        return self._books[form, period]

    def rebuild(self) -> int:
        """Make again what is stale, those furthest from the top first."""
        office = self.office
        makers = {
            CONSOLIDATED: self._make_workbook,
            REPORT: self._make_report,
            BOARD: self._make_boards,
        }
        marks = sorted(
            _marks(office, *makers),
            key=lambda mark: (-office.tree[mark.unit_id].level.rank, mark.period, mark.what),
        )
        done = 0
        for number, mark in enumerate(marks, start=1):
            made = makers[mark.what](mark) if self._is_wanted(mark) else []
            if made is not None:
                office.store.publications.record_rebuilt([mark], made)
                done += len(made)
            office.say("汇总", number, len(marks))
        return done

    def _is_wanted(self, mark: StaleMark) -> bool:
        """A later period is rebuilt only where something has been tried in it."""
        members = {unit.unit_id for unit in self.office.tree.subtree(mark.unit_id)}
        attempts = self.books(mark.form, mark.period).attempts
        return any((member, mark.period) in attempts for member in members)

    def _make_workbook(self, mark: StaleMark) -> list[Publication] | None:
        office, unit = self.office, self.office.tree[mark.unit_id]
        books = self.books(mark.form, mark.period)
        policy = office.policy(unit.level)
        path = consolidated_path(office, unit, books.period, books.form)
        basis = basis_of(__version__, _sources(books, unit), policy.digest)
        if is_fresh(office, path, basis):
            return []

        def make(office: Office) -> Publication:
            content = write_consolidated(consolidate(office.campaign, books, unit, policy))
            return publish(office, path, content, mark, basis)

        return _attempt(office, mark, make) or None

    def _make_report(self, mark: StaleMark) -> list[Publication] | None:
        office, unit = self.office, self.office.tree[mark.unit_id]
        books = self.books(mark.form, mark.period)
        if books.form.report is None:
            return []
        template = (office.workspace.templates / "report" / "情况报告.docx").read_bytes()
        letter = letter_of(office, unit, books.period)
        fonts = office.settings.report.fonts.replaced
        path = report_path(office, unit, books.period, books.form)
        basis = basis_of(__version__, _sources(books, unit), template, letter, fonts)
        if is_fresh(office, path, basis):
            return []

        def make(office: Office) -> Publication:
            rendered = render_report(
                template,
                report_data(office.campaign, books, unit, letter),
                stamp=newest(books, unit),
                options=ReportOptions(fonts=fonts),
            )
            return publish(office, path, rendered.docx, mark, basis)

        return _attempt(office, mark, make) or None

    def _make_boards(self, mark: StaleMark) -> list[Publication] | None:
        office, unit = self.office, self.office.tree[mark.unit_id]
        latest = self._latest_period(mark.form, mark.period)
        data = board_data(office.campaign, self.books(mark.form, latest), unit)
        basis = basis_of(__version__, data)
        page = (office.workspace.templates / "board" / "上报情况.html").read_text(encoding="utf-8")
        rendered = {
            "xlsx": lambda: write_board(data),
            "html": lambda: render_board_html(board_page(data), page).encode(),
        }
        made: list[Publication] = []
        for extension, render in rendered.items():
            path = board_path(office, unit, extension, office.form(mark.form))
            if not is_fresh(office, path, basis):
                make = partial(_publish_board, path=path, render=render, mark=mark, basis=basis)
                made += _attempt(office, mark, make)
        return made

    def _latest_period(self, form: str, period: str) -> str:
        """The last period of the year in which anybody has tried: the board shows all before it."""
        found, later = period, Period.parse(period).next_in_year
        while later:
            tried = self.books(form, later.period_id).attempts
            if any(spot[1] == later.period_id for spot in tried):
                found = later.period_id
            later = later.next_in_year
        return found


def _publish_board(
    office: Office, *, path: Path, render: Callable[[], bytes], mark: StaleMark, basis: str
) -> Publication:
    return publish(office, path, render(), mark, basis)


def _sources(books: Books, unit: Unit) -> Iterable[object]:
    """What a roll-up stands on: every standing and attempt below `unit`, in order."""
    members = [member.unit_id for member in books.tree.subtree(unit.unit_id)]
    spots = [
        (member, period.period_id) for member in members for period in books.period.year_so_far
    ]
    return [
        [(spot, books.accepted.get(spot), books.attempts.get(spot)) for spot in spots],
        [books.tree[member] for member in members],
    ]
