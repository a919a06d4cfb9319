"""One consolidated workbook: its skeleton made in a child, its bulk rows joined in here.

This module owns the two ways to it (joined from the cache of rendered rows, or written row by
row), the files of that cache, of which nothing is ever the only copy, and what a published one
stood on, so that its corrections are known. It refuses to place or record anything.
"""

from __future__ import annotations

import datetime as dt
import time
from collections import deque
from collections.abc import Callable, Collection, Iterable, Sequence
from concurrent.futures import Future
from dataclasses import replace
from functools import partial

from sheetflow.children.judge_task import PieceWish
from sheetflow.children.roll_up_tasks import (
    PieceOrder,
    RowLimits,
    WorkbookReply,
    render_consolidated,
    render_detail_file,
    render_piece_files,
)
from sheetflow.consolidation.accepted import Accepted
from sheetflow.consolidation.books import Books
from sheetflow.consolidation.consolidate import consolidate, rows_alone
from sheetflow.consolidation.contents import DetailFile
from sheetflow.consolidation.corrections import Correction, find_corrections, is_out
from sheetflow.consolidation.detail_rows import as_shown, sources, whose
from sheetflow.context import Context
from sheetflow.durable import make_private_folder
from sheetflow.errors import WritingError, retried_later
from sheetflow.masks import MaskPolicy
from sheetflow.periods import OFFICE_ZONE
from sheetflow.publishing.outbox import Writer
from sheetflow.schemas.documents import load_figures
from sheetflow.schemas.forms import Form
from sheetflow.service.consequences import above
from sheetflow.service.declarations import former_codes, made_otherwise
from sheetflow.service.roll_up_requests import books_request
from sheetflow.store.records import Arrival, Measurement, PublishedSource
from sheetflow.units import Unit
from sheetflow.writing.consolidated.joined import join

_MOST_TRIES = 2
MOST_ROWS = 200_000
"""A workbook of a unit with very many below lists so many rows; what is more goes into workbooks beside it."""


Finish = Callable[[], bytes | Writer | None]
"""Waits for a child and gives a workbook: None where its rows are too many for one."""
Begun = tuple[Future[WorkbookReply] | None, Finish]


def begin_consolidated(
    context: Context,
    unit: Unit,
    books: Books,
    corrections: Sequence[Correction],
    elsewhere: Sequence[DetailFile] = (),
) -> Begun:
    """Begin `unit`'s workbook; the rows of others than itself may stand `elsewhere`."""
    books = replace(books, passed=None)  # it is not made again when a deadline passes

    def plainly() -> bytes:
        from sheetflow.writing.consolidated.consolidated_workbook import write_consolidated

        policy = context.policy(unit.level)
        tables = consolidate(context.campaign, books, unit, policy, corrections, elsewhere)
        return write_consolidated(tables)

    def begin(lost: Sequence[str] = ()) -> Future[WorkbookReply]:
        shown, policy = as_shown(books, unit), context.policy(unit.level)
        pieces = _pieces_below(context, shown, unit, lost)
        request, limits = books_request(context, shown, unit), _limits(context)
        return context.pool.submit(
            render_consolidated, request, policy, corrections, pieces, limits, elsewhere
        )

    if not context.settings.workers.joined_from:
        return None, plainly
    return _begin(begin, plainly)


def begin_detail_file(context: Context, books: Books, unit: Unit, part: Unit) -> Begun:
    """Begin the workbook of the rows of `part`, directly below `unit`, as `unit` sees them.

    `books` hold what `part` and all below it handed in.
    """

    def plainly() -> bytes:
        from sheetflow.writing.consolidated.consolidated_workbook import write_detail_file

        policy = context.policy(unit.level)
        return write_detail_file(
            rows_alone(context.campaign, books, unit, part, policy), {}
        ).content

    def begin(lost: Sequence[str] = ()) -> Future[WorkbookReply]:
        shown, policy = as_shown(books, unit), context.policy(unit.level)
        pieces = _pieces_below(context, shown, unit, lost)
        request, limits = books_request(context, shown, unit), _limits(context)
        return context.pool.submit(render_detail_file, request, part, policy, pieces, limits)

    return _begin(begin, plainly)


def _begin(begin: Callable[..., Future[WorkbookReply]], plainly: Callable[[], bytes]) -> Begun:
    """Have a child begin; what it finds lost is rendered anew, and what it cannot join is written plainly."""
    begun = begin()

    def finish() -> bytes | Writer | None:
        reply = begun.result()
        for _ in range(_MOST_TRIES):
            if not reply.lost:
                break
            reply = begin(reply.lost).result()
        if reply.lost:
            raise WritingError("汇总表的中间文件无法读取。请检查 state 文件夹所在的磁盘。")
        if reply.is_crowded:
            return None
        return partial(join, reply.content, reply.bulk) if reply.content else plainly()

    return begun, finish


def _pieces_below(
    context: Context, books: Books, unit: Unit, lost: Sequence[str]
) -> dict[str, str]:
    standing = {entry.receipt: entry for entry in sources(books, unit)}
    return find_pieces(context, books, context.policy(unit.level), standing.values(), lost)


def _limits(context: Context) -> RowLimits:
    return RowLimits(context.settings.workers.joined_from, MOST_ROWS)


def sources_of(context: Context, books: Books, unit: Unit) -> list[PublishedSource]:
    """Give what `unit`'s workbook stands on, as the store keeps it.

    What a superior returned is kept until something newer stands there: that is held against it.
    """
    known = context.store.publications.find_standing(
        unit.unit_id, books.form.key, books.period.period_id
    )
    last = {(source.unit_id, source.period): source for source in known}
    found: list[PublishedSource] = []
    for member in books.members(unit):
        for period in books.period.year_so_far:
            key = member.unit_id, period.period_id
            accepted = books.accepted.get(key)
            if key in last and is_out(last[key].receipt, accepted):
                found.append(last[key])
            elif accepted:
                source = PublishedSource(
                    *key, accepted.receipt, accepted.judgement, accepted.measurement
                )
                found.append(source)
    return found


