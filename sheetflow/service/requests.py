"""What children must be told: of a file's unit to judge it, of the books to roll them up.

This module owns the way from the store to a `JudgeRequest` and a `BooksRequest`. It refuses
to judge and to consolidate.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace

from sheetflow.children.judge_task import FormAndPeriod, JudgeRequest
from sheetflow.children.roll_up_tasks import (
    BooksRequest,
)
from sheetflow.consolidation.accepted import Books, made_by
from sheetflow.consolidation.figures import PastBook
from sheetflow.consolidation.report_builder import Letter
from sheetflow.consolidation.report_data import Letterhead
from sheetflow.context import Context
from sheetflow.findings import Explanation, Identity
from sheetflow.intake.archive import blob_path
from sheetflow.periods import Period
from sheetflow.schemas.documents import load_explanations, load_rows
from sheetflow.schemas.forms import Form
from sheetflow.service.books import past_books
from sheetflow.store.records import Arrival, Submission
from sheetflow.units import Unit


def request_for(
    context: Context, arrival: Arrival, known_keys: frozenset[tuple[str, str]] | None = None
) -> JudgeRequest:
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
    for waiver in context.store.submissions.find_waivers(arrival.unit_id):
        submission = context.store.submissions.find_submission(waiver.receipt)
        if submission and submission.arrival_id == arrival.arrival_id:
            spot = (submission.form, submission.period)
            waived.setdefault(spot, {})[waiver.rule] = waiver.why
    decisions = context.store.submissions.find_decisions(arrival.arrival_id)
    released = bool(decisions) and decisions[-1].verdict == "release"
    return replace(
        request,
        known_keys=known_keys,
        waived=waived,
        released=released,
        handed_in=arrival.put_at,
    )


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
        for standing in context.store.submissions.find_history(unit.unit_id, form.key):
            said = load_explanations(context.store.contents.find_explanations(standing))
            explained[form.key, standing.period] = said
            earlier = not arrival_id or standing.arrival_id < arrival_id
            if earlier and standing.sha256 != sha256:
                changes[form.key, standing.period] = standing.receipt
    return JudgeRequest(
        path=path,
        campaign=context.settings.campaign,
        unit=unit,
        tree=context.tree,
        now=now,
        working_days=context.working_days,
        day_overrides=context.day_overrides,
        past=tuple(past),
        standing=changes,
        explained=explained,
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


def letter_of(context: Context, unit: Unit, period: Period, form: Form) -> Letter:
    """Give the letter's parts as the settings have them for `unit`'s report of `form`."""
    report = context.settings.report
    superior = context.tree[unit.parent].name if unit.parent else None
    issuer = report.issuer_of(unit.name)
    other = context.campaign.other_form(form.key)
    number = report.document_number(unit.unit_id, period.period_id, other.key if other else "")
    return Letter(
        issuer=issuer,
        addressee=report.addressee_of(superior),
        letterhead=Letterhead(mark=f"{issuer}文件", number=number) if report.red_head else None,
        copies="，".join(report.copies_to),
        printer=report.printed_by_of(unit.name) if report.imprint else "",
    )


def books_request(
    context: Context, books: Books, unit: Unit, sheets: Sequence[str] = ()
) -> BooksRequest:
    """Tell a child what is accepted below `unit`, with the period's rows of `sheets`."""
    members = {member.unit_id for member in books.members(unit)}
    submissions = context.store.submissions
    asked: list[Submission] = []
    if sheets:
        spot = (books.form.key, books.period.period_id)
        asked = [*submissions.find_all_accepted(*spot, among=members).values()]
    return BooksRequest(
        campaign=context.settings.campaign,
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
            for submission, text in context.store.contents.iterate_rows(asked, sheet)
        },
    )
