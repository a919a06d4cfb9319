"""One unit: what it is called, whom it reports to, when it exists.

This module owns the value. It refuses to know other units: ties are
judged in `ties` and followed in `tree`.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Unit:
    """One unit: who it is, whom it reports to, where its mail goes, when it exists.

    `level` is the name of one of the campaign's levels.
    """

    unit_id: str
    name: str
    level: str
    parent: str | None = None
    division_code: str | None = None
    kind: str = ""
    mails: tuple[str, ...] = ()
    valid_from: dt.date | None = None
    valid_to: dt.date | None = None
    successor: str | None = None

    @property
    def folder(self) -> str:
        """The name of its inbox and outbox folder: ``370102-历下区``."""
        return f"{self.unit_id}-{self.name}"

    def exists_on(self, day: dt.date) -> bool:
        """Whether the unit exists on `day`."""
        return (self.valid_from is None or self.valid_from <= day) and (
            self.valid_to is None or day <= self.valid_to
        )
