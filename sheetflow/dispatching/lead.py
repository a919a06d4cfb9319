"""One coordinator at a time: a second one stands by, and takes over when the first one is gone.

Who leads holds a lock of the database's, which the server lets go of with the connection. An office with a file needs
none: `context.running` sees to it.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from functools import partial
from typing import Any

import psycopg

from sheetflow.dispatching.calls import conninfo
from sheetflow.errors import StoreBusyError, WorkspaceError
from sheetflow.store import SOON_MISSED, told_of

_LOG = logging.getLogger("sheetflow")
_LEADING = "sheetflow leading"
_KEY = "hashtextextended(current_schema() || %s, 0)"
_ASK_SECONDS, _SLICE_SECONDS = 5.0, 0.25
_STANDING_BY = "另一台电脑正在值守，这里待命：它停下以后，这里接着值守。"
_ANOTHER_LEADS = (
    "另一个 sheetflow 正在这个数据库上值守或处理（可能在别的电脑上），没有做。"
    "请等它结束，或先停下那边的服务；谁在值守用 status --machines 看。"
)


@contextmanager
def lead(
    place: str, is_stopping: Callable[[], bool], tell: Callable[[str], None]
) -> Iterator[Callable[[], bool]]:
    """Wait until nobody else leads; give what tells whether this one leads no longer.

    `tell` hears that another one leads, or that the database cannot be reached. It ends at once where `is_stopping`.
    """
    connection, trouble = _tried(place)
    told = ""
    while connection is None and not is_stopping():
        if trouble != told:
            _LOG.warning("the lead is waited for: %s", trouble)
            tell(trouble)
            told = trouble
        _pause(is_stopping)
        connection, trouble = _tried(place)
    if connection is None:
        yield is_stopping
        return
    with closing(connection):
        yield partial(_is_over, connection, is_stopping)


@contextmanager
def lead_alone(place: str) -> Iterator[None]:
    """Lead meanwhile; raise WorkspaceError where another one does, StoreError where nobody can be asked."""
    connection = _connected(place)
    if connection is None:
        raise WorkspaceError(_ANOTHER_LEADS)
    with closing(connection):
        yield


def _tried(place: str) -> tuple[psycopg.Connection[Any] | None, str]:
    """Give the connection that holds the lead, or why there is none."""
    try:
        return _connected(place), _STANDING_BY
    except StoreBusyError as away:
        return None, str(away)


def _connected(place: str) -> psycopg.Connection[Any] | None:
    """Give the connection that holds the lead; None where another one does."""
    try:
        connection = psycopg.connect(conninfo(place), autocommit=True)
        try:
            for statement in SOON_MISSED:
                connection.execute(statement)
            if _may_lead(connection):
                return connection
        except BaseException:
            connection.close()
            raise
        connection.close()
    except psycopg.Error as error:
        raise told_of(place, error) from None
    return None


def _may_lead(connection: psycopg.Connection[Any]) -> bool:
    row = connection.execute(f"SELECT pg_try_advisory_lock({_KEY})", (_LEADING,)).fetchone()
    return bool(row and row[0])


def _is_over(connection: psycopg.Connection[Any], is_stopping: Callable[[], bool]) -> bool:
    """Whether this one is to stop, or leads no longer."""
    if is_stopping():
        return True
    try:
        connection.execute("SELECT 1")
    except psycopg.Error:
        _LOG.warning("the lead is lost: the database is gone")
        return True
    return False


def _pause(is_stopping: Callable[[], bool]) -> None:
    end = time.monotonic() + _ASK_SECONDS
    while not is_stopping() and time.monotonic() < end:
        time.sleep(_SLICE_SECONDS)
