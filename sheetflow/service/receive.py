"""One way in for every source: archived, noted, committed, and only then acknowledged.

A source (the units' folders are the only one so far) finds workbooks, puts their bytes into
the archive, and names each by a key of its own. From here on a delivery is a delivery,
wherever it came from. What stands in the journal will be received: a batch whose commit did
not come about is recorded by the next look, or by the next start, from its line. This module
owns the order that loses nothing; it refuses to know what acknowledging means: removing a
file is one way of it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, fields
from pathlib import Path
from typing import Protocol

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


class Source(Protocol):
    """Where workbooks come from: it keeps each of them until that is acknowledged."""

    def acknowledge(self, arrival: Arrival) -> bool:
        """Let go of what is safe with us, durably; False where that must be tried again later.

        Only ever asked after the commit. Repeating it does no harm.
        """


def receive(context: Context, source: Source, new: Sequence[NewArrival]) -> tuple[Arrival, ...]:
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
    acknowledge(context, source, received)
    return received


def record_what_was_noted(context: Context) -> None:
    """Record what stands in the journal for want of a commit that did not come about."""
    if context.noted:
        record_noted(context)
        context.noted = False


def acknowledge(context: Context, source: Source, received: Iterable[Arrival]) -> None:
    """Have the source let go of what is committed; what it cannot yet stays pending."""
    record_acknowledged(context, [arrival for arrival in received if source.acknowledge(arrival)])


def record_acknowledged(context: Context, arrivals: Sequence[Arrival]) -> None:
    """Record that the source has let go of these."""
    if not arrivals:
        return
    with context.store.together():
        for arrival in arrivals:
            context.store.arrivals.record_acknowledged(arrival.arrival_id, context.clock.now())


_NAMES = tuple(field.name for field in fields(Entry))


def note(context: Context, received: Sequence[NewArrival]) -> None:
    """Write what is about to be received into the journal, durably; raise TemporaryError."""
    store = context.store
    entries = tuple(entry_of(one) for one in received)
    batch = Batch(store.workspace_id, store.arrivals.newest_id(), entries)
    append_batch(context.workspace.journal, batch)


def record_noted(context: Context) -> int:
    """Record what the journal received and the database did not; give how many files.

    That is a batch whose commit did not come about: nothing was committed since it was noted.
    """
    store, path = context.store, context.workspace.journal
    newest, last = store.arrivals.newest_id(), last_batch(path)
    if last is None or last.after < newest or last.workspace != store.workspace_id:
        return 0
    noted = [
        entry
        for batch in read_journal(path).batches
        if batch.after >= newest
        for entry in batch.entries
    ]
    if not noted:
        return 0
    with store.together():
        for entry in noted:
            store.arrivals.record_arrival(arrival_of(entry))
    LOG.warning("%d files were in the journal, but not in the database: received now", len(noted))
    return len(noted)


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
        (arrival.arrival_id, entry_of(arrival))
        for arrival in store.arrivals.find_all()
        if arrival.arrival_id not in purged
    ]
    write_journal(path, batches_of(store.workspace_id, numbered))


def entry_of(arrival: NewArrival | Arrival) -> Entry:
    """Give the journal's entry of an arrival."""
    return Entry(**{name: getattr(arrival, name) for name in _NAMES})


def arrival_of(entry: Entry) -> NewArrival:
    """Give the arrival that an entry notes."""
    return NewArrival(**asdict(entry))
