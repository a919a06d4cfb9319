"""What the store remembers, as the pure rooms want it.

This module owns the way from stored submissions to `Books` (for consolidation) and to the
books that a unit's next workbook goes on from. It refuses to judge or to consolidate.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from sheetflow.consolidation.accepted import (
    Accepted,
    Attempt,
    Books,
    UnitAndPeriod,
    made_then,
    with_making,
)
from sheetflow.consolidation.contents import ExplanationRow
from sheetflow.consolidation.figures import Merged, PastBook, unit_figures
from sheetflow.context import Context
from sheetflow.findings import Finding, Round, compare_rounds
from sheetflow.periods import Period
from sheetflow.schemas.documents import (
    load_explanations,
    load_figures,
    load_finding,
    load_rows,
)
from sheetflow.schemas.forms import Form
from sheetflow.schemas.parsing import Value
from sheetflow.schemas.personal import holds_personal_number
from sheetflow.service.remeasure import former_codes, made_otherwise
from sheetflow.store.records import Arrival, Measurement, Submission
from sheetflow.units import Unit


def books_of(context: Context, form: Form, period: Period, top: Unit | None = None) -> Books:
    """Gather everything accepted and tried in `form` up to `period`, of all or below `top`."""
    store = context.store
    among = _answered_for_below(context, top, period) if top else None
    accepted: dict[UnitAndPeriod, Accepted] = {}
    attempts: dict[UnitAndPeriod, Attempt] = {}
    submissions: dict[str, Submission] = {}
    for entry in period.year_so_far:
        standing = store.submissions.find_all_accepted(form.key, entry.period_id, among=among)
        measured = store.measurements.find_newest(
            submission.judgement_id for submission in standing.values()
        )
        explained = store.contents.find_explained(standing.values())
        for unit_id, submission in standing.items():
            if unit_id not in context.tree:
                continue  # it left the list: `missing_units` says so
            submissions[submission.receipt] = submission
            said = submission.judgement_id in explained
            accepted[unit_id, entry.period_id] = _accepted(
                context, form, submission, measured[submission.judgement_id], is_explained=said
            )
        for unit_id, latest in _last_words(context, form.key, entry.period_id, among).items():
            attempts[unit_id, entry.period_id] = _attempt(latest)

    def rows_of(
        sheet: str, wanted: Sequence[Accepted]
    ) -> Iterator[tuple[Accepted, Sequence[Mapping[str, Value]]]]:
        by_receipt = {entry.receipt: entry for entry in wanted}
        listed = [submissions[entry.receipt] for entry in wanted]
        for submission, text in store.contents.iterate_rows(listed, sheet):
            yield by_receipt[submission.receipt], load_rows(form.by_key[sheet], text)

    return Books(
        form=with_making(form, made_then(period, accepted)),
        tree=context.tree,
        period=period,
        accepted=accepted,
        attempts=attempts,
        rows_of=rows_of,
        deadlines=_deadlines(context, form, period),
    )


def _accepted(
    context: Context, form: Form, submission: Submission, found: Measurement, *, is_explained: bool
) -> Accepted:
    """Give what counts of a submission, with what its rows gave when they were last measured."""
    figures = load_figures(found.figures)
    return Accepted(
        unit_id=submission.unit_id,
        period=submission.period,
        receipt=submission.receipt,
        figures=figures,
        file_name=shown_name(submission.file_name),
        sha256=submission.sha256,
        accepted_at=submission.judged_at,
        handed_in=submission.handed_in,
        nil=submission.nil,
        late=submission.late,
        explanations=_explanations(context, submission) if is_explained else (),
        judgement=submission.judgement_id,
        measurement=found.measurement_id,
        measured_at=found.measured_at,
        former=former_codes(context, form, found.digest, figures),
        made=made_otherwise(context, form, found.digest),
        must=submission.must,
        verify=submission.verify,
        note=submission.note,
        version=int(submission.form_version or 0),
    )


def _answered_for_below(context: Context, top: Unit, period: Period) -> frozenset[str]:
    """Name all units below `top`, and those that ended and are answered for by one of them."""
    tree = context.tree
    below = tree.subtree(top.unit_id)
    ended = (old for unit in below for old in tree.predecessors_on(unit.unit_id, period.last_day))
    return frozenset(unit.unit_id for unit in (*below, *ended))


def _deadlines(context: Context, form: Form, period: Period) -> dict[UnitAndPeriod, dt.datetime]:
    """Give every unit's deadlines in the year so far; they differ by level alone."""
    by_level: dict[tuple[str, str], dt.datetime] = {}
    found: dict[UnitAndPeriod, dt.datetime] = {}
    for unit in context.tree:
        for entry in period.year_so_far:
            spot = (unit.level, entry.period_id)
            if spot not in by_level:
                by_level[spot] = context.deadline(unit, form, entry)
            found[unit.unit_id, entry.period_id] = by_level[spot]
    return found


def _attempt(submission: Submission) -> Attempt:
    return Attempt(
        outcome=submission.outcome,
        receipt=submission.receipt,
        answered_at=submission.judged_at,
        late=submission.late,
        must=submission.must,
        verify=submission.verify,
        note=submission.note,
    )


