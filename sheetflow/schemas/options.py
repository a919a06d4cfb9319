"""The words of a drop-down, and labels: when what was typed is one of them.

This module owns what people do not see as a difference between two such words; it refuses to
guess which one was meant where none fits.
"""

from __future__ import annotations

import re

from sheetflow.lookalikes import plain
from sheetflow.schemas.parsing import CellFault

_MOST_OPTIONS_LISTED = 12
_MOST_QUOTED = 20


def find_option(text: str, options: tuple[str, ...]) -> str | None:
    """Find `text` among `options`, look-alikes and spaces aside; None if absent."""
    if text in options:
        return text
    folded = fold(text)
    return next((option for option in options if fold(option) == folded), None)


def unknown_option(typed: str, options: tuple[str, ...]) -> CellFault:
    """Say that `typed` is none of `options`, and which there are."""
    shown = "、".join(options[:_MOST_OPTIONS_LISTED])
    return CellFault("choice-unknown", typed=typed[:_MOST_QUOTED], options=shown)


def fold(text: str) -> str:
    """Fold what people do not see as a difference: spaces, look-alikes, 台账 and 台帐."""
    text = re.sub(r"[\s*]+", "", plain(text))
    return text.replace("(", "（").replace(")", "）").replace("台账", "台帐")
