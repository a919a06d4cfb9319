"""The campaigns by name: the only place that knows which there are.

A campaign's declarations (`schemas.<name>`) and its own rules
(`validators.<name>`) meet here. Somebody else's campaign is named by where it is
declared: ``package.module:NAME``.
"""

from __future__ import annotations

import importlib
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
    module, _, attribute = name.partition(":")
    try:
        campaign = getattr(importlib.import_module(module), attribute)
    except (ImportError, ValueError, AttributeError) as error:
        known = "、".join(NAMES)
        raise DeclarationError(f"没有名为“{name}”的活动。可用的活动：{known}。") from error
    if not isinstance(campaign, Campaign):
        raise DeclarationError(f"“{name}”不是一项活动的声明。")
    return campaign
