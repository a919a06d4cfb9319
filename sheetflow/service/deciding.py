"""What a superior decides: a hard finding waived, a held workbook released or rejected.

Each decision is recorded with its reason in one short commit, beside a running `watch`;
the next pass judges the file anew and hears it. Nothing is decided about a cell that
could not be read: letting it pass would drop what stood there.
"""

from __future__ import annotations

import getpass

from sheetflow.errors import StoreError
from sheetflow.findings import Severity
from sheetflow.schemas.documents import load_finding
from sheetflow.service.office import LOG, Office
from sheetflow.store.records import Decision, Submission, Waiver
from sheetflow.validators.catalogue.cells import UNREAD_CELLS


def waive(office: Office, receipt: str, rule: str, why: str) -> None:
    """Let the hard findings of `rule` pass for the submission `receipt`.

    Raise StoreError where there is no such receipt or finding, or where it cannot be waived.
    """
    submission = _find(office, receipt)
    if submission.outcome != "returned":
        raise StoreError(f"{receipt} 不是退回的报送，不需要放行审核意见。")
    findings = map(load_finding, office.store.submissions.find_findings(submission))
    hard = [entry for entry in findings if entry.severity is Severity.MUST and entry.rule == rule]
    if not hard:
        raise StoreError(
            f"{receipt} 没有编码为 {rule} 的强制性审核意见。请用 check --json 查看编码。"
        )
    if rule in UNREAD_CELLS or not hard[0].place.sheet:
        raise StoreError(
            f"审核意见 {rule} 不能放行：单元格的内容读不出来，放行就会丢失。请退回改正。"
        )
    now = office.clock.now()
    waiver = Waiver(receipt=receipt, rule=rule, why=_reason(why), by=getpass.getuser(), at=now)
    office.store.outcomes.record_waiver(waiver)
    LOG.info("receipt %s: rule %s waived", receipt, rule)


def decide(office: Office, receipt: str, verdict: str, why: str = "") -> None:
    """Release or reject the held submission `receipt`; a rejection needs its reason.

    Raise StoreError where there is no such receipt, or where it is not held.
    """
    _find(office, receipt)
    reason = _reason(why) if verdict == "reject" else why.strip()
    now = office.clock.now()
    office.store.outcomes.record_decision(
        Decision(receipt=receipt, verdict=verdict, why=reason, by=getpass.getuser(), at=now)
    )
    LOG.info("receipt %s: %s", receipt, verdict)


def _find(office: Office, receipt: str) -> Submission:
    submission = office.store.submissions.find_submission(receipt)
    if submission is None:
        raise StoreError(
            f"没有回执号 {receipt}。回执号写在回执、退回件和邮件里，如 370102-2012B1-1。"
        )
    if submission.arrival_id in office.store.purges.find_purged():
        raise StoreError(f"{receipt} 的原件已经清理，不能重新处理。请让单位重新报送。")
    return submission


def _reason(why: str) -> str:
    reason = " ".join(why.split())
    if not reason:
        raise StoreError("请用 --why 写明理由。")
    return reason
