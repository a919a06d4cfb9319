"""One publication: drafted, announced, put in place, and recorded with what it stands on.

The order makes it known whose a file is, wherever we are killed: first the hashes of what is
about to lie in the outbox are committed, many together, then the files get their names. So
whatever lies there with another hash is a person's.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from sheetflow import __version__
from sheetflow.context.context import LOG, Office
from sheetflow.publishing.lying import Ours, is_reachable
from sheetflow.publishing.outbox import Draft, Patience, Writer, draft_file, place_file
from sheetflow.store.records import Publication, Stale
from sheetflow.writing.first_line import copy_with_first_line


def basis_of(*parts: object) -> str:
    """Digest everything that went into a publication: equal parts, equal bytes.

    Our own version is one of them.
    """
    digest = hashlib.sha256(__version__.encode())
    for part in parts:
        digest.update(part if isinstance(part, bytes) else repr(part).encode())
        digest.update(b"\x1e")
    return digest.hexdigest()


def is_fresh(office: Office, path: Path, basis: str) -> bool:
    """Whether the file that lies there was made from just this."""
    known = office.store.publications.find_publication(office.relative(path))
    return bool(known and known.basis == basis and not known.beside and is_there(office, path))


def is_there(office: Office, path: Path) -> bool:
    """Whether a file lies at `path` in the outbox, no link on the way."""
    reachable = is_reachable(office.workspace.outbox, path.parent)
    return reachable and path.is_file() and not path.is_symlink()


def is_published(office: Office, path: Path) -> bool:
    """Whether the file was ever published."""
    return office.store.publications.find_publication(office.relative(path)) is not None


def ours_at(office: Office, path: str, unit_id: str) -> Ours:
    """Tell which bytes are ours at `path` of the outbox.

    Those that were ever announced for it, and those that its unit handed in: she filled our
    file where it lay, and a copy of it is in the archive.
    """
    store = office.store

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


def draft(office: Office, orders: Iterable[Order]) -> list[Drafted]:
    """Write publications near their places, all of them or none.

    Raise TemporaryError where the disk refuses.
    """
    drafted: list[Drafted] = []
    try:
        drafted.extend(_draft(office, order) for order in orders)
    except BaseException:
        _discard(drafted)
        raise
    return drafted


def _draft(office: Office, order: Order) -> Drafted:
    path = office.relative(order.path)
    first_line = partial(copy_with_first_line, kind=order.path.suffix, as_of=order.as_of)
    ours = ours_at(office, path, order.mark.unit_id)
    known = office.store.publications.find_publication(path)
    last = known.sha256 if known and not known.beside else ""
    made = draft_file(office.workspace.outbox, order.path, order.content, ours, first_line, last)
    return Drafted(order, made)


def _discard(drafted: Iterable[Drafted]) -> None:
    for entry in drafted:
        entry.draft.discard()


@contextmanager
def announced(office: Office, drafted: Sequence[Drafted]) -> Iterator[None]:
    """Announce all of `drafted` in one commit: within, they may be placed; after, none is left."""
    try:
        office.store.publications.record_announced(
            [(office.relative(entry.order.path), entry.draft.sha256) for entry in drafted]
        )
        yield
    finally:
        _discard(drafted)


def place(
    office: Office, drafted: Iterable[Drafted], patience: Patience | None = None
) -> list[Publication]:
    """Put announced drafts in place; give what the store is to keep of them.

    Raise TemporaryError where the disk refuses.
    """
    return [_place(office, entry, patience) for entry in drafted]


def _place(office: Office, drafted: Drafted, patience: Patience | None) -> Publication:
    order, path = drafted.order, office.relative(drafted.order.path)
    ours = ours_at(office, path, order.mark.unit_id)
    published = place_file(drafted.draft, ours, patience)
    beside = office.relative(published.path) if published.beside else ""
    if beside:
        LOG.warning("published beside, the file is %s: %s", published.beside.value, beside)
    return Publication(
        path=path,
        kind=order.mark.kind,
        unit_id=order.mark.unit_id,
        form=order.mark.form,
        period=order.mark.period,
        sha256=published.sha256,
        basis=order.basis,
        published_at=office.clock.now(),
        beside=beside,
        beside_for=published.beside.value,
    )
