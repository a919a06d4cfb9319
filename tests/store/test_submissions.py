"""Which submission counts, and what it says."""

from __future__ import annotations

import json
import tracemalloc
from typing import TYPE_CHECKING

import pytest

from sheetflow.store import Judged

if TYPE_CHECKING:
    from tests.store.conftest import Desk


def test_a_then_b_then_a_again_is_a_new_submission(desk: Desk) -> None:
    """The same bytes are a duplicate only as long as nothing else was sent since."""
    first = desk.answer(desk.drop("A"))
    assert desk.store.submissions.find_repeated(desk.drop("A")) == first
    second = desk.answer(desk.drop("B"), "returned")
    assert desk.store.submissions.find_repeated(desk.drop("B")) == second
    assert desk.store.submissions.find_repeated(desk.drop("A")) is None


def test_a_duplicate_is_looked_for_in_its_own_period_and_unit_only(desk: Desk) -> None:
    """A later period's workbook does not hide a duplicate, and another unit's is none."""
    january = desk.answer(desk.drop("A"), period="2012B1")
    desk.answer(desk.drop("B"), period="2012B2")
    assert desk.store.submissions.find_repeated(desk.drop("A")) == january
    assert desk.store.submissions.find_repeated(desk.drop("A", "370103")) is None


def test_a_file_judged_anew_is_no_duplicate_of_itself(desk: Desk) -> None:
    """A file that somebody decided about is judged, not answered as already received."""
    arrival = desk.drop("A")
    desk.answer(arrival, "held")
    assert desk.store.submissions.find_repeated(arrival) is None
    assert (
        desk.store.submissions.find_latest("370102", "progress", "2012B1", before=arrival) is None
    )


def test_the_latest_accepted_one_counts(desk: Desk) -> None:
    """A later accepted workbook replaces the earlier one; a returned one does not."""
    submissions = desk.store.submissions
    desk.answer(desk.drop("A"))
    second = desk.answer(desk.drop("B"))
    third = desk.answer(desk.drop("C"), "returned")
    other = desk.answer(desk.drop("D", "370103"))
    assert submissions.find_accepted("370102", "progress", "2012B1") == second
    assert submissions.find_all_accepted("progress", "2012B1") == {
        "370102": second,
        "370103": other,
    }
    assert submissions.find_latest("370102", "progress", "2012B1") == third
    assert submissions.find_all_latest("progress", "2012B1")["370102"] == third
    assert submissions.find_accepted("370102", "other", "2012B1") is None


def test_a_file_that_had_to_wait_never_overtakes_a_newer_one(desk: Desk) -> None:
    """What was dropped last counts, even when an earlier file was judged after it."""
    early, late = desk.drop("A"), desk.drop("B")
    newest = desk.answer(late)
    desk.answer(early)
    assert desk.store.submissions.find_accepted("370102", "progress", "2012B1") == newest


def test_a_unit_s_history_is_what_counts_of_each_period(desk: Desk) -> None:
    """History rules see one accepted submission a period, the latest one, in order of periods."""
    desk.answer(desk.drop("Z"), period="2011B6")
    desk.answer(desk.drop("A"), period="2012B1")
    desk.answer(desk.drop("B"), period="2012B2")
    mended = desk.answer(desk.drop("C"), period="2012B2")
    desk.answer(desk.drop("D"), "returned", period="2012B3")
    desk.answer(desk.drop("E"), period="2012B5")
    late = desk.answer(desk.drop("F"), period="2012B1")
    history = desk.store.submissions.find_history("370102", "progress")
    assert [submission.period for submission in history] == [
        "2011B6",
        "2012B1",
        "2012B2",
        "2012B5",
    ]
    assert history[1:3] == (late, mended)


def test_a_history_of_several_cadences_is_in_the_order_of_last_days(desk: Desk) -> None:
    """Where a form was filled by other cadences in former days, no id tells which came last."""
    came = ["2012", "2012M10", "2012H1", "2012B1", "2012Q4", "2012M02"]
    for number, period in enumerate(came):
        desk.answer(desk.drop(f"cadence {number}"), period=period)
    history = desk.store.submissions.find_history("370102", "progress")
    assert [submission.period for submission in history] == [
        "2012B1",
        "2012M02",
        "2012H1",
        "2012M10",
        "2012",
        "2012Q4",
    ]


def test_indicators_are_read_for_many_units_at_once(desk: Desk) -> None:
    """A roll-up gets every unit's figures, zero and blank kept apart."""
    for unit_id, value in (("370102", 0), ("370103", None), ("370104", 7)):
        judged = Judged(
            outcome="accepted", judged_at=desk.now, indicators={"S08": {"current": value}}
        )
        desk.answer(desk.drop(unit_id, unit_id), judged)
    accepted = desk.store.submissions.find_all_accepted("progress", "2012B1")
    found = desk.store.measurements.find_indicators(accepted.values())
    assert [found[accepted[unit_id].receipt] for unit_id in sorted(accepted)] == [
        {"S08": {"current": 0}},
        {"S08": {"current": None}},
        {"S08": {"current": 7}},
    ]


def test_no_figure_that_is_no_number_gets_in(desk: Desk) -> None:
    """An indicator that is not a number is refused, and nothing of the submission stands."""
    judged = Judged(
        outcome="accepted",
        judged_at=desk.now,
        indicators={"S08": {"current": float("nan")}},
    )
    with pytest.raises(ValueError, match="not JSON compliant"):
        desk.answer(desk.drop(), judged)
    assert desk.store.submissions.find_submissions() == ()


def test_rows_of_a_province_pass_one_unit_at_a_time(desk: Desk) -> None:
    """Consolidation holds one unit's rows in memory, however many units there are."""
    document = json.dumps([["走访慰问困难妇女", number] for number in range(20_000)])
    for number in range(30):
        unit_id = str(370_100 + number)
        judged = Judged(outcome="accepted", judged_at=desk.now, rows={"visits": document})
        desk.answer(desk.drop(unit_id, unit_id), judged)
    accepted = list(desk.store.submissions.find_all_accepted("progress", "2012B1").values())
    tracemalloc.start()
    try:
        units = []
        for submission, text in desk.store.contents.iterate_rows(accepted, "visits"):
            assert text == document
            units.append(submission.unit_id)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert units == [str(370_100 + number) for number in range(30)]
    assert peak < 5 * len(document)


def test_while_rows_are_read_others_can_write(desk: Desk) -> None:
    """A long consolidation never makes an answer wait, and sees what it began with."""
    for content in ("A", "B", "C"):
        judged = Judged(outcome="accepted", judged_at=desk.now, rows={"visits": f'["{content}"]'})
        desk.answer(desk.drop(content, f"37010{content}"), judged)
    accepted = desk.store.submissions.find_all_accepted("progress", "2012B1")
    seen = []
    for submission, text in desk.store.contents.iterate_rows(accepted.values(), "visits"):
        judged = Judged(outcome="accepted", judged_at=desk.now, rows={"visits": '["new"]'})
        desk.answer(desk.drop("new", submission.unit_id), judged)
        seen.append(text)
    assert seen == ['["A"]', '["B"]', '["C"]']


def test_a_sheet_without_rows_is_passed_over(desk: Desk) -> None:
    """A submission that has no such sheet gives nothing for it."""
    submission = desk.answer(desk.drop())
    assert list(desk.store.contents.iterate_rows([submission], "visits")) == []
    assert desk.store.contents.find_rows(submission) == {}
