"""Cleaning of texts before they reach a mail.

Owns what a header and a line of a body may hold. Refuses to judge where a text
came from: all are cleaned alike, because a unit's name is typed by people too.
"""

from __future__ import annotations

import re
import unicodedata

HEADER_LENGTH = 160
"""Characters a header may have; a subject line is cut by mail programs long before."""

LINE_LENGTH = 400

_NONCHARACTER = 0xFFFE
_FIRST_NONCHARACTER_BLOCK = range(0xFDD0, 0xFDF0)

_NUMBERS = re.compile(
    r"(?<![0-9０-９A-Za-z])"
    r"(?:\d{17}[\dXxＸｘ]|\d{15}|[1１][3-9３-９]\d[-－ ]?\d{4}[-－ ]?\d{4})"
    r"(?![0-9０-９A-Za-z])"
)
"""Identity numbers (18 or 15 digits) and mobile numbers, half or full width."""

HIDDEN_NUMBER = "（号码已隐去）"


def clean_header(text: str, most: int = HEADER_LENGTH) -> str:
    r"""Make `text` safe as the value of a mail header, at most `most` characters.

    Line breaks and other white space become one space; control, bidirectional and other
    invisible characters and lone surrogates are left out; ``=?`` gets a full-width
    question mark, because Python 3.11 decodes an encoded word that it is given and so
    turns ``=?utf-8?q?R=0D=0ABcc:_v@e.com?=`` into a second header line.
    """
    return clean_line(text.replace("=?", "=？"), most)


def clean_line(text: str, most: int = LINE_LENGTH) -> str:
    """Make `text` one line of visible characters in NFC, cut with “…” after `most`."""
    visible = "".join(_kept(character) for character in unicodedata.normalize("NFC", text))
    # Leaving characters out may bring "=" and "?" together only now.
    line = " ".join(visible.split()).replace("=?", "=？")
    return line if len(line) <= most else line[: most - 1].rstrip() + "…"


def clean_quote(text: str, most: int = LINE_LENGTH) -> str:
    """Clean a sentence that may quote a cell: also no phone or identity number, no link.

    Rules never quote a personal cell; this is the second lock on the same door. Mail
    programs make a link of anything that looks like an address, so it must not.
    """
    line = _NUMBERS.sub(HIDDEN_NUMBER, clean_line(text, 4 * most))
    line = re.sub(r"(?i)\bwww\.", "www．", line.replace("://", "：//"))
    return clean_line(line, most)


def _kept(character: str) -> str:
    if character.isspace():
        return " "
    code = ord(character)
    noncharacter = code & _NONCHARACTER == _NONCHARACTER or code in _FIRST_NONCHARACTER_BLOCK
    # Cc controls, Cf bidi marks and other invisible ones, Cs lone surrogates.
    if noncharacter or unicodedata.category(character) in {"Cc", "Cf", "Cs"}:
        return ""
    return " " if unicodedata.category(character) in {"Zl", "Zp"} else character
