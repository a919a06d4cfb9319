"""The looks of our workbooks: fonts, colours, formats of numbers.

A look is a mapping of XlsxWriter format properties; looks are added up with ``|`` and
made into a format by `Book.look`, which makes each only once. How much room words take is
computed here: widths in Excel's column units, heights in points.
"""

from __future__ import annotations

import math
import re
import unicodedata
from typing import Final

from sheetflow.findings import Severity
from sheetflow.schemas.cells import MOST_PLACES

Look = dict[str, str | int | float | bool]
"""Format properties; never changed in place."""

SONG, HEI = "宋体", "黑体"

FAINT_INK, LINE = "#7F7F7F", "#808080"
HEADER_FILL, LABEL_FILL = "#DCE6F1", "#F2F2F2"
REQUIRED_FILL, SETTLED_FILL, LOOKUP_FILL = "#FFF9D6", "#EDEDED", "#F2F2F2"
RED, ORANGE = "#C00000", "#C55A11"
SEVERITY_FILL: Final = {
    Severity.MUST: "#F8B4B0",
    Severity.VERIFY: "#FFD27F",
    Severity.NOTE: "#D6E9F8",
}

BODY: Final[Look] = {"font_name": SONG, "font_size": 11, "valign": "vcenter"}
BORDER: Final[Look] = {"border": 1, "border_color": LINE}
WRAP: Final[Look] = {"text_wrap": True}
CENTRE: Final[Look] = {"align": "center"}
RIGHT: Final[Look] = {"align": "right"}
BOLD: Final[Look] = {"bold": True}

TITLE: Final[Look] = {"font_name": HEI, "font_size": 18, "align": "center", "valign": "vcenter"}
SUBTITLE: Final[Look] = BODY | CENTRE
NOTE: Final[Look] = BODY | WRAP | {"align": "left", "font_color": "#404040"}
HEADING: Final[Look] = {"font_name": HEI, "font_size": 13, "valign": "vcenter"}
PARAGRAPH: Final[Look] = BODY | WRAP | {"align": "left", "valign": "top"}
HEADER: Final[Look] = BODY | BORDER | WRAP | CENTRE | BOLD | {"bg_color": HEADER_FILL}
LABEL: Final[Look] = BODY | BORDER | WRAP | {"bg_color": LABEL_FILL}
CELL: Final[Look] = BODY | BORDER | WRAP
HINT: Final[Look] = CELL | {"font_color": "#595959", "font_size": 10}

TEXT_NUMBER: Final[Look] = {"num_format": "@"}
WHOLE_NUMBER: Final[Look] = {"num_format": "#,##0"}
MONEY_NUMBER: Final[Look] = {"num_format": "#,##0.00"}


def number_look(places: int) -> Look:
    """Give the format of numbers with so many decimals, all of them shown."""
    return {"num_format": "#,##0" + ("." + "0" * places if places else "")}


PERCENT_NUMBER: Final[Look] = {"num_format": "0.0%"}
DAY_NUMBER: Final[Look] = {"num_format": "yyyy-mm-dd"}
MOMENT_NUMBER: Final[Look] = {"num_format": "yyyy-mm-dd hh:mm"}
SHORT_NUMBER: Final[Look] = {"num_format": "mm-dd hh:mm"}
"""A time of this year, where room is dear."""
SECOND_NUMBER: Final[Look] = {"num_format": "yyyy-mm-dd hh:mm:ss"}
DURATION_NUMBER: Final[Look] = {"num_format": "[h]:mm:ss"}

LINK: Final[Look] = {"font_color": "#0563C1", "underline": 1}

SMALL: Final[Look] = {"font_size": 10}
TEXT: Final[Look] = BODY | BORDER | SMALL
CENTRED: Final[Look] = TEXT | CENTRE
WRAPPED: Final[Look] = TEXT | WRAP
FIGURE: Final[Look] = TEXT | RIGHT | WHOLE_NUMBER
MONEY: Final[Look] = TEXT | RIGHT | MONEY_NUMBER
PERCENT: Final[Look] = TEXT | RIGHT | PERCENT_NUMBER
DECIMAL: Final[Look] = TEXT | RIGHT | {"num_format": "0.00"}
DAY: Final[Look] = CENTRED | DAY_NUMBER

BY_PLACES: Final = tuple(TEXT | RIGHT | number_look(places) for places in range(MOST_PLACES + 1))
"""The looks of figures by their decimals."""

DETAIL_LOOKS: Final = (TEXT, WRAPPED, FIGURE, MONEY, DAY, BY_PLACES[1], *BY_PLACES[3:])
"""The looks of detail rows, which bear the style numbers 1, 2, … in every streamed workbook."""


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
