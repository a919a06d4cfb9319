"""河道巡查 as its notice has it: one quarter only, with its own office, and a form filled once by dates."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from types import MappingProxyType

from sheetflow.periods import Cadence
from sheetflow.pipeline import judge
from sheetflow.schemas.book import Judgement
from sheetflow.schemas.campaign import FormHead
from tests.drawing import draw
from tests.tiny.campaign import CAMPAIGN
from tests.tiny.desk import FIRST
from tests.tiny.drawn import PATROLS, seen
from tests.tiny.forms import PATROL_FORM, REGISTER_FORM

SPANNED_NAME = "tests.tiny.spanned:SPANNED"
"""What ``sheetflow.toml`` says."""

SPANNED_FORM = replace(PATROL_FORM, first_period=FIRST, last_period=FIRST)
DATED_FORM = replace(
    REGISTER_FORM,
    cadence=Cadence.ONCE,
    opens=dt.date(2012, 2, 1),
    closes=dt.date(2012, 3, 15),
    due_on=MappingProxyType({"县": dt.date(2012, 4, 10), "省": dt.date(2012, 5, 2)}),
)
SPANNED = replace(
    CAMPAIGN,
    forms=(SPANNED_FORM, DATED_FORM),
    organiser="清河省水务局",
    contact="清河省水务局河道处，电话 12314",
    head=FormHead(number="清河1表", issuer="清河省水务局", valid_until="2014年12月"),
)


def judged_outside(changes: str = "") -> Judgement:
    """Judge the sound workbook, without a stamp, of a form that ended before its period."""
    ended = replace(PATROL_FORM, last_period="2011Q4")
    campaign = replace(CAMPAIGN, forms=(ended, REGISTER_FORM))
    return judge(draw(PATROLS + changes), campaign, seen(PATROL_FORM))
