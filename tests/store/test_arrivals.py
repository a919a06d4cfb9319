"""What was received stays received, in order, until it is answered."""

from __future__ import annotations

import dataclasses
import datetime as dt
from typing import TYPE_CHECKING, Any

import pytest

from sheetflow.errors import StoreError

if TYPE_CHECKING:
    from tests.store.conftest import Desk


def test_after_a_restart_unanswered_files_come_in_order(desk: Desk) -> None:
    """A restart finds every unanswered file in the database alone, in order of arrival."""
    first, second, third = desk.drop("A"), desk.drop("B", "370103"), desk.drop("C")
    desk.answer(second)
    desk.restart()
    assert desk.store.arrivals.find_unjudged() == (first, third)
    assert [arrival.arrival_id for arrival in desk.store.arrivals.find_all()] == [1, 2, 3]


def test_an_arrival_comes_back_as_it_was_handed_in(desk: Desk) -> None:
    """Source, key, name, size and time of a delivery survive."""
    new = desk.new()
    desk.store.arrivals.record_arrival(new)
    desk.restart()
    (arrival,) = desk.store.arrivals.find_unjudged()
    for name in (field.name for field in dataclasses.fields(new)):
        assert getattr(arrival, name) == getattr(new, name), name
    assert arrival.arrived_at.utcoffset() == dt.timedelta(hours=8)


def test_a_name_of_odd_bytes_is_received(desk: Desk) -> None:
    """A file whose name is no valid text is received like any other."""
    odd = dataclasses.replace(desk.new(), name="报\udcff.xlsx")
    assert desk.store.arrivals.record_arrival(odd).name == "报?.xlsx"


def test_a_delivery_that_is_not_acknowledged_yet_is_known_again(desk: Desk) -> None:
    """A crash between commit and acknowledging does not make one delivery two."""
    new = desk.new()
    arrival = desk.store.arrivals.record_arrival(new)
    desk.answer(arrival)
    desk.restart()
    (pending,) = desk.store.arrivals.find_pending("folder")
    assert desk.store.arrivals.find_pending("mail") == ()
    assert desk.store.arrivals.record_arrival(new) == pending
    assert desk.store.arrivals.find_unjudged() == ()


@pytest.mark.parametrize("change", ["source", "source_key"])
def test_what_another_source_or_another_key_names_is_another_delivery(
    desk: Desk, change: str
) -> None:
    """The same bytes from elsewhere, or under another key, are a delivery of their own."""
    new = desk.new()
    desk.store.arrivals.record_arrival(new)
    others: dict[str, Any] = {"source": "mail", "source_key": "370102/2/A"}
    other = dataclasses.replace(new, **{change: others[change]})
    assert desk.store.arrivals.record_arrival(other).arrival_id == 2


def test_a_key_is_received_once_for_ever(desk: Desk) -> None:
    """Whatever comes again under a key, also when it was acknowledged long ago, is not received again."""
    new = desk.new()
    arrivals = desk.store.arrivals
    assert not arrivals.is_acknowledged(new.source, new.source_key)
    first = arrivals.record_arrival(new)
    assert not arrivals.is_acknowledged(new.source, new.source_key)
    arrivals.record_acknowledged(first.arrival_id, desk.now)
    assert arrivals.is_acknowledged(new.source, new.source_key)
    assert arrivals.find_pending(new.source) == ()
    again = dataclasses.replace(new, sha256="0" * 64, name="又.xlsx")
    assert arrivals.record_arrival(again) == arrivals.find_arrival(first.arrival_id)


def test_the_database_itself_refuses_a_key_twice(desk: Desk) -> None:
    """No fault of ours makes two deliveries of one: the index is unique."""
    desk.drop()
    desk.drop("B")
    with (
        pytest.raises(StoreError, match=r"拒绝了这次操作|暂时不能读写"),
        desk.store.writing() as connection,
    ):
        connection.exec_driver_sql("UPDATE arrivals SET source_key = 'one'")


