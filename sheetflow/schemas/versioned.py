"""What comes and goes with the versions of a form, and what was added to declarations later.

A declaration gains fields as the product grows; a digest of what says nothing in them stays what it was,
so that no figure looks as if it were measured otherwise than before.
"""

from __future__ import annotations

from dataclasses import MISSING, Field
from types import MappingProxyType
from typing import Any

LATER = MappingProxyType({"later": True})
"""The metadata of a field that came later than the first digests that people keep."""


def is_unsaid(declared: object, entry: Field[Any]) -> bool:
    """Whether a field that came later says nothing: it bears its default."""
    if not entry.metadata.get("later"):
        return False
    default = entry.default if entry.default_factory is MISSING else entry.default_factory()
    return bool(getattr(declared, entry.name) == default)


class Versioned:
    """What stands in some versions of a form, from `since` up to `until` (None: still)."""

    since: int
    until: int | None

    def in_version(self, version: int) -> bool:
        """Whether it stands in that version of the form."""
        return self.since <= version and (self.until is None or version <= self.until)

    @property
    def is_lasting(self) -> bool:
        """Whether it stands in every version."""
        return self.since == 1 and self.until is None
