"""What an answer entails: the mail to queue and the publications that are now stale.

Everything here only computes: it runs inside the commit that records the answer.
"""

from __future__ import annotations

from dataclasses import replace

from sheetflow.findings import Finding, Round
from sheetflow.periods import Period
from sheetflow.schemas.judging import Judgement, Outcome
from sheetflow.service.letters import count, facts, letter, tell
from sheetflow.service.names import answer_path, precheck_path
from sheetflow.service.office import Office
from sheetflow.store.records import Arrival, FollowUp, NewMail, Stale, Submission
from sheetflow.units import Unit
from sheetflow.wording import Event

ANSWER, WORKBOOK, CONSOLIDATED, REPORT, BOARD = (
    "answer",
    "workbook",
    "consolidated",
    "report",
    "board",
)


def entail(
    office: Office, submission: Submission, judgement: Judgement, compared: Round | None = None
) -> FollowUp:
    """Give the mails and the stale marks that an outcome entails.

    `compared` tells what became of the last attempt's findings.
    """
    return FollowUp(
        mails=(
            *_mail(office, submission, judgement, compared),
            *_tell_named(office, submission, judgement),
        ),
        stale=tuple(stale_after(office, submission)),
    )


def _mail(
    office: Office, submission: Submission, judgement: Judgement, compared: Round | None
) -> tuple[NewMail, ...]:
    unit = office.tree[submission.unit_id]
    path = answer_path(office, submission)
    attach = office.settings.mail.attach
    data = replace(
        facts(office, unit, submission.form, submission.period),
        number=submission.number,
        received=submission.arrived_at.strftime("%Y-%m-%d %H:%M"),
        findings=tell(office.campaign.catalogue, judgement.findings),
        counts=count(judgement.findings),
        progress=compared,
        reason=_reason(office, judgement),
        late=submission.late,
        attachment=path.name if attach else "",
        file_place="" if attach else f"{path.parent.name}/{path.name}",
    )
    message_id = f"{submission.receipt}.{submission.judgement_id}"
    files = {path.name: office.relative(path)}
    return letter(office, unit, Event(submission.outcome), data, message_id, files)


def _reason(office: Office, judgement: Judgement) -> str:
    """Why something is held or refused, in one sentence."""
    if judgement.outcome in {Outcome.HELD, Outcome.REFUSED} and judgement.findings:
        return office.campaign.catalogue.wrong(judgement.findings[0])
    return ""


def _tell_named(
    office: Office, submission: Submission, judgement: Judgement
) -> tuple[NewMail, ...]:
    """Tell the unit that a held workbook names, quoting nothing of the file."""
    named = judgement.named_unit
    if judgement.outcome is not Outcome.HELD or named not in office.tree:
        return ()
    unit = office.tree[named]
    data = replace(
        facts(office, unit, submission.form, submission.period),
        received=submission.arrived_at.strftime("%Y-%m-%d %H:%M"),
        other_unit=office.tree[submission.unit_id].name,
    )
    message_id = f"{submission.receipt}.{submission.judgement_id}.named"
    return letter(office, unit, Event.IDENTITY, data, message_id)


def stale_after(office: Office, submission: Submission) -> list[Stale]:
    """Name what stands on a submission: its answer, and what everyone above publishes."""
    form, period = submission.form, submission.period
    marks = [
        Stale(
            unit_id=submission.unit_id,
            form=form,
            period=period,
            what=f"{ANSWER}:{submission.receipt}",
            why=submission.receipt,
        )
    ]
    if not period or Period.parse(period).first_day > submission.arrived_at.date():
        return marks  # a period that is not known, or not begun, has nothing above it yet
    periods = _from(Period.parse(period)) if submission.outcome == "accepted" else [period]
    marks += [
        Stale(unit_id=unit.unit_id, form=form, period=later, what=what, why=submission.receipt)
        for later in periods
        for unit in _above(office, _answering(office, submission.unit_id, later))
        for what in (CONSOLIDATED, REPORT, BOARD)
    ]
    marks += [
        Stale(
            unit_id=_answering(office, submission.unit_id, later).unit_id,
            form=form,
            period=later,
            what=WORKBOOK,
            why=submission.receipt,
        )
        for later in periods[1:]
    ]
    return marks


def _above(office: Office, unit: Unit) -> list[Unit]:
    """The units that publish what `unit` reports: those on its chain with others below them."""
    return [
        entry for entry in office.tree.chain(unit.unit_id) if office.tree.children(entry.unit_id)
    ]


def _answering(office: Office, unit_id: str, period: str) -> Unit:
    """The unit that answers for the books of `unit_id` in `period`: itself, or its successor."""
    heir = office.tree.successor_on(unit_id, Period.parse(period).last_day)
    return heir or office.tree[unit_id]


def _from(period: Period) -> list[str]:
    """The period and those after it in the same year: cumulative figures stand on it."""
    later = period.next_in_year
    return [period.period_id, *(_from(later) if later else ())]


def entail_duplicate(office: Office, arrival: Arrival, repeated: Submission) -> FollowUp:
    """Give the mail that says: already received."""
    unit = office.tree[arrival.unit_id]
    path = answer_path(office, repeated)
    data = replace(
        facts(office, unit, repeated.form, repeated.period),
        number=repeated.number,
        received=repeated.arrived_at.strftime("%Y-%m-%d %H:%M"),
        reason={"accepted": "已接收", "returned": "退回", "held": "挂起", "refused": "拒收"}[
            repeated.outcome
        ],
        file_place=f"{path.parent.name}/{path.name}",
    )
    message_id = f"{repeated.receipt}.again.{arrival.arrival_id}"
    return FollowUp(mails=letter(office, unit, Event.DUPLICATE, data, message_id))


def entail_precheck(office: Office, arrival: Arrival, judgement: Judgement) -> FollowUp:
    """Give the mail and the mark for the marked copy of a precheck."""
    unit = office.tree[arrival.unit_id]
    path = precheck_path(office, unit, judgement.period, arrival.arrival_id)
    attach = office.settings.mail.attach
    findings: tuple[Finding, ...] = judgement.findings
    data = replace(
        facts(office, unit, judgement.form, judgement.period),
        received=arrival.arrived_at.strftime("%Y-%m-%d %H:%M"),
        findings=tell(office.campaign.catalogue, findings),
        counts=count(findings),
        passed=judgement.outcome is Outcome.ACCEPTED,
        attachment=path.name if attach else "",
        file_place="" if attach else f"{path.parent.name}/{path.name}",
    )
    mark = Stale(
        unit_id=unit.unit_id,
        form=judgement.form,
        period=judgement.period,
        what=f"{ANSWER}:precheck-{arrival.arrival_id}",
    )
    message_id = f"precheck-{arrival.arrival_id}"
    files = {path.name: office.relative(path)}
    return FollowUp(
        mails=letter(office, unit, Event.PRECHECK, data, message_id, files), stale=(mark,)
    )
