"""What came of a judged file is recorded in one commit, with all that it entails.

This module owns how a judgement becomes what the store keeps, and the log lines beside it. It
refuses to judge, and to know which file is next.
"""

from __future__ import annotations

from dataclasses import replace

from sheetflow.children.judge_task import JudgeReply
from sheetflow.context import LOG, Context
from sheetflow.context.stamps import judge_token
from sheetflow.findings import Finding, Severity, count_places
from sheetflow.schemas.book import Judgement, Outcome
from sheetflow.schemas.documents import (
    dump_explanations,
    dump_figures,
    dump_finding,
)
from sheetflow.service.books import last_round, was_in_time
from sheetflow.service.consequences import entail, entail_precheck, look_before
from sheetflow.service.remeasure import measured_by
from sheetflow.store.records import Arrival, Judged, Submission
from sheetflow.validators.explanations import is_open

_MOST_LOGGED = 100
"""A workbook with thousands of findings may not push all others out of the log."""


def record_reply(context: Context, arrival: Arrival, reply: JudgeReply) -> Submission | None:
    """Record what came of a file, with all that it entails, in one commit.

    Give its submission; none for a precheck, or where the file was answered already.
    """
    judgement = reply.judgement
    if judgement.late and was_in_time(context, arrival, judgement.form, judgement.period):
        judgement = replace(judgement, late=False)
    # Mail names the cells of the copy that goes back with it, where one does.
    told = replace(judgement, findings=reply.marked) if reply.marked else judgement
    store, now = context.store, context.clock.now()
    if arrival.purpose == "precheck":
        document = _precheck_document(judgement)
        with store.together():
            if store.arrivals.record_answer(arrival, "precheck", now, document=document):
                entailed = entail_precheck(context, arrival, told)
                store.outcomes.record_follow_up(entailed, now)
        return None
    still_open = [entry for entry in judgement.findings if is_open(entry, judgement.explanations)]
    compared = (
        last_round(context, arrival, judgement.form, judgement.period, still_open)
        if judgement.outcome in {Outcome.ACCEPTED, Outcome.RETURNED}
        else None
    )
    before = look_before(context, arrival, judgement, compared)
    heard = told if judgement.outcome is Outcome.RETURNED else judgement
    spot, judged = (judgement.form, judgement.period), _judged(context, judgement, reply)
    other = context.campaign.other_form(judgement.form)
    with store.together():
        submission = store.outcomes.record_outcome(
            arrival, *spot, judged, named=other.key if other else ""
        )
        if submission:
            store.outcomes.record_follow_up(entail(context, submission, heard, before), now)
    return submission


def log_reply(context: Context, submission: Submission, reply: JudgeReply) -> None:
    """Log what came of a file, once that is recorded."""
    findings = reply.judgement.findings
    LOG.info(
        "unit %s: receipt %s %s, %d findings, token %s",
        submission.unit_id,
        submission.receipt,
        submission.outcome,
        len(findings),
        judge_token(context, submission.unit_id, reply.judgement).value,
    )
    _log_findings(submission, findings)


def _log_findings(submission: Submission, findings: tuple[Finding, ...]) -> None:
    """Write where each rule fired: unit, receipt, sheet, cell, rule; never what stood there.

    The sheet goes by its declared name: what the file calls it was typed by somebody.
    """
    for finding in findings[:_MOST_LOGGED]:
        LOG.info(
            "unit %s: receipt %s: sheet %s cell %s: %s %s%s",
            submission.unit_id,
            submission.receipt,
            finding.place.sheet or "-",
            finding.place.cell or "-",
            finding.severity.value,
            finding.rule,
            f" and {len(finding.others)} more cells" if finding.others else "",
        )
    if len(findings) > _MOST_LOGGED:
        LOG.info("receipt %s: %d more findings", submission.receipt, len(findings) - _MOST_LOGGED)


def _precheck_document(judgement: Judgement) -> list[dict[str, object]]:
    head = {"outcome": judgement.outcome.value, "form": judgement.form, "period": judgement.period}
    return [head, *map(dump_finding, judgement.findings)]


def _judged(context: Context, judgement: Judgement, reply: JudgeReply) -> Judged:
    places = count_places(judgement.findings)
    return Judged(
        outcome=judgement.outcome.value,
        judged_at=context.clock.now(),
        form_version=str(judgement.version or ""),
        nil=judgement.nil,
        late=judgement.late,
        must=places[Severity.MUST],
        verify=places[Severity.VERIFY],
        note=places[Severity.NOTE],
        findings=[dump_finding(finding) for finding in judgement.findings],
        explanations=dump_explanations(judgement.explanations),
        indicators=dump_figures(judgement.figures),
        measured_by=measured_by(context, context.form(judgement.form)),
        rows=reply.rows,
    )
