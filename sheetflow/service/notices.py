"""Answers in a page of words: where no copy can be made, and beside a receipt that no longer holds.

This module refuses to say what becomes of a submission.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from sheetflow.context import Context
from sheetflow.context.paths import answer_path
from sheetflow.findings import RETURNED_RULE, Finding
from sheetflow.schemas.review import HEARD
from sheetflow.service.publish import Made, Making, Order, basis_of, is_published
from sheetflow.store.records import Arrival, Stale, Submission
from sheetflow.writing import NoticeData, write_notice


def notice_of(
    context: Context,
    arrival: Arrival,
    findings: tuple[Finding, ...],
    *,
    heading: str,
    happened: str,
    facts: Sequence[tuple[str, str]] = (),
) -> bytes:
    """Write a page that says what happened to a file, why, and what to do."""
    catalogue = context.campaign.catalogue
    return write_notice(
        NoticeData(
            campaign=context.campaign.title,
            heading=heading,
            unit=context.tree[arrival.unit_id],
            received=arrival.arrived_at,
            file_name=arrival.name,
            happened=happened,
            reasons=[catalogue.wrong(finding) + "。" for finding in findings],
            remedies=[catalogue.remedy(finding) + "。" for finding in findings],
            facts=facts,
            sha256=arrival.sha256,
        )
    )


def with_receipt_overtaken(
    context: Context,
    submission: Submission,
    arrival: Arrival,
    findings: tuple[Finding, ...],
    mark: Stale,
    making: Making,
) -> Making:
    """Have the receipt of what is returned now say so: it lies beside the returned copy under the same number.

    It is not withdrawn: it proves when the workbook was handed in, and a mail may still carry it.
    """
    path = answer_path(context, replace(submission, outcome="accepted"))
    if not (arrival.turn and is_published(context, path)):
        return making
    stands = [each for each in findings if each.rule == RETURNED_RULE and HEARD in each.arguments]
    by = str(stands[0].arguments["by"]) if stands else ""
    answer = answer_path(context, submission).name
    content = notice_of(
        context,
        arrival,
        (),
        heading=f"回执（后来{by}退回）",
        happened=f"这份报表曾经接收，后来{by}退回，请按“{answer}”改好再报。报送时间照旧，不因此算迟报。",
        facts=(("回执号", submission.receipt),),
    )

    def finish() -> Made:
        made = making.finish()
        return Made((*made.orders, Order(path, content, mark, basis_of(content))))

    return Making(making.work, finish)