def test_deaths_are_counted_across_restarts(desk: Desk) -> None:
    """A file of which children die is known by their number; an answer forgets it."""
    arrival = desk.drop()
    for expected in (1, 2, 3):
        assert desk.store.arrivals.record_death(arrival.arrival_id) == expected
        desk.restart()
    desk.answer(desk.store.arrivals.find_arrival(arrival.arrival_id))
    assert desk.store.arrivals.find_arrival(arrival.arrival_id).deaths == 0


def test_temporary_trouble_waits_longer_each_time_and_is_not_the_files_fault(desk: Desk) -> None:
    """A file in temporary trouble is tried again for ever, ever more rarely, and is not poison."""
    arrival = desk.drop()
    arrivals = desk.store.arrivals
    waits = []
    for _ in range(12):
        retry_at = arrivals.record_trouble(arrival.arrival_id, "磁盘已满", desk.now)
        waits.append((retry_at - desk.now).total_seconds())
        assert arrivals.find_unjudged(retry_at - dt.timedelta(seconds=1)) == ()
        (due,) = arrivals.find_unjudged(retry_at)
        assert (due.trouble, due.deaths) == ("磁盘已满", 0)
    assert waits == [5, 10, 20, 40, 80, 160, 320, 600, 600, 600, 600, 600]
    desk.answer(due)
    assert arrivals.find_arrival(arrival.arrival_id).trouble == ""


def test_a_duplicate_is_answered_without_a_number(desk: Desk) -> None:
    """The same bytes again are answered with the receipt they have, and take no new number."""
    receipt = desk.answer(desk.drop()).receipt
    again = desk.drop()
    assert desk.store.arrivals.record_answer(again, "duplicate", desk.now, receipt=receipt)
    answered = desk.store.arrivals.find_arrival(again.arrival_id)
    assert (answered.answer, answered.answered_receipt) == ("duplicate", "370102-2012B1-1")
    assert desk.store.arrivals.find_unjudged() == ()
    assert len(desk.store.submissions.find_submissions()) == 1


def test_a_precheck_keeps_its_findings_and_never_becomes_a_submission(desk: Desk) -> None:
    """A precheck can be answered after a crash, and is never taken for a submission."""
    trial = desk.drop(purpose="precheck")
    with pytest.raises(StoreError, match="预审"):
        desk.answer(trial)
    desk.store.arrivals.record_answer(trial, "precheck", desk.now, document=[{"rule": "R1"}])
    desk.restart()
    assert desk.store.arrivals.find_answer_document(trial.arrival_id) == ({"rule": "R1"},)
    assert desk.store.submissions.find_repeated(desk.drop()) is None


def test_an_answer_is_given_once(desk: Desk) -> None:
    """A file answered already is not answered again, and whoever tries is told so."""
    arrival = desk.drop()
    desk.answer(arrival)
    assert not desk.store.arrivals.record_answer(arrival, "duplicate", desk.now)
    assert desk.store.arrivals.find_arrival(arrival.arrival_id).answer == "submission"


def test_an_unknown_arrival_is_said_in_a_sentence(desk: Desk) -> None:
    """Asking for a file that never came names it instead of failing somewhere else."""
    with pytest.raises(StoreError, match="第7号来件"):
        desk.store.arrivals.record_acknowledged(7, desk.now)


def test_a_clock_set_back_strands_no_retry(desk: Desk) -> None:
    """A file put off before the clock was set back by a day is due at once, not a day later."""
    arrival = desk.drop()
    retry_at = desk.store.arrivals.record_trouble(arrival.arrival_id, "busy", desk.now)
    soon = desk.now + dt.timedelta(seconds=1)
    assert desk.store.arrivals.find_unjudged(soon) == ()
    assert len(desk.store.arrivals.find_unjudged(retry_at - dt.timedelta(days=1))) == 1
