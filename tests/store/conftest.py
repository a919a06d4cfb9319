"""A store on a real database file, with short ways to drop a file and to answer it."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from sheetflow.periods import OFFICE_ZONE
from sheetflow.store import Store
from sheetflow.store.records import Arrival, FollowUp, Judged, NewArrival, Submission

NOW = dt.datetime(2012, 3, 5, 9, 0, tzinfo=OFFICE_ZONE)


@dataclass
class Desk:
    """One office: its database file, the store open on it, and a count of dropped files."""

    file: Path
    store: Store
    dropped: int = 0
    now: dt.datetime = field(default=NOW)

    def new(
        self, content: str = "A", unit_id: str = "370102", purpose: str = "submission"
    ) -> NewArrival:
        """Make what intake hands in for a file that nobody saw before."""
        self.dropped += 1
        return NewArrival(
            source="folder",
            source_key=f"{unit_id}/{self.dropped}/{content}",
            unit_id=unit_id,
            purpose=purpose,
            name="活动进展.xlsx",
            sha256=hashlib.sha256(content.encode()).hexdigest(),
            size=len(content),
            arrived_at=self.now,
        )

    def drop(
        self, content: str = "A", unit_id: str = "370102", purpose: str = "submission"
    ) -> Arrival:
        """Drop a file and have it received."""
        return self.store.arrivals.record_arrival(self.new(content, unit_id, purpose))

    def answer(
        self,
        arrival: Arrival,
        judged: Judged | str = "accepted",
        period: str = "2012B1",
        follow_up: Callable[[Submission], FollowUp] | None = None,
    ) -> Submission:
        """Answer a file for the form `progress`."""
        if isinstance(judged, str):
            judged = Judged(outcome=judged, judged_at=self.now)
        outcomes = self.store.outcomes
        with self.store.together():
            submission = outcomes.record_outcome(arrival, "progress", period, judged)
            assert submission is not None, "answered already"
            if follow_up:
                outcomes.record_follow_up(follow_up(submission), self.now)
        return submission

    def restart(self) -> None:
        """Close the store and open it again, as after a crash."""
        self.store.close()
        self.store = Store(self.file, busy_timeout=0.2)


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    """An office on its first day."""
    file = tmp_path / "sheetflow.db"
    context = Desk(file, Store(file, busy_timeout=0.2))
    yield context
    context.store.close()
