"""What is stale is made again, bottom up, and only then: answers, workbooks, roll-ups, reports.

A mark is cleared only in the commit that records the new file, so a crash in between
makes the same file once more.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import partial
from typing import TypeVar

from sheetflow import __version__
from sheetflow.consolidation.accepted import Books
from sheetflow.consolidation.boards import board_data
from sheetflow.consolidation.report import report_data
from sheetflow.consolidation.workbook import consolidate, newest
from sheetflow.errors import SheetflowError, TemporaryError, WorkspaceError, describe
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

Made = TypeVar("Made")


@dataclass
class Rebuilt:
    """What came of it: how many files were published, and a sentence for each that was not."""

    published: int = 0
    faults: list[str] = field(default_factory=list)

    def attempt(self, mark: StaleMark, make: Callable[[], Made]) -> list[Made]:
        """Give what `make` makes, alone in a list; where it fails, none: the mark must stay.

        One publication that fails, by whatever fault, stops none of the others.
        """
        step = f"{mark.unit_id} {mark.period} {mark.what}"
        try:
            return [make()]
        except TemporaryError as trouble:
            LOG.warning("unit %s: %s not published yet: %s", mark.unit_id, mark.what, trouble.code)
            self.faults.append(str(trouble))
        except SheetflowError as error:
            LOG.error("%s could not be made: %s", step, error)
            self.faults.append(f"{step} 没有做成：{error}")
        except Exception as error:  # noqa: BLE001 - whatever it is, the others go on
            LOG.error("%s met a fault of ours: %s", step, describe(error))
            self.faults.append(f"{step} 没有做成：程序出错，详见日志")
        return []


def rebuild(office: Office) -> Rebuilt:
    """Make everything stale again; what fails keeps its mark for the next pass."""
    rebuilt = Rebuilt()
    _rebuild_answers(office, rebuilt)
    _rebuild_workbooks(office, rebuilt)
    _Rollups(office, rebuilt).rebuild()
    return rebuilt


def _marks(office: Office, *kinds: str) -> list[StaleMark]:
    return [
        mark
        for mark in office.store.publications.stale_marks
        if mark.what.partition(":")[0] in kinds
    ]


def _rebuild_answers(office: Office, rebuilt: Rebuilt) -> None:
    marks = _marks(office, ANSWER)
    most = 4 * office.pool_size
    for start in range(0, len(marks), most):  # a few at a time: memory stays flat
        batch = [
            (mark, rebuilt.attempt(mark, partial(answering.prepare, office, mark)))
            for mark in marks[start : start + most]
        ]
        for mark, prepared in batch:
            for answer in prepared:
                made = rebuilt.attempt(mark, partial(answer.publish, office)) if answer else []
                if made or answer is None:
                    office.store.publications.record_rebuilt([mark], made)
                    rebuilt.published += len(made)
        office.say("答复", min(start + most, len(marks)), len(marks))


def _rebuild_workbooks(office: Office, rebuilt: Rebuilt) -> None:
    """Issue again those 填报 workbooks that have been handed out and stand on something new."""
    due: list[StaleMark] = []
    idle: list[StaleMark] = []
    for mark in _marks(office, WORKBOOK):
        unit, period = office.tree[mark.unit_id], Period.parse(mark.period)
        path = workbook_path(office, office.form(mark.form), unit, period)
        (due if is_published(office, path) else idle).append(mark)
    office.store.publications.record_rebuilt(idle)
    if due:
        rebuilt.published += sum(rebuilt.attempt(due[0], partial(publish_workbooks, office, due)))


class _Rollups:
    """The files of everyone above, for one pass: books are gathered once a period."""

    def __init__(self, office: Office, rebuilt: Rebuilt) -> None:
        self.office, self.rebuilt = office, rebuilt
        self._books: dict[tuple[str, str], Books] = {}

    def books(self, form: str, period: str) -> Books:
        """What is accepted up to `period`."""
        if (form, period) not in self._books:
            office = self.office
            self._books[form, period] = books_of(office, office.form(form), Period.parse(period))
        return self._books[form, period]

    def rebuild(self) -> None:
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
        for number, mark in enumerate(marks, start=1):
            for made in self.rebuilt.attempt(mark, partial(self._make, makers[mark.what], mark)):
                office.store.publications.record_rebuilt([mark], made)
                self.rebuilt.published += len(made)
            office.say("汇总", number, len(marks))

    def _make(
        self, maker: Callable[[StaleMark], list[Publication]], mark: StaleMark
    ) -> list[Publication]:
        return maker(mark) if self._is_wanted(mark) else []

    def _is_wanted(self, mark: StaleMark) -> bool:
        """A later period is rebuilt only where something has been tried in it."""
        members = {unit.unit_id for unit in self.office.tree.subtree(mark.unit_id)}
        attempts = self.books(mark.form, mark.period).attempts
        return any((member, mark.period) in attempts for member in members)

    def _make_workbook(self, mark: StaleMark) -> list[Publication]:
        office, unit = self.office, self.office.tree[mark.unit_id]
        books = self.books(mark.form, mark.period)
        policy = office.policy(unit.level)
        path = consolidated_path(office, unit, books.period, books.form)
        basis = basis_of(__version__, _sources(books, unit), policy.digest)
        if is_fresh(office, path, basis):
            return []
        content = write_consolidated(consolidate(office.campaign, books, unit, policy))
        return [publish(office, path, content, mark, basis)]

    def _make_report(self, mark: StaleMark) -> list[Publication]:
        office, unit = self.office, self.office.tree[mark.unit_id]
        books = self.books(mark.form, mark.period)
        if books.form.report is None:
            return []
        template = _template(office, "report", "情况报告.docx")
        letter = letter_of(office, unit, books.period)
        fonts = office.settings.report.fonts.replaced
        path = report_path(office, unit, books.period, books.form)
        basis = basis_of(__version__, _sources(books, unit), template, letter, fonts)
        if is_fresh(office, path, basis):
            return []
        rendered = render_report(
            template,
            report_data(office.campaign, books, unit, letter),
            stamp=newest(books, unit),
            options=ReportOptions(fonts=fonts),
        )
        return [publish(office, path, rendered.docx, mark, basis)]

    def _make_boards(self, mark: StaleMark) -> list[Publication]:
        office, unit = self.office, self.office.tree[mark.unit_id]
        latest = self._latest_period(mark.form, mark.period)
        data = board_data(office.campaign, self.books(mark.form, latest), unit)
        basis = basis_of(__version__, data)
        page = _template(office, "board", "上报情况.html").decode()
        rendered: dict[str, Callable[[], bytes]] = {
            "xlsx": lambda: write_board(data),
            "html": lambda: render_board_html(board_page(data), page).encode(),
        }
        made: list[Publication] = []
        for extension, render in rendered.items():
            path = board_path(office, unit, extension, office.form(mark.form))
            if not is_fresh(office, path, basis):
                made.append(publish(office, path, render(), mark, basis))
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


def _template(office: Office, *parts: str) -> bytes:
    """Read a template of the workspace; raise WorkspaceError where it is gone."""
    path = office.workspace.templates.joinpath(*parts)
    try:
        return path.read_bytes()
    except FileNotFoundError:
        raise WorkspaceError(
            f"找不到模板 {path}。请再运行一次 sheetflow init {office.workspace.root}，"
            "缺少的模板会补上，别的不会改动。"
        ) from None


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
