"""The sentences of the engine's own checks, by rule code, from `checks.txt` beside this module.

A campaign adds its own; `schemas.campaign.Campaign.catalogue` holds both. `file-` and `remark-`
are what `reading` and `children` say of a file: no program library is named there, for the reader
fills forms, and mends them in Excel or WPS.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from importlib.resources import files

from sheetflow.findings import Catalogue, Check, Severity, read_checks


def packaged_checks(package: str) -> tuple[Check, ...]:
    """Read the `checks.txt` that comes with a package, in the notation of `read_checks`."""
    return read_checks(files(package).joinpath("checks.txt").read_text(encoding="utf-8"))


GENERAL_CHECKS = packaged_checks("sheetflow.schemas")
GENERAL = Catalogue.of(GENERAL_CHECKS)
MONEY_SCALE = "money-scale"
"""The one check of the engine whose weight is the campaign's."""
_REMEDIES = {
    Severity.MUST: "本栏单位是元，请改为以元为单位的数",
    Severity.VERIFY: "本栏单位是元，请核对；确实如此的请写明情况",
    Severity.NOTE: "本栏单位是元，请核对",
}


def general_checks(money_scale: Severity | None) -> Iterator[Check]:
    """Give the engine's checks as a campaign has them; None where it does not ask about 万元."""
    for check in GENERAL_CHECKS:
        if check.code != MONEY_SCALE:
            yield check
        elif money_scale:
            yield replace(check, severity=money_scale, remedy=_REMEDIES[money_scale])
