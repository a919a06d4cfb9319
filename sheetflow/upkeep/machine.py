"""The machine and its folders, as `doctor` looks at them; and one line of what it finds.

A unit is known by its folder only (promise 10), so the rights on a folder prove who it is. What the
system shows is told; on a mounted share, and on Windows, it shows nothing that can be relied on.
"""

from __future__ import annotations

import os
import platform
import secrets
import shutil
import sqlite3
import stat
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from sheetflow.context import Context
from sheetflow.intake.sighting import BY_DESCRIPTOR
from sheetflow.intake.wake import MOUNT_TABLE, mount_of, read_mounts
from sheetflow.service.take import look, open_intake

_MOST_NAMED = 5


class Grade(StrEnum):
    """How bad it is."""

    OK = "ok"
    WARNING = "warning"
    FAULT = "fault"

    @property
    def label(self) -> str:
        """The office's word."""
        return {"ok": "正常", "warning": "警告", "fault": "故障"}[self.value]


@dataclass(frozen=True, slots=True)
class Line:
    """What was found about `topic`, and what to do; `remedy` is empty where all is well."""

    grade: Grade
    topic: str
    found: str
    remedy: str = ""


def ok(found: str, topic: str = "") -> Line:
    """Say that all is well; a line without a topic bears that of its check."""
    return Line(Grade.OK, topic, found)


def warning(found: str, remedy: str, topic: str = "") -> Line:
    """Say what works, but not as it should, or cannot be checked here."""
    return Line(Grade.WARNING, topic, found, remedy)


def fault(found: str, remedy: str, topic: str = "") -> Line:
    """Say what does not work."""
    return Line(Grade.FAULT, topic, found, remedy)


def listed(names: Sequence[str]) -> str:
    """List the first names: 历下区、市中区等7个."""
    more = f"等{len(names)}个" if len(names) > _MOST_NAMED else ""
    return "、".join(names[:_MOST_NAMED]) + more


_MIB = 1024**2
_SCARCE, _TOO_LITTLE = 2048 * _MIB, 200 * _MIB
_CLOCK_SECONDS = 60
_ACL = "system.posix_acl_access"


def _folders(context: Context) -> tuple[tuple[str, Path], ...]:
    space = context.workspace
    return (
        ("报送文件夹", space.inbox),
        ("答复文件夹", space.outbox),
        ("state 文件夹", space.state),
    )


def check_access(context: Context) -> Iterator[Line]:
    """Try to write into inbox, outbox and state."""
    for topic, folder in _folders(context):
        try:
            _touched(folder)
        except OSError as error:
            yield fault(
                f"{folder} 不能写入（{error.strerror or type(error).__name__}）。",
                "请检查共享文件夹是否已连接，运行服务的帐号是否有读写权限，磁盘是否已满。",
                topic=topic,
            )
        else:
            yield ok(f"{folder} 可以读写。", topic=topic)


def check_unit_folders(context: Context) -> Iterator[Line]:
    """Look at each unit's folders in inbox and outbox."""
    places = [context.workspace.inbox_of(unit) for unit in context.tree]
    places += [context.workspace.outbox_of(unit) for unit in context.tree]
    missing = [place.name for place in places if not place.is_dir()]
    closed = [
        str(place) for place in places if place.is_dir() and not os.access(place, os.W_OK | os.X_OK)
    ]
    if missing:
        yield warning(
            f"缺少{len(missing)}个单位文件夹：{listed(missing)}。",
            "运行 run 或 watch 时会补上；补上以后请重新设好权限。",
        )
    if closed:
        yield fault(
            f"有{len(closed)}个单位文件夹，本服务不能写：{listed(closed)}。",
            "请给运行服务的帐号读写权限。",
        )
    if not missing and not closed:
        yield ok(f"{len(context.tree)}个单位的报送、答复文件夹都在，可以读写。")


def check_privacy_of_state(context: Context, mount_table: Path = MOUNT_TABLE) -> Iterator[Line]:
    """State holds personal data: it lies on a local disk, and nobody else reads it."""
    state = context.workspace.state
    mount = mount_of(state.resolve(), read_mounts(mount_table))
    if mount is not None and mount.is_share:
        yield fault(
            "工作文件夹在共享文件夹上，数据库放在那里会损坏。",
            "请把工作文件夹移到本机磁盘，只把报送、答复文件夹放在共享上（[folders]）。",
        )
    if os.name == "posix" and state.stat().st_mode & 0o077:
        yield warning(
            "里面有原件和个人信息，本机别的帐号却可以进入。", f"请运行 chmod 700 '{state}'。"
        )


def check_identity(context: Context, mount_table: Path = MOUNT_TABLE) -> Iterator[Line]:
    """Look who else may write into a unit's inbox folder."""
    inbox = context.workspace.inbox
    mount = mount_of(inbox.resolve(), read_mounts(mount_table))
    if os.name != "posix" or (mount is not None and mount.is_share):
        yield warning(
            "报送文件夹的权限本机查不出。",
            "请在文件服务器上（Windows 在文件夹属性的“安全”里）核对：每个单位只能写自己的文件夹。",
        )
        return
    folders = [
        inbox_of for unit in context.tree if (inbox_of := context.workspace.inbox_of(unit)).is_dir()
    ]
    plain = [folder for folder in folders if not _has_acl(folder)]
    if len(plain) < len(folders):
        yield ok(f"{len(folders) - len(plain)}个报送文件夹带有访问控制列表，请用 getfacl 核对。")
    yield from [*_open_to_all(inbox, plain), *_shared_groups(plain)] or [
        ok("本机别的帐号不能替单位投放。通过共享投放的，请在共享的设置里同样一个单位一个权限。")
    ]


