"""The folders: whether we may write, who else may, what lies there that should not.

A unit is known by its folder only (promise 10), so the rights on a folder are the proof
of identity. What the system shows is told; on a mounted share, and on Windows, it shows
nothing that can be relied on, and that is told too.
"""

from __future__ import annotations

import os
import secrets
import shutil
import stat
import sys
from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path

from sheetflow.context import Context
from sheetflow.intake.wake import MOUNT_TABLE, mount_of, read_mounts
from sheetflow.service.take import look, open_intake
from sheetflow.upkeep.doctor.finding import Line, fault, listed, ok, warning

_MIB = 1024**2
_SCARCE, _TOO_LITTLE = 2048 * _MIB, 200 * _MIB
_CLOCK_SECONDS = 60
_ACL = "system.posix_acl_access"


def check_access(context: Context) -> Iterator[Line]:
    """Try to write into inbox, outbox and state."""
    space = context.workspace
    for topic, folder in (
        ("报送文件夹", space.inbox),
        ("答复文件夹", space.outbox),
        ("state 文件夹", space.state),
    ):
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
    listed_rights = {folder: _has_acl(folder) for folder in folders}
    plain = [folder for folder in folders if not listed_rights[folder]]
    lines = [*_open_to_all(inbox, plain), *_shared_groups(plain)]
    if len(plain) < len(folders):
        yield ok(f"{len(folders) - len(plain)}个报送文件夹带有访问控制列表，请用 getfacl 核对。")
    if lines:
        yield from lines
    else:
        yield ok(
            "本机别的帐号不能替单位投放。通过共享投放的，请在共享的设置里同样一个单位一个权限。"
        )


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
    if sys.platform != "linux":
        return False
    try:
        return _ACL in os.listxattr(folder)
    except OSError:
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
    space = context.workspace
    for topic, folder in (
        ("state 文件夹", space.state),
        ("报送文件夹", space.inbox),
        ("答复文件夹", space.outbox),
    ):
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
