"""What is said of a 审核单 that came back: its 办理结果 and a mail, made from what the store keeps of it.

Equal state gives equal bytes, after a crash and after a restore. It decides nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from sheetflow.context import Context
from sheetflow.context.paths import result_path
from sheetflow.mail.facts import mail_facts, make_mail
from sheetflow.mail.letter_data import Event
from sheetflow.service.publish import Made, Making, Order, basis_of
from sheetflow.store.records import Arrival, Document, NewMail, PublicationKind, Stale
from sheetflow.writing.review_result import ResultRow, write_review_result

REVIEW = "review"
"""The answer of an arrival that was a 审核单."""
AGAIN = "again"
"""Why nothing is done of the bytes of one that was answered."""
_MOST_IN_MAIL = 10
_HOW_TO_MEND = "没有办理的，照“说明”改好，存盘再放一次。"
_HOW_TO_UNDO = "办错了的，在新的审核单《已处理》里选“撤销”。"

_WHY = {
    "stamp-unit": (
        "标识是另一个单位的审核单，没有办理",
        "请用本单位答复文件夹里的审核单；别的单位的，由那个单位放进它自己的文件夹",
    ),
    "stamp-token": (
        "标识被改动过，不是系统发给本单位的审核单，没有办理",
        "请在本单位答复文件夹里最新的审核单上填写",
    ),
    "stamp-campaign": (
        "这是另一个活动的审核单，没有办理",
        "请用本活动的审核单",
    ),
    "period": (
        "看不出是哪张报表、哪个报告期的审核单，没有办理",
        "请在本单位答复文件夹里最新的审核单上填写",
    ),
    "none-below": (
        "本单位没有填报这张表的下级单位，没有要办理的事",
        "放错文件夹的，请放到应当办理的单位的文件夹",
    ),
    "rows": (
        "行数太多，不像是系统发出的审核单，没有办理",
        "请在本单位答复文件夹里最新的审核单上填写",
    ),
    AGAIN: (
        "与前面收到的一份完全一样，没有重复办理",
        "结果见前面那一份的办理结果；要改的，改好存盘，再放一次",
    ),
    "nothing": (
        "没有一行填了“处理”，没有要办理的",
        "请在浅黄色的格里选好，存盘，再放一次",
    ),
}
"""Why nothing of a sheet was done, and what to do."""


def result_head(document: Sequence[Document]) -> Document | None:
    """Give the head of what is kept of a 审核单; None where it is of another file."""
    head = document[0] if document else {}
    return head if head.get("kind") == REVIEW else None


def has_result(head: Document) -> bool:
    """Whether a 办理结果 tells of what this is the head of."""
    return head.get("kind") == REVIEW and head["why"] != AGAIN


def begin_result(context: Context, mark: Stale, document: Sequence[Document]) -> Making:
    """Begin the 办理结果 of the arrival that `mark` names."""
    head, *rows = document
    arrival = context.store.arrivals.find_arrival(mark.precheck)
    content = write_review_result(
        f"办理结果（{_called(context, arrival, head)}）",
        context.campaign.title,
        _note(context, arrival, head, rows) + _how(rows),
        [ResultRow(**row) for row in rows],
        ("可以办理", "不能办理") if arrival.purpose == "precheck" else ("已办理", "没有办理"),
        arrival.arrived_at,
    )
    order = Order(result_path_of(context, arrival, head), content, mark, basis_of(content))
    return Making(None, lambda: Made((order,)))


def result_mark(arrival: Arrival, head: Document) -> Stale:
    """Give the mark for the 办理结果 of an arrival."""
    return Stale(
        unit_id=arrival.unit_id,
        form=str(head["form"]),
        period=str(head["period"]),
        kind=PublicationKind.ANSWER,
        precheck=arrival.arrival_id,
    )


def result_path_of(context: Context, arrival: Arrival, head: Document) -> Path:
    """Where the 办理结果 of an arrival lies."""
    unit, is_precheck = context.tree[arrival.unit_id], arrival.purpose == "precheck"
    which = (str(head["form"]), str(head["period"]), int(head["number"]))
    return result_path(context, unit, *which, is_precheck=is_precheck)


def result_mail(
    context: Context, arrival: Arrival, document: Sequence[Document]
) -> tuple[NewMail, ...]:
    """Make the mail that tells what came of a 审核单; it quotes nothing that was typed."""
    head, *rows = document
    # What 全部通过 left out is told too, where it let others pass.
    left = [row for row in rows if not (row["done"] and row["row"])]
    is_to_mend = any(map(_is_left, rows))
    is_old = head["why"] == AGAIN or not (is_to_mend or any(row["done"] for row in rows))
    remarks = [_told(row) for row in left[:_MOST_IN_MAIL]]
    if len(left) > _MOST_IN_MAIL:
        remarks.append(f"……共{len(left)}行，其余见办理结果。")
    unit = context.tree[arrival.unit_id]
    data = replace(
        mail_facts(context, unit, str(head["form"]), str(head["period"])),
        paper="审核单预审" if arrival.purpose == "precheck" else "审核单",
        received=f"{arrival.arrived_at:%Y-%m-%d %H:%M}",
        passed=not is_to_mend and not head["why"],
        waits=is_to_mend,
        repeats=f"第{head['number']}号" if is_old and (rows or head["why"] == AGAIN) else "",
        reason=_note(context, arrival, head, rows),
        remarks=tuple(remarks),
        deadline="",
    )
    name = f"review-{arrival.arrival_id}"
    # A 办理结果 without a row says no more than the mail.
    has_rows = rows or head["why"] == AGAIN
    files = [result_path_of(context, arrival, head)] if has_rows else []
    mails = make_mail(context, unit, Event.REVIEWED, data, name, *files)
    return tuple(replace(mail, receipt=name) for mail in mails)


def _called(context: Context, arrival: Arrival, head: Document) -> str:
    unit, form = context.tree[arrival.unit_id].name, str(head["form"])
    if not head["period"]:
        return unit
    period = context.period(form, str(head["period"])).label
    return f"{unit}{period}《{context.form(form).title}》"


def _is_left(row: Document) -> bool:
    """Whether a row did not take effect, and something is to be mended."""
    return not row["done"] and not row.get("settled")


def _how(rows: Sequence[Document]) -> str:
    """Say what may be done about the rows."""
    to_mend = _HOW_TO_MEND if any(map(_is_left, rows)) else ""
    return to_mend + (_HOW_TO_UNDO if any(row["done"] for row in rows) else "")


def _note(context: Context, arrival: Arrival, head: Document, rows: Sequence[Document]) -> str:
    """Say in a sentence or two what came of the sheet."""
    if head["why"]:
        wrong, remedy = _why(context, head)
        return f"{wrong}。{remedy}。"
    is_meant = arrival.purpose != "precheck"
    done, left = sum(bool(row["done"]) for row in rows), sum(map(_is_left, rows))
    old = len(rows) - done - left
    told = [f"{done}行{'已经办理' if is_meant else '可以办理'}"]
    told += [f"{old}行以前已经办理过"] if old else []
    told += [f"{left}行{'没有' if is_meant else '不能'}办理"] if left else []
    note = f"共{len(rows)}行：{'，'.join(told)}。" + _unsigned(head, is_meant=is_meant)
    return note if is_meant else f"{note}这是预审，还没有办理。"


def _unsigned(head: Document, *, is_meant: bool) -> str:
    """Ask for 决定人 where nobody is named: who decided is asked for later."""
    count = head.get("unsigned")
    if not count:
        return ""
    then = "已照办，以后请写上" if is_meant else "正式办理时请写上"
    return f"有{count}行没有写“决定人”，{then}，日后好查。"


def _why(context: Context, head: Document) -> tuple[str, str]:
    """Say why nothing of a sheet was done, and what to do; another unit's is named."""
    whose = str(head.get("whose", ""))
    if whose not in context.tree:
        return _WHY[str(head["why"])]
    name = context.tree[whose].name
    own = (
        "请用本单位答复文件夹里的审核单"
        if head["decides"]
        else "本单位没有填报这张表的下级单位，不用办理审核单"
    )
    return f"这是{name}的审核单，没有办理", f"{own}；这一份由{name}放进它自己的报送文件夹"


def _told(row: Document) -> str:
    where = f"“{row['sheet']}”第{row['row']}行" if row["row"] else f"“{row['sheet']}”"
    what = "，".join(filter(None, (str(row["unit"]), str(row["matter"]))))
    words, quoted = str(row["words"]), row.get("quoted")
    if quoted:
        words = words.replace(f"“{quoted}”", "填写的内容")
    return f"{where}{f'（{what}）' if what else ''}：{words}。"
