"""How what a unit handed in for a form and period stands with what was decided about it.

Everything here is a function of submissions and decisions alone; the order in which either was recorded
changes nothing, because a decision is known by its number. What waits is told by `matters`. This module
refuses to say who may decide, and to record anything.

A submission has been *replaced* once a newer one was accepted, or was returned by a superior; what is
decided about it then is not applied. A return stands until a later submission is let pass. A question is
closed by whatever is decided of its answer; one from further up is answered by the unit between.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from types import MappingProxyType

from sheetflow.schemas.review import (
    FIGURE,
    FORWARDED,
    PROPOSED,
    REASON,
    REASONS,
    UNTIL,
    Decision,
    Heard,
    Matter,
    Passing,
    Policy,
    Question,
    Verdict,
    standing,
)

_TURN = re.compile(r"\d+$")
OWN = ("accepted", "returned")
"""Outcomes of workbooks that are the unit's own beyond doubt."""

Answers = Mapping[tuple[Matter, str], Decision]
"""What was decided of answers, and by units between, by the question's number."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Handed:
    """One submission, as far as decisions go; `arrival_id` orders them, `outcome` is what judging gave.

    `answers` are what it says to returns and questions, by the decision's number: its 情况说明, or that the figure
    asked about is another one now; `agreed` what stands there where it wrote 同意 to a figure and changed nothing; `explained` what
    it says to hard findings that can be waived, by rule. `is_ours`: it is held for a fault of ours, which no superior can decide.
    """

    receipt: str
    number: int
    arrival_id: int
    outcome: str
    at: dt.datetime
    answers: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    agreed: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    explained: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    is_ours: bool = False
    repeats: str = ""
    """The receipt of the accepted submission before it, where it hands in the very same rows: an answer alone."""
    is_purged: bool = False
    """Its original is gone for good: nothing of it is decided any longer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One question: the decision that asked it, how it stands, what was answered in which submission."""

    decision: Decision
    state: Question = Question.OPEN
    answer: str = ""
    answered_in: str = ""
    """The receipt; empty where the unit between answered."""
    answered_at: dt.datetime | None = None
    closed_by: Decision | None = None
    passed_on: Decision | None = None
    """The question that the unit between made of it (转)."""

    @property
    def number(self) -> str:
        """The 编号 by which it is known."""
        return self.decision.number

    @property
    def is_forwarded(self) -> bool:
        """Whether a unit further up asked: the one between sees to it."""
        return bool(self.decision.details.get(FORWARDED))


@dataclass(frozen=True)
class Review:
    """One unit's submissions for a form and period, and every decision about them, in any order.

    `superior` decides about the unit today; empty where nobody is above it. `is_asked`: superiors are asked
    to let pass what is accepted (`Policy`).
    """

    unit_id: str
    superior: str = ""
    handed: Collection[Handed] = ()
    decisions: Collection[Decision] = ()
    is_asked: bool = True

    @cached_property
    def stands(self) -> tuple[Decision, ...]:
        """The decisions that were not taken back, by number."""
        return tuple(sorted(standing(self.decisions), key=lambda each: each.number))

    @cached_property
    def in_order(self) -> tuple[Handed, ...]:
        """The submissions as they came in."""
        return tuple(sorted(self.handed, key=lambda each: each.arrival_id))

    @cached_property
    def by_receipt(self) -> Mapping[str, Handed]:
        """The submissions by receipt."""
        return {each.receipt: each for each in self.handed}

    @cached_property
    def returned(self) -> frozenset[str]:
        """The receipts that a superior returned."""
        return frozenset(each.receipt for each in self.stands if each.verdict is Verdict.RETURN)

    @cached_property
    def passed(self) -> frozenset[str]:
        """The receipts that a superior let pass; what was returned as well is not.

        What hands in the same rows as one that was passed, to answer a question perhaps, is passed with it.
        """
        found = set(passed_in(self.decisions) - self.returned)
        for each in self.in_order:
            if each.repeats in found and each.receipt not in self.returned:
                found.add(each.receipt)
        return frozenset(found)

    @cached_property
    def accepted(self) -> tuple[Handed, ...]:
        """The accepted submissions that nobody returned, as they came in."""
        return tuple(
            each
            for each in self.in_order
            if each.outcome == "accepted" and each.receipt not in self.returned
        )

    @property
    def newest(self) -> Handed | None:
        """The newest submission that is the unit's own beyond doubt."""
        own = [each for each in self.in_order if each.outcome in OWN]
        return own[-1] if own else None

    @property
    def reviewed(self) -> Handed | None:
        """The newest submission that a superior could look at: accepted, or returned by one."""
        seen = [
            each
            for each in self.in_order
            if each.outcome == "accepted" or each.receipt in self.returned
        ]
        return seen[-1] if seen else None

    @property
    def current(self) -> Handed | None:
        """The submission that is to be passed, asked about, returned: that one, unless it was returned."""
        last = self.reviewed
        return last if last and last.receipt not in self.returned else None


