"""What one unit handed in before: for judging its next file, and for its next workbook.

This module owns the way from stored submissions to a `JudgeRequest` and to the books that the
next 填报 workbook goes on from. It refuses to judge.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import replace

from sheetflow.children.judge_task import FormAndPeriod, JudgeRequest
from sheetflow.consolidation.figures import Merged, PastBook, unit_figures
from sheetflow.context import Context
from sheetflow.findings import Explanation, Identity
from sheetflow.intake.archive import blob_path
from sheetflow.periods import Period
from sheetflow.schemas.documents import load_explanations, load_figures, load_rows
from sheetflow.schemas.evidence import EvidenceFile
from sheetflow.schemas.forms import Form
from sheetflow.schemas.review import Matter, Verdict, standing
from sheetflow.service.attempts import last_decision
from sheetflow.service.gathering import accepted_within, gathered_for
from sheetflow.service.hearing import hearing_of
from sheetflow.service.merged_units import ended_within, told_of_merging, tree_for
from sheetflow.store.records import Arrival
from sheetflow.units import Unit


def request_for(context: Context, arrival: Arrival) -> JudgeRequest:
    """Give everything that judging `arrival` needs to know."""
    request = request_for_unit(
        context,
        context.tree[arrival.unit_id],
        str(blob_path(context.workspace.archive, arrival.sha256)),
        arrival.arrived_at,
        arrival.sha256,
        arrival.arrival_id,
    )
    waived: dict[FormAndPeriod, dict[str, str]] = {}
    given = context.store.decisions.find_all(unit_id=arrival.unit_id, matter=Matter.WAIVER)
    for waiver in standing(given):
        submission = context.store.submissions.find_submission(waiver.receipt)
        is_this = submission and submission.arrival_id == arrival.arrival_id
        if submission and is_this and waiver.verdict is Verdict.AGREE:
            which = (submission.form, submission.period)
            waived.setdefault(which, {})[waiver.about] = waiver.opinion
    decision = last_decision(context, arrival)
    released = bool(decision and decision.verdict is Verdict.AGREE)
    return replace(
        request,
        waived=waived,
        released=released,
        handed_in=arrival.put_at,
        files=_files(context, arrival),
        batch=_batch(context, arrival),
        until=context.store.arrivals.find_next_batch(arrival.unit_id, arrival.batch),
    )


def _files(context: Context, arrival: Arrival) -> tuple[EvidenceFile, ...] | None:
    """Give the files that a workbook may name; None where the campaign takes none."""
    if not context.campaign.takes_files:
        return None
    is_precheck = arrival.purpose == "precheck"
    return context.store.files.find_files(arrival.unit_id, precheck=is_precheck)


def _batch(context: Context, arrival: Arrival) -> int:
    """Give from which delivery on files came along with a workbook: after the unit's last one before it."""
    if not arrival.batch:
        return 0
    return context.store.arrivals.find_last_batch(arrival.unit_id, arrival.batch) + 1


def request_for_unit(
    context: Context, unit: Unit, path: str, now: dt.datetime, sha256: str, arrival_id: int = 0
) -> JudgeRequest:
    """Give what judging the file at `path` needs to know of `unit`.

    It changes what was accepted of other bytes before it; `arrival_id` is 0 where it is the
    newest of all.
    """
    past: list[PastBook] = []
    changes: dict[FormAndPeriod, str] = {}
    explained: dict[FormAndPeriod, dict[Identity, Explanation]] = {}
    for form in context.campaign.forms:
        past += past_books(context, form, unit)
        for counting in context.store.submissions.find_history(unit.unit_id, form.key):
            said = load_explanations(context.store.contents.find_explanations(counting))
            explained[form.key, counting.period] = said
            earlier = not arrival_id or counting.arrival_id < arrival_id
            if earlier and counting.sha256 != sha256:
                changes[form.key, counting.period] = counting.receipt
    hearing = hearing_of(context, unit, arrival_id)
    taken, apart = told_of_merging(context, unit)
    return JudgeRequest(
        path=path,
        campaign=context.settings.campaign,
        unit=unit,
        tree=context.tree,
        now=now,
        working_days=context.working_days,
        day_overrides=context.day_overrides,
        moved=context.moved,
        past=tuple(past),
        standing=changes,
        explained=explained,
        gathered=gathered_for(context, unit, now.date()),
        accepted=accepted_within(context, unit, now.date()),
        heard=hearing.heard,
        passed=hearing.passed,
        mending=frozenset(hearing.mending),
        standing_rows=hearing.standing_rows,
        taken_over_by=taken,
        apart=apart,
    )


def resolve_keys(
    context: Context, form: Form, asked: frozenset[tuple[str, str]]
) -> frozenset[tuple[str, str]]:
    """Tell which of the asked (sheet, ``370102-X0003``) stand in an accepted book of that unit."""
    known: set[tuple[str, str]] = set()
    for unit_id in {key.partition("-")[0] for _, key in asked}:
        if unit_id not in context.tree:
            continue
        for submission in context.store.submissions.find_history(unit_id, form.key):
            for sheet, text in context.store.contents.find_rows(submission).items():
                declared = form.by_key.get(sheet)
                column = declared.key_column if declared else None
                if declared and column and any(asked_sheet == sheet for asked_sheet, _ in asked):
                    known |= {
                        (sheet, f"{unit_id}-{row[column.key]}") for row in load_rows(declared, text)
                    }
    return frozenset(asked & known)


def past_books(context: Context, form: Form, unit: Unit) -> list[PastBook]:
    """Give the accepted workbooks of `form` that the unit's next one goes on from.

    Its own, one a period, with the 累计 at its end; then those of units merged into it.
    """
    tree = tree_for(context, form)
    books = _own_books(context, form, tree[unit.unit_id])
    within = {ended.unit_id: period.period_id for ended, period in ended_within(context, form)}
    for ended, since in merged_since(context, form, unit):
        books += [
            replace(
                book,
                ended=ended.unit_id,
                since=since.period_id,
                within=within.get(ended.unit_id, ""),
            )
            for book in _own_books(context, form, ended)
        ]
    return books


def merged_since(context: Context, form: Form, unit: Unit) -> Iterator[tuple[Unit, Period]]:
    """Give each unit merged into this one, and the form's first period that this one reports for it."""
    tree = tree_for(context, form)
    for ended in tree.succeeded:
        if ended.valid_to is None:
            continue
        periods = form.periods_of(ended.valid_to.year)
        if ended != context.tree[ended.unit_id]:  # prolonged to the year's end, perhaps
            periods = (*periods, form.period_of(ended.valid_to + dt.timedelta(days=1)))
        for period in periods:
            if ended in tree.predecessors_on(unit.unit_id, period.last_day):
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
                ).items()
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
