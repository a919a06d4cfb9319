"""What waits, gathered from the store and a look at the inbox: the one source of all that show it.

`run`, `watch`, `status`, `doctor`, the board and the superior's mail say it in the same words.
This module refuses to mend anything, and needs no lock.
"""

from __future__ import annotations

import os
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator
from itertools import groupby
from pathlib import Path

from sheetflow.consolidation.contents import Waiting, Waits
from sheetflow.context import Context
from sheetflow.errors import Trouble
from sheetflow.intake.sighting import (
    ATTACHMENTS_FOLDER,
    FOLDER,
    PRECHECK_FOLDER,
    Oddity,
    Reason,
    Scan,
    display_name,
    identity_in,
    identity_of,
)
from sheetflow.mail.send import troubled_mails
from sheetflow.periods import OFFICE_ZONE
from sheetflow.publishing.outbox import Beside
from sheetflow.schemas.book import Outcome
from sheetflow.schemas.documents import load_finding
from sheetflow.schemas.forms import Form
from sheetflow.service.books import shown_name
from sheetflow.service.filed_answer import held_signed
from sheetflow.service.files import is_overtaken
from sheetflow.store.records import Submission

_OUR_FAULT = "our-fault"
_BESIDE = {
    Beside.HELD: ("被人打开着", "请关闭打开的文件，下一次处理会换回原名。"),
    Beside.HERS: (
        "有人改过，没有动它",
        "改过的一份不再需要时，请移走或改名，下一次处理会换回原名。",
    ),
}


def what_waits(
    context: Context, seen: Scan, oddities: Collection[Oddity] | None = None
) -> tuple[Waiting, ...]:
    """Give everything that waits, given what a look at the inbox has `seen`.

    `oddities` are what intake came to know besides; by default those of the look.
    """
    strange = (*seen.strange, *seen.lingering) if oddities is None else oddities
    listed = [Trouble(what="units", sentence=context.units_trouble)]
    return (
        *held_submissions(context),
        *held_signed(context),
        *_put_off(context),
        *_mails(context),
        *_unnamed(context),
        *stale_waiting(context),
        *_beside(context),
        *strange_things(context, strange),
        *stray_folders(context),
        *waiting_of(context, (*(listed if context.units_trouble else ()), *seen.hindered)),
    )


_KINDS = {"inbox": Waits.INBOX, "outbox": Waits.PUBLICATION}


def waiting_of(context: Context, troubles: Iterable[Trouble]) -> Iterator[Waiting]:
    """Give trouble that lasts as what waits: 370103 市中区 报送文件夹里的“预审”不是文件夹……."""
    for trouble in troubles:
        whose = f"{unit_words(context, trouble.unit_id)} " if trouble.unit_id else ""
        found, stop, remedy = trouble.sentence.partition("。")
        yield Waiting(
            kind=_KINDS.get(trouble.what, Waits.DECISION),
            unit_id=trouble.unit_id,
            since=trouble.since,
            reason=f"{whose}{found}{stop}",
            remedy=remedy,
            is_ours=trouble.is_ours,
        )


def untaken(context: Context, seen: Scan) -> Iterator[Waiting]:
    """Say how many files of each unit lie in the inbox and were not taken yet."""
    pending = {
        identity_in(arrival.source_key) for arrival in context.store.arrivals.find_pending(FOLDER)
    }
    counts = Counter(file.unit_id for file in seen.files if identity_of(file) not in pending)
    for unit_id, count in counts.items():
        yield Waiting(
            kind=Waits.INBOX,
            unit_id=unit_id,
            reason=f"{unit_words(context, unit_id)} 报送文件夹里还有{count}份没有收取。",
            remedy="值守的服务会自动收取；没有值守的，请运行 run。",
        )


def held_submissions(
    context: Context, units: Collection[str] | None = None, form: Form | None = None
) -> Iterator[Waiting]:
    """Give every workbook (of `units`) that is held, also beside an accepted one, until decided.

    Those of `form` alone, where one is asked for: of an unknown one stand with the main form's.
    """
    for held in context.store.submissions.find_held():
        asked_for = form is None or form.key == (held.form or context.campaign.main_form.key)
        if asked_for and (units is None or held.unit_id in units):
            yield _held(context, held)


def _held(context: Context, held: Submission) -> Waiting:
    findings = list(map(load_finding, context.store.contents.find_findings(held)))
    why = context.campaign.catalogue.wrong(findings[0]) if findings else "需要核实"
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
        reason=f"{unit_words(context, held.unit_id)} "
        f"{context.campaign.named_beside(held.form)}第{held.number}号"
        f"（回执号 {held.receipt}）{Outcome.HELD.label}：{why}。",
        remedy=remedy,
        is_ours=ours,
    )


