"""What superiors have decided already, where a test is about something else."""

from __future__ import annotations

from sheetflow.context import Context
from sheetflow.schemas.review import NewDecision, Verdict
from sheetflow.service.deciding import record_decision
from sheetflow.service.postponing import awaited_postponements
from tests.tiny.desk import FIRST


def refuse_postponements(context: Context) -> None:
    """Have every superior answer 不同意 where the first period's deadlines may be postponed."""
    form = context.campaign.main_form
    for each in awaited_postponements(context, form, form.period(FIRST)):
        decision = NewDecision(
            number=each.number,
            unit_id=each.by_unit,
            by_unit=each.by_unit,
            matter=each.matter,
            verdict=Verdict.DISAGREE,
            form=form.key,
            period=FIRST,
            about=each.about,
        )
        assert record_decision(context, decision)
