"""What the service remembers and whether it runs: database, archive, queue, lock, children."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterator

from sheetflow.errors import SheetflowError
from sheetflow.intake.archive import blob_path
from sheetflow.periods import period_of
from sheetflow.service.examining.lines import Line, fault, ok, warning
from sheetflow.service.health import check_health
from sheetflow.service.lock import holder_of, is_held
from sheetflow.service.office import Office
from sheetflow.workers.judging import BlankRequest

_LONG = dt.timedelta(days=1)


def check_database(office: Office) -> Iterator[Line]:
    """Run the database's own integrity check."""
    faults = office.store.find_faults()
    if faults:
        yield fault(
            "数据库",
            f"完整性检查有{len(faults)}处错误：{faults[0]}",
            "请停止服务，用最近的备份恢复（restore），再让有关单位补报。",
        )
    else:
        yield ok("数据库", "完整。")


def check_archive(office: Office) -> Iterator[Line]:
    """See that every original is there, but for those that were purged."""
    purged = office.store.purges.find_purged()
    arrivals = [
        arrival for arrival in office.store.arrivals.find_all() if arrival.arrival_id not in purged
    ]
    lost = 0
    for sha256, size in {arrival.sha256: arrival.size for arrival in arrivals}.items():
        blob = blob_path(office.workspace.archive, sha256)
        lost += not blob.is_file() or blob.stat().st_size != size
    if lost:
        yield fault(
            "原件存档",
            f"有{lost}份原件不在存档里，或者大小不对。",
            "请从备份里找回 state/archive；找不回的请有关单位重报。",
        )
    else:
        yield ok("原件存档", f"{len(arrivals)}份来件的原件都在。")
    if purges := office.store.purges.find_purges():
        last = purges[-1]
        yield ok(
            "原件存档",
            f"{last.at:%Y年%m月%d日}清理过{last.before.isoformat()}以前的原件和个人信息。",
        )


def check_service(office: Office) -> Iterator[Line]:
    """Tell who holds the lock, whether the service gets on, and what waits for it."""
    space, now = office.workspace, office.clock.now()
    waiting = office.store.arrivals.find_unjudged()
    verdict = check_health(space, office.clock.on_disk())
    if verdict.is_well:
        yield ok("服务", verdict.sentence)
    elif is_held(space.lock):
        holder = holder_of(space.lock)
        who = f"占用工作文件夹的是进程 {holder}。" if holder else ""
        yield warning("服务", verdict.sentence + who, "请稍后再看；一直如此，请重新启动服务。")
    elif waiting:
        yield warning(
            "服务",
            f"有{len(waiting)}份来件等着处理，却没有值守的服务。",
            "请启动 watch，或运行 run。",
        )
    else:
        yield ok("服务", "现在没有值守的服务；要自动收取，请启动 watch。")
    troubled = [arrival for arrival in waiting if arrival.trouble]
    if troubled:
        yield warning(
            "服务", f"有{len(troubled)}份来件暂时处理不了：{troubled[0].trouble}。", "会自动重试。"
        )
    stale = [mark for mark in office.store.publications.stale_marks if now - mark.marked_at > _LONG]
    if stale:
        counts = Counter(mark.what.partition(":")[0] for mark in stale)
        yield warning(
            "服务",
            f"有{sum(counts.values())}个文件一天以上没有重新发布。",
            "请看日志 state/sheetflow.log 里的原因。",
        )
    beside = office.store.publications.find_beside()
    if beside:
        yield warning(
            "答复文件夹",
            f"有{len(beside)}个文件被人打开着，新的发布在旁边（…_新）。",
            "请关闭打开的文件，下一次发布会换回原名。",
        )


def check_children(office: Office) -> Iterator[Line]:
    """Have a child make a workbook: it starts, and its limits are not too tight."""
    form, unit = office.campaign.main_form, office.tree.roots[0]
    now = office.clock.now()
    request = BlankRequest(
        campaign=office.settings.campaign,
        form=form.key,
        unit=unit,
        period=form.period_at(period_of(now.date())),
        past=(),
        stamp=now,
    )
    try:
        office.pool.call("render_blank", request, office.dress)
    except SheetflowError as error:
        yield fault(
            "处理进程",
            f"处理报表的子进程不能工作（{type(error).__name__}）。",
            "请检查内存，以及 [workers] 的 memory_mb、wall_seconds 是不是太小。",
        )
    else:
        yield ok("处理进程", "能在限制之内做出填报表。")
