"""What superiors decided and what a unit handed in, told as stories of one county."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from sheetflow.consolidation.matters import undoing_of, waiting_of, why_not_undone
from sheetflow.consolidation.reviews import (
    Handed,
    Review,
    counting_above,
    excused_until,
    has_insisted,
    heard_of,
    noted_of,
    passing_of,
    questions_of,
    replaced_by,
    returns_of,
)
from sheetflow.schemas.review import (
    FIGURE,
    FORWARDED,
    PROPOSED,
    REASON,
    REASONS,
    UNTIL,
    Decision,
    Matter,
    Passing,
    Policy,
    Question,
    Verdict,
    number_of,
)

COUNTY, CITY, PROVINCE = "990101", "9901", "99"
NAMES = {CITY: "上游市", PROVINCE: "清河省"}
BEGUN = dt.datetime(2012, 4, 1, 9, tzinfo=dt.UTC)
FIRST, SECOND, THIRD = (f"{COUNTY}-2012Q1-{number}" for number in (1, 2, 3))


@dataclass
class Story:
    """What happened so far."""

    handed: list[Handed] = field(default_factory=list)
    decisions: list[Decision] = field(default_factory=list)
    superior: str = CITY
    is_asked: bool = True

    @property
    def review(self) -> Review:
        """As it stands."""
        return Review(COUNTY, self.superior, self.handed, self.decisions, self.is_asked)

    def hands_in(self, outcome: str = "accepted", **answers: str) -> str:
        """The county hands in a workbook; `answers` are by the letter of what is asked: q1, q2."""
        number = len(self.handed) + 1
        asked = {f"q{place}": each.number for place, each in enumerate(self.decisions, start=1)}
        self.handed.append(
            Handed(
                receipt=f"{COUNTY}-2012Q1-{number}",
                number=number,
                arrival_id=number,
                outcome=outcome,
                at=BEGUN + dt.timedelta(days=number),
                answers={asked[key]: text for key, text in answers.items()},
            )
        )
        return self.handed[-1].receipt

    def decides(
        self,
        matter: Matter,
        verdict: Verdict,
        receipt: str,
        about: str = "",
        opinion: str = "",
        **more: Any,
    ) -> str:
        """A superior decides; `more` are ``by_unit``, ``details`` and the ``number``."""
        number = more.pop("number", "") or number_of(receipt, matter, 1, about)
        if matter is Matter.UNDOING:
            number = undoing_of(about)
        values = {"by_unit": CITY, "details": {}, **more}
        self.decisions.append(
            Decision(
                number=number,
                unit_id=COUNTY,
                matter=matter,
                verdict=verdict,
                receipt=receipt,
                about=about,
                opinion=opinion,
                decision_id=len(self.decisions) + 1,
                decided_at=BEGUN + dt.timedelta(days=30, hours=len(self.decisions)),
                **values,
            )
        )
        return number

    def passes(self, receipt: str) -> str:
        """The city lets a workbook pass."""
        return self.decides(Matter.PASSING, Verdict.AGREE, receipt)

    def returns(self, receipt: str, **details: Any) -> str:
        """The city returns a workbook, which is judged anew."""
        number = self.decides(
            Matter.PASSING, Verdict.RETURN, receipt, opinion="数字偏大", details=details
        )
        self.handed = [
            replace(each, outcome="returned") if each.receipt == receipt else each
            for each in self.handed
        ]
        return number

    def asks(self, receipt: str, **details: Any) -> str:
        """The city asks about a figure."""
        return self.decides(
            Matter.LOOK, Verdict.QUERY, receipt, "S01", "请核实来源", details=details
        )

    def asked_from_above(self, receipt: str) -> str:
        """The province asks about a figure."""
        more = {"by_unit": PROVINCE, "details": {FORWARDED: True}}
        return self.decides(Matter.LOOK, Verdict.QUERY, receipt, "S01", "与年报不符", **more)

    def waiting(self) -> list[tuple[Matter, str]]:
        """What waits, and in whose sheet."""
        return [(each.matter, each.by_unit) for each in waiting_of(self.review)]

    def verdicts(self, matter: Matter) -> tuple[Verdict, ...]:
        """What may be decided about the one matter of a kind that waits."""
        (found,) = [each for each in waiting_of(self.review) if each.matter is matter]
        return found.verdicts

    def heard(self, receipt: str) -> list[str]:
        """What judging a workbook hears, in the words of whoever said it."""
        heard = heard_of(self.review, receipt, NAMES)
        return [f"{each.by}{each.verdict.label}：{each.opinion}" for each in heard]


def test_a_workbook_waits_until_it_is_passed_and_again_when_it_changes() -> None:
    """待验收, 已验收, 验收后有变动, and 已验收 once more."""
    story = Story()
    assert (passing_of(story.review), story.waiting()) == (Passing.NONE, [])
    story.hands_in()
    assert passing_of(story.review) is Passing.WAITING
    assert story.waiting() == [(Matter.PASSING, CITY)]
    story.passes(FIRST)
    assert (passing_of(story.review), story.waiting()) == (Passing.PASSED, [])
    story.hands_in()
    assert passing_of(story.review) is Passing.CHANGED
    assert [each.number for each in waiting_of(story.review)] == [f"{SECOND}-验1"]
    story.passes(SECOND)
    assert passing_of(story.review) is Passing.PASSED


@pytest.mark.parametrize("story", [Story(superior=""), Story(is_asked=False)])
def test_nobody_is_asked_where_nobody_is_above_or_no_policy_asks(story: Story) -> None:
    """A unit at the top, and every unit where 验收 is off, waits for nobody."""
    story.hands_in()
    assert passing_of(story.review) is Passing.NONE
    assert story.waiting() == []
    assert counting_above(story.review, Policy.NONE, is_due=False)


def test_a_return_is_heard_until_a_later_workbook_is_passed() -> None:
    """The returned workbook hears it, and so do later ones, until one of them is let pass."""
    story = Story()
    story.hands_in()
    story.returns(FIRST)
    assert story.heard(FIRST) == ["上游市退回：数字偏大"]
    assert story.waiting() == []
    story.hands_in()
    assert story.heard(SECOND) == ["上游市退回：数字偏大"]
    assert len(returns_of(story.review)) == 1
    story.passes(SECOND)
    story.hands_in()
    assert story.heard(THIRD) == []
    assert story.heard(SECOND) == ["上游市退回：数字偏大"], "what was explained stays beside it"
    assert returns_of(story.review) == ()


def test_while_returned_what_was_passed_last_stands() -> None:
    """Beyond the city the figures stay those that it let pass, whatever the policy."""
    story = Story()
    story.hands_in()
    story.passes(FIRST)
    story.hands_in()
    story.hands_in()
    story.returns(THIRD)
    for policy in (Policy.FLAG, Policy.REQUIRED, Policy.BY_DEADLINE):
        for is_due in (False, True):
            counting = counting_above(story.review, policy, is_due=is_due)
            assert counting
            assert counting.receipt == FIRST


@pytest.mark.parametrize(
    ("policy", "is_due", "expected"),
    [
        (Policy.FLAG, False, SECOND),
        (Policy.BY_DEADLINE, False, FIRST),
        (Policy.BY_DEADLINE, True, SECOND),
        (Policy.REQUIRED, True, FIRST),
        (Policy.NONE, False, SECOND),
    ],
)
def test_what_changed_after_passing_goes_up_by_the_policy(
    policy: Policy, *, is_due: bool, expected: str
) -> None:
    """At once, at the deadline, or only once it is passed again."""
    story = Story()
    story.hands_in()
    story.passes(FIRST)
    story.hands_in()
    counting = counting_above(story.review, policy, is_due=is_due)
    assert counting
    assert counting.receipt == expected


def test_a_question_is_open_answered_and_settled() -> None:
    """It is heard until it is closed; whoever answered it hears it for good."""
    story = Story()
    story.hands_in()
    number = story.asks(FIRST, **{FIGURE: 41, PROPOSED: 14})
    (asked,) = questions_of(story.review)
    assert (asked.state, asked.number) == (Question.OPEN, number)
    (heard,) = heard_of(story.review, FIRST, NAMES)
    assert (heard.about, heard.figure, heard.proposed) == ("S01", 41, 14)
    story.hands_in(q1="原始记录如此")
    (asked,) = questions_of(story.review)
    assert (asked.state, asked.answer) == (Question.ANSWERED, "原始记录如此")
    (_, waits) = waiting_of(story.review)
    assert (waits.number, waits.said) == (f"{SECOND}-答1-核S01-1-1", "原始记录如此")
    story.decides(Matter.ANSWERED, Verdict.SETTLE, SECOND, number)
    (asked,) = questions_of(story.review)
    assert asked.state is Question.SETTLED
    story.hands_in()
    assert story.heard(SECOND) == ["上游市请核实：请核实来源"]
    assert story.heard(THIRD) == []


def test_who_is_asked_again_hears_the_new_question_about_the_same_figure() -> None:
    """请核实 on an answer closes it and asks anew; the figure is still the first question's."""
    story = Story()
    story.hands_in()
    number = story.asks(FIRST, **{FIGURE: 41})
    story.hands_in(q1="原始记录如此")
    again = story.decides(Matter.ANSWERED, Verdict.QUERY, SECOND, number, "请附原始记录")
    states = {each.number: each.state for each in questions_of(story.review)}
    assert states == {number: Question.SETTLED, again: Question.OPEN}
    heard = {each.number: (each.about, each.figure) for each in heard_of(story.review, SECOND, {})}
    assert heard[again] == ("S01", 41)


