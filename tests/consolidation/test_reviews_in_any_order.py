"""Whatever order decisions, resubmissions and passes come in, what stands is that of the decisions by number."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from sheetflow.consolidation.matters import (
    asked_by,
    next_number,
    undoing_of,
    waiting_of,
    why_not_undone,
)
from sheetflow.consolidation.reviews import (
    Handed,
    Review,
    counting_above,
    heard_of,
    passing_of,
    questions_of,
    replaced_by,
    returns_of,
)
from sheetflow.schemas.review import (
    FORWARDED,
    Decision,
    Matter,
    NewDecision,
    Passing,
    Policy,
    Question,
    Verdict,
)
from sheetflow.units import Unit

CITY, PROVINCE = "9901", "99"
NAMES = {unit.unit_id: unit.name for unit in (Unit(unit_id=CITY, name="上游市", level="市"),)}
BEGUN = dt.datetime(2012, 4, 1, 9, tzinfo=dt.UTC)
_ANSWERED_IN_TURN = 3


@dataclass
class Play:
    """A county, its city and its province, one step after the other; a sheet may be filled in late."""

    handed: list[Handed] = field(default_factory=list)
    decisions: list[Decision] = field(default_factory=list)
    judged: dict[str, str] = field(default_factory=dict)
    """What each submission is by itself, whatever was decided."""
    late: list[NewDecision] = field(default_factory=list)
    """Rows of a sheet that lies on somebody's desk."""

    @property
    def review(self) -> Review:
        """All of it, as it is known now."""
        return Review("990101", CITY, tuple(self.handed), tuple(self.decisions))

    def step(self, kind: str, first: int, second: int) -> None:
        """Do one thing; the numbers choose what of it."""
        if kind == "submit":
            self.submit(("accepted", "accepted", "returned", "held")[first % 4], second)
        elif kind == "pass":
            self.settle()
        elif kind == "print":
            self.late = self.offers()
        elif kind == "late" and self.late:
            self.decide(self.late[first % len(self.late)], second)
        elif offers := self.offers():
            self.decide(offers[first % len(offers)], second)

    def submit(self, outcome: str, answered: int) -> None:
        """The county hands in; it answers some of what is asked."""
        asked = [each for each in questions_of(self.review) if not each.is_forwarded]
        said = {
            each.number: "属实"
            for place, each in enumerate(asked)
            if outcome == "accepted" and (answered + place) % _ANSWERED_IN_TURN == 0
        }
        number = len(self.handed) + 1
        receipt = f"990101-2012Q1-{number}"
        self.judged[receipt] = outcome
        at = BEGUN + dt.timedelta(hours=number)
        explained = {"number-limit": "确实如此"} if outcome == "returned" else {}
        self.handed.append(
            Handed(
                receipt=receipt,
                number=number,
                arrival_id=number,
                outcome=outcome,
                at=at,
                answers=said,
                explained=explained,
            )
        )

    def settle(self) -> None:
        """A pass of the service: what was decided is heard, everything is judged as it stands."""
        review = self.review
        self.handed = [replace(each, outcome=self._outcome(review, each)) for each in self.handed]

    def _outcome(self, review: Review, handed: Handed) -> str:
        given = {each.matter: each for each in review.stands if each.receipt == handed.receipt}
        by_itself = self.judged[handed.receipt]
        if handed.receipt in review.returned:
            return "returned"
        if by_itself == "held" and Matter.HELD in given:
            agreed = given[Matter.HELD].verdict is Verdict.AGREE
            return "accepted" if agreed else "returned"
        waived = Matter.WAIVER in given and given[Matter.WAIVER].verdict is Verdict.AGREE
        return "accepted" if by_itself == "returned" and waived else by_itself

    def offers(self) -> list[NewDecision]:
        """Every row that a sheet would have now: the city's, and what the province may ask."""
        review = self.review
        rows = [
            self.row(each.number, each.matter, each.receipt, each.about, each.by_unit)
            for each in waiting_of(review)
        ]
        if review.current:
            receipt = review.current.receipt
            for code in ("S01", "S02"):
                number = next_number(self.decisions, receipt, Matter.LOOK, code)
                if number.endswith("-1") or self._undone(number):
                    rows.append(self.row(number, Matter.LOOK, receipt, code, CITY))
            about = asked_by("S01", PROVINCE)
            number = next_number(self.decisions, receipt, Matter.LOOK, about)
            rows.append(self.row(number, Matter.LOOK, receipt, "S01", PROVINCE))
        rows += [
            self.row(undoing_of(each.number), Matter.UNDOING, each.receipt, each.number, CITY)
            for each in review.stands
            if not why_not_undone(review, each)
        ]
        return rows

    def _undone(self, number: str) -> bool:
        head, _, turn = number.rpartition("-")
        return undoing_of(f"{head}-{int(turn) - 1}") in {each.number for each in self.decisions}

    def row(
        self, number: str, matter: Matter, receipt: str, about: str, by_unit: str
    ) -> NewDecision:
        """One row, not filled in yet."""
        is_asked_above = matter is Matter.LOOK and by_unit == PROVINCE
        return NewDecision(
            number=number,
            unit_id="990101",
            matter=matter,
            verdict=Verdict.QUERY if is_asked_above else matter.verdicts[0],
            by_unit=by_unit,
            receipt=receipt,
            about=about,
            details={FORWARDED: True} if is_asked_above else {},
        )

    def decide(self, row: NewDecision, choice: int) -> None:
        """Fill in a row: it is recorded where its number is free, nothing newer came, and it may be undone."""
        review = self.review
        if any(each.number == row.number for each in self.decisions):
            return
        if replaced_by(review, row.receipt, row.matter):
            return
        if row.matter is Matter.UNDOING:
            (taken,) = (each for each in self.decisions if each.number == row.about)
            if why_not_undone(review, taken):
                return
        elif not row.details:
            row = replace(row, verdict=row.matter.verdicts[choice % len(row.matter.verdicts)])
        values = {name: getattr(row, name) for name in NewDecision.__dataclass_fields__}
        number = len(self.decisions) + 1
        at = BEGUN + dt.timedelta(hours=len(self.handed), minutes=number)
        self.decisions.append(Decision(**values, decision_id=number, decided_at=at))


