"""What each unit with others below it gets: consolidated workbook, report, board.

This module owns how one of them is made from what is accepted, and what it stands on. It
refuses to decide what is stale, and publishes nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import cached_property, partial
from pathlib import Path

from sheetflow.children.report_task import ReportOrder, ReportReply, render_word_report
from sheetflow.children.roll_up_tasks import render_boards
from sheetflow.consolidation.books import Books
from sheetflow.consolidation.consolidate import board_data
from sheetflow.consolidation.contacts import with_contacts
from sheetflow.consolidation.contents import BoardFile
from sheetflow.consolidation.corrections import dump_correction, load_correction
from sheetflow.consolidation.nodes import alone
from sheetflow.consolidation.signed_reports import DraftMark
from sheetflow.context import LOG, Context
from sheetflow.context.paths import is_details, rollup_paths
from sheetflow.context.templates import ANNEX, BOARD, NOTHING, Serving
from sheetflow.schemas.forms import Form
from sheetflow.schemas.review import Passing
from sheetflow.service.changes import served_instead, template_name
from sheetflow.service.consolidated import begin_consolidated, corrected_since, sources_of
from sheetflow.service.declarations import declared
from sheetflow.service.detail_files import find_detail_files
from sheetflow.service.direct_books import direct_books
from sheetflow.service.filed_answer import signed_by_period
from sheetflow.service.kept_drafts import kept_draft
from sheetflow.service.nodes import Nodes
from sheetflow.service.page_marks import LINKED
from sheetflow.service.publish import (
    ABOVE,
    ROLL_UPS,
    Made,
    Making,
    Order,
    basis_of,
    is_fresh,
    is_published,
)
from sheetflow.service.quotes import quoted_by
from sheetflow.service.review_sheets import begin_review
from sheetflow.service.roll_up_requests import books_request, report_order
from sheetflow.service.waiting import held_submissions
from sheetflow.store.records import Issued, PublicationKind, Stale, StaleMark
from sheetflow.units import Unit

_MARKED = 20
"""So much of a draft's digest stands in its mark."""


