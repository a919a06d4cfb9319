"""One pass over everything: take → judge → answer → roll up → send.

Each step restarts from the database alone, so that a pass that was killed anywhere is finished
by the next one. What fails to be made keeps its mark.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection
from contextlib import closing, suppress
from dataclasses import dataclass, field
from functools import partial

from sheetflow.config.kept_campaigns import sweep_campaigns
from sheetflow.consolidation.contents import Waiting, tell, told_besides
from sheetflow.context import LOG, Context
from sheetflow.context.paths import workbook_path
from sheetflow.context.running import alone_in, said_of
from sheetflow.durable import close_to_others
from sheetflow.errors import SheetflowError, StoreDamagedError, TemporaryError
from sheetflow.intake.archive import sweep_archive
from sheetflow.intake.sighting import Oddity
from sheetflow.mail.send import Sent, send_due
from sheetflow.publishing.outbox import sweep_outbox
from sheetflow.service.administrator import administrators_mail
from sheetflow.service.answer import begin_answer, begin_workbook
from sheetflow.service.books import missing_units
from sheetflow.service.calendar import run_calendar
from sheetflow.service.calendar_kinds import BEFORE_ALL, TO_UNITS
from sheetflow.service.call_lists import begin_calls
from sheetflow.service.changes import notice_changes, notice_templates, template_troubles
from sheetflow.service.consolidated import sweep_pieces
from sheetflow.service.deadlines import mark_overdue
from sheetflow.service.filed_answer import begin_filed
from sheetflow.service.files_up import begin_files
from sheetflow.service.filing import file_signed
from sheetflow.service.follow_units import follow_units, withdraw_old_names
from sheetflow.service.judge import judge_arrivals
from sheetflow.service.judged import begin_judged
from sheetflow.service.publish import (
    ABOVE,
    Attempts,
    SideBySide,
)
from sheetflow.service.quotes import quote_faults
from sheetflow.service.receive import keep_journal
from sheetflow.service.review_late import mark_reviews
from sheetflow.service.roll_up import Rollups
from sheetflow.service.take import Intake, open_intake, take_all
from sheetflow.service.turns import first_of_each
from sheetflow.service.twins import settle_twins
from sheetflow.service.unit_progress import make_progress_pages
from sheetflow.service.waiting import waiting_of, what_waits
from sheetflow.store.records import PublicationKind, StaleMark


@dataclass
class PassReport:
    """What one pass did, for whoever asked for it."""

    taken: int = 0
    outcomes: Counter[str] = field(default_factory=Counter)
    filed: Counter[str] = field(default_factory=Counter)
    """What became of 定稿 and 正本."""
    reviews: int = 0
    """How many 审核单 were answered."""
    published: int = 0
    mail: Sent = field(default_factory=Sent)
    """Nothing where a postman sends it."""
    oddities: tuple[Oddity, ...] = ()
    troubles: tuple[str, ...] = ()
    """What was left undone by a fault of ours, in sentences."""
    templates: tuple[str, ...] = ()
    """Which templates cannot be used, in sentences: nothing is left undone, a default one serves."""
    waiting: tuple[Waiting, ...] = ()
    """What waits after the pass, by whosever fault."""
    mended: tuple[str, ...] = ()
    """What was put right and is told once, in sentences."""

    @property
    def notices(self) -> tuple[str, ...]:
        """Everything that somebody should know of, each sentence once."""
        troubles = (*self.troubles, *self.templates)
        return (*self.mended, *told_besides(troubles, self.waiting), *tell(self.waiting))

    @property
    def is_failed(self) -> bool:
        """Whether something was left undone by a fault of ours."""
        return bool(self.troubles) or any(each.is_ours for each in self.waiting)


def run_pass(context: Context) -> PassReport:
    """Do one pass, waiting out the quiet period of what lies in the inbox now.

    Raise WorkspaceError where another service runs in this workspace.
    """
    with alone_in(context.workspace, context.settings):
        try:
            return _whole_pass(context)
        except StoreDamagedError:
            raise
        except Exception as error:
            with suppress(SheetflowError, OSError):
                tell_of_failure(context, [said_of(context, error, HANDLING)])
                send_due(context)
            raise


HANDLING = "处理来件"


def _whole_pass(context: Context) -> PassReport:
    mended = secure(context)
    noticed = tidy_up(context)
    intake = open_intake(context)
    take_all(context, intake)
    report = work_off(context, intake)
    report.mended = (*mended, *noticed, *report.mended)
    report.mail = send_due(context)
    report.waiting = waiting_after(context, intake)
    return report


def tell_of_failure(context: Context, troubles: Collection[str]) -> None:
    """Have the administrator's mail made of what ended a pass, where today's has not gone."""
    run_calendar(context, [partial(administrators_mail, troubles=troubles)])


def secure(context: Context) -> tuple[str, ...]:
    """Close the state folder where somebody opened it, make a missing key; say so once."""
    told = context.ensure_stamp_key()
    if not close_to_others(context.workspace.state):
        return told
    LOG.warning("the state folder was open to other accounts, and is closed now")
    return ("state 文件夹原来别的帐号也能打开，现在已经关好，只有本服务的帐号能读。", *told)


def tidy_up(context: Context) -> tuple[str, ...]:
    """Make missing folders, and finish or remove what a killed run left half made.

    Give what has changed since the last time, in sentences.
    """
    keep_journal(context)
    context.workspace.ensure_unit_folders(context.tree, context.is_attaching)
    follow_units(context)
    for sweep in (
        partial(sweep_archive, context.workspace.archive),
        partial(sweep_outbox, context.workspace.outbox),
        partial(sweep_pieces, context),
        partial(sweep_campaigns, context.workspace.campaigns),
    ):
        try:
            sweep()
        except TemporaryError as trouble:  # leftovers are in nobody's way
            LOG.warning("not tidied up: %s", trouble)
    return notice_changes(context)


def work_off(context: Context, intake: Intake) -> PassReport:
    """Judge what has arrived, rebuild what is stale."""
    context.forget_moved()
    noticed = notice_templates(context)
    mark_overdue(context)
    mark_reviews(context)
    rebuilding = Rebuilding(context)
    outcomes = judge_and_answer(context, rebuilding)
    night = run_calendar(context, BEFORE_ALL)
    # Who has just handed in is not reminded.
    is_on = context.settings.calendar.on
    calendar = run_calendar(context, TO_UNITS if is_on else ())
    rebuilt = rebuilding.finish()
    report = PassReport(
        taken=intake.taken,
        outcomes=outcomes,
        filed=rebuilding.filed,
        reviews=rebuilding.reviews,
        published=rebuilt.published,
        oddities=intake.oddities,
        troubles=(
            *(str(trouble) for trouble in intake.troubles),
            *night.troubles,
            *calendar.troubles,
            *rebuilt.faults,
            *missing_units(context),
            *quote_faults(context),
        ),
        templates=template_troubles(context),
        mended=(*noticed, *night.mended, *calendar.mended),
    )
    look = partial(waiting_after, context, intake)
    told = partial(administrators_mail, troubles=report.troubles, look=look)
    report.troubles += tuple(run_calendar(context, [told]).troubles)
    return report


def waiting_after(context: Context, intake: Intake) -> tuple[Waiting, ...]:
    """Give what waits once the pass is over."""
    more = [trouble for trouble in intake.hindered if trouble not in intake.seen.hindered]
    waiting = what_waits(context, intake.seen, intake.oddities)
    return (*waiting, *waiting_of(context, dict.fromkeys(more)))


def is_behind(context: Context, intake: Intake) -> bool:
    """Whether something was left for the next turn only, so that there is no need to pause."""
    if intake.is_behind:
        return True
    due = context.store.arrivals.find_unjudged(context.clock.now())
    marks = context.store.publications.find_stale(PublicationKind.ANSWER)
    return any(arrival.unit_id in context.tree for arrival in due) or any(
        mark.unit_id in context.tree and not mark.trouble for mark in marks
    )


def judge_and_answer(context: Context, rebuilding: Rebuilding) -> Counter[str]:
    """Judge what has arrived; give how often each outcome came of it.

    Who was judged first need not wait for the last to be answered.
    """
    outcomes: Counter[str] = Counter()
    with closing(judge_arrivals(context, rebuilding.count_reviews)) as judged:
        for submissions in judged:
            outcomes.update(submission.outcome for submission in submissions)
            rebuilding.answer(len(submissions))
    return outcomes


class Rebuilding:
    """All that is made again in one pass; what fails keeps its mark for the next one."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._attempts = Attempts(context, published=settle_twins(context))
        self.filed: Counter[str] = Counter()
        self.reviews = 0
        self._unanswered = 0
        self._known: set[int] = set()
        self._at_once = 4 * context.pool_size
        begin = partial(begin_answer, context)
        self._answers = SideBySide(self._attempts, "答复", 2 * self._at_once, begin)

    def count_reviews(self, came: int) -> None:
        """Hear how many 审核单 were there to be answered."""
        self.reviews += came

    def answer(self, judged: int) -> None:
        """Answer those judged so far, where they are enough to be worth a wait for the disk."""
        self._unanswered += judged
        if self._unanswered >= self._at_once:
            self._begin_answers()
            self._answers.put_in_place()

    def finish(self) -> Attempts:
        """Make everything that is stale; give what came of the whole pass."""
        context, attempts = self._context, self._attempts
        self._begin_answers()
        rollups = Rollups(context)
        above = SideBySide(attempts, "汇总", 3 * context.pool_size, rollups.begin)
        due = [mark for mark in _marks(context, *ABOVE) if not rollups.has_to_wait(mark)]
        above.begin(rollups.in_order(due))
        self._answers.finish()
        # The children must not run out of what is above, while this one writes many small files.
        self._make_workbooks(above.put_in_place)
        make_progress_pages(context, attempts, above.put_in_place)
        self._make_judged()
        self._hand_up_files()
        above.finish()
        self._file()
        begun = {mark.mark_id for mark in due}
        while rest := [mark for mark in _marks(context, *ABOVE) if mark.mark_id not in begun]:
            begun.update(mark.mark_id for mark in rest)
            above.begin(rollups.in_order(rest))
            above.finish()
        self._make_call_lists()
        attempts.record()
        withdraw_old_names(context)
        return attempts

    def _begin_answers(self) -> None:
        """Have all answers that are due made, of each unit its turn."""
        self._unanswered = 0
        marks = _marks(self._context, PublicationKind.ANSWER)
        due = first_of_each(marks, lambda mark: mark.unit_id, self._context.turn)
        fresh = [mark for mark in due if mark.mark_id not in self._known]
        self._known.update(mark.mark_id for mark in fresh)
        self._answers.begin(fresh)

    def _file(self) -> None:
        """File what offices signed, which is compared with drafts of reports, and answer it."""
        self.filed = file_signed(self._context)
        filed = SideBySide(
            self._attempts, "归档", self._at_once, partial(begin_filed, self._context)
        )
        filed.begin(_marks(self._context, PublicationKind.SIGNED))
        filed.finish()

    def _make_workbooks(self, meanwhile: Callable[[], object]) -> None:
        """Issue again those 填报 workbooks that have been handed out and stand on something new.

        And those that could not be made when they were to be handed out.
        """
        context, paths = self._context, dict[StaleMark, str]()
        for mark in _marks(context, PublicationKind.WORKBOOK):
            unit, period = context.tree[mark.unit_id], context.period(mark.form, mark.period)
            path = workbook_path(context, context.form(mark.form), unit, period)
            paths[mark] = context.relative(path)
        handed_out = context.store.publications.find_known(paths.values())
        due = [mark for mark, path in paths.items() if path in handed_out or mark.trouble]
        idle = [mark for mark in paths if mark not in due]
        if idle:
            context.store.publications.record_rebuilt(idle)
        begin = partial(begin_workbook, context)
        workbooks = SideBySide(self._attempts, "发放填报表", self._at_once, begin)
        workbooks.begin(due)
        workbooks.finish(meanwhile)

    def _hand_up_files(self) -> None:
        """Put what came beside workbooks before those above, byte for byte."""
        begin = partial(begin_files, self._context)
        files = SideBySide(self._attempts, PublicationKind.FILES.label, 1, begin)
        files.begin(_marks(self._context, PublicationKind.FILES))
        files.finish()

    def _make_call_lists(self) -> None:
        """Make the lists of those who are to be rung up."""
        begin = partial(begin_calls, self._context)
        lists = SideBySide(self._attempts, PublicationKind.CALLS.label, self._at_once, begin)
        lists.begin(_marks(self._context, PublicationKind.CALLS))
        lists.finish()

    def _make_judged(self) -> None:
        """Make what comes of judging: few files, each from many."""
        begin = partial(begin_judged, self._context)
        judged = SideBySide(self._attempts, PublicationKind.JUDGED.label, 1, begin)
        judged.begin(_marks(self._context, PublicationKind.JUDGED))
        judged.finish()


def _marks(context: Context, *kinds: PublicationKind) -> list[StaleMark]:
    return [
        mark
        for mark in context.store.publications.find_stale(*kinds)
        # What a unit that left the list had to get waits, and `status` shows it.
        if mark.unit_id in context.tree
    ]