def corrected_since(context: Context, books: Books, unit: Unit) -> tuple[Correction, ...]:
    """Give what of `unit`'s workbook has changed since it was last published."""
    store = context.store.measurements
    sources = context.store.publications.find_standing(
        unit.unit_id, books.form.key, books.period.period_id
    )
    newest = store.find_newest(source.judgement_id for source in sources)
    first = store.find_first(source.judgement_id for source in sources if not source.measurement_id)
    then = {
        source: source.measurement_id or first[source.judgement_id].measurement_id
        for source in sources
    }
    counted = {found.measurement_id: found for found in newest.values()}
    measured = counted | store.find_these(one for one in then.values() if one not in counted)
    published = {
        (source.unit_id, source.period): _published(context, source, measured[number], books)
        for source, number in then.items()
    }
    again = {
        entry.judgement: replace(
            entry,
            figures=load_figures(now.figures),
            measurement=now.measurement_id,
            measured_at=now.measured_at,
        )
        for entry in published.values()
        if entry.measurement != (now := newest[entry.judgement]).measurement_id
    }
    return find_corrections(published, books, unit, again)


def _published(
    context: Context, source: PublishedSource, measured: Measurement, books: Books
) -> Accepted:
    """Give what counted then; what still does is taken from `books`, which are at hand."""
    now = books.accepted.get((source.unit_id, source.period))
    if now and now.measurement == measured.measurement_id:
        return now
    never = dt.datetime.combine(books.period.first_day, dt.time(), OFFICE_ZONE)
    figures = load_figures(measured.figures)
    return Accepted(
        unit_id=source.unit_id,
        period=source.period,
        receipt=source.receipt,
        figures=figures,
        former=former_codes(context, books.form, measured.digest, figures),
        file_name="",
        sha256="",
        accepted_at=never,
        judgement=source.judgement_id,
        measurement=measured.measurement_id,
        made=made_otherwise(context, books.form, measured.digest),
    )


_IN_HAND = 4
_KEPT_SECONDS = 120 * 86_400
"""Files that nobody has rendered anew for so long are swept: most are of replaced submissions."""


def wish_pieces(context: Context, arrival: Arrival) -> PieceWish | None:
    """Say where a file's rows are to be rendered by whoever judges it, should it be accepted."""
    unit = context.tree[arrival.unit_id]
    # The eyes of all who have a consolidated workbook in which the unit's rows stand.
    policies = [context.policy(superior.level) for superior in above(context, unit)]
    first = arrival.purpose == "submission" and not arrival.turn  # else it has its receipt
    if not (context.settings.workers.joined_from and policies and first):
        return None
    make_private_folder(context.workspace.pieces)
    return PieceWish(
        folder=str(context.workspace.pieces),
        policies=policies,
        source=whose(context.tree, unit.unit_id, ""),
        sha256=arrival.sha256,
        numbers=context.store.submissions.find_numbers(unit.unit_id),
        layouts={
            (form.key, version): _layout(context, form.in_version(version))
            for form in context.campaign.forms
            for version in range(1, form.version + 1)
        },
    )


def find_pieces(
    context: Context,
    books: Books,
    policy: MaskPolicy,
    standing: Iterable[Accepted],
    lost: Collection[str] = (),
) -> dict[str, str]:
    """Give the file of each submission's pieces by receipt, rendering those that are missing.

    Those of `lost` receipts are rendered anew though they are there. Raise what rendering
    raises.
    """
    from sheetflow.writing.consolidated.rendered_rows import name_pieces

    make_private_folder(context.workspace.pieces)
    found: dict[str, str] = {}
    under_way: deque[Future[None]] = deque()
    for accepted in standing:
        source = whose(context.tree, accepted.unit_id, accepted.receipt)
        name = name_pieces(_layout(context, books.form), policy, source, accepted.sha256)
        path = context.workspace.pieces / name
        found[accepted.receipt] = str(path)
        if path.is_file() and accepted.receipt not in lost:
            continue
        order = PieceOrder(
            campaign=context.settings.campaign,
            form=books.form.key,
            versions=books.form.versions,
            source=source,
            files=[(policy, str(path))],
        )
        submission = context.store.submissions.find_submission(accepted.receipt)
        rows = context.store.contents.find_rows(submission) if submission else {}
        under_way.append(context.pool.submit(render_piece_files, order, rows))
        if len(under_way) > _IN_HAND * context.pool_size:  # few rows in hand: memory stays flat
            under_way.popleft().result()
    for made in under_way:
        made.result()
    return found


def _layout(context: Context, form: Form) -> str:
    """Give the digest of all in the form's declaration that shows in rendered rows."""
    from sheetflow.writing.consolidated.rendered_rows import layout_of

    asked = (form.key, f"rows of {sorted(form.versions)}")
    if asked not in context.declared:
        context.declared[asked] = layout_of(form)
    return context.declared[asked]


def sweep_pieces(context: Context, age: float = _KEPT_SECONDS) -> None:
    """Remove what nobody has rendered anew for `age` seconds, and what a killed run left half made."""
    folder, limit = context.workspace.pieces, time.time() - age
    with retried_later("清理缓存", folder):
        for file in folder.iterdir() if folder.is_dir() else ():
            if file.name.endswith(".tmp") or file.stat().st_mtime <= limit:
                file.unlink(missing_ok=True)
