"""One consolidated workbook: its skeleton made in a child, its bulk rows joined in here.

This module owns what a child is told of the books, and the two ways to a workbook:
joined from pieces, or written row by row where that is switched off or a sheet would be
too large. It refuses to place or record anything.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import Future
from functools import partial

from sheetflow.consolidation.accepted import Books, made_by
from sheetflow.consolidation.corrections import Correction
from sheetflow.consolidation.details import as_shown, sources
from sheetflow.consolidation.workbook import consolidate
from sheetflow.errors import WritingError
from sheetflow.publishing.outbox import Writer
from sheetflow.service.office import Office
from sheetflow.service.piecing import find_pieces
from sheetflow.store.records import Submission
from sheetflow.units import Unit
from sheetflow.workers.rollups import BooksRequest, WorkbookOrder, WorkbookReply
from sheetflow.writing.joined import join

_MOST_TRIES = 2


def books_request(
    office: Office, books: Books, unit: Unit, sheets: Sequence[str] = ()
) -> BooksRequest:
    """Tell a child what is accepted below `unit`, with the period's rows of `sheets`."""
    members = {member.unit_id for member in books.members(unit)}
    submissions = office.store.submissions
    asked: list[Submission] = []
    if sheets:
        spot = (books.form.key, books.period.period_id)
        asked = [*submissions.find_all_accepted(*spot, among=members).values()]
    return BooksRequest(
        campaign=office.settings.campaign,
        form=books.form.key,
        unit=unit,
        tree=books.tree,
        period=books.period,
        made=made_by(books.form),
        accepted={spot: found for spot, found in books.accepted.items() if spot[0] in members},
        attempts={spot: found for spot, found in books.attempts.items() if spot[0] in members},
        deadlines={spot: found for spot, found in books.deadlines.items() if spot[0] in members},
        rows={
            (sheet, submission.receipt): text
            for sheet in sheets
            if sheet
            for submission, text in office.store.contents.iterate_rows(asked, sheet)
        },
    )


def begin_consolidated(
    office: Office, books: Books, unit: Unit, corrections: Sequence[Correction]
) -> tuple[Future[WorkbookReply] | None, Callable[[], bytes | Writer]]:
    """Begin `unit`'s workbook; give what a child is making, and what waits and gives the content."""
    if not office.settings.workers.joined_from:
        return None, partial(_write_plainly, office, books, unit, corrections)
    begun = _begin(office, books, unit, corrections)

    def finish() -> bytes | Writer:
        reply = begun.result()
        for _ in range(_MOST_TRIES):
            if not reply.lost:
                break
            reply = _begin(office, books, unit, corrections, lost=reply.lost).result()
        if reply.lost:
            raise WritingError("汇总表的中间文件无法读取。请检查 state 文件夹所在的磁盘。")
        if not reply.content:
            return _write_plainly(office, books, unit, corrections)
        return partial(join, reply.content, reply.bulk)

    return begun, finish


def _begin(
    office: Office,
    books: Books,
    unit: Unit,
    corrections: Sequence[Correction],
    lost: Sequence[str] = (),
) -> Future[WorkbookReply]:
    policy, books = office.policy(unit.level), as_shown(books, unit)
    standing = {entry.receipt: entry for entry in sources(books, unit)}
    pieces = find_pieces(office, books, policy, standing.values(), lost)
    order = WorkbookOrder(
        policy=policy,
        corrections=corrections,
        pieces=pieces,
        joined_from=office.settings.workers.joined_from,
    )
    request = books_request(office, books, unit)
    reply: Future[WorkbookReply] = office.pool.submit("render_consolidated", request, order)
    return reply


def _write_plainly(
    office: Office, books: Books, unit: Unit, corrections: Sequence[Correction]
) -> bytes:
    from sheetflow.writing.consolidated import write_consolidated

    policy = office.policy(unit.level)
    return write_consolidated(consolidate(office.campaign, books, unit, policy, corrections))
