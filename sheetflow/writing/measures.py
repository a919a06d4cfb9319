"""How much room words take: widths in Excel's column units, heights in points.

Excel fits no row that holds merged cells, so those heights are computed here.
"""

from __future__ import annotations

import math
import re
import unicodedata

LINE_HEIGHT = 16.5
"""Points of one line of 11 pt text."""


TALLEST = 400.0
"""Excel draws no row taller than 409 points."""


_SURELY_WIDE = re.compile(
    "[\u4e00-\u9fff\u3001-\u303e\uff01-\uff60\u2018\u2019\u201c\u201d\u2026]+"
)
"""What Chinese text mostly consists of, taken away a run at a time: asking each character takes long."""


def text_width(text: str) -> int:
    """Give the width of `text`: 1 for a half-width character, 2 for a Chinese one."""
    rest = _SURELY_WIDE.sub("", text)
    width = 2 * (len(text) - len(rest))
    if rest.isascii():
        return width + len(rest)
    return width + sum(2 if unicodedata.east_asian_width(mark) in "WFA" else 1 for mark in rest)


def lines_of(text: str, width: float) -> int:
    """Count the lines that `text` takes in a column `width` wide."""
    room = max(2.0, width - 1)
    if 2 * len(text) <= room and "\n" not in text:  # however wide its characters are
        return 1
    return sum(max(1, math.ceil(text_width(line) / room)) for line in text.split("\n"))


def height_of(text: str, width: float, line: float = LINE_HEIGHT) -> float:
    """Give the points that `text` takes in a column `width` wide."""
    return lines_of(text, width) * line + 3


def clipped(text: str, most: int) -> str:
    """Shorten help that a dialogue box limits to `most` characters."""
    return text if len(text) <= most else text[: most - 1] + "…"
