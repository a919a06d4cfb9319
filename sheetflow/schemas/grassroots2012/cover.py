"""What every cover of the campaign asks: who reports, for when, who answers for it.

Each form's own cover extends this card; it refuses to hold what only one of them asks.
"""

from __future__ import annotations

from sheetflow.schemas.columns import RowModel, choice, day, period_name, phone, text
from sheetflow.schemas.conditions import where
from sheetflow.schemas.grassroots2012.words import HOTLINE


class HeadCard(RowModel):
    """Who reports, for which period, and who answers for it."""

    unit_name = text("填报单位", 30, prefilled=True)
    unit_id = text("单位代码", 20, prefilled=True)
    period = period_name("报告期")
    kind = choice("报送性质", "首次报送", "退回修改", "更正")
    correction_reason = text("更正原因", 200, required=where("kind", "更正"))
    leader = text("单位负责人", 20)
    reviewer = text("审核人", 20, required=False)
    preparer = text("填报人", 20)
    phone = phone("联系电话", HOTLINE)
    filled_on = day("填报日期", not_after="")
