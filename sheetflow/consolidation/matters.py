"""What of a unit's submissions waits for a decision, under which 编号, and what may still be taken back.

A function of the same values as `reviews`, in any order. A matter waits until a decision about it stands;
one that was taken back waits again under the next number. This module refuses to say who may decide.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import count

from sheetflow.consolidation.reviews import (
    Asked,
    Handed,
    Review,
    has_insisted,
    leave_in,
    questions_of,
    root_of,
)
from sheetflow.schemas.review import Decision, Matter, NewDecision, Question, Verdict, number_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Awaiting:
    """One thing that waits: under which number, whose decision it is, what may be decided.

    `by_unit` is whose 审核单 it stands in (empty: the administrator's). `about` is what the decision will
    bear: a rule, a question's number.
    """

    number: str
    matter: Matter
    by_unit: str
    receipt: str
    since: dt.datetime
    about: str = ""
    said: str = ""
    """The unit's own words: its answer, or why a hard finding should pass."""
    question: Asked | None = None
    is_insisted: bool = False
    """The unit kept to what was returned twice: it is not returned once more."""

    @property
    def is_unanswered(self) -> bool:
        """Whether it is the unit's turn: a question may be closed before it answers in writing."""
        asked = self.question
        return self.matter is Matter.ANSWERED and bool(asked and asked.state is Question.OPEN)

    @property
    def verdicts(self) -> tuple[Verdict, ...]:
        """What may be decided; whoever asked from further up returns nothing."""
        if self.is_unanswered:
            return (Verdict.SETTLE,)
        is_answer = self.matter is Matter.ANSWERED
        above = is_answer and self.question is not None and self.question.is_forwarded
        is_final = above or self.is_insisted
        return tuple(
            each for each in self.matter.verdicts if not (is_final and each is Verdict.RETURN)
        )

    def label(self, above: str) -> str:
        """Give the office's word for it; `above` is the level of whoever asked."""
        return Question.OPEN.label if self.is_unanswered else self.matter.label.format(above=above)


def waiting_of(review: Review) -> tuple[Awaiting, ...]:
    """Give what waits for a decision about the unit, in the order of matters.

    Of a unit with nobody above it only what is in doubt; of what was purged nothing.
    """
    gone = {each.receipt for each in review.handed if each.is_purged}
    waiting = _waiting(review) if review.superior else _doubts(review)
    return tuple(each for each in waiting if each.receipt not in gone)


def _waiting(review: Review) -> Iterator[Awaiting]:
    yield from _doubts(review)
    newest, current = review.newest, review.current
    decided = {
        (each.matter, each.receipt, each.about)
        for each in review.stands
        # What was asked about is still to be let pass, or not.
        if (each.matter, each.verdict) != (Matter.PASSING, Verdict.QUERY)
    }
    if newest and newest.outcome == "returned" and newest.receipt not in review.returned:
        for rule, said in sorted(newest.explained.items()):
            if (Matter.WAIVER, newest.receipt, rule) not in decided:
                yield _awaiting(review, newest, Matter.WAIVER, rule, said=said)
    is_open = current and (Matter.PASSING, current.receipt, "") not in decided
    if current and is_open and review.is_asked and current.receipt not in review.passed:
        yield _awaiting(review, current, Matter.PASSING)
    for asked in questions_of(review):
        if asked.state is Question.ANSWERED:
            yield _answered(review, asked)
        elif asked.state is Question.OPEN and asked.is_forwarded and not asked.passed_on:
            yield _of_question(review, asked, Matter.FORWARDED, review.superior)
        elif asked.state is Question.OPEN and not asked.is_forwarded:
            yield _answered(review, asked)


def _doubts(review: Review) -> Iterator[Awaiting]:
    decided = {each.receipt for each in review.stands if each.matter is Matter.HELD}
    for held in review.in_order:
        if held.outcome == "held" and not held.is_ours and held.receipt not in decided:
            yield _awaiting(review, held, Matter.HELD)


def _awaiting(
    review: Review, handed: Handed, matter: Matter, about: str = "", *, said: str = ""
) -> Awaiting:
    return Awaiting(
        number=next_number(review.decisions, handed.receipt, matter, about),
        matter=matter,
        by_unit=review.superior,
        receipt=handed.receipt,
        since=handed.at,
        about=about,
        said=said,
        is_insisted=matter is Matter.PASSING and has_insisted(review, ""),
    )


def _answered(review: Review, asked: Asked) -> Awaiting:
    """A question waits for whoever asked, answered or not; the superior of today, where that was one."""
    by_unit = asked.decision.by_unit if asked.is_forwarded else review.superior
    return _of_question(review, asked, Matter.ANSWERED, by_unit)


def _of_question(review: Review, asked: Asked, matter: Matter, by_unit: str) -> Awaiting:
    subject = review.reviewed.receipt if review.reviewed else asked.decision.receipt
    root = root_of(review.decisions, asked.decision)
    return Awaiting(
        number=next_number(review.decisions, subject, matter, _in_short(review, asked.decision)),
        matter=matter,
        by_unit=by_unit,
        receipt=subject,
        since=asked.answered_at or asked.decision.decided_at,
        about=asked.number,
        said=asked.answer,
        question=asked,
        is_insisted=matter is Matter.ANSWERED and has_insisted(review, root.about),
    )


def _in_short(review: Review, question: Decision) -> str:
    """Name a question in the number of its answer: ``1-验1``, ``1-验1.2`` where it was asked twice again.

    It is the first question's number without the unit and period that the answer's begins with, and how
    often each side asked on: a number does not grow with every round.
    """
    by_number, rounds = {each.number: each for each in review.decisions}, ""
    first = question
    while first.matter in {Matter.ANSWERED, Matter.FORWARDED} and first.about in by_number:
        rounds = first.matter.letter + rounds
        first = by_number[first.about]
    again = re.sub(f"{Matter.ANSWERED.letter}+", lambda found: f".{len(found[0])}", rounds)
    return first.number.removeprefix(f"{first.receipt.rpartition('-')[0]}-") + again


def next_number(
    decisions: Iterable[NewDecision], subject: str, matter: Matter, about: str = ""
) -> str:
    """Give the 编号 under which a matter is decided next: the first that nothing was decided under."""
    taken = {each.number for each in decisions}
    numbers = (number_of(subject, matter, turn, about) for turn in count(1))
    return next(number for number in numbers if number not in taken)


def asked_by(code: str, by_unit: str) -> str:
    """Tell a question of a unit further up from the superior's, in the `about` of its number."""
    return f"{code}-{by_unit}" if code else by_unit


def undoing_of(number: str) -> str:
    """Give the 编号 under which a decision is taken back."""
    return f"{number}-{Matter.UNDOING.letter}1"


def why_not_undone(review: Review, decision: Decision) -> str:
    """Say in a sentence why a decision cannot be taken back; empty where it can."""
    if decision.verdict is Verdict.UNDO:
        return "撤销不能再撤销，请重新作出决定。"
    if decision not in review.stands:
        return "这项决定已经撤销。"
    if past := _past(review, decision):
        return past
    questions = {each.number: each for each in questions_of(review)}
    asked = questions.get(decision.number)
    if asked and (asked.passed_on or asked.state is not Question.OPEN):
        return "这一问已经答复或转办，请对答复作出决定。"
    first = questions.get(decision.about) if decision.matter is Matter.FORWARDED else None
    if first and first.closed_by and first.closed_by != decision:
        return "上级已经对这项答复作出决定。"
    return ""


def _past(review: Review, decision: Decision) -> str:
    """Say what came since, so that a decision cannot be taken back any longer; empty where nothing did."""
    since = [each for each in review.handed if each.at >= decision.decided_at]
    if leave_in(decision) and any(each.outcome != "refused" for each in since):
        return "单位已经按缓报报送，不能再撤销。"
    about, newest = review.by_receipt.get(decision.receipt), review.newest
    if about and about.is_purged:
        return "原件已经清理，不能重新处理。"
    if about and newest and newest.arrival_id > about.arrival_id:
        return f"单位后来又报了第{newest.number}号，请对新的一份作出决定。"
    return ""
