"""The tasks that write what a unit itself gets (填报 workbook, returned copy, receipt), and read the list of units.

The list is a foreign file like any other. Cells that stand far from it are not laid out: on the
list's own sheet one of them is named, on any other they are nobody's concern.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import TYPE_CHECKING

from sheetflow.children.judge_task import JudgeRequest, judge_request, read_file, returned_filling
from sheetflow.children.limits import makes_ours
from sheetflow.config.units_file import NO_WORKBOOK, parse_list
from sheetflow.consolidation.figures import PastBook, earlier_book
from sheetflow.errors import UnreadableError, WorkspaceError
from sheetflow.findings import Explanation, Finding, Identity
from sheetflow.periods import Period
from sheetflow.schemas.book import Judgement
from sheetflow.schemas.parsing import Value
from sheetflow.units import Levels, Unit
from sheetflow.workbook import cell_name

if TYPE_CHECKING:  # a child that writes loads the writers
    from sheetflow.consolidation.review_sheet import ReviewSheet
    from sheetflow.schemas.book import Stamp
    from sheetflow.writing import Dress, ReceiptData


@dataclass(frozen=True, slots=True, kw_only=True)
class BlankRequest:
    """What is needed to write one unit's 填报 workbook.

    `alone`: nobody reports to the unit. Its `token` is not shown with it: what was handed out
    without one is good, and is not made again for that. Nor is where the `campaign` is kept: what it
    declares of the form is asked for itself. `going_on` are the rows by sheet from which a form that
    is filled in several steps goes on; what it stands on says so by itself, where there are any.
    """

    campaign: str = field(repr=False)
    form: str
    unit: Unit
    period: Period
    past: tuple[PastBook, ...]
    stamp: dt.datetime
    alone: bool = field(default=True, repr=False)
    token: str = field(default="", repr=False)
    going_on: Mapping[str, Sequence[Mapping[str, Value]]] = field(
        default_factory=lambda: MappingProxyType({}), repr=False
    )


@makes_ours
def render_receipt(data: ReceiptData) -> bytes:
    """Write the receipt of an accepted workbook."""
    from sheetflow.writing import write_receipt

    return write_receipt(data)


@dataclass(frozen=True, slots=True)
class ReturnedLook:
    """How a returned copy is dressed: what is printed, its time, last round, receipt and token."""

    dress: Dress
    stamp: dt.datetime
    round_line: str = ""
    receipt: str = ""
    token: str = ""


@makes_ours
def render_review(sheet: ReviewSheet, stamp: Stamp, as_of: dt.datetime) -> bytes:
    """Write a superior's 审核单."""
    from sheetflow.writing.review_sheet import write_review_sheet

    return write_review_sheet(sheet, stamp, as_of)


@makes_ours
def render_blank(request: BlankRequest, dress: Dress) -> bytes:
    """Write a unit's own 填报 workbook for one period."""
    from sheetflow.config.kept_campaigns import open_campaign
    from sheetflow.prefill import prefill_blank
    from sheetflow.writing import write_workbook

    campaign = open_campaign(request.campaign)
    form = campaign.by_key[request.form]
    earlier = earlier_book(campaign, request.past, request.form, request.period)
    going_on = request.going_on
    filling = prefill_blank(campaign, form, request.unit, request.period, earlier, going_on)
    filling = replace(filling.bearing(request.token), alone=request.alone)
    return write_workbook(filling, dress, request.stamp)


@makes_ours
def render_returned(
    request: JudgeRequest,
    findings: tuple[Finding, ...],
    explanations: dict[Identity, Explanation],
    look: ReturnedLook,
) -> bytes:
    """Write the returned copy of a judged file, with the findings that its answer named."""
    judgement, _ = judge_request(request, read_file(request.path))
    answered = replace(judgement, findings=findings, explanations=explanations)
    return render_marked(request, answered, look)


def render_marked(request: JudgeRequest, judgement: Judgement, look: ReturnedLook) -> bytes:
    """Write the marked copy of a workbook that was judged; its book must be there."""
    from sheetflow.writing import write_workbook

    filling = returned_filling(request, judgement).bearing(look.token)
    filling = replace(filling, alone=not request.tree.children(request.unit.unit_id))
    return write_workbook(filling, look.dress, look.stamp, look.round_line, look.receipt)


def read_units(name: str, content: bytes, levels: Levels) -> tuple[Unit, ...]:
    """Read the list that the file called `name` holds, of units of `levels`.

    Raise WorkspaceError where it is no workbook, UnitsError where the list cannot be used.
    """
    far, content = _without_far_cells(name, content)
    return tuple(parse_list(name, content, levels, far))


def _without_far_cells(name: str, content: bytes) -> tuple[dict[int, str], bytes]:
    """Give the first far cell of each sheet that has one, and the workbook without them."""
    from sheetflow.reading.file_type import is_ole
    from sheetflow.reading.package import open_package, pack
    from sheetflow.reading.sheet_xml import cut_far_cells

    far: dict[int, str] = {}
    try:
        if name.casefold().endswith((".csv", ".txt")) or is_ole(content):
            return far, content
        package = open_package(content)
        parts = dict(package.parts)
        for index, part in enumerate(package.sheets.values()):
            first, parts[part] = cut_far_cells(parts[part])
            if first is not None:
                far[index] = cell_name(*first)
    except UnreadableError as error:
        raise WorkspaceError(NO_WORKBOOK.format(name=name)) from error
    return far, pack(parts)
