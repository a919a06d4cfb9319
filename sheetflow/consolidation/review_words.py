"""What a decision comes to, in the words of a 办理结果."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from sheetflow.consolidation.review_sheet import WaitingRow
from sheetflow.periods import OFFICE_ZONE
from sheetflow.schemas.review import (
    FORWARDED,
    PROPOSED,
    Decision,
    Matter,
    NewDecision,
    Question,
    Verdict,
)

_DONE: Mapping[tuple[Matter, Verdict], str] = {
    (Matter.HELD, Verdict.AGREE): "{done}放行，系统重新审核后答复{unit}",
    (Matter.HELD, Verdict.DISAGREE): "不予接收，意见{done}发给{unit}",
    (Matter.WAIVER, Verdict.AGREE): "{done}放行，系统重新审核后答复{unit}",
    (Matter.WAIVER, Verdict.DISAGREE): "不放行，请{unit}改好后重新报送",
    (Matter.PASSING, Verdict.AGREE): "{done}验收",
    (Matter.ANSWERED, Verdict.SETTLE): "{done}办结",
    (Matter.FORWARDED, Verdict.SETTLE): "{done}办结，意见报提出的单位",
    (Matter.FORWARDED, Verdict.QUERY): "{done}转{unit}核实",
    (Matter.LOOK, Verdict.FINE): "{done}记下，无异议",
    (Matter.POSTPONEMENT, Verdict.AGREE): "{done}同意延期",
    (Matter.POSTPONEMENT, Verdict.DISAGREE): "{done}记下，不延期",
    (Matter.UNIT, Verdict.NOTED): "{done}登记",
}
_OTHERWISE = {
    Verdict.RETURN: "{done}退回，意见{done}发给{unit}",
    Verdict.QUERY: "{done}请{unit}核实",
    Verdict.UNDO: "{done}撤销",
}
_BY_SUPERIOR = "{done}请{unit}的上级核实，由它答复，或者转{unit}答复"
"""A unit further down is asked by way of whoever decides about it."""


def done_words(decision: NewDecision, unit: str, *, is_meant: bool = True) -> str:
    """Say what a decision about `unit` comes to, or would where it is not meant (预审)."""
    words = _DONE.get((decision.matter, decision.verdict)) or _OTHERWISE[decision.verdict]
    if decision.matter is Matter.LOOK and decision.details.get(FORWARDED):
        words = _BY_SUPERIOR
    return words.format(unit=unit, done="已" if is_meant else "将")


def figure_words(figure: str, decision: NewDecision) -> str:
    """Name the `figure` that is returned or asked about, and the one agreed by telephone; empty where there is neither."""
    if decision.verdict not in {Verdict.RETURN, Verdict.QUERY}:
        return ""
    proposed = decision.details.get(PROPOSED)
    told = [f"指标：{figure}"] if figure else []
    told += [f"电话商定数：{proposed}"] if proposed is not None else []
    return f"（{'，'.join(told)}）" if told else ""


def decided_words(decision: Decision) -> str:
    """Say that somebody decided it already, and how: 已由王某3月6日处理（同意）."""
    return f"已{_by_whom(decision)}处理（{decision.verdict.label}），不重复办理"


def taken_back_words(undoing: Decision, number: str) -> str:
    """Say that a decision was taken back, and under which `number` the matter waits now; empty: it does not."""
    now = (
        f"请在新的审核单里办理，现在的编号是{number}" if number else "现在不用办理，请看新的审核单"
    )
    return f"原来的处理已{_by_whom(undoing)}撤销，{now}"


def waiting_words(rows: Iterable[WaitingRow]) -> str:
    """Say what waits of a unit now, whose earlier matter was decided; empty where nothing does."""
    named = [
        f"{f'第{turn}号的' if (turn := row.receipt.rpartition('-')[2]) else ''}{row.label}（编号{row.number}）"
        for row in rows
        if row.label != Question.OPEN.label
    ]
    return f"。现在等着办理的是{'、'.join(named)}，请用新的审核单" if named else ""


def _by_whom(decision: Decision) -> str:
    who = decision.decider or decision.handler or ("" if decision.by_unit else "管理员")
    day = decision.decided_at.astimezone(OFFICE_ZONE)
    return f"{f'由{who}' if who else ''}{day.month}月{day.day}日"
