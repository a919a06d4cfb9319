"""Publications: drafted, announced, put in place, and recorded with what they stand on.

Hashes of what is about to lie in the outbox are committed before the files get their names: what
lies there with another hash is a person's. A mark is cleared in the commit that records the new
file. One that fails stops none of the others: its mark stays. How anything is made is not known here.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, wait
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

from sheetflow import __version__
from sheetflow.context import LOG, Context
from sheetflow.errors import (
    ObstructedError,
    SheetflowError,
    StoreDamagedError,
    TemporaryError,
    describe,
)
from sheetflow.publishing.outbox import Draft, Patience, Writer, draft_file, place_file
from sheetflow.publishing.places import Ours, is_reachable
from sheetflow.service.page_marks import linking_to, lists_beside
from sheetflow.store.records import Issued, Publication, PublicationKind, Stale, StaleMark
from sheetflow.store.signed import NewDraft
from sheetflow.writing.first_line import copy_with_first_line

ROLL_UPS = (PublicationKind.CONSOLIDATED, PublicationKind.REPORT, PublicationKind.BOARD)
"""What everyone above others gets."""
ABOVE = (*ROLL_UPS, PublicationKind.REVIEW)
"""And what it decides in, about those directly below."""
GOING_UP = (*ROLL_UPS, PublicationKind.FILES)
"""What may change for everyone further up once something is let pass."""


def basis_of(*parts: object) -> str:
    """Digest everything that went into a publication: equal parts, equal bytes.

    Our own version is one of them.
    """
    digest = hashlib.sha256(__version__.encode())
    for part in parts:
        digest.update(part if isinstance(part, bytes) else repr(part).encode())
        digest.update(b"\x1e")
    return digest.hexdigest()


def is_fresh(context: Context, path: Path, basis: str) -> bool:
    """Whether the file that lies there was made from just this."""
    known = context.store.publications.find_publication(context.relative(path))
    return is_made_from(context, path, basis, known)


def is_made_from(context: Context, path: Path, basis: str, known: Publication | None) -> bool:
    """Whether what is `known` of the file that lies there says that it was made from just this."""
    return bool(known and known.basis == basis and not known.beside and is_there(context, path))


def is_there(context: Context, path: Path) -> bool:
    """Whether a file lies at `path` in the outbox, no link on the way."""
    reachable = is_reachable(context.workspace.outbox, path.parent)
    return reachable and path.is_file() and not path.is_symlink()


def is_published(context: Context, path: Path) -> bool:
    """Whether the file was ever published."""
    return context.store.publications.find_publication(context.relative(path)) is not None


def ours_at(context: Context, path: str, unit_id: str) -> Ours:
    """Tell which bytes are ours at `path` of the outbox.

    Those that were ever announced for it, and those that its unit handed in: she filled our
    file where it lay, and a copy of it is in the archive.
    """
    store = context.store

    def is_ours(sha256: str) -> bool:
        announced = store.publications.find_announced(path)
        return sha256 in announced or store.arrivals.has_handed_in(unit_id, sha256)

    return is_ours


@dataclass(frozen=True, slots=True)
class Order:
    """What is to be published: where, which content, for which mark, made from what.

    `as_of` is how old the content is, for those that do not say it themselves.
    """

    path: Path
    content: bytes | Writer
    mark: Stale
    basis: str
    as_of: dt.datetime | None = None


@dataclass(frozen=True, slots=True)
class Drafted:
    """A publication that only needs to be announced, and then put in place."""

    order: Order
    draft: Draft


def draft(context: Context, orders: Iterable[Order]) -> list[Drafted]:
    """Write publications near their places, all of them or none.

    Raise TemporaryError where the disk refuses.
    """
    drafted: list[Drafted] = []
    try:
        for order in orders:
            path = context.relative(order.path)
            first_line = partial(copy_with_first_line, kind=order.path.suffix, as_of=order.as_of)
            ours = ours_at(context, path, order.mark.unit_id)
            last = partial(_last_at, context, path)
            outbox = context.workspace.outbox
            made = draft_file(outbox, order.path, order.content, ours, first_line, last)
            drafted.append(Drafted(order, made))
    except BaseException:
        _discard(drafted)
        raise
    return drafted


def _last_at(context: Context, path: str) -> str:
    """Give the hash of what was published last at `path` itself; empty where there is none."""
    known = context.store.publications.find_publication(path)
    return known.sha256 if known and not known.beside else ""


def _discard(drafted: Iterable[Drafted]) -> None:
    for entry in drafted:
        entry.draft.discard()


@contextmanager
def announced(context: Context, drafted: Sequence[Drafted]) -> Iterator[None]:
    """Announce all of `drafted` in one commit: within, they may be placed; after, none is left."""
    try:
        context.store.publications.record_announced(
            [(context.relative(entry.order.path), entry.draft.sha256) for entry in drafted]
        )
        yield
    finally:
        _discard(drafted)


def place(
    context: Context, drafted: Iterable[Drafted], patience: Patience | None = None
) -> list[Publication]:
    """Put announced drafts in place; give what the store is to keep of them.

    Raise TemporaryError where the disk refuses.
    """
    placed: list[Publication] = []
    for entry in drafted:
        mark, path = entry.order.mark, context.relative(entry.order.path)
        published = place_file(entry.draft, ours_at(context, path, mark.unit_id), patience)
        beside = context.relative(published.path) if published.beside else ""
        if beside:
            LOG.warning("published beside, the file is %s: %s", published.beside.value, beside)
        placed.append(
            Publication(
                path=path,
                kind=mark.kind,
                unit_id=mark.unit_id,
                form=mark.form,
                period=mark.period,
                sha256=published.sha256,
                basis=entry.order.basis,
                published_at=context.clock.now(),
                beside=beside,
                beside_for=published.beside.value,
            )
        )
    return placed


Result = TypeVar("Result")


@dataclass
class Attempts:
    """How many files were published, and a sentence for each that was not."""

    context: Context
    published: int = 0
    paths: list[Path] = field(default_factory=list)
    """Where they lie, as they are called in the outbox."""
    faults: list[str] = field(default_factory=list)
    errors: list[SheetflowError] = field(default_factory=list)
    """All that was met, what stands in a unit's own way too: that is no fault of ours."""
    untold: dict[int, str] = field(default_factory=dict)
    """Why what a mark asks for could not be made, by its number; `record` keeps it."""

    failed: dict[Stale, str] = field(default_factory=dict)
    """The same of what a command or the calendar asked for, which no mark in the store stands for."""

    def record(self) -> None:
        """Have the store keep what stood in the way: `status` tells it while it lasts."""
        if self.untold:
            self.context.store.publications.record_troubles(self.untold)

    def attempt(self, mark: Stale, make: Callable[[], Result]) -> list[Result]:
        """Give what `make` makes, alone in a list; where it fails, none: the mark must stay."""
        step = f"{mark.unit_id} {mark.period} {mark.kind}"
        try:
            return [make()]
        except TemporaryError as trouble:
            is_hers = isinstance(trouble, ObstructedError)
            what = "outbox folder in trouble" if is_hers else f"{mark.kind} not published yet"
            LOG.warning("unit %s: %s: %s", mark.unit_id, what, trouble.code)
            self._keep(mark, trouble)
        except StoreDamagedError:
            raise
        except SheetflowError as error:
            LOG.error("%s could not be made: %s", step, error)
            self._keep(mark, error)
        except Exception as error:  # noqa: BLE001 - whatever it is, the others go on
            LOG.error("%s met a fault of ours: %s", step, describe(error))
            self._keep(mark, SheetflowError("程序出错，详见日志。"))
        return []

    def publish(
        self, wanted: Iterable[tuple[Stale, Sequence[Order]]]
    ) -> list[tuple[Stale, list[Publication]]]:
        """Publish what is wanted for each mark; give those that lie there now, to be recorded.

        All of it is announced in one commit, and waits for the disk together.
        """
        drafted = [
            (mark, made)
            for mark, orders in wanted
            for made in self.attempt(mark, partial(draft, self.context, orders))
        ]
        with announced(self.context, [entry for _, made in drafted for entry in made]):
            placed = [
                (mark, done)
                for mark, made in drafted
                for done in self.attempt(mark, partial(place, self.context, made))
            ]
        self.published += sum(len(done) for _, done in placed)
        self.paths += [Path(entry.path) for _, done in placed for entry in done]
        return placed

    def _keep(self, mark: Stale, trouble: SheetflowError) -> None:
        if isinstance(mark, StaleMark):
            self.untold[mark.mark_id] = str(trouble)
        else:
            self.failed[mark] = str(trouble)
        if not isinstance(trouble, ObstructedError):
            self.faults.append(str(trouble))
        self.errors.append(trouble)


