"""The units' folders as a source: stable file → archive blob → `receive` → unlink.

Each step can be repeated. What a scan could not see is unknown, not gone; and a unit's later
file does not overtake an earlier one that met trouble, for the latest one counts.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import time
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from itertools import count

from sheetflow.context import LOG, Context
from sheetflow.errors import TemporaryError, Trouble
from sheetflow.intake.archive import Archived, archive_file
from sheetflow.intake.scanning import Observation, StillFile, StillWatch, scan
from sheetflow.intake.sighting import (
    FOLDER,
    READING,
    ChangedError,
    Oddity,
    Purpose,
    Reason,
    Removal,
    Scan,
    Sighting,
    identity_in,
    identity_of,
    key_of,
    remove_file,
)
from sheetflow.periods import OFFICE_ZONE
from sheetflow.service.files import is_beside
from sheetflow.service.receive import (
    acknowledge,
    receive,
    record_acknowledged,
    record_what_was_noted,
)
from sheetflow.service.turns import first_of_each
from sheetflow.store.arrivals import Looked
from sheetflow.store.records import Arrival, NewArrival

A_TURN = 16
"""So many files of a unit are taken, judged and answered in one pass of `watch` (promise 18)."""

_MOST_LOOKS, _PAUSE_SECONDS = 10, 0.3
"""How often a file that cannot be read holds up the later ones of its unit."""

_LOOKED_AHEAD = 4
"""So many turns of a unit are watched standing still: hashing a flood would hold up the others."""

_AT_ONCE = 16
"""So many files wait for the disk together."""

_OFTEN_ENOUGH = dt.timedelta(minutes=1)
"""A service that runs for ever records its looks no more often."""

_SECOND = 1_000_000_000

_LONGEST_HELD = 60.0
"""A workbook waits no longer for files that its unit still writes beside it: they are heard later."""

_EMPTY_SECONDS = 600.0
"""An empty file is waited for so long: old programs make it first and fill it later."""


@dataclass
class Intake:
    """What intake remembers from scan to scan, and what it has to show."""

    watch: StillWatch
    seen: Scan = field(default_factory=Scan)
    oddities: tuple[Oddity, ...] = ()
    troubles: list[TemporaryError] = field(default_factory=list)
    hindered: list[Trouble] = field(default_factory=list)
    """What stands in the way of one unit alone."""
    unread: Counter[str] = field(default_factory=Counter)
    """At how many looks in a row a file of the unit could not be read."""
    unarchived: Counter[str] = field(default_factory=Counter)
    """How often in a row a file of the unit that stood still could not be read for the archive."""
    taken: int = 0
    is_behind: bool = False
    """Whether files that stand still were left for the next turn."""
    looked: Looked | None = None
    """The last look; None: the store has not been asked for it yet."""
    recorded: Looked | None = None
    began: dt.datetime | None = None
    """When the look of now began."""
    held: dict[str, float] = field(default_factory=dict)
    """Since when workbooks of a unit wait for files beside them, in seconds of the monotonic clock."""
    safe: set[str] = field(default_factory=set)
    """The files of the last scan that are recorded, by identity."""


def open_intake(context: Context) -> Intake:
    """Start intake with nothing seen yet."""
    quiet = context.settings.intake.quiet_seconds
    return Intake(StillWatch(quiet, time.monotonic))


def look(context: Context, intake: Intake) -> Scan:
    """Look at the whole inbox."""
    folders = {unit.folder: unit.unit_id for unit in context.tree}
    if intake.looked is None:
        intake.looked = context.store.looks.find_look()
    intake.began = context.clock.now()
    now, attachments = context.clock.on_disk(), context.campaign.takes_files
    seen = scan(context.workspace.inbox, folders, now=now, attachments=attachments)
    intake.seen = seen
    intake.oddities = (*seen.strange, *seen.lingering)
    intake.troubles = list(seen.troubles)
    intake.hindered = list(seen.hindered)
    return seen


def take(context: Context, intake: Intake, files: Iterable[Sighting]) -> Observation:
    """Take every one of `files` that stands still, after `look`; give what is waiting."""
    record_what_was_noted(context)
    fresh = _finish_pending(context, intake, files)
    # A workbook names files: it is judged when they are there.
    fresh.sort(key=lambda file: not is_beside(context, file))
    most, batch = context.turn, context.store.arrivals.next_batch()
    looked_at = first_of_each(fresh, lambda file: file.unit_id, most and most * _LOOKED_AHEAD)
    observation = intake.watch.observe(looked_at)
    still_now = (*observation.still, *_given_up(context, observation.empty))
    writing = {one.unit_id for one in observation.waiting if is_beside(context, one)}
    intake.held = {unit_id: intake.held[unit_id] for unit_id in intake.held.keys() & writing}
    ready = [file for file in still_now if not _has_to_wait(context, intake, writing, file)]
    still = first_of_each(ready, lambda file: file.sighting.unit_id, most)
    taken = {id(file.sighting) for file in still}
    intake.oddities += tuple(
        Oddity(
            reason=Reason.EMPTY,
            folder=sighting.folder,
            name_bytes=sighting.name_bytes,
            unit_id=sighting.unit_id,
        )
        for sighting in observation.empty
        if id(sighting) not in taken
    )
    intake.hindered += [
        _hindrance(sighting.unit_id, "有文件读不了", trouble)
        for sighting, trouble in observation.troubles
    ]
    coming = len(still) + sum(sighting.size > 0 for sighting in observation.waiting)
    if coming:
        # The children are ready when the last of these is safe.
        context.warm_up(reports=coming > _AT_ONCE)
    stuck = _waiting_units(intake, observation)
    intake.is_behind = len(still) < len(ready) and any(
        file.sighting.unit_id not in stuck for file in still
    )
    before, intake.unarchived = intake.unarchived, Counter()
    for start in range(0, len(still), _AT_ONCE):
        _take_some(context, intake, still[start : start + _AT_ONCE], stuck, before, batch)
        context.say("收取", min(start + _AT_ONCE, len(still)), len(still))
    _remember(context, intake)
    return observation


def _has_to_wait(
    context: Context, intake: Intake, writing: Collection[str], file: StillFile
) -> bool:
    """Whether a workbook waits, for a while, for files of its unit: that is one of those still `writing`."""
    unit_id = file.sighting.unit_id
    if unit_id not in writing or is_beside(context, file.sighting):
        return False
    since = intake.held.setdefault(unit_id, time.monotonic())
    return time.monotonic() - since < _LONGEST_HELD


def _finish_pending(context: Context, intake: Intake, files: Iterable[Sighting]) -> list[Sighting]:
    """Finish what was received and lies there still, or was taken away; give all other files."""
    pending = {
        identity_in(arrival.source_key): arrival
        for arrival in context.store.arrivals.find_pending(FOLDER)
    }
    fresh: list[Sighting] = []
    again: dict[str, Sighting] = {}
    finished: list[Arrival] = []
    intake.safe = set()
    for sighting in files:
        known = pending.pop(identity_of(sighting), None)
        if known is None:
            fresh.append(sighting)
            continue
        again[known.source_key] = sighting
        finished.append(known)
        intake.safe.add(identity_of(sighting))
    acknowledge(context, partial(_remove, intake, again), finished)
    present = set(map(identity_of, intake.seen.files))
    gone = [
        arrival
        for identity, arrival in pending.items()
        if identity not in present and not _is_unknown(context, intake, arrival)
    ]
    record_acknowledged(context, gone)  # somebody else removed them
    return fresh


def _remove(intake: Intake, files: Mapping[str, Sighting], arrival: Arrival) -> bool:
    """Remove a file (of `files`, by key) that is safe with us; one that changed is another file."""
    try:
        removal = remove_file(files[arrival.source_key], arrival.sha256)
    except TemporaryError as trouble:
        unit_id = arrival.unit_id
        intake.hindered.append(_hindrance(unit_id, "有一份已收的文件移不走", trouble))
        LOG.warning("unit %s: not removed from the inbox yet: %s", unit_id, trouble.code)
        return False
    if removal is Removal.CHANGED:
        LOG.info("unit %s: changed after it was received", arrival.unit_id)
    return True


def _given_up(context: Context, empty: Iterable[Sighting]) -> Iterator[StillFile]:
    """Give the files that have been empty for so long that nobody is still writing them."""
    now = context.clock.on_disk()
    nothing = hashlib.sha256(b"").hexdigest()
    for sighting in empty:
        if now - sighting.mtime_ns / 1e9 > _EMPTY_SECONDS:
            yield StillFile(sighting, nothing)


def take_all(context: Context, intake: Intake) -> None:
    """Take what lies in the inbox now, waiting out the quiet period of what is seen first."""
    first = set(map(identity_of, look(context, intake).files))
    while True:
        files = [each for each in look(context, intake).files if identity_of(each) in first]
        observation = take(context, intake, files)
        patient = _patient_with(intake.unread) | _patient_with(intake.unarchived)
        if observation.next_look is None and not patient:
            return
        pause = observation.next_look
        time.sleep(_PAUSE_SECONDS if pause is None else pause)


def _waiting_units(intake: Intake, observation: Observation) -> set[str]:
    """Name the units that wait for a file that could not be read, or only now could again."""
    unread = {sighting.unit_id for sighting, _ in observation.troubles}
    # Of a folder that was seen in part, an earlier file may be what was not seen.
    found = {sighting.unit_id for sighting in intake.seen.files}
    unread |= {unit for unit in found if (unit, Purpose.SUBMISSION) in intake.seen.unseen}
    again = {sighting.unit_id for sighting in observation.waiting} & intake.unread.keys()
    intake.unread = Counter({unit_id: intake.unread[unit_id] + 1 for unit_id in unread | again})
    return _patient_with(intake.unread)


def _hindrance(unit_id: str, what: str, trouble: TemporaryError) -> Trouble:
    """Say what the system refused in one unit's folder: that unit's trouble, and nobody else's."""
    sentence = (
        f"报送文件夹里{what}：{trouble.reason}。请关闭打开它的程序，检查权限；程序会自动再试。"
    )
    return Trouble(what="inbox", unit_id=unit_id, sentence=sentence, is_ours=False)


