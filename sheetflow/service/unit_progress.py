"""报送进度: one page for each unit, form and period, made in one go after the answers that it names.

Each follows from the store alone, so it is made again by whatever marks it: an answer put in place, a
workbook issued, a deadline. What passed is told by `service.deadlines`; nothing here asks a clock.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import PurePosixPath

from sheetflow.consolidation.reviews import Review, excused_until, questions_of
from sheetflow.consolidation.states import State
from sheetflow.context import LOG, Context
from sheetflow.context.paths import answer_path, progress_path, question_path, workbook_path
from sheetflow.context.templates import PROGRESS, Serving
from sheetflow.findings import RETURNED_RULE, Severity, count_places
from sheetflow.periods import OFFICE_ZONE, Period, end_of
from sheetflow.schemas.documents import load_explanations, load_finding
from sheetflow.schemas.evidence import counted, takes_files
from sheetflow.schemas.forms import Form
from sheetflow.schemas.review import Decision, Matter, Question, Verdict
from sheetflow.service.books import passed_until
from sheetflow.service.deciding import reviews_in
from sheetflow.service.declarations import declared
from sheetflow.service.files import is_overtaken
from sheetflow.service.merged_units import tree_for, who_decides
from sheetflow.service.passing import returned_in_time
from sheetflow.service.publish import (
    Attempts,
    Made,
    Making,
    Order,
    SideBySide,
    basis_of,
    is_made_from,
    is_there,
)
from sheetflow.store.records import Publication, PublicationKind, Stale, Submission
from sheetflow.units import OWN_LEVEL, Unit
from sheetflow.validators.explanations import is_open
from sheetflow.writing.html_page import CANNOT_BE_FILLED
from sheetflow.writing.progress_page import (
    ProgressAnswer,
    ProgressData,
    ProgressQuestions,
    render_progress_page,
)

_AT_ONCE = 32
"""So many wait for the disk together: they are small, and made in moments."""
_FEW = 4
"""So many units are asked for one by one; of more, the whole period is read at once."""

_Which = tuple[str, str, str]
"""Unit, form, period."""


def make_progress_pages(
    context: Context, attempts: Attempts, meanwhile: Callable[[], object] = lambda: None
) -> None:
    """Make every page that is marked, where it stands on something new; do `meanwhile` in between."""
    marks = context.store.publications.find_stale(PublicationKind.PROGRESS)
    listed = [mark for mark in marks if mark.unit_id in context.tree]
    if not listed:
        return
    pages = _Pages(context, listed)
    making = SideBySide(
        attempts, PublicationKind.PROGRESS.label, _AT_ONCE, partial(_begin, context, pages)
    )
    making.begin(listed)
    making.finish(meanwhile)


class _Pages:
    """What the pages of one go stand on, read at once."""

    def __init__(self, context: Context, marks: Sequence[Stale]) -> None:
        self.context = context
        self.template = context.templates.page(PROGRESS)
        self.passed = passed_until(context)
        self.published: dict[str, Publication] = {}
        self._submissions: dict[_Which, list[Submission]] = defaultdict(list)
        units: dict[tuple[str, str], set[str]] = defaultdict(set)
        for mark in marks:
            units[mark.form, mark.period].add(mark.unit_id)
        store = context.store
        for (form, period), among in units.items():
            found = store.submissions.find_submissions(form=form, period=period, among=among)
            for entry in found:
                self._submissions[entry.unit_id, form, period].append(entry)
            asked: list[str | None] = [*among] if len(among) <= _FEW else [None]
            for unit_id in asked:
                for known in store.publications.find_publications(unit_id, period):
                    self.published[known.path] = known
        listed = (each for some in self._submissions.values() for each in some)
        self._asked = {
            (each.unit_id, form, period)
            for form, period in units
            for each in store.decisions.find_all(form=form, period=period)
            if each.verdict in {Verdict.RETURN, Verdict.QUERY} or each.matter is Matter.UNIT
        }
        self._named = store.files.find_named(each.judgement_id for each in listed)

    def data(self, unit: Unit, form: Form, period: Period) -> ProgressData:
        """Give what a unit's page shows."""
        context = self.context
        until = context.deadline(unit, form, period)
        other = context.campaign.other_form(form.key)
        heir, tree = None, tree_for(context, form)
        if not tree[unit.unit_id].exists_on(period.last_day):
            heir = tree.successor_on(unit.unit_id, period.last_day)
        submissions = self._submissions[unit.unit_id, form.key, period.period_id]
        review = self._review(unit, form, period)
        excused = excused_until(review) if review else None
        if excused:
            until = max(until, end_of(excused))
        answers = tuple(self._answer(submission, review, until) for submission in submissions)
        is_in = any(answer.state.is_in for answer in answers)
        mends = review is not None and returned_in_time(review, submissions)
        passed = self.passed is not None and until <= self.passed
        workbook = context.relative(workbook_path(context, form, unit, period))
        unnamed = list(self._unnamed(unit, form, period))
        return ProgressData(
            campaign_title=context.campaign.title,
            form_title=other.title if other else "",
            unit_name=unit.name + OWN_LEVEL * self._adds_up(unit, form, period),
            superior=context.superior_of(unit),
            period=period,
            deadline=until,
            excused_until=excused,
            drop_folder=context.workspace.inbox_of(unit).name,
            is_overdue=passed and not (is_in or mends or heir),
            contact=context.contact_words,
            workbook=self._file(workbook),
            answers=answers,
            unnamed=tuple(name for name, is_other in unnamed if not is_other),
            overtaken=tuple(name for name, is_other in unnamed if is_other),
            heir=heir.name if heir and heir != unit else "",
            questions=tuple(self._questions(review, submissions)),
        )

    def _review(self, unit: Unit, form: Form, period: Period) -> Review | None:
        """Give how the unit stands with its superior; None where that returned, asked and noted nothing."""
        if (unit.unit_id, form.key, period.period_id) not in self._asked:
            return None
        found = reviews_in(self.context, form.key, period.period_id, {unit.unit_id})
        return found.get(unit.unit_id)

    def _questions(
        self, review: Review | None, submissions: Sequence[Submission]
    ) -> Iterator[ProgressQuestions]:
        """Count what is asked, and what waits for 办结, by who asked."""
        counting = [each for each in submissions if each.outcome == State.ACCEPTED]
        states: dict[str, list[Question]] = defaultdict(list)
        for asked in questions_of(review) if review else ():
            if not asked.is_forwarded and asked.state is not Question.SETTLED:
                states[self._name(asked.decision)].append(asked.state)
        for name, listed in states.items():
            # While what was asked about is returned, its copy has the question.
            paths = [question_path(self.context, each) for each in counting[-1:]]
            yield ProgressQuestions(
                by=name,
                asked=listed.count(Question.OPEN),
                answered=listed.count(Question.ANSWERED),
                file="".join(self._file(self.context.relative(path)) for path in paths),
            )

    def _name(self, decision: Decision) -> str:
        """Name whose decision it is; an administrator's speaks for the superior."""
        tree = self.context.tree
        superior = who_decides(self.context, decision.unit_id)
        if decision.by_unit in tree:
            return tree[decision.by_unit].name
        return superior.name if superior else "上级"

    def _adds_up(self, unit: Unit, form: Form, period: Period) -> bool:
        """Whether others below it report the form too: the page is about its 本级 alone."""
        return self.context.tree.adds_up(unit, period.last_day, form.is_for)

    def _unnamed(self, unit: Unit, form: Form, period: Period) -> Iterator[tuple[str, bool]]:
        """Name the files that came for a period, the one due or going on, and that no workbook takes.

        With each, whether one of its name counts already.
        """
        if not takes_files(form):
            return
        for each in self.context.store.files.find_unnamed(unit.unit_id):
            came = each.arrived_at.date()
            if period in {form.period_of(came), form.last_ended(came)}:
                yield each.file.name, is_overtaken(self.context, unit.unit_id, each.file)

    def _answer(
        self, submission: Submission, review: Review | None, until: dt.datetime
    ) -> ProgressAnswer:
        """Say what became of a submission; what is in by the end of 缓报 (`until`) is not late."""
        is_excused = bool(review and excused_until(review)) and submission.handed_in <= until
        state = State(submission.outcome)
        must, verify, by = 0, 0, ""
        if state is State.RETURNED:
            must, verify, by = self._open(submission)
        if state is State.ACCEPTED and submission.nil:
            state = State.NIL
        path = self.context.relative(answer_path(self.context, submission))
        return ProgressAnswer(
            number=submission.number,
            state=state,
            handed_in=submission.handed_in,
            file=self._file(path),
            late=submission.late and not is_excused,
            must=must,
            verify=verify,
            files=counted(self._named.get(submission.judgement_id, ())),
            by=by or (self._returned_by(submission, review) if state is State.RETURNED else ""),
        )

    def _returned_by(self, submission: Submission, review: Review | None) -> str:
        """Name the superior that returned a submission; empty where judging did."""
        returned = [
            each
            for each in (review.stands if review else ())
            if each.receipt == submission.receipt and each.verdict is Verdict.RETURN
        ]
        return self._name(returned[-1]) if returned else ""

    def _open(self, submission: Submission) -> tuple[int, int, str]:
        """Count the findings of a returned workbook that nobody has explained; name whose return is among them."""
        contents = self.context.store.contents
        said = load_explanations(contents.find_explanations(submission))
        found = [load_finding(each) for each in contents.find_findings(submission)]
        left = [each for each in found if is_open(each, said)]
        places = count_places(left)
        by = [str(each.arguments["by"]) for each in left if each.rule == RETURNED_RULE]
        return places[Severity.MUST], places[Severity.VERIFY], by[-1] if by else ""

    def _file(self, path: str) -> str:
        """Give the name of the file that has what was published at `path`; empty where none lies there.

        After a restore from the archive nobody knows of what still lies there.
        """
        known = self.published.get(path)
        if known and not known.successor:
            return PurePosixPath(known.current).name
        is_left = is_there(self.context, self.context.workspace.outbox / path)
        return PurePosixPath(path).name if is_left else ""


def _begin(context: Context, pages: _Pages, mark: Stale) -> Making | None:
    """Begin a unit's page: it is filled here, by a template that is compiled once."""
    unit, form = context.tree[mark.unit_id], context.form(mark.form)
    period = context.period(mark.form, mark.period)
    data, template = pages.data(unit, form, period), pages.template
    path = progress_path(context, form, unit, period)
    kind = PublicationKind.PROGRESS
    basis = basis_of(declared(context, form, kind), data, template.content)
    if is_made_from(context, path, basis, pages.published.get(context.relative(path))):
        return None
    page = _filled(data, template, context.templates.default_page(PROGRESS))
    begins = dt.datetime.combine(period.first_day, dt.time(), OFFICE_ZONE)
    as_of = data.stamp or begins
    return Making(None, lambda: Made((Order(path, page, mark, basis, as_of),)))


def _filled(data: ProgressData, template: Serving, instead: str) -> bytes:
    try:
        page = render_progress_page(data, template.text)
    except CANNOT_BE_FILLED as error:  # by just these data: samples had passed
        LOG.warning("the page's template could not be filled: %s", type(error).__name__)
        page = render_progress_page(data, instead)
    return page.encode("utf-8", "replace")