def test_a_question_from_further_up_is_the_citys_to_see_to() -> None:
    """The county hears nothing of it; the city's 办结 is the answer that the province looks at."""
    story = Story()
    story.hands_in()
    number = story.asked_from_above(FIRST)
    assert story.heard(FIRST) == []
    assert (Matter.FORWARDED, CITY) in story.waiting()
    story.decides(Matter.FORWARDED, Verdict.SETTLE, FIRST, number, "年报口径不同")
    (asked,) = questions_of(story.review)
    assert (asked.state, asked.answer) == (Question.ANSWERED, "年报口径不同")
    assert (Matter.ANSWERED, PROVINCE) in story.waiting()
    assert (Matter.FORWARDED, CITY) not in story.waiting()
    (waits,) = [each for each in waiting_of(story.review) if each.matter is Matter.ANSWERED]
    assert waits.verdicts == (Verdict.SETTLE, Verdict.QUERY), "it has no power over the county"


def test_whoever_asked_may_stop_waiting_for_the_city() -> None:
    """Where the city is late, the province's own 办结 closes the question, and nothing waits any longer."""
    story = Story()
    story.hands_in()
    number = story.asked_from_above(FIRST)
    story.decides(Matter.FORWARDED, Verdict.SETTLE, FIRST, number, by_unit=PROVINCE)
    (asked,) = questions_of(story.review)
    assert asked.state is Question.SETTLED
    assert story.waiting() == [(Matter.PASSING, CITY)]
    assert why_not_undone(story.review, story.decisions[-1]) == ""


