"""What is said of a 定稿 or 正本 that came: its notice, its 定稿核对, and a line for board and status.

All of it is made from the store alone, so that a restore or a killed pass makes the same files.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from sheetflow.children.signed_tasks import CheckOrder, render_final_check
from sheetflow.consolidation.contents import Waiting, Waits
from sheetflow.consolidation.final_check import Check, FinalCheck
from sheetflow.consolidation.signed_reports import Signed
from sheetflow.context import Context
from sheetflow.context.paths import filed_path, final_check_path
from sheetflow.mail.facts import mail_facts, make_mail
from sheetflow.mail.letter_data import Event
from sheetflow.periods import OFFICE_ZONE, date_in_words
from sheetflow.service.kept_drafts import (
    BY_MARK,
    LATER,
    draft_text,
    load_check,
    standing_signed,
)
from sheetflow.service.publish import Made, Making, Order, basis_of
from sheetflow.store.records import NewMail, Stale
from sheetflow.store.signed import PURGED, SignedReport
from sheetflow.writing import NoticeData, write_notice

TOLD_UP_TO = "told of deliveries up to"
"""The name under which a database made again keeps the last delivery that was there: its unit was told then."""

_AGAIN = "改好以后按“定稿_2012年1—2月.docx”（正本为“正本_….pdf”）的写法取名，写上报告期，重新放进本单位的文件夹"
_WHY = {
    "precheck": (
        "预审文件夹只审核填报表，定稿和正本不预审",
        "请把文件直接放在本单位文件夹里，不要放在“预审”里",
    ),
    "no-report": (
        "本单位没有系统生成的情况报告，定稿和正本没有可以归入的报告",
        "填报表请用 Excel 工作簿报送；要交给上级的文件请另行报送",
    ),
    "unit-other": (
        "文件里的标识（或文件名）写的是另一个单位的情况报告，待确认",
        "放错文件夹的，请放到那个单位的文件夹；确是本单位的，请以本单位的情况报告为底稿另存，重新放一次",
    ),
    "period-contradicts": (
        "文件名写的报告期与文件里的标识不是同一期，待确认",
        "文件名写错的，改好文件名再放一次；用别的报告期的文件改成的，请以本期的情况报告为底稿另存，再放一次",
    ),
    "form-unknown": ("看不出是哪张报表的情况报告，待确认", "请在文件名里写上报表名称，重新放一次"),
    "period-unknown": ("看不出是哪个报告期的，待确认", _AGAIN),
    "period-several": ("文件名里写了不止一个报告期，待确认", _AGAIN),
    "report-none": (
        "这个报告期还没有发布过本单位的情况报告，待确认",
        "请核对文件名里的报告期，改好再放一次",
    ),
    "scan-none": (
        "正本要是完整的 PDF 文件，这份不是，或者没有传完",
        "请把盖章后的纸质件扫描（或者把图片、OFD 转换）成 PDF，取名“正本_….pdf”再放一次；Word 文件请用“定稿_”开头",
    ),
    "word-old": (
        "定稿要是 .docx 文件，这份是旧格式的 .doc、.wps，或者加了密码",
        "请在 Word 或 WPS 里去掉密码，另存为 .docx，再放一次",
    ),
    "word-macros": ("文件里有宏", "请另存为不含宏的 .docx，再放一次"),
    "word-workbook": (
        "文件内容是工作簿，不是 Word 文件",
        "是填报表的，请改用 .xlsx 的名称报送；是定稿的，请放 Word 的 .docx 文件",
    ),
    "word-none": (
        "定稿要是 Word 的 .docx 文件，这份不是",
        "请放签发的 Word 文件（.docx）；盖章的扫描件请用“正本_”开头的 PDF",
    ),
}
_UNREADABLE = (
    "文件打不开，可能已经损坏、加了密或者没有传完",
    "请在 Word 或 WPS 里打开它，另存为新的 .docx，再放一次",
)
_HEADINGS = {"filed": "归档通知", "held": "待确认通知", "refused": "未归档通知"}


def begin_filed(context: Context, mark: Stale) -> Making | None:
    """Begin the notice that `mark` asks for, and the 定稿核对 that stands; without a receipt, all of them."""
    signed = context.store.signed
    one = signed.find_by_receipt(mark.receipt) if mark.receipt else None
    reports = [one] if one else list(signed.find_signed(mark.unit_id, mark.form, mark.period))
    if not reports:
        return None
    orders = [_notice(context, each, mark) for each in reports]
    final = standing_signed(context, mark.unit_id, mark.form, mark.period).get(Signed.FINAL)
    if final is None or "check" not in final.document:
        return Making(None, lambda: Made(tuple(orders)))
    work = context.pool.submit(render_final_check, _check_order(context, final))
    path = final_check_path(context, final)
    basis = basis_of(final)
    return Making(work, lambda: Made((*orders, Order(path, work.result(), mark, basis))))


def filed_mail(context: Context, signed: SignedReport, again: str = "") -> tuple[NewMail, ...]:
    """Make the mail that tells what became of one; `again` names one more of the same bytes.

    None where the unit was told before the database was made again.
    """
    if signed.arrival_id <= int(context.store.fingerprints.find(TOLD_UP_TO) or 0):
        return ()
    arrival = context.store.arrivals.find_arrival(signed.arrival_id)
    unit, is_filed = context.tree[signed.unit_id], signed.outcome == "filed"
    wrong, remedy = _WHY.get(str(signed.document.get("why")), _UNREADABLE)
    remarks = (
        [f"{label}：{said}" for label, said in _check_facts(context, signed)] if is_filed else []
    )
    if again:
        remarks = ["刚收到的文件与已经归档的完全一样，没有重复归档。"]
    data = replace(
        mail_facts(context, unit, signed.form, signed.period),
        paper=Signed(signed.kind).label,
        number=signed.number if is_filed else None,
        receipt=signed.receipt,
        received=f"{arrival.arrived_at:%Y-%m-%d %H:%M}",
        passed=is_filed,
        reason="" if is_filed else f"{wrong}。{remedy}。",
        remarks=tuple(remarks),
        deadline="",
    )
    path = filed_path(context, signed)
    return make_mail(context, unit, Event.FILED, data, f"{signed.receipt}{again}", path)


def counted(check: FinalCheck) -> str:
    """Say in a sentence what a comparison found."""
    by_check = {kind: sum(each.check is kind for each in check.checked) for kind in Check}
    words = f"送审稿的数核对了{check.compared}个，不一致的{check.different}个"
    words += f"，定稿里没有的{by_check[Check.GONE]}个"
    if by_check[Check.ABOUT]:
        words += f"，写成约数、请人工核对的{by_check[Check.ABOUT]}个"
    if by_check[Check.UNCOMPARED]:
        words += f"，因表格栏目增减没有核对的{by_check[Check.UNCOMPARED]}个"
    return f"{words}；定稿自己写的数{len(check.own)}个。"


def _notice(context: Context, signed: SignedReport, mark: Stale) -> Order:
    arrival = context.store.arrivals.find_arrival(signed.arrival_id)
    label = Signed(signed.kind).label
    happened, facts = f"这份{label}没有归档，原来的文件已经收走存档。", [("编号", signed.receipt)]
    reasons, remedies = [], []
    if signed.outcome == "filed":
        report = _report_words(context, signed)
        happened = (
            f"{label}已经归入{report}（第{signed.number}号），原件已经存档。"
            "以后数据再有变动，这份文件不会改动；情况报告的送审稿照常更新。"
        )
        facts += [("归入", report), ("归档时间", _time(signed))]
        facts += _check_facts(context, signed)
        if signed.document.get("revised"):
            remedies.append(
                "文件里还留有修订痕迹：核对时按接受修订以后的文字。请确认是不是最后定下来的。"
            )
        check = signed.document.get("check")
        if check and load_check(check).different:
            remedies.append(
                "请打开《定稿核对》逐个看不一致的数；定稿写错了的，改好再放一次，以后一份为准。"
            )
    else:
        wrong, remedy = _WHY.get(str(signed.document.get("why")), _UNREADABLE)
        if signed.outcome == "held":
            happened = f"这份{label}待确认：还不知道归入哪一份情况报告。原来的文件已经收走存档。"
        reasons, remedies = [f"{wrong}。"], [f"{remedy}。"]
    if signed.again_at:
        again = signed.again_at.astimezone(OFFICE_ZONE)
        facts.append(("又收到同一份", f"{again:%Y-%m-%d %H:%M}，没有重复归档"))
    content = write_notice(
        NoticeData(
            campaign=context.campaign.title,
            heading=f"{label}{_HEADINGS[signed.outcome]}",
            unit=context.tree[signed.unit_id],
            received=arrival.arrived_at,
            file_name=arrival.name,
            happened=happened,
            reasons=reasons,
            remedies=remedies,
            facts=facts,
            sha256=arrival.sha256,
        )
    )
    return Order(filed_path(context, signed), content, mark, basis_of(content))


def _check_facts(context: Context, signed: SignedReport) -> list[tuple[str, str]]:
    if signed.kind != Signed.FINAL:
        return []
    check = signed.document.get("check")
    if check is None:
        why = "定稿的文字太多、太乱，比不出来" if signed.draft_id else "没有找到可以对照的送审稿"
        return [("核对结果", f"没有核对：{why}。请人工核对。")]
    return [
        ("核对结果", counted(load_check(check))),
        ("对照的送审稿", _against(context, signed)),
        ("清单", f"同一文件夹里的“{final_check_path(context, signed).name}”"),
    ]


def _against(context: Context, signed: SignedReport) -> str:
    """Say which draft a 定稿 was compared with."""
    draft = context.store.signed.find_draft(signed.draft_id)
    if draft is None:
        return "没有"
    at = draft.published_at.astimezone(OFFICE_ZONE)
    words = f"{date_in_words(at)}{at:%H:%M}发布的送审稿"
    how = signed.document.get("against")
    if how == BY_MARK:
        return f"{words}（定稿由它改成）"
    if how == LATER:
        return f"{words}（收到定稿时的送审稿已经找不到，请留意以后的更正）"
    return f"{words}（定稿里没有标识，按收到时的送审稿对照）"


def _check_order(context: Context, signed: SignedReport) -> CheckOrder:
    check = load_check(signed.document["check"])
    report = _report_words(context, signed)
    said = f"定稿第{signed.number}号，{_time(signed)}归档；对照{_against(context, signed)}。"
    return CheckOrder(
        title=f"定稿核对（{report}）",
        heading=report,
        notes=(said, counted(check)),
        checked=check.checked,
        own=check.own,
        stamp=signed.filed_at,
    )


def _report_words(context: Context, signed: SignedReport) -> str:
    period = context.period(signed.form, signed.period).label
    beside = context.campaign.named_beside(signed.form)
    return f"{context.tree[signed.unit_id].name}{period}{beside}情况报告"


def _time(signed: SignedReport) -> str:
    return f"{signed.filed_at.astimezone(OFFICE_ZONE):%Y-%m-%d %H:%M}"


def signed_words(context: Context, unit_id: str, form: str, period: str) -> str:
    """Say when a report's 定稿 and 正本 were filed, and whether figures changed since; empty for none."""
    standing = standing_signed(context, unit_id, form, period)
    said = [
        f"{kind.label}{date_in_words(standing[kind].filed_at.astimezone(OFFICE_ZONE))}归档"
        for kind in Signed
        if kind in standing
    ]
    if not said:
        return ""
    final = standing.get(Signed.FINAL)
    changed = "；定稿后数据有变动" if final and _has_changed(context, final) else ""
    return "，".join(said) + changed + "。"


