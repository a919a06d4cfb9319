"""Figures over periods and up the chain; and what a unit's accepted workbooks tell of it.

Flows add their periods, ledgers and stocks stand as last accepted, ratios are made from parts at
every level. Nothing accepted in a period adds nothing to 本期; the last 累计 and 期末数 stand.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from sheetflow.periods import Period
from sheetflow.schemas.book import Earlier
from sheetflow.schemas.campaign import Campaign
from sheetflow.schemas.cells import Key
from sheetflow.schemas.documents import load_rows
from sheetflow.schemas.forms import Form
from sheetflow.schemas.indicators import Figures, Number, Ratio, Values, plain
from sheetflow.schemas.merged_keys import with_unit
from sheetflow.schemas.parsing import Value
from sheetflow.schemas.sheets import Kind

Measured = Mapping[str, Figures]
"""What one unit's accepted workbooks measured, by period id, then by code."""


@dataclass(frozen=True, slots=True)
class Merged:
    """What a unit that has ended measured, and the first period for which its heir answers."""

    measured: Measured
    since: Period


def unit_figures(
    form: Form, period: Period, own: Measured, merged: Sequence[Merged] = ()
) -> dict[str, Values]:
    """Give one unit's figures for `period`, counting those of units merged into it.

    What `merged` units did in earlier periods stays done. Their books stand until a
    workbook of the unit itself has taken them over, and are never counted beside it.
    """
    now = own.get(period.period_id)
    earlier = [
        measured[entry.period_id]
        for measured in (own, *(other.measured for other in merged))
        for entry in period.year_so_far[:-1]
        if entry.period_id in measured
    ]
    before = _standing(period.previous, own, merged) if period.previous else []
    standing = _standing(period, own, merged)
    values: dict[str, Values] = {}
    for indicator in form.indicators:
        code, kind = indicator.code, form.kinds[indicator.code]
        if indicator.is_ratio:
            continue
        if indicator.source.when_absent is not None:
            # A unit has it whether it reports or not; an ended unit has none.
            absent = indicator.source.when_absent
            values[code] = Values(None, None, absent if now is None else now.get(code))
        elif kind is Kind.FLOW:
            previous = _total(figures.get(code) for figures in earlier)
            current = None if now is None else now.get(code)
            values[code] = Values(previous, current, _total((previous, current)))
        elif indicator.source.draws_on:
            values[code] = _book(code, kind, now, before, standing)
        else:  # what counts units has no part of a unit that is none any longer
            values[code] = _book(code, kind, now, before[:1], standing[:1])
    return _with_ratios(form, values)


def _standing(period: Period, own: Measured, merged: Sequence[Merged]) -> list[Figures]:
    """The unit's last figures up to `period`, then those of books not taken over by then."""
    last = _last(period, own)
    standing: list[Figures] = [own[last.period_id] if last else {}]
    for other in merged:
        theirs = _last(period, other.measured)
        if theirs and (last is None or last < other.since):
            standing.append(other.measured[theirs.period_id])
    return standing


def _last(period: Period, measured: Measured) -> Period | None:
    so_far = reversed(period.year_so_far)
    return next((entry for entry in so_far if entry.period_id in measured), None)


def _book(
    code: str,
    kind: Kind,
    now: Figures | None,
    before: Sequence[Figures],
    standing: Sequence[Figures],
) -> Values:
    total = _total(figures.get(code) for figures in standing)
    # Of what a version does not ask for any longer, nothing is left to go on from.
    previous = None if total is None else _total(figures.get(code) for figures in before)
    gained = None
    if kind is Kind.LEDGER and now is not None and total is not None:
        gained = plain(total - (previous or 0))
    return Values(previous, gained, total)


def add_up(form: Form, members: Iterable[Mapping[str, Values]]) -> dict[str, Values]:
    """Add the figures of several units; ratios are made from the sums."""
    listed = list(members)
    values = {
        indicator.code: Values(
            _total(member[indicator.code].previous for member in listed),
            _total(member[indicator.code].current for member in listed),
            _total(member[indicator.code].total for member in listed),
        )
        for indicator in form.indicators
        if not indicator.is_ratio
    }
    return _with_ratios(form, values)


def add_totals(form: Form, books: Sequence[Figures]) -> dict[str, Number]:
    """Add the 累计 and 期末数 of several books that become one; ratios are made from the sums."""
    members = [
        {entry.code: Values(None, None, book.get(entry.code)) for entry in form.indicators}
        for book in books
    ]
    return {code: values.total for code, values in add_up(form, members).items()}


def _with_ratios(form: Form, values: dict[str, Values]) -> dict[str, Values]:
    """Put every ratio in its place, made from its parts."""
    complete: dict[str, Values] = {}
    for indicator in form.indicators:
        if isinstance(indicator.source, Ratio):
            above = values[indicator.source.numerator]
            below = values[indicator.source.denominator]
            previous = Ratio.quotient(above.previous, below.previous)
            total = Ratio.quotient(above.total, below.total)
            complete[indicator.code] = Values(previous, None, total)
        else:
            complete[indicator.code] = values[indicator.code]
    return complete


def _total(numbers: Iterable[Number]) -> Number:
    """Add what is there; None where nothing is (which is not 0)."""
    given = [number for number in numbers if number is not None]
    return plain(sum(given)) if given else None


@dataclass(frozen=True, slots=True, kw_only=True)
class PastBook:
    """An accepted workbook of the unit: its books' rows as JSON by sheet, its 累计 by code.

    `ended` is the unit merged into this one whose workbook it was (empty: the unit's own),
    `since` the first period for which this one answers for it. `within` is the period in which it ended, where
    the workbook for that says whether it is reported in it.
    """

    form: str
    period: str
    receipt: str
    rows: Mapping[str, str]
    totals: Figures
    ended: str = ""
    since: str = ""
    within: str = ""


def taking_over(
    past: tuple[PastBook, ...], form: str, period: Period, *, is_taken: bool
) -> tuple[PastBook, ...]:
    """Give the past as a workbook for `period` has it: units that ended within are reported in it, or are not."""
    asked = [book.form == form and book.within == period.period_id for book in past]
    return tuple(
        replace(book, since=period.period_id) if is_within else book
        for book, is_within in zip(past, asked, strict=True)
        if is_taken or not is_within
    )


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


def newest_book(campaign: Campaign, past: tuple[PastBook, ...], form: str) -> Earlier | None:
    """Give the unit's last accepted book of a form, whichever year it is of.

    With it stand the last ones of units merged into it that no book of its own has taken over.
    """
    declared = campaign.by_key[form]
    last: dict[str, PastBook] = {}
    for book in (book for book in past if book.form == form):
        known = last.get(book.ended)
        if known is None or declared.period(known.period) < declared.period(book.period):
            last[book.ended] = book
    own = last.pop("", None)
    taken = [
        book
        for book in last.values()
        if own is None or declared.period(own.period) < declared.period(book.since)
    ]
    standing = [*([own] if own else []), *taken]
    return _joined(declared, standing) if standing else None


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