def _put_off(context: Context) -> Iterator[Waiting]:
    now = context.clock.now()
    for arrival in context.store.arrivals.find_unjudged():
        why, remedy = "已经收取，等待审核", "值守的服务会自动处理；没有值守的，请运行 run。"
        if arrival.trouble:
            why = f"暂时不能审核：{arrival.trouble}"
        if arrival.retry_at is not None and arrival.retry_at > now:
            remedy = f"{arrival.retry_at:%m-%d %H:%M}以后自动再试。"
        gone = arrival.unit_id not in context.tree
        if gone:
            why, remedy = "没有审核：这个单位已不在 units.xlsx 里", "请在 units.xlsx 补回这个单位。"
        yield Waiting(
            kind=Waits.PUT_OFF,
            unit_id=arrival.unit_id,
            since=arrival.arrived_at,
            reason=f"{unit_words(context, arrival.unit_id)} 第{arrival.arrival_id}号来件"
            f"（{arrival.name}）{why}。",
            remedy=remedy,
            is_ours=bool(arrival.trouble) and not gone,
        )


_UNNAMED = {
    False: (
        "还没有表提到它",
        "填报表的附件栏写着它的文件名时会自动归到那份表；名称不一致的，请单位改好后重放。",
    ),
    True: (
        "同名的附件已经接收，没有换用",
        "原来的照用，不用处理；要换的，请单位核对文件能否打开，和更正的报表一起报。",
    ),
}


def _unnamed(context: Context) -> Iterator[Waiting]:
    """Give the files that each unit handed in since its last workbook and that no workbook takes."""
    told = [
        (each, unit_id, is_overtaken(context, each.unit_id, each.file))
        for each in context.store.files.find_unnamed()
        for unit_id in (each.unit_id,)
    ]
    told.sort(key=lambda entry: entry[1:])
    for (unit_id, is_other), found in groupby(told, lambda entry: entry[1:]):
        files = [each for each, _, _ in found]
        said, remedy = _UNNAMED[is_other]
        names = _listed([f"“{shown_name(each.file.name)}”" for each in files])
        yield Waiting(
            kind=Waits.UNNAMED,
            unit_id=unit_id,
            since=files[0].arrived_at,
            reason=f"{unit_words(context, unit_id)} 收到附件，{said}：{names}。",
            remedy=remedy,
        )


def _mails(context: Context) -> Iterator[Waiting]:
    again = "后，用 sheetflow mail 查看并重新发送。"
    for mail, what in troubled_mails(context):
        remedy = f"内容已在答复文件夹里，可以电话告知。改正 units.xlsx 里的邮箱{again}"
        if not mail.unit_id:
            remedy = f"改正 sheetflow.toml 里 [contact] 的 administrator {again}"
        yield Waiting(
            kind=Waits.MAIL,
            unit_id=mail.unit_id,
            receipt=mail.receipt,
            since=mail.created_at,
            reason=f"{unit_words(context, mail.unit_id) or '管理员'} {what}"
            f"（{mail.subject}）：{mail.trouble}",
            remedy="会自动重试。" if mail.state == "queued" else remedy,
        )


def _beside(context: Context) -> Iterator[Waiting]:
    for entry in context.store.publications.find_beside():
        said, remedy = _BESIDE[Beside(entry.beside_for)]
        yield Waiting(
            kind=Waits.PUBLICATION,
            unit_id=entry.unit_id,
            since=entry.published_at,
            reason=f"“{entry.path}”{said}，新的一份已发布在旁边：{entry.beside}。",
            remedy=remedy,
        )


_MOST_NAMED = 5

_ODD = {
    Reason.SYMLINK: ("有链接，不收", "请换成真正的文件；不是自己人放的，请查是谁放的。"),
    Reason.HARD_LINK: ("有与别处共用内容的文件（硬链接），不收", "请复制成独立的文件再放。"),
    Reason.FOLDER: ("单位文件夹里又有文件夹，里面的东西不收", "请把工作簿直接放在单位文件夹里。"),
    Reason.SPECIAL: ("有不是文件的东西（管道、设备等），不收", "请移走，并查是谁放的。"),
    Reason.TOO_LARGE: (
        "有大得不像工作簿的文件，不收",
        "请让单位删去图片和无关的工作表后重放；原来就这么大的，改用发给它的填报表重新填写。",
    ),
    Reason.EMPTY: (
        "有一个字节也没有的文件，还在等它写完",
        "写完以后会自动收取；一直是空的，多半是复制中断，请让单位重新复制。",
    ),
    Reason.UNKNOWN_FOLDER: ("有没放进单位文件夹的东西，没有人收", "请移到该单位的文件夹里。"),
    Reason.LINGERING: (
        "有放了一天以上的锁文件、临时文件或隐藏文件",
        "多半是 Excel 没有正常关闭留下的；确认没有人在编辑后删去。",
    ),
}


