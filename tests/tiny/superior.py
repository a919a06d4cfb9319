"""What a city says of its counties' workbooks, recorded as a row of its 审核单 would be."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from sheetflow.context import Context
from sheetflow.schemas.review import Decision, Matter, NewDecision, Verdict
from sheetflow.service.deciding import next_number, record_decision
from tests.tiny.desk import IN_TIME, Desk


def decide(  # noqa: PLR0913 - a decision has so many parts
    desk: Desk,
    receipt: str,
    verdict: Verdict,
    opinion: str = "",
    *,
    matter: Matter = Matter.PASSING,
    about: str = "",
    by_unit: str = "",
    at: dt.datetime = IN_TIME,
    details: Mapping[str, Any] | None = None,
) -> str:
    """Record what the unit above (or another one) decides about a submission; give its number."""

    def record(context: Context) -> str:
        submission = context.store.submissions.find_submission(receipt)
        assert submission is not None
        number = next_number(context, receipt, matter, about)
        decision = NewDecision(
            number=number,
            unit_id=submission.unit_id,
            form=submission.form,
            period=submission.period,
            receipt=receipt,
            matter=matter,
            verdict=verdict,
            about=about,
            opinion=opinion,
            by_unit=by_unit or (context.tree[submission.unit_id].parent or ""),
            details=details or {},
        )
        assert record_decision(context, decision)
        return number

    return desk.ask(record, at)


def undo(desk: Desk, decision: Decision, at: dt.datetime = IN_TIME) -> None:
    """Take a decision back."""
    taken_back = NewDecision(
        number=f"{decision.number}-撤1",
        unit_id=decision.unit_id,
        form=decision.form,
        period=decision.period,
        receipt=decision.receipt,
        matter=Matter.UNDOING,
        verdict=Verdict.UNDO,
        about=decision.number,
        by_unit=decision.by_unit,
    )
    assert desk.ask(lambda context: record_decision(context, taken_back), at)
