"""What became of the last attempt's findings: how many were mended, explained, let pass, left, new.

Findings are known again by their identity, rows without a key by rule, sheet and column alone.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from types import MappingProxyType

from sheetflow.findings import UNNAMED, Finding, Identity, Said, Severity


@dataclass(frozen=True, slots=True, kw_only=True)
class Round:
    """What became of the last attempt's findings: how many there were, are mended, left, new.

    What is there still and was `explained` or `waived` is neither mended nor left.
    """

    last: int
    mended: int
    left: int
    new: int
    explained: int = 0
    waived: int = 0

    @property
    def words(self) -> str:
        """Say it in one sentence."""
        apart = (("已说明", self.explained), ("已放行", self.waived))
        settled = "".join(f"，{word}{count}处" for word, count in apart if count)
        mended = f"上次{self.last}处，已改{self.mended}处"
        return f"{mended}{settled}，未改{self.left}处，新增{self.new}处。"


def compare_rounds(
    last: Iterable[Finding], now: Iterable[Finding], said: Said = MappingProxyType({})
) -> Round | None:
    """Compare what the last attempt had to mend or explain with what is found now.

    What is `said` now of a finding settles it. None where the last attempt had nothing open:
    this is a first round.
    """
    before, listed = _places(last), list(now)
    if not before:
        return None
    settled = {finding.identity: said.get(finding.identity) for finding in listed}
    still = _places(finding for finding in listed if settled[finding.identity] is None)
    waived, explained = (
        _places(
            finding
            for finding in listed
            if (answer := settled[finding.identity]) and answer.is_waiver is by_superior
        )
        for by_superior in (True, False)
    )
    left, rest = _found_again(before, still)
    passed, rest = _found_again(rest, waived)
    told, rest = _found_again(rest, explained)
    return Round(
        last=len(before),
        mended=len(rest),
        left=left,
        new=len(still) - left,
        explained=told,
        waived=passed,
    )


def _found_again(
    before: frozenset[Identity], now: frozenset[Identity]
) -> tuple[int, frozenset[Identity]]:
    """Count the places of `before` that are there now, and give the others.

    A row without a key is known by its values: mending one makes it another row, and what is
    left in it would pass for mended and new. So these are counted by rule, sheet and column.
    """
    same = before & now
    come = Counter(identity[:3] for identity in now - same if identity[3].startswith(UNNAMED))
    moved = set()
    for identity in sorted(before - same):
        if identity[3].startswith(UNNAMED) and come[identity[:3]] > 0:
            come[identity[:3]] -= 1
            moved.add(identity)
    return len(same) + len(moved), before - same - moved


def _places(findings: Iterable[Finding]) -> frozenset[Identity]:
    return frozenset(
        identity
        for finding in findings
        if finding.severity is not Severity.NOTE
        for identity in finding.identities
    )
