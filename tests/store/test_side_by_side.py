"""Several who answer at the same moment hinder nobody: every commit succeeds, numbers are without gaps."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from random import Random
from threading import Barrier
from typing import TYPE_CHECKING

import pytest

from sheetflow.store import Store
from sheetflow.store.records import Arrival, FollowUp, Judged, NewMail, PublicationKind, Stale

if TYPE_CHECKING:
    from tests.store.conftest import Desk

ABOVE = ("370100", "370000")
AT_ONCE = 8


def answer(desk: Desk, store: Store, arrival: Arrival) -> int:
    """Answer a file as the service does: outcome, mail and marks for those above in one commit."""
    with store.together():
        judged = Judged(outcome="accepted", judged_at=desk.now)
        submission = store.outcomes.record_outcome(arrival, "progress", "2012B1", judged)
        assert submission is not None
        mail = NewMail(
            message_id=f"<{submission.receipt}@x>", recipients=("a@x",), subject="回执", text="文"
        )
        marks = [
            Stale(unit_id=unit_id, form="progress", period="2012B1", kind=kind)
            for unit_id in ABOVE
            for kind in (PublicationKind.CONSOLIDATED, PublicationKind.BOARD)
        ]
        store.outcomes.record_follow_up(FollowUp(mails=[mail], stale=marks), desk.now)
    return submission.number


def at_the_same_moment(desk: Desk, arrivals: list[Arrival]) -> list[int]:
    """Answer each file by a store of its own, all at once; give the numbers."""
    gate = Barrier(len(arrivals))

    def one(arrival: Arrival) -> int:
        with Store(desk.place, busy_timeout=30) as store:
            gate.wait(30)
            return answer(desk, store, arrival)

    with ThreadPoolExecutor(len(arrivals)) as threads:
        return list(threads.map(one, arrivals))


def test_units_with_the_same_parents_answer_at_once(desk: Desk) -> None:
    """Eight counties of one city are answered at the same moment; all parents are marked once each."""
    arrivals = [desk.drop(f"A{number}", f"37010{number}") for number in range(AT_ONCE)]
    assert at_the_same_moment(desk, arrivals) == [1] * AT_ONCE
    marks = desk.store.publications.find_stale()
    assert Counter(mark.unit_id for mark in marks) == dict.fromkeys(ABOVE, 2)
    assert desk.store.mails.count_queued() == AT_ONCE


def test_one_unit_s_files_are_numbered_without_gaps(desk: Desk) -> None:
    """Eight files of one unit, answered at the same moment, bear the numbers from 1 to 8."""
    arrivals = [desk.drop(f"A{number}") for number in range(AT_ONCE)]
    assert sorted(at_the_same_moment(desk, arrivals)) == [*range(1, AT_ONCE + 1)]


@pytest.mark.slow
def test_whatever_the_order_nothing_is_lost_and_nothing_done_twice(desk: Desk) -> None:
    """Answers, second answers, clearing and marking, in 200 orders by four at once: the end is the same."""
    arrivals = [desk.drop(f"A{n}", f"37010{n % 5}") for n in range(200)]
    random = Random(7)  # noqa: S311 - which order is tried
    stores = [Store(desk.place, busy_timeout=30) for _ in range(4)]

    def work(number: int) -> None:
        store, pause = stores[number % 4], random.random()
        answer(desk, store, arrivals[number])
        judged = Judged(outcome="accepted", judged_at=desk.now)
        assert not store.outcomes.record_outcome(arrivals[number], "progress", "2012B1", judged)
        if pause > 0.5:
            store.publications.record_rebuilt(store.publications.find_stale())

    with ThreadPoolExecutor(4) as threads:
        list(threads.map(work, random.sample(range(200), 200)))
    for store in stores:
        store.close()
    numbers = Counter[str]()
    for entry in desk.store.submissions.find_submissions():
        numbers[entry.unit_id] += 1
        assert entry.receipt.endswith(f"-{entry.number}")
    assert numbers == {f"37010{n}": 40 for n in range(5)}
    last = {
        unit: desk.store.submissions.find_numbers(unit)["progress", "2012B1"] for unit in numbers
    }
    assert last == dict.fromkeys(numbers, 40)
    assert desk.store.mails.count_queued() == 200


def test_a_mark_set_while_another_clears_is_never_lost(server_desk: Desk) -> None:
    """A mark that somebody is about to set with a lower number is not cleared by who saw the higher one only."""
    desk = server_desk
    mark = Stale(unit_id="370100", form="progress", period="2012B1", kind=PublicationKind.BOARD)
    with Store(desk.place, busy_timeout=30) as other:
        with desk.store.together():
            desk.store.publications.record_stale([mark], desk.now)
            other.publications.record_stale([mark], desk.now)
            other.publications.record_rebuilt(other.publications.find_stale())
            assert other.publications.find_stale() == ()
        assert [each.unit_id for each in other.publications.find_stale()] == ["370100"]
