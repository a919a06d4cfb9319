"""The marks of the language: what a word, a label, a title and a text in quotes look like.

Full-width marks outside [ ], 《》 and quotes are read as half-width ones of the same length, so that a
place in what is read is the same place in what was typed.
"""

from __future__ import annotations

import re

from sheetflow.lookalikes import SPACES

_LETTER = r"(?:(?![且或])\w)"
NO_MORE = rf"(?!{_LETTER})"
"""Stands behind a word: 真 is one, 真假 begins another."""

WORD = rf"(?![0-9且或非]){_LETTER}+"
"""A plain name. 且 and 或 end it wherever they stand, 非 begins none: such names go in 《》."""
LABEL = r"[\[［][^\[\]［］]*[\]］]"
TITLE = r"《[^《》]*》"
STRING = r"[\"＂][^\"＂]*[\"＂]|[“”][^“”]*[“”]"

FAR = "]."
"""Joins the labels of a cell that goes through more references than one: no label has it."""

ALIASES = {"COUNT": "计数", "SUM": "合计"}
RESERVED = frozenset({"真", "假", "本栏", "本行", "上期"})
_LATIN = frozenset({"AND", "OR", "NOT", "TRUE", "FALSE"})

_KEPT = re.compile(f"{LABEL}|{TITLE}|{STRING}")
_ELSE = str.maketrans(
    {
        **{chr(code): chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F)},
        **dict.fromkeys(SPACES, " "),
        "、": ",",
        "×": "*",
        "÷": "/",
        "−": "-",
        "－": "-",
        "〔": "(",
        "〕": ")",
    }
)
_PLAIN = re.compile(WORD)


def half_width(text: str) -> str:
    """Read full-width marks as half-width ones, and drop a leading =; no character changes its place."""
    made, end = [], 0
    for kept in _KEPT.finditer(text):
        made += [text[end : kept.start()].translate(_ELSE), kept.group()]
        end = kept.end()
    read = "".join([*made, text[end:].translate(_ELSE)])
    bare = read.lstrip(" ")
    return read.replace("=", " ", 1) if bare.startswith("=") else read


def is_plain(name: str) -> bool:
    """Whether a name can be written without 《》."""
    taken = name in RESERVED or name.upper() in {*_LATIN, *ALIASES}
    return bool(_PLAIN.fullmatch(name)) and not taken


def quoted(text: str) -> str | None:
    """Put a text in quotes that do not stand in it; None where both kinds do."""
    if not set(text) & set('"＂'):
        return f'"{text}"'
    return None if set(text) & set("“”") else f"“{text}”"
