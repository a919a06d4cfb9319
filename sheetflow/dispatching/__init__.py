"""Work handed to other machines: what the children do, queued in the database that all of them share.

`far_pool` takes the place of the pool of children in the one process that decides and writes, `leading` sees that it is one; `worker`
serves it from any machine. Truth stays where it was: a call is only work to be done, and its loss or its repetition costs
time alone. The queue is procrastinate's. Nothing above this package knows whether there are other machines.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING

from sheetflow.errors import StoreError
from sheetflow.store import NO_DRIVER, told_of

if TYPE_CHECKING:
    from sheetflow.dispatching.calls import Machine, Queued


def leading(
    place: Path | str, is_stopping: Callable[[], bool], tell: Callable[[str], None]
) -> AbstractContextManager[Callable[[], bool]]:
    """Wait until nobody else leads; give what tells whether this process leads no longer (see `leading`)."""
    if isinstance(place, Path):
        return nullcontext(is_stopping)
    check_driver()
    from sheetflow.dispatching.lead import lead

    return lead(place, is_stopping, tell)


def alone(place: Path | str) -> AbstractContextManager[None]:
    """Be who leads meanwhile; raise WorkspaceError at once where another does, on whatever machine."""
    if isinstance(place, Path):
        return nullcontext()
    check_driver()
    from sheetflow.dispatching.lead import lead_alone

    return lead_alone(place)


def who_serves(place: str) -> tuple[list[Machine], Queued]:
    """Give who takes part, and what waits; raise StoreError where the database does not answer."""
    check_driver()
    import psycopg

    from sheetflow.dispatching.calls import connected, count_waiting, find_machines

    try:
        with connected(place) as connection:
            return find_machines(connection), count_waiting(connection)
    except psycopg.Error as error:
        raise told_of(place, error) from None


def forget_all(place: Path | str) -> None:
    """Leave nothing of what was asked or answered: whoever is alone waits for none of it."""
    if isinstance(place, Path):
        return
    check_driver()
    import psycopg

    from sheetflow.dispatching.calls import connected, empty

    try:
        with connected(place) as connection:
            empty(connection)
    except psycopg.Error as error:
        raise told_of(place, error) from None


def check_driver() -> None:
    """Raise StoreError where what several machines need is not installed here."""
    try:
        import procrastinate  # noqa: F401 - only whether each is there
        import psycopg  # noqa: F401
        import psycopg_pool  # noqa: F401
    except ImportError as error:
        raise StoreError(NO_DRIVER) from error