STEPS = st.lists(
    st.tuples(
        st.sampled_from(["submit", "decide", "decide", "decide", "print", "late", "pass"]),
        st.integers(0, 40),
        st.integers(0, 11),
    ),
    min_size=4,
    max_size=30,
)


def played(steps: Sequence[tuple[str, int, int]]) -> Play:
    """Play all steps, and a last pass."""
    play = Play()
    play.submit("accepted", 0)
    for step in steps:
        play.step(*step)
    play.settle()
    return play


def face(review: Review) -> dict[str, Any]:
    """Everything that people see of it, by numbers."""
    return {
        "passing": passing_of(review),
        "questions": {
            each.number: (each.state, each.answer, each.answered_in)
            for each in questions_of(review)
        },
        "returns": [each.number for each in returns_of(review)],
        "waiting": {each.number: (each.by_unit, each.said) for each in waiting_of(review)},
        "heard": {
            each.receipt: [heard.number for heard in heard_of(review, each.receipt, NAMES)]
            for each in review.handed
        },
        "above": {
            (policy, is_due): counting and counting.receipt
            for policy in Policy
            for is_due in (False, True)
            for counting in [counting_above(review, policy, is_due=is_due)]
        },
        "undone": {each.number: why_not_undone(review, each) for each in review.decisions},
    }


@given(steps=STEPS, data=st.data())
@settings(max_examples=150, deadline=None)
def test_the_order_in_which_they_were_recorded_changes_nothing(
    steps: list[tuple[str, int, int]], data: st.DataObject
) -> None:
    """The same decisions recorded in any order, the same workbooks listed in any: everybody sees the same."""
    play = played(steps)
    shuffled = data.draw(st.permutations(play.decisions))
    anew = [replace(each, decision_id=place) for place, each in enumerate(shuffled, start=1)]
    handed = data.draw(st.permutations(play.handed))
    other = replace(play.review, handed=tuple(handed), decisions=tuple(anew))
    assert face(other) == face(play.review)


