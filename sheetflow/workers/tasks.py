"""What children do: each task is a public function of this module.

This module owns the list. Heavy libraries are imported inside the tasks, so that
a child pays only for what it does.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from sheetflow.workbook import RawWorkbook

if TYPE_CHECKING:
    from sheetflow.consolidation.tables import BoardData
    from sheetflow.findings import Explanation, Finding, Identity
    from sheetflow.prefill import Filling
    from sheetflow.schemas.documents import Indicators
    from sheetflow.schemas.judging import Book, Judgement
    from sheetflow.units import Levels, Unit
    from sheetflow.workers.judging import BlankRequest, JudgeReply, JudgeRequest, PieceWish
    from sheetflow.workers.rollups import (
        BooksRequest,
        PieceOrder,
        ReportOrder,
        ReportReply,
        WorkbookOrder,
        WorkbookReply,
    )
    from sheetflow.writing import Dress, ReceiptData


def warm_up(campaign: str) -> None:
    """Load what judging a file needs, before the first one is there."""
    import python_calamine  # noqa: F401 - every reading needs it

    import sheetflow.pipeline
    import sheetflow.reading
    import sheetflow.writing.pieces  # noqa: F401 - likewise
    from sheetflow.campaigns import load_campaign

    load_campaign(campaign)


def warm_up_reports() -> None:
    """Load what Word reports and consolidated workbooks need, while nothing else is to be done."""
    import docxtpl  # noqa: F401 - every report needs it

    import sheetflow.writing.consolidated  # noqa: F401 - likewise
    from sheetflow.reporting.canvas import load_renderer

    load_renderer()


def read_file(path: str) -> RawWorkbook:
    """Read the workbook at `path`; raise UnreadableError, or OSError for trouble of the disk."""
    from sheetflow.reading import read_workbook

    return read_workbook(Path(path).read_bytes())


def read_units(name: str, content: bytes, levels: Levels) -> tuple[Unit, ...]:
    """Read a list of units, see `lists`."""
    from sheetflow.workers.lists import read_list

    return read_list(name, content, levels)


def prepare_judge_file(request: JudgeRequest) -> None:
    """Load what judging needs in a child that was not warmed up: it is not the file's own time."""
    warm_up(request.campaign)


def judge_file(request: JudgeRequest) -> JudgeReply:
    """Read and judge a file; the rows come back as JSON, ready to be kept."""
    from sheetflow.schemas.judging import Outcome
    from sheetflow.workers.judging import JudgeReply, dump_book, judge_request

    judgement, asked = judge_request(request, read_file(request.path))
    if judgement.book is None:
        return JudgeReply(judgement=judgement, asked_keys=asked)
    rows = dump_book(judgement.book) if judgement.outcome is Outcome.ACCEPTED else {}
    is_final = not asked or request.known_keys is not None  # else it may yet be returned
    is_newest = judgement.book.form is judgement.book.form.current
    if rows and request.pieces and is_final and is_newest:
        _render_beforehand(request, request.pieces, judgement, judgement.book)
    return JudgeReply(
        judgement=replace(judgement, book=None),
        marked=_returned_filling(request, judgement).findings if judgement.findings else (),
        rows=rows,
        asked_keys=asked,
    )


