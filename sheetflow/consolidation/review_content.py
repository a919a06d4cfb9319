"""What a 审核单 says in its cells: what there is to know of what waits, what follows, what came of a decision.

Plain sentences of plain values, for officers. This module refuses to know where the values come from.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sheetflow.consolidation.reviews import Asked, Review, questions_of, replaced_by
from sheetflow.periods import OFFICE_ZONE
from sheetflow.schemas.review import (
    PAPER,
    PROPOSED,
    REASON,
    UNTIL,
    Decision,
    Matter,
    Policy,
    Question,
    Verdict,
)

_MOST_TOLD = 5
"""So many findings stand in one cell; the others are counted."""


@dataclass(frozen=True, slots=True)
class Remark:
    """One finding in words: where, what is wrong, and what the unit says to it."""

    place: str
    wrong: str
    said: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Beyond:
    """What lets figures go on from the unit that decides: its own level and name, who is above, until when.

    `above` is empty at the top of all. `is_due`: the unit's own deadline is past.
    """

    level: str
    above: str = ""
    policy: Policy = Policy.BY_DEADLINE
    due: dt.datetime | None = None
    is_due: bool = False


def day_words(moment: dt.datetime | dt.date) -> str:
    """Give a day as a sentence has it: 3月5日."""
    day = moment.astimezone(OFFICE_ZONE) if isinstance(moment, dt.datetime) else moment
    return f"{day.month}月{day.day}日"


def held_content(number: int, file_name: str, why: str) -> str:
    """Say what is in doubt."""
    return f"第{number}号（{file_name}）：{why}。"


def waiver_content(number: int, remarks: Sequence[Remark], said: str) -> str:
    """Say which hard finding is to pass, and why the unit thinks so."""
    return f"第{number}号退回待改，单位请求放行。{_listed(remarks)}单位的情况说明：{_ended(said)}"


def passing_content(
    number: int, came: dt.datetime, remarks: Sequence[Remark], notes: Sequence[str]
) -> str:
    """Say what is to be let pass; `notes` are what else there is to know of it."""
    head = f"第{number}号，{day_words(came)}收到，审核通过"
    head += "".join(f"，{note}" for note in notes)
    if not remarks:
        return f"{head}。没有情况说明。"
    return f"{head}。情况说明{len(remarks)}处。{_listed(remarks)}"


def _listed(remarks: Sequence[Remark]) -> str:
    told = "".join(
        f"{remark.place}，{_ended(remark.wrong)}"
        + (f"说明：{_ended(remark.said)}" * bool(remark.said))
        for remark in remarks[:_MOST_TOLD]
    )
    left = len(remarks) - _MOST_TOLD
    return told + (f"另有{left}处，见答复文件。" if left > 0 else "")


def _ended(text: str) -> str:
    return text if text.endswith(("。", "！", "？", "…")) else f"{text}。"


def question_content(asked: Asked, asker: str, about: str) -> str:
    """Say what was asked, by whom, and what was answered; `about` names what it is about."""
    decision = asked.decision
    words = f"{asker}{day_words(decision.decided_at)}问{about}：{_ended(decision.opinion)}"
    proposed = decision.details.get(PROPOSED)
    if proposed is not None:
        words += f"电话商定数：{proposed}。"
    if asked.answer:
        when = day_words(asked.answered_at) if asked.answered_at else ""
        words += f"{when}答复：{_ended(asked.answer)}"
    return words


def agreed_content(number: int, at: dt.datetime, current: str) -> str:
    """Say that a unit wrote 同意 to a figure that was agreed by telephone, and changed nothing: it is no answer yet."""
    return f"{day_words(at)}第{number}号写了“同意”，表里还没有改：{_ended(current)}"


_OUTCOMES: Mapping[Matter, str] = {
    Matter.HELD: "同意：放行，按{unit}的报送重新审核。不同意：不接收，“意见”告诉单位，改正后重报。",
    Matter.WAIVER: "同意：这条意见不用再改，照报的数重新审核。不同意：单位仍要改好后重报。",
    Matter.ANSWERED: "办结：这个问题了结。请核实：再问一次。退回：单位改好后重报。",
    Matter.FORWARDED: "办结：“意见”就是给{asker}的答复。请核实：转{unit}答复，办结后再报{asker}。",
    Matter.POSTPONEMENT: "同意：照此延期。不同意：不延期。",
}


def outcomes(matter: Matter, unit: str, beyond: Beyond, asker: str = "") -> str:
    """Say what each verdict comes to, in the words of the cell; `asker` is the unit further up that asks."""
    if matter is Matter.PASSING:
        return _passed(beyond)
    words = _OUTCOMES[matter].format(unit=unit, asker=asker)
    # A unit two levels down is not returned to: its own superior does that.
    return words.partition("退回：")[0] if matter is Matter.ANSWERED and asker else words


def _passed(beyond: Beyond) -> str:
    if not beyond.above:
        return "同意：验收，认可这份报送。"
    if beyond.policy is Policy.FLAG or (beyond.policy is Policy.BY_DEADLINE and beyond.is_due):
        return f"同意：验收，报给{beyond.above}的数字不再注明“{beyond.level}级未验收”。"
    if beyond.policy is Policy.REQUIRED:
        return f"同意：验收，数字报给{beyond.above}；没有验收的不上报。"
    until = f"（{day_words(beyond.due)}）" if beyond.due else ""
    return (
        f"同意：验收，数字随即报给{beyond.above}。没有办理的，到本级截止时间{until}也会上报，"
        f"注明“{beyond.level}级未验收”。"
    )


_SAID: Mapping[tuple[Matter, Verdict], str] = {
    (Matter.HELD, Verdict.DISAGREE): "没有接收，意见已告诉单位。",
    (Matter.WAIVER, Verdict.DISAGREE): "没有放行，单位要改好后重报。",
    (Matter.POSTPONEMENT, Verdict.AGREE): "已延期。",
    (Matter.POSTPONEMENT, Verdict.DISAGREE): "没有延期。",
    (Matter.LOOK, Verdict.FINE): "没有异议。",
    (Matter.ANSWERED, Verdict.SETTLE): "已办结。",
}
_JUDGED: Mapping[str, str] = {
    "accepted": "重新审核后已接收。",
    "returned": "重新审核后退回待改。",
}


def came_of(review: Review, decision: Decision) -> str:
    """Say what came of a decision so far."""
    if decision.verdict is Verdict.UNDO:
        return "原来的决定已撤销，重新列入待办。"
    if decision not in review.stands:
        return "已撤销。"
    told = {Verdict.QUERY: _asked, Verdict.RETURN: _returned, Verdict.NOTED: _noted}
    if decision.verdict in told:
        return told[decision.verdict](review, decision)
    if decision.verdict is Verdict.AGREE and decision.matter is Matter.PASSING:
        newer = replaced_by(review, decision.receipt)
        return f"已验收；以后又报了第{newer.number}号，要另行验收。" if newer else "已验收。"
    if decision.verdict is Verdict.AGREE and decision.matter in {Matter.HELD, Matter.WAIVER}:
        handed = review.by_receipt.get(decision.receipt)
        return f"已放行，{_JUDGED.get(handed.outcome if handed else '', '等重新审核。')}"
    return _SAID.get((decision.matter, decision.verdict), "已办结，意见已上报。")


def _returned(review: Review, decision: Decision) -> str:
    about = review.by_receipt.get(decision.receipt)
    newer = [each for each in review.in_order if about and each.arrival_id > about.arrival_id]
    if not newer:
        return "等单位改好重报。"
    return f"单位{day_words(newer[-1].at)}又报了第{newer[-1].number}号。"


def _noted(_review: Review, decision: Decision) -> str:
    told = noted_words(decision)
    return f"已登记：{told}。" if told else "已取消原来的登记。"


def noted_words(decision: Decision) -> str:
    """Say what was registered of a unit (下级情况); nothing where it was taken off."""
    until = decision.details.get(UNTIL)
    day = f"（至{day_words(dt.date.fromisoformat(until))}）" if until else ""
    noted = (decision.details.get(REASON), decision.details.get(PAPER))
    told = "，".join(filter(None, noted))
    return f"{told}{day}" if told else ""


def _asked(review: Review, decision: Decision) -> str:
    asked = {each.number: each for each in questions_of(review)}[decision.number]
    if asked.closed_by:
        return f"{day_words(asked.closed_by.decided_at)}{asked.closed_by.verdict.label}。"
    if asked.state is Question.ANSWERED:
        return f"已答复：{_ended(asked.answer)}"
    return "已转单位核实，等答复。" if asked.passed_on else "等答复。"
