"""What publications are called.

This module owns file names that every system of an office can hold. It refuses to
touch the disk.
"""

from __future__ import annotations

import re
import unicodedata

MAX_NAME_BYTES = 200
"""In UTF-8; file systems hold 255, encrypted ones and some NAS fewer, and ``_新`` must fit."""

_RESERVED = re.compile(
    r"(con|prn|aux|nul|conin\$|conout\$|com[0-9¹²³]|lpt[0-9¹²³])(?=\.|$)", re.IGNORECASE
)
_FORBIDDEN = frozenset('\\/:*?"<>|')


def artefact_name(
    kind: str,
    folder: str,
    period: str | None = None,
    number: int | None = None,
    *,
    extension: str = "xlsx",
) -> str:
    """Build ``回执_370102-历下区_2012B1_第3号.xlsx``; parts that are None are left out.

    `folder` is a unit's folder or a unit's name; where the whole would be too long, only
    its end is cut (the unit's id stands at its start).
    """
    after = [part for part in (period, None if number is None else f"第{number}号") if part]
    ending = "".join(f"_{safe_name(part)}" for part in after) + f".{safe_name(extension)}"
    start = f"{safe_name(kind)}_"
    room = MAX_NAME_BYTES - len((start + ending).encode())
    return safe_name(start + _cut(safe_name(folder), room) + ending)


def safe_name(text: str) -> str:
    """Make `text` a file name for Windows, macOS and Linux alike.

    Separators and wildcards become ``_``, controls and invisible marks go, as do spaces
    and full stops at the ends; a name that Windows reserves (CON, LPT1) gets a ``_``.
    """
    text = "".join(
        "_" if char in _FORBIDDEN else char
        for char in unicodedata.normalize("NFC", text)
        if not unicodedata.category(char).startswith("C")
    )
    text = _cut(text.strip(" ").rstrip(". "), MAX_NAME_BYTES) or "_"
    return _RESERVED.sub(r"\1_", text, count=1) if _RESERVED.match(text) else text


def _cut(text: str, room: int) -> str:
    """Keep at most `room` bytes, never half a character."""
    return text.encode()[: max(room, 0)].decode(errors="ignore").rstrip(". ")