class Rollups:
    """The files of everyone above, for one pass: books are gathered once a period and top unit."""

    def __init__(self, context: Context) -> None:
        self.context = context
        self._nodes = Nodes(context, keeps=True)
        self._known_tried: dict[tuple[str, str], set[str]] = {}

    def in_order(self, marks: Iterable[StaleMark]) -> list[StaleMark]:
        """Order marks tree by tree, those nearest to its top first: they take longest.

        Whoever is handed up sums comes last, after those who hand them up.
        """
        tree = self.context.tree
        places = {unit.unit_id: number for number, unit in enumerate(tree.roots)}
        return sorted(
            marks,
            key=lambda mark: (
                places[tree.chain(mark.unit_id)[-1].unit_id],
                *self._nodes.turn(tree[mark.unit_id]),
                self.context.period(mark.form, mark.period),
                ABOVE.index(mark.kind),
            ),
        )

    def has_to_wait(self, mark: Stale) -> bool:
        """Whether `mark` asks for a board whose reader has yet to get the files it links to."""
        if mark.kind is not PublicationKind.BOARD:
            return False
        context, form = self.context, self.context.form(mark.form)
        unit, period = context.tree[mark.unit_id], context.period(mark.form, mark.period)
        kinds = LINKED if form.report else LINKED[:1]
        firsts = (rollup_paths(context, kind, unit, period, form)[0] for kind in kinds)
        return not all(is_published(context, path) for path in firsts)

    def begin(self, mark: Stale) -> Making | None:
        """Begin what `mark` asks for, in a child.

        Give None where what lies there stands on just this, or nothing is to lie there.
        """
        makers = {
            PublicationKind.CONSOLIDATED: self._begin_workbook,
            PublicationKind.REPORT: self._begin_report,
            PublicationKind.BOARD: self._begin_boards,
            PublicationKind.REVIEW: self._begin_review,
        }
        unit, is_wanted = self.context.tree[mark.unit_id], self._is_wanted(mark)
        self._nodes.hand_up(unit, mark.form, mark.period, is_wanted=is_wanted)
        return makers[mark.kind](mark) if is_wanted else None

    def books(self, mark: Stale, period: str = "") -> Books:
        """What counts for a mark's unit up to its period (or `period`), as it reads it."""
        unit = self.context.tree[mark.unit_id]
        return self._nodes.books(unit, mark.form, period or mark.period, unit)

    def _stands_on(self, books: Books, unit: Unit) -> list[object]:
        """Say what a roll-up is made of: all that counts, and who is below where that tells sums alone."""
        names = [self._nodes.names(unit)] if books.folded else []
        return [*_sources(books, unit), *names]

    def _is_wanted(self, mark: Stale) -> bool:
        """A later period is rebuilt only where something has been tried in it, or was published.

        A board is also made where nobody has sent anything until the deadline had passed, a 审核单 as
        soon as workbooks are handed out. What is judged has results of its own, and nothing to be added up.
        """
        if self.context.form(mark.form).judging:
            return False
        if (mark.unit_id, mark.form, mark.period) in self._published:
            return True
        if mark.kind is PublicationKind.REVIEW:
            return (mark.form, mark.period) in self._issued or bool(
                self._tried(mark.form, mark.period)
            )
        if mark.kind is PublicationKind.BOARD and self._is_overdue(mark, mark.period):
            return True
        tried = self._tried(mark.form, mark.period)
        if not tried:  # most later periods: no books need be gathered
            return False
        members = self._nodes.members(self.context.tree[mark.unit_id], mark.form, mark.period)
        return not tried.isdisjoint(members)

    def _is_overdue(self, mark: Stale, period: str) -> bool:
        """Whether workbooks of `period` were handed out, and somebody below the mark's unit is 逾期."""
        if (mark.form, period) not in self._handed_out:
            return False
        books = self.books(mark, period)
        below = books.expected(self.context.tree[mark.unit_id])
        return any(books.board_row(member).overdue for member in below)

    @cached_property
    def _handed_out(self) -> set[tuple[str, str]]:
        """Forms and periods for which any unit has a page of its own: its workbook was handed out."""
        return {
            (entry.form, entry.period)
            for entry in self.context.store.publications.find_publications()
            if entry.kind is PublicationKind.PROGRESS
        }

    @cached_property
    def _issued(self) -> set[tuple[str, str]]:
        """Forms and periods for which anybody's workbook was handed out."""
        return {
            (entry.form, entry.period)
            for entry in self.context.store.publications.find_publications()
            if entry.kind is PublicationKind.WORKBOOK
        }

    @cached_property
    def _published(self) -> set[tuple[str, str, str]]:
        """Units, forms and periods for which anything of this kind was ever published."""
        return {
            (entry.unit_id, entry.form, entry.period)
            for entry in self.context.store.publications.find_publications()
            if entry.kind in ROLL_UPS
        }

    def _tried(self, form: str, period: str) -> set[str]:
        """The units that have tried in `period` since it began."""
        if (form, period) not in self._known_tried:
            latest = self.context.store.submissions.find_all_latest(form, period)
            begins = self.context.period(form, period).first_day
            self._known_tried[form, period] = {
                unit_id
                for unit_id, submission in latest.items()
                if submission.judged_at.date() >= begins
            }
        return self._known_tried[form, period]

    def _begin_workbook(self, mark: Stale) -> Making | None:
        context, unit = self.context, self.context.tree[mark.unit_id]
        books = self.books(mark)
        policy = context.policy(unit.level)
        (path,) = rollup_paths(context, mark.kind, unit, books.period, books.form)
        basis = basis_of(
            declared(context, books.form, PublicationKind.CONSOLIDATED),
            self._stands_on(books, unit),
            policy.digest,
        )
        details = find_detail_files(context, mark)
        if is_fresh(context, path, basis) and details.are_there:
            return None
        which = (unit.unit_id, books.form.key, books.period.period_id)
        known = [
            load_correction(entry) for entry in context.store.publications.find_corrections(*which)
        ]
        found = corrected_since(context, books, unit)
        begin = partial(begin_consolidated, context, unit, corrections=(*known, *found))
        begun, content = (None, None) if details.known else begin(self._nodes.listed(books, unit))

        def finish() -> Made:
            made = content() if content else None
            if made is None:  # rows of so many are listed beside it
                listed = details.make(self._nodes)
                _, content_alone = begin(alone(books, unit), elsewhere=listed)
                made = content_alone() or b""
            issued = Issued(
                unit_id=unit.unit_id,
                form=books.form.key,
                period=books.period.period_id,
                sources=sources_of(context, books, unit),
                corrected=[dump_correction(entry) for entry in found],
            )
            return Made((Order(path, made, mark, basis), *details.orders), (issued,))

        return Making(begun, finish)

    def _begin_report(self, mark: Stale) -> Making | None:
        context, unit = self.context, self.context.tree[mark.unit_id]
        books = self.books(mark)
        spec = books.form.report
        if spec is None:
            return None
        asked, order = self._report_order(books, unit)
        seen = (order.policy.digest,) if order.policy.overrides else ()
        paths = rollup_paths(context, mark.kind, unit, books.period, books.form)
        basis = basis_of(
            declared(context, books.form, PublicationKind.REPORT),
            self._stands_on(books, unit),
            *(template.content for template in asked.values()),
            order.letter,
            order.choices,
            order.fonts,
            *(sorted(order.quoted.items()) or ()),
            *seen,
        )
        if all(is_fresh(context, path, basis) for path in paths):
            return None
        named = {one for listed in order.quoted.values() for one in listed}
        books = self._nodes.quoting(books, unit, named)
        request = books_request(
            context, books, unit, (spec.narrative, spec.story_sheet, *spec.tables)
        )
        draft = DraftMark(unit.unit_id, books.form.key, books.period.period_id, basis[:_MARKED])
        reply = context.pool.submit(render_word_report, request, replace(order, mark=str(draft)))

        def finish() -> Made:
            rendered = reply.result()
            self._learn(books.form, asked, rendered)
            files = zip(paths, (rendered.docx, rendered.table, rendered.annex), strict=True)
            return Made(
                tuple(Order(where, content, mark, basis) for where, content in files),
                drafts=(kept_draft(draft, rendered.text),),
            )

        return Making(reply, finish)

    def _report_order(self, books: Books, unit: Unit) -> tuple[dict[str, Serving], ReportOrder]:
        """Say how a report is made, and by which templates, by their names: the report's own first."""
        context, templates = self.context, self.context.templates
        other = context.campaign.other_form(books.form.key)
        title = other.title if other else ""
        if context.settings.report.version == "short":
            title = templates.short_report(title)
        asked = {name: templates.report(name) for name in (title, NOTHING, ANNEX)}
        default = {name: templates.default_report(name) for name in asked}
        order = report_order(context, books, unit, asked[title].content, default[title])
        return asked, replace(
            order,
            nothing=(asked[NOTHING].content, default[NOTHING]),
            annex=(asked[ANNEX].content, default[ANNEX]),
            missing=asked[title].fault,
            quoted=quoted_by(context, unit, books.form),
        )

    def _learn(self, form: Form, asked: Mapping[str, Serving], reply: ReportReply) -> None:
        """Keep which of a report's templates could not be used."""
        other = self.context.campaign.other_form(form.key)
        faults = {NOTHING if not reply.has_any else next(iter(asked)): reply.fault}
        for name, fault in {**faults, ANNEX: reply.annex_fault}.items():
            if fault:
                LOG.warning("%s", fault)
                self.context.templates.learn(asked[name], fault, name)
            if fault or asked[name].is_instead:
                called = other.key if other and name == other.title else name
                _record_default(self.context, PublicationKind.REPORT, asked[name], called)

    def _begin_review(self, mark: Stale) -> Making | None:
        return begin_review(self.context, mark, self._direct(mark, mark.period))

    def _direct(self, mark: Stale, period: str) -> Books:
        """Give books in which those directly below a mark's unit stand for themselves alone, whoever is below them."""
        context, unit, form = self.context, self.context.tree[mark.unit_id], mark.form
        if self._nodes.is_folded(unit):
            return direct_books(context, context.form(form), context.period(form, period), unit)
        return self.books(mark, period)

    def _begin_boards(self, mark: Stale) -> Making | None:
        context, unit = self.context, self.context.tree[mark.unit_id]
        # The last period of the year in which anybody has tried or is 逾期: it shows all before it.
        later = [entry.period_id for entry in context.period(mark.form, mark.period).rest_of_year]
        tried = (
            entry
            for entry in reversed(later)
            if self._tried(mark.form, entry) or self._is_overdue(mark, entry)
        )
        latest = next(tried, mark.period)
        form = context.form(mark.form)
        files = own_files(context, unit, form)
        below = {member.unit_id for member in context.tree.subtree(unit.unit_id)}
        held = tuple(held_submissions(context, below, form))
        books = self.books(mark, latest)
        data = board_data(context.campaign, books, unit, files, held)
        data = replace(data, signed=signed_by_period(context, unit.unit_id, form.key))
        data = with_contacts(self._direct(mark, latest), data, context.policy(unit.level))
        page = context.templates.page(BOARD)
        rung = [(row.preparer, row.phone) for row in data.cells.values()]
        basis = basis_of(declared(context, form, PublicationKind.BOARD), data, rung, page.text)
        paths = rollup_paths(context, mark.kind, unit, None, form)
        due = [path for path in paths if not is_fresh(context, path, basis)]
        if not due:
            return None
        reply = context.pool.submit(
            render_boards, data, page.text, context.templates.default_page(BOARD)
        )

        def finish() -> Made:
            made = reply.result()
            if page.is_instead:
                _record_default(context, PublicationKind.BOARD, page)
            return Made(
                tuple(Order(path, made[path.suffix[1:]], mark, basis, data.stamp) for path in due)
            )

        return Making(reply, finish)