def test_a_question_that_is_passed_on_goes_up_once_the_city_settled_it() -> None:
    """转县核实: the county answers the city, the city settles it, then the province has its answer."""
    story = Story()
    story.hands_in()
    number = story.asked_from_above(FIRST)
    passed_on = story.decides(Matter.FORWARDED, Verdict.QUERY, FIRST, number, "请说明口径")
    assert story.heard(FIRST) == ["上游市请核实：请说明口径"]
    first, _ = questions_of(story.review)
    assert first.passed_on
    assert first.state is Question.OPEN
    story.hands_in(q2="年报含兼职")
    assert story.waiting() == [(Matter.PASSING, CITY), (Matter.ANSWERED, CITY)]
    story.decides(Matter.ANSWERED, Verdict.SETTLE, SECOND, passed_on)
    first, _ = questions_of(story.review)
    assert (first.state, first.answer) == (Question.ANSWERED, "年报含兼职")
    assert (Matter.ANSWERED, PROVINCE) in story.waiting()


def test_what_was_replaced_is_past_and_a_doubt_is_not() -> None:
    """A newer accepted workbook takes the place; one that came back for its own faults does not."""
    story = Story()
    story.hands_in("held")
    story.hands_in()
    story.hands_in("returned")
    assert replaced_by(story.review, SECOND) is None
    assert replaced_by(story.review, FIRST, Matter.HELD) is None
    assert story.waiting() == [(Matter.HELD, CITY), (Matter.PASSING, CITY)]
    story.hands_in()
    newer = replaced_by(story.review, SECOND)
    assert newer
    assert newer.number == len(story.handed)


def test_what_is_held_for_a_fault_of_ours_asks_no_superior() -> None:
    """The administrator mends it; a 审核单 does not list it."""
    story = Story()
    story.hands_in("held")
    story.handed = [replace(each, is_ours=True) for each in story.handed]
    assert story.waiting() == []


def test_an_undone_decision_waits_again_under_the_next_number() -> None:
    """Taken back, it counts for nothing, and what it decided waits with another number."""
    story = Story()
    story.hands_in()
    number = story.passes(FIRST)
    story.decides(Matter.UNDOING, Verdict.UNDO, FIRST, number)
    assert passing_of(story.review) is Passing.WAITING
    assert [each.number for each in waiting_of(story.review)] == [f"{FIRST}-验2"]


