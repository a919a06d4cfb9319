"""Whom a superior rings: the two cells of each unit's own cover that name who filled it in, and a number.

Which cells those are the form's cover declares; how much of them a level sees, its masks. They
stand on boards alone: no mail and no log gets them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from sheetflow.consolidation.accepted import Books
from sheetflow.consolidation.contents import BoardData
from sheetflow.masks import MaskPolicy, mask_value
from sheetflow.schemas.columns import Mask
from sheetflow.schemas.parsing import Value
from sheetflow.units import Unit

Contact = tuple[str, str]
"""Who filled in a workbook, and the telephone number, as far as the reader sees them."""


def with_contacts(books: Books, board: BoardData, policy: MaskPolicy) -> BoardData:
    """Give a board with whom its reader rings about each unit, in the books' own period."""
    contacts = contacts_of(books, books.expected(board.unit), policy)
    period = books.period.period_id
    named = {
        (unit_id, period): replace(row, preparer=contacts[unit_id][0], phone=contacts[unit_id][1])
        for unit_id in contacts
        if (row := board.cells.get((unit_id, period)))
    }
    return replace(board, cells={**board.cells, **named}) if named else board


def contacts_of(books: Books, units: Iterable[Unit], policy: MaskPolicy) -> Mapping[str, Contact]:
    """Give by unit id what the newest accepted cover of the year so far says."""
    cover, sheet = books.form.cover, books.form.cover_sheet
    columns = (cover.preparer, cover.phone)
    if not any(columns):
        return {}
    latest = (books.latest(member.unit_id) for member in units)
    standing = [accepted for accepted in latest if accepted]
    looks = {key: (mask, held) for key, mask, held in policy.plan(sheet)}

    def seen(row: Mapping[str, Value], key: str) -> str:
        mask, withheld = looks.get(key, (Mask.LEFT_OUT, None))
        value = None if withheld and withheld.holds(row) else mask_value(mask, row.get(key))
        return value if isinstance(value, str) else ""

    found: dict[str, Contact] = {}
    for accepted, rows in books.rows_of(sheet.key, standing):
        for row in rows[:1]:
            preparer, phone = (seen(row, key) for key in columns)
            if preparer or phone:
                found[accepted.unit_id] = (preparer, phone)
    return found
