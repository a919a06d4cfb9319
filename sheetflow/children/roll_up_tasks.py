"""The tasks that make what stands above the counties: requests and replies, and the work.

The child knows no database: the parent hands over what is accepted as plain values, and
names the files in which rendered rows lie (`writing.consolidated.rendered_rows`). A file that is missing or
damaged is told, not mended: only the parent has the rows.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

from sheetflow.children.limits import makes_ours
from sheetflow.consolidation.accepted import (
    Accepted,
    Attempt,
    Making,
    Matters,
    UnitAndPeriod,
    with_making,
)
from sheetflow.consolidation.books import Books
from sheetflow.consolidation.contents import DetailFile
from sheetflow.consolidation.corrections import Correction
from sheetflow.consolidation.detail_rows import Whose
from sheetflow.consolidation.handed_up import Folded
from sheetflow.consolidation.states import Said
from sheetflow.durable import write_whole
from sheetflow.errors import ReportTemplateError
from sheetflow.masks import MaskPolicy
from sheetflow.periods import Period
from sheetflow.schemas.documents import load_rows
from sheetflow.schemas.indicators import Figures
from sheetflow.schemas.parsing import Value
from sheetflow.units import Unit, UnitTree

if TYPE_CHECKING:
    from sheetflow.consolidation.contents import BoardData, Consolidated
    from sheetflow.schemas.forms import Form
    from sheetflow.writing.consolidated.consolidated_workbook import Skeleton
    from sheetflow.writing.consolidated.joined import Bulk, Piece
    from sheetflow.writing.consolidated.rendered_rows import Pieces


@dataclass(frozen=True, slots=True, kw_only=True)
class PieceOrder:
    """Which rows to render: whose they are, and the file for each level that sees them.

    `versions` are those of the form whose columns are wanted.
    """

    campaign: str
    form: str
    versions: frozenset[int]
    source: Whose
    files: Sequence[tuple[MaskPolicy, str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class BooksRequest:
    """What is accepted below `unit`, as `Books` without a store.

    Figures are `made` so: in a closed period as then. `rows` are rows as JSON by sheet and
    receipt, of those sheets that the task asks for.
    """

    campaign: str
    form: str
    unit: Unit
    tree: UnitTree
    period: Period
    accepted: Mapping[UnitAndPeriod, Accepted]
    attempts: Mapping[UnitAndPeriod, Attempt]
    deadlines: Mapping[UnitAndPeriod, dt.datetime]
    made: Mapping[str, Making] = field(default_factory=lambda: MappingProxyType({}))
    rows: Mapping[tuple[str, str], str] = field(default_factory=lambda: MappingProxyType({}))
    said: Mapping[UnitAndPeriod, Said] = field(default_factory=lambda: MappingProxyType({}))
    withheld: Mapping[UnitAndPeriod, Accepted] = field(default_factory=lambda: MappingProxyType({}))
    reader: str = ""
    folded: Mapping[UnitAndPeriod, Folded] = field(default_factory=lambda: MappingProxyType({}))
    listed: BooksRequest | None = None
    called: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))

    def books(self) -> Books:
        """Give the books; their rows are read when asked for."""
        from sheetflow.config.kept_campaigns import open_campaign

        form = _form(self.campaign, self.form)
        in_force = open_campaign(self.campaign).in_force(form, self.period).version

        def rows_of(
            sheet: str, wanted: Sequence[Accepted]
        ) -> Iterator[tuple[Accepted, Sequence[Mapping[str, Value]]]]:
            for accepted in wanted:
                text = self.rows.get((sheet, accepted.receipt))
                if text is not None:
                    yield accepted, load_rows(form.by_key[sheet], text)

        return Books(
            form=with_making(form, self.made),
            tree=self.tree,
            period=self.period,
            accepted=self.accepted,
            attempts=self.attempts,
            rows_of=rows_of,
            deadlines=self.deadlines,
            in_force=in_force,
            said=self.said,
            withheld=self.withheld,
            reader=self.reader,
            folded=self.folded,
            listed=self.listed.books() if self.listed else None,
            called=self.called,
        )


@dataclass(frozen=True, slots=True)
class RowLimits:
    """When a workbook's rows are joined in: from so many in a sheet; and how many of very many units it lists at most."""

    joined_from: int
    most_rows: int


@dataclass(frozen=True, slots=True)
class WorkbookReply:
    """A workbook without its bulk rows, and the pieces to join in, by part of the package.

    `lost` are the receipts whose pieces could not be read: then there is no workbook. There
    is none either where a sheet's rows are more than one can hold, and where it `is_crowded`: where
    those of a unit with very many below are more than are listed in one workbook.
    """

    content: bytes = b""
    bulk: Mapping[str, Sequence[Piece]] = field(default_factory=lambda: MappingProxyType({}))
    lost: Sequence[str] = ()
    is_crowded: bool = False


def _form(campaign: str, form: str) -> Form:
    from sheetflow.config.kept_campaigns import open_campaign

    return open_campaign(campaign).by_key[form]


@makes_ours
def render_piece_files(order: PieceOrder, rows: Mapping[str, str]) -> None:
    """Render a submission's rows (JSON by sheet) into the files ordered."""
    form = _form(order.campaign, order.form)
    loaded = {
        key: load_rows(form.by_key[key], text) for key, text in rows.items() if key in form.by_key
    }
    write_piece_files(order, loaded)


