"""The second campaign, named in a workspace by ``CAMPAIGN_NAME``."""

from __future__ import annotations

from sheetflow.schemas.campaign import Campaign
from sheetflow.units import Levels
from sheetflow.units.levels import CITY, COUNTY, PROVINCE, TOWNSHIP
from tests.tiny.forms import PATROL_FORM, REGISTER_FORM

CAMPAIGN_NAME = "tests.tiny.campaign:CAMPAIGN"
"""What ``sheetflow.toml`` says."""

LEVELS = Levels((PROVINCE, CITY, COUNTY, TOWNSHIP))
"""Uneven: most counties have no townships below them, and report themselves."""

CAMPAIGN = Campaign(
    key="rivers",
    title="河道巡查",
    forms=(PATROL_FORM, REGISTER_FORM),
    levels=LEVELS,
)
