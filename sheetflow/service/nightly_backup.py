"""At night a backup, the newest few of them kept.

Only files that are called as ours are ever removed, and only once a newer one lies there whole. A night
that nobody served is made up for at the next pass, once; one that failed is put off by an hour, and said meanwhile.
This module refuses to bring a backup back.
"""

from __future__ import annotations

import datetime as dt
import json
import os
import re
import shutil
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from sheetflow.context import LOG, Context
from sheetflow.context.running import WAITED_OUT, said_of
from sheetflow.errors import StoreBusyError, WorkspaceError
from sheetflow.periods import OFFICE_ZONE
from sheetflow.service.back_up import Backup, back_up
from sheetflow.service.calendar import Task
from sheetflow.store.records import Document

WHAT = "备份"
FILE, MISSING = "file", "missing"
"""In a document of the calendar: where it lies, and how many originals it lacks."""
_AT = dt.time(1, 30, tzinfo=OFFICE_ZONE)
_PAUSE = dt.timedelta(hours=1)
_MIB = 1024**2
_FAILED = "backup_failed"
"""The fingerprint that keeps when the last one failed, and why, until one goes through."""


def nightly_backups(context: Context, until: dt.datetime) -> Iterator[Task]:
    """Give the last night's backup, and the next one where it is due by then."""
    if not context.settings.backup.folder:
        return
    now = context.clock.now()
    last = dt.datetime.combine(now.date(), _AT)
    last -= dt.timedelta(days=last > now)
    for night in (last, last + dt.timedelta(days=1)):
        if night <= until:
            yield _task(context, night)


def folder_of(context: Context) -> Path:
    """Give the folder that the settings name."""
    return context.workspace.root / context.settings.backup.folder


def _task(context: Context, night: dt.datetime) -> Task:
    made: list[tuple[Path, Backup]] = []

    def before() -> tuple[str, ...]:
        made.append(_make(context, night))
        return ()

    def do() -> Document:
        path, backup = made[-1]
        return {
            FILE: path.name,
            "files": len(backup.files),
            MISSING: len(backup.missing),
            "removed": _rotate(context),
        }

    return Task(
        name=f"backup.{night:%Y%m%d}",
        what=WHAT,
        form="",
        period="",
        due_at=night,
        before=before,
        do=do,
        any_day=True,
        words=f"备份到 {context.settings.backup.folder}，留最近{context.settings.backup.keep}份",
    )


def _make(context: Context, night: dt.datetime) -> tuple[Path, Backup]:
    """Make one, unless it failed within the hour; raise WorkspaceError where there is none."""
    folder, now = folder_of(context), context.clock.now()
    if not folder.is_dir():  # a share that is away is no reason to fill the disk below it
        raise WorkspaceError(
            f"备份文件夹 {folder} 不在，没有备份。请建好或接好，或者改 sheetflow.toml 的 [backup]。"
        )
    if said := _put_off(context, folder, now):
        raise WorkspaceError(said)
    path = folder / f"{_start(context)}{night:%Y%m%d}.zip"
    try:
        _sweep(context, folder)
        _check_room(context, folder)
        made = back_up(context, path)
    except (*WAITED_OUT, OSError) as error:
        said = said_of(context, error, WHAT)
        failed = {"at": now.isoformat(), "folder": str(folder), "said": said}
        with suppress(StoreBusyError):
            context.store.fingerprints.record({_FAILED: json.dumps(failed)})
        raise
    context.store.fingerprints.record({_FAILED: ""})
    return path, made


def _put_off(context: Context, folder: Path, now: dt.datetime) -> str:
    """Say why the last one failed, and when the next is tried, where that is not now."""
    failed = json.loads(context.store.fingerprints.find(_FAILED) or "{}")
    if not failed or failed["folder"] != str(folder):
        return ""
    again = dt.datetime.fromisoformat(failed["at"]) + _PAUSE
    if not now < again <= now + _PAUSE:  # nor where the clock was set back
        return ""
    return f"{failed['said']}{again.astimezone(OFFICE_ZONE):%H:%M}以后自动再试。"


def _check_room(context: Context, folder: Path) -> None:
    """Raise WorkspaceError where there is no room for the database and the originals."""
    space = context.workspace
    originals = (path.stat().st_size for path in space.archive.rglob("*") if path.is_file())
    wanted, free = space.database.stat().st_size + sum(originals), shutil.disk_usage(folder).free
    if wanted > free:
        raise WorkspaceError(
            f"备份文件夹 {folder} 只剩{free // _MIB}兆，新的备份要{-(-wanted // _MIB)}兆，没有备份。"
            "请腾出空间。"
        )


def _sweep(context: Context, folder: Path) -> None:
    """Remove drafts of ours that a kill left: they are as large as a backup. Nobody else writes one now."""
    pattern = re.compile(rf"\.{re.escape(_start(context))}[0-9]{{8}}\.zip\.[0-9]+\.tmp")
    try:
        for entry in os.scandir(folder):
            if pattern.fullmatch(entry.name) and entry.is_file(follow_symlinks=False):
                Path(entry.path).unlink()
    except OSError as error:
        LOG.warning("a draft of a backup stays: %s", type(error).__name__)


def _start(context: Context) -> str:
    return f"{context.workspace.root.name}_备份_"


def _ours(context: Context) -> list[Path]:
    """Give the backups of this workspace that lie there, the oldest first."""
    pattern = re.compile(re.escape(_start(context)) + r"[0-9]{8}\.zip")
    listed = (Path(entry.path) for entry in os.scandir(folder_of(context)) if entry.is_file())
    return sorted(path for path in listed if pattern.fullmatch(path.name))


def _rotate(context: Context) -> int:
    """Remove all but the newest; give how many. What cannot be removed stays until the next night."""
    removed = 0
    try:
        for path in _ours(context)[: -context.settings.backup.keep]:
            path.unlink()
            removed += 1
    except OSError as error:
        LOG.warning("an old backup stays: %s", type(error).__name__)
    return removed
