"""河道巡查 that counts one figure more from its second version, which the second quarter brings."""

from __future__ import annotations

from dataclasses import replace

from sheetflow.schemas.campaign import Campaign, CampaignVersion
from sheetflow.schemas.indicators import Count, Indicator
from tests.tiny.campaign import LEVELS
from tests.tiny.forms import PATROL_FORM

LATER_FIGURE_NAME = "tests.tiny.later:LATER_FIGURE"
"""What ``sheetflow.toml`` says."""
MORE = "H7"
"""The code of that figure."""

FORM = replace(
    PATROL_FORM,
    version=2,
    indicators=(
        *PATROL_FORM.indicators,
        Indicator(MORE, "再登记的排口", "个", Count("outlets"), since=2),
    ),
)
LATER_FIGURE = Campaign(
    key="later",
    title="河道巡查",
    forms=(FORM,),
    levels=LEVELS,
    versions=(
        CampaignVersion(number=1, first_period="2012Q1"),
        CampaignVersion(number=2, first_period="2012Q2"),
    ),
)
