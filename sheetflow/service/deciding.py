"""How decisions are numbered and recorded, whether by a row of a 审核单 or by a command.

This is the one way into the store's decisions. Who may decide, and what each row offers, is told by whoever
calls.
"""

from __future__ import annotations

from sheetflow.context import LOG, Context
from sheetflow.schemas.review import Matter, NewDecision, number_of


def next_number(context: Context, receipt: str, matter: Matter, about: str = "") -> str:
    """Give the 编号 under which `matter` of a submission is decided next."""
    decided = context.store.decisions.find_all(receipt=receipt, matter=matter)
    turn = 1 + sum(each.about == about for each in decided)
    return number_of(receipt, matter, turn, about)


def record_decision(context: Context, decision: NewDecision) -> bool:
    """Record a decision, and have its submission judged anew; False where its number was decided already.

    Raise StoreError where there is no such receipt, or where a doubt is decided that there is not.
    """
    recorded = context.store.decisions.record(decision, context.clock.now())
    if recorded:
        LOG.info("decision %s: %s", decision.number, decision.verdict)
    return recorded