@dataclass(frozen=True, slots=True)
class Made:
    """What is to lie in the outbox for one mark, and what the store is to keep of it besides."""

    orders: tuple[Order, ...]
    issued: tuple[Issued, ...] = ()
    drafts: tuple[NewDraft, ...] = ()


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

    def __init__(self, attempts: Attempts, step: str, most: int, begin: Begin) -> None:
        self._context, self._attempts, self._begin = attempts.context, attempts, begin
        self._step, self._most = step, most
        self._waiting: deque[Stale] = deque()
        self._begun: list[tuple[Stale, Making]] = []
        self._idle: list[Stale] = []
        self._total = 0

    def begin(self, marks: Iterable[Stale]) -> None:
        """Begin the first of what `marks` ask for; the others follow when these are in place."""
        before = len(self._waiting)
        self._waiting.extend(marks)
        self._total += len(self._waiting) - before
        self._go_on()

    def put_in_place(self) -> None:
        """Put in place what is there by now, and go on; nobody waits for a child."""
        ready = [entry for entry in self._begun if entry[1].is_ready]
        self._begun = [entry for entry in self._begun if entry not in ready]
        if ready:
            self._place(ready)
        self._go_on()

    def finish(self, meanwhile: Callable[[], object] = lambda: None) -> None:
        """Put all in place, what is there first as the first; do `meanwhile` in between."""
        while self._begun:
            if not any(making.is_ready for _, making in self._begun):
                works = [making.work for _, making in self._begun if making.work]
                wait(works, return_when=FIRST_COMPLETED)
            self.put_in_place()
            meanwhile()
        if self._idle:  # many, and no file hangs on them
            self._context.store.publications.record_rebuilt(_cleared(self._idle))
            self._idle = []

    def _go_on(self) -> None:
        """Keep the children busy."""
        while self._waiting and len(self._begun) < self._most and not self._context.is_stopping():
            mark = self._waiting.popleft()
            for making in self._attempts.attempt(mark, partial(self._begin, mark)):
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
        kept = dict(made)
        placed = self._attempts.publish((mark, content.orders) for mark, content in made)
        store = self._context.store
        with store.together():
            pages = [page for entry in placed for page in self._pages(*entry)]
            store.publications.record_rebuilt(
                _cleared(mark for mark, _ in placed),
                [entry for _, published in placed for entry in published],
                [entry for mark, _ in placed for entry in kept[mark].issued],
            )
            drafts = [draft for mark, _ in placed for draft in kept[mark].drafts]
            store.signed.record_drafts(drafts, self._context.clock.now())
            store.publications.record_stale(pages, self._context.clock.now())
        done = self._total - len(self._waiting) - len(self._begun)
        self._context.say(self._step, done, self._total)

    def _pages(self, mark: Stale, published: Sequence[Publication]) -> list[Stale]:
        """Mark the page that links to these, where they lie in other places now.

        What a unit's own page says follows each answer; the board tells whether figures changed since
        a report was signed, which its newest draft tells.
        """
        if mark.kind is PublicationKind.BOARD:
            beside = self._context.store.publications.find_publications(mark.unit_id)
            return lists_beside(mark, beside)
        pages = linking_to(mark)
        is_signed = mark.kind is PublicationKind.REPORT and self._context.store.signed.find_signed(
            mark.unit_id, mark.form, mark.period
        )
        if mark.kind is PublicationKind.ANSWER or is_signed or not pages:
            return pages
        store = self._context.store.publications
        known = {
            found.current for entry in published if (found := store.find_publication(entry.path))
        }
        if {entry.current for entry in published} <= known:
            return []
        return pages


def _cleared(marks: Iterable[Stale]) -> list[StaleMark]:
    """Give those that stand in the store; what was asked for by a command does not."""
    return [mark for mark in marks if isinstance(mark, StaleMark)]