def _explanations(context: Context, submission: Submission) -> tuple[ExplanationRow, ...]:
    said = load_explanations(context.store.contents.find_explanations(submission))
    if not said:
        return ()
    catalogue = context.campaign.catalogue
    findings = map(load_finding, context.store.contents.find_findings(submission))
    return tuple(
        ExplanationRow(
            unit=context.tree[submission.unit_id],
            receipt=submission.receipt,
            number=finding.number,
            place=finding.place.words,
            wrong=catalogue.wrong(finding),
            explanation=said[finding.identity].text,
        )
        for finding in findings
        if finding.identity in said
    )


_OWN = ("accepted", "returned")
"""Outcomes of workbooks that are the unit's own beyond doubt."""


def _last_words(
    context: Context, form: str, period: str, among: frozenset[str] | None
) -> dict[str, Submission]:
    """Give each unit's newest submission; one held or refused only where there is none of its own.

    A stranger's workbook in a unit's folder does not hide where the unit itself stands.
    """
    found: dict[str, Submission] = {}
    for entry in sorted(
        context.store.submissions.find_submissions(form=form, period=period, among=among),
        key=lambda entry: (entry.outcome in _OWN, entry.arrival_id),
    ):
        found[entry.unit_id] = entry
    return found


def was_in_time(context: Context, arrival: Arrival, form: str, period: str) -> bool:
    """Whether the unit had something accepted in time before: then this is a correction, not late."""
    return any(
        entry.outcome == "accepted" and not entry.late and entry.arrival_id < arrival.arrival_id
        for entry in context.store.submissions.find_submissions(
            unit_id=arrival.unit_id, form=form, period=period
        )
    )


def shown_name(file_name: str) -> str:
    """Give a file's name as superiors see it: private numbers in it are starred."""
    if not holds_personal_number(file_name):
        return file_name
    return "".join("*" if char.isdigit() else char for char in file_name)


def missing_units(context: Context) -> tuple[str, ...]:
    """Say which units left the list though they have reported: their figures count nowhere."""
    gone = {
        unit_id for unit_id in context.store.submissions.find_units() if unit_id not in context.tree
    }
    return tuple(
        f"单位 {unit_id} 有已收的报送，却不在 units.xlsx 里，没有计入汇总。"
        "请补回这一行；撤并的请填失效日期和归入的单位，不要删行。"
        for unit_id in sorted(gone)
    )


def last_round(
    context: Context, arrival: Arrival, form: str, period: str, still_open: Iterable[Finding]
) -> Round | None:
    """Compare with the attempt before `arrival`, if that one was returned.

    What was held or refused in between is nobody's attempt at mending.
    """
    store = context.store
    tried = [
        entry
        for entry in store.submissions.find_submissions(
            unit_id=arrival.unit_id, form=form, period=period
        )
        if entry.arrival_id < arrival.arrival_id and entry.outcome in _OWN
    ]
    last = max(tried, key=lambda entry: entry.arrival_id, default=None)
    if last is None or last.outcome != "returned":
        return None
    said = load_explanations(store.contents.find_explanations(last))
    told = map(load_finding, store.contents.find_findings(last))
    return compare_rounds([entry for entry in told if entry.identity not in said], still_open)


def past_books(context: Context, form: Form, unit: Unit) -> list[PastBook]:
    """Give the accepted workbooks of `form` that the unit's next one goes on from.

    Its own, one a period, with the 累计 at its end; then those of units merged into it.
    """
    books = _own_books(context, form, unit)
    for ended, since in merged_since(context, form, unit):
        books += [
            replace(book, ended=ended.unit_id, since=since.period_id)
            for book in _own_books(context, form, ended)
        ]
    return books


def merged_since(context: Context, form: Form, unit: Unit) -> Iterator[tuple[Unit, Period]]:
    """Give each unit merged into this one, and the form's first period that this one reports for it."""
    for ended in context.tree.succeeded:
        if ended.valid_to is None:
            continue
        for period in form.periods_of(ended.valid_to.year):
            if ended in context.tree.predecessors_on(unit.unit_id, period.last_day):
                yield ended, period
                break


def _own_books(context: Context, form: Form, unit: Unit) -> list[PastBook]:
    store = context.store
    standing = {
        entry.period: entry
        for entry in store.submissions.find_history(unit.unit_id, form.key)
        if unit.exists_on(form.period(entry.period).last_day)
    }
    figures = store.measurements.find_indicators(standing.values())
    measured = {
        period: load_figures(figures.get(submission.receipt, {}))
        for period, submission in standing.items()
    }
    books = {sheet.key for sheet in form.sheets if sheet.is_book}
    return [
        PastBook(
            form=form.key,
            period=period,
            receipt=submission.receipt,
            rows={
                key: text
                for key, text in store.contents.find_rows(submission).items()
                if key in books
            },
            totals={
                code: values.total
                for code, values in unit_figures(
                    form,
                    form.period(period),
                    measured,
                    merged_figures(context, form, unit, form.period(period)),
                ).values.items()
            },
        )
        for period, submission in standing.items()
    ]


def merged_figures(context: Context, form: Form, unit: Unit, period: Period) -> list[Merged]:
    """Give what the units measured that have been merged into this one by `period`."""
    store = context.store
    found: list[Merged] = []
    for ended, since in merged_since(context, form, unit):
        if since > period:
            continue
        history = store.submissions.find_history(ended.unit_id, form.key)
        figures = store.measurements.find_indicators(history)
        measured = {
            entry.period: load_figures(figures.get(entry.receipt, {}))
            for entry in history
            if form.period(entry.period) < since
        }
        found.append(Merged(measured, since))
    return found
