"""One pass over everything: take, judge, rebuild, send.

Each step restarts from the database alone, so that a pass that was killed anywhere is
finished by the next one.
"""

from __future__ import annotations

from collections import Counter
from contextlib import closing
from dataclasses import dataclass, field
from functools import partial

from sheetflow.consolidation.contents import Waiting, tell, told_besides
from sheetflow.context import LOG, Context
from sheetflow.context.lock import held_lock
from sheetflow.context.stamps import ensure_stamp_key
from sheetflow.durable import close_to_others
from sheetflow.errors import TemporaryError
from sheetflow.intake.archive import sweep_archive
from sheetflow.intake.sighting import Oddity
from sheetflow.mail.send import Sent, send_due
from sheetflow.publishing.outbox import sweep_outbox
from sheetflow.service.books import missing_units
from sheetflow.service.changes import notice_changes, notice_templates, template_troubles
from sheetflow.service.detail_cache import sweep_pieces
from sheetflow.service.follow_units import follow_units
from sheetflow.service.judge import judge_arrivals
from sheetflow.service.rebuild import Rebuilding
from sheetflow.service.receive import keep_journal
from sheetflow.service.take import Intake, open_intake, take_all
from sheetflow.service.waiting import waiting_of, what_waits
from sheetflow.store.records import PublicationKind


@dataclass
class PassReport:
    """What one pass did, for whoever asked for it."""

    taken: int = 0
    outcomes: Counter[str] = field(default_factory=Counter)
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
    with held_lock(context.workspace.lock):
        mended = (*close_state(context), *ensure_stamp_key(context))
        noticed = tidy_up(context)
        intake = open_intake(context)
        take_all(context, intake)
        report = work_off(context, intake)
        report.mended = (*mended, *noticed, *report.mended)
        report.mail = send_due(context)
        report.waiting = waiting_after(context, intake)
        return report


def close_state(context: Context) -> tuple[str, ...]:
    """Close the state folder where somebody opened it; say so that once."""
    if not close_to_others(context.workspace.state):
        return ()
    LOG.warning("the state folder was open to other accounts, and is closed now")
    return ("state 文件夹原来别的帐号也能打开，现在已经关好，只有本服务的帐号能读。",)


def tidy_up(context: Context) -> tuple[str, ...]:
    """Make missing folders, and finish or remove what a killed run left half made.

    Give what has changed since the last time, in sentences.
    """
    keep_journal(context)
    context.workspace.ensure_unit_folders(context.tree)
    follow_units(context)
    for sweep in (
        partial(sweep_archive, context.workspace.archive),
        partial(sweep_outbox, context.workspace.outbox),
        partial(sweep_pieces, context),
    ):
        try:
            sweep()
        except TemporaryError as trouble:  # leftovers are in nobody's way
            LOG.warning("not tidied up: %s", trouble)
    return notice_changes(context)


def work_off(context: Context, intake: Intake) -> PassReport:
    """Judge what has arrived, rebuild what is stale."""
    noticed = notice_templates(context)
    rebuilding = Rebuilding(context)
    outcomes = judge_and_answer(context, rebuilding)
    rebuilt = rebuilding.finish()
    return PassReport(
        taken=intake.taken,
        outcomes=outcomes,
        published=rebuilt.published,
        oddities=intake.oddities,
        troubles=(
            *(str(trouble) for trouble in intake.troubles),
            *rebuilt.faults,
            *missing_units(context),
        ),
        templates=template_troubles(context),
        mended=noticed,
    )


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
    with closing(judge_arrivals(context)) as judged:
        for submissions in judged:
            outcomes.update(submission.outcome for submission in submissions)
            rebuilding.answer(len(submissions))
    return outcomes
