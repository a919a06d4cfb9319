"""The second campaign with its journal filled by other cadences, each under a name of its own."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

from sheetflow.periods import Cadence
from sheetflow.schemas.campaign import Campaign
from tests.tiny.campaign import CAMPAIGN
from tests.tiny.forms import PATROL_FORM, REGISTER_FORM


def patrolled(
    cadence: Cadence, opens: dt.date | None = None, closes: dt.date | None = None
) -> Campaign:
    """Give the campaign with its main form filled by that cadence."""
    form = replace(PATROL_FORM, cadence=cadence, opens=opens, closes=closes)
    return replace(CAMPAIGN, forms=(form, REGISTER_FORM))


MONTH = patrolled(Cadence.MONTH)
QUARTER = patrolled(Cadence.QUARTER)
HALF_YEAR = patrolled(Cadence.HALF_YEAR)
YEAR = patrolled(Cadence.YEAR)
ONCE = patrolled(Cadence.ONCE, opens=dt.date(2012, 2, 1), closes=dt.date(2012, 3, 15))


def named(campaign: str) -> str:
    """What ``sheetflow.toml`` says for one of these."""
    return f'"{__name__}:{campaign}"'
