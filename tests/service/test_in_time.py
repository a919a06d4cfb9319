"""When a file was handed in: its own time counts where nobody has looked since."""

from __future__ import annotations

import datetime as dt
import os
import shutil
from pathlib import Path

import pytest

from sheetflow.periods import OFFICE_ZONE
from sheetflow.store.arrivals import Looked
from sheetflow.store.records import Submission
from tests.tiny.desk import EAST, TREE, WEST, Desk, sound, words


def at(day: int, hour: int) -> dt.datetime:
    """A moment in April 2012; the deadline is the end of the 5th, a Thursday."""
    return dt.datetime(2012, 4, day, hour, tzinfo=OFFICE_ZONE)


PUT, MONDAY = at(5, 15), at(9, 9)


def put(desk: Desk, unit_id: str = EAST, when: dt.datetime = PUT, metres: int = 500) -> Path:
    """Put a workbook into the unit's folder, with a time of its own."""
    target = desk.drop(unit_id, desk.fill(unit_id, sound(metres)), name=f"{metres}.xlsx")
    os.utime(target, (when.timestamp(), when.timestamp()))
    return target


def taken(desk: Desk, unit_id: str = EAST, when: dt.datetime = MONDAY) -> Submission:
    """What the pass on Monday makes of it."""
    desk.run(when)
    last = desk.submissions(unit_id)[-1]
    assert last.outcome == "accepted"
    return last


def test_a_file_that_lay_there_in_time_is_in_time(desk: Desk) -> None:
    """The service was off from before the deadline to Monday: the file's own time counts."""
    desk.run(at(5, 9))
    put(desk)
    assert not taken(desk).late
    receipt = words(desk.answer(EAST, "回执_"))
    assert "2012-04-09 09:00" in receipt
    assert "（按时）" in receipt
    assert "2012-04-05 15:00:00" in receipt


def test_a_service_that_never_ran_has_seen_nothing(desk: Desk) -> None:
    """The very first pass believes what files say of themselves."""
    put(desk)
    assert not taken(desk).late


@pytest.mark.parametrize("passed", [at(5, 16), at(7, 9), at(9, 8)])
def test_a_pass_in_between_that_did_not_see_it(desk: Desk, passed: dt.datetime) -> None:
    """Whoever looked since and saw nothing knows better than the file."""
    desk.run(passed)
    put(desk)
    assert taken(desk).late
    assert "放入时间" not in words(desk.answer(EAST, "回执_"))


def test_a_pass_that_took_another_file_has_looked_too(desk: Desk) -> None:
    """Another unit's file, or the unit's own before, proves a look into both folders."""
    put(desk, WEST, at(7, 8))
    put(desk, EAST, at(7, 8), metres=70)
    desk.run(at(7, 9))
    put(desk)
    assert taken(desk).put_at is None
    put(desk, WEST, metres=71)
    desk.run(MONDAY)
    assert desk.submissions(WEST)[-1].put_at is None


def test_a_pass_that_could_not_look_proves_nothing(desk: Desk, tmp_path: Path) -> None:
    """A folder that was not there on Saturday was not seen; that of the neighbour was."""
    desk.run(at(5, 9))
    folder, aside = desk.workspace.inbox_of(TREE[EAST]), tmp_path / "aside"

    def pass_without_it(when: dt.datetime) -> None:
        from sheetflow.service.take import look, open_intake, take

        shutil.move(folder, aside)
        desk.ask(
            lambda context: take(
                context, intake := open_intake(context), look(context, intake).files
            ),
            when,
        )
        shutil.move(aside, folder)

    pass_without_it(at(7, 9))
    put(desk)
    put(desk, WEST)
    desk.run(MONDAY)
    assert not desk.submissions(EAST)[-1].late
    assert desk.submissions(WEST)[-1].late


def test_a_file_from_the_future_is_taken_when_it_is(desk: Desk) -> None:
    """A clock that is ahead, or a number that is no time, proves nothing."""
    put(desk, when=at(13, 9))
    late = taken(desk)
    assert (late.late, late.put_at) == (True, None)


def test_a_late_file_stays_late(desk: Desk) -> None:
    """Put there after the deadline it is late, and the receipt says since when it lay there."""
    put(desk, when=at(8, 10))
    assert taken(desk).late
    assert "2012-04-08 10:00:00" in words(desk.answer(EAST, "回执_"))


def test_looks_are_remembered_apart() -> None:
    """A folder that holds something, or cannot be seen, keeps the time of the look before."""
    first = Looked().again(at(4, 9), ())
    second = first.again(at(5, 9), ["370102"])
    third = second.again(at(7, 9), ["370102", "370103"])
    assert [third.of(unit) for unit in ("370102", "370103", "370104")] == [
        at(4, 9),
        at(5, 9),
        at(7, 9),
    ]
    assert third.again(at(8, 9), ()).of("370102") == at(8, 9)
    pause = dt.timedelta(minutes=1)
    assert not Looked(at(4, 9)).is_news_after(Looked(at(4, 9)), pause)
    assert Looked(at(4, 10)).is_news_after(Looked(at(4, 9)), pause)
    assert Looked(at(4, 9), {"370102": None}).is_news_after(Looked(at(4, 9)), pause)
    assert Looked().is_news_after(Looked(at(4, 9)), pause)


def test_looks_outlive_the_service(desk: Desk) -> None:
    """What was remembered stands in the store, folder by folder."""
    looked = Looked(at(5, 9), {EAST: at(4, 9), WEST: None})
    desk.ask(lambda context: context.store.looks.record_look(looked))
    assert desk.ask(lambda context: context.store.looks.find_look()) == looked
