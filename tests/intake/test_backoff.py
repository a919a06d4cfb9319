"""Trouble is retried for ever, ever less often."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sheetflow.intake.backoff import BackOff

if TYPE_CHECKING:
    from tests.intake.conftest import WoundClock


def test_waits_double_up_to_the_ceiling_and_never_end(clock: WoundClock) -> None:
    """A share that is away for a week is tried every five minutes, and never given up."""
    trouble = BackOff(clock)
    assert [trouble.failed("a") for _ in range(9)] == [2, 4, 8, 16, 32, 64, 128, 256, 300]
    for _ in range(5_000):
        last = trouble.failed("a")
    assert (last, trouble.failures("a")) == (300, 5_009)


def test_each_work_waits_for_itself(clock: WoundClock) -> None:
    """One unit's trouble does not make another wait."""
    trouble = BackOff(clock)
    trouble.failed("a")
    assert (trouble.is_due("a"), trouble.is_due("b")) == (False, True)
    clock.now += 2
    assert trouble.is_due("a")


def test_success_forgets_the_failures(clock: WoundClock) -> None:
    """After it worked once, the next trouble is retried soon again."""
    trouble = BackOff(clock)
    trouble.failed("a")
    trouble.failed("a")
    trouble.succeeded("a")
    assert (trouble.is_due("a"), trouble.failures("a"), trouble.failed("a")) == (True, 0, 2)