def strange_things(context: Context, oddities: Iterable[Oddity]) -> Iterator[Waiting]:
    """Give one line for each unit and reason, naming the first entries."""
    found: dict[tuple[str, Reason], list[Oddity]] = defaultdict(list)
    inbox = context.workspace.inbox
    for oddity in oddities:
        if oddity.unit_id and (oddity.folder == inbox or oddity.name == PRECHECK_FOLDER):
            continue  # what stands in the place of a folder is told as what it hinders
        if oddity.reason is Reason.UNKNOWN_FOLDER and oddity.folder != inbox and not oddity.unit_id:
            continue  # of what lies in a folder of no unit, that folder is told
        found[oddity.unit_id or "", oddity.reason].append(oddity)
    for (unit_id, reason), entries in found.items():
        said, remedy = _ODD.get(reason, ("有不能收取的东西", "请看一看是什么，移走它。"))
        whose = f"{unit_words(context, unit_id)} " if unit_id else ""
        names = _listed([f"{entry.folder.name}/{entry.name}" for entry in entries])
        yield Waiting(
            kind=Waits.INBOX,
            unit_id=unit_id,
            reason=f"{whose}报送文件夹里{said}：{names}。",
            remedy=remedy,
        )


def stray_folders(context: Context) -> Iterator[Waiting]:
    """Give a line where the inbox has folders of no unit; not of those that we made and nobody ever used."""
    try:
        strays = [
            display_name(os.fsencode(path.name))
            for path in context.workspace.stray_folders(context.tree)
            if not _is_unused(path)
        ]
    except OSError:
        return  # the look at the inbox says so
    if strays:
        yield Waiting(
            kind=Waits.INBOX,
            reason=f"报送文件夹里有不属于任何单位的文件夹，里面的东西没有人收：{_listed(strays)}。",
            remedy="请核对名称（单位代码-名称，与 units.xlsx 一致），把里面的文件移到该放的文件夹。",
        )


def _is_unused(folder: Path) -> bool:
    """Whether a folder in the inbox is as we make a unit's, and nobody has put anything in it."""
    try:
        inner = list(folder.iterdir())
        return any(each.name == PRECHECK_FOLDER for each in inner) and all(
            each.name in {PRECHECK_FOLDER, ATTACHMENTS_FOLDER}
            and each.is_dir()
            and not any(each.iterdir())
            for each in inner
        )
    except OSError:
        return False


def unit_words(context: Context, unit_id: str) -> str:
    """Name a unit by code and name, as far as the list knows it."""
    return f"{unit_id} {context.tree[unit_id].name}" if unit_id in context.tree else unit_id


def _listed(names: list[str]) -> str:
    """List the first names: 历下区、市中区等7个."""
    shown = "、".join(names[:_MOST_NAMED])
    return shown + (f"等{len(names)}个" if len(names) > _MOST_NAMED else "")


def stale_waiting(context: Context) -> Iterator[Waiting]:
    """Give everything stale, the oldest first, with what made it so and the trouble it met last.

    ``等待发布 370100-济南市 2012年1—2月 汇总表：370102-历下区第2号已接收（03-02 10:00起）。``
    """
    marks = context.store.publications.find_stale()
    reasons = {why: _reason(context, why) for why in {mark.why for mark in marks}}
    for mark in marks:
        remedy = "值守的服务会自动重新发布；没有值守的，请运行 run。"
        if mark.unit_id not in context.tree:
            remedy = "这个单位已不在 units.xlsx 里；补回这一行后会自动发布。"
        elif mark.trouble:
            remedy = f"没有做成：{mark.trouble}"
        period = f" {context.period(mark.form, mark.period).label}" if mark.period else ""
        form = context.campaign.named_beside(mark.form)
        what = f"{_folder_of(context, mark.unit_id)}{period}{form} {mark.kind.label}"
        since = mark.marked_at.astimezone(OFFICE_ZONE)
        yield Waiting(
            kind=Waits.PUBLICATION,
            unit_id=mark.unit_id,
            receipt=mark.receipt,
            since=mark.marked_at,
            reason=f"等待发布 {what}：{reasons[mark.why]}（{since:%m-%d %H:%M}起）。",
            remedy=remedy,
        )


def _reason(context: Context, why: str) -> str:
    """Say what a mark's receipt is; another reason is said as it stands."""
    submission = context.store.submissions.find_submission(why) if why else None
    if submission is None:
        return why or "需要重新生成"
    unit = _folder_of(context, submission.unit_id)
    form = context.campaign.named_beside(submission.form)
    return f"{unit}{form}第{submission.number}号{Outcome(submission.outcome).label}"


def _folder_of(context: Context, unit_id: str) -> str:
    return context.tree[unit_id].folder if unit_id in context.tree else unit_id
