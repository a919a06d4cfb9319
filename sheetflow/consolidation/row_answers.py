"""What becomes of the rows of a 审核单, and of those that contradict each other: both are left alone.

This module refuses to read what was typed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from sheetflow.consolidation.review_meant import verdict_meant
from sheetflow.consolidation.review_sheet import (
    LOOKS_SHEET,
    PROPOSED,
    UNIT,
    VERDICT,
    WAITING_SHEET,
    TypedRow,
)
from sheetflow.schemas.review import NewDecision, Verdict

_AGREES = (Verdict.AGREE, Verdict.FINE, Verdict.SETTLE)


@dataclass(frozen=True, slots=True, kw_only=True)
class RowAnswer:
    """What becomes of one row: its `decision`, or none; `words` say what it comes to, or why nothing.

    `said` is what was typed, in the office's word, `quoted` what `words` quote of it. `doubts` names the units with
    which it is not content, whether or not it is applied. Row 0 is no row of its own (全部通过).
    """

    sheet: str
    row: int
    words: str
    number: str = ""
    unit: str = ""
    matter: str = ""
    said: str = ""
    quoted: str = ""
    doubts: frozenset[str] = frozenset()
    decision: NewDecision | None = field(default=None, hash=False)
    is_settled: bool = False
    """The same was decided before: nothing is done, and nothing is to be mended."""
    passed: int = 0
    """How many others a row without a decision of its own (全部通过) lets pass."""

    @property
    def is_done(self) -> bool:
        """Whether what it says took effect."""
        return self.decision is not None or self.passed > 0

    @property
    def where(self) -> str:
        """Name the row as people find it."""
        return f"“{self.sheet}”第{self.row}行" if self.row else f"“{self.sheet}”"


def doubted_in(row: TypedRow, answer: RowAnswer) -> frozenset[str]:
    """Name the units with which a row is not content; one that is not applied is no agreement."""
    if decision := answer.decision:
        is_doubt = decision.verdict in {Verdict.RETURN, Verdict.QUERY}
    else:
        is_doubt = bool(row[PROPOSED]) or verdict_meant(row[VERDICT], _AGREES) is None
    is_heard = row.sheet in {WAITING_SHEET, LOOKS_SHEET} and not answer.is_settled
    return frozenset({answer.unit, row[UNIT]} - {""} if is_heard and is_doubt else ())


def without_contradictions(answers: Sequence[RowAnswer]) -> Iterator[RowAnswer]:
    """Leave alone what two rows say differently of one number; what they say twice counts once."""
    same: dict[str, list[tuple[RowAnswer, NewDecision]]] = {}
    returned: dict[str, RowAnswer] = {}
    unclear: dict[str, RowAnswer] = {}
    for each in answers:
        if each.decision:
            same.setdefault(each.decision.number, []).append((each, each.decision))
            if each.decision.verdict is Verdict.RETURN:
                returned[each.decision.receipt] = each
        elif verdict_meant(each.said, [Verdict.QUERY]) is None:  # passing goes with a question
            unclear |= dict.fromkeys(each.doubts, each)
    for each in answers:
        words = _overruled(each, each.decision, same, returned, unclear) if each.decision else ""
        yield replace(each, words=words, decision=None) if words else each


def _overruled(
    answer: RowAnswer,
    decision: NewDecision,
    same: Mapping[str, Sequence[tuple[RowAnswer, NewDecision]]],
    returned: Mapping[str, RowAnswer],
    unclear: Mapping[str, RowAnswer],
) -> str:
    """Say which other row of the sheet keeps a row from being applied; empty where none does."""
    alike = same[decision.number]
    first = alike[0][0]
    if len({_meaning(each) for _, each in alike}) > 1:
        lines = "、".join(str(each.row) for each, _ in alike)
        return f"同一个编号第{lines}行的处理不一样，分不清以哪一行为准"
    if first is not answer:
        return f"与第{first.row}行重复，以那一行为准"
    if not decision.is_passing:
        return ""
    if rival := returned.get(decision.receipt):
        return f"同一份报送在{rival.where}退回，没有验收"
    rival = unclear.get(answer.unit)
    return f"{rival.where}对这个单位的处理没有办成，先不验收" if rival else ""


def _meaning(decision: NewDecision) -> tuple[object, ...]:
    return decision.verdict, decision.opinion, repr(sorted(decision.details.items()))
