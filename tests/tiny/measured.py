"""The second campaign once its owner counts otherwise: one indicator changed, one new."""

from __future__ import annotations

import dataclasses

from sheetflow.schemas.conditions import where
from sheetflow.schemas.indicators import Count, Indicator, Sum
from tests.tiny.campaign import CAMPAIGN as BEFORE

CAMPAIGN_NAME = "tests.tiny.measured:CAMPAIGN"

_FORM = BEFORE.main_form
_BY_BOAT = Count("patrols", where("means", "乘船"))
_INDICATORS = (
    *(
        dataclasses.replace(one, source=_BY_BOAT) if one.code == "H5" else one
        for one in _FORM.indicators
    ),
    Indicator("H7", "乘船里程", "米", Sum("patrols", ("metres",), where("means", "乘船"))),
)
CAMPAIGN = dataclasses.replace(
    BEFORE, forms=(dataclasses.replace(_FORM, indicators=_INDICATORS), *BEFORE.forms[1:])
)
