"""Waiting longer after each trouble, and never giving up.

This module owns how long to wait. It refuses to sleep and to know what is retried:
any hashable key stands for a piece of work.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class _Trouble:
    failures: int
    due: float


@dataclass(slots=True)
class BackOff:
    """Remembers what failed and when it may be tried again.

    `clock` is monotonic, in seconds: a corrected office clock neither hurries nor
    strands a retry. The wait doubles from `first_seconds` up to `ceiling_seconds`.
    """

    clock: Callable[[], float]
    first_seconds: float = 2.0
    ceiling_seconds: float = 300.0
    _troubles: dict[Hashable, _Trouble] = field(default_factory=dict, init=False)

    def failed(self, key: Hashable) -> float:
        """Note a failure; give the seconds to wait before the next try."""
        failures = self.failures(key) + 1
        # The cap on the exponent keeps the float finite after months of failures.
        wait = min(self.ceiling_seconds, self.first_seconds * 2.0 ** min(failures - 1, 64))
        self._troubles[key] = _Trouble(failures, self.clock() + wait)
        return wait

    def succeeded(self, key: Hashable) -> None:
        """Forget the failures of `key`, because it worked or is no longer wanted."""
        self._troubles.pop(key, None)

    def is_due(self, key: Hashable) -> bool:
        """Tell whether `key` may be tried now."""
        trouble = self._troubles.get(key)
        return trouble is None or self.clock() >= trouble.due

    def failures(self, key: Hashable) -> int:
        """Count the failures in a row."""
        trouble = self._troubles.get(key)
        return trouble.failures if trouble else 0
