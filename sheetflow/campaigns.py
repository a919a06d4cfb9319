"""The campaigns by name: the only place that knows which there are.

A campaign's declarations (`schemas.<name>`) and its own rules
(`validators.<name>`) meet here.
"""

from __future__ import annotations

from functools import cache

from sheetflow.errors import DeclarationError
from sheetflow.schemas.campaign import Campaign

NAMES = ("grassroots2012",)


@cache
def load_campaign(name: str) -> Campaign:
    """Give the campaign called `name`; raise DeclarationError where there is none."""
    if name == "grassroots2012":
        from sheetflow.validators.grassroots2012 import GRASSROOTS_2012

        return GRASSROOTS_2012
    raise DeclarationError(f"没有名为“{name}”的活动。可用的活动：{'、'.join(NAMES)}。")
