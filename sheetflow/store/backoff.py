"""When to try again after temporary trouble: soon at first, never rarely, never given up."""

from __future__ import annotations

import datetime as dt

_MOST_DOUBLINGS = 20


def next_try(
    at: dt.datetime, failures: int, first: dt.timedelta, most: dt.timedelta
) -> dt.datetime:
    """Give the moment of the next try after `failures` (1, 2, …) in a row, the last one `at`.

    The wait is `first`, doubled with each failure, and never longer than `most`.
    """
    doubled = int(2 ** min(failures - 1, _MOST_DOUBLINGS))
    return at + min(first * doubled, most)
