"""One way in for every source: archived, noted, committed, and only then acknowledged.

A source (the units' folders are the only one so far) finds workbooks, puts their bytes into
the archive, and names each by a key of its own. From here on a delivery is a delivery,
wherever it came from. This module owns the order that loses nothing; it refuses to know what
acknowledging means: removing a file is one way of it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Protocol

from sheetflow.context.context import LOG, Office
from sheetflow.service.journal import note, record_noted
from sheetflow.store.records import Arrival, NewArrival


class Source(Protocol):
    """Where workbooks come from: it keeps each of them until that is acknowledged."""

    def acknowledge(self, arrival: Arrival) -> bool:
        """Let go of what is safe with us, durably; False where that must be tried again later.

        Only ever asked after the commit. Repeating it does no harm.
        """


def receive(office: Office, source: Source, new: Sequence[NewArrival]) -> tuple[Arrival, ...]:
    """Receive what lies durably in the archive, in its order and in one commit.

    A key that was received before is not received again: its arrival comes back as it
    stands. Raise TemporaryError where the journal takes nothing: then nothing was received.
    """
    record_what_was_noted(office)
    note(office, new)
    office.noted = True
    with office.store.together():
        received = tuple(office.store.arrivals.record_arrival(one) for one in new)
    office.noted = False
    for arrival in received:
        LOG.info("unit %s: received as arrival %d", arrival.unit_id, arrival.arrival_id)
    acknowledge(office, source, received)
    return received


def record_what_was_noted(office: Office) -> None:
    """Record what stands in the journal for want of a commit that did not come about."""
    if office.noted:
        record_noted(office)
        office.noted = False


def acknowledge(office: Office, source: Source, received: Iterable[Arrival]) -> None:
    """Have the source let go of what is committed; what it cannot yet stays pending."""
    record_acknowledged(office, [arrival for arrival in received if source.acknowledge(arrival)])


def record_acknowledged(office: Office, arrivals: Sequence[Arrival]) -> None:
    """Record that the source has let go of these."""
    if not arrivals:
        return
    with office.store.together():
        for arrival in arrivals:
            office.store.arrivals.record_acknowledged(arrival.arrival_id, office.clock.now())
