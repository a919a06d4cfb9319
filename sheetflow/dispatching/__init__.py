"""Work handed to other machines: what the children do, queued in the database that all of them share.

`far_pool` takes the place of the pool of children in the one process that decides and writes, `leading` sees that it is one; `worker`
serves it from any machine. Truth stays where it was: a call is only work to be done, and its loss or its repetition costs
time alone. The queue is procrastinate's. Nothing above this package knows whether there are other machines.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path


def leading(
    place: Path | str, is_stopping: Callable[[], bool], tell: Callable[[str], None]
) -> AbstractContextManager[Callable[[], bool]]:
    """Wait until nobody else leads; give what tells whether this process leads no longer (see `leading`)."""
    if isinstance(place, Path):
        return nullcontext(is_stopping)
    from sheetflow.dispatching.lead import (
        lead,  # its driver is there where there are several machines
    )

    return lead(place, is_stopping, tell)
