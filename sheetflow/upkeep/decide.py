"""What a superior decides: a hard finding waived, a held workbook released or rejected.

Each is recorded with its reason in one short commit, beside a running `watch`; the next pass judges
the file anew and hears it. Nothing is decided about a cell that could not be read.
"""

from __future__ import annotations

import getpass
from dataclasses import replace

from sheetflow.consolidation.review_words import decided_words
from sheetflow.context import LOG, Context
from sheetflow.errors import StoreError
from sheetflow.findings import Finding, Severity
from sheetflow.schemas.documents import load_finding
from sheetflow.schemas.review import Matter, NewDecision, Verdict, standing
from sheetflow.service.deciding import next_number, record_decision
from sheetflow.store.records import Submission

_MOST_LISTED = 30


def waive(context: Context, receipt: str, rule: str, why: str) -> None:
    """Let the hard findings of `rule` pass for the submission `receipt`.

    `rule` is the rule's code, or the 编号 of one of its findings as 问题清单 shows it.
    Raise StoreError where there is no such receipt or finding, where it cannot be waived, or where somebody
    decided it in the meantime.
    """
    submission = _find(context, receipt)
    if submission.outcome != "returned":
        raise StoreError(f"{receipt} 不是退回的报送，不需要放行审核意见。")
    findings = list(map(load_finding, context.store.contents.find_findings(submission)))
    every = [entry for entry in findings if entry.severity is Severity.MUST]
    hard = [entry for entry in every if rule.strip().upper() == entry.number]
    rule = hard[0].rule if hard else rule
    hard = hard or [entry for entry in every if entry.rule == rule]
    if not hard:
        known = f"{receipt} 没有编号或编码为 {rule} 的强制性审核意见。"
        raise StoreError(known + _listed(context, every))
    if not context.campaign.catalogue.may_be_waived(hard[0]):
        raise StoreError(
            f"审核意见 {rule} 不能放行：这一格的内容没有采用（读不出来或者写错了），放行就会丢失，请单位改正。"
            + _listed(context, every)
        )
    reason = _reason(why)
    given = context.store.decisions.find_all(receipt=receipt, matter=Matter.WAIVER)
    if all(each.about != rule or each.verdict is not Verdict.AGREE for each in standing(given)):
        _record(context, _by_command(context, submission, Matter.WAIVER, "agree", reason, rule))


def decide(context: Context, receipt: str, verdict: str, why: str = "") -> str:
    """Release or reject the held submission `receipt`; a rejection needs its reason.

    Give what whoever releases should know besides: that a later submission stands.
    Raise StoreError where there is no such receipt, where it is not held, or where somebody decided it in
    the meantime.
    """
    submission = _find(context, receipt)
    reason = _reason(why) if verdict == "reject" else why.strip()
    findings = list(map(load_finding, context.store.contents.find_findings(submission)))
    ours = submission.outcome == "held" and all(entry.rule == "our-fault" for entry in findings)
    if verdict == "release" and ours:
        # Nobody has looked at it yet: it is judged anew, every doubt included.
        context.store.outcomes.record_reopened(receipt)
        LOG.info("receipt %s: judged anew after a fault of ours", receipt)
        return ""
    said = "agree" if verdict == "release" else "disagree"
    _record(context, _by_command(context, submission, Matter.HELD, said, reason))
    return _overtaken(context, submission) if verdict == "release" else ""


def _record(context: Context, decision: NewDecision) -> None:
    """Record what was decided; where somebody was quicker, say who and how."""
    if not record_decision(context, decision):
        known = context.store.decisions.find(decision.number)
        told = decided_words(known) if known else "已经处理，不重复办理"
        raise StoreError(f"{decision.receipt} {told}。")


def _by_command(
    context: Context,
    submission: Submission,
    matter: Matter,
    verdict: str,
    reason: str,
    about: str = "",
) -> NewDecision:
    return NewDecision(
        number=next_number(context, submission.receipt, matter, about),
        unit_id=submission.unit_id,
        form=submission.form,
        period=submission.period,
        receipt=submission.receipt,
        matter=matter,
        verdict=Verdict(verdict),
        about=about,
        opinion=reason,
        decider=getpass.getuser(),
    )


def _find(context: Context, receipt: str) -> Submission:
    submission = context.store.submissions.find_submission(receipt)
    if submission is None and context.store.signed.find_by_receipt(receipt):
        raise StoreError(
            f"{receipt} 是定稿或正本，不用放行、驳回。待确认的，请照通知里写的办法重新放一次；"
            "同一单位的定稿（正本）归档以后，就不再列出。"
        )
    if submission is None:
        raise StoreError(
            f"没有回执号 {receipt}。回执号写在回执、退回件和邮件里，如 370102-2012B1-1。"
        )
    if submission.arrival_id in context.store.purges.find_purged():
        raise StoreError(f"{receipt} 的原件已经清理，不能重新处理。请让单位重新报送。")
    return submission


def _overtaken(context: Context, submission: Submission) -> str:
    """Say which later submission stands, whatever becomes of this one; empty where none does."""
    if not submission.period:
        return ""
    standing = context.store.submissions.find_accepted(
        submission.unit_id, submission.form, submission.period
    )
    if standing is None or standing.arrival_id < submission.arrival_id:
        return ""
    return (
        f"请注意：这个单位后来报送的第{standing.number}号（{standing.receipt}）已经接收，"
        "汇总以它为准；这一份放行后只作留存，不计入汇总。"
    )


def _listed(context: Context, every: list[Finding]) -> str:
    """List the hard findings of a submission that can be waived, as an officer may name them."""
    hard = [entry for entry in every if context.campaign.catalogue.may_be_waived(entry)]
    if not hard:
        return f"这份报送没有可以放行的{'' if every else '强制性'}审核意见。"
    lines = [  # 问题清单 names the cells of the returned copy, which may be others
        f"  {entry.number}  {entry.rule}  {replace(entry.place, cell='', row=0).words}"
        for entry in hard[:_MOST_LISTED]
    ]
    more = f"\n  ……共{len(hard)}条" if len(hard) > _MOST_LISTED else ""
    return "可以放行的有（编号、编码、位置）：\n" + "\n".join(lines) + more


def _reason(why: str) -> str:
    reason = " ".join(why.split())
    if not reason:
        raise StoreError("请用 --why 写明理由。")
    return reason
