"""What is stale is rebuilt, and nothing that becomes stale meanwhile is forgotten."""

from __future__ import annotations

import dataclasses
import datetime as dt
from typing import TYPE_CHECKING

from sheetflow.store.records import Publication, PublicationKind, Stale

if TYPE_CHECKING:
    from tests.store.conftest import Desk

SUMMARY = Stale(
    unit_id="370100",
    form="progress",
    period="2012B1",
    kind=PublicationKind.CONSOLIDATED,
    why="历下区第1号已接收",
)


def publication(desk: Desk, basis: str = "1") -> Publication:
    """Make a city's consolidated workbook."""
    return Publication(
        path="370100-济南市/2012B1/汇总表.xlsx",
        kind=PublicationKind.CONSOLIDATED,
        unit_id="370100",
        form="progress",
        period="2012B1",
        sha256="a" * 64,
        basis=basis,
        published_at=desk.now,
    )


def test_a_mark_is_set_once_and_cleared_when_rebuilt(desk: Desk) -> None:
    """However often something is marked, it is rebuilt once, and then no longer stale."""
    store = desk.store.publications
    store.record_stale([SUMMARY, SUMMARY], desk.now)
    store.record_stale([SUMMARY], desk.now + dt.timedelta(hours=1))
    desk.restart()
    store = desk.store.publications
    (mark,) = store.find_stale()
    assert (mark.unit_id, mark.kind, mark.why) == (
        "370100",
        PublicationKind.CONSOLIDATED,
        "历下区第1号已接收",
    )
    store.record_rebuilt([mark], [publication(desk)])
    assert store.find_stale() == ()
    assert store.find_publication("370100-济南市/2012B1/汇总表.xlsx") == publication(desk)


def test_a_mark_set_again_during_the_rebuild_survives(desk: Desk) -> None:
    """A workbook accepted while the summary is being rebuilt makes it be rebuilt once more."""
    store = desk.store.publications
    store.record_stale([SUMMARY], desk.now)
    seen = store.find_stale()
    store.record_stale([SUMMARY], desk.now)
    store.record_rebuilt(seen)
    (left,) = store.find_stale()
    assert left.kind == PublicationKind.CONSOLIDATED


def test_an_old_clearing_never_takes_a_new_mark(desk: Desk) -> None:
    """Clearing what was seen long ago cannot clear what was marked since, even from empty."""
    store = desk.store.publications
    store.record_stale([SUMMARY], desk.now)
    seen = store.find_stale()
    store.record_rebuilt(seen)
    store.record_stale([SUMMARY], desk.now)
    store.record_rebuilt(seen)
    assert len(store.find_stale()) == 1


def test_marks_of_other_things_stay(desk: Desk) -> None:
    """Rebuilding one thing leaves the others stale."""
    report = dataclasses.replace(SUMMARY, kind=PublicationKind.REPORT)
    province = dataclasses.replace(SUMMARY, unit_id="370000")
    store = desk.store.publications
    store.record_stale([SUMMARY, report, province], desk.now)
    store.record_rebuilt(store.find_stale()[:1])
    assert [(mark.unit_id, mark.kind) for mark in store.find_stale()] == [
        ("370100", "report"),
        ("370000", PublicationKind.CONSOLIDATED),
    ]


def test_a_publication_is_replaced_by_its_next_issue(desk: Desk) -> None:
    """The list of publications holds what stands in the outbox now, found by unit and period."""
    store = desk.store.publications
    store.record_rebuilt([], [publication(desk)])
    beside = dataclasses.replace(
        publication(desk, "2"), beside="370100-济南市/2012B1/汇总表_新.xlsx"
    )
    store.record_rebuilt([], [beside])
    assert store.find_publications(unit_id="370100") == (beside,)
    assert store.find_publications(period="2012B2") == ()
    store.record_forgotten([beside.path])
    assert store.find_publication(beside.path) is None
