"""The second campaign on other chains: townships below counties, a country above provinces, two levels."""

from __future__ import annotations

from dataclasses import replace

from sheetflow.units import Levels
from sheetflow.units.levels import CITY, COUNTY, NATION, PROVINCE, TOWNSHIP
from tests.tiny.campaign import CAMPAIGN

FOUR = replace(CAMPAIGN, levels=Levels((PROVINCE, CITY, COUNTY, TOWNSHIP)))
"""省 市 县 乡."""
FOUR_NAME = "tests.levels:FOUR"
NATIONAL = replace(CAMPAIGN, levels=Levels((NATION, PROVINCE, CITY, COUNTY)))
"""国家 省 市 县."""
NATIONAL_NAME = "tests.levels:NATIONAL"
TWO = replace(CAMPAIGN, levels=Levels((PROVINCE, CITY)))
"""省 市."""
TWO_NAME = "tests.levels:TWO"
