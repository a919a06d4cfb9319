"""The look of our workbooks, and the file they are written into.

This module owns fonts, colours, the named looks and an .xlsx in memory whose bytes
depend on nothing but what was put in. It refuses to know what is written.

A look is a mapping of XlsxWriter format properties; looks are added up with ``|`` and
made into a format by `Book.look`, which makes each only once.
"""

from __future__ import annotations

import datetime as dt
import io
from typing import Final

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from sheetflow.findings import Severity
from sheetflow.periods import OFFICE_ZONE

_AT_HAND = 256

Look = dict[str, str | int | float | bool]
"""Format properties; never changed in place."""

SONG, HEI = "宋体", "黑体"

INK, FAINT_INK, LINE = "#000000", "#7F7F7F", "#808080"
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
LOCKED: Final[Look] = {"locked": True}

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
PERCENT_NUMBER: Final[Look] = {"num_format": "0.0%"}
DAY_NUMBER: Final[Look] = {"num_format": "yyyy-mm-dd"}
MOMENT_NUMBER: Final[Look] = {"num_format": "yyyy-mm-dd hh:mm"}

LINK: Final[Look] = {"font_color": "#0563C1", "underline": 1}


class Book:
    """An .xlsx in memory: the same calls give the same bytes.

    Text never becomes a formula, a link or a number. `stamp` is the only time inside.
    With a `folder`, finished rows wait there and not in memory: each sheet's rows must then
    come from top to bottom.
    """

    def __init__(self, title: str, stamp: dt.datetime, folder: str = "") -> None:
        self._bytes = io.BytesIO()
        self.file = xlsxwriter.Workbook(
            self._bytes,
            {
                **({"constant_memory": True, "tmpdir": folder} if folder else {"in_memory": True}),
                "strings_to_formulas": False,
                "strings_to_urls": False,
                "strings_to_numbers": False,
                "default_format_properties": {"font_name": SONG, "font_size": 11},
            },
        )
        self.file.set_properties({"title": title, "created": _local(stamp)})
        self._at_hand: dict[int, tuple[Look, Format]] = {}
        self._formats: dict[tuple[tuple[str, str | int | float | bool], ...], Format] = {}

    def sheet(self, title: str) -> Worksheet:
        """Add a sheet called `title` behind the others."""
        return self.file.add_worksheet(title)

    def look(self, look: Look) -> Format:
        """Give the format of `look`, made only once."""
        known = self._at_hand.get(id(look))
        if known is not None:
            return known[1]
        found = self._made(look)
        if len(self._at_hand) < _AT_HAND:  # the object is kept, so that its id stays its own
            self._at_hand[id(look)] = (look, found)
        return found

    def _made(self, look: Look) -> Format:
        key = tuple(look.items())
        found = self._formats.get(key)
        if found is None:
            found = self._formats[key] = self.file.add_format(dict(look))
        return found

    def close(self) -> bytes:
        """Finish the file and give its bytes."""
        self.file.close()
        return self._bytes.getvalue()


def _local(stamp: dt.datetime) -> dt.datetime:
    """Give `stamp` as the clock on the office's wall shows it."""
    return (stamp.astimezone(OFFICE_ZONE) if stamp.tzinfo else stamp).replace(tzinfo=None)
