"""From a raw workbook to its outcome: `judge`, on one screen, and the order of what is found.

Pure: everything beyond the file comes in as the `JudgingContext`. Reading never judges, and
judging never reads.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import replace

from sheetflow.consolidation.gathered_rows import excused_of, printed_results
from sheetflow.consolidation.ranking import quotas_of, ranked_rows
from sheetflow.findings import RETURNED_RULE, Finding, Place, Severity, in_order
from sheetflow.schemas.book import Book, Judgement, JudgingContext, Outcome
from sheetflow.schemas.campaign import Campaign
from sheetflow.schemas.catalogue import GENERAL, MONEY_SCALE
from sheetflow.schemas.forms import Form
from sheetflow.validators import GENERAL_RULES
from sheetflow.validators.attachments import named_files, unnamed_files
from sheetflow.validators.book_parser import parse_book
from sheetflow.validators.continuity import CHANGES
from sheetflow.validators.declared_rules import check_declared
from sheetflow.validators.explanations import (
    check_answers,
    explain,
    is_open,
    read_answers,
    says,
)
from sheetflow.validators.figure_rules import check_money_scale
from sheetflow.validators.judging_rules import Worked, check_judging
from sheetflow.validators.live_statistics import check_statistics
from sheetflow.validators.merged_units import is_taking_over
from sheetflow.validators.named_references import NAMED, read_names
from sheetflow.validators.other_forms import check_other_forms
from sheetflow.validators.recognition import check_cover, check_version, parse_stamp, recognise
from sheetflow.validators.superiors import check_refusals, unless_moot
from sheetflow.workbook import RawWorkbook, parse_cell_name

READINGS = frozenset({"habit", "habit-blanks", "habit-private", "habit-nothing", NAMED})
"""Notes that only say how a cell was read."""

REPEATS = 5
"""From so many on, the same fault down one column is one finding."""


def judge(raw: RawWorkbook, campaign: Campaign, context: JudgingContext) -> Judgement:
    """Recognise the workbook, read its rows, run every rule, and give the outcome."""
    stamp = parse_stamp(raw)
    known = recognise(raw, stamp, campaign, context)
    if isinstance(known, Judgement):
        return replace(known, token=stamp.token)
    book, faults = parse_book(raw, known, campaign.catalogue, context)
    book, faults = read_names(book, faults)
    faults += [GENERAL[remark].at(Place()) for remark in raw.remarks]
    if when := context.merging.earlier_when:
        context = replace(context, earlier=when(is_taking_over(book)))
    faults += check_cover(book, context)
    if not book.other_period:  # else every rule would ask about a period that nobody meant
        for rule in (*GENERAL_RULES, *campaign.rules.get(book.form.key, ())):
            faults += rule(book, context)
        if book.form.judging:
            faults += check_judging(book, context, worked_out(book, context))
        faults += check_version(book, campaign)
        faults += check_other_forms(book, campaign, context)
        faults += check_declared(book, context, faults)
        if scale := campaign.catalogue.checks.get(MONEY_SCALE):
            faults += check_money_scale(book, scale)
        faults += check_statistics(raw, known.sheets, book, context)
    faults = _unless_settled(faults, CHANGES, {Severity.MUST})
    answers = read_answers(raw, book, faults, campaign.catalogue)
    faults += check_answers(raw, answers, faults, book, context, campaign.catalogue)
    faults += check_refusals(faults, book, context)
    findings = arrange(faults, book.form)
    said = explain(findings, answers, book, context)
    findings = in_order(unless_moot(findings, said), said)
    left = {finding.rule for finding in findings if is_open(finding, said)}
    stands = bool(book.other_period or left)
    return Judgement(
        outcome=Outcome.RETURNED if stands else Outcome.ACCEPTED,
        findings=findings,
        form=book.form.key,
        version=book.version,
        period=book.period.period_id,
        book=book,
        # Of what only a superior returned: what comes next is held against it.
        figures=dict(book.figures) if not stands or left == {RETURNED_RULE} else {},
        nil=not stands and book.nil,
        late=context.is_late(book.form, book.period),
        explanations=said,
        typed={entry.number: entry.text for entry in answers if says(entry.text)},
        token=stamp.token,
        files=named_files(book, context),
        unnamed=unnamed_files(book, context),
    )


def worked_out(book: Book, context: JudgingContext) -> Worked:
    """Work out what the scores of a workbook come to, whatever is printed in it."""
    rows = {key: found.values for key, found in book.sheets.items()}
    excused = excused_of(book.form, rows, context.tree)
    ranked = ranked_rows(book.form, rows, excused)
    spec = book.form.judging
    return Worked(
        excused=excused,
        proposed={row.number: row.proposed for row in ranked},
        printed={row.number: printed_results(spec, row) for row in ranked} if spec else {},
        quotas=quotas_of(book.form, rows),
    )


def arrange(findings: Iterable[Finding], form: Form) -> tuple[Finding, ...]:
    """Group what repeats, then put it as the form has its sheets, rows and columns.

    How a cell was read is not told where it must be mended or explained all the same.
    """
    order = {sheet.key: number for number, sheet in enumerate(form.sheets)}

    def position(finding: Finding) -> tuple[int, int, int]:
        place = finding.place
        sheet = order.get(place.sheet, -1 if not place.title else len(order))
        # A card is one row for rules, and many lines for whoever reads.
        row, column = parse_cell_name(place.cell) if place.cell else (place.row, 0)
        return (sheet, row if place.row else 0, column)

    told = _unless_settled(list(findings), READINGS, {Severity.MUST, Severity.VERIFY})
    return tuple(sorted(_fold(sorted(told, key=position)), key=position))


def _unless_settled(
    findings: Sequence[Finding], rules: Collection[str], by: Collection[Severity]
) -> list[Finding]:
    """Leave out what `rules` say of a cell of which a finding as heavy as `by` speaks."""
    settled = {
        (entry.place.title, entry.place.cell)
        for entry in findings
        if entry.severity in by and entry.place.cell
    }
    return [
        entry
        for entry in findings
        if entry.rule not in rules or (entry.place.title, entry.place.cell) not in settled
    ]


def _fold(findings: Sequence[Finding]) -> Iterator[Finding]:
    """Join the findings of one rule and column that say the same, in their order.

    Of 提示性 ones the rule alone tells. A 核实性 one is answered by itself: each keeps its number.
    """
    alike: dict[tuple[object, ...], list[Finding]] = {}
    for finding in findings:
        place, cause = finding.place, (finding.rule, finding.place.sheet, finding.place.column)
        alone = place.row if finding.severity is Severity.VERIFY else 0
        said = () if finding.severity is Severity.NOTE else tuple(sorted(finding.arguments.items()))
        alike.setdefault((*cause, alone, said), []).append(finding)
    for same in alike.values():
        first, *others = same
        if len(same) < REPEATS or not first.place.row or not first.place.cell:
            yield from same
        else:
            cells = tuple(finding.place.cell for finding in others)
            keys = tuple(finding.place.key for finding in others)
            yield replace(first, others=cells, other_keys=keys)
