"""What goes on between the service and a clerk, without the post: judged, returned, judged again."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

from sheetflow.periods import OFFICE_ZONE
from sheetflow.pipeline import judge
from sheetflow.prefill import prefill_returned
from sheetflow.reading import read_workbook
from sheetflow.rounds import Round, compare_rounds
from sheetflow.schemas.book import Earlier, Judgement, JudgingContext
from sheetflow.validators.explanations import is_open
from sheetflow.workbook import RawWorkbook
from sheetflow.writing import Dress, write_workbook
from tests.county_book import CAMPAIGN, TREE, context, drawn, left_by

STAMP = dt.datetime(2012, 5, 3, 9, tzinfo=OFFICE_ZONE)
DRESS = Dress(campaign=CAMPAIGN.title, catalogue=CAMPAIGN.catalogue)


def after_first_period() -> JudgingContext:
    """What is known of the county when its second workbook comes: the first was accepted."""
    first = judge(drawn(period="2012B1"), CAMPAIGN, context("2012B1"))
    earlier: Earlier = left_by(first)
    return context("2012B2", earlier=earlier)


def judged_file(data: bytes, known: JudgingContext) -> Judgement:
    """Read and judge a file."""
    return judge(read_workbook(data), CAMPAIGN, known)


def judged_drawing(raw: RawWorkbook, known: JudgingContext) -> Judgement:
    """Judge a drawn workbook."""
    return judge(raw, CAMPAIGN, known)


def returned_copy(
    judgement: Judgement, known: JudgingContext, compared: Round | None = None
) -> bytes:
    """Write what the clerk gets back."""
    earlier = known.earlier(judgement.form, judgement.book.period) if judgement.book else None
    filling = prefill_returned(CAMPAIGN, TREE[known.unit.unit_id], judgement, earlier)
    return write_workbook(filling, DRESS, STAMP, compared.words if compared else "")


def compared(last: Judgement, now: Judgement) -> Round | None:
    """Compare two attempts as the service does."""
    return compare_rounds(
        [entry for entry in last.findings if is_open(entry, last.explanations)],
        [entry for entry in now.findings if is_open(entry, now.explanations)],
    )


def at_desk(known: JudgingContext, **more: object) -> JudgingContext:
    """The same context with parts replaced."""
    return replace(known, **more)  # type: ignore[arg-type]