def passed_in(decisions: Iterable[Decision]) -> frozenset[str]:
    """Give the receipts that were let pass by decisions that stand."""
    return frozenset(each.receipt for each in standing(decisions) if each.is_passing)


def replaced_by(review: Review, receipt: str, matter: Matter = Matter.PASSING) -> Handed | None:
    """Give the newest submission that took the place of `receipt`, so that `matter` of it is past.

    A doubt (待确认) is decided whatever came since. A waiver is past once anything of the unit's own came:
    only the newest returned workbook can still be let pass.
    """
    known = review.by_receipt.get(receipt)
    if known is None or matter is Matter.HELD:
        return None
    newer = [
        each
        for each in review.in_order
        if each.arrival_id > known.arrival_id
        and (
            each.outcome == "accepted"
            or each.receipt in review.returned
            or (matter is Matter.WAIVER and each.outcome == "returned")
        )
    ]
    return newer[-1] if newer else None


def passing_of(review: Review) -> Passing:
    """Tell how the 验收 of the submission that counts stands."""
    if not (review.is_asked and review.superior and review.accepted):
        return Passing.NONE
    if review.accepted[-1].receipt in review.passed:
        return Passing.PASSED
    return Passing.CHANGED if last_passed(review) else Passing.WAITING


def last_passed(review: Review) -> Handed | None:
    """Give the submission that was passed last, if any was."""
    passed = [each for each in review.accepted if each.receipt in review.passed]
    return passed[-1] if passed else None


def passed_by(review: Review, receipt: str) -> Decision | None:
    """Give the decision that let a submission pass."""
    if receipt not in review.passed:
        return None
    agreed = [each for each in review.stands if each.is_passing and each.receipt == receipt]
    return agreed[-1] if agreed else passed_by(review, review.by_receipt[receipt].repeats)


def counting_above(review: Review, policy: Policy, *, is_due: bool) -> Handed | None:
    """Give the submission whose figures go beyond the superior; None where none does.

    `is_due`: the superior's own deadline is past. While a newer one is returned by a superior, what was
    passed last stands.
    """
    last = review.accepted[-1] if review.accepted else None
    if last is None or not review.superior or policy is Policy.NONE:
        return last
    passed = last_passed(review)
    if policy is Policy.REQUIRED or (policy is Policy.BY_DEADLINE and not is_due):
        return passed
    return (passed or last) if replaced_by(review, last.receipt) else last


def returns_of(review: Review) -> tuple[Decision, ...]:
    """Give the returns that stand: of what was not let pass since, by number."""
    return tuple(
        each
        for each in review.stands
        if each.verdict is Verdict.RETURN and not _passed_after(review, each.receipt)
    )


def _passed_after(review: Review, receipt: str, before: str = "") -> bool:
    """Whether a submission after `receipt` was let pass, and came in earlier than `before`."""
    known, limit = review.by_receipt.get(receipt), review.by_receipt.get(before)
    return known is not None and any(
        each.arrival_id > known.arrival_id and (limit is None or each.arrival_id < limit.arrival_id)
        for each in review.accepted
        if each.receipt in review.passed
    )


def questions_of(review: Review) -> tuple[Asked, ...]:
    """Give every question that was not taken back, by number, and how it stands."""
    asked = {each.number: each for each in review.stands if each.verdict is Verdict.QUERY}
    decided: Answers = {
        (each.matter, each.about): each
        for each in review.stands
        if each.matter in {Matter.ANSWERED, Matter.FORWARDED}
    }
    return tuple(_asked(review, each, decided) for each in asked.values())


def _asked(review: Review, decision: Decision, decided: Answers) -> Asked:
    """Tell how one question stands; one from further up follows what the unit between made of it."""
    between = decided.get((Matter.FORWARDED, decision.number))
    closed = decided.get((Matter.ANSWERED, decision.number))
    if between and between.by_unit == decision.by_unit:
        closed = between  # whoever asked waits no longer for the unit between
    asked = Asked(decision=decision, closed_by=closed)
    if not asked.is_forwarded:
        if handed := _answering(review, decision):
            answer = handed.answers[decision.number]
            asked = replace(asked, answer=answer, answered_in=handed.receipt, answered_at=handed.at)
    elif between:
        answer, at = _handed_up(review, between, decided)
        is_passed_on = between.verdict is Verdict.QUERY
        passed_on = between if is_passed_on else None
        asked = replace(asked, answer=answer, answered_at=at, passed_on=passed_on)
    state = Question.ANSWERED if asked.answered_at else Question.OPEN
    return replace(asked, state=Question.SETTLED if closed else state)


