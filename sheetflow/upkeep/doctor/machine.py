"""The machine, and what the service works with: Python, fonts, database, archive, children."""

from __future__ import annotations

import platform
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from sheetflow.children.workbook_tasks import BlankRequest, render_blank
from sheetflow.context import Context
from sheetflow.errors import RESTORE, SheetflowError
from sheetflow.intake.archive import blob_path, stored_blobs
from sheetflow.intake.sighting import BY_DESCRIPTOR
from sheetflow.upkeep.doctor.finding import Line, fault, listed, ok, warning

_SECONDS = 20
_WAL_MENDED = (3, 51, 3)
_WINDOWS_FONTS = ("simsun.ttc", "simfang.ttf", "msyh.ttc", "simhei.ttf")


def check_machine() -> Iterator[Line]:
    """Look at what holds for every workspace on this machine."""
    yield ok(f"Python {platform.python_version()}（{platform.system()}）。", topic="Python")
    yield _sqlite()
    yield from _platform()
    yield _office_program()


def _sqlite() -> Line:
    version = f"SQLite {sqlite3.sqlite_version}"
    if sqlite3.sqlite_version_info < _WAL_MENDED:
        return ok(
            f"{version}，有 WAL 方式的缺陷；本程序用 DELETE 方式记日志，不受影响。", topic="SQLite"
        )
    return ok(f"{version}，用 DELETE 方式记日志。", topic="SQLite")


def _platform() -> Iterator[Line]:
    topic = "操作系统"
    if sys.platform == "linux":
        yield ok("Linux：链接防护、内存上限、处理器时限都有。", topic=topic)
        return
    if not BY_DESCRIPTOR:
        yield warning(
            "这个系统不能在打开文件的同时拒收链接（没有 O_NOFOLLOW），收取时先看后开，中间有一瞬空隙。",
            "请只让各单位能写自己的报送文件夹，不要让他们能建链接；要求严的请改用 Linux。",
            topic=topic,
        )
    limits = "内存和处理器时间" if sys.platform == "win32" else "内存"
    yield warning(
        f"这个系统不能给处理报表的子进程设{limits}上限，只有时间到了强行结束这一道。",
        "请给电脑留足内存；要求严的请改用 Linux。",
        topic=topic,
    )


def _office_program() -> Line:
    found = shutil.which("soffice") or shutil.which("libreoffice")
    if found:
        return ok("装有 LibreOffice，可以预览产出的文件（可有可无）。", topic="办公软件")
    return ok(
        "没有装 LibreOffice：不影响收发和汇总，只是不能在本机转成 PDF 预览。", topic="办公软件"
    )


def check_fonts(context: Context) -> Iterator[Line]:
    """Look for Chinese fonts, and for those that the Word report names."""
    families = _families()
    if families is None:
        yield ok("本机查不出字体（没有 fc-list）；不影响产出，只影响在本机看图和预览。")
        return
    if not families:
        yield warning(
            "本机没有中文字体：图片和预览里的汉字会变成方框，Excel 和 Word 文件本身不受影响。",
            "请安装中文字体，如 Debian 上运行 apt install fonts-noto-cjk。",
        )
        return
    wanted = dict.fromkeys(context.settings.report.fonts.model_dump().values())
    lacking = [name for name in wanted if name not in families]
    if lacking and sys.platform != "win32":
        yield ok(
            f"有中文字体。情况报告用的{'、'.join(lacking)}本机没有，"
            "打开报告的电脑上有就行；没有的可在 [report.fonts] 改用别的。"
        )
        return
    yield ok("有中文字体。")


def _families() -> set[str] | None:
    """Name the installed Chinese fonts; None where the system does not tell."""
    if sys.platform == "win32":
        folder = Path(r"C:\Windows\Fonts")
        return {name for name in _WINDOWS_FONTS if (folder / name).is_file()}
    program = shutil.which("fc-list")
    if program is None:
        return None
    try:
        told = subprocess.run(  # noqa: S603 - found by name, fixed arguments
            [program, ":lang=zh", "family"],
            capture_output=True,
            check=False,
            timeout=_SECONDS,
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    lines = told.stdout.decode("utf-8", "replace").splitlines()
    return {name.strip() for line in lines for name in line.split(",") if name.strip()}


def check_database(context: Context) -> Iterator[Line]:
    """Run the database's own integrity check, and read everything in it once."""
    faults = context.store.find_faults(deep=True)
    if faults:
        yield fault(f"已经损坏，检查出{len(faults)}处错误。", RESTORE)
    else:
        yield ok("完整。")


def check_archive(context: Context) -> Iterator[Line]:
    """See that every original is there, but for those that were purged."""
    purged = context.store.purges.find_purged()
    arrivals = [
        arrival for arrival in context.store.arrivals.find_all() if arrival.arrival_id not in purged
    ]
    lost = 0
    for sha256, size in {arrival.sha256: arrival.size for arrival in arrivals}.items():
        blob = blob_path(context.workspace.archive, sha256)
        lost += not blob.is_file() or blob.stat().st_size != size
    strange = set(stored_blobs(context.workspace.archive)) - {
        arrival.sha256 for arrival in arrivals
    }
    if strange:
        yield warning(
            f"有{len(strange)}份原件数据库不认识：{listed(sorted(digest[:12] for digest in strange))}。",
            "是旧数据库造成的，请停止服务后运行 restore --from-archive --force 由存档重建；"
            "原件在 state/archive 里，弄清以前不要删除。",
        )
    if lost:
        yield fault(
            f"有{lost}份原件不在存档里，或者大小不对。",
            "请从备份里找回 state/archive；找不回的请有关单位重报。",
        )
    else:
        yield ok(f"{len(arrivals)}份来件的原件都在。")
    if purges := context.store.purges.find_purges():
        last = purges[-1]
        yield ok(f"{last.at:%Y年%m月%d日}清理过{last.before.isoformat()}以前的原件和个人信息。")


def check_children(context: Context) -> Iterator[Line]:
    """Have a child make a workbook: it starts, and its limits are not too tight."""
    form, unit = context.campaign.main_form, context.tree.roots[0]
    now = context.clock.now()
    request = BlankRequest(
        campaign=context.settings.campaign,
        form=form.key,
        unit=unit,
        period=form.period_of(now.date()),
        past=(),
        stamp=now,
    )
    try:
        context.pool.call(render_blank, request, context.dress)
    except SheetflowError as error:
        yield fault(
            f"处理报表的子进程不能工作：{error}",
            "请检查内存，以及 [workers] 的 memory_mb、wall_seconds 是不是太小。",
        )
    else:
        yield ok("能在限制之内做出填报表。")
