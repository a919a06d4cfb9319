"""The task of judging one file: everything it needs goes in, everything it found comes out.

The child knows no database: the unit's history comes with the request. References into
other units' books are collected and handed back for the parent to look up.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import cache, partial
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

from sheetflow.children.limits import makes_ours, prepared_by
from sheetflow.children.review_task import typed_review
from sheetflow.consolidation.detail_rows import Whose
from sheetflow.consolidation.figures import (
    PastBook,
    earlier_book,
    later_books,
    newest_book,
    taking_over,
)
from sheetflow.consolidation.gists import Document, gist_of
from sheetflow.consolidation.review_typed import TypedReview
from sheetflow.findings import Explanation, Finding, Identity
from sheetflow.masks import MaskPolicy
from sheetflow.periods import Period
from sheetflow.schemas.book import (
    Book,
    Earlier,
    Judgement,
    JudgingContext,
    Outcome,
    RowsBySheet,
    receipt_of,
)
from sheetflow.schemas.conditions import Table
from sheetflow.schemas.documents import (
    Indicators,
    as_kept,
    dump_figures,
    dump_rows,
    load_rows,
    pack,
)
from sheetflow.schemas.evidence import EvidenceFile
from sheetflow.schemas.gathered import GatheredRow
from sheetflow.schemas.indicators import measure_all
from sheetflow.schemas.merging import Merging
from sheetflow.schemas.moved_deadlines import NOTHING_MOVED, MovedDeadlines
from sheetflow.schemas.parsing import Value
from sheetflow.schemas.review import Heard
from sheetflow.units import Unit, UnitTree
from sheetflow.validators.merged_units import is_taking_over
from sheetflow.workbook import RawWorkbook

if TYPE_CHECKING:  # a child that only reads loads no more
    from sheetflow.prefill import Filling
    from sheetflow.schemas.campaign import Campaign
    from sheetflow.schemas.forms import Form

FormAndPeriod = tuple[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class PieceWish:
    """Where an accepted file's rows are to be rendered beforehand, see `writing.consolidated.rendered_rows`.

    `numbers` are the last numbers of the unit's receipts by form and period: the next one is
    foretold from them. `layouts` are by form and version. `source` has no receipt yet.
    """

    folder: str
    policies: Sequence[MaskPolicy]
    source: Whose
    sha256: str
    numbers: Mapping[FormAndPeriod, int]
    layouts: Mapping[tuple[str, int], str]


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgeRequest:
    """What the parent knows of a file before it is read.

    `known_keys` are (sheet, key) of other units' books that exist; None: not looked up yet,
    so take them as there and say which were asked for. `handed_in` and `standing` (receipts)
    are as in `JudgingContext`, `files`, `batch` and `until` too, `heard`, `passed`, `mending` and
    `standing_rows`; `gathered` as well, by form, sheet and period (None: nobody looked);
    `accepted` has the rows of forms that go on within a period, by form and period, then by sheet.
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
    files: tuple[EvidenceFile, ...] | None = None
    batch: int = 0
    until: int = 0
    explained: Mapping[FormAndPeriod, Mapping[Identity, Explanation]] = field(
        default_factory=lambda: MappingProxyType({})
    )
    waived: Mapping[FormAndPeriod, Mapping[str, str]] = field(
        default_factory=lambda: MappingProxyType({})
    )
    gathered: Mapping[tuple[str, str, str], tuple[GatheredRow, ...]] | None = None
    accepted: Mapping[FormAndPeriod, Mapping[str, Sequence[Mapping[str, Value]]]] = field(
        default_factory=lambda: MappingProxyType({})
    )
    moved: MovedDeadlines = NOTHING_MOVED
    heard: Mapping[FormAndPeriod, tuple[Heard, ...]] = field(
        default_factory=lambda: MappingProxyType({})
    )
    passed: Mapping[FormAndPeriod, str] = field(default_factory=lambda: MappingProxyType({}))
    mending: frozenset[FormAndPeriod] = frozenset()
    standing_rows: Mapping[FormAndPeriod, RowsBySheet] = field(
        default_factory=lambda: MappingProxyType({})
    )
    taken_over_by: Mapping[FormAndPeriod, str] = field(default_factory=lambda: MappingProxyType({}))
    apart: Mapping[FormAndPeriod, tuple[str, ...]] = field(
        default_factory=lambda: MappingProxyType({})
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgeReply:
    """What the child found: the judgement without its book, the rows as packed JSON by sheet.

    `marked` are the findings at the cells of the returned copy. `gist` is that of an accepted file. `review`
    is what stands in a 审核单, of which nothing else is told.
    """

    judgement: Judgement
    marked: tuple[Finding, ...] = ()
    rows: Mapping[str, bytes] = field(default_factory=lambda: MappingProxyType({}))
    asked_keys: frozenset[tuple[str, str]] = frozenset()
    gist: Document = field(default_factory=dict)
    review: TypedReview | None = None


@makes_ours
def warm_up(campaign: str) -> None:
    """Load what judging a file needs, before the first one is there."""
    import python_calamine  # noqa: F401 - every reading needs it

    import sheetflow.pipeline
    import sheetflow.reading
    import sheetflow.writing.consolidated.rendered_rows  # noqa: F401 - likewise
    from sheetflow.config.kept_campaigns import open_campaign

    open_campaign(campaign)


def read_file(path: str) -> RawWorkbook:
    """Read the workbook at `path`; raise UnreadableError, or OSError for trouble of the disk."""
    from sheetflow.reading import read_workbook

    return read_workbook(Path(path).read_bytes())


@prepared_by(lambda request: warm_up(request.campaign))
def judge_file(request: JudgeRequest) -> JudgeReply:
    """Read and judge a file; the rows come back as JSON, ready to be kept. A 审核单 is read only."""
    raw = read_file(request.path)
    if review := typed_review(raw):
        return JudgeReply(judgement=Judgement(outcome=Outcome.REFUSED), review=review)
    judgement, asked = judge_request(request, raw)
    if judgement.book is None:
        return JudgeReply(judgement=judgement, asked_keys=asked)
    rows = dump_book(judgement.book) if judgement.outcome is Outcome.ACCEPTED else {}
    kept = dump_cover(judgement.book) if judgement.outcome is Outcome.RETURNED else rows
    is_final = not asked or request.known_keys is not None  # else it may yet be returned
    if rows and request.pieces and is_final and _is_in_force(request, judgement.book):
        _render_beforehand(request, request.pieces, judgement, judgement.book)
    return JudgeReply(
        judgement=replace(judgement, book=None),
        marked=returned_filling(request, judgement).findings if judgement.findings else (),
        rows=kept,
        asked_keys=asked,
        gist=_gist(request, judgement.book) if judgement.outcome is Outcome.ACCEPTED else {},
    )


def _gist(request: JudgeRequest, book: Book) -> Document:
    from sheetflow.config.kept_campaigns import open_campaign

    form = open_campaign(request.campaign).by_key[book.form.key]
    names = [unit.name for unit in request.tree.chain(request.unit.unit_id)]
    rows = {key: each.values for key, each in book.sheets.items()}
    return gist_of(form, names, rows, book.stated)


def _is_in_force(request: JudgeRequest, book: Book) -> bool:
    """Whether the book is of the version that those above are shown for its period."""
    from sheetflow.config.kept_campaigns import open_campaign

    return book.form is open_campaign(request.campaign).in_force(book.form, book.period)


def _render_beforehand(
    request: JudgeRequest, wish: PieceWish, judgement: Judgement, book: Book
) -> None:
    """Render an accepted file's rows under the receipt it will have, while they are at hand."""
    from sheetflow.children.roll_up_tasks import PieceOrder, write_piece_files
    from sheetflow.config.kept_campaigns import open_campaign
    from sheetflow.writing.consolidated.rendered_rows import name_pieces

    unit_id, which = request.unit.unit_id, (judgement.form, judgement.period)
    other = open_campaign(request.campaign).other_form(judgement.form)
    number = wish.numbers.get(which, 0) + 1
    receipt = receipt_of(unit_id, judgement.period, number, other.key if other else "")
    source = replace(wish.source, receipt=receipt)
    layout = wish.layouts[judgement.form, book.form.version]
    names = [name_pieces(layout, policy, source, wish.sha256) for policy in wish.policies]
    order = PieceOrder(
        campaign=request.campaign,
        form=judgement.form,
        versions=book.form.versions,
        source=source,
        files=[
            (policy, str(Path(wish.folder, name)))
            for policy, name in zip(wish.policies, names, strict=True)
        ],
    )
    with suppress(Exception):  # no trouble of a cache may spoil an answer
        kept = {
            key: as_kept(each.sheet, each.values) for key, each in book.sheets.items() if each.rows
        }
        write_piece_files(order, kept, book.figures)


def judge_request(
    request: JudgeRequest, raw: RawWorkbook
) -> tuple[Judgement, frozenset[tuple[str, str]]]:
    """Judge `raw`; give the judgement and the keys of other units that it asked for."""
    from sheetflow.config.kept_campaigns import open_campaign

    return judge_under(open_campaign(request.campaign), request, raw)


def judge_under(
    campaign: Campaign, request: JudgeRequest, raw: RawWorkbook
) -> tuple[Judgement, frozenset[tuple[str, str]]]:
    """Judge `raw` as `judge_request` does, by any campaign."""
    from sheetflow.pipeline import judge

    asked: set[tuple[str, str]] = set()

    def knows(sheet: str, key: str) -> bool:
        if "-" not in key:
            return False
        asked.add((sheet, key))
        return request.known_keys is None or (sheet, key) in request.known_keys

    context = JudgingContext(
        unit=request.unit,
        tree=request.tree,
        now=request.now,
        working_days=request.working_days,
        day_overrides=request.day_overrides,
        moved=partial(request.moved.until, request.unit),
        earlier=cache(partial(earlier_book, campaign, request.past)),  # every rule asks for it
        merging=_merging(campaign, request),
        later=lambda form, period: later_books(campaign, request.past, form, period),
        known_keys=knows,
        files=request.files,
        batch=request.batch,
        until=request.until,
        released=request.released,
        handed_in=request.handed_in,
        standing=lambda form, period: request.standing.get((form, period.period_id), ""),
        waived=lambda form, period: request.waived.get((form, period.period_id), {}),
        explained=lambda form, period: _explained(request, form, period),
        newest=cache(partial(newest_book, campaign, request.past)),
        gathered=lambda form, sheet, period: (
            None
            if request.gathered is None
            else request.gathered.get((form, sheet, period.period_id))
        ),
        accepted=lambda form, period: request.accepted.get((form, period.period_id), {}),
        heard=lambda form, period: request.heard.get((form, period.period_id), ()),
        passed=lambda form, period: request.passed.get((form, period.period_id), ""),
        mending=lambda form, period: (form, period.period_id) in request.mending,
        standing_rows=lambda form, period: request.standing_rows.get((form, period.period_id)),
    )
    return judge(raw, campaign, context), frozenset(asked)


def _merging(campaign: Campaign, request: JudgeRequest) -> Merging:
    """Give what judging knows of units that ended within a period."""

    def earlier_when(is_taken: bool) -> Callable[[str, Period], Earlier | None]:  # noqa: FBT001 - as declared
        def earlier(form: str, period: Period) -> Earlier | None:
            known = taking_over(request.past, form, period, is_taken=is_taken)
            return earlier_book(campaign, known, form, period)

        return cache(earlier)

    def is_asked(form: Form, period: Period) -> bool:
        return campaign.in_force(campaign.by_key[form.key], period).cover.taking_over is not None

    return Merging(
        is_asked=is_asked,
        taken_over_by=lambda form, period: request.taken_over_by.get((form, period.period_id), ""),
        apart=lambda form, period: request.apart.get((form, period.period_id), ()),
        earlier_when=earlier_when if any(book.within for book in request.past) else None,
    )


def _explained(request: JudgeRequest, form: str, period: Period) -> dict[Identity, Explanation]:
    """Gather what was said up to `period`; what was said last goes first."""
    said: dict[Identity, Explanation] = {}
    for entry in period.year_so_far:
        said.update(request.explained.get((form, entry.period_id), {}))
    return said


def returned_filling(request: JudgeRequest, judgement: Judgement) -> Filling:
    """Give what stands in the returned copy."""
    from sheetflow.config.kept_campaigns import open_campaign
    from sheetflow.prefill import prefill_returned

    campaign = open_campaign(request.campaign)
    period = campaign.by_key[judgement.form].period(judgement.period)
    past = request.past
    if judgement.book:
        is_taken = is_taking_over(judgement.book)
        past = taking_over(past, judgement.form, period, is_taken=is_taken)
    earlier = earlier_book(campaign, past, judgement.form, period)
    filling = prefill_returned(campaign, request.unit, judgement, earlier)
    return _with_gathered(request, judgement.book, filling) if judgement.book else filling


def _with_gathered(request: JudgeRequest, book: Book, filling: Filling) -> Filling:
    """Add the entries that a gathered sheet lacks, the unit's own as this very workbook lists them."""
    from sheetflow.consolidation.gathered_rows import gathered_rows
    from sheetflow.validators.gathered_rules import handed_up

    rows = dict(filling.rows)
    for sheet in filling.sheets:
        asked = (filling.form.key, sheet.key, book.period.period_id)
        found = request.gathered.get(asked) if request.gathered else None
        if sheet.gathered and found is not None:
            mine = request.unit.unit_id
            handed = [*handed_up(book, sheet.gathered, found, mine).values()]
            typed = rows.get(sheet.key, ())
            rows[sheet.key] = gathered_rows(sheet, typed, handed, mine, request.tree)
    return replace(filling, rows=rows)


def dump_cover(book: Book) -> dict[str, bytes]:
    """Give the cover alone where it names whom to ring: of a returned workbook no more is kept."""
    roles = book.form.cover
    found = book.sheets.get(roles.sheet) if roles.preparer or roles.phone else None
    return {roles.sheet: pack(dump_rows(found.sheet, found.values))} if found else {}


def dump_book(book: Book) -> dict[str, bytes]:
    """Give each sheet's rows as a packed JSON document."""
    stated = book.stated
    return {
        key: pack(dump_rows(found.sheet, found.values, stated.get(key, "")))
        for key, found in book.sheets.items()
        if found.rows or key in stated
    }


def measure_rows(
    campaign: str, form: str, version: int, level: str, rows: Mapping[str, str]
) -> Indicators:
    """Measure rows as the store keeps them by the declaration in force, as the store keeps figures."""
    from sheetflow.config.kept_campaigns import open_campaign

    declared = open_campaign(campaign).by_key[form].spanning({version} if version else ())
    known: dict[str, Table] = {}

    def rows_of(key: str) -> Table | None:
        sheet = declared.by_key.get(key)
        if sheet is None or not sheet.is_for(level):
            return None
        if key not in known:
            known[key] = Table(load_rows(sheet, rows[key]) if key in rows else ())
        return known[key]

    return dump_figures(measure_all(declared.indicators, rows_of, declared.by_key))