def _patient_with(unread: Counter[str]) -> set[str]:
    """They wait for some looks, not for ever."""
    return {unit_id for unit_id, looks in unread.items() if looks <= _MOST_LOOKS}


def _is_unknown(context: Context, intake: Intake, arrival: Arrival) -> bool:
    """Whether the scan cannot say that a file it did not see is gone."""
    if arrival.unit_id not in context.tree:
        return True
    if (arrival.unit_id, Purpose(arrival.purpose)) in intake.seen.unseen:
        return True  # perhaps a share that is not mounted
    return any(trouble.place == str(context.workspace.inbox) for trouble in intake.seen.troubles)


def _take_some(
    context: Context,
    intake: Intake,
    files: Iterable[StillFile],
    stuck: set[str],
    before: Counter[str],
    batch: int,
) -> None:
    """Take files in their order, all of them in one commit.

    A unit whose file the archive could not take is `stuck` from then on. A file that cannot
    be read itself may stay so for long: it holds up the later ones of its unit for some looks
    (`before` tells for how many it has), not for ever.
    """
    safe: list[tuple[Sighting, Archived]] = []
    for file in files:
        unit_id = file.sighting.unit_id
        if unit_id in stuck:
            continue
        try:
            safe.append((file.sighting, archive_file(file, context.workspace.archive)))
        except ChangedError:
            continue  # the next scan tells
        except TemporaryError as trouble:
            LOG.warning("unit %s: not archived yet: %s", unit_id, trouble.code)
            if trouble.step == READING:
                intake.hindered.append(_hindrance(unit_id, "有文件读不了", trouble))
                intake.unarchived[unit_id] = before[unit_id] + 1
            else:
                intake.troubles.append(trouble)
            if intake.unarchived[unit_id] <= _MOST_LOOKS:
                stuck.add(unit_id)
    if not safe:
        return
    new = [_arrival(context, intake, sighting, archived, batch) for sighting, archived in safe]
    at_hand = zip((one.source_key for one in new), (sighting for sighting, _ in safe), strict=True)
    try:
        received = receive(context, partial(_remove, intake, dict(at_hand)), new)
    except TemporaryError as trouble:
        intake.troubles.append(trouble)
        LOG.warning("%d files not received yet: %s", len(new), trouble.code)
        stuck.update(one.unit_id for one in new)
        return
    intake.taken += len(received)
    intake.safe.update(identity_of(sighting) for sighting, _ in safe)


