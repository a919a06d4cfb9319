"""The hidden sheet that says what a workbook is, and the same as defined names.

Plainly hidden, not more: other office programs drop what is hidden deeper. Long lists
of words for drop-downs stand there too, to the right.
"""

from __future__ import annotations

from sheetflow.schemas.layout import STAMP_KEYS, STAMP_NAME, STAMP_SHEET, quoted
from sheetflow.workbook import column_letters
from sheetflow.writing.blank.context import Work
from sheetflow.writing.blank.inputs import long_lists
from sheetflow.writing.styles import BODY, TEXT_NUMBER

_FIRST_LIST = 4


def place_lists(work: Work) -> None:
    """Decide where the long lists will stand, before the sheets that use them are written."""
    for number, options in enumerate(long_lists(work.sheets), start=_FIRST_LIST):
        letters = column_letters(number)
        work.lists[options] = f"={quoted(STAMP_SHEET)}!${letters}$1:${letters}${len(options)}"


def write_stamp(work: Work) -> None:
    """Write the stamp into cells and defined names, and the long lists."""
    target = work.book.sheet(STAMP_SHEET)
    look = work.book.look(BODY | TEXT_NUMBER)
    for row, key in enumerate(STAMP_KEYS):
        value = getattr(work.filling.stamp, key)
        target.write_string(row, 0, key, look)
        target.write_string(row, 1, value, look)
        work.book.file.define_name(STAMP_NAME.format(key=key), f'="{value}"')
    for column, options in enumerate(work.lists, start=_FIRST_LIST - 1):
        for row, option in enumerate(options):
            target.write_string(row, column, option, look)
    target.hide()
