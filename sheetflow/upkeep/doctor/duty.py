"""Whether somebody is on duty while a period is open, and what waits for a person."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from sheetflow.consolidation.waiting import Waits, told_besides
from sheetflow.context.context import Office
from sheetflow.context.lock import holder_of, is_held
from sheetflow.periods import Period
from sheetflow.service.books import books_of
from sheetflow.service.changes import template_troubles
from sheetflow.service.health import check_health
from sheetflow.service.status import standing
from sheetflow.store.records import PublicationKind
from sheetflow.upkeep.doctor.finding import Line, fault, ok, warning

_MOST_LINES = 10


def check_service(office: Office) -> Iterator[Line]:
    """Tell who holds the lock, whether the service gets on, and whether anything needs it."""
    space = office.workspace
    verdict = check_health(space, office.clock.on_disk())
    if verdict.is_well:
        yield ok("服务", verdict.sentence)
        return
    if is_held(space.lock):
        holder = holder_of(space.lock)
        who = f"占用工作文件夹的是进程 {holder}。" if holder else ""
        yield warning("服务", verdict.sentence + who, "请稍后再看；一直如此，请重新启动服务。")
        return
    unserved = office.store.arrivals.find_unjudged()
    if unserved:
        yield warning(
            "服务",
            f"有{len(unserved)}份来件等着处理，却没有值守的服务。",
            "请启动 watch，或运行 run。",
        )
    elif missing := _missing(office):
        yield warning("服务", f"{missing}，却没有值守的服务，报来的没有人收。", "请启动 watch。")
    else:
        yield ok("服务", "现在没有值守的服务；要自动收取，请启动 watch。")


def _missing(office: Office) -> str:
    """Say how many have yet to report for the last period that was handed out; empty where none."""
    handed_out: dict[str, Period] = {}
    for entry in office.store.publications.find_publications():
        if entry.kind == PublicationKind.WORKBOOK and entry.form in office.campaign.by_key:
            period = office.period(entry.form, entry.period)
            handed_out[entry.form] = max(period, handed_out.get(entry.form, period))
    for form, period in handed_out.items():
        books = books_of(office, office.form(form), period)
        rows = [
            books.board_row(unit) for root in office.tree.roots for unit in books.expected(root)
        ]
        missing = sum(not row.state.is_in for row in rows)
        if missing:
            return f"{period.label}《{office.form(form).title}》已经发放，还有{missing}个单位没有报"
    return ""


def check_waiting(office: Office) -> Iterator[Line]:
    """Show everything that waits, as `status` does."""
    found = standing(office)
    counts = Counter(entry.kind for entry in found.waiting)
    shown: Counter[Waits] = Counter()
    for entry in found.waiting:
        shown[entry.kind] += 1
        if shown[entry.kind] <= _MOST_LINES:
            grade = fault if entry.is_ours else warning
            yield grade(entry.kind.label, entry.reason, entry.remedy)
    for kind, count in counts.items():
        if count > _MOST_LINES:
            yield warning(kind.label, f"一共有{count}件。", "全部见 status --json。")
    said_already = template_troubles(office)
    for trouble in told_besides(found.troubles, found.waiting):
        if trouble not in said_already:
            yield warning("服务", trouble, "")
    if not found.waiting:
        yield ok("等待处理", "没有等着处理的事。")
