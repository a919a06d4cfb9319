"""When a file was put into its folder, as far as our own looks prove it.

A file bears a time of its own. It is believed where nobody looked into the folder between
that time and now: had we looked, we should have seen it there, or not. This module
remembers the looks, over restarts too. It refuses to judge what is late.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from sheetflow.context.context import Office
from sheetflow.intake.sighting import Scan, Sighting
from sheetflow.periods import OFFICE_ZONE
from sheetflow.store.looks import Looked
from sheetflow.units import Unit

_OFTEN_ENOUGH = dt.timedelta(minutes=1)
"""A service that runs for ever records its looks no more often."""
_SECOND = 1_000_000_000


@dataclass
class Memory:
    """The last look (None: not asked for yet), the one that is recorded, and when that of now began."""

    looked: Looked | None = None
    recorded: Looked | None = None
    began: dt.datetime | None = None


def begin_look(office: Office, memory: Memory) -> None:
    """Begin a look; the first one asks the store what the last service remembered."""
    if memory.looked is None:
        memory.looked = office.store.looks.find_look()
    memory.began = office.clock.now()


def put_at(memory: Memory, sighting: Sighting, now: dt.datetime) -> dt.datetime | None:
    """Give the file's own time where nobody looked there between that and `now`; else None."""
    if memory.looked is None:
        return None
    last = memory.looked.of(sighting.unit_id)
    try:
        own = dt.datetime.fromtimestamp(sighting.mtime_ns // _SECOND, OFFICE_ZONE)
    except (OverflowError, ValueError, OSError):  # a file may bear any number
        return None
    return own if own <= now and (last is None or last < own) else None


def remember(office: Office, memory: Memory, seen: Scan, left: Iterable[Sighting]) -> None:
    """Remember a look as of when it began; `left` is what lies there and is not safe with us.

    Of a folder in which something is left, or that could not be seen, the look before stays.
    """
    if memory.began is None or memory.looked is None:
        return
    units = {sighting.unit_id for sighting in left}
    if seen.missing or seen.troubles:
        units |= {unit.unit_id for unit in office.tree if _is_unseen(office, seen, unit)}
    looked = memory.looked = memory.looked.again(memory.began, units)
    if memory.recorded is None or looked.is_news_after(memory.recorded, _OFTEN_ENOUGH):
        office.store.looks.record_look(looked)
        memory.recorded = looked


def _is_unseen(office: Office, seen: Scan, unit: Unit) -> bool:
    """Whether the scan could not look into the unit's own folder."""
    places = {str(office.workspace.inbox), str(office.workspace.inbox_of(unit))}
    return unit.folder in seen.missing or any(
        str(trouble.place) in places for trouble in seen.troubles
    )
