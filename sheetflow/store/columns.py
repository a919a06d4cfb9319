"""How values lie in the database: moments as sortable text, documents compressed.

This module owns the column types that the tables share. It refuses naive
times: a moment without a zone is a fault of the caller.
"""

from __future__ import annotations

import datetime as dt
import zlib
from typing import Any

from sqlalchemy import Dialect, LargeBinary, String
from sqlalchemy.types import TypeDecorator

from sheetflow.errors import RESTORE, StoreDamagedError
from sheetflow.periods import OFFICE_ZONE
from sheetflow.schemas.documents import pack, unpack


class Moment(TypeDecorator[dt.datetime]):
    """An aware datetime as ISO text in UTC, always of one width, so that text order is time order.

    It comes back in the office's zone (+08:00).
    """

    impl = String(32)
    cache_ok = True

    def process_bind_param(self, value: dt.datetime | None, dialect: Dialect) -> str | None:
        """Write `value`; raise ValueError when it bears no zone."""
        del dialect
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment needs a time zone")
        return value.astimezone(dt.UTC).isoformat(timespec="microseconds")

    def process_result_value(self, value: Any | None, dialect: Dialect) -> dt.datetime | None:  # noqa: ANN401 - the base class's signature
        """Read it back in the office's zone."""
        del dialect
        if value is None:
            return None
        try:
            return dt.datetime.fromisoformat(value).astimezone(OFFICE_ZONE)
        except (ValueError, TypeError, OverflowError) as error:
            raise unreadable() from error


class Compressed(TypeDecorator[str]):
    """A long text, compressed with zlib; it comes back exactly as it was handed in."""

    impl = LargeBinary
    cache_ok = True

    def process_bind_param(self, value: str | bytes | None, dialect: Dialect) -> bytes | None:
        """Compress the text, unless it comes packed."""
        del dialect
        return pack(value) if isinstance(value, str) else value

    def process_result_value(self, value: Any | None, dialect: Dialect) -> str | None:  # noqa: ANN401 - the base class's signature
        """Give the text back."""
        del dialect
        return None if value is None else unpacked(value)


def unreadable() -> StoreDamagedError:
    """Say that what lies in the database is not what was put there."""
    return StoreDamagedError(f"数据库里有读不出的内容，已经损坏。{RESTORE}")


def unpacked(packed: bytes) -> str:
    """Give back a compressed document; raise StoreDamagedError where it was damaged."""
    try:
        return unpack(packed)
    except (zlib.error, ValueError, TypeError) as error:
        raise unreadable() from error
