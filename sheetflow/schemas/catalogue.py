"""The sentences of the engine's own checks, by rule code, from `checks.txt` beside this module.

A campaign adds its own; `schemas.campaign.Campaign.catalogue` holds both. `file-` and `remark-`
are what `reading` and `children` say of a file: no program library is named there, for the reader
fills forms, and mends them in Excel or WPS.
"""

from __future__ import annotations

from importlib.resources import files

from sheetflow.findings import Catalogue, Check, read_checks


def packaged_checks(package: str) -> tuple[Check, ...]:
    """Read the `checks.txt` that comes with a package, in the notation of `read_checks`."""
    return read_checks(files(package).joinpath("checks.txt").read_text(encoding="utf-8"))


GENERAL_CHECKS = packaged_checks("sheetflow.schemas")
GENERAL = Catalogue.of(GENERAL_CHECKS)