def _answering(review: Review, decision: Decision) -> Handed | None:
    """Give the newest submission that answers a question: one that came after what was asked about."""
    about = review.by_receipt.get(decision.receipt)
    since = about.arrival_id if about else 0
    later = (each for each in reversed(review.in_order) if each.arrival_id > since)
    return next((each for each in later if each.answers.get(decision.number)), None)


def _handed_up(
    review: Review, between: Decision, decided: Answers
) -> tuple[str, dt.datetime | None]:
    """Give what goes up of a question that the unit between settles, or has passed on: once it is settled."""
    closed: Decision | None = between
    asked = between
    while closed is not None and closed.verdict is Verdict.QUERY:
        asked, closed = closed, decided.get((Matter.ANSWERED, closed.number))
    if closed is None:
        return "", None
    said = closed.opinion
    if not said:
        handed = _answering(review, asked)
        said = handed.answers[asked.number] if handed else closed.verdict.label
    return said, closed.decided_at


def heard_of(review: Review, receipt: str, names: Mapping[str, str]) -> tuple[Heard, ...]:
    """Give the returns and questions that judging a submission hears, by number.

    Those of itself and of earlier ones: a return until a submission in between was let pass (then as past, where
    one before answered it: its answer goes on), a question until it is closed. What it answered itself it hears for good: both statements stand. `names` are those
    of units by id; whatever an administrator decided speaks for the superior.
    """
    this = review.by_receipt.get(receipt)
    if this is None:
        return ()
    returned = [each for each in review.stands if each.verdict is Verdict.RETURN]
    past = {each.number for each in returned if _passed_after(review, each.receipt, receipt)}
    earlier = (each for each in review.in_order if each.arrival_id < this.arrival_id)
    answered = {number for each in earlier for number in each.answers}
    said = [each for each in returned if each.number not in past - answered]
    said += [
        each.decision
        for each in questions_of(review)
        if not each.is_forwarded
        and (each.state is not Question.SETTLED or each.number in this.answers)
    ]
    superior = names.get(review.superior, "上级")
    return tuple(
        replace(
            as_heard(review, each, names.get(each.by_unit, superior)), is_past=each.number in past
        )
        for each in sorted(said, key=lambda each: each.number)
        if (about := review.by_receipt.get(each.receipt)) and about.arrival_id <= this.arrival_id
    )


def as_heard(review: Review, decision: Decision, by: str) -> Heard:
    """Give a return or a question as judging hears it; `by` is the superior's name."""
    root = root_of(review.decisions, decision)
    details = {**root.details, **decision.details}
    return Heard(
        number=decision.number,
        receipt=decision.receipt,
        verdict=decision.verdict,
        by=by,
        opinion=decision.opinion,
        about=root.about,
        figure=details.get(FIGURE),
        proposed=details.get(PROPOSED),
    )


def root_of(decisions: Iterable[Decision], decision: Decision) -> Decision:
    """Give the decision that first named what this one is about: the first question of several."""
    by_number = {each.number: each for each in decisions}
    while decision.matter in {Matter.ANSWERED, Matter.FORWARDED} and decision.about in by_number:
        decision = by_number[decision.about]
    return decision


def has_insisted(review: Review, about: str) -> bool:
    """Whether the unit kept to what was returned twice, with a reason each: both statements stand, it counts.

    `about` is the indicator's code; empty for the whole workbook. What it has changed since is another matter.
    """
    newest = review.current
    answered = newest.answers if newest else {}
    kept = [each for each in returns_of(review) if each.number in answered]
    return len([each for each in kept if root_of(review.decisions, each).about == about]) > 1


def noted_of(review: Review) -> Decision | None:
    """Give what was noted last of where the unit stands (未报原因, 缓报至, 纸质件)."""
    noted = [each for each in review.stands if each.matter is Matter.UNIT]
    return max(noted, key=lambda each: _turn_of(each.number), default=None)


def excused_until(review: Review) -> dt.date | None:
    """Give the day until which the unit was given leave to be late (缓报)."""
    noted = noted_of(review)
    return leave_in(noted) if noted else None


def leave_in(noted: Decision) -> dt.date | None:
    """Give the day until which a note gives leave to be late; None where it gives none."""
    if noted.details.get(REASON) != REASONS[0] or not noted.details.get(UNTIL):
        return None
    return dt.date.fromisoformat(noted.details[UNTIL])


def _turn_of(number: str) -> int:
    found = _TURN.search(number)
    return int(found[0]) if found else 0