def write_piece_files(
    order: PieceOrder,
    rows: Mapping[str, Sequence[Mapping[str, Value]]],
    figures: Figures | None = None,
) -> None:
    """Render rows by sheet (and what they give, where it is known) into the files ordered.

    Each is put in place whole.
    """
    from sheetflow.writing.consolidated.rendered_rows import render_pieces

    form = _form(order.campaign, order.form).spanning(order.versions)
    policies = [policy for policy, _ in order.files]
    contents = render_pieces(form, policies, order.source, rows, figures)
    for (_, name), content in zip(order.files, contents, strict=True):
        # A cache: what a power cut leaves of it is found out by its checksum.
        write_whole(Path(name), content, is_durable=False)


@makes_ours
def render_consolidated(
    request: BooksRequest,
    policy: MaskPolicy,
    corrections: Sequence[Correction],
    files: Mapping[str, str],
    limits: RowLimits,
    elsewhere: Sequence[DetailFile] = (),
) -> WorkbookReply:
    """Make the consolidated workbook that `policy` shows; the parent joins the bulk rows in.

    `files` hold the pieces, by receipt. `elsewhere` are the workbooks that list rows of others than the unit itself.
    """
    from sheetflow.config.kept_campaigns import open_campaign
    from sheetflow.consolidation.consolidate import consolidate
    from sheetflow.writing.consolidated.consolidated_workbook import write_skeleton

    pieces, lost = _read_pieces(files)
    if lost:
        return WorkbookReply(lost=lost)
    if request.folded and sum(each.rows for each in pieces.values()) > limits.most_rows:
        return WorkbookReply(is_crowded=True)

    def matters_of(
        _books: Books, standing: Sequence[Accepted]
    ) -> Iterator[tuple[Accepted, Matters]]:
        return ((accepted, pieces[accepted.receipt].matters) for accepted in standing)

    books = replace(request.books(), matters_of=matters_of)
    if books.listed:
        books = replace(books, listed=replace(books.listed, matters_of=matters_of))
    campaign = open_campaign(request.campaign)
    tables = consolidate(campaign, books, request.unit, policy, corrections, elsewhere)
    return _with_bulk(tables, books, pieces, limits, write_skeleton)


@makes_ours
def render_detail_file(
    request: BooksRequest,
    part: Unit,
    policy: MaskPolicy,
    files: Mapping[str, str],
    limits: RowLimits,
) -> WorkbookReply:
    """Make the workbook of the rows of `part` alone, directly below the request's unit, as `policy` shows them."""
    from sheetflow.config.kept_campaigns import open_campaign
    from sheetflow.consolidation.consolidate import rows_alone
    from sheetflow.writing.consolidated.consolidated_workbook import write_detail_file

    pieces, lost = _read_pieces(files)
    if lost:
        return WorkbookReply(lost=lost)
    books = request.books()
    tables = rows_alone(open_campaign(request.campaign), books, request.unit, part, policy)
    return _with_bulk(tables, books, pieces, limits, write_detail_file)


def _read_pieces(files: Mapping[str, str]) -> tuple[dict[str, Pieces], list[str]]:
    """Give the pieces by receipt, and the receipts of those that cannot be read."""
    from sheetflow.writing.consolidated.rendered_rows import read_pieces

    read = {receipt: read_pieces(Path(name)) for receipt, name in files.items()}
    pieces = {receipt: found for receipt, found in read.items() if found is not None}
    return pieces, [receipt for receipt in read if receipt not in pieces]


def _with_bulk(
    tables: Consolidated,
    books: Books,
    pieces: Mapping[str, Pieces],
    limits: RowLimits,
    write: Callable[[Consolidated, Mapping[str, Bulk]], Skeleton],
) -> WorkbookReply:
    """Write a workbook without its bulk rows, and say which pieces are to be joined in."""
    from sheetflow.writing.consolidated.rendered_rows import take_from_pieces

    tables, bulk = take_from_pieces(tables, books, pieces, limits.joined_from)
    if not all(each.can_join for each in bulk.values()):
        return WorkbookReply()
    skeleton = write(tables, bulk)
    parts = {part: [piece for _, piece in bulk[key].pieces] for part, key in skeleton.parts.items()}
    return WorkbookReply(skeleton.content, parts)


@makes_ours
def render_boards(data: BoardData, page: str, instead: str) -> dict[str, bytes]:
    """Make a board as workbook and as page, by extension; by `instead` where `page` fails."""
    from sheetflow.writing.board import write_board
    from sheetflow.writing.board_page import render_board_page
    from sheetflow.writing.html_page import CANNOT_BE_FILLED

    try:
        html = render_board_page(data, page)
    except CANNOT_BE_FILLED:  # by just these data: samples had passed
        html = render_board_page(data, instead)
    return {"xlsx": write_board(data), "html": html.encode("utf-8", "replace")}


@makes_ours
def warm_up_reports(templates: Sequence[bytes]) -> None:
    """Load what Word reports and consolidated workbooks need, and look at the templates.

    That takes a while, and is done while nothing else is to be done.
    """
    import docxtpl  # noqa: F401 - every report needs it
    import matplotlib.backends.backend_agg
    import matplotlib.figure  # noqa: F401 - likewise

    import sheetflow.writing.consolidated.consolidated_workbook  # noqa: F401 - likewise
    from sheetflow.reporting.template import filled

    for template in templates:
        with suppress(ReportTemplateError):  # nothing is known yet: the tags are read all the same
            filled(template, {}, {})