@dataclass
class Ledger:
    """The decisions applied one at a time, by a clerk who knows nothing of the program's way."""

    entries: dict[str, Decision] = field(default_factory=dict)

    def apply(self, decision: Decision) -> None:
        """Enter one decision, or strike out the one that it takes back."""
        if decision.verdict is Verdict.UNDO:
            del self.entries[decision.about]
        else:
            self.entries[decision.number] = decision

    def about(self, receipt: str, verdict: Verdict) -> bool:
        """Whether a submission was passed or returned, and stays so."""
        wanted = {Matter.PASSING} if verdict is Verdict.AGREE else set(Matter)
        return any(
            (each.receipt, each.verdict) == (receipt, verdict) and each.matter in wanted
            for each in self.entries.values()
        )

    def passing(self, handed: Iterable[Handed]) -> Passing:
        """Go through the workbooks as they came in."""
        now = Passing.NONE
        for each in handed:
            if each.outcome == "accepted" and not self.about(each.receipt, Verdict.RETURN):
                passed_before = now in {Passing.PASSED, Passing.CHANGED}
                now = Passing.CHANGED if passed_before else Passing.WAITING
                if self.about(each.receipt, Verdict.AGREE):
                    now = Passing.PASSED
        return now

    def question(self, number: str, handed: Iterable[Handed]) -> Question:
        """How a question stands."""
        named = {(each.matter, each.about): each for each in self.entries.values()}
        if (Matter.ANSWERED, number) in named:
            return Question.SETTLED
        if not self.entries[number].details:
            said = any(number in each.answers for each in handed)
            return Question.ANSWERED if said else Question.OPEN
        between = named.get((Matter.FORWARDED, number))
        while between is not None and between.verdict is Verdict.QUERY:
            between = named.get((Matter.ANSWERED, between.number))
        return Question.ANSWERED if between else Question.OPEN


@given(steps=STEPS)
@settings(max_examples=150, deadline=None)
def test_what_stands_is_that_of_the_decisions_one_at_a_time_by_number(
    steps: list[tuple[str, int, int]],
) -> None:
    """However decisions, workbooks and passes came in, passing and questions are those of the ledger."""
    play, ledger = played(steps), Ledger()
    for decision in sorted(play.decisions, key=lambda each: each.number):
        ledger.apply(decision)
    assert passing_of(play.review) is ledger.passing(play.handed)
    for asked in questions_of(play.review):
        assert asked.state is ledger.question(asked.number, play.handed), asked.number


@given(steps=STEPS)
@settings(max_examples=100, deadline=None)
def test_nothing_waits_twice_and_nothing_waits_decided(steps: list[tuple[str, int, int]]) -> None:
    """Every row that waits has a number of its own, under which nothing was decided."""
    review = played(steps).review
    waiting = [each.number for each in waiting_of(review)]
    assert len(waiting) == len(set(waiting))
    assert not {each.number for each in review.decisions} & set(waiting)
    answers = (Matter.ANSWERED, Matter.FORWARDED)
    closed = [(each.matter, each.about) for each in review.stands if each.matter in answers]
    assert len(closed) == len(set(closed)), "of one answer two things were decided"
    assert not review.passed & review.returned


def test_a_broken_workbook_in_between_makes_no_second_row_of_an_answer() -> None:
    """An answer keeps its number while the unit's next attempt comes back for its own faults."""
    play = Play()
    play.submit("accepted", 0)
    asked = play.review.current
    assert asked
    look = play.row(f"{asked.receipt}-核S01-1", Matter.LOOK, asked.receipt, "S01", CITY)
    play.decide(look, 1)
    play.submit("accepted", 0)
    before = [each.number for each in waiting_of(play.review) if each.matter is Matter.ANSWERED]
    play.submit("returned", 1)
    after = [each.number for each in waiting_of(play.review) if each.matter is Matter.ANSWERED]
    assert before == after == ["990101-2012Q1-2-答1-核S01-1-1"]
