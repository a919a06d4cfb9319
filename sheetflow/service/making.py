"""Publications on their way: several are made side by side, and put in place as they are there.

Whatever is published (an answer, a 填报 workbook, what everyone above gets) is a `Making` for
its mark. This module owns how many are under way, and the commit in which a mark is cleared:
the one that records the new file, so that a crash in between makes the same file once more.
It refuses to know how anything is made.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, wait
from dataclasses import dataclass
from functools import partial
from typing import Any

from sheetflow.service.publish import Attempts, Order
from sheetflow.store.records import Issued, Publication, PublicationKind, Stale, StaleMark


@dataclass(frozen=True, slots=True)
class Made:
    """What is to lie in the outbox for one mark, and what the store is to keep of it besides."""

    orders: tuple[Order, ...]
    issued: tuple[Issued, ...] = ()


@dataclass(frozen=True, slots=True)
class Making:
    """What a child is making for one mark, and what gives it once it is there.

    Without `work`, all of it is made when it is written.
    """

    work: Future[Any] | None
    finish: Callable[[], Made]

    @property
    def is_ready(self) -> bool:
        """Whether nobody has to wait for a child."""
        return self.work is None or self.work.done()


Begin = Callable[[Stale], Making | None]
"""Begins what a mark asks for; None where nothing is to lie there, or just this lies there."""


class SideBySide:
    """Makes what marks ask for, `most` at once; memory stays flat. `step` is told to who looks on."""

    def __init__(self, attempts: Attempts, step: str, most: int) -> None:
        self._context, self._attempts = attempts.context, attempts
        self._step, self._most = step, most
        self._waiting: deque[tuple[Stale, Begin]] = deque()
        self._begun: list[tuple[Stale, Making]] = []
        self._idle: list[Stale] = []
        self._total = 0

    def begin(self, marks: Iterable[Stale], begin: Begin) -> None:
        """Begin the first of what `marks` ask for; the others follow when these are in place."""
        before = len(self._waiting)
        self._waiting.extend((mark, begin) for mark in marks)
        self._total += len(self._waiting) - before
        self._go_on()

    def put_in_place(self) -> None:
        """Put in place what is there by now, and go on; nobody waits for a child."""
        ready = [entry for entry in self._begun if entry[1].is_ready]
        self._begun = [entry for entry in self._begun if entry not in ready]
        if ready:
            self._place(ready)
        self._go_on()

    def finish(self) -> None:
        """Put all in place, what is there first as the first."""
        while self._begun:
            if not any(making.is_ready for _, making in self._begun):
                works = [making.work for _, making in self._begun if making.work]
                wait(works, return_when=FIRST_COMPLETED)
            self.put_in_place()
        if self._idle:  # many, and no file hangs on them
            self._context.store.publications.record_rebuilt(_cleared(self._idle))
            self._idle = []

    def _go_on(self) -> None:
        """Keep the children busy."""
        while self._waiting and len(self._begun) < self._most and not self._context.is_stopping():
            mark, begin = self._waiting.popleft()
            for making in self._attempts.attempt(mark, partial(begin, mark)):
                if making is None:
                    self._idle.append(mark)
                else:
                    self._begun.append((mark, making))

    def _place(self, ready: Sequence[tuple[Stale, Making]]) -> None:
        """Publish what is ready, and record it in one commit."""
        made = [
            (mark, content)
            for mark, making in ready
            for content in self._attempts.attempt(mark, making.finish)
        ]
        issued = {mark: content.issued for mark, content in made}
        placed = self._attempts.publish((mark, content.orders) for mark, content in made)
        store = self._context.store
        with store.together():
            boards = [board for entry in placed for board in self._boards(*entry)]
            store.publications.record_rebuilt(
                _cleared(mark for mark, _ in placed),
                [entry for _, published in placed for entry in published],
                [entry for mark, _ in placed for entry in issued[mark]],
            )
            store.publications.record_stale(boards, self._context.clock.now())
        done = self._total - len(self._waiting) - len(self._begun)
        self._context.say(self._step, done, self._total)

    def _boards(self, mark: Stale, published: Sequence[Publication]) -> list[Stale]:
        """Mark the board that links to these, where they lie in other places now."""
        if mark.kind not in {PublicationKind.CONSOLIDATED, PublicationKind.REPORT}:
            return []
        store = self._context.store.publications
        known = {
            found.current for entry in published if (found := store.find_publication(entry.path))
        }
        if {entry.current for entry in published} <= known:
            return []
        board = Stale(
            unit_id=mark.unit_id,
            form=mark.form,
            period=mark.period,
            kind=PublicationKind.BOARD,
            why=mark.why,
        )
        return [board]


def _cleared(marks: Iterable[Stale]) -> list[StaleMark]:
    """Give those that stand in the store; what was asked for by a command does not."""
    return [mark for mark in marks if isinstance(mark, StaleMark)]
