"""Where a scale from 0 has its lines: at round numbers, few enough to be read.

The steps and the choice among them are those of matplotlib's MaxNLocator.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

ANY_STEPS = (1.0, 1.5, 2.0, 2.5, 3.0, 4.0, 5.0, 6.0, 8.0, 10.0)
ROUND_STEPS = (1.0, 2.0, 2.5, 5.0, 10.0)
"""The first figures that a step may have."""

_LEAST = 2
_DUST, _WHOLE_DUST = 1e-10, 1e-3


def scale_lines(top: float, most: int, steps: Sequence[float], *, whole: bool) -> list[float]:
    """Give the lines from 0 to `top` (above 0): no more than `most` steps, and at least two lines.

    A `whole` scale counts things: its steps are whole numbers, unless `top` is below 1.
    """
    chosen: list[float] = []
    for step in _from_wide_to_narrow(top, most, steps, whole=whole):
        width = max(1.0, step) if whole and top >= 1 else step
        last = math.floor(top / width * (1 + _DUST))
        chosen = [number * width for number in range(last + 1)]
        if sum(line <= top for line in chosen) >= _LEAST:
            break
    return chosen


def _from_wide_to_narrow(
    top: float, most: int, steps: Sequence[float], *, whole: bool
) -> list[float]:
    """Give the narrowest step that takes no more than `most` to the top, then narrower ones."""
    magnitude = 10 ** (math.log10(top / most) // 1)
    first_figures = (*(0.1 * step for step in steps[:-1]), *steps, 10 * steps[1])
    allowed = [
        step
        for first in first_figures
        if (step := first * magnitude) < 1 or not whole or abs(step - round(step)) < _WHOLE_DUST
    ]
    narrow = [step for step in allowed if step < top / most]
    return allowed[len(narrow) :: -1] if len(narrow) < len(allowed) else allowed[::-1]
