"""What the service remembers, and what it works with: database, archive, children."""

from __future__ import annotations

from collections.abc import Iterator

from sheetflow.children.tasks.workbooks import BlankRequest, render_blank
from sheetflow.context.context import Office
from sheetflow.errors import RESTORE, SheetflowError
from sheetflow.intake.archive import blob_path, stored_blobs
from sheetflow.upkeep.doctor.finding import Line, fault, listed, ok, warning


def check_database(office: Office) -> Iterator[Line]:
    """Run the database's own integrity check, and read everything in it once."""
    faults = office.store.find_faults(deep=True)
    if faults:
        yield fault(
            "数据库",
            f"已经损坏，检查出{len(faults)}处错误。",
            RESTORE,
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
    strange = set(stored_blobs(office.workspace.archive)) - {arrival.sha256 for arrival in arrivals}
    if strange:
        yield warning(
            "原件存档",
            f"有{len(strange)}份原件数据库不认识：{listed(sorted(digest[:12] for digest in strange))}。",
            "是旧数据库造成的，请停止服务后运行 restore --from-archive --force 由存档重建；"
            "原件在 state/archive 里，弄清以前不要删除。",
        )
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


def check_children(office: Office) -> Iterator[Line]:
    """Have a child make a workbook: it starts, and its limits are not too tight."""
    form, unit = office.campaign.main_form, office.tree.roots[0]
    now = office.clock.now()
    request = BlankRequest(
        campaign=office.settings.campaign,
        form=form.key,
        unit=unit,
        period=form.period_of(now.date()),
        past=(),
        stamp=now,
    )
    try:
        office.pool.call(render_blank, request, office.dress)
    except SheetflowError as error:
        yield fault(
            "处理进程",
            f"处理报表的子进程不能工作：{error}",
            "请检查内存，以及 [workers] 的 memory_mb、wall_seconds 是不是太小。",
        )
    else:
        yield ok("处理进程", "能在限制之内做出填报表。")
