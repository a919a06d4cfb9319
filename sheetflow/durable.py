"""Files put in place whole and durable: readers see the old or the new one, never half of one.

This module owns the few steps of that (a temporary file in the same folder, fsync, rename,
fsync of the folder), and folders that are ours alone. What lies in the outbox has a way of
its own besides, for it may be a person's (`publishing.outbox`).
"""

from __future__ import annotations

import errno
import os
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

from sheetflow.errors import WorkspaceError

Writer = Callable[[BinaryIO], object]
"""Writes a file's content into an open binary file."""

OURS_ALONE, EVERYBODYS = 0o600, 0o666
"""The rights of a new file, less what the umask takes."""

_CANNOT_SYNC_FOLDERS = {errno.EINVAL, errno.ENOTSUP, errno.ENOSYS}
_OURS, _OTHERS = 0o700, 0o077


def write_whole(
    path: Path, content: bytes | Writer, *, mode: int = OURS_ALONE, is_durable: bool = True
) -> None:
    """Put `content` at `path`, in the place of what lies there, or leave all as it was.

    What is not `is_durable` may be gone after a power cut, or be the old one. Raise OSError
    where the system refuses, and what a writer raises.
    """
    draft = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    flags = os.O_RDWR | os.O_CREAT | os.O_TRUNC | getattr(os, "O_BINARY", 0)
    try:
        with os.fdopen(os.open(draft, flags, mode), "w+b") as file:
            if isinstance(content, bytes):
                file.write(content)
            else:
                content(file)
            file.flush()
            if is_durable:
                os.fsync(file.fileno())
        draft.replace(path)
    except BaseException:
        with suppress(OSError):
            draft.unlink(missing_ok=True)
        raise
    if is_durable:
        sync_folder(path.parent)


def replace_file(path: Path, content: bytes) -> None:
    """Put `content` at `path`, its folder made where it is missing, for everybody to read.

    Raise WorkspaceError when the folder or file refuses.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        write_whole(path, content, mode=EVERYBODYS)
    except OSError as error:
        raise WorkspaceError(
            f"无法写入 {path}。如果文件正打开着，请先关闭；否则请检查文件夹权限和磁盘空间。"
        ) from error


def sync_folder(folder: Path) -> None:
    """Make what happened to names in `folder` durable, as far as the system can."""
    if os.name == "nt":
        return  # Windows has no such call; NTFS journals its names
    descriptor = os.open(folder, os.O_RDONLY | getattr(os, "O_DIRECTORY", 0))
    try:
        sync_descriptor(descriptor)
    finally:
        os.close(descriptor)


def sync_descriptor(descriptor: int) -> None:
    """Sync an open folder, where its file system has such a thing."""
    try:
        os.fsync(descriptor)
    except OSError as error:
        if error.errno not in _CANNOT_SYNC_FOLDERS:
            raise


def make_private_folder(folder: Path) -> None:
    """Make `folder` for us alone, where it is missing; leave one that is there as it is."""
    folder.mkdir(mode=_OURS, parents=True, exist_ok=True)


def close_to_others(top: Path) -> bool:
    """Close `top` to all but us, with all that lies in it; give whether it was open.

    One that belongs to somebody else stays as it is: `doctor` warns of it.
    """
    make_private_folder(top)
    if os.name != "posix" or not top.stat().st_mode & _OTHERS:
        return False
    try:
        top.chmod(_OURS)
    except OSError:
        return False
    for path in top.rglob("*"):
        with suppress(OSError):  # gone meanwhile, or another's; nobody else comes so far
            mode = path.lstat().st_mode
            if mode & _OTHERS and not path.is_symlink():
                path.chmod(mode & _OURS)
    return True
