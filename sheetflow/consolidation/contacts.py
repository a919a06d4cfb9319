"""Whom a superior rings: the two cells of each unit's own cover that name who filled it in, and a number.

Which cells those are the form's cover declares; how much of them a level sees, its masks. They
stand on boards alone: no mail and no log gets them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from sheetflow.consolidation.accepted import Attempt
from sheetflow.consolidation.books import Books
from sheetflow.consolidation.contents import BoardData
from sheetflow.masks import MaskPolicy, mask_value
from sheetflow.schemas.book import Outcome
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
    """Give by unit id what the newest cover of the year so far says: an accepted one, or one returned since."""
    cover, sheet = books.form.cover, books.form.cover_sheet
    columns = (cover.preparer, cover.phone)
    if not any(columns):
        return {}
    members = [member.unit_id for member in units]
    latest = {unit_id: found for unit_id in members if (found := books.latest(unit_id))}
    returned = {unit_id: tried for unit_id in members if (tried := _returned(books, unit_id))}
    looks = {key: (mask, held) for key, mask, held in policy.plan(sheet)}

    def seen(row: Mapping[str, Value], key: str) -> str:
        mask, withheld = looks.get(key, (Mask.LEFT_OUT, None))
        value = None if withheld and withheld.holds(row) else mask_value(mask, row.get(key))
        return value if isinstance(value, str) else ""

    rows_of = books.rows_of(sheet.key, [*latest.values()])
    said = {accepted.unit_id: row for accepted, rows in rows_of for row in rows[:1]}
    since = books.covers_of([*returned.values()]) if returned else {}
    said |= {one: since[each.receipt] for one, each in returned.items() if each.receipt in since}
    told = {
        unit_id: (seen(row, columns[0]), seen(row, columns[1])) for unit_id, row in said.items()
    }
    return {unit_id: contact for unit_id, contact in told.items() if any(contact)}


def _returned(books: Books, unit_id: str) -> Attempt | None:
    """Give the unit's newest workbook of the year where that was returned."""
    periods = reversed(books.period.year_so_far)
    tried = (books.attempts.get((unit_id, period.period_id)) for period in periods)
    newest = next(filter(None, tried), None)
    return newest if newest and newest.outcome == Outcome.RETURNED else None
