"""What the accepted workbooks of a unit tell of it: its book before a period, and after.

Books of units that were merged into it stand in the first of its own that follows.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from sheetflow.consolidation.figures import add_totals
from sheetflow.periods import Period
from sheetflow.schemas.book import Earlier
from sheetflow.schemas.campaign import Campaign
from sheetflow.schemas.cells import Key
from sheetflow.schemas.documents import load_rows
from sheetflow.schemas.forms import Form
from sheetflow.schemas.indicators import Figures
from sheetflow.schemas.keys import with_unit
from sheetflow.schemas.parsing import Value
from sheetflow.schemas.sheets import Kind


@dataclass(frozen=True, slots=True, kw_only=True)
class PastBook:
    """An accepted workbook of the unit: its books' rows as JSON by sheet, its 累计 by code.

    `ended` is the unit merged into this one whose workbook it was (empty: the unit's own),
    `since` the first period for which this one answers for it.
    """

    form: str
    period: str
    receipt: str
    rows: Mapping[str, str]
    totals: Figures
    ended: str = ""
    since: str = ""


def earlier_book(
    campaign: Campaign, past: tuple[PastBook, ...], form: str, period: Period
) -> Earlier | None:
    """Give the last accepted book before `period` in the same year.

    Books of units that were merged into this one stand in it, their keys with the old
    unit before them, until a book of its own has taken them over.
    """
    declared = campaign.by_key[form]
    before = {entry.period_id: entry for entry in period.year_so_far if entry != period}
    books = [book for book in past if book.form == form and book.period in before]
    own = [book for book in books if not book.ended]
    last = max(own, key=lambda book: before[book.period], default=None)
    heirlooms = [
        max((book for book in books if book.ended == ended), key=lambda book: before[book.period])
        for ended in dict.fromkeys(book.ended for book in books if book.ended)
    ]
    taken = [
        book
        for book in heirlooms
        if (since := declared.period(book.since)) <= period
        and (last is None or before[last.period] < since)
    ]
    standing = [last] if last else []
    if not standing and not taken:
        return None
    joined = _joined(declared, [*standing, *taken])
    return replace(joined, reached=_reached(declared, own))


def later_books(
    campaign: Campaign, past: tuple[PastBook, ...], form: str, period: Period
) -> tuple[Earlier, ...]:
    """Give the unit's own books accepted for later periods of the same year, in order."""
    own = {book.period: book for book in past if book.form == form and not book.ended}
    return tuple(
        _joined(campaign.by_key[form], [own[later.period_id]])
        for later in period.rest_of_year
        if later.period_id in own
    )


def _reached(form: Form, books: Sequence[PastBook]) -> dict[str, int]:
    """How far the numbers of each sheet's keys have come, whether their rows stand or are gone."""
    reached: dict[str, int] = {}
    for sheet in form.sheets:
        column = sheet.key_column
        # A ledger never loses a row: its last book holds every number.
        if column is None or sheet.kind is not Kind.STOCK or not isinstance(column.type, Key):
            continue
        for book in books:
            rows = load_rows(sheet, book.rows[sheet.key]) if sheet.key in book.rows else ()
            numbers = [column.type.number(row.get(column.key)) for row in rows]
            reached[sheet.key] = max(reached.get(sheet.key, 0), *numbers, 0)
    return reached


def _joined(form: Form, books: Sequence[PastBook]) -> Earlier:
    """Put the first book and those taken over into one; 累计 are added, ratios made anew."""
    rows: dict[str, list[dict[str, Value]]] = {}
    for book in books:
        for key, text in book.rows.items():
            if key not in form.by_key:
                continue
            sheet = form.by_key[key]
            for row in load_rows(sheet, text):
                kept = with_unit(form, sheet, book.ended, row) if book.ended else row
                rows.setdefault(key, []).append(kept)
    first = books[0]
    totals = first.totals if len(books) == 1 else add_totals(form, [book.totals for book in books])
    return Earlier(form.period(first.period), first.receipt, rows, totals)
