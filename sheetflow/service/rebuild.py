"""What is stale is made again, and only that: answers, workbooks, roll-ups, reports.

A mark is cleared only in the commit that records the new file, so a crash in between
makes the same file once more.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import FIRST_COMPLETED, wait
from functools import partial

from sheetflow.context.context import Office
from sheetflow.context.paths import workbook_path
from sheetflow.service import answer as answering
from sheetflow.service.answer import Answer
from sheetflow.service.follow_units import withdraw_old_names
from sheetflow.service.issue import publish_workbooks
from sheetflow.service.publish import Attempts, Order
from sheetflow.service.roll_up import Making, Rollups
from sheetflow.service.settle import settle_twins
from sheetflow.service.turns import first_of_each
from sheetflow.store.records import Issued, Publication, PublicationKind, Stale, StaleMark


class Rebuilding:
    """All that is made again in one pass; what fails keeps its mark for the next one."""

    def __init__(self, office: Office) -> None:
        self._office = office
        self._rebuilt = Attempts(office, published=settle_twins(office))
        self._unanswered = 0
        self._answers: deque[tuple[StaleMark, list[Answer | None]]] = deque()
        self._known: set[int] = set()
        self._at_once = 4 * office.pool_size

    def answer(self, judged: int) -> None:
        """Answer those judged so far, where they are enough to be worth a wait for the disk."""
        self._unanswered += judged
        if self._unanswered >= self._at_once:
            self._begin_answers()
            self._publish_answers(lambda answer: answer is None or answer.is_ready)

    def finish(self) -> Attempts:
        """Make everything that is stale; give what came of the whole pass.

        The children make the files of everyone above while answers are put in place. A board
        links to what its reader has: it waits for the files that its reader is to have for the
        first time, and is stale once more where one came to lie there.
        """
        self._begin_answers()
        rollups = Rollups(self._office)
        marks = _marks(
            self._office,
            PublicationKind.CONSOLIDATED,
            PublicationKind.REPORT,
            PublicationKind.BOARD,
        )
        above = _SideBySide(self._office, self._rebuilt, rollups)
        above.begin(mark for mark in marks if not rollups.has_to_wait(mark))
        while self._answers:
            self._publish_answers(lambda _answer: True)
        _rebuild_workbooks(self._office, self._rebuilt)
        above.finish()
        above.begin(_marks(self._office, PublicationKind.BOARD))
        above.finish()
        self._rebuilt.record()
        withdraw_old_names(self._office)
        return self._rebuilt

    def _begin_answers(self) -> None:
        """Have all answers that are due made, not too many side by side: memory stays flat."""
        self._unanswered = 0
        marks = _marks(self._office, PublicationKind.ANSWER)
        for mark in first_of_each(marks, lambda mark: mark.unit_id, self._office.turn):
            if mark.mark_id in self._known or self._office.is_stopping():
                continue
            self._known.add(mark.mark_id)
            prepare = partial(answering.prepare, self._office, mark)
            self._answers.append((mark, self._rebuilt.attempt(mark, prepare)))
            if len(self._answers) > 2 * self._at_once:
                self._publish_answers(lambda _answer: True)

    def _publish_answers(self, may_wait: Callable[[Answer | None], bool]) -> None:
        """Put the oldest answers in place that `may_wait` lets pass; record them in one commit."""
        wanted: list[tuple[StaleMark, list[Order]]] = []
        settled: list[StaleMark] = []
        for _ in range(min(len(self._answers), self._at_once)):
            mark, prepared = self._answers[0]
            if not all(map(may_wait, prepared)):
                break
            self._answers.popleft()
            for answer in prepared:
                if answer is None:
                    settled.append(mark)
                else:
                    made = self._rebuilt.attempt(mark, answer.order)
                    wanted += [(mark, [order]) for order in made]
        placed = self._rebuilt.publish(wanted)
        settled += [mark for mark, _ in placed]
        if settled:
            published = [entry for _, made in placed for entry in made]
            self._office.store.publications.record_rebuilt(settled, published)
        self._office.say("答复", len(self._known) - len(self._answers), len(self._known))


def rebuild(office: Office) -> Attempts:
    """Make everything stale again; what fails keeps its mark for the next pass."""
    return Rebuilding(office).finish()


def _marks(office: Office, *kinds: PublicationKind) -> list[StaleMark]:
    return [
        mark
        for mark in office.store.publications.find_stale(*kinds)
        # What a unit that left the list had to get waits, and `status` shows it.
        if mark.unit_id in office.tree
    ]


def _rebuild_workbooks(office: Office, rebuilt: Attempts) -> None:
    """Issue again those 填报 workbooks that have been handed out and stand on something new."""
    paths: dict[StaleMark, str] = {}
    for mark in _marks(office, PublicationKind.WORKBOOK):
        unit, period = office.tree[mark.unit_id], office.period(mark.form, mark.period)
        path = workbook_path(office, office.form(mark.form), unit, period)
        paths[mark] = office.relative(path)
    handed_out = office.store.publications.find_known(paths.values())
    due = [mark for mark, path in paths.items() if path in handed_out]
    idle = [mark for mark, path in paths.items() if path not in handed_out]
    if idle:
        office.store.publications.record_rebuilt(idle)
    publish_workbooks(office, due, rebuilt)


class _SideBySide:
    """Files of everyone above on their way: several at once, put in place as they are made."""

    def __init__(self, office: Office, rebuilt: Attempts, rollups: Rollups) -> None:
        self._office, self._rebuilt, self._rollups = office, rebuilt, rollups
        self._waiting: deque[StaleMark] = deque()
        self._begun: list[tuple[StaleMark, Making]] = []
        self._idle: list[StaleMark] = []
        self._total = 0

    def begin(self, marks: Iterable[StaleMark]) -> None:
        """Begin the first of what `marks` ask for; the rest follows in `finish`."""
        self._waiting.extend(self._rollups.in_order(marks))
        self._total += len(self._waiting)
        self._go_on()

    def finish(self) -> None:
        """Put all in place, what is there first as the first."""
        while self._begun:
            self._put_in_place()
            self._go_on()
        if self._idle:
            # Many, and no file hangs on them.
            self._office.store.publications.record_rebuilt(self._idle)
            self._idle = []

    def _go_on(self) -> None:
        """Keep the children busy."""
        while self._waiting and len(self._begun) <= 3 * self._office.pool_size:
            mark = self._waiting.popleft()
            for making in self._rebuilt.attempt(mark, partial(self._rollups.begin, mark)):
                if making is None:
                    self._idle.append(mark)
                else:
                    self._begun.append((mark, making))

    def _put_in_place(self) -> None:
        """Put in place what the children have made, waiting for the first of it."""
        if not any(making.is_ready for _, making in self._begun):
            works = [making.work for _, making in self._begun if making.work]
            wait(works, return_when=FIRST_COMPLETED)
        ready = [entry for entry in self._begun if entry[1].is_ready]
        self._begun = [entry for entry in self._begun if entry not in ready]
        made = [
            (mark, content)
            for mark, making in ready
            for content in self._rebuilt.attempt(mark, making.finish)
        ]
        issued = {mark: content.issued for mark, content in made}
        placed = self._rebuilt.publish((mark, content.orders) for mark, content in made)
        with self._office.store.together():
            for mark, published in placed:
                _record(self._office, mark, published, issued[mark])
        done = self._total - len(self._waiting) - len(self._begun)
        self._office.say("汇总", done, self._total)


def _record(
    office: Office, mark: StaleMark, published: Sequence[Publication], issued: Sequence[Issued]
) -> None:
    """Record what was put in place; where the board links to other files now, it is stale."""
    store = office.store.publications
    before = [store.find_publication(entry.path) for entry in published]
    store.record_rebuilt([mark], published, issued)
    known = {entry.current for entry in before if entry}
    if mark.kind is not PublicationKind.BOARD and {entry.current for entry in published} - known:
        board = Stale(
            unit_id=mark.unit_id,
            form=mark.form,
            period=mark.period,
            kind=PublicationKind.BOARD,
            why=mark.why,
        )
        store.record_stale([board], office.clock.now())
