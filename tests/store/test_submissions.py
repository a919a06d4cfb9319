"""An answer is recorded whole or not at all, under a number of its own; which submission counts."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import textwrap
import threading
import tracemalloc
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import sheetflow
from sheetflow.errors import StoreError
from sheetflow.schemas.review import Matter, NewDecision, Verdict, number_of
from sheetflow.store import Store
from sheetflow.store.records import (
    FollowUp,
    Judged,
    Measurement,
    NewMail,
    PublicationKind,
    Stale,
    Submission,
)

if TYPE_CHECKING:
    from tests.store.conftest import Desk

ENVIRONMENT = os.environ | {"PYTHONPATH": str(Path(sheetflow.__file__).parents[1])}

ANSWERING = """
    import datetime as dt, os, signal, sys
    from pathlib import Path
    from sheetflow.store import Store
    from sheetflow.store.records import FollowUp, Judged, NewMail
    now = dt.datetime(2012, 3, 5, 9, tzinfo=dt.UTC)
    store = Store(sys.argv[1])
    judged = Judged(outcome="accepted", judged_at=now, rows={"visits": "[[1]]"})
"""


def run(script: str, *arguments: str) -> subprocess.Popen[str]:
    """Start a process of its own that uses the store."""
    code = textwrap.dedent(ANSWERING) + textwrap.dedent(script)
    return subprocess.Popen(
        [sys.executable, "-c", code, *arguments], env=ENVIRONMENT, text=True, stdout=subprocess.PIPE
    )


def follow_up(submission: Submission) -> FollowUp:
    """Queue a mail and mark the units above."""
    mail = NewMail(
        message_id=f"<{submission.receipt}.{submission.judgement_id}@x>",
        recipients=("lixia@example.cn",),
        subject=f"{submission.outcome} {submission.receipt}",
        text="正文",
    )
    above = [
        Stale(unit_id=unit_id, form="progress", period="2012B1", kind=PublicationKind.CONSOLIDATED)
        for unit_id in ("370100", "370000")
    ]
    return FollowUp(mails=[mail], stale=above)


def test_an_outcome_is_recorded_with_all_that_belongs_to_it(desk: Desk) -> None:
    """After the commit, rows, indicators, findings, mail and stale marks are all there."""
    judged = Judged(
        outcome="accepted",
        judged_at=desk.now,
        form_version="2012.1",
        late=True,
        verify=1,
        note=2,
        findings=[{"rule": "V7", "cell": "C7"}],
        explanations=[{"number": "A1B2C3", "text": "因撤并"}],
        indicators={"S08": {"current": 41, "total": 97.5}, "S09": {"current": None}},
        rows={"visits": '[["走访", 1.0, null]]', "cases": "[]"},
    )
    desk.answer(desk.drop(), judged, follow_up=follow_up)
    desk.restart()
    submission = desk.store.submissions.find_submission("370102-2012B1-1")
    assert submission is not None
    assert (submission.number, submission.outcome, submission.form_version) == (
        1,
        "accepted",
        "2012.1",
    )
    assert (submission.nil, submission.late) == (False, True)
    assert (submission.must, submission.verify, submission.note) == (0, 1, 2)
    assert (submission.judged_at, submission.file_name) == (desk.now, "活动进展.xlsx")
    contents = desk.store.contents
    assert contents.find_findings(submission) == ({"rule": "V7", "cell": "C7"},)
    assert contents.find_explanations(submission) == tuple(judged.explanations)
    assert desk.store.measurements.find_indicators([submission]) == {
        submission.receipt: judged.indicators
    }
    assert contents.find_rows(submission) == judged.rows
    assert [mail.subject for mail in desk.store.mails.find_due(desk.now)] == [
        "accepted 370102-2012B1-1"
    ]
    assert [mark.unit_id for mark in desk.store.publications.find_stale()] == ["370100", "370000"]
    assert desk.store.arrivals.find_unjudged() == ()


def test_trouble_in_the_middle_leaves_nothing(desk: Desk) -> None:
    """When anything fails before the commit, nothing of the answer is there and no number is lost."""
    arrival = desk.drop()
    judged = Judged(outcome="accepted", judged_at=desk.now, rows={"visits": "[[1]]"})

    def fail_late(submission: Submission) -> FollowUp:
        bad = NewMail(message_id="<2@x>", recipients=("a@b.cn",), subject="s", text=None)  # type: ignore[arg-type] # the fault
        return FollowUp(mails=[*follow_up(submission).mails, bad])

    with pytest.raises(StoreError):
        desk.answer(arrival, judged, follow_up=fail_late)
    desk.restart()
    assert desk.store.submissions.find_submissions() == ()
    assert desk.store.mails.find_mails() == ()
    assert desk.store.arrivals.find_unjudged() == (arrival,)
    assert desk.answer(arrival, judged).receipt == "370102-2012B1-1"


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGKILL")
def test_killed_inside_the_commit_nothing_is_half_there(desk: Desk) -> None:
    """A service killed while it records an answer finds the file unanswered when it comes back."""
    arrival = desk.drop()
    process = run(
        """
        (arrival,) = store.arrivals.find_unjudged()
        with store.together():
            store.outcomes.record_outcome(arrival, "progress", "2012B1", judged)
            os.kill(os.getpid(), signal.SIGKILL)
        """,
        str(desk.place),
    )
    assert process.wait(30) == -signal.SIGKILL
    process.communicate()
    desk.restart()
    assert desk.store.arrivals.find_unjudged() == (arrival,)
    assert desk.store.submissions.find_submissions() == ()
    assert desk.store.find_faults() == ()
    assert desk.answer(arrival).number == 1


def test_numbers_run_per_unit_and_period(desk: Desk) -> None:
    """Each unit counts its submissions of each period from 1; an unknown period counts as 0."""
    receipts = [
        desk.answer(desk.drop(content, unit_id), outcome, period).receipt
        for content, unit_id, outcome, period in [
            ("A", "370102", "returned", "2012B1"),
            ("B", "370102", "accepted", "2012B1"),
            ("C", "370102", "accepted", "2012B2"),
            ("D", "370103", "accepted", "2012B1"),
            ("E", "370103", "refused", ""),
            ("F", "370103", "refused", ""),
        ]
    ]
    assert receipts == [
        "370102-2012B1-1",
        "370102-2012B1-2",
        "370102-2012B2-1",
        "370103-2012B1-1",
        "370103-0-1",
        "370103-0-2",
    ]


def test_numbers_run_per_form(desk: Desk) -> None:
    """Another form than the main one has numbers of its own, and receipts that name it."""

    def answered(form: str, named: str = "") -> str:
        judged = Judged(outcome="accepted", judged_at=desk.now)
        record = desk.store.outcomes.record_outcome
        submission = record(desk.drop(), form, "2012B1", judged, named=named)
        assert submission is not None
        return submission.receipt

    assert answered("progress") == "370102-2012B1-1"
    assert answered("register", "register") == "370102-2012B1-register-1"
    assert answered("register", "register") == "370102-2012B1-register-2"
    assert answered("progress") == "370102-2012B1-2"


def test_receipts_of_older_versions_are_never_given_anew(desk: Desk) -> None:
    """Where both forms of a period were numbered in one row, each goes on from its own last one."""

    def answered(form: str, named: str = "") -> str:
        judged = Judged(outcome="accepted", judged_at=desk.now)
        record = desk.store.outcomes.record_outcome
        submission = record(desk.drop(), form, "2012B1", judged, named=named)
        assert submission is not None
        return submission.receipt

    assert [answered("progress"), answered("register")] == ["370102-2012B1-1", "370102-2012B1-2"]
    assert answered("progress") == "370102-2012B1-3"
    assert answered("register", "register") == "370102-2012B1-register-3"


def test_two_writing_processes_never_share_a_number(desk: Desk) -> None:
    """Two processes that answer at the same time hand out each number exactly once."""
    script = """
        import dataclasses
        from sheetflow.store.records import NewArrival
        for n in range(25):
            arrival = store.arrivals.record_arrival(NewArrival(unit_id="370102", purpose="submission",
                name="a", sha256=f"{sys.argv[2]}{n}", size=1, source="folder",
                source_key=f"{sys.argv[2]}/{n}", arrived_at=now))
            print(store.outcomes.record_outcome(arrival, "progress", "2012B1", judged).number)
        """
    processes = [run(script, str(desk.place), number) for number in ("1", "2")]
    numbers = [
        int(line) for process in processes for line in process.communicate(timeout=60)[0].split()
    ]
    assert [process.returncode for process in processes] == [0, 0]
    assert sorted(numbers) == list(range(1, 51))


def test_two_threads_can_share_a_store(desk: Desk) -> None:
    """A store serves several threads at once without mixing their transactions."""
    arrivals = [desk.drop(str(n)) for n in range(20)]
    with Store(desk.place) as store:

        def answer(some: int) -> None:
            for arrival in arrivals[some::2]:
                judged = Judged(outcome="accepted", judged_at=desk.now)
                with store.together():
                    submission = store.outcomes.record_outcome(
                        arrival, "progress", "2012B1", judged
                    )
                    assert submission is not None
                    store.outcomes.record_follow_up(follow_up(submission), desk.now)

        threads = [threading.Thread(target=answer, args=(some,)) for some in (0, 1)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    numbers = [submission.number for submission in desk.store.submissions.find_submissions()]
    assert sorted(numbers) == list(range(1, 21))


def test_a_file_judged_twice_is_merged_once(desk: Desk) -> None:
    """The same file judged a second time changes nothing, and whoever did it is told so."""
    arrival = desk.drop()
    desk.answer(arrival, follow_up=follow_up)
    again = Judged(outcome="returned", judged_at=desk.now)
    assert desk.store.outcomes.record_outcome(arrival, "progress", "2012B1", again) is None
    assert len(desk.store.submissions.find_submissions()) == 1
    assert len(desk.store.mails.find_mails()) == 1


def decided(
    submission: Submission, matter: Matter, verdict: Verdict, about: str = "", turn: int = 1
) -> NewDecision:
    """Decide something about a submission."""
    return NewDecision(
        number=number_of(submission.receipt, matter, turn, about),
        unit_id=submission.unit_id,
        form=submission.form,
        period=submission.period,
        receipt=submission.receipt,
        matter=matter,
        verdict=verdict,
        about=about,
        opinion="情况属实",
        decider="王某",
    )


def test_a_released_submission_is_judged_anew_under_its_receipt(desk: Desk) -> None:
    """Releasing a held submission keeps what was said, and lets it count under the same receipt."""
    held = desk.answer(desk.drop(), "held")
    decision = decided(held, Matter.HELD, Verdict.AGREE)
    assert desk.store.decisions.record(decision, desk.now)
    still = desk.store.submissions.find_submission(held.receipt)
    assert still == held
    desk.restart()
    (arrival,) = desk.store.arrivals.find_unjudged()
    (known,) = desk.store.decisions.find_all(receipt=held.receipt)
    assert (known.number, known.opinion, known.decided_at) == (
        decision.number,
        "情况属实",
        desk.now,
    )
    released = desk.answer(arrival, "accepted")
    assert released.receipt == held.receipt
    assert released.judgement_id > held.judgement_id
    assert desk.store.submissions.find_accepted("370102", "progress", "2012B1") == released


def test_a_rejected_submission_is_answered_again(desk: Desk) -> None:
    """Rejecting a held submission brings it back to be answered, with the reason on record."""
    held = desk.answer(desk.drop(), "held")
    assert desk.store.decisions.record(decided(held, Matter.HELD, Verdict.DISAGREE), desk.now)
    (arrival,) = desk.store.arrivals.find_unjudged()
    assert desk.answer(arrival, "refused").outcome == "refused"
    with pytest.raises(StoreError, match="不是待确认"):
        desk.store.decisions.record(decided(held, Matter.HELD, Verdict.AGREE, turn=2), desk.now)


def test_a_number_is_decided_once(desk: Desk) -> None:
    """Of two decisions about the same thing the first stands; who comes second is told so."""
    returned = desk.answer(desk.drop(), "returned")
    first = decided(returned, Matter.WAIVER, Verdict.AGREE, "R1")
    assert desk.store.decisions.record(first, desk.now)
    second = replace(first, verdict=Verdict.DISAGREE)
    assert not desk.store.decisions.record(second, desk.now)
    found = desk.store.decisions.find(first.number)
    assert found is not None
    assert found.verdict is Verdict.AGREE


def test_a_decision_made_while_the_file_is_judged_is_heard(desk: Desk) -> None:
    """A decision that comes while the file is being judged makes it be judged once more."""
    returned = desk.answer(desk.drop(), "returned")
    one = decided(returned, Matter.WAIVER, Verdict.AGREE, "R1")
    two = decided(returned, Matter.WAIVER, Verdict.AGREE, "R2")
    desk.store.decisions.record(one, desk.now)
    (in_hand,) = desk.store.arrivals.find_unjudged()
    desk.store.decisions.record(two, desk.now)
    desk.answer(in_hand, "returned")
    (again,) = desk.store.arrivals.find_unjudged()
    known = desk.store.decisions.find_all(unit_id=returned.unit_id)
    assert [each.about for each in known] == ["R1", "R2"]
    desk.answer(again, "accepted")
    assert desk.store.arrivals.find_unjudged() == ()
    assert desk.store.submissions.find_submissions()[0].outcome == "accepted"


def test_an_unknown_receipt_is_said_in_a_sentence(desk: Desk) -> None:
    """A mistyped receipt is named, with what to do."""
    held = desk.answer(desk.drop(), "held")
    decision = replace(decided(held, Matter.HELD, Verdict.AGREE), receipt="370102-2012B1-9")
    with pytest.raises(StoreError, match="没有编号为 370102-2012B1-9 的报送"):
        desk.store.decisions.record(decision, desk.now)


def test_what_the_database_refuses_is_told_without_a_personal_value(desk: Desk) -> None:
    """An error of the database, down to its first cause, quotes nothing that was handed in."""
    held = desk.answer(desk.drop(), "held")
    good = decided(held, Matter.HELD, Verdict.AGREE)
    bad = replace(good, verdict="maybe", opinion="张秀英")  # type: ignore[arg-type]
    with pytest.raises(StoreError) as caught:
        desk.store.decisions.record(bad, desk.now)
    error: BaseException | None = caught.value
    while error is not None:
        assert "张秀英" not in str(error)
        error = error.__cause__


def test_an_impossible_outcome_is_refused(desk: Desk) -> None:
    """An outcome that nobody could read later never gets in."""
    with pytest.raises(StoreError):
        desk.answer(desk.drop(), "lost")
    assert desk.store.submissions.find_submissions() == ()


def test_what_counted_when_a_later_one_was_judged_is_known(desk: Desk) -> None:
    """Measured again before that, the newer figures counted; after it, they did not yet."""
    figures = [{"S08": {"measured": number}} for number in (1, 2, 3, 4)]
    measurements = desk.store.measurements

    def judged(number: int) -> Judged:
        return Judged(outcome="accepted", judged_at=desk.now, indicators=figures[number])

    first = desk.answer(desk.drop("A"), judged(0))
    measurements.record([Measurement(first.judgement_id, "new", figures[1], desk.now)])
    second = desk.answer(desk.drop("B"), judged(2), period="2012B2")
    measurements.record([Measurement(first.judgement_id, "newer", figures[3], desk.now)])
    then = measurements.find_then([first.judgement_id], second.judgement_id)
    assert then[first.judgement_id].figures == figures[1]
    back = measurements.find_then([second.judgement_id], first.judgement_id)
    assert back[second.judgement_id].figures == figures[2], "of one that came later, its first"


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
