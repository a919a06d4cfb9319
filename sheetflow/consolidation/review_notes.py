"""What is typed into 下级情况: whether it is clear.

This module refuses to know what was noted before, and what day it is.
"""

from __future__ import annotations

from sheetflow.consolidation.review_sheet import PAPER, REASON, UNTIL
from sheetflow.schemas.parsing import CellFault, read_day
from sheetflow.schemas.review import PAPERS, REASONS

GRANTED = REASONS[0]
"""The reason that goes with a day."""


def unclear(reason: str, until: str, paper: str) -> str:
    """Say what is wrong with what was noted of a unit; empty where nothing is."""
    if reason and reason not in REASONS:
        return f"“{REASON}”只能选：{'、'.join(REASONS)}"
    if paper and paper not in PAPERS:
        return f"“{PAPER}”只能选：{'、'.join(PAPERS)}"
    if not until:
        return f"{GRANTED}要填“{UNTIL}”的日期" if reason == GRANTED else ""
    if reason not in {"", GRANTED}:
        return f"填了“{UNTIL}”，“{REASON}”却是{reason}，请改成一致的"
    try:
        read_day(until)
    except CellFault:
        return f"“{UNTIL}”看不出是哪一天，请写成2012-04-20的样子"
    return ""