def _render_beforehand(
    request: JudgeRequest, wish: PieceWish, judgement: Judgement, book: Book
) -> None:
    """Render an accepted file's rows under the receipt it will have, while they are at hand."""
    from sheetflow.campaigns import load_campaign
    from sheetflow.schemas.judging import receipt_of
    from sheetflow.workers import rollups
    from sheetflow.workers.judging import kept_book
    from sheetflow.writing.pieces import name_pieces

    unit_id, spot = request.unit.unit_id, (judgement.form, judgement.period)
    other = load_campaign(request.campaign).other_form(judgement.form)
    number = wish.numbers.get(spot, 0) + 1
    receipt = receipt_of(unit_id, judgement.period, number, other.key if other else "")
    source = replace(wish.source, receipt=receipt)
    layout = wish.layouts[judgement.form]
    names = [name_pieces(layout, policy, source, wish.sha256) for policy in wish.policies]
    order = rollups.PieceOrder(
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
        rollups.write_piece_files(order, kept_book(book), book.figures)


def measure_rows(
    campaign: str, form: str, version: int, level: str, rows: Mapping[str, str]
) -> Indicators:
    """Measure stored rows (JSON by sheet) of a workbook of that version and level, see `judging`."""
    from sheetflow.workers.judging import measure_kept

    return measure_kept(campaign, form, version, level, rows)


def render_receipt(data: ReceiptData) -> bytes:
    """Write the receipt of an accepted workbook."""
    from sheetflow.writing import write_receipt

    return write_receipt(data)


def render_piece_files(order: PieceOrder, rows: Mapping[str, str]) -> None:
    """Render a submission's rows for those above, see `rollups`."""
    from sheetflow.workers import rollups

    rollups.render_piece_files(order, rows)


def render_consolidated(request: BooksRequest, order: WorkbookOrder) -> WorkbookReply:
    """Make a consolidated workbook, see `rollups`."""
    from sheetflow.workers import rollups

    return rollups.render_consolidated(request, order)


def render_word_report(request: BooksRequest, order: ReportOrder) -> ReportReply:
    """Make a Word report, see `rollups`."""
    from sheetflow.workers import rollups

    return rollups.render_word_report(request, order)


def render_boards(data: BoardData, page: str, instead: str) -> dict[str, bytes]:
    """Make a board as workbook and as page, by extension; by `instead` where `page` fails."""
    from sheetflow.wording.board_html import CANNOT_BE_FILLED, render_board_html
    from sheetflow.writing.board import write_board
    from sheetflow.writing.board_page import board_page

    shown = board_page(data)
    try:
        html = render_board_html(shown, page)
    except CANNOT_BE_FILLED:  # by just these data: samples had passed
        html = render_board_html(shown, instead)
    return {"xlsx": write_board(data), "html": html.encode("utf-8", "replace")}


@dataclass(frozen=True, slots=True)
class ReturnedLook:
    """How a returned copy is dressed: what is printed, its time, last round, receipt and token."""

    dress: Dress
    stamp: dt.datetime
    round_line: str = ""
    receipt: str = ""
    token: str = ""


def render_blank(request: BlankRequest, dress: Dress) -> bytes:
    """Write a unit's own 填报 workbook for one period."""
    from sheetflow.campaigns import load_campaign
    from sheetflow.prefill import prefill_blank
    from sheetflow.workers.judging import earlier_book
    from sheetflow.writing import write_workbook

    campaign = load_campaign(request.campaign)
    form = campaign.by_key[request.form]
    earlier = earlier_book(campaign, request.past, request.form, request.period)
    filling = prefill_blank(campaign, form, request.unit, request.period, earlier)
    filling = replace(filling.bearing(request.token), alone=request.alone)
    return write_workbook(filling, dress, request.stamp)


def render_returned(
    request: JudgeRequest,
    findings: tuple[Finding, ...],
    explanations: dict[Identity, Explanation],
    look: ReturnedLook,
) -> bytes:
    """Write the returned copy of a judged file, with the findings that its answer named."""
    from sheetflow.workers.judging import judge_request

    judgement, _ = judge_request(request, read_file(request.path))
    told = replace(judgement, findings=findings, explanations=explanations)
    return render_marked(request, told, look)


def render_marked(request: JudgeRequest, judgement: Judgement, look: ReturnedLook) -> bytes:
    """Write the marked copy of a workbook that was judged; its book must be there."""
    from sheetflow.writing import write_workbook

    filling = _returned_filling(request, judgement).bearing(look.token)
    filling = replace(filling, alone=not request.tree.children(request.unit.unit_id))
    return write_workbook(filling, look.dress, look.stamp, look.round_line, look.receipt)


def _returned_filling(request: JudgeRequest, judgement: Judgement) -> Filling:
    """Give what stands in the returned copy."""
    from sheetflow.campaigns import load_campaign
    from sheetflow.prefill import prefill_returned
    from sheetflow.workers.judging import earlier_book

    campaign = load_campaign(request.campaign)
    period = campaign.by_key[judgement.form].period(judgement.period)
    earlier = earlier_book(campaign, request.past, judgement.form, period)
    if earlier is None:
        return prefill_returned(campaign, request.unit, judgement, {})
    return prefill_returned(
        campaign, request.unit, judgement, earlier.totals, earlier.rows, earlier.reached
    )