def _has_changed(context: Context, final: SignedReport) -> bool:
    """Whether a figure is another one in the newest draft than in that which a 定稿 was made of."""
    then = context.store.signed.find_draft(final.draft_id)
    now = context.store.signed.find_newest_draft(final.unit_id, final.form, final.period)
    if then is None or now is None or then.draft_id == now.draft_id:
        return False
    return draft_text(then).differs(draft_text(now))


def signed_by_period(context: Context, unit_id: str, form: str) -> dict[str, str]:
    """Say of each period of a form what is filed of the unit's report."""
    periods = {each.period for each in context.store.signed.find_signed(unit_id, form)}
    said = {period: signed_words(context, unit_id, form, period) for period in sorted(periods)}
    return {period: words for period, words in said.items() if words}


def held_signed(context: Context) -> Iterator[Waiting]:
    """Give each 定稿 and 正本 that is held, until its unit files one of that kind."""
    newest: dict[tuple[str, str], SignedReport] = {}
    for each in context.store.signed.find_signed():
        if each.outcome != "refused":
            newest[each.unit_id, each.kind] = each
    for each in newest.values():
        if each.outcome == "held" and PURGED not in each.document:
            wrong, remedy = _WHY.get(str(each.document.get("why")), _UNREADABLE)
            unit = context.tree[each.unit_id].name if each.unit_id in context.tree else ""
            yield Waiting(
                kind=Waits.DECISION,
                unit_id=each.unit_id,
                receipt=each.receipt,
                since=each.filed_at,
                reason=f"{each.unit_id} {unit} 的{Signed(each.kind).label}（{each.receipt}）：{wrong}。",
                remedy=f"{remedy}。",
            )


def filed_places(context: Context, signed: SignedReport) -> Iterator[Path]:
    """Name the files of the outbox that tell of one that came."""
    if signed.unit_id in context.tree:
        yield filed_path(context, signed)
        if signed.outcome == "filed":
            yield final_check_path(context, signed)
