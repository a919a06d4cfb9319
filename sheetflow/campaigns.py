"""The campaigns by name: the only place that knows which there are.

A campaign's declarations are a package of `schemas`. Somebody else's campaign is named by where it is
declared: ``package.module:NAME``.
"""

from __future__ import annotations

import importlib
from functools import cache

from sheetflow.errors import DeclarationError
from sheetflow.schemas.campaign import Campaign

NAMES = ("grassroots2012",)
_REMEDY = f"请改正 sheetflow.toml 里的 campaign；可用的活动：{'、'.join(NAMES)}。"


@cache
def load_campaign(name: str) -> Campaign:
    """Give the campaign called `name`; raise DeclarationError where there is none."""
    if name == "grassroots2012":
        from sheetflow.schemas.grassroots2012.declaration import GRASSROOTS_2012

        return GRASSROOTS_2012
    module, _, attribute = name.partition(":")
    try:
        campaign = getattr(importlib.import_module(module), attribute)
    except DeclarationError as error:
        raise DeclarationError(f"活动“{name}”不能用。{error}请改正它的声明。") from error
    except Exception as error:  # what a foreign module raises while it loads is anything
        raise DeclarationError(f"没有名为“{name}”的活动，或者它的声明有错。{_REMEDY}") from error
    if not isinstance(campaign, Campaign):
        raise DeclarationError(f"“{name}”不是一项活动的声明。{_REMEDY}")
    return campaign
