"""What a column holds: a moment in time, a long text, a JSON document, as every database keeps them.

Refused are naive times. What comes back unreadable was damaged, and is told as such.
"""

from __future__ import annotations

import datetime as dt
import json
import zlib
from typing import Any

from sqlalchemy import Dialect, LargeBinary, String
from sqlalchemy.types import TypeDecorator

from sheetflow.errors import RESTORE, StoreDamagedError
from sheetflow.periods import OFFICE_ZONE
from sheetflow.schemas.documents import pack, unpack


class Moment(TypeDecorator[dt.datetime]):
    """An aware datetime as ISO text in UTC of one width; it comes back in the office's zone (+08:00)."""

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


class PackedJson(TypeDecorator[Any]):
    """A JSON document, compressed; NaN and infinity are none: better no commit than such a one."""

    impl = LargeBinary
    cache_ok = True

    def process_bind_param(self, value: Any | None, dialect: Dialect) -> bytes | None:  # noqa: ANN401 - JSON is anything
        """Write the document; mappings of any kind are objects."""
        del dialect
        if value is None:
            return None
        return pack(json.dumps(value, allow_nan=False, separators=(",", ":"), default=dict))

    def process_result_value(self, value: Any | None, dialect: Dialect) -> Any | None:  # noqa: ANN401 - JSON is anything
        """Read it back."""
        del dialect
        return None if value is None else read_json(unpacked(value))


def read_json(text: str) -> Any:  # noqa: ANN401 - JSON is anything
    """Read a document; what is none was damaged."""
    try:
        return json.loads(text)
    except (ValueError, TypeError) as error:
        raise unreadable() from error


def unreadable() -> StoreDamagedError:
    """Say that what lies in the database is not what was put there."""
    return StoreDamagedError(f"数据库里有读不出的内容，已经损坏。{RESTORE}")


def unpacked(packed: bytes) -> str:
    """Give back a compressed document; raise StoreDamagedError where it was damaged."""
    try:
        return unpack(packed)
    except (zlib.error, ValueError, TypeError) as error:
        raise unreadable() from error
