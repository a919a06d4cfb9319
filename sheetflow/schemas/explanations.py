"""The sheet 情况说明: the filler's answers to 核实性 findings.

It belongs to the engine, since every campaign needs it: a campaign lists
`EXPLANATIONS` among its form's sheets.
"""

from __future__ import annotations

from sheetflow.schemas.columns import RowModel, text
from sheetflow.schemas.sheets import Kind, RollUp, Sheet


class ExplanationLine(RowModel):
    """One answer: to which finding, where, and what is to be said."""

    finding: str | None = text("审核意见编号", 10, width=14)
    place: str | None = text("位置", 100, required=False, width=36)
    explanation: str | None = text("说明", 500, width=60)


EXPLANATIONS = Sheet(
    key="explanations",
    title="情况说明",
    kind=Kind.ANSWER,
    model=ExplanationLine,
    note="对“核实性”审核意见逐条说明；数据确有错误的，请直接修改数据",
    always_shown=False,
    roll_up=RollUp.ROWS,
)
