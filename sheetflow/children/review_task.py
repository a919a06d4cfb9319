"""The task's part that reads a 审核单 which came back: a foreign file like any other.

It is told from workbooks by its stamp, where the workbook is read anyway.
"""

from __future__ import annotations

from dataclasses import replace

from sheetflow.consolidation.review_typed import TypedReview, read_rows
from sheetflow.schemas.book import REVIEW
from sheetflow.validators.recognition import parse_stamp
from sheetflow.workbook import RawWorkbook


def typed_review(raw: RawWorkbook) -> TypedReview | None:
    """Give what stands in a 审核单; None where the workbook is another one."""
    stamp = parse_stamp(raw)
    if stamp.edition != REVIEW:
        return None
    return replace(
        read_rows(raw),
        campaign=stamp.campaign,
        form=stamp.form,
        period=stamp.period,
        unit_id=stamp.unit,
        token=stamp.token,
    )
