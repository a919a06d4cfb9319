"""A campaign workbook as a file: ten sheets that an office fills in, and a page that says how.

Its bytes depend on nothing but the rows. This module owns what the sheets have in common with each
other; one sheet is `definition_sheet`. It refuses to know what a campaign is.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence

from sheetflow.definition.layout import ACTIVITY, FIRST_ROW, LEVELS, PARTS, Listed, Part, Rows
from sheetflow.workbook import column_letters
from sheetflow.writing.definition_guide import write_guide
from sheetflow.writing.definition_sheet import DefinitionSheet
from sheetflow.writing.xlsx_book import Book

LAST_ROW = 500
"""Drop-downs reach down to here."""
_NO_DAY = dt.datetime(2012, 1, 1)  # noqa: DTZ001 - the same in every file: it tells nothing
_NAMED_IN: Mapping[Listed, tuple[str, str]] = {
    Listed.FORMS: ("报表", "title"),
    Listed.SHEETS: ("工作表", "title"),
}
"""Where the names stand that a drop-down may offer, by sheet and field."""


def write_definition(rows: Rows) -> bytes:
    """Write a campaign workbook; equal rows give equal bytes.

    `rows` are by sheet title and field, as `exporting.campaign` gives them; a sheet that is not there is empty.
    """
    title = next(
        (
            str(row.get("value", ""))
            for row in rows.get(ACTIVITY.title, ())
            if row["item"] == "活动名称"
        ),
        "",
    )
    book = Book(f"{title}活动定义", _NO_DAY)
    write_guide(book)
    levels = level_names(rows)
    for part in PARTS:
        fields = part.for_levels(levels)
        page = DefinitionSheet(book, part, fields, _lists(part, levels), LAST_ROW)
        page.write(rows.get(part.title, ()))
    return book.close()


def level_names(rows: Rows) -> tuple[str, ...]:
    """Give the names of the levels from the top to the bottom."""
    ranked = sorted(rows.get(LEVELS.title, ()), key=lambda row: int(str(row["rank"])))
    return tuple(str(row["name"]) for row in ranked)


def _lists(part: Part, levels: Sequence[str]) -> Mapping[Listed, str | list[str]]:
    """Give what drop-downs offer: the names that stand on other sheets, and those of the levels."""
    lists: dict[Listed, str | list[str]] = {Listed.LEVELS: list(levels)}
    titles = {each.title: each for each in PARTS}
    for listed, (title, name) in _NAMED_IN.items():
        names = [field.name for field in titles[title].for_levels(levels)]
        letters = column_letters(names.index(name) + 1)
        if title != part.title:
            lists[listed] = f"={title}!${letters}${FIRST_ROW}:${letters}${LAST_ROW}"
        else:
            lists[listed] = f"=${letters}${FIRST_ROW}:${letters}${LAST_ROW}"
    return lists
