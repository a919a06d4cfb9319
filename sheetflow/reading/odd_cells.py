"""Writes odd cells so that calamine reads them as every office program does.

This module owns the few ways in which one cell brings calamine to another value, or to
giving up a whole workbook: blanks around a number, a number of which no date can be made in
a format for dates, an error value it does not know. A cell is changed in the XML that goes
to calamine, and nowhere else. It refuses references to no text of the table.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from html import escape

from sheetflow.errors import UnreadableError

Edit = tuple[int, int, bytes]
"""From where to where in the part other bytes are to stand, and which."""

CLASSIC_ERRORS = frozenset({"#DIV/0!", "#N/A", "#NAME?", "#NULL!", "#NUM!", "#REF!", "#VALUE!", ""})
_FIRST_SERIAL, _SERIAL_AFTER_LAST = 0.0, 2958466.0
"""Day 0 and the day after 9999-12-31; no office program shows a date for a number beyond."""
_STYLE = re.compile(rb"\ss\s*=\s*(?:\"[^\"]*\"|'[^']*')")


def edits_of(
    part: bytes, tag_at: int, attributes: Mapping[str, str], value: str, span: tuple[int, int]
) -> Iterable[Edit]:
    """Give what has to change in one cell with a value.

    The cell's tag begins at `tag_at`; `value` stands from `span`'s first to its last byte.
    Raise UnreadableError (file-damaged) for a reference that is no number of a text.
    """
    kind = attributes.get("t", "n")
    if kind == "inlineStr" and value:
        raise UnreadableError("file-damaged")  # its text stands elsewhere, and this would be lost
    if kind in ("str", "inlineStr"):
        return
    bare = value.strip()
    if kind == "s" and not (bare.isascii() and bare.isdigit()):
        raise UnreadableError("file-damaged")
    if kind != "e" and "&" in bare:
        raise UnreadableError("file-damaged")  # calamine would read what stands before it
    if kind == "e" and bare not in CLASSIC_ERRORS:
        bare = "#N/A"
    written = escape(bare, quote=False).encode()
    if written != part[slice(*span)]:
        yield (*span, written)
    if bare and kind == "n" and "s" in attributes and not _text_may_be_day(bare):
        tag = part[tag_at : part.find(b">", tag_at)]
        yield (tag_at, tag_at + len(tag), _STYLE.sub(b"", tag, count=1))


def mended(part: bytes, edits: Iterable[Edit]) -> bytes:
    """Give `part` with its `edits` made."""
    pieces: list[bytes] = []
    done = 0
    for start, end, written in sorted(edits):
        pieces += (part[done:start], written)
        done = end
    return b"".join((*pieces, part[done:]))


def may_be_day(number: float) -> bool:
    """Whether a date or time can be made of `number`."""
    return _FIRST_SERIAL <= number < _SERIAL_AFTER_LAST


def _text_may_be_day(text: str) -> bool:
    try:
        return may_be_day(float(text))
    except ValueError:
        return False
