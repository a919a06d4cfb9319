"""The second campaign with its own rule, named in a workspace by ``CAMPAIGN_NAME``."""

from __future__ import annotations

from collections.abc import Iterator
from types import MappingProxyType

from sheetflow.findings import Check, Finding, Severity
from sheetflow.schemas.book import Book, JudgingContext
from sheetflow.schemas.campaign import Campaign
from sheetflow.units import Levels
from sheetflow.units.levels import CITY, COUNTY, PROVINCE, TOWNSHIP
from tests.tiny.forms import PATROL_FORM, REGISTER_FORM

CAMPAIGN_NAME = "tests.tiny.campaign:CAMPAIGN"
"""What ``sheetflow.toml`` says."""

_LONGEST_WALK = 30_000

CHECKS = (
    Check(
        code="walk-too-long",
        severity=Severity.MUST,
        title="步行里程过长",
        wrong="步行巡河里程为{typed}米，一次步行不会超过{limit}米",
        remedy="请核对里程的单位是不是米，或改正巡河方式",
        summary="步行巡河一次不超过30000米",
        source="河道巡查办法第七条",
    ),
)
_WALK = CHECKS[0]


def check_walks(book: Book, context: JudgingContext) -> Iterator[Finding]:
    """Nobody walks further than a day's march."""
    del context
    found = book.sheets.get("patrols")
    for row in book.rows("patrols"):
        metres = row.number_in("metres")
        if found and row["means"] == "步行" and metres is not None and metres > _LONGEST_WALK:
            yield _WALK.at(found.place(row, "metres"), typed=str(metres), limit=_LONGEST_WALK)


LEVELS = Levels((PROVINCE, CITY, COUNTY, TOWNSHIP))
"""Uneven: most counties have no townships below them, and report themselves."""

CAMPAIGN = Campaign(
    key="rivers",
    title="河道巡查",
    forms=(PATROL_FORM, REGISTER_FORM),
    checks=CHECKS,
    rules=MappingProxyType({PATROL_FORM.key: (check_walks,)}),
    levels=LEVELS,
)
