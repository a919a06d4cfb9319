"""A row as one level sees it, by the way on which the rows of workbooks go."""

from __future__ import annotations

from collections.abc import Mapping

from sheetflow.consolidation.detail_rows import column_seen
from sheetflow.masks import MaskPolicy
from sheetflow.schemas.parsing import Value
from sheetflow.schemas.sheets import Sheet


def see(policy: MaskPolicy, sheet: Sheet, row: Mapping[str, Value]) -> dict[str, Value]:
    """Give the row with its columns masked, withheld or left out."""
    return {look[0]: column_seen(sheet, [row], look)[0] for look in policy.plan(sheet)}