def test_it_is_undone_until_the_county_answered_or_something_newer_stands() -> None:
    """Afterwards only a new decision helps, and the sentence says so."""
    story = Story()
    story.hands_in()
    story.asks(FIRST)
    passed = story.passes(FIRST)
    why = {each.number: why_not_undone(story.review, each) for each in story.decisions}
    assert set(why.values()) == {""}
    story.decides(Matter.UNDOING, Verdict.UNDO, FIRST, passed)
    by_number = {each.number: each for each in story.decisions}
    assert why_not_undone(story.review, by_number[passed]) == "这项决定已经撤销。"
    assert "撤销不能再撤销" in why_not_undone(story.review, by_number[undoing_of(passed)])
    story.hands_in(q1="原始记录如此")
    assert "又报了第2号" in why_not_undone(story.review, story.decisions[0])


def test_a_question_passed_on_cannot_be_taken_back_below_the_city() -> None:
    """What the city made of the province's question stands until the province looked at the answer."""
    story = Story()
    story.hands_in()
    number = story.asked_from_above(FIRST)
    story.decides(Matter.FORWARDED, Verdict.SETTLE, FIRST, number, "年报口径不同")
    asked, settled = story.decisions
    assert "已经答复或转办" in why_not_undone(story.review, asked)
    assert why_not_undone(story.review, settled) == ""
    story.decides(Matter.ANSWERED, Verdict.SETTLE, FIRST, number, by_unit=PROVINCE)
    assert "上级已经对这项答复作出决定" in why_not_undone(story.review, settled)


def test_after_two_returns_both_statements_stand() -> None:
    """Who kept to the workbook twice with a reason is not returned a third time; who changed it may be."""
    story = Story()
    for said in ({}, {"q1": "原始记录如此"}):
        receipt = story.hands_in(**said)
        assert Verdict.RETURN in story.verdicts(Matter.PASSING)
        story.returns(receipt)
    story.hands_in(q1="原始记录如此", q2="已再次核对")
    assert has_insisted(story.review, "")
    assert not has_insisted(story.review, "S01")
    assert Verdict.RETURN not in story.verdicts(Matter.PASSING)
    story.hands_in()
    assert Verdict.RETURN in story.verdicts(Matter.PASSING)


def test_what_was_asked_about_still_waits_to_be_let_pass() -> None:
    """请核实 decides nothing of 验收: it waits under the next number, and the question may be closed by telephone."""
    story = Story()
    story.hands_in()
    story.decides(Matter.PASSING, Verdict.QUERY, FIRST, opinion="请核对")
    waiting = {each.number: each.verdicts for each in waiting_of(story.review)}
    assert waiting == {
        f"{FIRST}-验2": Matter.PASSING.verdicts,
        f"{FIRST}-答1-验1-1": (Verdict.SETTLE,),
    }
    assert [each.label("市") for each in waiting_of(story.review)] == ["待验收", "待答复"]


def test_a_number_does_not_grow_with_every_round() -> None:
    """However often is asked again, the number of the answer is the first question's and a count."""
    story = Story()
    story.hands_in()
    story.asks(FIRST)
    for turn in range(1, 12):
        receipt = story.hands_in(**{f"q{turn}": "属实"})
        (waits,) = [each for each in waiting_of(story.review) if each.matter is Matter.ANSWERED]
        rounds = f".{turn - 1}" if turn > 1 else ""
        assert waits.number == f"{receipt}-答1-核S01-1{rounds}-1"
        story.decides(Matter.ANSWERED, Verdict.QUERY, receipt, waits.about, number=waits.number)


@pytest.mark.parametrize(
    ("details", "expected"),
    [
        ({REASON: REASONS[0], UNTIL: "2012-04-20"}, dt.date(2012, 4, 20)),
        ({REASON: REASONS[1], UNTIL: "2012-04-20"}, None),
        ({REASON: REASONS[0], UNTIL: ""}, None),
    ],
)
def test_leave_to_be_late_is_what_was_noted_last(
    details: Mapping[str, str], expected: dt.date | None
) -> None:
    """缓报 counts until its day, and a later note takes its place."""
    story = Story()
    assert excused_until(story.review) is None
    subject = f"{COUNTY}-2012Q1"
    for turn, noted in enumerate(({REASON: REASONS[3]}, details), start=9):
        story.decides(Matter.UNIT, Verdict.NOTED, "", details=noted)
        number = number_of(subject, Matter.UNIT, turn)
        story.decisions[-1] = replace(story.decisions[-1], number=number)
    last = noted_of(story.review)
    assert last
    assert last.number == f"{subject}-况10"
    assert excused_until(story.review) == expected
