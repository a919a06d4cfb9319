"""What waits to be published again, and why: a mark of the store in an office's words."""

from __future__ import annotations

from dataclasses import dataclass

from sheetflow.consolidation.waiting import Waiting, Waits
from sheetflow.periods import OFFICE_ZONE
from sheetflow.schemas.judging import Outcome
from sheetflow.service.entailing import ANSWER, BOARD, CONSOLIDATED, REPORT, WORKBOOK
from sheetflow.service.office import Office
from sheetflow.store.records import StaleMark

WORDS = {
    ANSWER: "答复",
    WORKBOOK: "填报表",
    CONSOLIDATED: "汇总表",
    REPORT: "情况报告",
    BOARD: "上报情况",
}


@dataclass(frozen=True, slots=True)
class StaleThing:
    """One publication that stands on changed data, in words."""

    mark: StaleMark
    words: str
    """``370100-济南市 2012年1—2月 汇总表：370102-历下区第2号已接收（03-02 10:00起）``."""


def stale_things(office: Office) -> tuple[StaleThing, ...]:
    """Give everything stale, the oldest first, each with the submission that made it so."""
    marks = office.store.publications.stale_marks
    reasons = {why: _reason(office, why) for why in {mark.why for mark in marks}}
    return tuple(StaleThing(mark, _words(office, mark, reasons[mark.why])) for mark in marks)


def stale_waiting(office: Office) -> tuple[Waiting, ...]:
    """Give everything stale as what waits, with the trouble that it met the last time."""
    return tuple(waiting_for(office, thing) for thing in stale_things(office))


def waiting_for(office: Office, thing: StaleThing) -> Waiting:
    """Say what a stale thing waits for."""
    mark = thing.mark
    gone = mark.unit_id not in office.tree
    remedy = "值守的服务会自动重新发布；没有值守的，请运行 run。"
    if gone:
        remedy = "这个单位已不在 units.xlsx 里；补回这一行后会自动发布。"
    elif mark.trouble:
        remedy = f"没有做成：{mark.trouble}"
    return Waiting(
        kind=Waits.PUBLICATION,
        unit_id=mark.unit_id,
        receipt=mark.what.partition(":")[2] if mark.what.startswith(f"{ANSWER}:") else "",
        since=mark.marked_at,
        reason=f"等待发布 {thing.words}。",
        remedy=remedy,
    )


def _words(office: Office, mark: StaleMark, reason: str) -> str:
    unit = office.tree[mark.unit_id].folder if mark.unit_id in office.tree else mark.unit_id
    period = f" {office.period(mark.form, mark.period).label}" if mark.period else ""
    what = mark.what.partition(":")[0]
    form = office.campaign.named_beside(mark.form)
    since = mark.marked_at.astimezone(OFFICE_ZONE)
    return f"{unit}{period}{form} {WORDS.get(what, what)}：{reason}（{since:%m-%d %H:%M}起）"


def _reason(office: Office, why: str) -> str:
    """Say what a mark's receipt is; another reason is said as it stands."""
    submission = office.store.submissions.find_submission(why) if why else None
    if submission is None:
        return why or "需要重新生成"
    known = submission.unit_id in office.tree
    unit = office.tree[submission.unit_id].folder if known else submission.unit_id
    form = office.campaign.named_beside(submission.form)
    return f"{unit}{form}第{submission.number}号{Outcome(submission.outcome).label}"