def _arrival(
    context: Context, intake: Intake, sighting: Sighting, archived: Archived, batch: int
) -> NewArrival:
    now = context.clock.now()
    # Not the key of a file just like it that has left the inbox already.
    keys = (key_of(identity_of(sighting), archived.sha256, before) for before in count())
    key = next(key for key in keys if not context.store.arrivals.is_acknowledged(FOLDER, key))
    return NewArrival(
        source=FOLDER,
        source_key=key,
        unit_id=sighting.unit_id,
        purpose=sighting.purpose.value,
        name=sighting.name,
        sha256=archived.sha256,
        size=archived.size,
        arrived_at=now,
        put_at=_put_at(intake, sighting, now),
        attached=sighting.attached,
        batch=batch,
    )


def _put_at(intake: Intake, sighting: Sighting, now: dt.datetime) -> dt.datetime | None:
    """Give the file's own time where nobody looked there between that and `now`; else None.

    Had we looked since, we should have seen the file there, or not.
    """
    if intake.looked is None:
        return None
    last = intake.looked.of(sighting.unit_id)
    try:
        own = dt.datetime.fromtimestamp(sighting.mtime_ns // _SECOND, OFFICE_ZONE)
    except (OverflowError, ValueError, OSError):  # a file may bear any number
        return None
    return own if own <= now and (last is None or last < own) else None


def _remember(context: Context, intake: Intake) -> None:
    """Remember the look as of when it began.

    Of a folder in which something is left, or that could not be seen, the look before stays.
    """
    if intake.began is None or intake.looked is None:
        return
    seen = intake.seen
    units = {entry.unit_id for entry in seen.files if identity_of(entry) not in intake.safe}
    if seen.missing or seen.troubles:
        troubled = {str(trouble.place) for trouble in seen.troubles}
        inbox = context.workspace.inbox
        units |= {
            unit.unit_id
            for unit in context.tree
            if unit.folder in seen.missing
            or not troubled.isdisjoint({str(inbox), str(context.workspace.inbox_of(unit))})
        }
    looked = intake.looked = intake.looked.again(intake.began, units)
    if intake.recorded is None or looked.is_news_after(intake.recorded, _OFTEN_ENOUGH):
        context.store.looks.record_look(looked)
        intake.recorded = looked
