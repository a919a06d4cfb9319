"""From a raw workbook to its outcome, on one screen.

Pure: everything beyond the file comes in as the `Context`. Reading never judges, and
judging never reads.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from sheetflow.findings import Finding, Place
from sheetflow.schemas.book import Book, Context, Judgement, Outcome
from sheetflow.schemas.campaign import Campaign
from sheetflow.units.names import names_of
from sheetflow.validators import GENERAL_RULES
from sheetflow.validators.books import parse_book
from sheetflow.validators.catalogue import GENERAL
from sheetflow.validators.changed import without_echoes
from sheetflow.validators.explanations import (
    Answered,
    check_answer_cells,
    check_answers,
    explains,
    read_answers,
)
from sheetflow.validators.identity import check_correction, check_cover, check_expected
from sheetflow.validators.open_findings import explain, is_open
from sheetflow.validators.sort_and_fold import arrange
from sheetflow.validators.stamps import recognise
from sheetflow.validators.statistics import check_statistics, measure
from sheetflow.workbook import RawWorkbook


def judge(raw: RawWorkbook, campaign: Campaign, context: Context) -> Judgement:
    """Recognise the workbook, read its rows, run every rule, and give the outcome."""
    known = recognise(raw, campaign, context)
    if known.outcome or known.form is None or known.period is None:
        return Judgement(
            outcome=known.outcome or Outcome.REFUSED,
            findings=known.findings,
            form=known.form.key if known.form else "",
            period=known.period.period_id if known.period else "",
            named_unit=known.named_unit,
            token=known.token,
        )
    own_names = names_of(context.unit, context.tree)
    book, faults = parse_book(raw, known, context.unit, campaign.catalogue, own_names)
    faults += [GENERAL[remark].at(Place()) for remark in raw.remarks]
    faults += check_cover(book, context)
    if not book.other_period:  # else every rule would ask about a period that nobody meant
        faults += check_expected(book, context)
        faults += check_correction(book, context)
        for rule in (*GENERAL_RULES, *campaign.rules.get(book.form.key, ())):
            faults += rule(book, context)
        faults += check_statistics(raw, known.sheets, book, context)
    faults = without_echoes(faults)
    answers = read_answers(raw, book, faults, campaign.catalogue)
    faults += check_answers(answers, faults)
    faults += check_answer_cells(raw, answers)
    return replace(_conclude(book, context, faults, answers), token=known.token)


def _conclude(
    book: Book, context: Context, faults: Iterable[Finding], answers: Iterable[Answered]
) -> Judgement:
    findings = arrange(faults, book.form)
    said = explain(findings, answers, book, context)
    stands = bool(book.other_period) or any(is_open(finding, said) for finding in findings)
    return Judgement(
        outcome=Outcome.RETURNED if stands else Outcome.ACCEPTED,
        findings=findings,
        form=book.form.key,
        version=book.version,
        period=book.period.period_id,
        book=book,
        figures={} if stands else measure(book),
        nil=not stands and book.nil,
        late=context.is_late(book.form, book.period),
        explanations=said,
        typed={entry.number: entry.text for entry in answers if explains(entry.text)},
    )
