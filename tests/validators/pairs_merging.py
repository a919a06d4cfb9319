"""Pairs for units that ended within a period, in a campaign whose cover asks who reports for them."""

from __future__ import annotations

from tests.tiny.merging import judged_merging
from tests.validators.pairs import Pair

MERGING = (
    Pair(
        rule="reported-apart",
        at="巡查表头 B9",
        by=judged_merging,
        broken="@ 巡查表头 并入撤并单位 = 是",
    ),
)