def _record_default(context: Context, what: str, template: Serving, form: str = "") -> None:
    """Keep that a default template served, so that what it made is made again by the mended one.

    `form` is the key of another one than the main form, where it has a template of its own.
    """
    name = template_name(what, form)
    context.store.fingerprints.record({name: served_instead(template.digest)})


def own_files(context: Context, unit: Unit, form: Form) -> Mapping[str, tuple[BoardFile, ...]]:
    """Give what was published for `unit` as the one above others, by period.

    Paths are relative to the unit's own folder, in which the board lies.
    """
    folder = f"{unit.folder}/"
    found: dict[str, tuple[BoardFile, ...]] = {}
    for entry in context.store.publications.find_publications(unit.unit_id):
        path = entry.current
        ours = entry.kind in {*LINKED, PublicationKind.SIGNED} and entry.form == form.key
        if ours and not entry.successor and path.startswith(folder) and not is_details(path):
            file = BoardFile(Path(path).stem.partition("_")[0], path.removeprefix(folder))
            found[entry.period] = (*found.get(entry.period, ()), file)
    return found


def _sources(books: Books, unit: Unit) -> Iterable[object]:
    """What a roll-up stands on: every standing and attempt below `unit`, in order."""
    members = books.members(unit)
    keys = [
        (member.unit_id, period.period_id)
        for member in members
        for period in books.period.year_so_far
    ]
    reviewed = []
    for key in keys:
        found, said = books.handed_up(key), books.said.get(key)
        passing = found.passing if found else Passing.NONE
        if said or passing is not Passing.NONE:
            reviewed.append((key, passing, books.withheld.get(key), said))
    return [
        [(key, books.accepted.get(key), books.attempts.get(key)) for key in keys],
        members,
        *reviewed,
        *[(key, books.folded[key].digest) for key in sorted(books.folded)],
    ]
