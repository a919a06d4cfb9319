"""Whose turn it is: so many files of each unit at a time, and a file that meets trouble is put off.

Nobody's flood holds up the others, and nobody's fault stops them. This module refuses to judge.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import TypeVar

from sheetflow.children import ChildHinderedError, ChildStartError
from sheetflow.context import LOG, Context
from sheetflow.errors import CampaignLostError, StoreError, TemporaryError, describe
from sheetflow.store.records import Arrival

MOST_DEATHS = 3
"""So many children may die of a file before it is to blame."""

Thing = TypeVar("Thing")


def first_of_each(
    things: Iterable[Thing], whose: Callable[[Thing], str], most: int | None
) -> list[Thing]:
    """Give the first `most` things of each unit, all where `most` is None, in their order."""
    counts: Counter[str] = Counter()
    chosen: list[Thing] = []
    for thing in things:
        unit_id = whose(thing)
        counts[unit_id] += 1
        if most is None or counts[unit_id] <= most:
            chosen.append(thing)
    return chosen


@contextmanager
def putting_off(context: Context, arrival: Arrival) -> Iterator[None]:
    """Put a file off where the system refuses, or where we fail: the next one is served."""
    try:
        yield
    except StoreError:
        raise  # nothing can be recorded now: the pass ends, and the next one goes on
    except Exception as error:  # noqa: BLE001 - whatever it is, the others go on
        words = "程序出错，详见日志"
        if isinstance(error, OSError):
            words = TemporaryError.of(error, "", "").reason
        elif isinstance(error, ChildStartError):
            words = "处理进程无法启动"
        elif isinstance(error, ChildHinderedError | CampaignLostError):
            words = str(error)
        context.store.arrivals.record_trouble(arrival.arrival_id, words, context.clock.now())
        LOG.error(
            "unit %s: arrival %d put off: %s",
            arrival.unit_id,
            arrival.arrival_id,
            describe(error),
        )