def _open_to_all(inbox: Path, plain: Sequence[Path]) -> Iterator[Line]:
    exposed = [folder.name for folder in plain if folder.stat().st_mode & stat.S_IWOTH]
    if exposed:
        yield warning(
            f"本机任何帐号都能往这些报送文件夹里放文件：{listed(exposed)}。",
            "单位的身份只看文件夹，请去掉“其他人可写”（chmod o-w）。",
        )
    mode = inbox.stat().st_mode
    if mode & stat.S_IWOTH and not mode & stat.S_ISVTX:
        yield warning(
            "本机任何帐号都能把单位的报送文件夹改名或换掉。", f"请运行 chmod o-w '{inbox}'。"
        )


def _shared_groups(plain: Sequence[Path]) -> Iterator[Line]:
    groups: dict[int, list[str]] = defaultdict(list)
    for folder in plain:
        status = folder.stat()
        if status.st_mode & stat.S_IWGRP:
            groups[status.st_gid].append(folder.name)
    for names in groups.values():
        if len(names) > 1:
            yield warning(
                f"这些报送文件夹由同一个用户组可写：{listed(names)}。",
                "同组的人可以替别的单位报送。请一个单位一个组或一个帐号，再核对。",
            )


def _has_acl(folder: Path) -> bool:
    if sys.platform == "linux":
        with suppress(OSError):
            return _ACL in os.listxattr(folder)
    return False


def check_inbox(context: Context) -> Iterator[Line]:
    """Say which folders of the inbox cannot be looked into; what lies there is told as waiting."""
    troubles = look(context, open_intake(context)).troubles
    for trouble in troubles:
        yield fault(str(trouble), "请检查文件夹的权限和共享的连接。")
    if not troubles:
        yield ok("都看得到里面。")


def check_clock(context: Context) -> Iterator[Line]:
    """Compare this machine's clock with the one that stamps files in the inbox."""
    before = context.clock.on_disk()
    try:
        stamped = _touched(context.workspace.inbox)
    except OSError:
        return  # said already
    off = max(before - stamped, stamped - context.clock.on_disk(), 0.0)
    if off > _CLOCK_SECONDS:
        yield warning(
            f"本机与报送文件夹所在机器的时钟相差{round(off)}秒。",
            "请让两边自动对时；收到时间、是否迟报按本机的时钟算。",
        )
    else:
        yield ok("本机与报送文件夹的时钟一致。")


def check_space(context: Context) -> Iterator[Line]:
    """Look how much room is left."""
    for topic, folder in _folders(context):
        if not folder.is_dir():
            continue
        free = shutil.disk_usage(folder).free
        words = f"所在磁盘还剩{free // _MIB}兆。"
        if free < _TOO_LITTLE:
            yield fault(words, "请马上腾出空间；在此之前来件不会丢，但处理不下去。", topic=topic)
        elif free < _SCARCE:
            yield warning(words, "请腾出空间，至少留2000兆。", topic=topic)
        else:
            yield ok(words, topic=topic)


def _touched(folder: Path) -> float:
    """Make a file that no scan takes and remove it again; give when it says it was changed."""
    probe = folder / f".sheetflow-doctor-{secrets.token_hex(4)}.tmp"
    try:
        probe.write_bytes(b"doctor")
        return probe.stat().st_mtime
    finally:
        probe.unlink(missing_ok=True)


_SECONDS = 20
_WAL_MENDED = (3, 51, 3)
_WINDOWS_FONTS = ("simsun.ttc", "simfang.ttf", "msyh.ttc", "simhei.ttf")


def check_machine() -> Iterator[Line]:
    """Look at what holds for every workspace on this machine."""
    yield ok(f"Python {platform.python_version()}（{platform.system()}）。", topic="Python")
    spoilt = sqlite3.sqlite_version_info < _WAL_MENDED
    journal = (
        "有 WAL 方式的缺陷；本程序用 DELETE 方式记日志，不受影响。"
        if spoilt
        else "用 DELETE 方式记日志。"
    )
    yield ok(f"SQLite {sqlite3.sqlite_version}，{journal}", topic="SQLite")
    yield from _platform()
    office = (
        "装有 LibreOffice，可以预览产出的文件（可有可无）。"
        if shutil.which("soffice") or shutil.which("libreoffice")
        else "没有装 LibreOffice：不影响收发和汇总，只是不能在本机转成 PDF 预览。"
    )
    yield ok(office, topic="办公软件")


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
    command = [program, ":lang=zh", "family"]
    try:
        told = subprocess.run(command, capture_output=True, check=False, timeout=_SECONDS)  # noqa: S603 - found by name, fixed arguments
    except (OSError, subprocess.TimeoutExpired):
        return None
    lines = told.stdout.decode("utf-8", "replace").splitlines()
    return {name.strip() for line in lines for name in line.split(",") if name.strip()}
