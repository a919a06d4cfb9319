"""What is wrong with an expression, as values: collected, never raised.

This module owns their shape, and how a place in a text is named.
"""

from __future__ import annotations

from dataclasses import dataclass

_MOST_QUOTED = 12


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong: the whole sentence, and the likely word where one is near.

    `at` is the character from which on it cannot be understood, from 1.
    """

    at: int
    message: str
    likely: str = ""


class Faults(tuple[Fault, ...]):
    """All that is wrong with one text, in its order: what is given instead of what it should say."""

    __slots__ = ()


def spot(text: str, at: int) -> str:
    """Name a place in a text: 第26个字符“（到此为止）”."""
    rest = text[at - 1 :].strip()
    shown = rest if len(rest) <= _MOST_QUOTED else f"{rest[:_MOST_QUOTED]}…"
    return f"第{at}个字符“{shown or '（到此为止）'}”"
