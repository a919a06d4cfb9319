"""From the inbox into the archive and the database, in the order that loses nothing.

Stable file → archive blob → commit "received" → unlink. Each step can be repeated: a
file whose unlink is pending is finished silently, whatever stopped us before.
"""

from __future__ import annotations

import time
from collections.abc import Iterable
from dataclasses import dataclass, field

from sheetflow.errors import TemporaryError
from sheetflow.intake.archive import archive_file
from sheetflow.intake.contents import ChangedError
from sheetflow.intake.removal import Removal, remove_file
from sheetflow.intake.scanning import scan
from sheetflow.intake.sighting import Oddity, Reason, Scan, Sighting
from sheetflow.intake.stillness import Observation, StillFile, StillWatch
from sheetflow.service.office import LOG, Office
from sheetflow.store.records import Arrival, NewArrival


@dataclass
class Intake:
    """What intake remembers from scan to scan, and what it has to show."""

    watch: StillWatch
    oddities: tuple[Oddity, ...] = ()
    troubles: list[TemporaryError] = field(default_factory=list)
    taken: int = 0


def open_intake(office: Office) -> Intake:
    """Start intake with nothing seen yet."""
    quiet = office.settings.intake.quiet_seconds
    return Intake(StillWatch(quiet, office.clock.monotonic))


def look(office: Office, intake: Intake) -> Scan:
    """Look at the whole inbox."""
    folders = {unit.folder: unit.unit_id for unit in office.tree}
    seen = scan(office.workspace.inbox, folders, now=office.clock.on_disk())
    intake.oddities = (*seen.strange, *seen.lingering)
    intake.troubles = list(seen.troubles)
    return seen


def take(office: Office, intake: Intake, files: Iterable[Sighting]) -> Observation:
    """Take every file that stands still; give what is waiting."""
    pending = {
        (arrival.unit_id, arrival.raw_name, arrival.inode, arrival.size, arrival.mtime_ns): arrival
        for arrival in office.store.arrivals.find_pending_unlinks()
    }
    fresh: list[Sighting] = []
    for sighting in files:
        known = pending.pop(_identity(sighting), None)
        if known is None:
            fresh.append(sighting)
        else:
            _finish(office, intake, sighting, known)
    for arrival in pending.values():  # somebody else removed it
        office.store.arrivals.record_unlinked(arrival.arrival_id, office.clock.now())
    observation = intake.watch.observe(fresh)
    intake.oddities += tuple(map(_empty, observation.empty))
    intake.troubles += [trouble for _, trouble in observation.troubles]
    for number, still in enumerate(observation.still, start=1):
        _take(office, intake, still)
        office.say("收取", number, len(observation.still))
    return observation


def take_all(office: Office, intake: Intake) -> None:
    """Take what lies in the inbox now, waiting out the quiet period of what is seen first."""
    first = {_identity(sighting) for sighting in look(office, intake).files}
    while True:
        files = [
            sighting for sighting in look(office, intake).files if _identity(sighting) in first
        ]
        observation = take(office, intake, files)
        if observation.next_look is None:
            return
        time.sleep(observation.next_look)


def _identity(sighting: Sighting) -> tuple[str, bytes, int, int, int]:
    return (
        sighting.unit_id,
        sighting.name_bytes,
        sighting.inode,
        sighting.size,
        sighting.mtime_ns,
    )


def _empty(sighting: Sighting) -> Oddity:
    return Oddity(
        reason=Reason.EMPTY,
        folder=sighting.folder,
        name_bytes=sighting.name_bytes,
        unit_id=sighting.unit_id,
    )


def _take(office: Office, intake: Intake, still: StillFile) -> None:
    sighting = still.sighting
    try:
        archived = archive_file(still, office.workspace.archive)
    except ChangedError:
        return  # the next scan tells
    except TemporaryError as trouble:
        intake.troubles.append(trouble)
        LOG.warning("unit %s: not archived yet: %s", sighting.unit_id, trouble.code)
        return
    arrival = office.store.arrivals.record_arrival(
        NewArrival(
            unit_id=sighting.unit_id,
            purpose=sighting.purpose.value,
            name=sighting.name,
            raw_name=sighting.name_bytes,
            sha256=archived.sha256,
            size=archived.size,
            mtime_ns=sighting.mtime_ns,
            inode=sighting.inode,
            device=sighting.device,
            arrived_at=office.clock.now(),
        )
    )
    intake.taken += 1
    LOG.info("unit %s: received as arrival %d", arrival.unit_id, arrival.arrival_id)
    _finish(office, intake, sighting, arrival)


def _finish(office: Office, intake: Intake, sighting: Sighting, arrival: Arrival) -> None:
    """Remove a file that is safe with us; one that changed meanwhile is another file."""
    try:
        removal = remove_file(sighting, arrival.sha256)
    except TemporaryError as trouble:
        intake.troubles.append(trouble)
        LOG.warning("unit %s: not removed from the inbox yet: %s", arrival.unit_id, trouble.code)
        return
    if removal is Removal.CHANGED:
        LOG.info("unit %s: changed after it was received", arrival.unit_id)
    office.store.arrivals.record_unlinked(arrival.arrival_id, office.clock.now())
