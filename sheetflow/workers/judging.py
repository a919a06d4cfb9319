"""The task of judging one file: everything it needs goes in, everything it found comes out.

The child knows no database: the unit's history comes with the request. References into
other units' books are collected and handed back for the parent to look up.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import MappingProxyType

from sheetflow.consolidation.details import Whose
from sheetflow.consolidation.figures import add_totals
from sheetflow.findings import Explanation, Finding, Identity
from sheetflow.masks import MaskPolicy
from sheetflow.periods import Period
from sheetflow.schemas.campaign import Campaign
from sheetflow.schemas.cells import Key
from sheetflow.schemas.documents import (
    Indicators,
    as_kept,
    dump_figures,
    dump_rows,
    load_rows,
    pack,
)
from sheetflow.schemas.forms import Form
from sheetflow.schemas.habits import Value
from sheetflow.schemas.indicators import Figures, measure_all
from sheetflow.schemas.judging import Book, Context, Earlier, Judgement
from sheetflow.schemas.keys import with_unit
from sheetflow.schemas.sheets import Kind
from sheetflow.schemas.tables import Table
from sheetflow.units import Unit, UnitTree
from sheetflow.workbook import RawWorkbook

FormAndPeriod = tuple[str, str]


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


@dataclass(frozen=True, slots=True, kw_only=True)
class PieceWish:
    """Where an accepted file's rows are to be rendered beforehand, see `writing.pieces`.

    `numbers` are the last numbers of the unit's receipts by form and period: the next one is
    foretold from them. `layouts` are by form. `source` has no receipt yet.
    """

    folder: str
    policies: Sequence[MaskPolicy]
    source: Whose
    sha256: str
    numbers: Mapping[FormAndPeriod, int]
    layouts: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgeRequest:
    """What the parent knows of a file before it is read.

    `known_keys` are (sheet, key) of other units' books that exist; None: not looked up yet,
    so take them as there and say which were asked for. `handed_in` and `standing` (receipts)
    are as in `Context`.
    """

    path: str
    campaign: str
    unit: Unit
    tree: UnitTree
    now: dt.datetime
    working_days: Mapping[str, int]
    day_overrides: Mapping[dt.date, bool] = field(default_factory=lambda: MappingProxyType({}))
    past: tuple[PastBook, ...] = ()
    known_keys: frozenset[tuple[str, str]] | None = None
    released: bool = False
    handed_in: dt.datetime | None = None
    standing: Mapping[FormAndPeriod, str] = field(default_factory=lambda: MappingProxyType({}))
    pieces: PieceWish | None = None
    explained: Mapping[FormAndPeriod, Mapping[Identity, Explanation]] = field(
        default_factory=lambda: MappingProxyType({})
    )
    waived: Mapping[FormAndPeriod, Mapping[str, str]] = field(
        default_factory=lambda: MappingProxyType({})
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class BlankRequest:
    """What is needed to write one unit's 填报 workbook.

    `alone`: nobody reports to the unit. Its `token` is not shown with it: what was handed out
    without one is good, and is not made again for that.
    """

    campaign: str
    form: str
    unit: Unit
    period: Period
    past: tuple[PastBook, ...]
    stamp: dt.datetime
    alone: bool = field(default=True, repr=False)
    token: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgeReply:
    """What the child found: the judgement without its book, the rows as packed JSON by sheet.

    `marked` are the findings at the cells of the returned copy.
    """

    judgement: Judgement
    marked: tuple[Finding, ...] = ()
    rows: Mapping[str, bytes] = field(default_factory=lambda: MappingProxyType({}))
    asked_keys: frozenset[tuple[str, str]] = frozenset()


def read_raw(path: str) -> RawWorkbook:
    """Read the file at `path`; raise UnreadableError where it is no workbook."""
    from sheetflow.reading import read_workbook

    return read_workbook(Path(path).read_bytes())


def judge_request(
    request: JudgeRequest, raw: RawWorkbook
) -> tuple[Judgement, frozenset[tuple[str, str]]]:
    """Judge `raw`; give the judgement and the keys of other units that it asked for."""
    from sheetflow.campaigns import load_campaign
    from sheetflow.pipeline import judge

    campaign = load_campaign(request.campaign)
    asked: set[tuple[str, str]] = set()

    def knows(sheet: str, key: str) -> bool:
        if "-" not in key:
            return False
        asked.add((sheet, key))
        return request.known_keys is None or (sheet, key) in request.known_keys

    context = Context(
        unit=request.unit,
        tree=request.tree,
        now=request.now,
        working_days=request.working_days,
        day_overrides=request.day_overrides,
        earlier=lambda form, period: earlier_book(campaign, request.past, form, period),
        later=lambda form, period: later_books(campaign, request.past, form, period),
        known_keys=knows,
        released=request.released,
        handed_in=request.handed_in,
        standing=lambda form, period: request.standing.get((form, period.period_id), ""),
        waived=lambda form, period: request.waived.get((form, period.period_id), {}),
        explained=lambda form, period: _explained(request, form, period),
    )
    return judge(raw, campaign, context), frozenset(asked)


def _explained(request: JudgeRequest, form: str, period: Period) -> dict[Identity, Explanation]:
    """Gather what was said up to `period`; what was said last goes first."""
    said: dict[Identity, Explanation] = {}
    for entry in period.year_so_far:
        said.update(request.explained.get((form, entry.period_id), {}))
    return said


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


def dump_book(book: Book) -> dict[str, bytes]:
    """Give each sheet's rows as a packed JSON document."""
    return {
        key: pack(dump_rows(found.sheet, found.values))
        for key, found in book.sheets.items()
        if found.rows
    }


def measure_kept(
    campaign: str, form: str, version: int, level: str, rows: Mapping[str, str]
) -> Indicators:
    """Measure rows as the store keeps them by the declaration in force, as the store keeps figures."""
    from sheetflow.campaigns import load_campaign

    declared = load_campaign(campaign).by_key[form].spanning({version} if version else ())
    known: dict[str, Table] = {}

    def rows_of(key: str) -> Table | None:
        sheet = declared.by_key.get(key)
        if sheet is None or not sheet.is_for(level):
            return None
        if key not in known:
            known[key] = Table(load_rows(sheet, rows[key]) if key in rows else ())
        return known[key]

    return dump_figures(measure_all(declared.indicators, rows_of, declared.by_key))


def kept_book(book: Book) -> dict[str, Sequence[Mapping[str, Value]]]:
    """Give each sheet's rows as they will come back from the documents of `dump_book`."""
    return {
        key: as_kept(found.sheet, found.values) for key, found in book.sheets.items() if found.rows
    }
