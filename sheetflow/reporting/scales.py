"""Where a scale from 0 has its lines: at round numbers, few enough to be read."""

from __future__ import annotations

from collections.abc import Sequence

ANY_STEPS = (1.0, 1.5, 2.0, 2.5, 3.0, 4.0, 5.0, 6.0, 8.0, 10.0)
ROUND_STEPS = (1.0, 2.0, 2.5, 5.0, 10.0)
"""The first figures that a step may have."""

_DUST = 1e-10


def scale_lines(top: float, most: int, steps: Sequence[float], *, whole: bool) -> list[float]:
    """Give the lines from 0 to `top` (above 0): no more than `most` steps, and at least two lines.

    A `whole` scale counts things: its steps are whole numbers, unless `top` is below 1.
    """
    from matplotlib.ticker import MaxNLocator

    locator = MaxNLocator(nbins=most, steps=list(steps), integer=whole)
    return [float(line) for line in locator.tick_values(0, top) if line <= top * (1 + _DUST)]
