"""What a decision comes to, in the words of a 办理结果."""

from __future__ import annotations

from collections.abc import Mapping

from sheetflow.periods import OFFICE_ZONE
from sheetflow.schemas.review import Decision, Matter, NewDecision, Verdict

_DONE: Mapping[tuple[Matter, Verdict], str] = {
    (Matter.HELD, Verdict.AGREE): "已放行，系统重新审核后答复{unit}",
    (Matter.HELD, Verdict.DISAGREE): "不予接收，意见已发给{unit}",
    (Matter.WAIVER, Verdict.AGREE): "已放行，系统重新审核后答复{unit}",
    (Matter.WAIVER, Verdict.DISAGREE): "不放行，请{unit}改好后重新报送",
    (Matter.PASSING, Verdict.AGREE): "已验收",
    (Matter.ANSWERED, Verdict.SETTLE): "已办结",
    (Matter.FORWARDED, Verdict.SETTLE): "已办结，意见报提出的单位",
    (Matter.FORWARDED, Verdict.QUERY): "已转{unit}核实",
    (Matter.LOOK, Verdict.FINE): "已记下，无异议",
    (Matter.POSTPONEMENT, Verdict.AGREE): "已同意延期",
    (Matter.POSTPONEMENT, Verdict.DISAGREE): "已记下，不延期",
    (Matter.UNIT, Verdict.NOTED): "已登记",
}
_OTHERWISE = {
    Verdict.RETURN: "已退回，意见已发给{unit}",
    Verdict.QUERY: "已请{unit}核实",
    Verdict.UNDO: "已撤销",
}


def done_words(decision: NewDecision, unit: str) -> str:
    """Say what a decision about `unit` comes to."""
    done = _DONE.get((decision.matter, decision.verdict)) or _OTHERWISE[decision.verdict]
    return done.format(unit=unit)


def decided_words(decision: Decision) -> str:
    """Say that somebody decided it already, and how: 已由王某3月6日处理（同意）."""
    who = decision.decider or decision.handler or ("" if decision.by_unit else "管理员")
    day = decision.decided_at.astimezone(OFFICE_ZONE)
    by = f"由{who}" if who else ""
    return f"已{by}{day.month}月{day.day}日处理（{decision.verdict.label}），不重复办理"
