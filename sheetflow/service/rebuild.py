"""What is stale is made again, and only that: answers, workbooks, roll-ups, reports.

This module owns the order. The children make the files of everyone above while answers are put
in place. A board links to what its reader has: it waits for the files that its reader is to
have for the first time, and is stale once more where one came to lie there.
"""

from __future__ import annotations

from functools import partial

from sheetflow.context import Context
from sheetflow.context.paths import workbook_path
from sheetflow.service.answer import begin_answer
from sheetflow.service.follow_units import withdraw_old_names
from sheetflow.service.issue import begin_workbook
from sheetflow.service.making import SideBySide
from sheetflow.service.publish import Attempts
from sheetflow.service.roll_up import Rollups
from sheetflow.service.settle import settle_twins
from sheetflow.service.turns import first_of_each
from sheetflow.store.records import PublicationKind, StaleMark


class Rebuilding:
    """All that is made again in one pass; what fails keeps its mark for the next one."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._attempts = Attempts(context, published=settle_twins(context))
        self._unanswered = 0
        self._known: set[int] = set()
        self._at_once = 4 * context.pool_size
        self._answers = SideBySide(self._attempts, "答复", 2 * self._at_once)

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
        above = SideBySide(attempts, "汇总", 3 * context.pool_size)
        kinds = (PublicationKind.CONSOLIDATED, PublicationKind.REPORT, PublicationKind.BOARD)
        due = [mark for mark in _marks(context, *kinds) if not rollups.has_to_wait(mark)]
        above.begin(rollups.in_order(due), rollups.begin)
        self._answers.finish()
        self._begin_workbooks()
        above.finish()
        above.begin(rollups.in_order(_marks(context, PublicationKind.BOARD)), rollups.begin)
        above.finish()
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
        self._answers.begin(fresh, partial(begin_answer, self._context))

    def _begin_workbooks(self) -> None:
        """Issue again those 填报 workbooks that have been handed out and stand on something new."""
        context, paths = self._context, dict[StaleMark, str]()
        for mark in _marks(context, PublicationKind.WORKBOOK):
            unit, period = context.tree[mark.unit_id], context.period(mark.form, mark.period)
            path = workbook_path(context, context.form(mark.form), unit, period)
            paths[mark] = context.relative(path)
        handed_out = context.store.publications.find_known(paths.values())
        idle = [mark for mark, path in paths.items() if path not in handed_out]
        if idle:
            context.store.publications.record_rebuilt(idle)
        workbooks = SideBySide(self._attempts, "发放填报表", self._at_once)
        again = [mark for mark, path in paths.items() if path in handed_out]
        workbooks.begin(again, partial(begin_workbook, context))
        workbooks.finish()


def rebuild(context: Context) -> Attempts:
    """Make everything stale again; what fails keeps its mark for the next pass."""
    return Rebuilding(context).finish()


def _marks(context: Context, *kinds: PublicationKind) -> list[StaleMark]:
    return [
        mark
        for mark in context.store.publications.find_stale(*kinds)
        # What a unit that left the list had to get waits, and `status` shows it.
        if mark.unit_id in context.tree
    ]
