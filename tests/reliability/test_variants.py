"""A variant that no longer breaks anything is known before the long proofs run."""

from __future__ import annotations

import pytest

from tests.reliability import broken
from tests.reliability.service_process import REPOSITORY

VARIANTS = [entry for entry in vars(broken).values() if isinstance(entry, broken.Broken)]


@pytest.mark.parametrize("variant", VARIANTS, ids=[variant.name for variant in VARIANTS])
def test_each_variant_finds_what_it_breaks(variant: broken.Broken) -> None:
    """Whoever changes a line that a proof breaks is told so by the quick tests."""
    gone = [
        (place, old)
        for place, old, _ in variant.changes
        if (REPOSITORY / "sheetflow" / place).read_text(encoding="utf-8").count(old) != 1
    ]
    assert gone == []
