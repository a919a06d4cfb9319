"""What is said and done about trouble."""

from __future__ import annotations

from sheetflow.errors import wait_after


def test_waits_double_up_to_the_longest_and_never_end() -> None:
    """A share that is away for a week is tried every five minutes, and never given up."""
    waits = [wait_after(failures).total_seconds() for failures in range(1, 10)]
    assert waits == [2, 4, 8, 16, 32, 64, 128, 256, 300]
    assert wait_after(5_000).total_seconds() == 300
