"""What a superior asked or returned and wants no longer, as judging hears it: an answer may be on its way still.

It asks for nothing; where the unit says something of it nevertheless, its words go up beside the data. This
module refuses to say how any decision stands.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from sheetflow.consolidation.reviews import Review, as_heard, questions_of
from sheetflow.schemas.review import FORWARDED, Decision, Heard, Question, Verdict

_OVER: Mapping[Verdict, str] = {
    Verdict.QUERY: "这一问已{how}，答复转给它参考",
    Verdict.RETURN: "已{how}，说明转给它参考",
}


def over_of(review: Review, receipt: str, names: Mapping[str, str]) -> tuple[Heard, ...]:
    """Give the returns and questions, by number, that were taken back, and questions settled without an answer.

    Those of `receipt` itself and of earlier submissions; `names` are those of units by id.
    """
    this = review.by_receipt.get(receipt)
    if this is None:
        return ()
    superior = names.get(review.superior, "上级")
    found = []
    for decision, how in _over(review, this.answers):
        about = review.by_receipt.get(decision.receipt)
        if about and about.arrival_id <= this.arrival_id and not decision.details.get(FORWARDED):
            heard = as_heard(review, decision, names.get(decision.by_unit, superior))
            over = _OVER[decision.verdict].format(how=how)
            found.append(replace(heard, over=over, proposed=None))
    return tuple(sorted(found, key=lambda each: each.number))


def _over(review: Review, answers: Mapping[str, str]) -> Iterator[tuple[Decision, str]]:
    stands = {each.number for each in review.stands}
    for each in review.decisions:
        if each.verdict in _OVER and each.number not in stands:
            yield each, "撤销"
    for asked in questions_of(review):
        is_settled = asked.state is Question.SETTLED and not asked.answer
        if is_settled and asked.number not in answers:
            yield asked.decision, "办结"
