"""A store on a real database, each test on both programs, with short ways to drop a file and to answer it."""

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
from tests.postgres import Cluster, cluster, next_schema, programs
from tests.programs import COMPLETE

NOW = dt.datetime(2012, 3, 5, 9, 0, tzinfo=OFFICE_ZONE)


@dataclass
class Desk:
    """One office: its database (a file or a URL), the store open on it, and a count of dropped files."""

    place: Path | str
    store: Store
    dropped: int = 0
    now: dt.datetime = field(default=NOW)

    @property
    def file(self) -> Path:
        """The database file, of an office that has one."""
        assert isinstance(self.place, Path)
        return self.place

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
        self.store = Store(self.place, busy_timeout=0.2)


@pytest.fixture(scope="session")
def postgres() -> Iterator[Cluster]:
    """A PostgreSQL server for all tests of the store."""
    if programs() is None and not COMPLETE:
        pytest.skip("PostgreSQL (initdb) is not installed")
    with cluster() as made:
        yield made


@pytest.fixture(params=["sqlite", "postgresql"])
def desk(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Desk]:
    """An office on its first day, on SQLite and on PostgreSQL."""
    if request.param == "sqlite":
        place: Path | str = tmp_path / "sheetflow.db"
    else:
        place = request.getfixturevalue("postgres").url(next_schema())
    made = Desk(place, Store(place, busy_timeout=0.2))
    yield made
    made.store.close()


@pytest.fixture
def file_desk(tmp_path: Path) -> Iterator[Desk]:
    """An office on its first day, with a database file."""
    file = tmp_path / "sheetflow.db"
    made = Desk(file, Store(file, busy_timeout=0.2))
    yield made
    made.store.close()


@pytest.fixture
def server_desk(postgres: Cluster) -> Iterator[Desk]:
    """An office on its first day, on PostgreSQL: a file has one writer at a time."""
    place = postgres.url(next_schema())
    made = Desk(place, Store(place, busy_timeout=0.2))
    yield made
    made.store.close()
