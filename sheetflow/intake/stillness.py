"""The quiet period: which files stood still long enough to be taken.

This module owns the memory between scans. A file stands still when inode, size and
time of change stayed the same *and* two hashes of all its bytes, at least the quiet
period apart, are equal: the time of change may lie, and an .xls has no checksum of
its own (25 of 600 half-copied ones read as silently different data). It refuses to
take anything: the archive checks the hash once more while it copies.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from sheetflow.errors import TemporaryError
from sheetflow.intake.sighted_file import READING, ChangedError, read_sha256
from sheetflow.intake.sighting import Sighting

Clock = Callable[[], float]
"""A monotonic clock in seconds."""


@dataclass(frozen=True, slots=True)
class StillFile:
    """A file that stood still, and the hash that both looks agreed on."""

    sighting: Sighting
    sha256: str


@dataclass(slots=True)
class Observation:
    """What one look observation.

    `empty` stood still without a single byte: nothing to take, but to be shown.
    `next_look` is in how many seconds the first of `waiting` may be ready, None when
    nothing waits. `troubles` pairs a file with what kept it from being read this time.
    """

    still: list[StillFile] = field(default_factory=list)
    waiting: list[Sighting] = field(default_factory=list)
    empty: list[Sighting] = field(default_factory=list)
    troubles: list[tuple[Sighting, TemporaryError]] = field(default_factory=list)
    next_look: float | None = None


@dataclass(frozen=True, slots=True)
class _Seen:
    sighting: Sighting
    sha256: str
    since: float


class StillWatch:
    """Remembers files from scan to scan until they stood still for `quiet_seconds`.

    Each file is hashed when first seen and again when the quiet period is over. One
    that stays (because it could not be taken) is hashed again at every look, so that a
    change behind an unchanged time is noticed then, too.
    """

    def __init__(self, quiet_seconds: float, clock: Clock) -> None:
        self._quiet = quiet_seconds
        self._clock = clock
        self._seen: dict[tuple[str, bytes], _Seen] = {}

    def observe(self, sightings: Iterable[Sighting]) -> Observation:
        """Look at the files of one scan; files that are not in it are forgotten."""
        before, self._seen = self._seen, {}
        observation = Observation()
        for sighting in sightings:
            key = (str(sighting.folder), sighting.name_bytes)
            try:
                seen, is_still = self._look(sighting, before.get(key))
            except (FileNotFoundError, ChangedError):
                continue  # the next scan tells
            except OSError as error:
                trouble = TemporaryError.of(error, READING, sighting.folder)
                observation.troubles.append((sighting, trouble))
                continue
            self._seen[key] = seen
            if not is_still:
                observation.waiting.append(sighting)
            elif sighting.size:
                observation.still.append(StillFile(sighting, seen.sha256))
            else:
                observation.empty.append(sighting)
        observation.next_look = self._next_look(observation.waiting)
        return observation

    def _look(self, sighting: Sighting, seen: _Seen | None) -> tuple[_Seen, bool]:
        if seen is None or seen.sighting != sighting:
            return self._first_look(sighting), False
        if self._clock() - seen.since < self._quiet:
            return seen, False
        sha256 = read_sha256(sighting)
        if sha256 != seen.sha256:
            return _Seen(sighting, sha256, self._clock()), False
        return seen, True

    def _first_look(self, sighting: Sighting) -> _Seen:
        sha256 = read_sha256(sighting)
        # Only now: the period counts from the end of the first hash to the start of the second.
        return _Seen(sighting, sha256, self._clock())

    def _next_look(self, waiting: list[Sighting]) -> float | None:
        if not waiting:
            return None
        now = self._clock()
        since = min(self._seen[str(each.folder), each.name_bytes].since for each in waiting)
        return max(0.0, since + self._quiet - now)
