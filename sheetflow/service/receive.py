"""One way in for every source: archived, noted, committed, and only then acknowledged.

A source puts bytes into the archive and names each delivery by a key of its own. A batch in
the journal whose commit did not come about is recorded by the next look or start. This module
owns that order; it refuses to know how a source lets go (removing a file is one way).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, fields
from pathlib import Path

from sheetflow.context import LOG, Context
from sheetflow.intake.journal import (
    Batch,
    Entry,
    append_batch,
    batches_of,
    last_batch,
    read_journal,
    write_journal,
)
from sheetflow.store import Store
from sheetflow.store.records import Arrival, NewArrival

LetGo = Callable[[Arrival], bool]
"""Has a source let go of what is safe with us, durably; False where it must be asked again.

It is asked only after the commit. Asking it again does no harm.
"""


def receive(context: Context, let_go: LetGo, new: Sequence[NewArrival]) -> tuple[Arrival, ...]:
    """Receive what lies durably in the archive, in its order and in one commit.

    A key that was received before is not received again: its arrival comes back as it
    stands. Raise TemporaryError where the journal takes nothing: then nothing was received.
    """
    record_what_was_noted(context)
    note(context, new)
    context.noted = True
    with context.store.together():
        received = tuple(context.store.arrivals.record_arrival(one) for one in new)
    context.noted = False
    for arrival in received:
        LOG.info("unit %s: received as arrival %d", arrival.unit_id, arrival.arrival_id)
    acknowledge(context, let_go, received)
    return received


def record_what_was_noted(context: Context) -> None:
    """Record what stands in the journal for want of a commit that did not come about."""
    if context.noted:
        record_noted(context)
        context.noted = False


def acknowledge(context: Context, let_go: LetGo, received: Iterable[Arrival]) -> None:
    """Have the source let go of what is committed; what it cannot yet stays pending."""
    record_acknowledged(context, [arrival for arrival in received if let_go(arrival)])


def record_acknowledged(context: Context, arrivals: Sequence[Arrival]) -> None:
    """Record that the source has let go of these."""
    if not arrivals:
        return
    with context.store.together():
        for arrival in arrivals:
            context.store.arrivals.record_acknowledged(arrival.arrival_id, context.clock.now())


def note(context: Context, new: Sequence[NewArrival]) -> None:
    """Write what is about to be received into the journal, durably; raise TemporaryError."""
    store = context.store
    batch = Batch(store.workspace_id, store.arrivals.newest_id(), tuple(map(_entry_of, new)))
    append_batch(context.workspace.journal, batch)


def record_noted(context: Context) -> None:
    """Record a batch of the journal whose commit did not come about; none was made since."""
    store, path = context.store, context.workspace.journal
    newest, last = store.arrivals.newest_id(), last_batch(path)
    if last is None or last.after < newest or last.workspace != store.workspace_id:
        return
    noted = [
        entry
        for batch in read_journal(path).batches
        if batch.after >= newest
        for entry in batch.entries
    ]
    if not noted:
        return
    with store.together():
        for entry in noted:
            store.arrivals.record_arrival(arrival_of(entry))
    LOG.warning("%d files were in the journal, but not in the database: received now", len(noted))


def keep_journal(context: Context) -> None:
    """Have a journal of this database's: made from it where there is none, else what it noted is recorded."""
    last = last_batch(context.workspace.journal)
    if last is None or last.workspace != context.store.workspace_id:
        rewrite_journal(context.store, context.workspace.journal)
    else:
        record_noted(context)


def rewrite_journal(store: Store, path: Path) -> None:
    """Make the journal at `path` from the database: all but what was purged."""
    purged = store.purges.find_purged()
    numbered = [
        (arrival.arrival_id, _entry_of(arrival))
        for arrival in store.arrivals.find_all()
        if arrival.arrival_id not in purged
    ]
    write_journal(path, batches_of(store.workspace_id, numbered))


def _entry_of(arrival: NewArrival | Arrival) -> Entry:
    return Entry(**{field.name: getattr(arrival, field.name) for field in fields(Entry)})


def arrival_of(entry: Entry) -> NewArrival:
    """Give the arrival that an entry notes."""
    return NewArrival(**asdict(entry))
