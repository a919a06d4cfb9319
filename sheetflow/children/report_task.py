"""What a child does for a Word report: it fills the template that serves, or the one that never fails."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

from sheetflow.children.limits import makes_ours
from sheetflow.children.roll_up_tasks import BooksRequest
from sheetflow.consolidation.signed_reports import DraftText, shown_figures
from sheetflow.errors import ReportTemplateError
from sheetflow.masks import MaskPolicy

if TYPE_CHECKING:
    from sheetflow.consolidation.report_data import Choices, Letter
    from sheetflow.consolidation.report_words import Quoted
    from sheetflow.reporting import RenderedReport

_BY_DEFAULT = "本报告是用默认模板生成的；模板改好以后会自动重新生成。"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportOrder:
    """How a Word report is made: its template, the letter around it, its fonts."""

    policy: MaskPolicy
    template: bytes
    """Empty for the plain one that is made from the form's declaration."""
    instead: bytes
    """The template that serves where the first cannot be filled; where neither can, the plain one."""
    nothing: Sequence[bytes] = ()
    """The templates of what is said where nothing was accepted, tried in turn; without one, the above."""
    annex: Sequence[bytes] = ()
    """Those of the annex for the office itself; without one there is none."""
    missing: str = ""
    """Why the office's own template could not be read, so that the default one serves."""
    letter: Letter
    choices: Choices
    fonts: Mapping[str, str]
    picture_font: Path
    quoted: Quoted = field(default_factory=lambda: MappingProxyType({}))
    """Whom the office wants quoted."""
    mark: str = ""
    """What tells this draft from every other, see `consolidation.signed_reports: DraftMark`."""


@dataclass(frozen=True, slots=True)
class ReportReply:
    """A Word report, the table of its figures, and the annex for the office itself."""

    docx: bytes
    table: bytes
    text: DraftText
    annex: bytes = b""
    fault: str = ""
    """Why the first template could not be filled, in a sentence."""
    annex_fault: str = ""
    """Likewise of the annex's."""
    has_any: bool = True
    """Whether anything was accepted, so that the report's own template was asked."""


@makes_ours
def render_word_report(request: BooksRequest, order: ReportOrder) -> ReportReply:
    """Make a Word report and the table of its figures."""
    from sheetflow.config.kept_campaigns import open_campaign
    from sheetflow.consolidation.consolidate import newest
    from sheetflow.consolidation.report_builder import report_data
    from sheetflow.consolidation.report_words import Wishes
    from sheetflow.reading.word_text import blocks_of
    from sheetflow.reporting import render_report
    from sheetflow.reporting.report import plain_template
    from sheetflow.writing.consolidated.figure_sheets import write_figure_sheets

    books, campaign = request.books(), open_campaign(request.campaign)
    unit, stamp = request.unit, newest(books, request.unit)
    wishes = Wishes(quoted=order.quoted)
    data = report_data(campaign, books, unit, order.letter, order.policy, wishes)
    pictures = data.pictures if order.choices.has_charts else ()
    data = replace(data, choices=order.choices, pictures=pictures)

    def fill(template: bytes, remark: str = "", mark: str = order.mark) -> RenderedReport:
        return render_report(
            template or plain_template(books.form),
            replace(data, remark=remark),
            stamp=stamp,
            fonts=order.fonts,
            picture_font=order.picture_font,
            mark=mark,
        )

    has_any = data.has_any or not order.nothing
    served = (order.template, order.instead) if has_any else order.nothing
    missing = order.missing if has_any else ""
    rendered, fault = _first_filled(fill, served, missing)
    annex, annex_fault = (
        _first_filled(partial(fill, mark=""), order.annex) if order.annex else (None, "")
    )
    heading = f"{unit.name} {books.period.label}{campaign.named_beside(books.form.key)}"
    table = write_figure_sheets(heading, rendered.sentences, stamp)
    text = DraftText(blocks_of(rendered.body), shown_figures(data.figures))
    return ReportReply(
        docx=rendered.docx,
        table=table,
        text=text,
        annex=annex.docx if annex else b"",
        fault=fault,
        annex_fault=annex_fault,
        has_any=has_any,
    )


def _first_filled(
    fill: Callable[[bytes, str], RenderedReport], templates: Sequence[bytes], missing: str = ""
) -> tuple[RenderedReport, str]:
    """Fill the first of `templates` that can be, else the plain one; say what ailed the first.

    What ailed it, or why it could not be read (`missing`), stands in the report as a comment.
    """
    fault = ""
    for template in (*templates, b""):
        why = fault or missing
        try:
            return fill(template, f"{why}{_BY_DEFAULT}" if why else ""), fault
        except ReportTemplateError as error:
            if template == b"" and fault:
                raise
            fault = fault or str(error)
    raise ReportTemplateError([fault])
