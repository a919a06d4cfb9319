"""What waits, gathered from the store and a look at the inbox: the one source of all that show it.

`run`, `watch`, `status`, `doctor`, the board and the superior's mail say what stands here and
in the same words. This module refuses to mend anything, and needs no lock.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator

from sheetflow.consolidation.waiting import Waiting, Waits
from sheetflow.context.context import Office
from sheetflow.errors import Trouble
from sheetflow.intake.identity import FOLDER, identity_in, identity_of
from sheetflow.intake.sighting import Oddity, Scan
from sheetflow.mail.requeue import troubled_mails
from sheetflow.publishing.outbox import Beside
from sheetflow.schemas.book import Outcome
from sheetflow.schemas.documents import load_finding
from sheetflow.schemas.forms import Form
from sheetflow.service.oddities import strange_things, stray_folders, unit_words
from sheetflow.service.stale_words import stale_waiting
from sheetflow.store.records import Arrival, Submission

_OUR_FAULT = "our-fault"
_BESIDE = {
    Beside.HELD: ("被人打开着", "请关闭打开的文件，下一次处理会换回原名。"),
    Beside.HERS: (
        "有人改过，没有动它",
        "改过的一份不再需要时，请移走或改名，下一次处理会换回原名。",
    ),
}


def what_waits(
    office: Office, seen: Scan, oddities: Collection[Oddity] | None = None
) -> tuple[Waiting, ...]:
    """Give everything that waits, given what a look at the inbox has `seen`.

    `oddities` are what intake came to know besides; by default those of the look.
    """
    strange = (*seen.strange, *seen.lingering) if oddities is None else oddities
    return (
        *held_submissions(office),
        *_put_off(office),
        *_mails(office),
        *_publications(office),
        *strange_things(office, strange),
        *stray_folders(office),
        *waiting_of(office, (*_of_the_list(office), *seen.hindered)),
    )


def _of_the_list(office: Office) -> Iterator[Trouble]:
    if office.units_trouble:
        yield Trouble(what="units", sentence=office.units_trouble)


_KINDS = {"inbox": Waits.INBOX, "outbox": Waits.PUBLICATION}


def waiting_of(office: Office, troubles: Iterable[Trouble]) -> Iterator[Waiting]:
    """Give trouble that lasts as what waits: 370103 市中区 报送文件夹里的“预审”不是文件夹……."""
    for trouble in troubles:
        whose = f"{unit_words(office, trouble.unit_id)} " if trouble.unit_id else ""
        found, stop, remedy = trouble.sentence.partition("。")
        yield Waiting(
            kind=_KINDS.get(trouble.what, Waits.DECISION),
            unit_id=trouble.unit_id,
            since=trouble.since,
            reason=f"{whose}{found}{stop}",
            remedy=remedy,
            is_ours=trouble.is_ours,
        )


def untaken(office: Office, seen: Scan) -> Iterator[Waiting]:
    """Say how many files of each unit lie in the inbox and were not taken yet."""
    pending = {
        identity_in(arrival.source_key) for arrival in office.store.arrivals.find_pending(FOLDER)
    }
    counts = Counter(file.unit_id for file in seen.files if identity_of(file) not in pending)
    for unit_id, count in counts.items():
        yield Waiting(
            kind=Waits.INBOX,
            unit_id=unit_id,
            reason=f"{unit_words(office, unit_id)} 报送文件夹里还有{count}份没有收取。",
            remedy="值守的服务会自动收取；没有值守的，请运行 run。",
        )


def held_submissions(
    office: Office, units: Collection[str] | None = None, form: Form | None = None
) -> Iterator[Waiting]:
    """Give every workbook (of `units`) that is held, also beside an accepted one, until decided.

    Those of `form` alone, where one is asked for: of an unknown one stand with the main form's.
    """
    for held in office.store.submissions.find_held():
        asked_for = form is None or form.key == (held.form or office.campaign.main_form.key)
        if asked_for and (units is None or held.unit_id in units):
            yield _held(office, held)


def _held(office: Office, held: Submission) -> Waiting:
    findings = list(map(load_finding, office.store.contents.find_findings(held)))
    why = office.campaign.catalogue.wrong(findings[0]) if findings else "需要核实"
    ours = bool(findings) and all(entry.rule == _OUR_FAULT for entry in findings)
    release = f"sheetflow release {held.receipt}"
    reject = f'sheetflow reject {held.receipt} --why "理由"'
    remedy = f"核实后请用 {release} 放行，或用 {reject} 退回。"
    if ours:
        remedy = f"请把日志交给系统维护人员；改正后用 {release} 重新审核。"
    return Waiting(
        kind=Waits.HELD,
        unit_id=held.unit_id,
        receipt=held.receipt,
        since=held.arrived_at,
        reason=f"{unit_words(office, held.unit_id)} "
        f"{office.campaign.named_beside(held.form)}第{held.number}号"
        f"（回执号 {held.receipt}）{Outcome.HELD.label}：{why}。",
        remedy=remedy,
        is_ours=ours,
    )


def _put_off(office: Office) -> Iterator[Waiting]:
    now = office.clock.now()
    for arrival in office.store.arrivals.find_unjudged():
        gone = arrival.unit_id not in office.tree
        again = arrival.retry_at is not None and arrival.retry_at > now
        yield Waiting(
            kind=Waits.PUT_OFF,
            unit_id=arrival.unit_id,
            since=arrival.arrived_at,
            reason=f"{unit_words(office, arrival.unit_id)} 第{arrival.arrival_id}号来件"
            f"（{arrival.name}）{_why_put_off(arrival, gone=gone)}。",
            remedy="请在 units.xlsx 补回这个单位。"
            if gone
            else f"{arrival.retry_at:%m-%d %H:%M}以后自动再试。"
            if again
            else "值守的服务会自动处理；没有值守的，请运行 run。",
            is_ours=bool(arrival.trouble) and not gone,
        )


def _why_put_off(arrival: Arrival, *, gone: bool) -> str:
    if gone:
        return "没有审核：这个单位已不在 units.xlsx 里"
    return f"暂时不能审核：{arrival.trouble}" if arrival.trouble else "已经收取，等待审核"


def _mails(office: Office) -> Iterator[Waiting]:
    requeue = "改正 units.xlsx 里的邮箱后，用 sheetflow mail 查看并重新发送。"
    for mail, what in troubled_mails(office):
        yield Waiting(
            kind=Waits.MAIL,
            unit_id=mail.unit_id,
            receipt=mail.receipt,
            since=mail.created_at,
            reason=f"{unit_words(office, mail.unit_id)} {what}（{mail.subject}）：{mail.trouble}",
            remedy="会自动重试。"
            if mail.state == "queued"
            else f"内容已在答复文件夹里，可以电话告知。{requeue}",
        )


def _publications(office: Office) -> Iterator[Waiting]:
    yield from stale_waiting(office)
    for entry in office.store.publications.find_beside():
        said, remedy = _BESIDE[Beside(entry.beside_for)]
        yield Waiting(
            kind=Waits.PUBLICATION,
            unit_id=entry.unit_id,
            since=entry.published_at,
            reason=f"“{entry.path}”{said}，新的一份已发布在旁边：{entry.beside}。",
            remedy=remedy,
        )
